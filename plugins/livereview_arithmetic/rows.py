"""Rows of the table of results as the checks read them: what they belong to, and how a place in them is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from livereview import AuditFinding, AuditPlace, AuditRequest, EvidenceRow

Row = EvidenceRow
Key = tuple[Any, ...]

RATIOS = ("HR", "OR", "RR", "IRR", "ROM")
PROBABILITIES = ("proportion", "survival", "cumulative-incidence")
#: Populations whose rows count something else than people: cycles, events.
_NO_PEOPLE = ("event", "cycle")


def results(request: AuditRequest) -> list[Row]:
    """The rows of the table that are numbers of one reading: those that settle others stand beside what they settle."""
    return [row for row in request.rows("results") if not row.get("withdrawn")]


def place(row: Row, *columns: str) -> AuditPlace:
    """A place in a row of results."""
    return AuditPlace(
        table="results", row_id=str(row.get("row_id") or ""), columns=columns, study_id=str(row.get("study_id") or "")
    )


def finding(
    code: str, message: str, remedy: str, at: tuple[Row, Sequence[str]], also: Iterable[tuple[Row, Sequence[str]]] = (),
    **more: Any,
) -> AuditFinding:  # fmt: skip
    """A finding at columns of a row that rests on columns of other rows."""
    others = tuple(place(row, *columns) for row, columns in also)
    return AuditFinding(code=code, message=message, remedy=remedy, place=place(at[0], *at[1]), also=others, **more)


def grouped(rows: Iterable[Row], *columns: str) -> dict[Key, list[Row]]:
    """The rows by the values of columns, in their order."""
    groups: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row.get(name) for name in columns)].append(row)
    return groups


def counts(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows that count people with an event, of how many."""
    for row in rows:
        if row.get("measure") == "count" and row.get("events") is not None and row.get("n") and counts_people(row):
            yield row


def counts_people(row: Row) -> bool:
    """Whether a row is about people: not about cycles or events of a subgroup that is named for them."""
    population, outcome = str(row.get("population") or ""), str(row.get("outcome") or "")
    word = population.removeprefix("subgroup:")
    return not (population.startswith("subgroup:") and word.rstrip("s") in _NO_PEOPLE) and not outcome.endswith(
        "-events"
    )


def says(row: Row, *words: str) -> bool:
    """Whether the note of a row has one of these words in it."""
    note = str(row.get("note") or "").casefold()
    return any(word in note for word in words)
