"""Which atoms each published count sums up, as METHOD and docs/method.md tell a reader.

An atom is the people of one group in one row of one return. Whoever attacks is taken to know who took part and which cells each return
filled in, but not what stands in them: more than a reader knows for certain, so that nothing is safe by that alone.
"""

from attack_returns import COUNTS, GROUPS

SERVICES = ("adults", "childrens")


def slug(name):
    return "-".join("".join(letter if letter.isalnum() else " " for letter in name.lower()).split())


def areas_of(line):
    """The areas that an authority is part of."""
    areas = {("england", "national"), (slug(line["region"]), "region"), (slug(line["type"]), "type"), (line["code"], "authority")}
    group = slug(line.get("group") or "")
    return areas | {(group, "group")} if group else areas


def people(rows, place, group):
    """The atoms of a group in one row of a return, or nothing where the return does not tell them."""
    held = rows.get(place, {})
    if group != "minoritised":
        wanted = (group,)
    elif "rest" in held:
        wanted = tuple(name for name in (*GROUPS, "rest") if name in held)
    else:
        wanted = GROUPS
    return [(*place, name) for name in wanted] if all(name in held for name in wanted) else None


def four_in(rows, measures, places, band, group, include):
    """The four counts of a figure, each from the services in `places`, or nothing."""
    numerator, denominator = measures
    sides = []
    for one in (group, "white"):
        above = [people(rows, (service, numerator, band), one) for service in places[0]]
        if band:
            whole = (group, "white", "unknown") if include else (group, "white")
            below = [people(rows, (service, numerator, band), who) for service in places[0] for who in whole]
        else:
            below = [people(rows, (service, denominator, ""), one) for service in places[1]]
        if None in above or None in below:
            return None
        sides += [sum(above, []), sum(below, [])]
    return sides


def four(rows, measures, service, band, group, include):
    """The four counts of an authority's figure: lists of atoms by the names in COUNTS, or nothing."""
    if service != "all":
        found = four_in(rows, measures, ((service,), (service,)), band, group, include)
        return dict(zip(COUNTS, found, strict=True)) if found else None
    joint = [("combined", measures[0], band) in rows, ("combined", measures[0 if band else 1], band) in rows]
    if any(joint):
        places = [("combined",) if one else SERVICES for one in joint]
        found = four_in(rows, measures, places, band, group, include)
        return dict(zip(COUNTS, found, strict=True)) if found else None
    parts = [four_in(rows, measures, ((one,), (one,)), band, group, include) for one in SERVICES]
    parts = [part for part in parts if part]
    if not parts:
        return None
    return {name: sum((part[place] for part in parts), []) for place, name in enumerate(COUNTS)}


def known(rows, measure, band=""):
    """The atoms of known and of unknown ethnicity of an authority that gives every group of a measure."""
    found = {"known": [], "unknown": []}
    for service in (*SERVICES, "combined"):
        place = (service, measure, band)
        parts = [people(rows, place, group) for group in ("minoritised", "white", "unknown")]
        if None not in parts:
            found["known"] += parts[0] + parts[1]
            found["unknown"] += parts[2]
    return found if found["known"] else None


def everybody(rows):
    """Staff in all, as far as a return counts them."""
    return [(*place, name) for place in rows if place[1] == "staff" for name in rows[place]]


class Round:
    """A round as one release of it was made: its returns, and which atoms stand behind a count."""

    def __init__(self, year, returns, register, standard, settings):
        self.year, self.returns, self.register, self.settings = year, returns, register, settings
        self.indicators, self.wholes = standard[2], standard[1]
        self.versions, self.others, self.figures = {}, {}, {}

    def of(self, code, service, indicator, breakdown):
        """The counts of one authority's figure."""
        key = code, service, indicator, breakdown
        if key not in self.figures:
            group = breakdown.removeprefix("ethnicity:") if breakdown.startswith("ethnicity:") else "minoritised"
            band = "" if group != "minoritised" else breakdown
            self.figures[key] = four(self.returns[code], self.indicators[indicator], service, band, group, self.settings["include"])
        return self.figures[key]

    def gives(self, code, *figure):
        return code in self.returns and self.of(code, *figure) is not None

    def panel(self, area):
        """The other rounds of a panel that two rounds share."""
        return [self.others[year] for year in area.split("-")[1:] if year != self.year]

    def contributions(self, key):
        """Who contributes which atoms to a count."""
        area, kind, service, indicator, breakdown, count = key
        found = {}
        for code in self.returns:
            if area.startswith("matched-"):
                if not all(other.gives(code, service, indicator, breakdown) for other in self.panel(area)):
                    continue
            elif (area, kind) not in areas_of(self.register[code]):
                continue
            if indicator == "known-ethnicity":
                atoms = (known(self.returns[code], breakdown) or {}).get(count)
            elif indicator == "workforce":
                atoms = everybody(self.returns[code])
            else:
                atoms = (self.of(code, service, indicator, breakdown) or {}).get(count)
            if atoms:
                found[code] = atoms
        return found

    def identity(self, code, atom):
        """What an atom is called: alike in two releases where what stands behind it is the same."""
        return (self.year, code, self.versions.get((code, *atom), 0), *atom)

    def atoms(self, key):
        return frozenset(self.identity(code, atom) for code, atoms in self.contributions(key).items() for atom in atoms)

    def values(self):
        """What stands in every atom."""
        return {
            self.identity(code, (*place, group)): count
            for code, rows in self.returns.items()
            for place, row in rows.items()
            for group, count in row.items()
        }


def same_unknowns(earlier, later, number, cell_by_cell):
    """Lays two releases of a round side by side: a return that did not change is the same in both. Of one that did, `cell_by_cell` takes an
    attacker to know which cells changed, such as from the notice of the correction."""
    for code, rows in later.returns.items():
        before = earlier.returns.get(code)
        for place, row in rows.items():
            for group, count in row.items():
                same = before is not None and (before.get(place, {}).get(group) == count if cell_by_cell else before == rows)
                atom = (code, *place, group)
                later.versions[atom] = earlier.versions.get(atom, 0) if same else number
