"""The rules of the open data standards for Explore Education Statistics, written from the standards and the published checks of the
screener that files go through before they are taken."""

import csv
import re

META = ["col_name", "col_type", "label", "indicator_grouping", "indicator_unit", "indicator_dp", "filter_hint", "filter_grouping_column"]
OPTIONAL = ["filter_default", "parent_filter"]
TIME_AND_PLACE = ["time_period", "time_identifier", "geographic_level", "country_code", "country_name"]
PLACE = ["region_code", "region_name"]
REGIONS = {
    "E12000001": "North East", "E12000002": "North West", "E12000003": "Yorkshire and The Humber", "E12000004": "East Midlands",
    "E12000005": "West Midlands", "E12000006": "East of England", "E12000007": "London", "E12000008": "South East",
    "E12000009": "South West",
}
FOUR_DIGITS = {"Calendar year", "Reporting year"}
UNITS = {"", "%", "pp", "£", "£m", "numberstring"}
SYMBOLS = {"z", "x", "c", "low", "u"}
NOT_DATA = {"~", ":", "NULL", "Null", "null", "NA", "na", "N/A", "n/a", ".", "..", "-", ""}
# What belongs into a filter and not into the name of an indicator.
SMUSHED = "male female asian chinese indian pakistani bangladeshi black african caribbean white roma irish english british scottish welsh arab".split()
HARMONISED = {"ethnicity_major", "ethnicity_minor", "ethnicity_detailed", "minority_ethnic"}
ETHNICITY = {
    "Total", "White", "Asian / Asian British", "Black / African / Caribbean / Black British", "Mixed / Multiple ethnic groups",
    "Other ethnic group", "Unknown",
}
MISTAKEN_FOR_PLACES = re.compile(
    r"^(country|sch|prov|inst|estab|reg|la|local|rsc|pfa|pcon|lep|mca|oa|ward|mat).*(name|code|urn|ukprn|number|upin|id)$"
    r"|^(name|code|urn|ukprn|number|upin|id|region|la|lad|school|provider|institution|ward|mat)$"
)

# Counts that are rounded more coarsely, each with its step: `none`, or such as `people_count:20`.
COARSER = "coarser_rounding"

NUMBER = re.compile(r"-?\d+(\.\d+)?")

# The column of the figures that each indicator is, and what it is multiplied by.
COMPARISONS = {
    "authorities_count": ("authorities", 1), "events_count": ("minoritised_numerator", 1),
    "people_count": ("minoritised_denominator", 1), "comparator_events_count": ("white_numerator", 1),
    "comparator_people_count": ("white_denominator", 1), "events_percent": ("minoritised_rate", 100),
    "comparator_events_percent": ("white_rate", 100), "events_percent_difference": ("difference", 100),
    "likelihood_ratio": ("relative_likelihood", 1), "likelihood_ratio_lower_ci": ("lower_95", 1),
    "likelihood_ratio_upper_ci": ("upper_95", 1), "p_value": ("p_value", 1), "result": ("result", None),
    "detectable_ratio_below": ("detectable_below", 1), "detectable_ratio_above": ("detectable_above", 1),
}
PAY_BANDS = {
    "authorities_count": ("authorities", 1), "staff_count": ("minoritised_denominator", 1),
    "minoritised_staff_count": ("minoritised_numerator", 1), "comparator_staff_count": ("white_numerator", 1),
    "minoritised_staff_percent": ("minoritised_rate", 100), "minoritised_staff_percent_lower_ci": ("lower_95", 100),
    "minoritised_staff_percent_upper_ci": ("upper_95", 100), "comparator_staff_percent": ("white_rate", 100),
    "minoritised_staff_percent_difference": ("difference", 100),
}


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return rows[0], [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def of_metadata(header, meta):
    """What is wrong with a metadata file by itself."""
    problems = [f"the metadata lack {name}" for name in META if name not in header]
    problems += [f"the metadata have a column {name}" for name in header if name not in META + OPTIONAL]
    names, labels = [one["col_name"] for one in meta], [one["label"] for one in meta]
    if len(set(names)) < len(names) or len(set(labels)) < len(labels):
        problems.append("a name or label stands twice in the metadata")
    for one in meta:
        name, filters = one["col_name"], one["col_type"] == "Filter"
        filled = {key for key in META[3:] if one[key]}
        wrong = {
            "is no Filter and no Indicator": one["col_type"] not in ("Filter", "Indicator"),
            "has no label, or one longer than 80": not 0 < len(one["label"].strip()) <= 80,
            "has a name that is no snake case": not re.fullmatch(r"[a-z][a-z0-9_]{0,49}", name),
            "is a place or time": name in TIME_AND_PLACE + PLACE or bool(filters and MISTAKEN_FOR_PLACES.search(name)),
            "is a filter with the parts of an indicator": filters and bool(filled & {"indicator_grouping", "indicator_unit", "indicator_dp"}),
            "is an indicator with the parts of a filter": not filters and bool(filled & {"filter_hint", "filter_grouping_column"}),
            "has an unknown unit": one["indicator_unit"] not in UNITS,
            "does not tell its decimals": not filters and not one["indicator_dp"].isdigit(),
            "should be a filter": not filters and any(word in name for word in SMUSHED),
            "has a name that is not harmonised": "ethnic" in name and name not in HARMONISED,
        }
        problems += [f"{name} {what}" for what, is_so in wrong.items() if is_so]
    return problems


def of_place(row):
    """What is wrong with the time and place of a row."""
    problems = []
    if row["time_identifier"] not in FOUR_DIGITS or not re.fullmatch(r"\d{4}", row["time_period"]):
        problems.append(f"no time: {row['time_period']} {row['time_identifier']}")
    if (row["country_code"], row["country_name"]) != ("E92000001", "England"):
        problems.append("not England")
    region = (row["region_code"], row["region_name"])
    if row["geographic_level"] == "National" and region != ("", ""):
        problems.append(f"a national row of the region {region}")
    if row["geographic_level"] == "Regional" and REGIONS.get(region[0]) != region[1]:
        problems.append(f"no region: {region}")
    # No authority is told of in national tables.
    if row["geographic_level"] not in ("National", "Regional"):
        problems.append(f"the level {row['geographic_level']}")
    return problems


def of_data(header, rows, meta):
    """What is wrong with a data file beside its metadata."""
    problems = [f"the data lack {name}" for name in TIME_AND_PLACE + PLACE if name not in header]
    filters = [one["col_name"] for one in meta if one["col_type"] == "Filter"]
    indicators = [one for one in meta if one["col_type"] == "Indicator"]
    levels = {name: {row[name] for row in rows} for name in header}
    divided = {name for name in header if name not in TIME_AND_PLACE + PLACE and len(levels[name]) > 1}
    told = {one["col_name"] for one in meta}
    problems += [f"{name} is not in the metadata" for name in sorted(divided - told)]
    problems += [f"{name} is not in the data" for name in sorted(told - set(header))]
    keys = [tuple(row[name] for name in TIME_AND_PLACE + PLACE + filters) for row in rows]
    if len(set(keys)) < len(keys):
        problems.append("two rows are of the same")
    for one in meta:
        name = one["col_name"]
        if one["col_type"] == "Filter":
            items = levels[name]
            if len(items) < 2:
                problems.append(f"the filter {name} divides nothing")
            if (one.get("filter_default") or "Total") not in items:
                problems.append(f"the filter {name} has no Total and no default")
            if any(item != item.strip() or item in NOT_DATA or len(item) > 120 for item in items):
                problems.append(f"the filter {name} has an item that is blank, too long or has spaces around it")
    if not levels.get("ethnicity_major", set()) <= ETHNICITY:
        problems.append(f"ethnic groups that are not harmonised: {levels['ethnicity_major'] - ETHNICITY}")
    if {"Total", "total", "All", "all"} & set().union(*(levels[name] for name in TIME_AND_PLACE + PLACE)):
        problems.append("a total among places")
    for row in rows:
        problems += of_place(row)
        for one in indicators:
            problems += of_cell(one, row[one["col_name"]])
    return problems


def of_cell(indicator, cell):
    name, decimals = indicator["col_name"], int(indicator["indicator_dp"] or 0)
    words = {"result": r"[a-z-]+", COARSER: r"none|[a-z_]+:\d+(;[a-z_]+:\d+)*"}
    if name in words and re.fullmatch(words[name], cell):
        return []
    if cell in SYMBOLS:
        return []
    if not NUMBER.fullmatch(cell):
        return [f"{name} has the cell `{cell}`"]
    told = len(cell.partition(".")[2])
    return [f"{name} has {told} decimals in `{cell}`"] if told != decimals else []


def steps(coarser, mapping):
    """Steps of counts under the names that the counts have in a file."""
    names = {column: name for name, (column, _) in mapping.items()}
    found = []
    for count in filter(None, coarser.split(";")):
        column, step = count.split(":")
        found.append(f"{names.get(column) or names[column.replace('white', 'minoritised')]}:{step}")
    return ";".join(dict.fromkeys(found)) or "none"


def of_figures(rows, figures, mapping):
    """Where a file differs from the figures that it is made of, row by row in their order."""
    if len(rows) != len(figures):
        return [f"{len(rows)} rows are of {len(figures)} figures"]
    problems = []
    for row, figure in zip(rows, figures, strict=True):
        regional, of_type = figure["area_type"] == "region", figure["area_type"] == "type"
        told = (row["time_period"], row["region_name"].lower(), row["authority_type"], row.get("authority_group", "Total"))
        of_group = figure["area_type"] == "group"
        wanted = (figure["year"], figure["area_name"].lower() if regional else "", figure["area_name"] if of_type else "Total", figure["area_name"] if of_group else "Total")
        if told != wanted:
            problems.append(f"a row of {told} is of {wanted}")
        if row.get(COARSER, "none") != steps(figure.get("coarser", ""), mapping):
            problems.append(f"{row.get(COARSER)} of {figure['area_code']} {figure['indicator']} is not {figure['coarser']}")
        for name, (column, factor) in mapping.items():
            cell, value = row[name], figure[column]
            if value == "":
                same = cell in SYMBOLS
            elif factor is None:
                same = cell == value
            else:
                numbers = NUMBER.fullmatch(cell) and NUMBER.fullmatch(value)
                same = numbers and abs(float(cell) - float(value) * factor) < 1e-9
            if not same:
                problems.append(f"{name} of {figure['area_code']} {figure['indicator']} {figure['breakdown']} is {cell}, not {value}")
    return problems


def check(tables, figures):
    """Every problem with the files for Explore Education Statistics."""
    folder = tables / "explore-education-statistics"
    bands = [one for one in figures if one["breakdown"] and not one["breakdown"].startswith("ethnicity:")]
    others = [one for one in figures if one not in bands]
    problems = []
    for name, of_file, mapping in [("sc-wres-comparisons", others, COMPARISONS), ("sc-wres-pay-bands", bands, PAY_BANDS)]:
        if not re.fullmatch(r"[a-z0-9_-]{1,50}", name):
            problems.append(f"{name}: not the name of a file")
        meta_header, meta = read(folder / f"{name}.meta.csv")
        header, rows = read(folder / f"{name}.csv")
        found = of_metadata(meta_header, meta) + of_data(header, rows, meta) + of_figures(rows, of_file, mapping)
        problems += [f"{folder.name}/{name}: {problem}" for problem in dict.fromkeys(found)]
    return problems
