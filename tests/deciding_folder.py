"""A review in a folder whose store is filled row by row, for tests of what people decide; and people who type.

The manifest has no sources: what a test puts into the store is all there is.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from livereview.cli import main
from livereview.deciding.desk import Desk, desk_of
from livereview.evidence.rows import Row
from livereview.evidence.store import Store

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MANIFEST = """
renderers = ["markdown"]
[review]
id = "r"
title = "A drug for a disease"
[review.question]
population = "Adults"
intervention = "Drug"
[[outcomes]]
id = "death"
title = "Death"
result = "death"
measure = "RR"
experimental = "drug"
control = "placebo"
"""


def search(name: str = "pubmed-1", **cells: Any) -> Row:
    given = {"search_id": name, "source": "PubMed", "kind": "database", "searched_on": "2026-03-01"}
    return Row("searches", {**given, **cells})


def record(name: str, found_by: str = "pubmed-1", **cells: Any) -> Row:
    return Row("records", {"record_id": name, "search_id": found_by, "title": f"Title of {name}", **cells})


def decision(name: str, said: str, person: str = "Ada", stage: str = "title-abstract", **cells: Any) -> Row:
    given = {"record_id": name, "review": "r", "stage": stage, "person": person, "decision": said}
    return Row("decisions", {**given, **cells})


def study(name: str = "adams-2024", **cells: Any) -> Row:
    return Row("studies", {"study_id": name, "label": name.title(), **cells})


def report(name: str = "pmid:1", of: str = "adams-2024", **cells: Any) -> Row:
    return Row("reports", {"report_id": name, "study_id": of, "kind": "primary", **cells})


def count(arm: str, events: int, n: int, **cells: Any) -> Row:
    given = {
        "study_id": "adams-2024", "report_id": "pmid:1", "outcome": "death", "population": "ITT", "arm": arm,
        "measure": "count", "events": events, "n": n, "locator": "Table 2", "status": "verified",
    }  # fmt: skip
    return Row("results", {**given, **cells})


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


class DecidingFolder:
    """A review ``r.toml`` and its store, and commands with what a person types."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self._monkeypatch, self._capsys = root, monkeypatch, capsys
        self.path = root / "r.toml"
        self.path.write_text(MANIFEST, encoding="utf-8")
        monkeypatch.chdir(root)

    def add(self, *rows: Row, at: datetime | None = None) -> None:
        """Put rows into the store as one batch."""
        Store(self.root / "evidence").add(rows, source="test", recorded_at=at)

    def desk(self) -> Desk:
        """The review as the store has it now, on a day in March 2026."""
        return desk_of(self.path, lambda: NOW)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The current rows of a table."""
        return Store(self.root / "evidence").evidence().rows(table)

    def batches(self) -> int:
        """How many batches the store has."""
        return len(list((self.root / "evidence" / "batches").glob("*.parquet")))

    def run(self, *arguments: str, typed: Iterable[str] = ()) -> Ran:
        """Run a command on the review in this process, with the lines that a person types."""
        self._monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        self._capsys.readouterr()
        name, *rest = arguments
        code = main([name, "r.toml", *rest])
        captured = self._capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    def screen(self, *typed: str, person: str = "Ada", **options: Any) -> Ran:
        """Let a person screen."""
        more = [
            f"--{name.replace('_', '-')}" if value is True else f"--{name}={value}" for name, value in options.items()
        ]
        return self.run("screen", "--person", person, *more, typed=typed)

    def decided(self) -> dict[tuple[str, str, str], str]:
        """What everybody decided: record, stage, person."""
        return {(row["record_id"], row["stage"], row["person"]): row["decision"] for row in self.rows("decisions")}
