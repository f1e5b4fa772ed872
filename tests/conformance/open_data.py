"""Checks the open data of built years with programs of others: python -B open_data.py OUTPUT YEAR…

CSV on the Web: every description and its file, by the package csvw. Spreadsheets: every cell of both formats, by odfpy and openpyxl,
beside the CSV. Explore Education Statistics: education.py. schema.org: the data set in the report's page, and its files.
At the end each check is shown that it can fail.
"""

import csv
import html
import json
import re
import subprocess
import sys
import warnings
from pathlib import Path

import openpyxl
from csvw import CSVW
from odf import teletype
from odf.opendocument import load
from odf.table import CoveredTableCell, Table, TableCell, TableRow

import education
import tries

SYMBOLS = {"[c]", "[x]", "[z]", "[u]"}


def records(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def described(metadata):
    """What the validator says against a description and its file."""
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        try:
            found = CSVW(str(metadata), validate=True)
            if found.is_valid:
                return []
            return [f"{metadata}: {warning.message}" for warning in found.warnings] or [f"{metadata}: not valid"]
        except (OSError, ValueError) as error:
            return [f"{metadata}: {str(error).splitlines()[0]}"]


def grammar(path):
    """What odfpy says against the elements and attributes of an ODS."""
    lint = Path(sys.executable).with_name("odflint")
    said = subprocess.run([sys.executable, str(lint), str(path)], capture_output=True, text=True)
    # It takes the empty remark on a part, which it reads as bytes, for one that is not empty.
    lines = [line for line in (said.stdout + said.stderr).splitlines() if "must not have extra header info" not in line]
    return lines + ([f"odflint ended with {said.returncode}"] if said.returncode else [])


def of_ods(path):
    """Every sheet as rows of texts and numbers."""
    sheets = {}
    for table in load(str(path)).spreadsheet.getElementsByType(Table):
        rows = []
        for row in table.getElementsByType(TableRow):
            cells = [
                float(cell.getAttribute("value")) if cell.getAttribute("valuetype") == "float" else teletype.extractText(cell)
                for cell in row.getElementsByType(TableCell)
            ]
            rows.append(cells)
        name = table.getAttribute("name")
        sheets[name] = rows
        merged = [cell for cell in table.getElementsByType(TableCell) if cell.getAttribute("numbercolumnsspanned")]
        if merged or table.getElementsByType(CoveredTableCell):
            sheets[f"{name} has merged cells"] = []
    return sheets


def of_xlsx(path):
    book = openpyxl.load_workbook(path)
    sheets = {}
    for sheet in book.worksheets:
        rows = []
        for row in sheet.iter_rows(values_only=True):
            cells = ["" if cell is None else cell for cell in row]
            rows.append([float(cell) if isinstance(cell, (int, float)) else cell for cell in cells])
        sheets[sheet.title] = rows
        if sheet.merged_cells.ranges:
            sheets[f"{sheet.title} has merged cells"] = []
    return sheets


def trimmed(row):
    """A row without empty cells at its end, which only one of the formats writes."""
    row = list(row)
    while row and row[-1] == "":
        row.pop()
    return row


def alike(one, other):
    """Where two spreadsheets differ."""
    if list(one) != list(other):
        return [f"sheets {list(one)} are not {list(other)}"]
    problems = []
    for name, rows in one.items():
        for number, pair in enumerate(zip(rows, other[name], strict=False), 1):
            if trimmed(pair[0]) != trimmed(pair[1]):
                problems.append(f"{name}, row {number}: {pair[0]} is not {pair[1]}")
        if len(rows) != len(other[name]):
            problems.append(f"{name} has {len(rows)} rows and {len(other[name])}")
    return problems


def sheet_of(row):
    """The sheet on which a row of the data stands."""
    if row["breakdown"].startswith("ethnicity:"):
        return "Ethnic_groups"
    if row["breakdown"]:
        return "Pay_bands"
    return {"national": "England", "region": "Regions", "type": "Types", "group": "Groups"}[row["area_type"]]


def same_word(column, cell, text):
    if column == "result":
        said = str(cell).lower().replace(" ", "-")
        return said.startswith(text) if text else bool(re.search(r"\[[cxz]\]", str(cell)))
    if column == "coarser":
        return (cell == "None") == (text == "")
    return column == "breakdown" or cell == text


def same_number(cell, text):
    if text == "":
        return cell in SYMBOLS
    return isinstance(cell, float) and re.fullmatch(r"-?\d+(\.\d+)?", text) is not None and cell == float(text)


def as_data(sheets, rows, metadata):
    """Where a spreadsheet differs from the data, row by row in the order of the data."""
    columns = json.loads(Path(metadata).read_text("utf-8"))["tableSchema"]["columns"]
    titles, words = {}, {"year"}
    for column in columns:
        name, *title = column["titles"]["en-GB"]
        titles.update({one: name for one in title})
        if column["datatype"]["base"] == "string":
            words.add(name)
    problems = []
    waiting = {name: list(cells[1:]) for name, cells in sheets.items()}
    for row in rows:
        name = sheet_of(row)
        if not waiting[name]:
            problems.append(f"{name} lacks a row of {row}")
            continue
        cells = waiting[name].pop(0)
        for title, cell in zip(sheets[name][0], cells, strict=True):
            column = titles[title]
            same = same_word(column, cell, row[column]) if column in words else same_number(cell, row[column])
            if not same:
                problems.append(f"{name}, {row['area_code']} {row['indicator']} {row['breakdown']}: {title} is {cell!r}, not {row[column]!r}")
    held = {"England", "Regions", "Types", "Groups", "Ethnic_groups", "Pay_bands"} & set(waiting)
    problems += [f"{name} has rows that are not in the data" for name in held if waiting[name]]
    return problems


def spreadsheets(tables, year):
    ods, xlsx = of_ods(tables / f"sc-wres-{year}.ods"), of_xlsx(tables / f"sc-wres-{year}.xlsx")
    rows, metadata = records(tables / "indicators.csv"), tables / "indicators.csv-metadata.json"
    problems = grammar(tables / f"sc-wres-{year}.ods") + alike(ods, xlsx)
    for sheets in (ods, xlsx):
        problems += as_data(sheets, rows, metadata)
        blank = [name for name, lines in sheets.items() if name != "Cover" and any(cell == "" for line in lines for cell in line)]
        problems += [f"{name} has a blank cell" for name in blank]
    return [f"spreadsheets of {year}: {problem}" for problem in problems]


def dataset(national):
    """What the page tells programs of its data."""
    page = (national / "annual-report.html").read_text("utf-8")
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    if len(found) != 1:
        return [f"{national}: {len(found)} data sets in the page"]
    data = json.loads(found[0])
    problems = []
    if data.get("@context") != "https://schema.org/" or data.get("@type") != "Dataset":
        problems.append("is no Dataset of schema.org")
    wanted = ["name", "description", "license", "creator", "datePublished", "temporalCoverage", "spatialCoverage", "distribution"]
    problems += [f"has no {name}" for name in wanted if not data.get(name)]
    if not 50 <= len(data.get("description", "")) <= 5000:
        problems.append("has a description that search engines do not take")
    day = r"\d{4}-\d{2}-\d{2}"
    if not re.fullmatch(day, data.get("datePublished", "")):
        problems.append("has no date of publication")
    if not re.fullmatch(rf"{day}/{day}|\d{{4}}", data.get("temporalCoverage", "")):
        problems.append("covers no time")
    files = {one["contentUrl"] for one in data.get("distribution", []) if one.get("@type") == "DataDownload" and one.get("encodingFormat")}
    there = {path.relative_to(national).as_posix() for path in (national / "tables").rglob("*") if path.is_file()}
    if files != there:
        problems.append(f"tells of other files than there are: {sorted(files ^ there)}")
    links = {link for link in map(html.unescape, re.findall(r'<a href="([^"]+)"', page)) if link.startswith("tables/")}
    if links != there:
        problems.append(f"links to other files than there are: {sorted(links ^ there)}")
    return [f"{national}: the data set {problem}" for problem in problems]


def descriptions(year, folder):
    problems = described(folder / "national/tables/indicators.csv-metadata.json")
    packs = sorted((folder / "authorities").iterdir())
    for pack in sorted({packs[0], packs[len(packs) // 2], packs[-1]}) if packs else ():
        problems += described(pack / "data.csv-metadata.json")
    return problems


def for_education(year, folder):
    tables = folder / "national/tables"
    return education.check(tables, records(tables / "indicators.csv"))


CHECKS = {
    "CSV on the Web": descriptions,
    "spreadsheets": lambda year, folder: spreadsheets(folder / "national/tables", year),
    "Explore Education Statistics": for_education,
    "schema.org": lambda year, folder: dataset(folder / "national"),
}


def main(output, *years):
    problems = []
    for year in years:
        for check in CHECKS.values():
            problems += check(year, Path(output) / year)
        print(f"{year}: open data checked: {', '.join(CHECKS)}", flush=True)
    if not problems:
        problems = tries.unseen(Path(output) / years[-1], years[-1], CHECKS)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
