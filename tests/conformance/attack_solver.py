"""The attack itself: how far apart a withheld count can lie, by linear programmes (HiGHS).

Atoms that no count tells apart are one unknown. Unknowns that no count links are attacked apart. An attacker's own atoms are known.
"""

import math
from collections import defaultdict

import highspy
import numpy as np
from scipy.sparse import csr_matrix

LOOSE = 1e-6


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


class Block:
    """Counts that are attacked together. A count has a name, its atoms and, where it is shown, its least and most."""

    def __init__(self, counts, values):
        self.counts = counts
        classes = classes_of(counts)
        self.classes = list(classes.values())
        self.values = [{atom: values[atom] for atom in atoms} for atoms in self.classes]
        rows, columns = [], []
        for column, places in enumerate(classes):
            rows += places
            columns += [column] * len(places)
        self.matrix = csr_matrix((np.ones(len(rows)), (rows, columns)), (len(counts), len(self.classes)))
        self.shown = [place for place, count in enumerate(counts) if count["told"]]
        self.hidden = [place for place, count in enumerate(counts) if not count["told"]]

    def others(self, code):
        """For each unknown what the attacker does not know of it, and whether there is any such."""
        sums = np.array([sum(held for atom, held in one.items() if atom[1] != code) for one in self.values], float)
        free = np.array([any(atom[1] != code for atom in one) for one in self.values])
        own = np.array([sum(held for atom, held in one.items() if atom[1] == code) for one in self.values], float)
        return sums, free, own

    def remainders(self, sums, free, threshold):
        """Small sums that nobody printed: what is between two counts that are shown, without the attacker's own."""
        dense = (self.matrix[self.shown].toarray() > 0) & free
        found = {}
        for place, row in enumerate(dense):
            rest = row & ~dense
            holds = ~(dense & ~row).any(axis=1) & rest.any(axis=1)
            small = (rest @ sums >= 1) & (rest @ sums < threshold) & holds
            name = self.counts[self.shown[place]]["name"]
            for other in np.nonzero(small)[0]:
                found.setdefault(rest[other].tobytes(), (rest[other], f"{name} less {self.counts[self.shown[other]]['name']}", "remainder"))
            if 1 <= row @ sums < threshold:
                found.setdefault(row.tobytes(), (row, f"{name}", "shown"))
        return list(found.values())

    def targets(self, code, threshold):
        sums, free, own = self.others(code)
        whole = self.matrix.toarray() > 0
        dense = whole & free
        told = {whole[place].tobytes() for place in self.shown}
        found = {}
        for place in self.hidden:
            if dense[place].any() and whole[place].tobytes() not in told:
                found.setdefault(dense[place].tobytes(), (dense[place], str(self.counts[place]["name"]), "withheld"))
        for target in self.remainders(sums, free, threshold):
            found[target[0].tobytes()] = target
        return list(found.values()), sums, free, own

    def programme(self, free, own):
        """The linear programme of everything that is shown, less what the attacker knows."""
        shown = self.matrix[self.shown]
        at_hand = shown @ own
        least = np.array([self.counts[place]["told"][0] for place in self.shown]) - at_hand
        most = np.array([self.counts[place]["told"][1] for place in self.shown]) - at_hand
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.classes), len(self.shown)
        model.col_cost_ = np.zeros(len(self.classes))
        model.col_lower_ = np.zeros(len(self.classes))
        model.col_upper_ = np.where(free, 1e5, 0.0)
        model.row_lower_, model.row_upper_ = least.astype(float), most.astype(float)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = shown.indptr, shown.indices, shown.data
        solver = highspy.Highs()
        for name, set_to in (("output_flag", False), ("presolve", "off"), ("solver", "simplex"), ("simplex_strategy", 4), ("threads", 1)):
            solver.setOptionValue(name, set_to)
        solver.passModel(model)
        return solver

    def attack(self, code, threshold, enough):
        """The range that is left of each target: its least and most whole number. Beyond `enough` it is not looked further."""
        targets, _, free, own = self.targets(code, threshold)
        if not targets:
            return []
        solver = self.programme(free, own)
        sets = np.array([target[0] for target in targets], float)
        least, most = np.full(len(targets), np.inf), np.full(len(targets), -np.inf)
        columns = np.arange(len(self.classes), dtype=np.int32)

        def towards(costs):
            solver.changeColsCost(len(columns), columns, costs)
            solver.run()
            if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                raise ArithmeticError(f"no world agrees with what is shown: {solver.getModelStatus()}, {self.counts[0]['name']}")
            world = sets @ np.array(solver.getSolution().col_value)
            np.minimum(least, world, out=least)
            np.maximum(most, world, out=most)
            return world

        towards(sets.sum(axis=0))
        towards(-sets.sum(axis=0))
        whole = lambda place: math.floor(most[place] + LOOSE) - math.ceil(least[place] - LOOSE)
        for place, costs in enumerate(sets):
            if enough is not None and whole(place) >= enough:
                continue
            towards(-costs)
            if enough is None or whole(place) < enough:
                towards(costs)
        return [(whole(place), math.ceil(least[place] - LOOSE), math.floor(most[place] + LOOSE), *targets[place][1:]) for place in range(len(targets))]
