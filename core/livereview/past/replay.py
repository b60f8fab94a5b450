"""A replay: what a review, as its manifest is today, would have said at each day on which evidence was published.

Only the main fit of each outcome is made. A day on which no outcome rests on other numbers than before is no step. The
last step holds all evidence, with the reports that have no date, and is what an update says today.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from livereview.errors import ExpectedError
from livereview.evidence.store import Store
from livereview.fetching import Progress, silent
from livereview.manifest.reading import ManifestFile
from livereview.manifest.words import among, nearest
from livereview.outlook import Outlook, outlook
from livereview.past.timelines import timelines
from livereview.places import Places, opened, places_of
from livereview.plugins import Plugins
from livereview.report import Failure
from livereview.timeline import Timeline


@dataclass(frozen=True, kw_only=True)
class Replay:
    """The timelines of a review, in the order of its manifest, and what failed."""

    file: ManifestFile
    plugins: Plugins
    places: Places
    view: Outlook
    """Today's evidence, as the review sees it."""
    timelines: tuple[Timeline, ...]
    failures: tuple[Failure, ...]


def replayed(path: Path, outcome: str | None = None, progress: Progress = silent) -> Replay:
    """Every outcome of a review, or one, walked through the days of publication. Nothing is fetched or written.

    ExpectedError for an unknown outcome and where the store holds nothing.
    """
    file, plugins = opened(path)
    ids = [item.id for item in file.manifest.outcomes]
    if outcome is not None and outcome not in ids:
        raise ExpectedError(f'no outcome is called "{outcome}".{nearest(outcome, ids)} There are: {among(ids)}.')
    places = places_of(file)
    store = Store(places.store)
    evidence = store.evidence()
    if not evidence.batches:
        raise ExpectedError(f"{store.location}: the store holds no evidence yet; run livereview update first")
    view = outlook(file.manifest, evidence)
    found, failures = timelines(file.manifest, plugins, view, () if outcome is None else (outcome,), progress)
    return Replay(file=file, plugins=plugins, places=places, view=view, timelines=found, failures=failures)
