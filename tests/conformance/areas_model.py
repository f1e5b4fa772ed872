"""What areas that change lead to, worked out from the files alone: which returns of two rounds cover the same ground, and what they add up to.

Written from the method and the contract. Two rounds are laid side by side as a graph: codes are its nodes; a change between the rounds ties the
codes that it names, and a joint return its members. What hangs together is one ground. It can be compared if no part of it came from elsewhere
and every authority of it sent the figure, before as well as after.
"""

import csv
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

GROUPS = ("asian", "black", "mixed", "other")
# What kind of authority a code of the register of geographic codes is of.
TYPES = {"E06": "Unitary authority", "E08": "Metropolitan district", "E09": "London borough", "E10": "Shire county"}
BREAKDOWNS = [""] + [f"ethnicity:{group}" for group in GROUPS]


def table(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def slug(name):
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def measures_of(standard):
    """The numerator and the denominator of each indicator, read line by line."""
    found, now = {}, None
    for line in Path(standard).read_text("utf-8").splitlines():
        if match := re.match(r'  - id: "?(\w+)"?', line):
            now = match[1]
        elif match := re.match(r"    (numerator|denominator): (\w+)", line):
            found.setdefault(now, []).append(match[2])
    return {name: tuple(pair) for name, pair in found.items()}


class Round:
    """A round's register and its returns."""

    def __init__(self, folder, changes):
        text = (folder / "round.yaml").read_text("utf-8")
        self.year = int(folder.name)
        self.opens = re.search(r"opens: (\S+?)[,}]", text)[1]
        self.bands = re.findall(r"- \{id: ([\w-]+),", text)
        self.register = {line["code"]: line for line in table(folder / "authorities.csv")}
        self.members = {code: line["members"].split(";") if line.get("members") else [code] for code, line in self.register.items()}
        self.registered = {member for members in self.members.values() for member in members}
        self.cells = {}
        for path in sorted((folder / "submissions").glob("*.csv")):
            lines = table(path)
            cells = defaultdict(dict)
            for line in lines:
                if line["count"].isdigit():
                    cells[line["service"], line["measure"], line["breakdown"]][line["ethnicity"]] = int(line["count"])
            self.cells[self.whose(lines[0]["authority_code"], changes)] = cells

    def whose(self, code, changes):
        """The line of the register that a return belongs to: under its code, a member's, or that from before or after a recoding."""
        if code in self.register:
            return code
        for line, members in self.members.items():
            if code in members:
                return line
        near = {end for change in changes if change["kind"] == "recoded" for end in (change["from"], change["to"]) if code in (change["from"], change["to"])}
        return next(line for line in self.register if line in near)

    def areas(self, code):
        line = self.register[code]
        return [("national", "england"), ("region", slug(line["region"])), ("type", slug(line["type"]))]


def summed(rows):
    """Counts added up place by place."""
    return tuple(sum(places) for places in zip(*rows))


class World:
    """All rounds, and what became of areas between them."""

    def __init__(self, data):
        data = Path(data)
        self.changes = table(data / "area-changes.csv")
        self.england = {line["code"]: line for line in table(data / "england-authorities.csv")}
        self.indicators = measures_of(data / "standard.yaml")
        self.rounds = {int(path.name): Round(path, self.changes) for path in sorted(data.iterdir()) if path.name.isdigit()}
        self.kinds = self.known_areas()
        self.alive = {year: self.alive_in(one) for year, one in self.rounds.items()}

    def known_areas(self):
        """The type and region of every code: from a list that has it; else its type from the code, and its region from what it became."""
        found = dict(self.england)
        for one in self.rounds.values():
            for code, line in one.register.items():
                for member in one.members[code]:
                    found.setdefault(member, line)
        for change in sorted(self.changes, key=lambda one: one["date"], reverse=True):
            if change["to"] in found:
                found.setdefault(change["from"], {**found[change["to"]], "type": TYPES[change["from"][:3]]})
        return found

    def alive_in(self, one):
        """The authorities of England on the day that a round opened, under the codes of its register."""
        alive = set(self.england)
        for change in sorted(self.changes, key=lambda one: one["date"], reverse=True):
            if change["date"] > one.opens:
                ended = change["from"] not in self.england
                if change["kind"] != "part" or ended:
                    alive.discard(change["to"])
                alive.add(change["from"])
        for change in self.changes:
            if change["kind"] == "recoded" and change["from"] in one.registered and change["to"] in alive:
                alive.discard(change["to"])
                alive.add(change["from"])
        return alive

    def between(self, before, after):
        """The changes between two rounds: registers tell, and where they do not the days on which they opened."""
        first, second = self.rounds[before], self.rounds[after]
        found = []
        for change in self.changes:
            old, new = change["from"], change["to"]
            lies = first.opens < change["date"] <= second.opens
            if change["kind"] == "recoded" and (new in first.registered or old in second.registered):
                lies = False
            elif change["kind"] == "recoded" and old in first.registered and new in second.registered:
                lies = True
            if lies:
                found.append(change)
        return found

    @cache
    def grounds(self, before, after):
        """Grounds of two rounds: the returns of each, whether all of it sent one, and whether it is broken."""
        above = {}

        def top(code):
            while above.get(code, code) != code:
                code = above[code]
            return code

        changes = self.between(before, after)
        for change in changes:
            above[top(change["from"])] = top(change["to"])
        for year in (before, after):
            for members in self.rounds[year].members.values():
                for member in members[1:]:
                    above[top(member)] = top(members[0])
        broken = {top(change["from"]) for change in changes if change["kind"] == "part"}
        found = defaultdict(lambda: {year: {"returns": [], "codes": set(), "sent": set()} for year in (before, after)})
        for year in (before, after):
            one = self.rounds[year]
            for code in self.alive[year]:
                found[top(code)][year]["codes"].add(code)
            for code in one.cells:
                side = found[top(one.members[code][0])][year]
                side["returns"].append(code)
                side["sent"].update(one.members[code])
        grounds = []
        for name, sides in found.items():
            whole = all(side["returns"] and side["sent"] == side["codes"] for side in sides.values())
            grounds.append({"sides": sides, "whole": whole, "broken": name in broken})
        return grounds

    @cache
    def counts(self, year, code, service, indicator, breakdown):
        """The four counts of a return's figure, or nothing where one is missing."""
        if service == "all":
            parts = [self.counts(year, code, one, indicator, breakdown) for one in ("adults", "childrens", "combined")]
            parts = [part for part in parts if part]
            return summed(parts) if parts else None
        cells = self.rounds[year].cells[code]
        if indicator == "1":
            row = self.people(cells.get((service, "staff_in_band", breakdown), {}), "minoritised")
            return row and (row[0], sum(row), row[1], sum(row))
        group = breakdown.removeprefix("ethnicity:") or "minoritised"
        over, under = (self.people(cells.get((service, measure, ""), {}), group) for measure in self.indicators[indicator])
        return over and under and (over[0], under[0], over[1], under[1])

    @staticmethod
    def people(row, group):
        """Those of a group and white people, or nothing."""
        if group == "minoritised" and all(one in row for one in GROUPS):
            row = {**row, "minoritised": sum(row[one] for one in GROUPS)}
        return (row[group], row["white"]) if group in row and "white" in row else None

    def figures(self, year):
        """Service, indicator and breakdown of every figure."""
        for service in ("all", "adults", "childrens"):
            for indicator in self.indicators:
                for breakdown in self.rounds[year].bands if indicator == "1" else BREAKDOWNS:
                    yield service, indicator, breakdown

    @cache
    def of_area(self, year, kind, area, figure):
        """What an area of several adds up to: how many authorities, and the counts."""
        one = self.rounds[year]
        rows = {code: self.counts(year, code, *figure) for code in one.cells if (kind, area) in one.areas(code)}
        given = {code: row for code, row in rows.items() if row}
        return sum(len(one.members[code]) for code in given), summed(given.values()) if given else None

    def panel(self, before, after, figure):
        """The matched panel of England: for each of the two rounds how many authorities are in it, and their sums."""
        kept, rows = {before: 0, after: 0}, {before: [], after: []}
        for ground in self.grounds(before, after):
            if not ground["whole"] or ground["broken"]:
                continue
            given = {year: [self.counts(year, code, *figure) for code in side["returns"]] for year, side in ground["sides"].items()}
            if all(row for side in given.values() for row in side):
                for year, side in ground["sides"].items():
                    kept[year] += len(side["codes"])
                    rows[year] += given[year]
        return {year: (kept[year], summed(rows[year]) if rows[year] else None) for year in (before, after)}

    def own_round(self, before, after, code, figure):
        """An authority's earlier round: its counts, those of each return that they come from, and whether it can be compared; or nothing."""
        ground = next(one for one in self.grounds(before, after) if code in one["sides"][after]["returns"])
        earlier = ground["sides"][before]
        if ground["broken"]:
            same = code in earlier["returns"] and self.rounds[before].members[code] == self.rounds[after].members[code]
            row = self.counts(before, code, *figure) if same else None
            return row and (row, [row], False)
        if not ground["whole"] or ground["sides"][after]["returns"] != [code]:
            return None
        rows = [self.counts(before, one, *figure) for one in earlier["returns"]]
        return (summed(rows), rows, True) if all(rows) else None

    def ground_before(self, before, after, code):
        """The returns of the round before that together cover an authority's ground, where nothing keeps them from being compared."""
        ground = next(one for one in self.grounds(before, after) if code in one["sides"][after]["returns"])
        alone = ground["sides"][after]["returns"] == [code]
        return ground["sides"][before]["returns"] if ground["whole"] and not ground["broken"] and alone else []

    def participation(self, year):
        """Of England and of each region and type: authorities that it had, registered and submitted."""
        found = defaultdict(lambda: {"england": 0, "registered": 0, "submitted": 0})
        one = self.rounds[year]
        for code in self.alive[year]:
            line = self.kinds[code]
            for area in ("england", slug(line["region"]), slug(line["type"])):
                found[area]["england"] += 1
        for code in one.register:
            for _, area in one.areas(code):
                found[area]["registered"] += len(one.members[code])
                found[area]["submitted"] += len(one.members[code]) * (code in one.cells)
        return found
