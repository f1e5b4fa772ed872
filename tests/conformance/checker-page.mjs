// Opens the pages that authorities check their returns with in headless Chromium: node checker-page.mjs PROGRAM ROOT
//   A dropped and a chosen workbook are told of as `scwres check` does; nothing is asked of the network, and nothing can be; hostile
//   files leave the page alive with a message; a workbook takes at most 2 s on a processor slowed four times; keyboard, axe-core, Nu, 320
//   pixels, one printed page.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [program, root] = process.argv.slice(2);
const made = mkdtempSync(join(tmpdir(), "scwres-checker-page-"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const YEAR = "2024";
const problems = [];
const sent = join(root, "data", YEAR, "submissions");

function run(...parts) {
  const done = spawnSync(program, ["--data", join(root, "data"), "--templates", join(root, "report-templates"), "--output", made, ...parts], { encoding: "utf8", maxBuffer: 1 << 28 });
  if (done.error) throw done.error;
  if (done.status === 2) throw new Error(done.stderr);
  return done.stdout;
}

const findings = JSON.parse(run("check", YEAR, "--format", "json"));
const workbooks = readdirSync(sent).filter((name) => name.endsWith(".xlsx"));
const troubled = workbooks.find((name) => findings.some((one) => one.file === name));
const good = workbooks.find((name) => !findings.some((one) => one.file === name));
const codes = Object.fromEntries(findings.map((one) => [one.file, one.authority_code]));
run("checker", YEAR);
run("checker", YEAR, "--authority", codes[troubled]);
const folder = join(made, `${YEAR}-checkers`);
const general = join(folder, "checker.html");
const own = join(folder, readdirSync(folder).find((name) => name.startsWith(codes[troubled])));

{
  const jar = join(createRequire(import.meta.url).resolve("vnu-jar"), "../build/dist/vnu.jar");
  const { error, status, stderr } = spawnSync("java", ["-Xss4m", "-jar", jar, "--errors-only", general, own], { encoding: "utf8" });
  if (error) throw new Error(`java cannot be run: ${error.message}`);
  if (status !== 0) problems.push(...stderr.trim().split("\n").map((line) => `Nu: ${line.slice(0, 400)}`));
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

async function opened(file, view = { width: 1280, height: 900, colorScheme: "light" }) {
  const { width, height, colorScheme } = view;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: "reduce", acceptDownloads: true });
  const page = await context.newPage();
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) problems.push(`${file} asks for ${request.url()}`);
  });
  page.on("pageerror", (error) => problems.push(`${file}: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && problems.push(`${file}: ${message.text()}`));
  await page.goto(pathToFileURL(file).href);
  await page.evaluate(() => document.addEventListener("told", (event) => (window.told = event.detail), true));
  return page;
}

const status = (page) => page.locator("#status").textContent();
const settled = (page) => page.waitForFunction(() => !/^(Reading .*)?$/.test(document.getElementById("status").textContent), null, { timeout: 120_000 });

async function choose(page, name, buffer) {
  await page.evaluate(() => { window.told = null; document.getElementById("status").textContent = ""; });
  await page.setInputFiles("#file", { name, mimeType: "application/octet-stream", buffer });
  await settled(page);
  return status(page);
}

// As a file manager drops it.
async function drop(page, name, buffer) {
  await page.evaluate(() => { window.told = null; document.getElementById("status").textContent = ""; });
  await page.evaluate(({ name, text }) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, { name, text: buffer.toString("base64") });
  await settled(page);
}

async function violations(page, label) {
  const session = await page.context().newCDPSession(page);
  // The page's policy would refuse the checker's script: it is run past it, for this one check.
  await session.send("Runtime.evaluate", { expression: axe });
  const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }), TAGS);
  problems.push(...found.violations.map((one) => `${label}: axe ${one.id}: ${one.help} (first ${one.nodes[0].target.join(" ")})`));
}

// What is found of a workbook, dropped and chosen, on its own page.
{
  const page = await opened(own);
  const bytes = readFileSync(join(sent, troubled));
  const wanted = JSON.stringify(findings.filter((one) => one.file === troubled));
  for (const hand of [choose, drop]) {
    await hand(page, troubled, bytes);
    const found = JSON.stringify(await page.evaluate(() => window.told?.findings));
    if (found !== wanted) problems.push(`${troubled}: the page finds ${found}, check ${wanted}`);
  }
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
  const copy = readFileSync(await download.path());
  if (copy.subarray(0, 2).toString() !== "PK") problems.push("the marked copy is no workbook");
  for (const name of [troubled, good]) {
    await choose(page, name, readFileSync(join(sent, name)));
    const pages = (await page.pdf({ format: "A4", preferCSSPageSize: true })).toString("latin1").match(/\/Type\s*\/Page\b/g).length;
    if (pages !== 1) problems.push(`${name} prints to ${pages} pages`);
  }
  // Its policy forbids what a script might try, and says so on the console.
  const told = problems.length;
  const refused = await page.evaluate(async () => {
    const tried = await Promise.allSettled([fetch("https://example.org/"), fetch("data:text/plain,x")]);
    return tried.every((one) => one.status === "rejected");
  });
  problems.length = told;
  if (!refused) problems.push("the page can fetch");
  await page.context().close();
}

// Hostile files leave the page alive, with a message.
{
  const page = await opened(general);
  const line = (code, number) => `${code},adults,staff,,white,${number}\n`;
  const header = "authority_code,service,measure,breakdown,ethnicity,count\n";
  const bomb = readFileSync(join(root, "tests/fixtures/submissions/hostile-zip-bomb", readdirSync(join(root, "tests/fixtures/submissions/hostile-zip-bomb")).find((name) => name.endsWith(".xlsx"))));
  const hostile = [
    ["ten-thousand-rows.csv", Buffer.from(header + Array.from({ length: 10_000 }, (_, place) => line("E06000001", place)).join(""))],
    ["zip-bomb.xlsx", bomb],
    ["long-line.csv", Buffer.from(header + "E06000001,adults,staff,," + "x".repeat(8 << 20) + ",1\n")],
    ["empty.xlsx", Buffer.alloc(0)],
    ["empty.csv", Buffer.alloc(0)],
    ["a-pdf.xlsx", Buffer.from("%PDF-1.7\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\n")],
    ["large.xlsx", Buffer.alloc(25_000_000, "PK")],
    ["name-<img src=x onerror=alert(1)>.csv", Buffer.from("<script>alert(1)</script>,<b>\n")],
  ];
  for (const [name, bytes] of hostile) {
    const started = Date.now();
    const text = await choose(page, name, bytes);
    if (!text.includes("cannot be used") && !text.includes("could not be read")) problems.push(`${name}: the page says "${text}"`);
    if ((await page.locator("#answer script, #answer img").count()) > 0) problems.push(`${name}: the file's text became part of the page`);
    console.log(`${name}: ${Date.now() - started} ms, ${text.slice(0, 90)}`);
  }
  await choose(page, troubled, readFileSync(join(sent, troubled)));
  if (!(await page.evaluate(() => window.told))) problems.push("after hostile files the page does not check any more");
  await page.context().close();
}

// Whatever becomes of the module, the page says so and goes on.
{
  const page = await opened(general);
  await page.evaluate(() => {
    const real = WebAssembly.instantiate;
    WebAssembly.instantiate = async (...parts) => {
      const { exports } = await real(...parts);
      WebAssembly.instantiate = real;
      return { exports: { ...exports, check: () => { throw new WebAssembly.RuntimeError("unreachable"); } } };
    };
  });
  const text = await choose(page, good, readFileSync(join(sent, good)));
  if (!text.includes("could not be read here")) problems.push(`after a fault of the module the page says "${text}"`);
  const next = await choose(page, good, readFileSync(join(sent, good)));
  if (!next.includes("can be sent")) problems.push(`after a fault with one file the page says of the next "${next}"`);
  await page.context().close();
}

// At most 2 s for a workbook on a slow machine.
{
  const page = await opened(own);
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const started = Date.now();
  await choose(page, troubled, readFileSync(join(sent, troubled)));
  const spent = Date.now() - started;
  console.log(`a workbook on a processor slowed four times: ${spent} ms`);
  if (spent > 2000) problems.push(`a workbook takes ${spent} ms on a slow processor`);
  await page.context().close();
}

// For everybody: without and with a return, light and dark, wide and narrow.
for (const view of [
  { width: 1280, height: 900, colorScheme: "light" },
  { width: 1280, height: 900, colorScheme: "dark" },
  { width: 320, height: 640, colorScheme: "light" },
  { width: 320, height: 640, colorScheme: "dark" },
]) {
  const page = await opened(own, view);
  const label = `${view.width} ${view.colorScheme}`;
  for (const name of [null, troubled, "none.csv"]) {
    if (name) await choose(page, name, name === troubled ? readFileSync(join(sent, name)) : Buffer.from("a,b\n1,2\n"));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) problems.push(`${label}: scrolls sideways by ${wide} pixels`);
    await violations(page, `${label}, ${name ?? "no file"}`);
  }
  await page.context().close();
}

// With keys alone: the skip link, the field, which opens the file dialogue, and the buttons.
{
  const page = await opened(own);
  const stop = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
  await page.keyboard.press("Tab");
  if (!/skip/i.test(await stop())) problems.push(`the first stop is ${await stop()}`);
  await page.keyboard.press("Tab");
  if ((await stop()) !== "file") problems.push(`the second stop is ${await stop()}, not the file's field`);
  const [chooser] = await Promise.all([page.waitForEvent("filechooser", { timeout: 30_000 }), page.keyboard.press("Enter")]);
  await chooser.setFiles(join(sent, troubled));
  await settled(page);
  for (const wanted of ["save", "print"]) {
    await page.keyboard.press("Tab");
    if ((await stop()) !== wanted) problems.push(`with keys the stop is ${await stop()}, not ${wanted}`);
  }
  await page.context().close();
}

await browser.close();
rmSync(made, { recursive: true });
problems.forEach((problem) => console.log(problem));
console.log(`${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
