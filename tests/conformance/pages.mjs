// Opens pages in headless Chromium as readers do: axe-core (WCAG 2.2 AA) in light and dark, at desk and phone width;
// nothing to scroll sideways at 320 pixels; and a walk with the keyboard: skip link, contents, details.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const VIEWS = [
  { width: 1280, height: 900, colorScheme: "light" },
  { width: 1280, height: 900, colorScheme: "dark" },
  { width: 320, height: 640, colorScheme: "light" },
  { width: 320, height: 640, colorScheme: "dark" },
];

async function violations(page) {
  await page.addScriptTag({ content: axe });
  const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }), TAGS);
  return found.violations.map((one) => `axe ${one.id}: ${one.help} (${one.nodes.length}×, first ${one.nodes[0].target.join(" ")})`);
}

async function sideways(page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return wide > 0 ? [`scrolls sideways by ${wide} pixels`] : [];
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
  const stops = Math.min(40, await page.evaluate(() => document.querySelectorAll("a[href], summary, [tabindex='0']").length));
  for (let place = 0; place < stops; place += 1) {
    await page.keyboard.press("Tab");
    const { tag, text, seen, marked } = await stop();
    if (!seen || !marked) problems.push(`the stop at ${tag} ${text} cannot be seen`);
  }
  const summary = page.locator("summary").first();
  if ((await summary.count()) > 0) {
    await summary.focus();
    await page.keyboard.press("Enter");
    const open = await summary.evaluate((element) => element.parentElement.open);
    if (!open) problems.push("a folded table does not open with the keyboard");
  }
  return problems;
}

// The problems of each page, as `page: problem`.
export async function check(pages, views = VIEWS) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
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
        if (width === 320) failed.push(...(await sideways(page)));
        if (width === 1280 && colorScheme === "light") failed.push(...(await keyboard(page)));
        // What is folded is read as well.
        await page.evaluate(() => document.querySelectorAll("details").forEach((element) => (element.open = true)));
        if (width === 320) failed.push(...(await sideways(page)));
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
