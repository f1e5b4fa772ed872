"""Shows that the comparison can fail: a mistake is made in what is known of areas, or in what was built, and has to be found.

Of the first kind the program would have been wrong in just that way: the files are changed for the other program alone.
"""

import copy
import shutil
import tempfile
from pathlib import Path

import areas_numbers as numbers
from areas_model import World


def without(text):
    """A file of changes without the lines that begin so."""
    return lambda lines: [line for line in lines if not line.startswith(text)]


def written(old, new):
    """Something else in place of a text, wherever it stands."""

    def change(lines):
        assert any(old in line for line in lines), f"{old} stands nowhere"
        return [line.replace(old, new) for line in lines]

    return change


CHANGES = "area-changes.csv"
KNOWN = {
    "a predecessor left out": (CHANGES, without("E06009022,")),
    "a predecessor without a return left out": (CHANGES, without("E06009024,")),
    "a predecessor that never registered left out": (CHANGES, without("E06009026,")),
    "a successor left out": (CHANGES, without("E10009030,E06009131")),
    "a successor without a return left out": (CHANGES, without("E10009032,E06009133")),
    "a recoding not known": (CHANGES, without("E08009010,")),
    "a recoding after a merger not known": (CHANGES, without("E06009120,")),
    "a recoding of a member not known": (CHANGES, without("E06009051,")),
    "a part that is no break": (CHANGES, without("E10009040,")),
    "a recoding that is a break": (CHANGES, written("E08009010,E08009110,2022-04-01,recoded", "E08009010,E08009110,2022-04-01,part")),
    "a merger a round late": (CHANGES, written("E06009120,2022-04-01", "E06009120,2022-12-01")),
    "a split that has not happened yet counted": (CHANGES, without("E10009071,")),
    "a joint return for one authority": ("2023/authorities.csv", written("E06009050;E06009051", "")),
    "a joint return that was left for one authority": ("2021/authorities.csv", written("E08009052;E08009053", "")),
}


def named(rows, **wanted):
    """The one row of a table that has these."""
    return next(row for row in rows if all(row[key] == value for key, value in wanted.items()))


def printed(place, figure, text):
    """Another number in print; where the figure is not printed, one more."""

    def change(built, _world):
        rows = built.figures[place]
        for row in rows:
            if row["id"] == figure:
                row["printed"] = text(row["printed"]) if callable(text) else text
        if not any(row["id"] == figure for row in rows):
            rows.append({"id": figure, "printed": text, "document": f"authorities/{figure.split('/')[1]}-x/benchmark-pack", "pages": "", "charts": ""})
        return built

    return change


def one_less(text):
    return str(int(text.replace(",", "")) - 1)


def dropped(place, figure):
    def change(built, _world):
        rows = built.figures[place]
        built.figures[place] = [row for row in rows if row["id"] != figure]
        assert len(built.figures[place]) < len(rows), f"{figure} is not printed"
        return built

    return change


def recoded_left_out(built, world):
    """A panel without an authority that was recoded: its counts are taken away."""
    for row in built.released[2022]:
        if row["area_code"] == "matched-2021-2022" and row["year"] == "2022" and row["indicator"] == "8":
            index = ("minoritised_numerator", "minoritised_denominator", "white_numerator", "white_denominator").index(row["count"])
            row["shown"] = str(int(row["shown"]) - numbers.rounded(world.counts(2022, "E08009110", "all", "8", ""))[index])
    return built


def one_predecessor(built, world):
    """A merged authority's earlier round that is one predecessor's."""
    ratio = numbers.ratio(world.counts(2021, "E06009021", "all", "8", ""))
    return printed(("own", 2022), "2021/E06009121/8/all/relative_likelihood", f"{ratio:.2f}")(built, world)


def of_the_predecessor(built, world):
    """A successor's earlier round: what the whole had before it was split."""
    ratio = numbers.ratio(world.counts(2022, "E10009030", "all", "8", ""))
    return printed(("own", 2024), "2022/E06009130/8/all/relative_likelihood", f"{ratio:.2f}")(built, world)


def pack(place, code, column, value):
    """Another value in the first row of an authority's own figures."""

    def change(built, _world):
        row = named(built.packs[place][code], area_code=code, service="all", indicator="8", breakdown="")
        row[column] = value(row[column]) if callable(value) else value
        return built

    return change


def table_row(which, place, column, value, **wanted):
    def change(built, _world):
        row = named(getattr(built, which)[place], **wanted)
        row[column] = value(row[column]) if callable(value) else value
        return built

    return change


def no_pack(built, _world):
    built.packs["own", 2023].pop("E06009050")
    return built


BUILT = {
    "a recoded authority dropped from the panel": recoded_left_out,
    "one authority less in a panel": printed(("own", 2023), "2023/matched-2022-2023/8/all/authorities", one_less),
    "a change upside down": printed(("own", 2022), "2022/matched-2021-2022/8/all/change", lambda text: f"{1 / float(text) ** 3:.2f}"),
    "the earlier ratio of a panel as of everybody": printed(("own", 2023), "2022/matched-2022-2023/3/all/relative_likelihood", "1.01"),
    "coverage that counts a joint return as one": printed(("own", 2023), "2023/england/participation/all/submitted", one_less),
    "coverage of a region that counts a joint return as one": printed(("own", 2024), "2024/east-midlands/participation/all/submitted", one_less),
    "today's England in the first round": printed(("own", 2021), "2021/england/participation/all/england", "35"),
    "types of today in the first round": printed(("own", 2021), "2021/shire-county/participation/all/england", "6"),
    "one predecessor in place of their sum": one_predecessor,
    "a successor with its predecessor's rounds": of_the_predecessor,
    "a recoded authority without its earlier round": dropped(("own", 2022), "2021/E08009010/8/all/relative_likelihood"),
    "a change without its earlier round": dropped(("own", 2023), "2023/E06009112/8/all/change"),
    "a change across a break": printed(("own", 2024), "2024/E10009040/8/all/change", "1.02"),
    "rounds together across a break": printed(("own", 2024), "2024/E06009041/8/all/together_ratio", "1.40"),
    "rounds together with other weights": printed(("own", 2024), "2024/E06009121/8/all/together_ratio", lambda text: f"{float(text) + 0.02:.2f}"),
    "a merged authority's round, in a pack for everybody": printed(("public", 2024), "2021/E06009121/8/all/relative_likelihood", "2.50"),
    "a joint pack of one authority": pack(("own", 2023), "E06009050", "authorities", "1"),
    "a joint pack with other counts": pack(("own", 2023), "E06009050", "white_denominator", one_less),
    "a joint return that is one of those that contribute": table_row("national", ("own", 2023), "authorities", one_less, area_code="england", service="all", indicator="9", breakdown=""),
    "a region with the people of another": table_row("national", ("public", 2024), "white_denominator", lambda text: str(int(text) - 250), area_code="north-east", service="all", indicator="8", breakdown=""),
    "open data with a joint return as one": table_row("open", ("own", 2023), "authorities_count", one_less, geographic_level="National", service_type="Total", ethnicity_major="Total", authority_type="Total"),
    "no pack of a joint return": no_pack,
}


def copied(built):
    """The tables, so that a mistake is made in a copy."""
    fresh = copy.copy(built)
    for name in ("figures", "national", "open", "released"):
        setattr(fresh, name, {key: [dict(row) for row in rows] for key, rows in getattr(built, name).items()})
    fresh.packs = {key: dict(packs) for key, packs in built.packs.items()}
    fresh.packs["own", 2023]["E06009050"] = [dict(row) for row in built.packs["own", 2023]["E06009050"]]
    return fresh


def of_what_is_known(rounds):
    """The rounds as they would be with each mistake in what is known of areas."""
    for name, (file, change) in KNOWN.items():
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "rounds"
            shutil.copytree(rounds, folder, ignore=shutil.ignore_patterns("released", "returned"))
            lines = (folder / file).read_text("utf-8").splitlines()
            changed = change(lines)
            assert changed != lines, f"nothing is otherwise: {name}"
            (folder / file).write_text("\n".join(changed) + "\n", "utf-8")
            yield name, World(folder)


def unseen(rounds, built, compare):
    """The mistakes that are not found."""
    world, missed = World(rounds), []

    def tried(name, found):
        print(f"  {name}: {found[0][:150]}" if found else f"  {name}: NOT FOUND", flush=True)
        if not found:
            missed.append(f"no comparison finds {name}")

    for name, mistaken in of_what_is_known(rounds):
        tried(name, compare(mistaken, built, packs=False).problems)
    for name, change in BUILT.items():
        tried(name, compare(world, change(copied(built), world), packs="pack" in name).problems)
    print(f"{len(KNOWN) + len(BUILT)} mistakes made, {len(missed)} not found")
    return missed
