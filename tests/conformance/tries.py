"""Shows of each check of open data that it can fail: one thing is made wrong in a copy of a year, and has to be found."""

import re
import shutil
import tempfile
import zipfile
from pathlib import Path

TABLES = "national/tables"
EDUCATION = f"{TABLES}/explore-education-statistics"


def text(path, change):
    path.write_text(change(path.read_text("utf-8")), "utf-8", newline="")


def line(number, old, new):
    """Writes something else into one line of a text, where it stands."""

    def change(whole):
        lines = whole.split("\n")
        assert re.search(old, lines[number]), f"`{old}` is not in {lines[number]}"
        lines[number] = re.sub(old, new, lines[number], count=1)
        return "\n".join(lines)

    return change


def twice(whole):
    lines = whole.split("\n")
    return "\n".join([*lines[:2], lines[1], *lines[2:]])


def part(path, name, old, new):
    """Writes something else into one part of an archive."""
    with zipfile.ZipFile(path) as archive:
        parts = {one.filename: archive.read(one) for one in archive.infolist()}
    changed = re.sub(old, new, parts[name].decode("utf-8"), count=1)
    assert changed != parts[name].decode("utf-8"), f"`{old}` is not in {name}"
    parts[name] = changed.encode("utf-8")
    with zipfile.ZipFile(path, "w") as archive:
        for one, content in parts.items():
            archive.writestr(one, content, zipfile.ZIP_STORED if one == "mimetype" else zipfile.ZIP_DEFLATED)


def mistakes(year):
    """What is made wrong, each with the file that it is in."""
    data, described = f"{TABLES}/indicators.csv", f"{TABLES}/indicators.csv-metadata.json"
    ods, xlsx = f"{TABLES}/sc-wres-{year}.ods", f"{TABLES}/sc-wres-{year}.xlsx"
    comparisons, bands = f"{EDUCATION}/sc-wres-comparisons", f"{EDUCATION}/sc-wres-pay-bands"
    page = "national/annual-report.html"
    return {
        "a word in place of a count": (data, lambda path: text(path, line(1, r"all,1,([^,]*),\d+", r"all,1,\1,many"))),
        "a kind of area that there is not": (data, lambda path: text(path, line(1, "national", "county"))),
        "a row twice": (data, lambda path: text(path, twice)),
        "another name of a column": (data, lambda path: text(path, line(0, "marker", "sign"))),
        "a share with four decimals": (data, lambda path: text(path, line(1, r",(0\.\d{3}),", r",\g<1>1,"))),
        "another datatype": (described, lambda path: text(path, lambda all: all.replace('"nonNegativeInteger"', '"date"', 1))),
        "a description of another file": (described, lambda path: text(path, lambda all: all.replace('"indicators.csv"', '"others.csv"'))),
        "another number in the ODS": (ods, lambda path: part(path, "content.xml", r'office:value="(\d+)"', r'office:value="9\1"')),
        "a number as a word in the ODS": (ods, lambda path: part(path, "content.xml", 'office:value-type="float" office:value="[^"]*"', 'office:value-type="string"')),
        "a row less in the ODS": (ods, lambda path: part(path, "content.xml", r"(?s)(</table:table-header-rows>)<table:table-row>.*?</table:table-row>", r"\1")),
        "a sheet less in the ODS": (ods, lambda path: part(path, "content.xml", r'(?s)<table:table table:name="Participants">.*?</table:table>', "")),
        "an attribute that ODS does not have": (ods, lambda path: part(path, "content.xml", "table:contains-header", "table:contains-footer")),
        "another number in the workbook": (xlsx, lambda path: part(path, "xl/worksheets/sheet2.xml", r"(<c [^>]*s=\"\d+\"><v>)(\d+)", r"\g<1>9\2")),
        "another event count": (f"{comparisons}.csv", lambda path: text(path, line(1, r",Total,(\d+),", r",Total,9\1,"))),
        "a blank cell": (f"{comparisons}.csv", lambda path: text(path, line(1, r"[^,]+$", ""))),
        "a region that there is not": (f"{comparisons}.csv", lambda path: text(path, lambda all: all.replace("E12000007", "E12000010"))),
        "a national row of a region": (f"{comparisons}.csv", lambda path: text(path, line(1, "England,,", "England,E12000007,London"))),
        "a group under a name of its own": (f"{comparisons}.csv", lambda path: text(path, lambda all: all.replace("Asian / Asian British", "Asian"))),
        "an authority": (f"{comparisons}.csv", lambda path: text(path, line(1, "National", "Local authority"))),
        "the same twice": (f"{bands}.csv", lambda path: text(path, twice)),
        "a unit that there is not": (f"{bands}.meta.csv", lambda path: text(path, lambda all: all.replace(",%,", ",percent,"))),
        "an indicator that is not told": (f"{bands}.meta.csv", lambda path: text(path, lambda all: re.sub(r"staff_count,[^\n]*\n", "", all, count=1))),
        "a filter without a default": (f"{bands}.meta.csv", lambda path: text(path, lambda all: re.sub(r'(pay_band,[^\n]*,)("[^"\n]*"|[^,"\n]+)\n', r"\1\n", all))),
        "another licence": (page, lambda path: text(path, lambda all: all.replace('"license"', '"licence"', 1))),
        "a file that is not there": (page, lambda path: text(path, lambda all: all.replace('"contentUrl":"tables/indicators.csv"', '"contentUrl":"tables/figures.csv"', 1))),
        "a data set that is none": (page, lambda path: text(path, lambda all: all.replace('"@type":"Dataset"', '"@type":"Thing"', 1))),
    }


def check_of(file):
    """The check that has to find a mistake in this file."""
    if file.startswith(EDUCATION):
        return "Explore Education Statistics"
    if file.endswith((".ods", ".xlsx")):
        return "spreadsheets"
    return "schema.org" if file.endswith(".html") else "CSV on the Web"


def unseen(folder, year, checks):
    """The mistakes that their check does not find."""
    problems = []
    tried = mistakes(year)
    for name, (file, make) in tried.items():
        with tempfile.TemporaryDirectory() as place:
            copy = Path(place) / year
            shutil.copytree(folder / "national", copy / "national")
            (copy / "authorities").mkdir()
            make(copy / file)
            found = checks[check_of(file)](year, copy)
            if not found:
                problems.append(f"no check finds {name} in {file}")
            else:
                print(f"  {name}: {found[0][-150:]}")
    print(f"{len(tried)} mistakes made, {len(tried) - len(problems)} found")
    return problems
