"""Attacks what was published with another program and another solver: python -B attack.py PROGRAM DATA TEMPLATES [--quick]

Releases are built, put on record and attacked: rounds side by side, a provisional release beside the final one, and corrections beside what they
correct. Then the attack has to show that it can succeed: on releases protected each for itself, and on records of which one withheld count is shown.
attack_returns.py reads returns and records, attack_model.py says which people stand behind a count, attack_solver.py attacks.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import attack_model as model
import attack_returns as returns
import attack_solver as solver
from attack_workplace import Refused, Workplace

THRESHOLD = 10
ENOUGH = THRESHOLD - 1
ORDERED = "an outsider who puts parts and wholes in order"


def counts_of(releases):
    """Every count that releases tell or withhold, with the people behind it."""
    found, values = [], {}
    for number, release in enumerate(releases, 1):
        values.update(release.round.values())
        for key, told in release.told.items():
            atoms = release.round.atoms(key)
            found.append({"name": (release.year, number, *key), "atoms": atoms, "told": told and returns.interval(*told)})
    return found, values


def of_shared_panels(releases):
    """What later rounds tell of earlier ones: figures of the authorities that both have."""
    rounds = {release.year: release.round for release in releases}
    found = []
    for number, release in enumerate(releases, 1):
        for (year, key), told in release.of_before.items():
            if year in rounds:
                found.append({"name": (year, number, *key), "atoms": rounds[year].atoms(key), "told": told and returns.interval(*told)})
    return found


def mistaken(counts, values):
    """Counts of which the model would say something else than was told: then the attack would be worth nothing."""
    wrong = []
    for count in counts:
        people = sum(values[atom] for atom in count["atoms"])
        if count["told"] and not count["told"][0] <= people <= count["told"][1]:
            wrong.append(f"{count['name']}: told {count['told']}, {people} in the returns")
    return wrong


def lay_out(releases, cell_by_cell=False):
    """The releases of a round side by side: what stands behind them, ready to be attacked."""
    for number, release in enumerate(releases):
        release.round.versions.clear()
        if number and releases[number - 1].year == release.year:
            model.same_unknowns(releases[number - 1].round, release.round, number, cell_by_cell)
    counts, values = counts_of(releases)
    counts += of_shared_panels(releases)
    if wrong := mistaken(counts, values):
        raise AssertionError("the model is not what the program counts:\n" + "\n".join(wrong[:5]))
    return counts, values


def attacked(counts, values, until_one=False):
    """What every attacker is left with, by who it is: None is an outsider. A contributor is attacked with where it contributes. `until_one`
    stops at the first attacker who recovers something."""
    blocks = [solver.Block(block, values) for block in solver.blocks_of(counts)]
    codes = (None, *sorted({atom[1] for atom in values}))
    found = {}
    for code in codes:
        found[code] = [one for block in blocks for one in block.attack(code, THRESHOLD, None if code is None else ENOUGH)]
        if until_one and any(is_recovered(one) for one in found[code]):
            break
    return found


def with_parts_in_order(counts, values, wholes):
    """The same for somebody outside who uses that no part is larger than its whole, which the report tells."""
    years = sorted({count["name"][0] for count in counts})
    blocks = [[count for count in counts if count["atoms"] and count["name"][0] == year] for year in years]
    return [one for block in blocks for one in solver.Block(block, values, wholes).attack(None, THRESHOLD, ENOUGH)]


def is_recovered(target):
    """A range that is too narrow. Where earlier releases told as much it is no news, unless it is of few people."""
    return target.width < ENOUGH and not (target.before and not 0 < target.people < THRESHOLD)


class Report:
    """The table, and whether every line of it is as it has to be."""

    def __init__(self):
        self.wrong, self.pairs = [], 0
        print(f"{'scene':64} {'attacker':16}{'sums':>7}{'narrowest':>10}{'recovered':>10}{'out before':>11}{'seconds':>8}", flush=True)

    def line(self, scene, attacker, left, seconds):
        out = [one for one in left if one.width < ENOUGH and not is_recovered(one)]
        narrowest = min((one.width for one in left if one.width >= ENOUGH or is_recovered(one)), default="-")
        recovered = sum(is_recovered(one) for one in left)
        print(f"{scene:64} {attacker:16}{len(left):7}{narrowest:>10}{recovered:10}{len(out):11}{seconds:8.1f}", flush=True)
        return recovered

    def scene(self, name, releases, protected, cell_by_cell=False, printed_only=False):
        begun = time.monotonic()
        counts, values = lay_out(releases, cell_by_cell)
        found = attacked(counts, values, until_one=not protected)
        seconds = time.monotonic() - begun
        if printed_only:
            found = {code: [one for one in left if one.kind == "withheld"] for code, left in found.items()}
        recovered = self.line(name, "outsider", found[None], seconds / len(found))
        if len(found) > 1:
            inside = [one for code in found if code for one in found[code]]
            recovered += self.line(name, f"{len(found) - 1} contributors", inside, seconds)
        if protected and not cell_by_cell and not printed_only:
            begun = time.monotonic()
            found[ORDERED] = with_parts_in_order(counts, values, releases[0].round.wholes)
            self.line(name, "outsider, parts", found[ORDERED], time.monotonic() - begun)
        if protected:
            self.pairs += len(releases) > 1
            for release in releases:
                self.wrong += [f"{name}: {one}" for one in release.otherwise()]
            for code, left in found.items():
                self.wrong += [
                    f"{name}: {code or 'an outsider'} knows of {one.kind} {one.name} that it is {one.least} to {one.most}"
                    for one in left if is_recovered(one)
                ]
        elif not recovered:
            self.wrong.append(f"{name}: nothing was recovered, so that the attack cannot tell")
        return counts, values

    def refused(self, name, why):
        print(f"{name:64} nothing published: {why}", flush=True)
        self.wrong.append(f"{name}: a correction has to be possible, and was refused: {why}")


def planted(report, name, counts, values):
    """Shows one withheld count at a time: small ones, which tell of themselves, and large ones, which tell of others."""
    begun = time.monotonic()
    blocks = solver.blocks_of(counts)
    seen = {"small": [0, 0], "large": [0, 0]}
    for block in blocks:
        for count in [one for one in block if not one["told"]]:
            people = sum(values[atom] for atom in count["atoms"])
            kind = "small" if 0 < people < THRESHOLD else "large"
            if seen[kind][1] == 40 or not people:
                continue
            middle = (people + 2) // 5 * 5
            shown = {**count, "told": (max(0, middle - 2), middle + 2)}
            left = solver.Block([shown if one is count else one for one in block], values).attack(None, THRESHOLD, ENOUGH)
            seen[kind][0] += any(is_recovered(one) for one in left)
            seen[kind][1] += 1
    seconds = time.monotonic() - begun
    for kind, (recovered, tried) in seen.items():
        print(f"{name + f', one {kind} withheld count shown':64} {'outsider':16}{tried:7}{'':10}{recovered:10}{'':11}{seconds:8.1f}", flush=True)
        if (kind == "small" and recovered < tried) or not recovered:
            report.wrong.append(f"{name}: of {tried} {kind} counts that were shown {recovered} let the attack succeed")


def as_it_is(_place):
    """The returns of a round, none of them changed."""


class Scenes:
    """The releases that are attacked."""

    def __init__(self, report, make):
        self.report, self.make = report, make
        self.made = {}

    def released(self, year, state, act, kind):
        """The first release of a round whose returns are in a state, made once."""
        if (year, state, kind) not in self.made:
            place = self.make([year])
            act(place)
            if kind == "final":
                place.sign_off(year)
            self.made[year, state, kind] = place.release(year)
        return self.made[year, state, kind]

    def correction(self, name, year, before, after, kinds=("final", "correction")):
        """A release and what corrects it: protected each for itself, and then beside each other. States of returns are names and what makes them."""
        first = self.released(year, *before, kinds[0])
        alone = self.made.get((year, after[0], "final")) or self.released(year, *after, "provisional")
        self.report.scene(f"{name}, each for itself", [first, alone], False)
        together = self.make([year])
        together.follow(first)
        after[1](together)
        together.correct(year, "A return was not as it should be.")
        try:
            together.sign_off(year)
            second = together.release(year)
        except Refused as refusal:
            self.report.refused(name, refusal)
            return
        if (first.about["kind"], second.about["kind"]) != kinds:
            raise AssertionError(f"released as {first.about['kind']} and {second.about['kind']}")
        self.report.scene(name, [first, second], True)
        if set(first.round.returns) == set(second.round.returns):
            self.report.scene(f"{name}, cells known", [first, second], True, True)

    def of_a_round(self, year, late, changed, left_out, withdrawn):
        """A provisional and a final release, and corrections of all kinds."""
        full = ("as it is", as_it_is)

        def without(code):
            return f"without {code}", lambda place: place.withdraw(year, code)

        for code in late:
            self.correction(f"{year}: {code} came late", year, without(code), full, ("provisional", "final"))
        for code, *cell in changed:
            state = f"{code} {cell}", lambda place, code=code, cell=cell: place.change(year, code, *cell)
            self.correction(f"{year}: {code} changed {cell[0]}", year, full, state)
        for code, measure in left_out:
            state = f"{code} without {measure}", lambda place, code=code, measure=measure: place.leave_out(year, code, measure)
            self.correction(f"{year}: {code} added {measure}", year, state, full)
        for code in withdrawn:
            self.correction(f"{year}: {code} withdrawn", year, full, without(code))

    def for_everybody(self, year):
        """Packs for everybody with the national release. Sums that are printed nowhere are not attacked there: every authority's own counts are."""
        release = self.make([year]).release(year, "--edition", "public")
        self.report.scene(f"{year}: with packs for everybody", [release], True, printed_only=True)

    def one_after_the_other(self, years):
        """Rounds, each released beside those before it, attacked together: panels of two rounds are of both."""
        place = self.make(years) if len(years) > 1 else None
        releases = [place.release(year) if place else self.released(year, "as it is", as_it_is, "provisional") for year in years]
        for release in releases:
            release.round.others = {other.year: other.round for other in releases}
        name = f"{', '.join(years)}: released in turn"
        counts, values = self.report.scene(name, releases, True)
        planted(self.report, name, counts, values)


def main(program, data, templates, *options):
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        numbers = iter(range(10_000))

        def make(years):
            return Workplace(Path(folder) / str(next(numbers)), program, Path(data), templates, years)

        scenes = Scenes(report, make)
        quick = "--quick" in options
        scenes.one_after_the_other(["2021"] if quick else ["2021", "2023", "2024"])
        changed = [("F08000003", "survey_respondents", "black", 6)]
        if quick:
            scenes.of_a_round("2021", ["F09000002"], changed, [], ["F09000002"])
        else:
            scenes.of_a_round("2021", ["F09000002", "F06000003"], changed, [("F08000001", "leavers")], ["F09000002", "F06000001"])
            scenes.for_everybody("2021")
            scenes.of_a_round("2023", ["F06000012"], [], [("F08000002", "cpd")], ["F09000021"])
    if not report.pairs:
        report.wrong.append("no release was made beside an earlier one, so that none was attacked")
    for problem in report.wrong[:40]:
        print(problem)
    print(f"{len(report.wrong)} problems")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
