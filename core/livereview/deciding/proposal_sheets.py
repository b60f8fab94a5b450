"""Proposed rows as a sheet, and the decisions on them, with the cells that people have changed, read back from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from livereview.deciding.acceptance import Verdict, objections_to, recordable
from livereview.deciding.desk import Desk
from livereview.deciding.dockets import Card, Docket
from livereview.deciding.sheets import Sheet
from livereview.errors import EvidenceError
from livereview.evidence import cells
from livereview.evidence.figures import Refused
from livereview.evidence.rows import Row
from livereview.evidence.schema import TABLES
from livereview.evidence.tables import ACCEPTANCE, PROPOSED_TABLES
from livereview.sources import Problem
from livereview.spreadsheet import Value

NEEDED = ("proposal_id", "decision")
_FIRST = ("proposal_id", "decision", "reason", "table", "document", "to_set", "recorded", "recorded_row")


def columns(cards: Sequence[Card]) -> tuple[str, ...]:
    """What a sheet of these proposals has: what is decided, then every column of the tables that they are for."""
    tables = [TABLES[name] for name in PROPOSED_TABLES if any(card.table == name for card in cards)]
    return (*_FIRST, *dict.fromkeys(name for table in tables for name in table.names))


def sheet_rows(cards: Sequence[Card]) -> list[dict[str, Value]]:
    """A row for each proposal; decision and reason are left to be filled in, and so is what the source cannot know."""
    return [
        {
            "proposal_id": card.id,
            "table": card.table,
            "document": card.document,
            "to_set": "; ".join(
                f"{name} ({card.values[name]})" if name in card.values else name for name in card.unsettled
            ),
            "recorded": "; ".join(
                f"{cell.column}: {'empty' if cell.recorded is None else cell.recorded}"
                for cell in card.cells()
                if card.recorded is not None and cell.mark != "same"
            ),
            "recorded_row": card.seen,
            **{name: _plain(value) for name, value in card.values.items() if name not in card.unsettled},
        }
        for card in cards
    ]


def _plain(value: Any) -> Value:
    return "yes" if value is True else value


def decisions_in(desk: Desk, sheet: Sheet, person: str) -> tuple[list[Row], int]:
    """The rows that a sheet brings, and how many of its rows are not decided yet.

    EvidenceError with every mistake in it, and then nothing is to be recorded.
    """
    docket = Docket(desk)
    problems: list[Problem] = []
    verdicts: list[Verdict] = []
    numbers: dict[str, int] = {}
    empty = 0
    for number, row in sheet.rows:
        decision = str(row.get("decision") or "").strip().casefold()
        if not decision:
            empty += 1
            continue
        found = _verdict(docket, sheet, number, row, decision, numbers)
        if isinstance(found, Problem):
            problems.append(found)
        elif found is not None:
            verdicts.append(found)
            numbers[found.card.id] = number
    problems += [problem for wrong in objections_to(desk, verdicts).values() for problem in wrong]
    if problems:
        raise EvidenceError(sorted(problems, key=lambda problem: problem.row or 0))
    rows, _ = recordable(desk, person, [({}, verdict) for verdict in verdicts])
    return rows, empty


def _verdict(
    docket: Docket, sheet: Sheet, number: int, row: Mapping[str, Any], decision: str, before: Mapping[str, int]
) -> Verdict | Problem | None:
    """What a row of the sheet decides, or what is wrong with it; None where it says what is recorded already."""

    def wrong(column: str, message: str, remedy: str) -> Problem:
        found = str(row.get(column) or "") or None
        return Problem(place=sheet.place, row=number, column=column, found=found, message=message, remedy=remedy)

    name = str(row.get("proposal_id") or "").strip()
    if decision not in ACCEPTANCE:
        return wrong("decision", "is not one of the values allowed", f"Allowed: {', '.join(ACCEPTANCE)}.")
    if name in before:
        return wrong("proposal_id", f"this proposal stands in row {before[name]} too", "Keep one of the rows.")
    card = docket.find(name)
    if card is None:
        earlier = [one for one in docket.desk.tables["acceptances"] if one["proposal_id"] == name]
        if earlier and earlier[0]["decision"] == decision:
            return None
        if earlier:
            message = f"{earlier[0]['person']} decided before: {earlier[0]['decision']}"
            return wrong("decision", message, "Empty the cell.")
        known = any(one["proposal_id"] == name for one in docket.desk.rows["proposals"])
        message = "its source proposes something else now" if known else "the review has no such open proposal"
        return wrong("proposal_id", message, "Write the sheet again with --to, and empty the cell here.")
    changes = {} if decision == "decline" else _changes(card, sheet, row)
    return Verdict(
        card=docket.changed(card, changes),
        decision=decision,
        reason=str(row.get("reason") or "").strip(),
        seen="" if set(TABLES[card.table].key) & set(changes) else str(row.get("recorded_row") or ""),
        row=(sheet.place, number),
    )


def _changes(card: Card, sheet: Sheet, row: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of a row that say something else than the proposal. A column that is missing changes nothing."""
    table = TABLES[card.table]
    found = {}
    for column in table.columns:
        if column.name not in row or column.name in _FIRST:
            continue
        cell = row[column.name]
        try:
            value = cells.value(cell, column)
        except Refused:
            found[column.name] = cell  # told when the row is checked
            continue
        if column.name in card.unsettled:
            if value is not None:
                found[column.name] = cell
        elif (value if value is not False else None) != card.values.get(column.name):
            found[column.name] = cell
    return found
