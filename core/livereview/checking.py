"""A review checked without running it: manifest, sheets, store, history. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from livereview.chronology import clock_behind, late, undated
from livereview.errors import StoreError
from livereview.fetching import Progress, silent
from livereview.history import History
from livereview.ingest import lost, merged, vanished
from livereview.json_values import as_json
from livereview.linked.likeness import likenesses
from livereview.linked.shared import Shared
from livereview.outlook import outlook
from livereview.people import DoubleWork
from livereview.places import opened, places_of, require_batches, require_own_id
from livereview.printing import counted
from livereview.report import Failure
from livereview.standing import arrival
from livereview.team.cards import double_work
from livereview.team.scrutiny import told


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


def check(
    path: Path,
    progress: Progress = silent,
    shared: Shared | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Checked:
    """Check a review whole. Raises ExpectedError with every mistake in manifest, sheets, store or history."""
    shared = Shared(now) if shared is None else shared
    file, plugins = opened(path)
    require_own_id(file, shared.review_ids(file.folder))
    places = places_of(file)
    history = History(places.history)
    updates = history.records()
    store, current = shared.verified(places.store, progress)  # what a pack hides from an update is told here
    if store.differing:
        raise StoreError(store.differing)
    latest = history.latest()
    require_batches(latest, current, places)
    found = arrival(file, plugins, current, shared, progress, now)
    incoming, view = found.incoming, found.view
    gone = lost(file.folder, incoming, view.rows)
    return Checked(
        review=file.manifest.review.id,
        studies=len(view.tables["studies"]),
        eligible=len(view.scope.studies),
        outcomes=len(file.manifest.outcomes),
        batches=len(current.batches),
        rows_in_sources=incoming.count,
        updates=len(updates),
        warnings=(
            *plugins.warnings,
            *store.damaged,
            *clock_behind(current, latest, now()),
            *late(file.manifest.review, view.scope, current, latest),
            *undated(view.rows["reports"]),
            *incoming.warnings,
            *vanished(gone),
            *likenesses(file.manifest, view, gone),
            *found.hints,
            *told(file.manifest, plugins, view),
        ),
        failures=incoming.failures,
    )


def double_work_of(path: Path, progress: Progress = silent) -> DoubleWork | None:
    """What several people recorded, as sheets and store have it now; None where nobody signed anything.

    Raises ExpectedError like ``check``, but for what is wrong with adjudications: that is part of what it shows.
    """
    shared = Shared()
    file, plugins = shared.opened(path)
    current = shared.evidence(shared.store(places_of(file).store))
    view = outlook(file.manifest, merged(current, shared.incoming(file, plugins, current, progress)))
    return double_work(view, file.manifest, plugins)
