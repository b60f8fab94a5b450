"""One update, readable as the list of its steps: fetch, store, select, analyse, compare, render, record.

An update whose manifest, evidence and versions are those of the last one writes nothing. What it writes, it writes
whole; the record comes last, so that an update that was killed is simply done again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from livereview.analysis import analysed
from livereview.assembly import Parts, fingerprint_of, record_of, report_of, results_of
from livereview.changes import Tables, evidence_hash, row_changes, seen, tables_of
from livereview.errors import ExpectedError
from livereview.evidence.store import Added, Store
from livereview.evidence.view import Evidence
from livereview.history import History, Record
from livereview.ingest import Progress, fetched, ingested, silent, vanished
from livereview.manifest.reading import ManifestFile, read, read_toml
from livereview.plugins import Plugins, installed
from livereview.publishing import missing_files, rendered, written
from livereview.reach import out_of_reach
from livereview.report import Failure, OutcomeResult, Report, RowChange
from livereview.selection import Scope, scope_of

T = TypeVar("T")


class InProcess(Executor):
    """Runs each task at once in this process; a process pool can take its place for thousands of reviews."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """A future that is already done."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where a review keeps what."""

    store: Path
    history: Path
    report: Path


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
    failures: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A review before analysis: its manifest, what the store has for it, and what it is made from."""

    file: ManifestFile
    plugins: Plugins
    places: Places
    evidence: Evidence
    scope: Scope
    rows: Tables
    """Rows that the review can see."""
    fingerprint: Mapping[str, Any]
    added: Added
    failures: tuple[Failure, ...]
    warnings: tuple[str, ...]


def places_of(file: ManifestFile) -> Places:
    """The store named in the manifest; history and report beside the manifest, by review id."""
    review = file.manifest.review.id
    return Places(
        store=file.folder / file.manifest.evidence.store,
        history=file.folder / "history" / review,
        report=file.folder / "reports" / review,
    )


def opened(path: Path) -> tuple[ManifestFile, Plugins]:
    """A manifest, validated against the plugins that it lets load. ManifestError with every mistake otherwise."""
    data, _ = read_toml(path)
    settings = data.get("plugins")
    disable = settings.get("disable", ()) if isinstance(settings, Mapping) else ()
    names = (disable,) if isinstance(disable, str) else disable
    plugins = installed(tuple(name for name in names if isinstance(name, str)))
    return read(path, plugins), plugins


def update(
    path: Path,
    *,
    again: bool = False,
    progress: Progress = silent,
    executor: Executor | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Updated:
    """Bring what is new, pool it, say what changed, write the report. ``again`` re-analyses unchanged evidence.

    Raises ExpectedError (manifest, evidence, store or history) before anything is written, except that what the sources
    brought may already be in the store.
    """
    standing = _standing(path, progress)
    latest = History(standing.places.history).latest()
    same = latest is not None and latest.fingerprint == standing.fingerprint
    if latest is not None and same and not again and _stands(standing, latest):
        return _updated(standing, latest, new=False)
    outcomes = _outcomes(standing, executor or InProcess(), progress)
    if latest is not None and same and latest.content["outcomes"] == results_of(outcomes):
        return _published(standing, outcomes, latest, latest, now, progress)
    return _published(standing, outcomes, latest, None, now, progress)


def _standing(path: Path, progress: Progress) -> Standing:
    """Fetch and store what is new, then see what the review stands on."""
    file, plugins = opened(path)
    places = places_of(file)
    store = Store(places.store)
    incoming = fetched(file, plugins, store.evidence(), progress)
    added = ingested(store, incoming)
    evidence = store.evidence()
    tables = tables_of(evidence)
    scope = scope_of(tables, file.manifest.eligibility)
    mistakes, hints = out_of_reach(file.manifest, tables, scope)
    if mistakes:
        raise file.error(mistakes)
    rows = seen(tables, scope, file.manifest.review.ongoing)
    return Standing(
        file=file,
        plugins=plugins,
        places=places,
        evidence=evidence,
        scope=scope,
        rows=rows,
        fingerprint=fingerprint_of(file, evidence_hash(rows), plugins),
        added=added,
        failures=incoming.failures,
        warnings=(*added.notes, *incoming.notes, *vanished(file, incoming, evidence), *hints),
    )


def _stands(standing: Standing, latest: Record) -> bool:
    """Whether the last update left nothing to do: no section failed and all its files are there."""
    return not latest.content["failures"] and not missing_files(standing.places.report, latest)


def _outcomes(standing: Standing, executor: Executor, progress: Progress) -> tuple[OutcomeResult, ...]:
    """Every outcome analysed, mapped over the executor."""
    manifest = standing.file.manifest
    wanted = [manifest.outcome(outcome.id) for outcome in manifest.outcomes]
    results: list[OutcomeResult] = []
    futures = (executor.submit(analysed, standing.scope, outcome, standing.plugins) for outcome in wanted)
    for future in futures if isinstance(executor, InProcess) else list(futures):
        progress("analysing", len(results), len(wanted))
        results.append(future.result())
    progress("analysing", len(wanted), len(wanted))
    return tuple(results)


def _published(
    standing: Standing,
    outcomes: tuple[OutcomeResult, ...],
    latest: Record | None,
    kept: Record | None,
    now: Callable[[], datetime],
    progress: Progress,
) -> Updated:
    """Compare, render, write, record. ``kept`` is the record that already holds these results, if one does."""
    history = History(standing.places.history)
    previous = _before(history, kept) if kept else latest
    parts = Parts(
        file=standing.file,
        plugins=standing.plugins,
        evidence=standing.evidence,
        rows=standing.rows,
        scope=standing.scope,
        fingerprint=standing.fingerprint,
        number=kept.number if kept else 1 if latest is None else latest.number + 1,
        previous=previous,
    )
    changes, doubts = _evidence_changes(standing, previous)
    report = report_of(parts, outcomes, changes, standing.failures)
    report, files = rendered(report, standing.file.manifest, standing.plugins, progress)
    written(standing.places.report, files, latest)
    names = [file.path for file in files]
    record = kept or history.add(record_of(report, parts, now().isoformat(timespec="seconds"), names))
    return _updated(standing, record, new=kept is None, report=report, doubts=doubts)


def _before(history: History, record: Record) -> Record | None:
    """The record that a record was compared with."""
    name = record.content["previous"]
    return None if name is None else history.find(name)


def _evidence_changes(standing: Standing, previous: Record | None) -> tuple[tuple[RowChange, ...], tuple[str, ...]]:
    """Rows that changed since the previous update, seen with today's eligibility; a doubt where that cannot be told."""
    if previous is None:
        return (), ()
    try:
        evidence = Store(standing.places.store).evidence(batches=previous.content["batches"])
    except ExpectedError as error:
        return (), (f"the evidence of {previous.title} cannot be rebuilt: {error.messages[0]}",)
    manifest = standing.file.manifest
    tables = tables_of(evidence)
    before = seen(tables, scope_of(tables, manifest.eligibility), manifest.review.ongoing)
    return row_changes(before, standing.rows), ()


def _updated(
    standing: Standing, record: Record, *, new: bool, report: Report | None = None, doubts: tuple[str, ...] = ()
) -> Updated:
    of_outcomes = [failure for outcome in report.outcomes for failure in outcome.failures] if report else []
    return Updated(
        file=standing.file,
        record=record,
        new=new,
        report=report,
        added=standing.added,
        places=standing.places,
        failures=(*(report.failures if report else standing.failures), *of_outcomes),
        warnings=(*standing.warnings, *doubts),
    )
