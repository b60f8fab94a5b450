"""A folder of small reviews for tests: manifests, sheets, and the commands run on them as a user runs them."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from livereview.cli import main

COMMAND = Path(sys.executable).with_name("livereview")

#: study: label, population, deaths and patients in the drug arm, in the placebo arm
TRIALS: Mapping[str, tuple[str, str, int, int, int, int]] = {
    "adams-2001": ("Adams 2001", "adult", 12, 100, 20, 98),
    "brown-2004": ("Brown 2004", "adult", 8, 60, 15, 62),
    "costa-2008": ("Costa 2008", "adult", 30, 210, 44, 205),
    "dubois-2012": ("Dubois 2012", "child", 5, 50, 9, 51),
    "eriksen-2015": ("Eriksen 2015", "child", 7, 80, 11, 79),
}
STUDIES = ("study_id", "label", "design", "population", "year", "n_total", "withdrawn", "withdrawn_reason")
REPORTS = ("report_id", "study_id", "journal", "year", "published_on", "kind", "withdrawn", "withdrawn_reason")
RESULTS = (
    "study_id", "report_id", "outcome", "timepoint_months", "population", "arm", "comparator", "measure", "events", "n",
    "estimate", "ci_low", "ci_high", "se", "p_value", "locator", "status", "note", "withdrawn", "withdrawn_reason",
)  # fmt: skip
COLUMNS = {"studies": STUDIES, "reports": REPORTS, "results": RESULTS}

Row = dict[str, Any]
Tree = dict[str, tuple[bytes, int]]


@dataclass(frozen=True)
class Ran:
    """What a command did: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The JSON on stdout."""
        return json.loads(self.out)


def study(study_id: str, label: str, population: str = "adult", **cells: Any) -> Row:
    """A row of the studies table."""
    return {"study_id": study_id, "label": label, "design": "rct", "population": population, "year": 2001} | cells


def report(study_id: str, **cells: Any) -> Row:
    """The row of a study's report."""
    dated = {"year": 2001, "published_on": "2001"}
    return {"report_id": f"doi:10.1/{study_id}", "study_id": study_id, "journal": "Lancet"} | dated | cells


def arm(study_id: str, name: str, events: Any, n: Any, outcome: str = "death", **cells: Any) -> Row:
    """The row of a count in one arm."""
    return {
        "study_id": study_id, "report_id": f"doi:10.1/{study_id}", "outcome": outcome, "population": "ITT",
        "arm": name, "measure": "count", "events": events, "n": n, "locator": "Table 2", "status": "verified",
    } | cells  # fmt: skip


def hazard_ratio(study_id: str, estimate: Any, low: Any, high: Any, **cells: Any) -> Row:
    """The row of a hazard ratio of overall survival."""
    return {
        "study_id": study_id, "report_id": f"doi:10.1/{study_id}", "outcome": "os", "population": "ITT", "arm": "drug",
        "comparator": "placebo", "measure": "HR", "estimate": estimate, "ci_low": low, "ci_high": high,
        "locator": "Figure 2", "status": "verified",
    } | cells  # fmt: skip


def trial(study_id: str, label: str, population: str, a: int, n1: int, c: int, n2: int) -> dict[str, list[Row]]:
    """The rows of all tables of one trial."""
    return {
        "studies": [study(study_id, label, population)],
        "reports": [report(study_id)],
        "results": [arm(study_id, "drug", a, n1), arm(study_id, "placebo", c, n2)],
    }


DEATH = """
[[outcomes]]
id = "death"
title = "Death"
result = "death"
measure = "RR"
"""


class ReviewFolder:
    """Manifests and sheets in a folder, and commands run in this process with that folder as working directory."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str] | None = None) -> None:
        self.root, self._capsys = root, capsys
        self.sheets: dict[str, list[Row]] = {"studies": [], "reports": [], "results": []}
        for study_id, values in TRIALS.items():
            for table, rows in trial(study_id, *values).items():
                self.sheets[table] += rows

    def write_sheets(self) -> None:
        """Write the three sheets as they are in ``sheets`` now."""
        for table, rows in self.sheets.items():
            self.write(table, rows)

    def write(self, name: str, rows: Iterable[Row], table: str | None = None, encoding: str = "utf-8") -> Path:
        """Write one sheet ``extractions/NAME.csv``."""
        path = self.root / "extractions" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        with path.open("w", newline="", encoding=encoding) as file:
            writer = csv.DictWriter(file, COLUMNS[table or name], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return path

    def manifest(
        self,
        review: str = "adults",
        *,
        population: str | None = "adult",
        outcomes: str = DEATH,
        more: str = "",
        head: str = 'renderers = ["markdown"]',
        source: str = 'plugin = "sheets"\npath = "extractions"',
    ) -> Path:
        """Write the manifest of a review that admits the trials of one population (None: all)."""
        admitted = f'[[eligibility.filters]]\nfield = "population"\nin = ["{population}"]\nreason = "other patients"'
        path = self.root / f"{review}.toml"
        path.write_text(
            f'{head}\n[review]\nid = "{review}"\ntitle = "Drug against placebo in {review}"\n'
            f'[review.question]\npopulation = "{population}"\nintervention = "Drug"\n'
            f"[[sources]]\n{source}\n{admitted if population else ''}\n{more}\n"
            '[defaults]\nexperimental = ["drug"]\ncontrol = ["placebo"]\n'
            f"{outcomes}",
            encoding="utf-8",
        )
        return path

    def run(self, *arguments: str) -> Ran:
        """Run a command in this process."""
        assert self._capsys is not None
        self._capsys.readouterr()
        code = main(list(arguments))
        captured = self._capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    def row(self, table: str, study_id: str, **where: Any) -> Row:
        """The row of a sheet with these cells, to change it in place."""
        wanted = {"study_id": study_id} | where
        [found] = [row for row in self.sheets[table] if all(row.get(key) == value for key, value in wanted.items())]
        return found

    def records(self, review: str = "adults") -> list[dict[str, Any]]:
        """The records of a review, by file name."""
        return [json.loads(path.read_bytes()) for path in sorted((self.root / "history" / review).glob("*.json"))]

    def report(self, review: str = "adults") -> str:
        """The text of a report."""
        return (self.root / "reports" / review / "report.md").read_text(encoding="utf-8")

    def batches(self) -> list[Path]:
        """The files of the store."""
        return sorted((self.root / "evidence" / "batches").glob("*.parquet"))

    def tree(self) -> Tree:
        """Every file with its bytes and time of change, every folder: equal trees mean that nothing was written."""
        return tree_of(self.root)


def tree_of(root: Path) -> Tree:
    """Every file below a folder with its bytes and time of change, and every folder."""
    return {
        path.relative_to(root).as_posix(): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
    }


def environment(**more: str) -> dict[str, str]:
    """The environment of a process whose output is read: not a terminal, UTF-8."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("COLUMNS", "PYTHON", "LIVEREVIEW"))
    }
    return kept | {"PYTHONIOENCODING": "utf-8"} | more


def hear_interrupts() -> None:
    """In a new process: Ctrl-C ends it, though tests that a script runs in its background ignore it themselves."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run_command(root: Path, *arguments: str, **more: str) -> Ran:
    """Run the installed command in a process of its own."""
    done = subprocess.run(
        [COMMAND, *arguments], cwd=root, capture_output=True, env=environment(**more), timeout=120, check=False
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
