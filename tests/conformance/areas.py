"""Areas that change, worked out by another program: python -B areas.py PROGRAM DATA TEMPLATES [--mistakes]

Four fictional rounds with recodings, mergers, splits, parts and joint returns are written, built and released in both editions. Everything that
depends on what became of an area is computed from the returns and compared: panels of two rounds, an authority's own rounds, coverage, and checks
against the round before. areas_data.py writes the rounds, areas_model.py says which returns cover the same ground, areas_numbers.py computes.
`--mistakes` makes mistakes in what was built, or in what is known of areas, and each has to be found.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import openpyxl

import areas_data as data
import areas_mistakes as mistakes
import areas_numbers as numbers
from areas_model import World, slug, table
from attack_returns import COLUMNS, standard_of

COUNTS = ("minoritised_numerator", "minoritised_denominator", "white_numerator", "white_denominator")
PAIRS = list(zip(data.YEARS, data.YEARS[1:]))
# Every round is built for authorities alone, and the last one, which looks back on all, for everybody as well.
BUILT = [*(("own", year) for year in data.YEARS), ("public", data.YEARS[-1])]
SERVICES = {"Total": "all", "Adults' services": "adults", "Children's services": "childrens"}

# Of each of these something has to be compared.
KINDS = (
    "areas", "authorities", "checks against the round before", "coverage", "explained", "grey figures", "open data", "own changes", "own rounds together", "own rounds, own",
    "own rounds, public", "packs", "packs, own", "packs, public", "panel in print", *(f"panel {before}-{after}" for before, after in PAIRS),
)


class Built:
    """What was built of the rounds, as tables: national and packs, both editions."""

    def __init__(self, folder, places):
        self.figures, self.national, self.packs, self.open = {}, {}, {}, {}
        self.released = {year: table(places / str(year) / "released/1/counts.csv") for year in data.YEARS}
        for edition, year in BUILT:
            place = folder / edition / str(year)
            self.figures[edition, year] = table(place / "figures.csv")
            self.national[edition, year] = table(place / "national/tables/indicators.csv")
            self.open[edition, year] = table(place / "national/tables/explore-education-statistics/sc-wres-comparisons.csv")
            self.packs[edition, year] = {path.parent.name[:9]: table(path) for path in sorted((place / "authorities").glob("*/data.csv"))}


class Compared:
    """How many figures of each kind were compared, how many were withheld or not told, and which were not as expected."""

    def __init__(self):
        self.equal, self.withheld, self.problems = Counter(), Counter(), []

    def check(self, kind, right, what):
        self.equal[kind] += 1
        if not right:
            self.problems.append(f"{kind}: {what}")

    def skip(self, kind):
        self.withheld[kind] += 1


def rows_of_table(compared, world, year, kind, rows, own=None, exact=False):
    """A data table: authorities and counts of each row, or why there are none."""
    for line in rows:
        figure = line["service"], line["indicator"], line["breakdown"]
        place = " ".join((str(year), line["area_code"], *figure))
        if line["area_type"] == "authority":
            if line["area_code"] != own:
                compared.check(kind, False, f"{place}: the row of another authority")
                continue
            counts = world.counts(year, own, *figure)
            authorities = len(world.rounds[year].members[own]) if counts else 0
        else:
            authorities, counts = world.of_area(year, line["area_type"], line["area_code"], figure)
        if not counts:
            compared.check(kind, not any(line[name] for name in COUNTS) and line["marker"] != "c", f"{place}: a figure of nobody")
            continue
        if line["authorities"]:
            compared.check("authorities", int(line["authorities"]) == authorities, f"{place}: {line['authorities']} authorities, {authorities} expected")
        steps = dict(one.split(":") for one in line["coarser"].split(";") if one)
        for name, count in zip(COUNTS, counts):
            if not line[name]:
                compared.skip(kind)
                continue
            shown = int(line[name])
            mine = exact and line["area_type"] == "authority"
            right = shown == count if mine else numbers.fits(shown, int(steps.get(name, 5)), count) and not 0 < count < 10
            compared.check(kind, right, f"{place} {name}: {shown}, {count} expected")


def open_data(compared, world, year, rows):
    """The table of comparisons for other publishers: England and regions, all types."""
    names = ("events_count", "people_count", "comparator_events_count", "comparator_people_count")
    for line in rows:
        if line["ethnicity_major"] != "Total" or line["authority_type"] != "Total":
            continue
        kind, area = ("national", "england") if line["geographic_level"] == "National" else ("region", slug(line["region_name"]))
        figure = SERVICES[line["service_type"]], line["measure"].split(" ")[0], ""
        authorities, counts = world.of_area(year, kind, area, figure)
        place = f"{year} {area} {figure}"
        if counts and line["authorities_count"].isdigit():
            compared.check("open data", int(line["authorities_count"]) == authorities, f"{place}: {line['authorities_count']} authorities, {authorities} expected")
        for name, count in zip(names, counts or (None,) * 4):
            if line[name].isdigit() and line["coarser_rounding"] == "none":
                right = count is not None and numbers.fits(int(line[name]), 5, count)
                compared.check("open data", right, f"{place} {name}: {line[name]}, {count} expected")
            else:
                compared.skip("open data")


def coverage(compared, world, year, figures):
    """How many authorities there were, registered and submitted, of England and of each region and type."""
    expected = world.participation(year)
    printed = {line["id"]: line["printed"] for line in figures if "/participation/all/" in line["id"]}
    for area, counts in expected.items():
        wanted = {"england": counts["england"], "submitted": counts["submitted"]}
        if area == "england":
            wanted |= {"registered": counts["registered"], "not_submitted": counts["registered"] - counts["submitted"]}
        for name, count in wanted.items():
            text = printed.get(f"{year}/{area}/participation/all/{name}")
            if text is None and not count:
                continue
            compared.check("coverage", numbers.number(text) == count, f"{year} {area} {name}: {text}, {count} expected")
        if area != "england":
            text = printed.get(f"{year}/{area}/participation/all/share")
            compared.check("coverage", numbers.near(text, 100 * counts["submitted"] / counts["england"], 1), f"{year} {area} share: {text}")


def panel_counts(compared, world, year, released):
    """The counts of the panel that a round shares with the one before, as they are on record."""
    for line in released:
        if not line["area_code"].startswith("matched-"):
            continue
        before, after = map(int, line["area_code"].split("-")[1:])
        figure = line["service"], line["indicator"], line["breakdown"]
        place = f"{line['year']} {line['area_code']} {figure} {line['count']}"
        row = world.panel(before, after, figure)[int(line["year"])][1]
        if not line["shown"]:
            compared.skip(f"panel {before}-{after}")
            continue
        count = row[COUNTS.index(line["count"])] if row else None
        right = count is not None and numbers.fits(int(line["shown"]), int(line["step"]), count)
        compared.check(f"panel {before}-{after}", right, f"{place}: {line['shown']}, {count} expected")


def panel_figures(compared, world, year, figures):
    """What is printed of panels: authorities, ratios or shares of both rounds, and the change."""
    printed = {line["id"]: line["printed"] for line in figures if "/matched-" in line["id"]}
    for before, after in [pair for pair in PAIRS if pair[1] <= year]:
        for _, indicator, breakdown in (one for one in world.figures(after) if one[0] == "all" and not one[2].startswith("ethnicity:")):
            panel = world.panel(before, after, ("all", indicator, breakdown))
            rest = f"matched-{before}-{after}/{indicator}/all/" + (f"{breakdown}/" if breakdown else "")
            name, of_shares = ("minoritised_rate", True) if indicator == "1" else ("relative_likelihood", False)
            shown = {year: panel[year][1] and numbers.rounded(panel[year][1]) for year in (before, after)}
            for of_year in (before, after):
                text = printed.pop(f"{of_year}/{rest}{name}", None)
                if numbers.number(text) is None:
                    compared.skip("panel in print")
                    continue
                value = shown[of_year] and (100 * numbers.share(shown[of_year]) if of_shares else numbers.ratio(shown[of_year]))
                compared.check("panel in print", value is not None and numbers.near(text, value, 1 if of_shares else 2), f"{of_year}/{rest}{name}: {text}, {value} expected")
            text = printed.pop(f"{after}/{rest}authorities", None)
            if text is not None:
                compared.check("panel in print", numbers.number(text) == panel[after][0], f"{after}/{rest}authorities: {text}, {panel[after][0]} expected")
            the_change(compared, "panel in print", f"{after}/{rest}", printed, shown[before], shown[after], of_shares)
    for one in printed:
        compared.check("panel in print", False, f"{one}: a panel that there is not")


def the_change(compared, kind, start, printed, before, after, of_shares, wanted=False):
    """The printed change and its interval. Where it is wanted it has to be there."""
    text, interval = printed.pop(f"{start}change", None), printed.pop(f"{start}change_interval", None)
    if numbers.number(text) is None:
        compared.check(kind, False, f"{start}change is missing") if wanted else compared.skip(kind)
        return
    expected = before and after and numbers.change(before, after, of_shares)
    if not expected:
        compared.check(kind, False, f"{start}change: {text}, and there is nothing to compare")
        return
    decimals = 1 if of_shares else 2
    compared.check(kind, numbers.near(text, expected[0], decimals), f"{start}change: {text}, {expected[0]} expected")
    for side, value in zip((interval or "").split(" to "), expected[1:]):
        compared.check(kind, numbers.near(side, value, decimals), f"{start}change_interval: {interval}, {value} expected")


def own_rounds(compared, world, year, edition, figures):
    """In each pack the authority's earlier rounds, the change to this one, and its rounds together."""
    packs = {}
    for line in figures:
        parts = line["document"].split("/")
        if parts[-1] == "benchmark-pack" and line["id"].split("/")[1][0] == "E":
            packs.setdefault(parts[1][:9], {})[line["id"]] = line["printed"]
    earlier = [one for one in data.YEARS if one < year]
    for code in world.rounds[year].cells:
        printed = packs.get(code, {})
        for _, indicator, breakdown in (one for one in world.figures(year) if one[0] == "all" and not one[2].startswith("ethnicity:")):
            figure = "all", indicator, breakdown
            rest = f"{indicator}/all/" + (f"{breakdown}/" if breakdown else "")
            of_shares = indicator == "1"
            name = rest + ("minoritised_rate" if of_shares else "relative_likelihood")
            now = world.counts(year, code, *figure)
            rounds = {one: world.own_round(one, year, code, figure) for one in earlier}
            if sum(map(bool, [*rounds.values(), now])) < 2:
                rounds = dict.fromkeys(earlier)  # one round alone is no series
            for one, found in rounds.items():
                texts = {key: text for key, text in printed.items() if key.startswith(f"{one}/") and key.endswith(f"/{name}")}
                an_earlier_round(compared, f"own rounds, {edition}", f"{code} in {year}: {one}/{name}", texts, found, of_shares, edition == "own")
            if edition == "own":
                last = rounds.get(year - 1)
                last = last[0] if last and last[2] else None
                wanted = bool(last and now and numbers.change(last, now, of_shares))
                the_change(compared, "own changes", f"{year}/{code}/{rest}", printed, last, now, of_shares, wanted)
                strata = [found[0] for found in rounds.values() if found and found[2]] + [now]
                its_rounds_together(compared, f"{year}/{code}/{rest}", printed, strata)


def an_earlier_round(compared, kind, place, texts, found, of_shares, exact):
    """One earlier round in a pack: there if it should be, once, and what its returns add up to."""
    values = [text for text in texts.values() if numbers.number(text) is not None]
    if not found:
        compared.check(kind, not values, f"{place}: {values}, and nothing can be told")
        return
    value = 100 * numbers.share(found[0]) if of_shares else numbers.ratio(found[0])
    if not values:
        compared.check(kind, value is None, f"{place} is missing") if exact else compared.skip(kind)
        return
    if not exact:
        # What its returns show: each rounded as usual, or else as coarsely as a count may be.
        rows = [numbers.rounded(row) for row in found[1]]
        usual = tuple(map(sum, zip(*rows)))
        low, high = (100 * side for side in numbers.share_reach(found[0], found[1])) if of_shares else numbers.reach(found[0], found[1])
        value = 100 * numbers.share(usual) if of_shares else numbers.ratio(usual)
        if not numbers.near(values[0], value, 1 if of_shares else 2):
            compared.check(f"{kind}, coarser", low - 0.05 <= numbers.number(values[0]) <= high + 0.05, f"{place}: {values}, {low} to {high} expected")
            return
    right = value is not None and numbers.near(values[0], value, 1 if of_shares else 2)
    compared.check(kind, right and len(values) == 1, f"{place}: {values}, {value} expected")


def its_rounds_together(compared, start, printed, strata):
    text = printed.pop(f"{start}together_ratio", None)
    if numbers.number(text) is None:
        compared.skip("own rounds together")
        return
    expected = numbers.together(strata) if len(strata) > 1 and all(strata) else None
    compared.check("own rounds together", bool(expected) and numbers.near(text, expected[0], 2), f"{start}together_ratio: {text}, {expected} expected")
    for side, value in zip((printed.get(f"{start}together_interval") or "").split(" to "), (expected or (0, 0, 0))[1:]):
        compared.check("own rounds together", numbers.near(side, value, 2), f"{start}together_interval: {side}, {value} expected")


def compare(world, built, packs=True):
    """Everything that was built, with what it has to be; the tables of packs only if asked for."""
    compared = Compared()
    for year in data.YEARS:
        panel_counts(compared, world, year, built.released[year])
    for edition, year in BUILT:
        rows_of_table(compared, world, year, "areas", built.national[edition, year])
        open_data(compared, world, year, built.open[edition, year])
        coverage(compared, world, year, built.figures[edition, year])
        panel_figures(compared, world, year, built.figures[edition, year])
        own_rounds(compared, world, year, edition, built.figures[edition, year])
        made = built.packs[edition, year]
        compared.check("packs", set(made) == set(world.rounds[year].cells), f"{year} {edition}: packs of {sorted(made)}")
        for code, rows in made.items() if packs else ():
            if code in world.rounds[year].cells:
                rows_of_table(compared, world, year, f"packs, {edition}", rows, code, edition == "own")
    return compared


# What is planted, by round: returns whose leavers are twelve times as many, those of one ground together, and whether the round before can tell.
PLANTED = {
    2022: [(("E08009110",), True), (("E06009012",), True), (("E06009121",), True), (("E08009052",), True)],
    2023: [
        (("E06009050",), True), (("E08009052", "E08009053"), True), (("E06009130", "E06009131"), True), (("E06009112",), True),
        (("E06009123",), False), (("E10009142",), False), (("E06009143",), False),
    ],
    2024: [
        (("E08009113",), True), (("E06009111",), True), (("E06009050",), True),
        (("E06009125",), False), (("E06009132",), False), (("E10009040",), False), (("E06009041",), False),
    ],
}


def last_year(compared, run, folder, standard):
    """Checks against the round before: leavers that are twelve times as many are found where there is something to compare with."""
    kind = "checks against the round before"
    for year, grounds in PLANTED.items():
        planted = {code for codes, _ in grounds for code in codes}
        place = folder / f"planted-{year}"
        data.write(place, standard, {year: planted}, (year - 1, year))
        found = json.loads(run(place, "check", str(year), "--format", "json"))
        errors = {one["authority_code"] for one in found if one["rule"] == "change" and one["severity"] == "error"}
        for codes, comparable in grounds:
            hit = bool(errors & set(codes))
            compared.check(kind, hit == comparable, f"{year} {' '.join(codes)}: leavers twelve times as many are {'an error' if hit else 'no error'}")
        for code in sorted(errors - planted):
            compared.check(kind, False, f"{year} {code}: nothing was planted, and a change is an error")


# Authorities whose rounds are told exactly: formed from others, a joint return, recoded.
EXPLAINED = [(2022, "E06009121"), (2023, "E06009050"), (2024, "E08009113")]


def explained(compared, world, run, folder):
    """What `explain` tells of changes: exact, and not rounded at all."""
    for year, code in EXPLAINED:
        told = json.loads(run(folder, "explain", f"{year}/{code}/8/all/change", "--format", "json", output="own"))
        rows = {one: world.own_round(one, year, code, ("all", "8", "")) for one in data.YEARS if one < year}
        rows = {one: found[0] for one, found in rows.items() if found} | {year: world.counts(year, code, "all", "8", "")}
        expected = {(before, after): numbers.change(rows[before], rows[after], False) for before, after in PAIRS if before in rows and after in rows}
        found = {(one["from"], one["to"]): (one["value"], one["lower"], one["upper"]) for one in told["changes"]}
        compared.check("explained", set(found) == set(expected), f"{year} {code}: changes of {sorted(found)}, {sorted(expected)} expected")
        for pair in set(found) & set(expected):
            right = all(abs(one / other - 1) < 1e-6 for one, other in zip(found[pair], expected[pair]))
            compared.check("explained", right, f"{year} {code} {pair}: {found[pair]}, {expected[pair]} expected")


# Whose workbook shows what in grey: a sum of returns, one return under another code, or nothing because there is nothing to compare with.
GREY = [(2022, "E06009121"), (2023, "E06009050"), (2024, "E08009113"), (2023, "E06009130"), (2023, "E08009052"), (2023, "E06009123"), (2024, "E10009040")]


def grey_figures(compared, world, run, folder, standard):
    """What the collection workbook shows of the round before: the sum of its returns wherever each of them has a count."""
    labels, _, _ = standard_of(standard)
    groups = {**COLUMNS, "All minoritised": None}
    for year, code in GREY:
        run(folder, "workbook", str(year), "--authority", code, output="workbooks")
        path = next((folder.parent / "workbooks" / str(year) / "workbooks").glob(f"{code}*.xlsx"))
        rows = list(openpyxl.load_workbook(path, data_only=True)["Adults"].iter_rows(values_only=True))
        earlier = world.ground_before(year - 1, year, code)
        for row in rows[1:]:
            for title, count in zip(rows[0][9:], row[9:]):
                group = groups.get(str(title).removesuffix(f" in {year - 1}")) if str(title).endswith(f" in {year - 1}") else None
                if group is None or row[0] not in labels or labels[row[0]] == "staff_in_band":
                    continue
                counts = [world.rounds[year - 1].cells[one].get(("adults", labels[row[0]], ""), {}).get(group) for one in earlier]
                expected = sum(counts) if counts and None not in counts else None
                shown = count if isinstance(count, int) else None  # `x` is no count
                compared.check("grey figures", shown == expected, f"{year} {code} {row[0]}, {title}: {count}, {expected} expected")
        places = [place for place, title in enumerate(rows[0]) if str(title).endswith(f" in {year - 1}")]
        shown = [row[place] for row in rows[1:] for place in places if row[place] is not None]
        compared.check("grey figures", bool(shown) == bool(earlier), f"{year} {code}: {len(shown)} counts of the round before, from {earlier}")


def main(program, sample, templates, *options):
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        rounds, unreleased, standard = place / "rounds", place / "unreleased", Path(sample) / "standard.yaml"
        data.write(rounds, standard)
        data.write(unreleased, standard)

        def run(folder, *arguments, output="output"):
            command = [program, "--data", folder, "--templates", templates, "--output", place / output, *arguments]
            done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
            if done.returncode and arguments[0] != "check":
                raise RuntimeError(f"{' '.join(arguments)}: {done.stderr}")
            return done.stdout

        for edition, year in BUILT:
            if edition == "own":
                run(rounds, "build", str(year), output="own")
                run(rounds, "release", str(year), output="own")
            else:  # beside records packs for everybody tell nothing of earlier rounds
                run(unreleased, "build", str(year), "--edition", "public", output="public")
        print(f"built and released in {time.monotonic() - begun:.0f} seconds", flush=True)
        world, built = World(rounds), Built(place, rounds)
        compared = compare(world, built)
        explained(compared, world, run, rounds)
        grey_figures(compared, world, run, rounds, standard)
        last_year(compared, run, place, standard)
        missed = mistakes.unseen(rounds, built, compare) if "--mistakes" in options else []
    print(f"{'kind':34}{'compared':>9}{'not told':>9}")
    for kind in sorted(compared.equal | compared.withheld):
        print(f"{kind:34}{compared.equal[kind]:9}{compared.withheld[kind]:9}")
    problems = compared.problems + [f"{kind}: nothing could be compared" for kind in KINDS if not compared.equal[kind]] + missed
    for problem in problems[:60]:
        print(problem)
    print(f"{len(problems)} problems, {time.monotonic() - begun:.0f} seconds")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
