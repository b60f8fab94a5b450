"""The ledger's rows: one search, the records that it found, and what people decided about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from livereview import Problem, RawTable, Reference, plain_text, records_table
from livereview_references.entry import Decision
from livereview_references.identity import Read, slug
from livereview_references.options import SearchOptions

_SEARCH = ("search_id", "review", "source", "kind", "query", "searched_on", "hits", "locator")
_DECISION = ("record_id", "review", "stage", "person", "decision", "reason", "note")


def search_id(search: SearchOptions) -> str:
    """The id that the manifest gives the search, or its source and day."""
    return search.id or f"{slug(search.source)}-{search.searched_on.isoformat()}"


def search_table(search: SearchOptions, review: str, hits: int) -> RawTable:
    """The row of the search itself."""
    row = (
        search_id(search), review or None, plain_text(search.source), search.kind,
        plain_text(search.query or "") or None, search.searched_on.isoformat(), hits,
        plain_text(search.locator or "") or None,
    )  # fmt: skip
    return RawTable(
        table="searches",
        place=f"search {search_id(search)}",
        columns=_SEARCH,
        rows=(row,),
        row_numbers=(1,),
        kind="ledger",
    )


def records_tables(read: list[Read], search: str, today: date) -> Iterator[RawTable]:
    """The rows of the records, a table for each file, numbered by the lines where they begin. ``read`` is empty
    afterwards: of a large search there is not room for records and rows."""
    by_place: dict[str, list[Read]] = {}
    for each in read:
        by_place.setdefault(each.place, []).append(each)
    read.clear()
    for place, here in by_place.items():
        lines = [each.line for each in here]
        here.reverse()
        yield records_table(_references(here), search, place, numbers=lines, today=today)


def _references(read: list[Read]) -> Iterator[Reference]:
    while read:
        each = read.pop()
        reference = each.reference
        accession = "" if reference.accession == reference.pmid else reference.accession
        yield replace(reference, record_id=each.record_id, accession=accession)


def decisions_tables(read: Sequence[Read], review: str, left_out: list[Problem]) -> Iterator[RawTable]:
    """The rows of the decisions, a table for each file. One person's decisions that contradict each other (a record
    that stands in a file twice) are named in ``left_out``; none of them is taken."""
    rows: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for each in read:
        for decision in _agreed(each, left_out):
            row = (
                each.record_id, review, decision.stage, plain_text(decision.person), decision.decision,
                plain_text(decision.reason), plain_text(decision.note, prose=True),
            )  # fmt: skip
            rows.setdefault(each.place, []).append((each.line, row))
    for place, found in rows.items():
        yield RawTable(
            table="decisions",
            place=f"{place}, decisions",
            columns=_DECISION,
            rows=tuple(row for _, row in found),
            row_numbers=tuple(line for line, _ in found),
            kind="ledger",
        )


def _agreed(each: Read, left_out: list[Problem]) -> Iterator[Decision]:
    by_person: dict[tuple[str, str], list[Decision]] = {}
    for decision in each.decisions:
        by_person.setdefault((decision.person, decision.stage), []).append(decision)
    for (person, stage), found in by_person.items():
        if len({decision.decision for decision in found}) > 1:
            said = ", ".join(sorted({decision.decision for decision in found}))
            message = f"{person} decided differently about one record that stands here several times ({stage}: {said})"
            remedy = "Settle it where it was decided and export again; none of these decisions is taken."
            left_out.append(Problem(place=each.place, row=each.line, message=message, remedy=remedy))
        else:
            yield max(found, key=lambda decision: (len(decision.reason), decision.reason, decision.note))
