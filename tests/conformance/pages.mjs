// Opens pages in headless Chromium as readers do: axe-core (WCAG 2.2 AA) in light and dark, at desk and phone width;
// nothing to scroll sideways at 320 pixels; charts in sight on a phone; and a walk with the keyboard: skip link, contents,
// details, headers that sort, a field that filters, a slider through a chart's rows.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const VIEWS = [
  { width: 1280, height: 900, colorScheme: "light" },
  { width: 1280, height: 900, colorScheme: "dark" },
  { width: 390, height: 844, colorScheme: "light" },
  { width: 320, height: 640, colorScheme: "light" },
  { width: 320, height: 640, colorScheme: "dark" },
];

// What axe finds on a page; a page may forbid scripts that are added to it, so this one runs beside them.
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }), TAGS);
  return found.violations.map((one) => `axe ${one.id}: ${one.help} (${one.nodes.length}×, first ${one.nodes[0].target.join(" ")})`);
}

export async function sideways(page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return wide > 0 ? [`scrolls sideways by ${wide} pixels`] : [];
}

// Of each chart one drawing is to be seen, all of it, with letters of nearly 9 points (12 pixels) at the least.
async function charts(page) {
  return page.evaluate(() => {
    const problems = [];
    for (const figure of document.querySelectorAll(".chart-figure")) {
      const seen = [...figure.querySelectorAll(".chart svg")].filter((svg) => svg.getBoundingClientRect().width > 0);
      if (seen.length !== 1) problems.push(`the chart ${figure.id} has ${seen.length} drawings in sight`);
      for (const svg of seen) {
        const box = svg.getBoundingClientRect();
        if (box.left < 0 || box.right > innerWidth) problems.push(`the chart ${figure.id} does not fit`);
        const size = (13.5 * box.width) / svg.width.baseVal.value;
        if (size < 11.5) problems.push(`the chart ${figure.id} has letters of ${size.toFixed(1)} pixels`);
        for (const text of svg.querySelectorAll("text")) {
          const { left, right } = text.getBoundingClientRect();
          if (left < box.left - 1 || right > box.right + 1) problems.push(`the chart ${figure.id} cuts "${text.textContent.trim()}"`);
        }
      }
    }
    return problems;
  });
}

// Sorts, filters and steps with keys alone.
async function controls(page) {
  const problems = [];
  const table = page.locator("main .table table", { has: page.locator(".sort") }).first();
  if ((await table.count()) > 0) {
    const head = table.locator("th[scope=col]").nth(1);
    const cells = () => table.locator("tbody tr > :first-child").allTextContents();
    const before = await cells();
    await page.evaluate(() => document.querySelectorAll("main details").forEach((element) => (element.open = true)));
    await head.locator("button").focus();
    for (const wanted of ["ascending", "descending", null]) {
      await page.keyboard.press("Enter");
      if ((await head.getAttribute("aria-sort")) !== wanted) problems.push(`a table is not sorted ${wanted ?? "as it was"}`);
      if ((await cells()).length !== before.length) problems.push("a table loses rows when it is sorted");
    }
    if ((await cells()).join() !== before.join()) problems.push("a table does not find its order again");
  }
  const field = page.locator(".filter input").first();
  if ((await field.count()) > 0) {
    await field.focus();
    await page.keyboard.type("zzzz");
    const told = await page.locator(".filter [role=status]").first().textContent();
    if (!told.startsWith("0 of ")) problems.push(`a filter says "${told}"`);
    for (let letter = 0; letter < 4; letter += 1) await page.keyboard.press("Backspace");
  }
  const slider = page.locator(".stepper input").first();
  if ((await slider.count()) > 0) {
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    const words = await slider.getAttribute("aria-valuetext");
    const lit = await page.locator(".chart g.lit > title").first().textContent();
    if (words !== lit) problems.push(`a slider says "${words}" at "${lit}"`);
  }
  return problems;
}

// Walks with the tabulator: the skip link comes first and leads to the main part, every stop can be seen, folded tables open.
async function keyboard(page) {
  const problems = [];
  const stop = () =>
    page.evaluate(() => {
      const element = document.activeElement;
      const box = element.getBoundingClientRect();
      const outline = getComputedStyle(element);
      return { tag: element.tagName, text: element.textContent.trim().slice(0, 40), href: element.getAttribute("href"), seen: box.width > 0 && box.height > 0, marked: outline.outlineStyle !== "none" || element === document.body };
    });
  await page.keyboard.press("Tab");
  const first = await stop();
  if (first.href !== "#main" && !/skip/i.test(first.text)) problems.push(`the first stop is no skip link but ${first.tag} ${first.text}`);
  await page.keyboard.press("Enter");
  const target = await page.evaluate(() => document.activeElement.id || location.hash.slice(1));
  if (!target) problems.push("the skip link leads nowhere");
  const stops = Math.min(40, await page.evaluate(() => document.querySelectorAll("a[href], summary, button, input, [tabindex='0']").length));
  for (let place = 0; place < stops; place += 1) {
    await page.keyboard.press("Tab");
    const { tag, text, seen, marked } = await stop();
    if (!seen || !marked) problems.push(`the stop at ${tag} ${text} cannot be seen`);
  }
  const summary = page.locator("main summary").first();
  if ((await summary.count()) > 0) {
    await summary.focus();
    await page.keyboard.press("Enter");
    const open = await summary.evaluate((element) => element.parentElement.open);
    if (!open) problems.push("a folded table does not open with the keyboard");
  }
  return problems;
}

// Chromium without a screen, which asks nobody for anything by itself.
export const open = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

// The problems of each page, as `page: problem`.
export async function check(pages, views = VIEWS) {
  const browser = await open();
  const problems = [];
  const work = [...pages];
  const reader = async () => {
    for (let file = work.shift(); file !== undefined; file = work.shift()) {
      for (const { width, height, colorScheme } of views) {
        const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" });
        const page = await context.newPage();
        const failed = [];
        page.on("request", (request) => request.url().startsWith("http") && failed.push(`asks the network for ${request.url()}`));
        await page.goto(pathToFileURL(file).href);
        if (width < 400) failed.push(...(await sideways(page)));
        failed.push(...(await charts(page)));
        if (width === 1280 && colorScheme === "light") failed.push(...(await keyboard(page)), ...(await controls(page)));
        // What is folded is read as well.
        await page.evaluate(() => document.querySelectorAll("details").forEach((element) => (element.open = true)));
        if (width < 400) failed.push(...(await sideways(page)));
        failed.push(...(await violations(page)));
        problems.push(...failed.map((problem) => `${file} (${width} ${colorScheme}): ${problem}`));
        await context.close();
      }
    }
  };
  await Promise.all([reader(), reader()]);
  await browser.close();
  return problems;
}
