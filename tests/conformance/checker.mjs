// Runs the module that authorities' browsers run, in Node: node checker.mjs PROGRAM ROOT [MODULE]
//   Of every file of tests/fixtures/submissions and of the sample rounds it finds what `scwres check --format json` finds, in the same
//   words and order, and computes the figures that the pack's data.csv holds. MODULE is another module in place of the committed one.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const [program, root, other] = process.argv.slice(2);
const fixtures = join(root, "tests/fixtures");
const templates = join(root, "report-templates");
const compiled = new WebAssembly.Module(readFileSync(other ?? join(root, "src/checker/module.wasm")));
const none = {};
for (const wanted of WebAssembly.Module.imports(compiled)) (none[wanted.module] ??= {})[wanted.name] = () => 0;

// What is told only of the files of a folder together, or of who sent none: a page sees one file.
const TOGETHER = ["no-submission", "two-submissions"];
// Areas that were split are compared together; a page has one of them alone.
const OF_SPLIT = /^together with that of /;
// Files that are no return to a folder, and that nobody chooses on a page.
const OF_THE_SYSTEM = (name) => name.startsWith(".") || name.startsWith("~$") || ["thumbs.db", "desktop.ini"].includes(name.toLowerCase());

function run(data, output, ...parts) {
  const done = spawnSync(program, ["--data", data, "--templates", templates, "--output", output, ...parts], { encoding: "utf8", maxBuffer: 1 << 28 });
  if (done.error) throw done.error;
  if (done.status === 2) throw new Error(`${parts.join(" ")}: ${done.stderr}`);
  return done;
}

function said(brought, name, bytes) {
  const { exports } = new WebAssembly.Instance(compiled, none);
  const given = [Buffer.from(brought), Buffer.from(name), bytes].flatMap((text) => {
    const place = exports.allocate(text.length);
    new Uint8Array(exports.memory.buffer).set(text, place);
    return [place, text.length];
  });
  const place = exports.check(...given);
  return JSON.parse(Buffer.from(new Uint8Array(exports.memory.buffer, place, exports.length())).toString("utf8"));
}

// What the pages for these authorities bring along, by their codes; without codes that for everybody.
function brought(data, output, year, codes) {
  run(data, output, "checker", String(year), ...codes.flatMap((code) => ["--authority", code]));
  const folder = join(output, `${year}-checkers`);
  const text = (name) => readFileSync(join(folder, name), "utf8").split('id="brought">')[1].split("</script>")[0];
  const name = (code) => readdirSync(folder).find((one) => one.startsWith(`${code}-`));
  return codes.length === 0 ? text("checker.html") : new Map(codes.map((code) => [code, text(name(code))]));
}

const files = (folder) => (existsSync(folder) ? readdirSync(folder).sort().filter((name) => statSync(join(folder, name)).isFile()) : []);

// The round of a case, as tests/suite/check.rs makes it.
function workplace(folder, authorities) {
  const made = mkdtempSync(join(tmpdir(), "scwres-checker-"));
  const data = join(made, "data");
  const settings = readFileSync(join(fixtures, "round.yaml"), "utf8");
  mkdirSync(join(data, "2024/submissions"), { recursive: true });
  for (const name of ["standard.yaml", "england-authorities.csv"]) cpSync(join(root, "data", name), join(data, name));
  writeFileSync(join(data, "2024/round.yaml"), settings);
  writeFileSync(join(data, "2024/authorities.csv"), `code,name,type,region\n${authorities.join("\n")}\n`);
  for (const name of files(folder)) {
    const from = join(folder, name);
    if (name === "expected.json") continue;
    if (name === "authorities.csv") cpSync(from, join(data, "2024/authorities.csv"));
    else if (name === "area-changes.csv") cpSync(from, join(data, name));
    else if (name === "settings.yaml") writeFileSync(join(data, "2024/round.yaml"), settings + readFileSync(from, "utf8"));
    else cpSync(from, join(data, "2024/submissions", name));
  }
  if (existsSync(join(folder, "before"))) {
    mkdirSync(join(data, "2023/submissions"), { recursive: true });
    cpSync(join(data, "2024/authorities.csv"), join(data, "2023/authorities.csv"));
    writeFileSync(join(data, "2023/round.yaml"), settings.replace("year: 2024", "year: 2023").replace("2025-05-13", "2024-05-13").replace("2024-03-31", "2023-03-31"));
    for (const name of files(join(folder, "before"))) {
      cpSync(join(folder, "before", name), name === "authorities.csv" ? join(data, "2023", name) : join(data, "2023/submissions", name));
    }
  }
  return made;
}

const problems = [];
let compared = 0;

// Every file of a round, each alone, against what the folder's check says of it.
function compare(label, data, output, year) {
  const findings = JSON.parse(run(data, output, "check", String(year), "--format", "json").stdout);
  const submissions = join(data, String(year), "submissions");
  const general = brought(data, output, year, []);
  const registered = readFileSync(join(data, String(year), "authorities.csv"), "utf8");
  const given = files(submissions).filter((name) => !OF_THE_SYSTEM(name)).map((name) => {
    const bytes = readFileSync(join(submissions, name));
    // The page for everybody tells whose return it is; the page of that authority knows its round before.
    const code = said(general, name, bytes).authority;
    return { name, bytes, code: code && registered.includes(`${code},`) ? code : null };
  });
  const codes = [...new Set(given.map((one) => one.code).filter(Boolean))];
  const pages = codes.length > 0 ? brought(data, output, year, codes) : new Map();
  for (const { name, bytes, code } of given) {
    const wanted = findings.filter((one) => one.file === name && !TOGETHER.includes(one.rule) && !OF_SPLIT.test(one.message));
    const found = said(code ? pages.get(code) : general, name, bytes);
    compared += 1;
    if (found.problem || JSON.stringify(found.findings) !== JSON.stringify(wanted)) {
      problems.push(`${label}/${name}: ${found.problem ?? `the module finds ${JSON.stringify(found.findings)}\n    and check ${JSON.stringify(wanted)}`}`);
    }
    if (found.accepted === wanted.some((one) => one.severity === "error")) problems.push(`${label}/${name}: accepted is ${found.accepted}`);
  }
}

for (const name of readdirSync(join(fixtures, "submissions")).sort()) {
  const made = workplace(join(fixtures, "submissions", name), ["F01,Alderwick,London borough,London", "F02,Fenmoor,Shire county,East Midlands"]);
  try {
    compare(name, join(made, "data"), join(made, "output"), 2024);
  } catch (error) {
    problems.push(`${name}: ${error.message}`);
  }
  rmSync(made, { recursive: true });
}

const output = mkdtempSync(join(tmpdir(), "scwres-checker-"));
const data = join(root, "data");
console.log(`${compared} files of fixtures, ${problems.length} problems`);
for (const year of [2021, 2023, 2024]) compare(String(year), data, output, year);

// An authority's own figures are those of its pack.
run(data, output, "build", "2021");
const general = brought(data, output, 2021, []);
let rows = 0;
for (const name of files(join(data, "2021/submissions"))) {
  const found = said(general, name, readFileSync(join(data, "2021/submissions", name)));
  if (!found.figures) continue;
  const folder = readdirSync(join(output, "2021/authorities")).find((one) => one.startsWith(`${found.authority}-`));
  const [header, ...lines] = readFileSync(join(output, "2021/authorities", folder, "data.csv"), "utf8").trimEnd().split("\n");
  // What could have been seen follows from England's rates, which a page does not know: the last two columns.
  if (!header.endsWith(",detectable_below,detectable_above")) problems.push(`data.csv ends with other columns: ${header}`);
  const own = (line) => line.split(",").slice(0, -2).join(",");
  const printed = lines.filter((line) => line.includes(",authority,")).map(own);
  const computed = found.figures.trimEnd().split("\n").slice(1).map(own);
  rows += computed.length;
  if (printed.join("\n") !== computed.join("\n")) {
    const place = printed.findIndex((line, index) => line !== computed[index]);
    problems.push(`2021/${basename(folder)}: the pack has ${printed[place]}\n    and the module ${computed[place]}`);
  }
}
rmSync(output, { recursive: true });
if (compared < 200 || rows < 500) problems.push(`only ${compared} files and ${rows} figures were compared`);
problems.forEach((problem) => console.log(problem));
console.log(`${compared} files and ${rows} figures compared, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
