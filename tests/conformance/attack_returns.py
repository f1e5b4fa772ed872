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

GROUPS = ("asian", "black", "mixed", "other")
COLUMNS = {"Asian": "asian", "Black": "black", "Mixed": "mixed", "Other": "other", "All minoritised": "minoritised", "White": "white", "Not known": "unknown"}


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


def record_of(folder):
    """What a release on record told: for each count its least and its most, or nothing where it is withheld. Two files tell it; they must agree."""
    told = {}
    with open(folder / "counts.csv", encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            key = tuple(line[name] for name in ("area_code", "area_type", "service", "indicator", "breakdown", "count"))
            told[key] = (int(line["shown"]), int(line["step"])) if line["shown"] else None
    about = json.loads((folder / "release.json").read_text("utf-8"))
    return told, about


def interval(shown, step):
    """Which counts are shown so: zero is zero, and nothing smaller than ten is shown."""
    return (0, 0) if shown == 0 else (max(10, shown - step // 2), shown + step - 1 - step // 2)
