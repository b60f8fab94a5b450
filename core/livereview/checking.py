"""A review checked without running it: manifest, sheets, store, history. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from livereview.chronology import clock_behind, latest_day, oddities
from livereview.errors import StoreError
from livereview.evidence.compaction import verified
from livereview.evidence.view import Evidence
from livereview.history import History, as_json
from livereview.ingest import Progress, fetched, merged, silent, vanished
from livereview.outlook import outlook
from livereview.places import opened, places_of, require_batches, require_own_id
from livereview.printing import counted
from livereview.reach import out_of_reach
from livereview.report import Failure


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a check found in order, and what it warns of. Studies are counted with those that the sources bring."""

    review: str
    studies: int
    eligible: int
    outcomes: int
    batches: int
    rows_in_sources: int
    updates: int
    warnings: tuple[str, ...]
    failures: tuple[Failure, ...]

    def words(self) -> str:
        """One line."""
        state = "in order" if not self.failures else "in order but for what failed"
        counts = (
            counted(self.outcomes, "outcome"),
            f"{self.eligible} of {counted(self.studies, 'study', 'studies')} eligible",
            f"{counted(self.rows_in_sources, 'row')} in the sources",
            f"{counted(self.batches, 'batch', 'batches')} in the store",
            f"{counted(self.updates, 'update')} recorded",
        )
        return f"{self.review}: {state}. {'; '.join(counts)}."

    def as_data(self) -> dict[str, Any]:
        """For machines."""
        return dict(as_json(self))


def check(path: Path, progress: Progress = silent, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Checked:
    """Check a review whole. Raises ExpectedError with every mistake in manifest, sheets, store or history."""
    file, plugins = opened(path)
    require_own_id(file)
    places = places_of(file)
    history = History(places.history)
    updates = history.records()
    store = verified(places.store, progress)  # every batch and pack: what a pack hides from an update is told here
    if store.differing:
        raise StoreError(store.differing)
    current = Evidence(store.batches)
    latest = history.latest()
    require_batches(latest, current, places)
    incoming = fetched(file, plugins, current, progress, today=latest_day(now()))
    view = outlook(file.manifest, merged(current, incoming))
    mistakes, hints = out_of_reach(file.manifest, view.tables, view.scope)
    if mistakes:
        raise file.error(mistakes)
    return Checked(
        review=file.manifest.review.id,
        studies=len(view.tables["studies"]),
        eligible=len(view.scope.studies),
        outcomes=len(file.manifest.outcomes),
        batches=len(current.batches),
        rows_in_sources=len(incoming.checked.rows),
        updates=len(updates),
        warnings=(
            *plugins.warnings,
            *store.damaged,
            *clock_behind(current, latest, now()),
            *oddities(file.manifest.review, view.scope, view.rows, current, latest),
            *incoming.notes,
            *vanished(file, incoming, view.rows),
            *hints,
        ),
        failures=incoming.failures,
    )
