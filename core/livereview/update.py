"""One update, readable as the list of its steps: fetch, check, store, analyse, compare, render, write, record.

An update whose manifest, evidence and versions are those of the last one writes nothing. What it writes, it writes
whole; the record comes last, so that an update that was killed is simply done again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from livereview.assembly import Parts, fingerprint_of, record_of, report_of
from livereview.changes import evidence_hash, row_changes
from livereview.errors import ExpectedError
from livereview.evidence.store import Added, Store
from livereview.execution import InProcess, outcome_results
from livereview.history import History, Record
from livereview.ingest import Progress, fetched, ingested, merged, silent, vanished
from livereview.manifest.reading import ManifestFile
from livereview.outlook import Outlook, outlook
from livereview.places import Places, opened, places_of, require_batches, require_own_id
from livereview.plugins import Plugins
from livereview.publishing import hashes, in_place, rendered, written
from livereview.reach import out_of_reach
from livereview.report import Failure, OutcomeResult, RenderedFile, Report, RowChange
from livereview.writing import clear_abandoned, held

Clock = Callable[[], datetime]

#: How often an update starts anew because another one of the same review finished before it.
_STARTS = 5


@dataclass(frozen=True, kw_only=True)
class Updated:
    """What an update did."""

    file: ManifestFile
    record: Record
    """The newest record: of this update, or of an earlier one where nothing was new."""
    new: bool
    """Whether a record was written."""
    report: Report | None
    """None where nothing was re-analysed."""
    added: Added
    places: Places
    files_written: int = 0
    """Files of the report whose content was not there already."""
    failures: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A review before analysis: its manifest, what it sees of the store, its last update, what it is made from."""

    file: ManifestFile
    plugins: Plugins
    places: Places
    store: Store
    view: Outlook
    latest: Record | None
    fingerprint: Mapping[str, Any]
    added: Added
    failures: tuple[Failure, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Made:
    """A report made, not yet written: its files, and the record that goes with them but for the time."""

    report: Report
    files: tuple[RenderedFile, ...]
    content: Mapping[str, Any]


def update(
    path: Path,
    *,
    again: bool = False,
    progress: Progress = silent,
    executor: Executor | None = None,
    now: Clock = lambda: datetime.now(UTC),
) -> Updated:
    """Bring what is new, pool it, say what changed, write the report. ``again`` re-analyses unchanged evidence.

    Raises ExpectedError (manifest, evidence, store or history) before anything is written.
    """
    for _ in range(_STARTS):
        standing = _standing(path, progress, now)
        done = _unchanged(standing, again) or _made_and_written(standing, executor or InProcess(), progress, now)
        if done is not None:
            return done
    raise ExpectedError(f"{path}: other updates of this review keep finishing first. Run it again when they are done.")


def _standing(path: Path, progress: Progress, now: Clock) -> Standing:
    """Fetch, check and store what is new, then see what the review stands on."""
    file, plugins = opened(path)
    places = places_of(file)
    latest = History(places.history).latest()
    if latest is None or latest.fingerprint["manifest"] != file.sha256:
        require_own_id(file)
    store = Store(places.store)
    current = store.evidence()
    require_batches(latest, current, places)
    incoming = fetched(file, plugins, current, progress)
    expected = merged(current, incoming)
    view = outlook(file.manifest, expected)
    mistakes, hints = out_of_reach(file.manifest, view.tables, view.scope)
    if mistakes:
        raise file.error(mistakes)
    added = Added(batch=None, recorded_at=None, changes=(), unchanged=len(incoming.checked.rows))
    if expected is not current:
        added = ingested(store, incoming, now())
        view = outlook(file.manifest, store.evidence())
    return Standing(
        file=file,
        plugins=plugins,
        places=places,
        store=store,
        view=view,
        latest=latest,
        fingerprint=fingerprint_of(file, evidence_hash(view.rows), plugins),
        added=added,
        failures=incoming.failures,
        warnings=(*plugins.warnings, *added.notes, *incoming.notes, *vanished(file, incoming, view.rows), *hints),
    )


def _unchanged(standing: Standing, again: bool) -> Updated | None:
    """Nothing to do: made from the same as the last update, of which no section failed and every file is in place."""
    latest = standing.latest
    if again or latest is None or latest.fingerprint != standing.fingerprint or latest.content["failures"]:
        return None
    if not in_place(standing.places.report, latest.content["files"]):
        return None
    return _updated(standing, latest, new=False, failures=standing.failures)


def _made_and_written(standing: Standing, executor: Executor, progress: Progress, now: Clock) -> Updated | None:
    """The review analysed and published; None if another update of it has finished in the meantime."""
    latest, view = standing.latest, standing.view
    if latest is not None and latest.fingerprint == standing.fingerprint:
        # The same as last time is made from the batches of last time, so that it comes out the same to the byte.
        before = outlook(standing.file.manifest, standing.store.evidence(batches=latest.content["batches"]))
        made = _made(standing, before, latest.number, _before(standing, latest), executor, progress)
        if {**made.content, "recorded_at": latest.content["recorded_at"]} == latest.content:
            return _written(standing, made, latest, now)
    number = 1 if latest is None else latest.number + 1
    return _written(standing, _made(standing, view, number, latest, executor, progress), None, now)


def _before(standing: Standing, record: Record) -> Record | None:
    """The record that a record was compared with."""
    name = record.content["previous"]
    return None if name is None else History(standing.places.history).find(name)


def _made(
    standing: Standing, view: Outlook, number: int, previous: Record | None, executor: Executor, progress: Progress
) -> Made:
    """Analyse, compare with the previous update, render."""
    parts = Parts(
        file=standing.file,
        plugins=standing.plugins,
        evidence=view.evidence,
        rows=view.rows,
        scope=view.scope,
        fingerprint=standing.fingerprint,
        number=number,
        previous=previous,
    )
    outcomes = outcome_results(view.scope, standing.file.manifest, standing.plugins, executor, progress)
    changes: tuple[RowChange, ...] = ()
    if previous is not None:
        before = standing.store.evidence(batches=previous.content["batches"])
        changes = row_changes(outlook(standing.file.manifest, before).rows, view.rows)
    report = report_of(parts, outcomes, changes, standing.failures)
    report, files = rendered(report, standing.file.manifest, standing.plugins, progress)
    return Made(report=report, files=files, content=record_of(report, parts, "", hashes(files)))


def _written(standing: Standing, made: Made, kept: Record | None, now: Clock) -> Updated | None:
    """Write the files, then the record unless ``kept`` is it already; None if another update came in between."""
    history = History(standing.places.history)
    with held(history.folder):
        newest = history.latest()
        if (newest and newest.name) != (standing.latest and standing.latest.name):
            return None
        clear_abandoned(history.folder)
        earlier = {name for record in history.records() for name in record.content["files"]}
        count = written(standing.places.report, made.files, sorted(earlier))
        at = now().isoformat(timespec="seconds")
        record = kept or history.add({**made.content, "recorded_at": at})
    own = (_placed(outcome, failure) for outcome in made.report.outcomes for failure in outcome.failures)
    failures = (*made.report.failures, *own)
    return _updated(standing, record, new=kept is None, failures=failures, report=made.report, count=count)


def _placed(outcome: OutcomeResult, failure: Failure) -> Failure:
    """A failure within an outcome, which its section then names."""
    return replace(failure, section=f"outcome {outcome.id}, {failure.section}")


def _updated(
    standing: Standing,
    record: Record,
    *,
    new: bool,
    failures: tuple[Failure, ...],
    report: Report | None = None,
    count: int = 0,
) -> Updated:
    return Updated(
        file=standing.file,
        record=record,
        new=new,
        report=report,
        added=standing.added,
        places=standing.places,
        files_written=count,
        failures=failures,
        warnings=standing.warnings,
    )
