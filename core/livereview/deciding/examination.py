"""One person's examination of proposed rows: answers go to the journal, and can be changed until the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from livereview.deciding.acceptance import Verdict, objections_to
from livereview.deciding.desk import Desk
from livereview.deciding.dockets import Card, Docket
from livereview.deciding.journal import Journal
from livereview.evidence.schema import TABLES
from livereview.ledger.proposals import proposed_values
from livereview.sources import Problem


@dataclass
class Examination:
    """The proposals that a person goes through, and what they have answered so far."""

    desk: Desk
    docket: Docket
    journal: Journal
    queue: Sequence[Card]
    at: int = 0
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    """By proposal, the last answer."""
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By proposal, the cells that the person has set."""

    @property
    def current(self) -> Card | None:
        """The proposal that is asked about, with the cells that the person has set; None at the end."""
        if self.at >= len(self.queue):
            return None
        card = self.queue[self.at]
        return self.docket.changed(card, self.changes[card.id]) if card.id in self.changes else card

    def change(self, card: Card, column: str, value: Any) -> None:
        """Set a cell of the proposed row, as it was typed; nothing is recorded by that."""
        self.changes.setdefault(card.id, {})[column] = value

    def alike(self, card: Card, column: str) -> list[Card]:
        """The other open proposals of the document that propose the same value in a column, in which nobody set it."""
        proposed = proposed_values(card.proposal).get(column)
        return [
            one
            for one in self.of_document(card)
            if one.id != card.id
            and one.table == card.table
            and column not in one.changes
            and proposed is not None
            and proposed_values(one.proposal).get(column) == proposed
        ]

    def put(self, verdicts: Sequence[Verdict]) -> dict[str, list[Problem]]:
        """Keep verdicts that can be recorded together with those taken before. Of the others, by proposal, all that
        speaks against them; what rests on one of these is not kept either."""
        refused: dict[str, list[Problem]] = {}
        new = {verdict.card.id: verdict for verdict in verdicts}
        before = [verdict for name, verdict in self.verdicts.items() if name not in new]
        while wrong := {
            name: why for name, why in objections_to(self.desk, [*before, *new.values()]).items() if name in new
        }:
            refused |= wrong
            new = {name: verdict for name, verdict in new.items() if name not in wrong}
        for name, verdict in new.items():
            self.journal.put(verdict.entry(self.desk.day.isoformat()))
            self.verdicts[name] = verdict
        return refused

    def needed(self, card: Card) -> tuple[list[Card], list[tuple[str, str]]]:
        """What must be accepted with a row: the proposals of its study and report, and those of them that no
        proposal offers, or that several do."""
        offered: list[Card] = []
        lacking: list[tuple[str, str]] = []
        for table, name in card.missing:
            if (table, name) in self.taken:
                continue
            found = self.docket.offering(table, name)
            if len(found) != 1:
                lacking.append((table, name))
                continue
            more, without = self.needed(found[0])
            offered += [one for one in (*more, found[0]) if one not in offered]
            lacking += without
        return offered, lacking

    @property
    def taken(self) -> set[tuple[str, str]]:
        """The studies and reports that were accepted in this sitting, by table and id."""
        return {
            (verdict.card.table, str(verdict.card.values[TABLES[verdict.card.table].key[0]]))
            for verdict in self.verdicts.values()
            if verdict.decision == "accept" and verdict.card.table in ("studies", "reports")
        }

    def of_document(self, card: Card) -> list[Card]:
        """The proposals of the same document on which nothing was answered yet."""
        return [
            self.docket.changed(one, self.changes[one.id]) if one.id in self.changes else one
            for one in self.queue
            if one.document == card.document and one.id not in self.verdicts
        ]

    def forward(self) -> None:
        """Go on to the next proposal that has no answer yet."""
        self.at += 1
        while self.at < len(self.queue) and self.queue[self.at].id in self.verdicts:
            self.at += 1

    def back(self) -> None:
        """Go back by one proposal."""
        self.at = max(self.at - 1, 0)

    def counts(self) -> Mapping[str, int]:
        """How many were accepted and declined."""
        words = {"accept": "accepted", "decline": "declined"}
        return Counter(words[verdict.decision] for verdict in self.verdicts.values())
