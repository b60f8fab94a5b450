"""Two updates or past states of one review against each other: evidence rows and outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from livereview.assembly import other_changes
from livereview.changes import report_changes, row_changes, withdrawn
from livereview.errors import ExpectedError
from livereview.evidence.store import Store
from livereview.history import History, Record, outcome_changes
from livereview.judgements import ReportChange, Verdict
from livereview.manifest.reading import ManifestFile
from livereview.outlook import outlook
from livereview.past.moments import Asked
from livereview.past.rebuilding import recomputed
from livereview.past.states import Past, Which, past_of, warnings_of
from livereview.places import opened, places_of
from livereview.plugins import Plugins
from livereview.report import OutcomeChange, RowChange
from livereview.verdicts.rulings import compared_verdicts


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What differs between two states. Evidence is seen with the eligibility that the manifest has now."""

    before: str
    after: str
    outcomes: tuple[OutcomeChange, ...]
    rows: tuple[RowChange, ...]
    other: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    """Why the evidence of the two cannot be compared, if so; triggers that failed."""
    verdicts: tuple[Verdict, ...] = ()
    reports: tuple[ReportChange, ...] = ()
    notes: tuple[str, ...] = ()
    """What a person must know of how a past state was rebuilt."""


@dataclass(frozen=True, kw_only=True)
class _State:
    """One side of a comparison."""

    title: str
    record: Record
    published_by: date | None = None
    notes: tuple[str, ...] = ()


def compared(path: Path, before: str | None, after: str) -> Comparison:
    """The comparison of two updates, by number or name; without ``before``, of ``after`` with the one before it."""
    file, plugins = opened(path)
    history = History(places_of(file).history)
    second = history.find(after)
    first = history.find(before) if before is not None else _one_before(history, second)
    return _comparison(
        file, plugins, _State(title=first.title, record=first), _State(title=second.title, record=second)
    )


def states_compared(path: Path, moments: Sequence[Asked], which: Which) -> Comparison:
    """The comparison of two past states, or of one with the last update. Each is analysed now; nothing is written."""
    file, plugins = opened(path)
    states = [_analysed(past_of(path, moment, which)) for moment in moments]
    if len(states) == 1:
        latest = History(places_of(file).history).find("latest")
        states.append(_State(title=latest.title, record=latest))
    return _comparison(file, plugins, *states)


def _analysed(past: Past) -> _State:
    left_out = tuple(f"{past.title}: {warning}" for warning in warnings_of(past))
    return _State(
        title=past.title,
        record=recomputed(past),
        published_by=past.asked.published_until,
        notes=(*past.notes, *left_out),
    )


def _comparison(file: ManifestFile, plugins: Plugins, first: _State, second: _State) -> Comparison:
    before, after = first.record, second.record
    rows: tuple[RowChange, ...] = ()
    reports: tuple[ReportChange, ...] = ()
    doubts: tuple[str, ...] = ()
    try:
        store = Store(places_of(file).store)
        seen = [
            store.evidence(batches=state.record.content["batches"], published_by=state.published_by)
            for state in (first, second)
        ]
        old, new = (outlook(file.manifest, evidence).rows for evidence in seen)
        rows, reports = row_changes(old, new, withdrawn(seen[1])), report_changes(old, new)
    except ExpectedError as error:
        doubts = tuple(f"The rows of evidence cannot be compared: {message}" for message in error.messages)
    verdicts, failures = compared_verdicts(file.manifest, plugins, before, after, first.title)
    doubts += tuple(f"{failure.section}: {failure.plugin} failed: {failure.message}" for failure in failures)
    same = bool(before.name) and before.name == after.name
    return Comparison(
        before=first.title,
        after=second.title,
        outcomes=outcome_changes(before.outcomes, after.outcomes),
        rows=rows,
        other=() if same else _other(before, after),
        doubts=doubts,
        notes=tuple(dict.fromkeys((*first.notes, *second.notes))),
        verdicts=verdicts,
        reports=reports,
    )


def _other(before: Record, after: Record) -> tuple[str, ...]:
    """Changes of manifest and versions; of states that are no update only those, since nobody wrote their files."""
    if all(record.name for record in (before, after)) or before.fingerprint != after.fingerprint:
        return other_changes(before.content, after.content)
    return ()


def _one_before(history: History, record: Record) -> Record:
    name = record.content["previous"]
    if name is None:
        raise ExpectedError(f"{record.title} is the first: there is nothing to compare it with.")
    return history.find(name)
