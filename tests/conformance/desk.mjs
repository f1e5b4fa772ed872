// Opens the author's desk in headless Chromium as an author would: node desk.mjs PROGRAM DATA TEMPLATES YEAR
//   every page: axe-core, reflow, Nu; keys alone; a broken template, a return changed and deleted, two tabs, figures that
//   are not there yet, a file that is checked and not kept; and at the end nothing has been written.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open, sideways, violations } from "./pages.mjs";

const [program, data, templates, year] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const VIEWS = [
  { width: 1280, height: 900, colorScheme: "light" },
  { width: 1280, height: 900, colorScheme: "dark" },
  { width: 390, height: 844, colorScheme: "light" },
  { width: 320, height: 640, colorScheme: "dark" },
];

const problems = [];
const wrong = (problem) => problems.push(problem);
const want = (holds, problem) => holds || wrong(problem);

// A workplace of its own, with a build in it.
const place = mkdtempSync(join(tmpdir(), "scwres-desk-"));
for (const [from, to] of [[data, "data"], [templates, "templates"]]) cpSync(from, join(place, to), { recursive: true });
const folders = ["--data", join(place, "data"), "--templates", join(place, "templates"), "--output", join(place, "output")];
const built = spawnSync(program, [...folders, "build", year], { encoding: "utf8" });
if (built.status !== 0) throw new Error(built.stderr);

// The digest of every file but those that commands keep for themselves.
function digest(folder) {
  const files = [];
  const walk = (path) => {
    for (const name of readdirSync(path).sort()) {
      const inside = join(path, name);
      if (statSync(inside).isDirectory()) name === ".cache" || walk(inside);
      else files.push(inside + createHash("sha256").update(readFileSync(inside)).digest("hex"));
    }
  };
  walk(folder);
  return createHash("sha256").update(files.join("\n")).digest("hex");
}

const desk = spawn(program, [...folders, "preview", year, "--port", "3790"], { stdio: ["ignore", "ignore", "pipe"] });
const base = "http://127.0.0.1:3790";
let said = "";
desk.stderr.on("data", (text) => { said += text; });
const until = async (holds, problem, limit = 120_000) => {
  const start = Date.now();
  while (!(await holds())) {
    if (Date.now() - start > limit) { wrong(`${problem} (waited ${limit / 1000} s)`); return Date.now() - start; }
    await new Promise((done) => setTimeout(done, 20));
  }
  return Date.now() - start;
};
// Figures follow a change at once, and the proof of what is withheld a little later: pages load again with it.
const proved = () => until(async () => (await get("/")).text.includes("Measured and protected"), "the proof is never through");
const get = async (path) => fetch(base + path).then(async (answer) => ({ status: answer.status, text: await answer.text() }));

const browser = await open();

async function look(path, html) {
  for (const { width, height, colorScheme } of VIEWS) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" });
    const page = await context.newPage();
    const name = `${path} (${width} ${colorScheme})`;
    page.on("pageerror", (error) => wrong(`${name}: ${error.message}`));
    page.on("request", (request) => request.url().startsWith(base) || request.url().startsWith("data:") || wrong(`${name} asks for ${request.url()}`));
    await page.goto(base + path);
    for (const problem of await sideways(page)) wrong(`${name}: ${problem}`);
    await page.evaluate(() => document.querySelectorAll("details").forEach((element) => (element.open = true)));
    for (const problem of await violations(page)) wrong(`${name}: ${problem}`);
    await context.close();
  }
  html.push([path, (await get(path)).text]);
}

function nu(pages) {
  const jar = join(require.resolve("vnu-jar"), "../build/dist/vnu.jar");
  const files = pages.map(([path, text]) => {
    const file = join(place, `page${path.replace(/[^a-z0-9]+/gi, "-")}.html`);
    writeFileSync(file, text);
    return file;
  });
  const filter = ".*CSS: “math-(style|depth|shift)”: Property.*doesn't exist.*";
  const { status, stderr, error } = spawnSync("java", ["-Xss4m", "-jar", jar, "--errors-only", "--filterpattern", filter, ...files], { encoding: "utf8" });
  if (error) throw error;
  if (status !== 0) stderr.trim().split("\n").forEach((line) => wrong(`Nu: ${line.slice(0, 400)}`));
}

try {
  // Figures are not there at once: the page says so, and the document follows by itself.
  await until(async () => said.includes("serving"), "the desk does not begin");
  const early = await browser.newPage();
  await early.goto(`${base}/national`);
  const waited = await early.textContent("h1");
  await until(() => early.evaluate(() => Boolean(document.querySelector("[data-figure]"))).catch(() => false), "the report never follows");
  console.log(`before the figures the page said: ${waited.trim()}`);
  await until(async () => said.includes("ready"), "the desk is never ready");

  const listed = (await get("/documents")).text;
  const code = /<a href="\/([A-Z0-9]+)">/.exec(listed)[1];
  const submissions = join(place, "data", year, "submissions");
  const own = readdirSync(submissions).find((name) => name.startsWith(code));
  const before = [digest(join(place, "data")), digest(join(place, "output"))];

  // Every page in every view.
  const pages = [];
  for (const path of ["/", "/returns", `/returns/${code}`, "/documents", "/national", "/national/pages/5", `/${code}`, `/${code}/committee-paper`, `/${code}/pages/2`, "/changes", "/changes?against=release", `/changes?texts=${code}`, "/protection", "/protection?threshold=5", "/protection?threshold=none", `/figure?id=${year}/${code}/2/all/words&page=`, `/figure?id=${year}/england/8/all/ethnicity:black/words&page=`, "/dispatch", "/template?file=pack/summary.txt&line=3"]) await look(path, pages);
  nu(pages);

  // A number, with keys alone.
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on("pageerror", (error) => wrong(`the pack: ${error.message}`));
  await page.goto(`${base}/${code}`);
  const stops = await page.evaluate(() => document.querySelectorAll(".desk-stop[tabindex='0']").length);
  want(stops === 1, `${stops} numbers are stops of the Tab key, and not one`);
  let at = "";
  for (let press = 0; press < 60 && !at; press += 1) {
    await page.keyboard.press("Tab");
    at = await page.evaluate(() => document.activeElement.dataset?.figure ?? "");
  }
  want(at, "the Tab key comes to no number");
  await page.keyboard.press("ArrowRight");
  const next = await page.evaluate(() => document.activeElement.dataset?.figure ?? "");
  want(next, "an arrow key leads to no number");
  const times = [];
  const ids = await page.evaluate(() => [...new Set([...document.querySelectorAll("main [data-figure]")].map((one) => one.dataset.figure))]);
  for (const id of ids.filter((one) => /relative_likelihood$/.test(one)).slice(0, 20)) {
    const start = Date.now();
    const part = await get(`/figure?${new URLSearchParams({ id })}`);
    times.push(Date.now() - start);
    want(part.status === 200 && part.text.includes("How it is worked out"), `${id} is not explained: ${part.text.slice(0, 300)}`);
  }
  const unexplained = [];
  for (const id of ids) {
    const { text } = await get(`/figure?${new URLSearchParams({ id })}`);
    if (text.includes("About this number")) unexplained.push(id);
  }
  console.log(`${ids.length} numbers of a pack: ${unexplained.length} cannot be explained${unexplained.length ? `, such as ${unexplained.slice(0, 5).join(", ")}` : ""}; a figure takes ${Math.max(...times)} ms at most`);
  want(unexplained.length === 0, `${unexplained.length} numbers of the pack cannot be explained`);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".desk-panel:not([hidden]) h2");
  want(await page.evaluate(() => document.activeElement.classList.contains("desk-panel")), "the panel does not get the focus");
  for (const problem of await violations(page)) wrong(`the open panel: ${problem}`);
  await page.keyboard.press("Escape");
  want((await page.evaluate(() => document.activeElement.dataset?.figure ?? "")) === next, "Escape does not lead back to the number");

  // A mark of a chart, and a sentence.
  const row = page.locator(".chart.wide [data-row]").first();
  await row.locator("text").first().click();
  await page.waitForSelector(".desk-panel:not([hidden]) h3");
  want((await page.textContent(".desk-told")).includes("How it is worked out"), "a mark of a chart does not lead to its figure");
  await page.keyboard.press("Escape");
  await page.check(".desk-words");
  await page.locator("main p.desk-word:visible").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector(".desk-panel:not([hidden]) mark");
  want(/\.(txt|typ):\d+/.test(await page.textContent(".desk-told")), "a sentence does not tell its template");
  want(!(await page.textContent(".desk-told mark")).includes("{% set"), "a sentence leads to where it is set, and not to its words");
  await page.keyboard.press("Escape");

  // A number on a page of the PDF.
  await page.goto(`${base}/${code}/pages/2`);
  await page.locator(".desk-sheet [data-figure]").first().click();
  await page.waitForSelector(".desk-panel:not([hidden]) h2");

  // A file that is sent is checked and not kept.
  await page.goto(`${base}/returns`);
  const return_ = readFileSync(join(submissions, own));
  const sent = Date.now();
  await page.setInputFiles("#desk-file", { name: `${code}-again.csv`, mimeType: "text/csv", buffer: return_ });
  await page.waitForFunction(() => document.body.textContent.includes("was checked and not kept"));
  console.log(`a file sent from a page was checked and shown in ${Date.now() - sent} ms`);

  want(digest(join(place, "data")) === before[0] && digest(join(place, "output")) === before[1], "looking has written something");

  // Two tabs: what changes in the data is seen in both.
  const tabs = [await browser.newPage(), await browser.newPage()];
  await Promise.all(tabs.map((tab) => tab.goto(`${base}/returns/${code}`)));
  const changed = Date.now();
  writeFileSync(join(submissions, own), return_.toString().replace(/,asian,\d+/, ",asian,many"));
  for (const tab of tabs) await tab.waitForFunction(() => document.body.textContent.includes("a count is a whole number"), null, { timeout: 30_000 });
  console.log(`a changed return was checked and shown in ${Date.now() - changed} ms`);
  const cell = tabs[0].locator(".found-error a.desk-mark").first();
  await cell.click();
  want(/finding-/.test(tabs[0].url()), "a cell does not lead to its finding");
  rmSync(join(submissions, own));
  await tabs[0].waitForFunction(() => document.body.textContent.includes("No return was received"), null, { timeout: 30_000 });
  writeFileSync(join(submissions, own), return_);
  await tabs[0].waitForFunction(() => document.body.textContent.includes("The return was accepted"), null, { timeout: 30_000 });

  // Why a number is another one: from the changes to the cell, and from the number to the cell.
  const other = return_.toString().replace(/(,leavers,,white,)(\d+)/, (_, cell, count) => cell + (Number(count) + 1));
  writeFileSync(join(submissions, own), other);
  await until(async () => (await get("/changes")).text.includes(own), "the changed cell is not among the changes");
  await proved();
  await tabs[0].goto(`${base}/changes`);
  for (const problem of await violations(tabs[0])) wrong(`changes: ${problem}`);
  await tabs[0].locator("#causes + p + ul a").first().click();
  want(await tabs[0].locator("#meant").count() === 1, "a cause does not lead to its cell");
  await tabs[0].goBack();
  await tabs[0].locator("main tbody th a").first().click();
  want((await tabs[0].textContent("main")).includes("not as at the last build"), "a changed figure does not lead to its cells");
  want(await tabs[0].locator("#cells ~ table tbody tr:first-child strong").count() === 2, "the changed cell is not the first, with what stood there");
  writeFileSync(join(submissions, own), return_);
  await until(async () => (await get("/changes")).text.includes("Nothing differs"), "what was put back differs still");
  await proved();

  // A broken template is shown with its place, and the page comes back when it is mended.
  const tab = tabs[1];
  await tab.goto(`${base}/${code}`);
  await until(() => tab.evaluate(() => Boolean(document.querySelector("[data-figure]"))).catch(() => false), "the pack never follows");
  await tab.evaluate(() => scrollTo(0, 900));
  const chapter = join(place, "templates", "pack", "quality.typ");
  const text = readFileSync(chapter, "utf8");
  writeFileSync(chapter, text.replace("= Data quality of your return", "= Data quality #nmae"));
  await tab.waitForFunction(() => document.body.textContent.includes("quality.typ:"), null, { timeout: 30_000 });
  const mended = Date.now();
  writeFileSync(chapter, text.replace("= Data quality of your return", "= Words of the author"));
  await tab.waitForFunction(() => document.body.textContent.includes("Words of the author"), null, { timeout: 30_000 });
  console.log(`a mended template was shown in ${Date.now() - mended} ms`);
  writeFileSync(chapter, text);
  rmSync(join(place, "templates", "style.css"));
  await tab.waitForFunction(() => document.body.textContent.includes("style.css"), null, { timeout: 30_000 });
  cpSync(join(templates, "style.css"), join(place, "templates", "style.css"));
  await until(() => tab.evaluate(() => Boolean(document.querySelector("[data-figure]"))).catch(() => false), "the pack does not come back");

  // Other settings are tried, and nothing is written.
  const tried = await get("/protection?threshold=5&rounding=5&minimum_contributors=3");
  want(tried.text.includes("With threshold 5"), "other settings are not tried");
  want((await get("/protection?threshold=many")).text.includes("whole number"), "a threshold of words is not refused");
  want(digest(join(place, "data")) === before[0] && digest(join(place, "output")) === before[1], "trying has written something");
} catch (error) {
  wrong(error.stack);
} finally {
  await browser.close();
  desk.kill();
  rmSync(place, { recursive: true });
}
problems.forEach((problem) => console.log(problem));
console.log(`${problems.length} problems at the desk`);
process.exit(problems.length === 0 ? 0 : 1);
