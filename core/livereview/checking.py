"""A review checked without running it: manifest, sheets, store. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from livereview.changes import tables_of
from livereview.errors import EvidenceError, ExpectedError
from livereview.evidence.store import Store
from livereview.evidence.view import Evidence
from livereview.history import History
from livereview.ingest import fetched, vanished
from livereview.reach import out_of_reach
from livereview.report import Failure
from livereview.selection import scope_of
from livereview.update import opened, places_of


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a check found in order, and what it warns of."""

    review: str
    studies: int
    eligible: int
    outcomes: int
    batches: int
    rows_in_sheets: int
    updates: int
    warnings: tuple[str, ...]
    failures: tuple[Failure, ...]

    def words(self) -> str:
        """One line."""
        return (
            f"{self.review}: in order. {self.outcomes} outcomes; {self.eligible} of {self.studies} studies eligible; "
            f"{self.rows_in_sheets} rows in the sources; {self.batches} batches in the store; {self.updates} updates."
        )

    def as_data(self) -> dict[str, Any]:
        """For machines."""
        return {name: value for name, value in vars(self).items() if name not in ("warnings", "failures")} | {
            "warnings": list(self.warnings),
            "failures": [vars(failure) for failure in self.failures],
        }


def check(path: Path) -> Checked:
    """Check a review whole. Raises ExpectedError with every mistake in manifest, sheets, store and history."""
    file, plugins = opened(path)
    places = places_of(file)
    current = Store(places.store).evidence()
    updates = History(places.history).records()
    incoming = fetched(file, plugins, current)
    evidence = Evidence(
        (*current.batches, *Evidence.of(incoming.checked.rows, recorded_at=datetime.max.replace(tzinfo=UTC)).batches)
    )
    tables = tables_of(evidence)
    scope = scope_of(tables, file.manifest.eligibility)
    mistakes, hints = out_of_reach(file.manifest, tables, scope)
    messages = [*EvidenceError(incoming.problems).messages]
    if mistakes:
        messages += file.error(mistakes).messages
    if messages:
        raise ExpectedError(messages)
    return Checked(
        review=file.manifest.review.id,
        studies=len(tables["studies"]),
        eligible=len(scope.studies),
        outcomes=len(file.manifest.outcomes),
        batches=len(current.batches),
        rows_in_sheets=len(incoming.checked.rows),
        updates=len(updates),
        warnings=(*incoming.notes, *vanished(file, incoming, current), *hints),
        failures=incoming.failures,
    )
