"""Four fictional rounds of areas that change, written as a stranger would who has the contract and nothing else.

`LIVES` is the truth of each area: under which code it stood, from when to when, and what became of it. Registers, the list of England's
authorities and the file of changes all follow from it.
"""

import csv
import random
import shutil
from pathlib import Path

YEARS = (2021, 2022, 2023, 2024)
BANDS = ("under-30k", "30k-to-70k", "70k-and-over")
GROUPS = ("asian", "black", "mixed", "other")
NORTH, WEST, MIDDLE = "North East", "South West", "East Midlands"
UNITARY, DISTRICT, COUNTY = "Unitary authority", "Metropolitan district", "Shire county"
ALL = frozenset(YEARS)

# code: name, type, region, the rounds whose England has it, the rounds that it registered for, the rounds that it submitted in.
LIVES = {
    "E08009001": ("Ashmoor", DISTRICT, NORTH, ALL, ALL, ALL),
    "E08009002": ("Birchgate", DISTRICT, NORTH, ALL, ALL, ALL),
    "E06009003": ("Coldwater", UNITARY, NORTH, ALL, ALL, ALL),
    "E06009004": ("Dunfleet", UNITARY, WEST, ALL, ALL, ALL),
    "E10009005": ("Eldershire", COUNTY, WEST, ALL, ALL, {2021, 2023, 2024}),
    "E10009006": ("Fenshire", COUNTY, MIDDLE, ALL, ALL, ALL),
    "E06009007": ("Gorsefold", UNITARY, MIDDLE, ALL, ALL, ALL),
    # Recoded: before the second round; within the third, whose return comes early under the new code; before the third, though the register
    # of the second had the old one; before the fourth, whose return still has the old code.
    "E08009010": ("Harbourne", DISTRICT, NORTH, {2021}, {2021}, {2021}),
    "E08009110": ("Harbourne", DISTRICT, NORTH, {2022, 2023, 2024}, {2022, 2023, 2024}, {2022, 2023, 2024}),
    "E06009011": ("Inglecombe", UNITARY, WEST, {2021, 2022, 2023}, {2021, 2022, 2023}, {2021, 2022, 2023}),
    "E06009111": ("Inglecombe", UNITARY, WEST, {2024}, {2024}, {2024}),
    "E06009012": ("Junipervale", UNITARY, MIDDLE, {2021}, {2021, 2022}, {2021, 2022}),
    "E06009112": ("Junipervale", UNITARY, MIDDLE, {2022, 2023, 2024}, {2023, 2024}, {2023, 2024}),
    "E08009013": ("Kestrelby", DISTRICT, MIDDLE, {2021, 2022, 2023}, {2021, 2022, 2023}, {2021, 2022, 2023}),
    "E08009113": ("Kestrelby", DISTRICT, MIDDLE, {2024}, {2024}, {2024}),
    # Merged, and recoded in the same summer.
    "E10009020": ("Larkshire", COUNTY, WEST, {2021}, {2021}, {2021}),
    "E06009021": ("Lark Haven", UNITARY, WEST, {2021}, {2021}, {2021}),
    "E06009022": ("Lark Bay", UNITARY, WEST, {2021}, {2021}, {2021}),
    "E06009121": ("Greater Lark", UNITARY, WEST, {2022, 2023, 2024}, {2022, 2023, 2024}, {2022, 2023, 2024}),
    # Merged, but one of the two never sent a return, and one was never in a register.
    "E06009023": ("Marlhythe", UNITARY, MIDDLE, {2021, 2022}, {2021, 2022}, {2021, 2022}),
    "E06009024": ("Marlwick", UNITARY, MIDDLE, {2021, 2022}, {2021, 2022}, ()),
    "E06009123": ("Marlhythe and Wick", UNITARY, MIDDLE, {2023, 2024}, {2023, 2024}, {2023, 2024}),
    "E06009025": ("Nettleford", UNITARY, NORTH, {2021, 2022, 2023}, {2021, 2022, 2023}, {2021, 2022, 2023}),
    "E06009026": ("Nettlemere", UNITARY, NORTH, {2021, 2022, 2023}, (), ()),
    "E06009125": ("Nettle Valley", UNITARY, NORTH, {2024}, {2024}, {2024}),
    # Split; the second of the two without a return of one successor.
    "E10009030": ("Oakenshire", COUNTY, NORTH, {2021, 2022}, {2021, 2022}, {2021, 2022}),
    "E06009130": ("East Oaken", UNITARY, NORTH, {2023, 2024}, {2023, 2024}, {2023, 2024}),
    "E06009131": ("West Oaken", UNITARY, NORTH, {2023, 2024}, {2023, 2024}, {2023, 2024}),
    "E10009032": ("Pendershire", COUNTY, WEST, {2021, 2022, 2023}, {2021, 2022, 2023}, {2021, 2022, 2023}),
    "E06009132": ("North Pender", UNITARY, WEST, {2024}, {2024}, {2024}),
    "E06009133": ("South Pender", UNITARY, WEST, {2024}, {2024}, ()),
    # Part: a town went from one that lives on to its neighbour.
    "E10009040": ("Quarrshire", COUNTY, MIDDLE, ALL, ALL, ALL),
    "E06009041": ("Quarrgate", UNITARY, MIDDLE, ALL, ALL, ALL),
    # Part: what is left of the one has a new code, and so have the two others together with what they were given.
    "E10009042": ("Ravenshire", COUNTY, WEST, {2021, 2022}, {2021, 2022}, {2021, 2022}),
    "E06009043": ("Ravenport", UNITARY, WEST, {2021, 2022}, {2021, 2022}, {2021, 2022}),
    "E06009044": ("Ravenmouth", UNITARY, WEST, {2021, 2022}, {2021, 2022}, {2021, 2022}),
    "E10009142": ("Ravenshire", COUNTY, WEST, {2023, 2024}, {2023, 2024}, {2023, 2024}),
    "E06009143": ("Ravenport and Shore", UNITARY, WEST, {2023, 2024}, {2023, 2024}, {2023, 2024}),
    # A joint return from the third round on; one of the two is recoded while it lasts. The other joint return is left after the second.
    "E06009050": ("Silverbrook", UNITARY, MIDDLE, ALL, {2021, 2022}, {2021, 2022}),
    "E06009051": ("Thornbrook", UNITARY, MIDDLE, {2021, 2022, 2023}, {2021, 2022}, {2021, 2022}),
    "E06009151": ("Thornbrook", UNITARY, MIDDLE, {2024}, (), ()),
    "E08009052": ("Underhill", DISTRICT, NORTH, ALL, {2023, 2024}, {2023, 2024}),
    "E08009053": ("Vexley", DISTRICT, NORTH, ALL, {2023, 2024}, {2023, 2024}),
    # In the first round only, and in the last only: panels differ from everybody by more than two.
    "E08009060": ("Wexmoor", DISTRICT, NORTH, ALL, {2021}, {2021}),
    "E06009061": ("Yarebay", UNITARY, WEST, ALL, {2021}, {2021}),
    "E10009062": ("Zealshire", COUNTY, MIDDLE, ALL, {2021}, {2021}),
    "E08009063": ("Alderclough", DISTRICT, NORTH, ALL, {2024}, {2024}),
    "E06009064": ("Brantport", UNITARY, WEST, ALL, {2024}, {2024}),
    "E10009065": ("Cawshire", COUNTY, MIDDLE, ALL, {2024}, {2024}),
    # Never took part; and one that will be two after the last round.
    "E08009070": ("Dawmoor", DISTRICT, NORTH, ALL, (), ()),
    "E10009071": ("Eastshire", COUNTY, WEST, ALL, (), ()),
    "E06009171": ("North Eastshire", UNITARY, WEST, (), (), ()),
    "E06009172": ("South Eastshire", UNITARY, WEST, (), (), ()),
}
# Joint returns: code, name, type, region, members, rounds.
JOINT = [
    ("E06009050", "Silverbrook and Thornbrook", UNITARY, MIDDLE, ("E06009050", "E06009051"), {2023}),
    ("E06009050", "Silverbrook and Thornbrook", UNITARY, MIDDLE, ("E06009050", "E06009151"), {2024}),
    ("E08009052", "Underhill and Vexley", DISTRICT, NORTH, ("E08009052", "E08009053"), {2021, 2022}),
]
CHANGES = [
    ("E08009010", "E08009110", "2022-04-01", "recoded"),
    ("E06009012", "E06009112", "2022-04-01", "recoded"),
    ("E06009011", "E06009111", "2023-10-01", "recoded"),
    ("E08009013", "E08009113", "2024-04-01", "recoded"),
    ("E06009051", "E06009151", "2024-04-01", "recoded"),
    ("E10009020", "E06009120", "2022-04-01", "merged"),
    ("E06009021", "E06009120", "2022-04-01", "merged"),
    ("E06009022", "E06009120", "2022-04-01", "merged"),
    ("E06009120", "E06009121", "2022-07-01", "recoded"),
    ("E06009023", "E06009123", "2023-04-01", "merged"),
    ("E06009024", "E06009123", "2023-04-01", "merged"),
    ("E06009025", "E06009125", "2024-04-01", "merged"),
    ("E06009026", "E06009125", "2024-04-01", "merged"),
    ("E10009030", "E06009130", "2023-04-01", "split"),
    ("E10009030", "E06009131", "2023-04-01", "split"),
    ("E10009032", "E06009132", "2024-04-01", "split"),
    ("E10009032", "E06009133", "2024-04-01", "split"),
    ("E10009040", "E06009041", "2024-04-01", "part"),
    ("E10009042", "E10009142", "2023-04-01", "part"),
    ("E10009042", "E06009143", "2023-04-01", "part"),
    ("E06009043", "E06009143", "2023-04-01", "merged"),
    ("E06009044", "E06009143", "2023-04-01", "merged"),
    ("E10009071", "E06009171", "2026-04-01", "split"),
    ("E10009071", "E06009172", "2026-04-01", "split"),
]
# Returns that come under another code than the register's: round, the register's, the return's.
OTHER_CODES = {(2023, "E06009011"): "E06009111", (2024, "E08009113"): "E08009013", (2022, "E08009052"): "E08009053"}
# How returns are given: combined, with a total in place of groups, without the survey.
COMBINED = {(2021, "E06009004"), (2022, "E06009004"), (2023, "E06009004"), (2024, "E06009004")}
TOTALS = {(year, code) for year in YEARS for code in ("E06009007", "E06009022", "E06009131")}
NO_SURVEY = {(2021, "E08009001"), (2021, "E06009021"), (2021, "E06009041"), (2021, "E06009050"), (2023, "E06009130"), (2023, "E06009003"), (2023, "E08009053"), (2022, "E10009006")}

ROUND = """year: {year}
title: Social Care Workforce Race Equality Standard {year}
status: provisional
published: {next}-05-13
window: {{opens: {year}-09-02, closes: {year}-10-31}}
snapshot: {year}-03-31
pay_bands:
  - {{id: under-30k, label: "Under £30,000"}}
  - {{id: 30k-to-70k, label: "£30,000 to £69,999"}}
  - {{id: 70k-and-over, label: "£70,000 and over"}}
short_editions: []
"""


def registered(year):
    """The register's lines of a round: code, name, type, region, members."""
    lines = [(code, *life[:3], ()) for code, life in LIVES.items() if year in life[4] and not any(code in one[4] and year in one[5] for one in JOINT)]
    return sorted(lines + [one[:5] for one in JOINT if year in one[5]])


def submitting(year):
    joint = {one[0] for one in JOINT if year in one[5]}
    return [line for line in registered(year) if line[0] in joint or year in LIVES[line[0]][5]]


def people(rng, size, share):
    """A row of people: minoritised groups, white and not known."""
    groups = {group: max(12, int(size * share * part * rng.uniform(0.8, 1.25))) for group, part in zip(GROUPS, (0.35, 0.4, 0.15, 0.1))}
    return {**groups, "white": int(size * (1 - share)), "unknown": max(12, int(size * 0.06))}


def some_of(rng, row, minoritised, white):
    """Those of a row to whom something happened."""
    rate = lambda group: white if group in ("white", "unknown") else minoritised
    return {group: min(count, round(count * rate(group) * rng.uniform(0.9, 1.1))) for group, count in row.items()}


def ground(code):
    """What an area is like: an own seed for each, so that no two have the same size or rates."""
    rng = random.Random(f"areas of {code}")
    rates = {
        "appointed": (0.16, 0.27), "disciplinary": (0.035, 0.02), "fitness_to_practise": (0.05, 0.03), "cpd": (0.4, 0.45), "abuse_public": (0.3, 0.26),
        "abuse_colleagues": (0.17, 0.12), "abuse_managers": (0.12, 0.08), "leavers": (0.05, 0.04), "senior_managers": (0.03, 0.055),
    }
    rates = {name: (m * rng.uniform(0.7, 1.5), w * rng.uniform(0.8, 1.25)) for name, (m, w) in rates.items()}
    return rng.uniform(900, 3200), rng.uniform(0.2, 0.45), rates


def service_of(rng, code, tenfold):
    size, share, rates = ground(code)
    staff = people(rng, size * rng.uniform(0.93, 1.07), share)
    wholes = {"staff": staff, "shortlisted": people(rng, size * 0.8, share), "regulated_staff": some_of(rng, staff, 0.4, 0.42), "survey_respondents": some_of(rng, staff, 0.5, 0.55)}
    parts = {"appointed": "shortlisted", "fitness_to_practise": "regulated_staff", **{one: "survey_respondents" for one in ("abuse_public", "abuse_colleagues", "abuse_managers")}}
    rows = {(name, ""): row for name, row in wholes.items()}
    for name, (m, w) in rates.items():
        rows[name, ""] = some_of(rng, wholes[parts.get(name, "staff")], m, w)
    low, high = some_of(rng, staff, 0.5, 0.42), some_of(rng, staff, 0.06, 0.12)
    rows["staff_in_band", BANDS[0]], rows["staff_in_band", BANDS[2]] = low, high
    rows["staff_in_band", BANDS[1]] = {group: staff[group] - low[group] - high[group] for group in staff}
    if tenfold:
        rows["leavers", ""] = {group: min(count * 12, staff[group]) for group, count in rows["leavers", ""].items()}
    return rows


def added(*tables):
    """The sum of the rows of several areas: a joint return, or one that was formed from others."""
    return {key: {group: sum(table[key][group] for table in tables) for group in tables[0][key]} for key in tables[0]}


# What areas that came of others are made of, so that their size is not another one from one round to the next.
MADE_OF = {
    "E08009110": ["E08009010"], "E06009111": ["E06009011"], "E06009112": ["E06009012"], "E08009113": ["E08009013"], "E06009151": ["E06009051"],
    "E06009121": ["E10009020", "E06009021", "E06009022"], "E06009123": ["E06009023", "E06009024"], "E06009125": ["E06009025", "E06009026"],
    "E10009030": ["E06009130", "E06009131"], "E10009032": ["E06009132", "E06009133"], "E10009142": ["E10009042"], "E06009143": ["E06009043", "E06009044"],
}


def return_of(year, code, members, tenfold=()):
    """Every row of a return, each service for itself."""
    found = {}
    for service in ("adults", "childrens"):
        areas = [area for member in members or (code,) for area in MADE_OF.get(member, [member])]
        rng = random.Random(f"{year} {code} {service}")
        found[service] = added(*(service_of(rng, area + service, code in tenfold) for area in areas))
    return found


def lines_of(year, code, shown, members, tenfold):
    tables = return_of(year, code, members, tenfold)
    if (year, code) in COMBINED:
        tables = {"combined": added(*tables.values())}
    for service, rows in tables.items():
        for (measure, band), row in rows.items():
            if (year, code) in TOTALS:
                row = {"minoritised": sum(row[group] for group in GROUPS), "white": row["white"], "unknown": row["unknown"]}
            gone = (year, code) in NO_SURVEY and (measure == "survey_respondents" or measure.startswith("abuse"))
            for group, count in row.items():
                yield [shown, service, measure, band, group, "x" if gone else count]


def written(path, lines, bom=False, end="\n"):
    with open(path, "w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        csv.writer(file, lineterminator=end).writerows(lines)


def write(folder, standard, tenfold=None, years=YEARS, changes=tuple(CHANGES)):
    """The whole data folder. `tenfold` plants twelve times as many leavers: round to codes."""
    folder = Path(folder)
    folder.mkdir(parents=True)
    shutil.copy(standard, folder / "standard.yaml")
    gone = {change[0] for change in CHANGES}
    england = [(code, *life[:3]) for code, life in LIVES.items() if code not in gone or code == "E10009040"]
    written(folder / "england-authorities.csv", [("code", "name", "type", "region"), *sorted(england)])
    written(folder / "area-changes.csv", [("from", "to", "date", "kind"), *changes])
    for year in years:
        place = folder / str(year)
        (place / "submissions").mkdir(parents=True)
        (place / "round.yaml").write_text(ROUND.format(year=year, next=year + 1), "utf-8")
        register = [(*line[:4], ";".join(line[4])) for line in registered(year)]
        written(place / "authorities.csv", [("code", "name", "type", "region", "members"), *register], end="\r\n")
        for number, (code, _, _, _, members) in enumerate(submitting(year)):
            shown = OTHER_CODES.get((year, code), code)
            lines = list(lines_of(year, code, shown, members, (tenfold or {}).get(year, ())))
            header = ["authority_code", "service", "measure", "breakdown", "ethnicity", "count"]
            written(place / "submissions" / f"{shown}.csv", [header, *lines], number % 3 == 0, "\r\n" if number % 2 else "\n")
