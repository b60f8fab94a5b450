"""Proposed rows as a person looks at them: what would change, what is recorded already, what is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from livereview.deciding.desk import Desk, standing_in_a_sheet
from livereview.evidence import cells
from livereview.evidence.figures import Refused
from livereview.evidence.rows import Key, Value
from livereview.evidence.schema import TABLES, Table
from livereview.ledger.proposals import proposed_values, undecided, unsettled_columns
from livereview.pairing import Row as Current

Mark = Literal["new", "changed", "same", "gone", "to be set", "set"]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One column of a proposed row beside the recorded one."""

    column: str
    recorded: Value | None
    proposed: Value | None
    mark: Mark


@dataclass(frozen=True, kw_only=True, eq=False)
class Card:
    """One proposal, with what must be known to decide on it."""

    proposal: Current
    values: Mapping[str, Value]
    unsettled: tuple[str, ...]
    recorded: Current | None
    """The accepted row of the same key, which it would replace."""
    elsewhere: tuple[Current, ...]
    """Results of the same study and outcome from other reports."""
    missing: tuple[tuple[str, str], ...]
    """What it names and the store does not have: table and id."""
    sheet: str
    """Where the recorded row was typed, if that sheet is still there; "" if not."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Cells that a person has set, as they were typed; they are in ``values`` and no longer unsettled."""

    @property
    def id(self) -> str:
        return str(self.proposal["proposal_id"])

    @property
    def table(self) -> str:
        return str(self.proposal["for_table"])

    @property
    def study(self) -> str:
        return str(self.proposal["study_id"] or "")

    @property
    def document(self) -> str:
        """The document that proposes it."""
        return document_of(str(self.proposal["locator"]))

    @property
    def seen(self) -> str:
        """The identity of the recorded row that it would replace; "" where there is none."""
        return "" if self.recorded is None else str(self.recorded["row_id"])

    def cells(self) -> list[Cell]:
        """Each column that either row fills, in the order of the table."""
        found = []
        for name in TABLES[self.table].names:
            old = None if self.recorded is None else self.recorded.get(name)
            new = self.values.get(name)
            if name in self.unsettled:
                found.append(Cell(column=name, recorded=old, proposed=new, mark="to be set"))
            elif old is not None or new is not None:
                found.append(Cell(column=name, recorded=old, proposed=new, mark=_mark(old, new, name in self.changes)))
        return found

    def as_data(self) -> dict[str, Any]:
        """For machines."""
        names = TABLES[self.table].names
        return {
            "proposal_id": self.id,
            "study_id": self.study,
            "document": self.document,
            "table": self.table,
            "locator": self.proposal["locator"],
            "note": self.proposal["note"],
            "values": dict(self.values),
            "unsettled": list(self.unsettled),
            "recorded": None if self.recorded is None else _filled(self.recorded, names),
            "changes": [
                [cell.column, cell.recorded, cell.proposed]
                for cell in self.cells()
                if self.recorded is not None and cell.mark not in ("same", "to be set")
            ],
            "elsewhere": [_filled(row, names) for row in self.elsewhere],
            "missing": [list(item) for item in self.missing],
            "sheet": self.sheet,
        }


def _mark(old: Value | None, new: Value | None, was_set: bool) -> Mark:
    if was_set:
        return "set"
    if new is None:
        return "gone"
    return "new" if old is None else "same" if old == new else "changed"


def _with(values: Mapping[str, Value], changes: Mapping[str, Any], table: Table) -> dict[str, Value]:
    """The values with the cells that a person set. A text that cannot be in its column stays as typed: it is refused
    when the row is checked."""
    found = dict(values)
    for name, cell in changes.items():
        try:
            value = cells.value(cell, table.column(name))
        except (Refused, KeyError):
            value = cell
        found.pop(name, None)
        if value is not None and value is not False:
            found[name] = value
    return found


def _filled(row: Current, names: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in names if row.get(name) is not None}


def _in_words(card: Card) -> str:
    """The key as it is sorted: rows of one outcome stand together."""
    return " ".join(str(card.values.get(name) or "") for name in TABLES[card.table].key)


def document_of(locator: str) -> str:
    """The document of a locator: what stands before the path in it."""
    return re.split(r"[:,] ", locator, maxsplit=1)[0]


class Docket:
    """The proposals to a review on which nobody has decided."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._proposals = undecided(desk.tables, desk.review)

    @cached_property
    def cards(self) -> list[Card]:
        """All of them by study, document and table."""
        order = {name: position for position, name in enumerate(TABLES)}
        cards = [self._card(row) for row in self._proposals]
        return sorted(cards, key=lambda card: (card.study, card.document, order[card.table], _in_words(card)))

    def of_study(self, study: str | None) -> list[Card]:
        """Those of one study; all where none is named."""
        return [card for card in self.cards if study is None or card.study == study]

    def find(self, proposal_id: str) -> Card | None:
        """The card of a proposal; None where it is not open (any more)."""
        return self._by_id.get(proposal_id)

    def changed(self, card: Card, changes: Mapping[str, Any]) -> Card:
        """The card with cells that a person has set: with another key it may stand beside another recorded row."""
        return self._card(card.proposal, changes)

    def offering(self, table: str, name: str) -> list[Card]:
        """The open proposals of a study or report of that id."""
        return [card for card in self.cards if card.table == table and card.values.get(TABLES[table].key[0]) == name]

    @cached_property
    def _by_id(self) -> dict[str, Card]:
        return {card.id: card for card in self.cards}

    @cached_property
    def _recorded(self) -> dict[tuple[str, Key], Current]:
        wanted = {row["for_table"] for row in self._proposals}
        return {
            (name, tuple(row.get(column) for column in TABLES[name].key)): row
            for name in wanted
            for row in self.desk.tables[name]
        }

    @cached_property
    def _results(self) -> dict[tuple[str, str], list[Current]]:
        found: dict[tuple[str, str], list[Current]] = {}
        for row in self.desk.tables["results"]:
            found.setdefault((row["study_id"], row["outcome"]), []).append(row)
        return found

    @cached_property
    def _ids(self) -> dict[str, set[str]]:
        return {name: {row[TABLES[name].key[0]] for row in self.desk.tables[name]} for name in ("studies", "reports")}

    def _card(self, row: Current, changes: Mapping[str, Any] | None = None) -> Card:
        table = TABLES[row["for_table"]]
        changes = dict(changes or {})
        values = _with(proposed_values(row), changes, table)
        unsettled = tuple(name for name in unsettled_columns(row) if changes.get(name) in (None, ""))
        key = tuple(values.get(name) for name in table.key)
        recorded = None if set(table.key) & set(unsettled) else self._recorded.get((table.name, key))
        of_outcome = self._results.get((str(values.get("study_id")), str(values.get("outcome"))), [])
        elsewhere = [
            other for other in of_outcome if table.name == "results" and other["report_id"] != values.get("report_id")
        ]
        missing = [
            (column.refers_to, str(values[column.name]))
            for column in table.columns
            if column.refers_to in self._ids
            and column.name in values
            and column.name not in unsettled
            and values[column.name] not in self._ids[column.refers_to]
        ]
        in_sheet = recorded is not None and standing_in_a_sheet(self.desk, recorded["origin"])
        return Card(
            proposal=row,
            values=values,
            unsettled=unsettled,
            recorded=recorded,
            elsewhere=tuple(elsewhere),
            missing=tuple(missing),
            sheet=str(recorded["origin"]) if recorded is not None and in_sheet else "",
            changes=changes,
        )
