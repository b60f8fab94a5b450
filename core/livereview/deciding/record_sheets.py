"""Records that await, as a sheet; and the decisions on them, read back from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livereview.deciding.desk import Desk, signed_origin, standing_in_a_sheet
from livereview.deciding.screening import COLUMNS
from livereview.deciding.sheets import Sheet
from livereview.deciding.waiting import Waiting
from livereview.errors import EvidenceError, ExpectedError
from livereview.evidence.rows import Row
from livereview.evidence.tables import DECISIONS
from livereview.pairing import Row as Current
from livereview.sources import Problem, RawTable
from livereview.spreadsheet import Value
from livereview.types import Cell

SHEET = (
    "record_id", "title", "authors", "year", "journal", "doi", "pmid", "registry_id", "abstract", "decision", "reason",
    "note", "stage", "review",
)  # fmt: skip
NEEDED = ("record_id", "decision")


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What a sheet brings: rows to be recorded, and how many say nothing new or nothing yet."""

    rows: tuple[Row, ...]
    repeated: int
    empty: int


def sheet_rows(queue: Sequence[Waiting], review: str) -> list[dict[str, Value]]:
    """A row for each record that awaits; decision, reason and note are left to be filled in."""
    return [
        {**{name: one.record.get(name) for name in SHEET[:9]}, "stage": one.stage, "review": review} for one in queue
    ]


def decisions_in(desk: Desk, sheet: Sheet, person: str, stage: str | None, replace: bool) -> Taken:
    """The decisions of a sheet. EvidenceError with every mistake in it, and then nothing is to be recorded."""
    if stage is None and "stage" not in sheet.columns:
        raise ExpectedError(f"{sheet.place}: it does not say of which stage its decisions are. Add --stage.")
    before = {
        (row["record_id"], row["stage"]): row for row in desk.tables["decisions"]
        if row["review"] == desk.review and row["person"] == person
    }  # fmt: skip
    # What is decided on a repeat is meant for the record that it repeats.
    repeats = {row["record_id"]: row["duplicate_of"] for row in desk.tables["records"] if row["duplicate_of"]}
    problems: list[Problem] = []
    lines: list[tuple[int, dict[str, Cell]]] = []
    repeated = empty = 0
    for number, cells in sheet.rows:
        if _text(cells.get("decision")) == "":
            empty += 1
            continue
        row = _row(desk, cells, person, stage)
        row["record_id"] = repeats.get(_text(row["record_id"]), row["record_id"])
        problems += _of_another(desk, sheet, number, cells, stage)
        earlier = before.get((_text(row["record_id"]), _text(row["stage"])))
        if earlier is not None and _same(earlier, row):
            repeated += 1
            continue
        if earlier is not None and standing_in_a_sheet(desk, earlier["origin"]):
            problems.append(typed_in_a_sheet(sheet.place, number, earlier))
        elif earlier is not None and not replace:
            problems.append(_contradiction(sheet, number, row, earlier))
        lines.append((number, row))
    found = desk.checked((decision_table(sheet.place, lines),))
    problems += found.problems
    if problems:
        raise EvidenceError(sorted(problems, key=lambda problem: problem.row or 0))
    return Taken(rows=signed(desk, person, found.rows), repeated=repeated, empty=empty)


def signed(desk: Desk, person: str, rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows with an origin that says who brought them, and from which file and row."""
    return tuple(Row(row.table, row.values, signed_origin(desk, person, row.origin)) for row in rows)


def typed_in_a_sheet(place: str, number: int, earlier: Current) -> Problem:
    """A decision that the next update would bring back from its sheet."""
    return Problem(
        place=place,
        row=number,
        column="decision",
        message=f"{earlier['person']} decided {earlier['decision']} in {earlier['origin']}, from where the next update "
        "would bring it back",
        remedy="Correct it there, and empty the cell here.",
    )


def decision_table(place: str, lines: Sequence[tuple[int, Mapping[str, Cell]]]) -> RawTable:
    """Decisions as a table to be checked, each with where it stands."""
    return RawTable(
        table="decisions",
        place=place,
        columns=COLUMNS,
        rows=tuple(tuple(row.get(name) for name in COLUMNS) for _, row in lines),
        row_numbers=tuple(number for number, _ in lines),
    )


def _row(desk: Desk, cells: Mapping[str, Cell], person: str, stage: str | None) -> dict[str, Cell]:
    decision = _text(cells.get("decision"))
    return {
        "record_id": cells.get("record_id"),
        "review": desk.review,
        "stage": stage or cells.get("stage"),
        "person": person,
        "decision": decision.casefold() if decision.casefold() in DECISIONS else decision,
        "reason": cells.get("reason"),
        "note": cells.get("note"),
        "decided_on": desk.day.isoformat(),
    }


def _of_another(desk: Desk, sheet: Sheet, number: int, cells: Mapping[str, Cell], stage: str | None) -> list[Problem]:
    """What the sheet says that it is of, where that is not what it is read for."""
    wrong = []
    for column, wanted, remedy in (
        ("review", desk.review, "Read it with the manifest of that review."),
        ("stage", stage, "Leave --stage out, or correct the cell."),
    ):
        said = _text(cells.get(column))
        if wanted is not None and said not in ("", wanted):
            message = f"the row is of another {column} than {wanted}"
            wrong.append(
                Problem(place=sheet.place, row=number, column=column, found=said, message=message, remedy=remedy)
            )
    return wrong


def _same(earlier: Current, row: Mapping[str, Cell]) -> bool:
    return all(_text(earlier[name]) == _text(row[name]) for name in ("decision", "reason", "note"))


def _contradiction(sheet: Sheet, number: int, row: Mapping[str, Any], earlier: Current) -> Problem:
    reason = f" ({earlier['reason']})" if earlier["reason"] else ""
    when = f" on {earlier['decided_on']}" if earlier["decided_on"] else ""
    return Problem(
        place=sheet.place,
        row=number,
        column="decision",
        found=_text(row["decision"]),
        message=f"{earlier['person']} decided {earlier['decision']}{reason}{when}",
        remedy="Empty the cell, or let the sheet replace it with --replace.",
    )


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip()
