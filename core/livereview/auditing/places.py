"""Places of findings: whether they are there, what they are in words, which estimates rest on them, what they are
called in records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from livereview.audited import AuditFinding, AuditPlace
from livereview.audits import AuditRequest
from livereview.changes import in_words
from livereview.descriptions import what_in_words
from livereview.evidence.schema import TABLES
from livereview.report import OutcomeResult

#: Tables whose cells an audit looks at; the others are the ledger of searches and proposals.
LOOKED_AT = ("studies", "reports", "results", "appraisals", "characteristics", "published")
#: Kinds of columns that hold a number or a code.
_NUMBER_OR_CODE = ("integer", "number", "level", "p-value", "choice", "id")


class Places:
    """The places of one review: its rows by identity, its studies, its outcomes."""

    def __init__(self, request: AuditRequest) -> None:
        self._request = request
        self._by_id: dict[str, dict[str, Mapping[str, Any]]] = {}
        self._outcomes = {outcome.result.id: outcome.result for outcome in request.outcomes}

    def _row(self, table: str, row_id: str) -> Mapping[str, Any] | None:
        """A row of a table, each of which is looked through once."""
        if table not in self._by_id:
            self._by_id[table] = {str(row["row_id"]): row for row in self._request.rows(table)}
        return self._by_id[table].get(row_id)

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        return {str(row["study_id"]): str(row["label"]) for row in self._request.rows("studies")}

    @cached_property
    def _resting(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Outcomes by what their estimates rest on: ("row", id), ("report", id), ("study", id)."""
        found: dict[tuple[str, str], dict[str, None]] = {}
        for outcome in self._outcomes.values():
            for thing in _used(outcome):
                found.setdefault(thing, {})[outcome.id] = None
        return {thing: tuple(ids) for thing, ids in found.items()}

    def wrong(self, place: AuditPlace) -> str:
        """Why a place cannot be; empty = it can."""
        if not (place.row_id or place.study_id or place.outcome_id or place.key):
            return "a place that names neither row, study, outcome nor key"
        if place.outcome_id and place.outcome_id not in self._outcomes:
            return f"the outcome {place.outcome_id!r}, which the review does not have"
        if place.row_id and place.table not in TABLES:
            return f"a row of {place.table!r}, which is no table"
        if place.row_id and self._row(place.table, place.row_id) is None:
            return f"the row {place.row_id[:12]!r} of {place.table}, which the review does not see"
        columns = [name for name in place.columns if place.row_id and name not in TABLES[place.table].names]
        return f"the column {columns[0]!r}, which {place.table} does not have" if columns else ""

    def filled(self, place: AuditPlace) -> AuditPlace:
        """The place with its study, its origin and its words."""
        row = self._row(place.table, place.row_id) or {}
        study_id = place.study_id or str(row.get("study_id") or "")
        filled = replace(place, study_id=study_id, origin=place.origin or str(row.get("origin") or ""))
        return replace(filled, words=place.words or self._words(filled, row))

    def _words(self, place: AuditPlace, row: Mapping[str, Any]) -> str:
        """Study, row without its number, outcome, key: what is there, in this order."""
        outcome = self._outcomes.get(place.outcome_id)
        what = _in_words(place.table, row) if row else ""
        parts = [self._labels.get(place.study_id, place.study_id), what, outcome.title if outcome else "", place.key]
        return "; ".join(part for part in dict.fromkeys(parts) if part)

    def resting(self, finding: AuditFinding) -> tuple[str, ...]:
        """Ids of the outcomes whose pooled estimate rests on a place of the finding, in the order of the manifest."""
        found = {name for place in (finding.place, *finding.also) for name in self._outcomes_at(place)}
        return tuple(name for name in self._outcomes if name in found)

    def _outcomes_at(self, place: AuditPlace) -> Iterable[str]:
        if place.outcome_id or place.key:
            return (place.outcome_id,)
        if place.table == "results" and place.row_id:
            return self._resting.get(("row", place.row_id), ())
        if place.table == "reports" and place.row_id:
            row = self._row(place.table, place.row_id) or {}
            return self._resting.get(("report", str(row.get("report_id"))), ())
        return self._resting.get(("study", place.study_id), ())

    def name(self, place: AuditPlace) -> str:
        """What a place is called in records: the key of its row, which a correction of the row does not change."""
        row = self._row(place.table, place.row_id)
        key = [str(row.get(name) or "") for name in TABLES[place.table].key] if row is not None else [place.study_id]
        parts = (place.table, *key, *place.columns, place.outcome_id, place.key)
        return "/".join(part.replace("/", "\\/") for part in parts)

    def cells(self) -> int:
        """How many cells hold a number or a code and are not part of a key."""
        total = 0
        for name in LOOKED_AT:
            table = TABLES[name]
            columns = [item.name for item in table.columns if item.kind in _NUMBER_OR_CODE]
            counted = [column for column in columns if column not in table.key]
            total += sum(row.get(column) is not None for row in self._request.rows(name) for column in counted)
        return total


def _in_words(table: str, row: Mapping[str, Any]) -> str:
    """A row without its number; nothing of a study, whose name stands before it."""
    if table == "results":
        return what_in_words(row)
    if table == "studies":
        return ""
    return f"report {row['report_id']}" if table == "reports" else in_words(table, row)


def _used(outcome: OutcomeResult) -> Iterator[tuple[str, str]]:
    """What the estimate of an outcome rests on."""
    if not outcome.pooled.k:
        return
    for study in outcome.studies:
        yield "study", study.study_id
        for row in study.rows:
            yield "row", row.row_id
            yield "report", row.report_id
