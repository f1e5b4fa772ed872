// Chooses what is validated of a built year: the national report, ten packs that differ most with their short editions, and every check page.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

// The rows of a pack's data that are the authority's own, each as an object.
function ownRows(folder) {
  const [header, ...lines] = readFileSync(join(folder, "data.csv"), "utf8").trimEnd().split("\n");
  const columns = header.split(",");
  return lines
    .filter((line) => line.includes(",authority,"))
    .map((line) => Object.fromEntries(line.match(/("([^"]|"")*"|[^,]*)(,|$)/g).map((cell, place) => [columns[place], cell.replace(/,$/, "")])));
}

function traits(authorities, name) {
  const rows = ownRows(join(authorities, name));
  const denominators = rows.filter((row) => row.service === "all" && row.breakdown === "").map((row) => Number(row.white_denominator));
  return {
    name,
    size: Math.max(0, ...denominators),
    withheld: rows.filter((row) => row.marker === "c").length,
    missing: rows.filter((row) => row.marker === "x").length,
    oneService: ["adults", "childrens"].some((service) => rows.every((row) => row.service !== service || row.marker === "x")),
  };
}

// The folders of ten packs: longest and shortest name, smallest and largest return, most withheld, most missing, one service.
export function packs(year) {
  const authorities = join(year, "authorities");
  const all = readdirSync(authorities).sort().map((name) => traits(authorities, name));
  const by = (value) => [...all].sort((one, other) => value(other) - value(one) || one.name.localeCompare(other.name))[0];
  const chosen = new Set(
    [
      by((pack) => pack.name.length),
      by((pack) => -pack.name.length),
      by((pack) => -pack.size),
      by((pack) => pack.size),
      by((pack) => pack.withheld),
      by((pack) => pack.missing),
      by((pack) => Number(pack.oneService)),
    ].map((pack) => pack.name),
  );
  for (const pack of all) if (chosen.size < 10) chosen.add(pack.name);
  return [...chosen].sort().map((name) => join(authorities, name));
}

// Every PDF of the year, and the pages that people are sent.
export function documents(year) {
  const chosen = packs(year);
  const checks = readdirSync(join(year, "checks")).filter((name) => name.endsWith(".html")).sort();
  const pdf = readdirSync(join(year, "authorities")).sort().map((name) => join(year, "authorities", name, "benchmark-pack.pdf"));
  const short = chosen.flatMap((folder) => ["committee-paper", "staff-page"].map((name) => join(folder, name)));
  return {
    pdf: [join(year, "national/annual-report.pdf"), ...pdf, ...short.map((name) => `${name}.pdf`)].filter(existsSync),
    pages: [join(year, "index.html"), join(year, "national/annual-report.html"), ...chosen.map((folder) => join(folder, "benchmark-pack.html")), ...short.slice(0, 6).map((name) => `${name}.html`).filter(existsSync)],
    checks: checks.map((name) => join(year, "checks", name)),
  };
}
