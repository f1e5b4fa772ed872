// Validates built years with the field's reference validators: node run.mjs OUTPUT JARS YEAR…
//   veraPDF: every PDF as PDF/UA-1 and PDF/A-3a · Nu: every page · axe-core, reflow and keyboard: pages.mjs

import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { check } from "./pages.mjs";
import { documents } from "./select.mjs";

const [output, jars, ...years] = process.argv.slice(2);
const problems = [];

function run(command, parts) {
  const { error, status, stdout, stderr } = spawnSync(command, parts, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (error) throw new Error(`${command} cannot be run (${error.message}): install it, or leave this check to the continuous integration`);
  return { status, stdout, stderr };
}

function verapdf(files) {
  for (const flavour of ["ua1", "3a"]) {
    const { stdout, stderr } = run("java", ["-cp", join(jars, "*"), "org.verapdf.apps.GreenfieldCliWrapper", "-f", flavour, "--format", "text", ...files]);
    const passed = stdout.split("\n").filter((line) => line.startsWith("PASS ")).length;
    problems.push(...stdout.split("\n").filter((line) => line && !line.startsWith("PASS ")).map((line) => `veraPDF ${flavour}: ${line}`));
    if (passed !== files.length) problems.push(`veraPDF ${flavour}: ${passed} of ${files.length} passed. ${stderr.slice(0, 500)}`);
  }
}

// The properties of mathematics in CSS are in the standard MathML Core; the checker does not know them yet.
const UNKNOWN_TO_NU = ".*CSS: “math-(style|depth|shift)”: Property.*doesn't exist.*";

function nu(files) {
  const jar = join(createRequire(import.meta.url).resolve("vnu-jar"), "../build/dist/vnu.jar");
  const { status, stderr } = run("java", ["-Xss4m", "-jar", jar, "--errors-only", "--filterpattern", UNKNOWN_TO_NU, ...files]);
  if (status !== 0) problems.push(...stderr.trim().split("\n").map((line) => `Nu: ${line.slice(0, 400)}`));
}

for (const year of years) {
  const { pdf, pages, checks } = documents(join(output, year));
  const started = Date.now();
  verapdf(pdf);
  nu([...pages, ...checks]);
  problems.push(...(await check(pages)));
  // Check pages are alike: each is read once, narrow and dark, where most goes wrong; three of them in every view.
  problems.push(...(await check(checks.slice(0, 3))));
  problems.push(...(await check(checks.slice(3), [{ width: 320, height: 640, colorScheme: "dark" }])));
  console.log(`${year}: ${pdf.length} PDF files, ${pages.length} pages and ${checks.length} check pages in ${Math.round((Date.now() - started) / 1000)} s`);
}
problems.forEach((problem) => console.log(problem));
console.log(`${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
