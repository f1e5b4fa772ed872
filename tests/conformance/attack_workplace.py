"""Rounds that are built, signed off and released with the program under attack, in folders of their own."""

import re
import shutil
import subprocess
from pathlib import Path

import attack_model as model
import attack_returns as returns

POINTS = ("data", "methods", "figures", "words", "disclosure", "accessibility", "sign-off")
PUBLICATION = "publication: {contact: a, lead_statistician: b, next_release: c, corrections: d}\n"
KEPT_AWAY = shutil.ignore_patterns("released", "returned", "sign-off.yaml", "plans", "text")


class Refused(Exception):
    """The program built nothing: what it could not protect it does not publish."""


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
            shutil.copytree(data / year, self.data / year, ignore=KEPT_AWAY)
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

    def withdraw(self, year, code):
        self.submission(year, code).unlink()

    def change(self, year, code, measure, group, more):
        """More people in one cell of a return."""
        path = self.submission(year, code)
        text = path.read_bytes().decode("utf-8")
        found = re.search(rf"adults,{measure},,{group},(\d+)", text)
        path.write_bytes((text[: found.start(1)] + str(int(found[1]) + more) + text[found.end(1) :]).encode("utf-8"))

    def leave_out(self, year, code, measure):
        """A return that does not hold a measure yet."""
        path = self.submission(year, code)
        text = path.read_bytes().decode("utf-8")
        path.write_bytes(re.sub(rf",{measure},,(\w+),\d+", rf",{measure},,\1,x", text).encode("utf-8"))

    def run(self, *arguments):
        command = [self.program, "--data", self.data, "--templates", self.templates, "--output", self.folder / "output", *arguments]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
        if done.returncode == 1 and "error[disclosure]" in done.stderr:
            raise Refused(f"{done.stderr.count('error[disclosure]')} sums that cannot be protected")
        if done.returncode:
            raise RuntimeError(f"{' '.join(map(str, arguments))}: {done.stderr}")

    def sign_off(self, year):
        self.run("build", year)
        for point in POINTS:
            self.run("sign-off", year, point, "--by", "A. Analyst", "--outcome", "as it should be", "--date", "2029-06-01")
        self.settle(year, status="final")

    def release(self, year, *options):
        """Builds a round and puts it on record: what was told, and of what."""
        self.run("build", year, *options)
        self.run("release", year)
        return Release(sorted((self.data / year / "released").iterdir(), key=lambda path: int(path.name))[-1], self, year)

    def follow(self, release):
        """Goes on from a release that was made elsewhere from the same files."""
        for name in ("released", "returned"):
            shutil.copytree(release.record.parents[1] / name, self.data / release.year / name)


class Release:
    """A release on record, with the round that it was made of as it was on that day."""

    def __init__(self, record, workplace, year):
        self.record, self.year = record, year
        self.told, self.of_before, self.about = returns.record_of(record, year)
        self.settings = returns.settings_of(workplace.data / year / "round.yaml")
        held = returns.returns_of(workplace.data, year, workplace.standard)
        self.round = model.Round(year, held, returns.register_of(workplace.data, year), workplace.standard, self.settings)

    def otherwise(self):
        return returns.otherwise(self.record, self.told, self.settings["rounding"])
