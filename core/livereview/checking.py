"""A review checked without running it: manifest, sheets, store, history. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livereview.evidence.store import Store
from livereview.history import History, as_json
from livereview.ingest import Progress, fetched, merged, silent, vanished
from livereview.outlook import outlook
from livereview.people import DoubleWork
from livereview.places import opened, places_of, require_batches, require_own_id
from livereview.printing import counted
from livereview.reach import out_of_reach
from livereview.report import Failure
from livereview.scrutiny import require_possible, told
from livereview.team import double_work


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


def check(path: Path, progress: Progress = silent) -> Checked:
    """Check a review whole. Raises ExpectedError with every mistake in manifest, sheets, store or history."""
    file, plugins = opened(path)
    require_own_id(file)
    places = places_of(file)
    history = History(places.history)
    updates = history.records()
    current = Store(places.store).evidence()
    require_batches(history.latest(), current, places)
    incoming = fetched(file, plugins, current, progress)
    view = outlook(file.manifest, merged(current, incoming))
    mistakes, hints = out_of_reach(file.manifest, view.tables, view.scope)
    if mistakes:
        raise file.error(mistakes)
    require_possible(file.manifest, plugins, view, current, incoming)
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
            *incoming.notes,
            *vanished(file, incoming, view.rows),
            *hints,
            *told(file.manifest, plugins, view),
        ),
        failures=incoming.failures,
    )


def double_work_of(path: Path, progress: Progress = silent) -> DoubleWork | None:
    """What several people recorded, as sheets and store have it now; None where nobody signed anything.

    Raises ExpectedError like ``check``, but for what is wrong with adjudications: that is part of what it shows.
    """
    file, plugins = opened(path)
    places = places_of(file)
    current = Store(places.store).evidence()
    view = outlook(file.manifest, merged(current, fetched(file, plugins, current, progress)))
    return double_work(view, file.manifest, plugins)
