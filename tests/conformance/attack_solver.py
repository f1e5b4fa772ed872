"""The attack itself: how far apart a withheld count can lie, by linear programmes (HiGHS).

Atoms that no count tells apart are one unknown. Unknowns that no count links are attacked apart. An attacker's own atoms are known.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

import highspy
import numpy as np

LOOSE = 1e-6
MANY = 1e5


def classes_of(counts):
    """Atoms by the counts that they are in: what no count tells apart is one unknown."""
    inside = defaultdict(list)
    for place, count in enumerate(counts):
        for atom in count["atoms"]:
            inside[atom].append(place)
    classes = defaultdict(list)
    for atom, places in inside.items():
        classes[tuple(places)].append(atom)
    return classes


def blocks_of(counts):
    """Counts that share no atom, not even through others, apart."""
    parent = list(range(len(counts)))

    def root(place):
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for places in classes_of(counts):
        for place in places[1:]:
            parent[root(place)] = root(places[0])
    blocks = defaultdict(list)
    for place, count in enumerate(counts):
        if count["atoms"]:
            blocks[root(place)].append(count)
    return list(blocks.values())


def in_order(classes, wholes):
    """Unknowns in which parts and their wholes fall together, and which of them are the parts of which: readers are told that no part is larger
    than its whole, nor pay bands together than staff. A class is divided until everybody in it is in the same class of every other measure."""
    cells = defaultdict(dict)
    for number, atoms in enumerate(classes):
        for atom in atoms:
            year, code, version, service, measure, band, group = atom
            cells[year, code, version, service, group][measure, band] = number, atom
    alike = defaultdict(list)
    for cell in cells.values():
        alike[tuple(sorted((row, number) for row, (number, _) in cell.items()))].append(cell)
    divided, rules = [], []
    for together in alike.values():
        place = {row: len(divided) + offset for offset, row in enumerate(together[0])}
        divided += [[cell[row][1] for cell in together] for row in together[0]]
        for row, column in place.items():
            if not row[1] and (wholes.get(row[0]), "") in place:
                rules.append((place[wholes[row[0]], ""], [column]))
        bands = [column for row, column in place.items() if row[1]]
        if bands and ("staff", "") in place:
            rules.append((place["staff", ""], bands))
    return divided, rules


class Block:
    """Counts that are attacked together. A count has a name, its atoms and, where it is shown, its least and most. With `wholes` the attacker
    uses that no part is larger than its whole."""

    def __init__(self, counts, values, wholes=None):
        self.counts = counts
        self.classes, self.rules = list(classes_of(counts).values()), []
        if wholes:
            self.classes, self.rules = in_order(self.classes, wholes)
        self.values = [{atom: values[atom] for atom in atoms} for atoms in self.classes]
        column_of = {atom: column for column, atoms in enumerate(self.classes) for atom in atoms}
        self.matrix = np.zeros((len(counts), len(self.classes)))
        for place, count in enumerate(counts):
            self.matrix[place, [column_of[atom] for atom in count["atoms"]]] = 1.0
        self.shown = [place for place, count in enumerate(counts) if count["told"]]
        self.hidden = [place for place, count in enumerate(counts) if not count["told"]]
        self.codes = {atom[1] for atom in column_of}

    def others(self, code):
        """For each unknown what the attacker does not know of it, and whether there is any such."""
        sums = np.array([sum(held for atom, held in one.items() if atom[1] != code) for one in self.values], float)
        free = np.array([any(atom[1] != code for atom in one) for one in self.values])
        own = np.array([sum(held for atom, held in one.items() if atom[1] == code) for one in self.values], float)
        return sums, free, own

    def remainders(self, sums, free, threshold):
        """Small sums that nobody printed: what is between two counts that are shown, without the attacker's own."""
        places = {id(count): place for place, count in enumerate(self.counts)}
        found = {}
        for linked in blocks_of(self.counts):
            shown = np.array([places[id(count)] for count in linked if count["told"]], int)
            columns = np.nonzero(self.matrix[shown].any(axis=0) & free)[0]
            dense = self.matrix[np.ix_(shown, columns)] > 0
            for target in self.between(shown, dense, sums[columns], threshold):
                atoms = np.zeros(len(self.classes), bool)
                atoms[columns] = target.atoms
                target.atoms = atoms
                found.setdefault(atoms.tobytes(), target)
        return found

    def between(self, shown, dense, sums, threshold):
        for place, row in enumerate(dense):
            rest = row & ~dense
            holds = ~(dense & ~row).any(axis=1) & rest.any(axis=1)
            people = rest @ sums
            name, release = self.name(shown[place])
            for other in np.nonzero(holds & (people >= 1) & (people < threshold))[0]:
                less, since = self.name(shown[other])
                yield Target(rest[other], f"{name} less {less}", "remainder", max(release, since))
            if 1 <= row @ sums < threshold:
                yield Target(row, name, "shown", release)

    def name(self, place):
        year, release, *key = self.counts[place]["name"]
        return f"{year}/{release}: " + " ".join(part for part in key if part), release

    def targets(self, sums, free, threshold):
        """Whatever has to stay in doubt: withheld counts but those that are shown elsewhere, and small remainders."""
        whole = self.matrix > 0
        told = {whole[place].tobytes() for place in self.shown}
        found = {}
        for place in self.hidden:
            rest = whole[place] & free
            if rest.any() and whole[place].tobytes() not in told:
                found.setdefault(rest.tobytes(), Target(rest, self.name(place)[0], "withheld", self.name(place)[1]))
        return list({**found, **self.remainders(sums, free, threshold)}.values())

    def programme(self, free, own, before=None):
        """The linear programme of everything that is shown, or was before a release, less what the attacker knows."""
        shown = [place for place in self.shown if before is None or self.name(place)[1] < before]
        told = np.array([self.counts[place]["told"] for place in shown], float).reshape(-1, 2)
        told -= (self.matrix[shown] @ own)[:, None]
        ordered = np.zeros((len(self.rules), len(self.classes)))
        for row, (whole, parts) in enumerate(self.rules):
            ordered[row, whole], ordered[row, parts] = 1.0, -1.0
        matrix = np.vstack([self.matrix[shown], ordered])
        told = np.vstack([told, np.tile([0.0, MANY], (len(self.rules), 1))])
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.classes), len(matrix)
        model.col_cost_ = np.zeros(len(self.classes))
        model.col_lower_ = np.zeros(len(self.classes))
        model.col_upper_ = np.where(free, MANY, 0.0)
        model.row_lower_, model.row_upper_ = told[:, 0].copy(), told[:, 1].copy()
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        rows, columns = np.nonzero(matrix)
        model.a_matrix_.start_ = np.searchsorted(rows, np.arange(len(matrix) + 1)).astype(np.int32)
        model.a_matrix_.index_, model.a_matrix_.value_ = columns.astype(np.int32), matrix[rows, columns]
        return Programme(model)

    def attack(self, code, threshold, enough):
        """What is left of each target. Beyond `enough` it is not looked further."""
        if code is not None and code not in self.codes:
            return []  # as much an outsider here as anybody
        sums, free, own = self.others(code)
        targets = self.targets(sums, free, threshold)
        if not targets:
            return []
        programme = self.programme(free, own)
        sets = np.array([target.atoms for target in targets], float)
        least, most = programme.ends(sets, enough)
        for place, target in enumerate(targets):
            target.least, target.most, target.people = least[place], most[place], int(sets[place] @ sums)
            if target.width < threshold - 1 and target.release > 1:
                ends = self.programme(free, own, target.release).ends(sets[place : place + 1], None)
                target.before = ends[1][0] - ends[0][0] < threshold - 1
        return targets


@dataclass
class Target:
    """A sum of people that has to stay in doubt, and what an attack left of it."""

    atoms: np.ndarray
    name: str
    kind: str
    release: int
    least: int = 0
    most: int = 0
    people: int = 0
    # Whether earlier releases of the round told as much: what is out cannot be taken back.
    before: bool = False

    @property
    def width(self):
        return self.most - self.least


class Programme:
    """A linear programme that is solved again and again, for one sum after the other."""

    def __init__(self, model):
        self.solver = highspy.Highs()
        self.solver.setOptionValue("output_flag", False)
        for name, set_to in (("presolve", "off"), ("solver", "simplex"), ("simplex_strategy", 4), ("threads", 1)):
            self.solver.setOptionValue(name, set_to)
        self.solver.passModel(model)
        self.columns = np.arange(model.num_col_, dtype=np.int32)

    def world(self, costs):
        self.solver.changeColsCost(len(self.columns), self.columns, costs)
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            # Begun from the last solution it sometimes loses its way.
            self.solver.clearSolver()
            self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError(f"no world agrees with what is shown: {self.solver.getModelStatus()}")
        return np.array(self.solver.getSolution().col_value)

    def ends(self, sets, enough):
        """The least and the most whole number of people in each sum; a world that was found for one serves all."""
        least, most = np.full(len(sets), np.inf), np.full(len(sets), -np.inf)

        def towards(costs):
            people = sets @ self.world(costs)
            np.minimum(least, people, out=least)
            np.maximum(most, people, out=most)

        def wide(place):
            whole = math.floor(most[place] + LOOSE) - math.ceil(least[place] - LOOSE)
            return enough is not None and whole >= enough

        for all_at_once in (sets.sum(axis=0), -sets.sum(axis=0)):
            towards(all_at_once)
        for place, costs in enumerate(sets):
            for direction in (-costs, costs):
                if not wide(place):
                    towards(direction)
        return [math.ceil(one - LOOSE) for one in least], [math.floor(one + LOOSE) for one in most]
