"""Two recorded updates of one review against each other: evidence rows and outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from livereview.assembly import other_changes
from livereview.changes import report_changes, row_changes, withdrawn
from livereview.errors import ExpectedError
from livereview.evidence.store import Store
from livereview.history import History, Record, outcome_changes
from livereview.judgements import ReportChange, Verdict
from livereview.outlook import outlook
from livereview.places import opened, places_of
from livereview.report import OutcomeChange, RowChange
from livereview.rulings import compared_verdicts


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What differs between two updates. Evidence is seen with the eligibility that the manifest has now."""

    before: str
    after: str
    outcomes: tuple[OutcomeChange, ...]
    rows: tuple[RowChange, ...]
    other: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    """Why the evidence of the two cannot be compared, if so; triggers that failed."""
    verdicts: tuple[Verdict, ...] = ()
    reports: tuple[ReportChange, ...] = ()


def compared(path: Path, before: str | None, after: str) -> Comparison:
    """The comparison of two updates, by number or name; without ``before``, of ``after`` with the one before it."""
    file, plugins = opened(path)
    places = places_of(file)
    history = History(places.history)
    second = history.find(after)
    first = history.find(before) if before is not None else _one_before(history, second)
    rows: tuple[RowChange, ...] = ()
    reports: tuple[ReportChange, ...] = ()
    doubts: tuple[str, ...] = ()
    try:
        store = Store(places.store)
        states = [store.evidence(batches=record.content["batches"]) for record in (first, second)]
        old, new = (outlook(file.manifest, state).rows for state in states)
        rows, reports = row_changes(old, new, withdrawn(states[1])), report_changes(old, new)
    except ExpectedError as error:
        doubts = tuple(f"The rows of evidence cannot be compared: {message}" for message in error.messages)
    verdicts, failures = compared_verdicts(file.manifest, plugins, first, second)
    doubts += tuple(f"{failure.section}: {failure.plugin} failed: {failure.message}" for failure in failures)
    return Comparison(
        before=first.title,
        after=second.title,
        outcomes=outcome_changes(first.outcomes, second.outcomes),
        rows=rows,
        other=other_changes(first.content, second.content) if first.name != second.name else (),
        doubts=doubts,
        verdicts=verdicts,
        reports=reports,
    )


def _one_before(history: History, record: Record) -> Record:
    name = record.content["previous"]
    if name is None:
        raise ExpectedError(f"{record.title} is the first: there is nothing to compare it with.")
    return history.find(name)
