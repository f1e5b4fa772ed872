"""Attacks what was published with another program and another solver: python -B attack.py PROGRAM DATA TEMPLATES [--quick]

Releases are built, put on record and attacked: rounds side by side, a provisional release beside the final one, and corrections beside what they
correct. Then the attack has to show that it can succeed: on releases protected each for itself, and on records of which one withheld count is shown.
attack_returns.py reads returns and records, attack_model.py says which people stand behind a count, attack_solver.py attacks.
"""

import csv
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import attack_model as model
import attack_returns as returns
import attack_solver as solver

POINTS = ("data", "methods", "figures", "words", "disclosure", "accessibility", "sign-off")
PUBLICATION = "publication: {contact: a, lead_statistician: b, next_release: c, corrections: d}\n"
THRESHOLD = 10
ENOUGH = THRESHOLD - 1


class Workplace:
    """A data folder of its own, in which rounds are built and released."""

    def __init__(self, folder, program, data, templates, years):
        self.folder, self.program, self.templates = Path(folder), program, templates
        self.data = self.folder / "data"
        self.data.mkdir(parents=True)
        for path in data.iterdir():
            if path.is_file():
                shutil.copy(path, self.data)
        for year in years:
            shutil.copytree(data / year, self.data / year, ignore=shutil.ignore_patterns("released", "returned", "sign-off.yaml"))
            self.settle(year, status="provisional", lines=PUBLICATION + "short_editions: []\n")
        self.standard = returns.standard_of(self.data / "standard.yaml")

    def settle(self, year, status=None, lines=""):
        path = self.data / year / "round.yaml"
        text = path.read_text("utf-8")
        if status:
            text = re.sub(r"^status: \w+", f"status: {status}", text, flags=re.MULTILINE)
        path.write_text(text + lines, "utf-8")

    def correct(self, year, reason):
        self.settle(year, lines=f"correction: {{date: 2029-06-20, reason: {reason}}}\n")

    def submission(self, year, code):
        return next(path for path in sorted((self.data / year / "submissions").iterdir()) if path.name.startswith(code))

    def run(self, *arguments):
        command = [self.program, "--data", self.data, "--templates", self.templates, "--output", self.folder / "output", *arguments]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(map(str, arguments))}: {done.stderr[-600:]}")

    def sign_off(self, year):
        self.run("build", year)
        for point in POINTS:
            self.run("sign-off", year, point, "--by", "A. Analyst", "--outcome", "as it should be", "--date", "2029-06-01")
        self.settle(year, status="final")

    def release(self, year):
        """Builds a round and puts it on record: what was told, and of what."""
        self.run("build", year)
        self.run("release", year)
        record = sorted((self.data / year / "released").iterdir(), key=lambda path: int(path.name))[-1]
        return Release(record, self.data, year, self.standard)


class Release:
    """A release on record, with the round that it was made of as it was on that day."""

    def __init__(self, record, data, year, standard):
        self.record, self.year = record, year
        self.told, self.about = returns.record_of(record)
        settings = returns.settings_of(data / year / "round.yaml")
        held = returns.returns_of(data, year, standard)
        self.round = model.Round(year, held, returns.register_of(data, year), standard, settings)


def counts_of(releases):
    """Every count that releases tell or withhold, with the people behind it."""
    found, values = [], {}
    for number, release in enumerate(releases, 1):
        values.update(release.round.values())
        for key, told in release.told.items():
            atoms = release.round.atoms(key)
            found.append({"name": (release.year, number, *key), "atoms": atoms, "told": told and returns.interval(*told)})
    return found, values


def mistaken(counts, values):
    """Counts of which the model would say something else than was told: then the attack would be worth nothing."""
    wrong = []
    for count in counts:
        people = sum(values[atom] for atom in count["atoms"])
        if count["told"] and not count["told"][0] <= people <= count["told"][1]:
            wrong.append(f"{count['name']}: told {count['told']}, {people} in the returns")
    return wrong


def attacked(releases, attackers=None):
    """What every attacker is left with, the narrowest first."""
    counts, values = counts_of(releases)
    if wrong := mistaken(counts, values):
        raise AssertionError("\n".join(wrong[:5]))
    blocks = [solver.Block(block, values) for block in solver.blocks_of(counts)]
    codes = sorted({code for release in releases for code in release.round.returns})
    found = []
    for code in attackers or [None, *codes]:
        left = [one for block in blocks for one in block.attack(code, THRESHOLD, None if code is None else ENOUGH)]
        found.append((code, sorted(left, key=lambda one: one[0])))
    return found
