"""Decisions on proposals: an accepted row enters its table as a person has seen it, and changed it.

Accepting never brings more than what was accepted: a result whose study or report is not in the store is refused
unless that is accepted too. A row that somebody has changed since it was shown is not replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livereview.deciding.desk import Desk, signed_origin
from livereview.deciding.dockets import Card, Docket
from livereview.deciding.journal import Entry
from livereview.evidence import cells
from livereview.evidence.checks import checked
from livereview.evidence.figures import Refused
from livereview.evidence.rows import Row
from livereview.evidence.schema import TABLES
from livereview.sources import Problem, RawTable
from livereview.types import Cell


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a person decided about one proposal."""

    card: Card
    decision: str
    """``accept`` or ``decline``."""
    reason: str = ""
    """Why it is declined; free where it is accepted."""
    seen: str = ""
    """Identity of the recorded row that was shown beside it."""
    row: tuple[str, int] | None = None
    """Sheet and row in which it was decided; None at the keyboard."""

    @property
    def place(self) -> tuple[str, int]:
        """How messages name it."""
        return self.row or (f"proposal {self.card.id[:12]} ({self.card.proposal['locator']})", 1)

    def entry(self, day: str) -> Entry:
        """As a line of the journal."""
        return {
            "proposal_id": self.card.id,
            "decision": self.decision,
            "reason": self.reason,
            "changes": dict(self.card.changes),
            "seen": self.seen,
            "decided_on": day,
        }

    def raw(self) -> RawTable:
        """The row to be recorded: what is proposed, with what the person set, without what is still unsettled."""
        row = {name: value for name, value in self.card.values.items() if name not in self.card.unsettled}
        return _one_row(self.card.table, self.place, {**row, **self.card.changes})

    def signed(self, person: str, day: str, accepted_row: str = "") -> RawTable:
        """Who decided, and what."""
        cells_of = {
            "proposal_id": self.card.id,
            "decision": self.decision,
            "person": person,
            "decided_on": day,
            "accepted_row": accepted_row,
            "reason": self.reason,
        }
        return _one_row("acceptances", self.place, cells_of)

    def problem(self, message: str, remedy: str, column: str | None = None) -> Problem:
        """Something that speaks against recording it."""
        return Problem(place=self.place[0], row=self.place[1], column=column, message=message, remedy=remedy)


def _one_row(table: str, place: tuple[str, int], row: Mapping[str, Any]) -> RawTable:
    names = TABLES[table].names
    cells_of = (tuple(row.get(name) for name in names),)
    return RawTable(table=table, place=place[0], columns=names, rows=cells_of, row_numbers=(place[1],))


def in_short(problem: Problem) -> str:
    """A problem without its place, for somebody who has the row before them."""
    found = "" if problem.found is None else f" (found {problem.found!r})"
    column = "" if problem.column is None else f"{problem.column}: "
    return f"{column}{problem.message}{found}. {problem.remedy}"


def cell_refused(card: Card, column: str, value: Cell) -> str:
    """Why a cell of the row cannot hold a value, with the remedy; "" if it can, as far as this cell goes."""
    names = TABLES[card.table].names
    if column not in names:
        near = cells.nearest(column, names)
        return f"{card.table} has no column {column!r}. {f'Did you mean {near}? ' if near else ''}"
    try:
        cells.value(value, TABLES[card.table].column(column))
    except Refused as error:
        return f"{column} {error.message}. {error.remedy}"
    return ""


def objections_to(desk: Desk, verdicts: Sequence[Verdict]) -> dict[str, list[Problem]]:
    """All that speaks against recording verdicts together, by proposal; one that can be recorded is not in it."""
    return _wrong(desk, "somebody", verdicts)


def _own_objections(verdict: Verdict) -> list[Problem]:
    """What speaks against accepting it that no check of rows knows."""
    card = verdict.card
    found = [
        verdict.problem("must be set first, as the source cannot know it", "Set it.", name) for name in card.unsettled
    ]
    if card.sheet:
        message = f"the recorded row was typed in {card.sheet}, from where the next update would bring it back"
        found.append(verdict.problem(message, "Correct it there, and decline this proposal as done."))
    if verdict.seen != card.seen:
        message = "under its key another row is recorded than was shown with it"
        found.append(verdict.problem(message, "Look at it again with livereview review-proposals."))
    return found


def rows_of(desk: Desk, person: str, entries: Sequence[Entry]) -> tuple[list[Row], list[tuple[Entry, str]]]:
    """The rows that answers bring, with who decided; and the answers that cannot be recorded, with why."""
    docket = Docket(desk)
    refused: list[tuple[Entry, str]] = []
    verdicts: list[tuple[Entry, Verdict]] = []
    for name, entry in {str(entry.get("proposal_id")): entry for entry in entries}.items():
        card = docket.find(name)
        if card is None and _recorded(desk, person, entry):
            continue  # a session that was killed after it had recorded this
        if card is None:
            refused.append((entry, f"proposal {name[:12]}: it is not open any more. {_decided_by(desk, name)}"))
            continue
        verdict = Verdict(
            card=docket.changed(card, entry.get("changes") or {}),
            decision=str(entry.get("decision")),
            reason=str(entry.get("reason") or ""),
            seen=str(entry.get("seen") or ""),
        )
        verdicts.append((entry, verdict))
    rows, more = recordable(desk, person, verdicts)
    return rows, [*refused, *more]


def _recorded(desk: Desk, person: str, entry: Entry) -> bool:
    """Whether this very answer is in the store already."""
    said = (entry.get("proposal_id"), person, entry.get("decision"))
    return said in {(row["proposal_id"], row["person"], row["decision"]) for row in desk.tables["acceptances"]}


def _decided_by(desk: Desk, name: str) -> str:
    for row in desk.tables["acceptances"]:
        if row["proposal_id"] == name:
            return f"{row['person']} decided: {row['decision']}."
    return "Its source proposes something else now."


def recordable(
    desk: Desk, person: str, verdicts: Sequence[tuple[Entry, Verdict]]
) -> tuple[list[Row], list[tuple[Entry, str]]]:
    """The rows of the verdicts that can be recorded together, and the others with why.

    What rests on a row that cannot be recorded cannot be recorded either.
    """
    refused: list[tuple[Entry, str]] = []
    kept = list(verdicts)
    while wrong := _wrong(desk, person, [verdict for _, verdict in kept]):
        refused += [
            (entry, f"{verdict.place[0]}: {' '.join(map(in_short, wrong[verdict.card.id]))}")
            for entry, verdict in kept
            if verdict.card.id in wrong
        ]
        kept = [(entry, verdict) for entry, verdict in kept if verdict.card.id not in wrong]
    rows: dict[str, Row] = {}
    for entry, verdict in kept:
        accepted = ""
        if verdict.decision == "accept":
            row = _typed(
                verdict.raw(), signed_origin(desk, person, f"accepted from {verdict.card.proposal['locator']}")
            )
            rows[row.row_id] = row
            accepted = row.row_id
        day = str(entry.get("decided_on") or desk.day.isoformat())
        signed = _typed(verdict.signed(person, day, accepted), signed_origin(desk, person, "proposals"))
        rows[signed.row_id] = signed
    return list(rows.values()), refused


def _wrong(desk: Desk, person: str, verdicts: Sequence[Verdict]) -> dict[str, list[Problem]]:
    """What is wrong with verdicts that are to be recorded together, by proposal."""
    wrong: dict[str, list[Problem]] = {}
    places = {verdict.place: verdict for verdict in verdicts}
    tables: list[RawTable] = []
    for verdict in verdicts:
        if verdict.decision == "accept":
            if own := _own_objections(verdict):
                wrong[verdict.card.id] = own
            tables.append(verdict.raw())
        tables.append(verdict.signed(person, desk.day.isoformat()))
    for problem in desk.checked(tables).problems if tables else ():
        verdict = places[problem.place, problem.row or 0]
        if problem.column not in verdict.card.unsettled:  # told already
            wrong.setdefault(verdict.card.id, []).append(problem)
    return wrong


def _typed(raw: RawTable, origin: str) -> Row:
    """The row of a table of one row of which nothing is wrong."""
    [row] = checked((raw,)).rows
    return Row(row.table, row.values, origin)
