"""What returns hold: read as CONTRACT tells, without the program that is attacked.

A row is a measure of a service (for pay bands of one band) of a return. Its people fall into atoms: one for each ethnic group that is
counted, `rest` where only the total of the minoritised groups is known, `white` and `unknown`.
"""

import csv
import json
import re
from collections import defaultdict
from pathlib import Path

import openpyxl

COUNTS = ("minoritised_numerator", "minoritised_denominator", "white_numerator", "white_denominator")
GROUPS = ("asian", "black", "mixed", "other")
COLUMNS = {
    "Asian": "asian", "Black": "black", "Mixed": "mixed", "Other": "other",
    "All minoritised": "minoritised", "White": "white", "Not known": "unknown",
}


def settings_of(path):
    """The few keys of round.yaml and standard.yaml that the attack needs, read line by line."""
    text = Path(path).read_text("utf-8")
    bands = re.findall(r'- \{id: ([\w-]+), label: "([^"]+)"\}', text)
    found = re.search(r"^disclosure: \{threshold: (\d+), rounding: (\d+)", text, re.MULTILINE)
    include = re.search(r"^unknown_ethnicity: include", text, re.MULTILINE) is not None
    return {"bands": bands, "threshold": int(found[1]), "rounding": int(found[2]), "include": include}


def standard_of(path):
    """Measures with their labels, what each is part of, and the two measures of each indicator."""
    labels, whole, indicators, now = {}, {}, {}, None
    for line in Path(path).read_text("utf-8").splitlines():
        if found := re.match(r'  - id: "?([\w]+)"?', line):
            now = found[1]
        elif found := re.match(r"    (label|part_of|numerator|denominator): (.+)", line):
            key, value = found.groups()
            if key == "label":
                labels[value] = now
            elif key == "part_of":
                whole[now] = value
            else:
                indicators.setdefault(now, {})[key] = value
    return labels, whole, {name: (one["numerator"], one["denominator"]) for name, one in indicators.items()}


def number(cell):
    """A count, or nothing where there is none."""
    text = str(cell if cell is not None else "").strip().replace(",", "")
    return int(text) if re.fullmatch(r"\d+", text) else None


def of_csv(path):
    cells = defaultdict(dict)
    with open(path, encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            count = number(line["count"])
            if count is not None:
                cells[line["service"], line["measure"], line["breakdown"]][line["ethnicity"]] = count
    return cells


def of_xlsx(path, labels, bands):
    cells = defaultdict(dict)
    bands = {label: name for name, label in bands}
    for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
        if sheet.title not in ("Adults", "Childrens", "Combined"):
            continue
        rows = list(sheet.iter_rows(values_only=True))
        places = {COLUMNS[title]: place for place, title in enumerate(rows[0]) if title in COLUMNS}
        for line in rows[1:]:
            if line[0] in labels:
                row = cells[sheet.title.lower(), labels[line[0]], bands.get(line[1], "")]
                row.update({group: number(line[place]) for group, place in places.items() if number(line[place]) is not None})
    return cells


def atoms_of(row):
    """A row as atoms, or what of it is known."""
    atoms = {group: row[group] for group in GROUPS if group in row}
    if "minoritised" in row and len(atoms) < len(GROUPS):
        atoms["rest"] = row["minoritised"] - sum(atoms.values())
    atoms.update({group: row[group] for group in ("white", "unknown") if group in row})
    return atoms


def returns_of(data, year, standard):
    """Every return of a round: code to row to atoms."""
    labels, _, _ = standard
    settings = settings_of(data / year / "round.yaml")
    found = {}
    for path in sorted((data / year / "submissions").iterdir()):
        cells = of_csv(path) if path.suffix == ".csv" else of_xlsx(path, labels, settings["bands"])
        found[path.name[:9]] = {key: atoms_of(row) for key, row in cells.items() if row}
    return found


def register_of(data, year):
    with open(data / year / "authorities.csv", encoding="utf-8-sig", newline="") as file:
        return {line["code"]: line for line in csv.DictReader(file)}


def record_of(folder, year):
    """What a release on record told of its round, and of the round before for the authorities that the two share: what each count is shown as
    and to which step, or nothing where it is withheld."""
    told, before = {}, {}
    with open(folder / "counts.csv", encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            key = tuple(line[name] for name in ("area_code", "area_type", "service", "indicator", "breakdown", "count"))
            count = (int(line["shown"]), int(line["step"])) if line["shown"] else None
            if line["year"] == year:
                told[key] = count
            else:
                before[line["year"], key] = count
    return told, before, json.loads((folder / "release.json").read_text("utf-8"))


def table_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def otherwise(folder, told, rounding):
    """Where the data table tells other counts than the record's list, and which of its numbers do not follow from the counts beside them."""
    wrong = []
    for line in table_of(folder / "national/tables/indicators.csv"):
        place = tuple(line[name] for name in ("area_code", "area_type", "service", "indicator", "breakdown"))
        steps = dict(one.split(":") for one in line["coarser"].split(";") if one)
        shown = {}
        for count in COUNTS:
            shown[count] = int(line[count]) if line[count] else None
            same = None if shown[count] is None else (shown[count], int(steps.get(count, rounding)))
            if told.get((*place, count)) != same:
                wrong.append(f"{place} {count}: {same} in the table, {told.get((*place, count))} in the list")
        wrong += [f"{place} {name}: {line[name]} does not follow from {shown}" for name in not_following(line, shown)]
    return wrong


def not_following(line, shown):
    """Rates, ratio and difference that are not those of the counts shown, or that stand beside a withheld one."""
    minoritised, under, white, beside = (shown[count] for count in COUNTS)
    rates = [None if one is None or not all_of else one / all_of for one, all_of in ((minoritised, under), (white, beside))]
    expected = {"minoritised_rate": (rates[0], 0.0005), "white_rate": (rates[1], 0.0005)}
    if line["indicator"] != "1":
        both = None not in rates
        apart = rates[0] - rates[1] if both else None
        # Of a representation gap: the share among senior managers less the share among staff.
        gap = minoritised / (minoritised + white) - under / (under + beside) if both and minoritised + white else apart
        expected["difference"] = (gap if line["indicator"] == "9" and both and line["difference"] == f"{gap:.3f}" else apart, 0.0005)
        expected["relative_likelihood"] = (rates[0] / rates[1] if both and rates[1] else None, 0.005)
    wrong = [
        name for name, (value, half) in expected.items()
        if line[name] and (value is None or abs(float(line[name]) - value) > half + 1e-9)
    ]
    needed = COUNTS[:2] if line["indicator"] == "1" else COUNTS
    if any(shown[count] is None for count in needed):
        wrong += [name for name in ("lower_95", "upper_95", "p_value", "result") if line[name]]
    return wrong


def interval(shown, step):
    """Which counts are shown so: zero is zero, and nothing smaller than ten is shown."""
    return (0, 0) if shown == 0 else (max(10, shown - step // 2), shown + step - 1 - step // 2)
