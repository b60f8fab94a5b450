"""One person's sitting over records: answers go to the journal, one after another, and can be changed until the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from livereview.deciding.desk import Desk
from livereview.deciding.journal import FOLDER, Entry, Journal
from livereview.deciding.waiting import Waiting
from livereview.evidence import cells
from livereview.evidence.figures import Refused
from livereview.evidence.rows import Row
from livereview.evidence.schema import TABLES
from livereview.sources import Problem, RawTable

COLUMNS = ("record_id", "review", "stage", "person", "decision", "reason", "decided_on", "adjudicates", "note")


@dataclass
class Sitting:
    """The records that a person goes through, and what they have answered so far."""

    desk: Desk
    journal: Journal
    queue: Sequence[Waiting]
    settling: bool = False
    """Whether the answers settle what two people decided differently."""
    at: int = 0
    answers: dict[str, Entry] = field(default_factory=dict)
    """By record, the last answer of this sitting."""

    @property
    def current(self) -> Waiting | None:
        """The record that is asked about; None at the end."""
        return self.queue[self.at] if self.at < len(self.queue) else None

    @property
    def answer_before(self) -> Entry | None:
        """What was answered about the current record earlier in this sitting."""
        return None if self.current is None else self.answers.get(self.current.record["record_id"])

    def answer(self, decision: str, reason: str = "") -> None:
        """Keep the decision on the current record and go on to the next."""
        assert self.current is not None
        entry = {
            "record_id": self.current.record["record_id"],
            "stage": self.current.stage,
            "decision": decision,
            "reason": reason,
            "decided_on": self.desk.day.isoformat(),
            "adjudicates": "yes" if self.settling else "",
        }
        self.journal.put(entry)
        self.answers[entry["record_id"]] = entry
        self.at += 1

    def skip(self) -> None:
        """Leave the current record for another time. An answer of this sitting to it stands."""
        self.at += 1

    def back(self) -> None:
        """Go back by one record."""
        self.at = max(self.at - 1, 0)

    def counts(self) -> Counter[str]:
        """How many records were included, excluded, left unsure."""
        return Counter(entry["decision"] for entry in self.answers.values())


def reason_refused(text: str, table: str = "decisions") -> str:
    """Why a text is no reason, with the remedy; "" if it is one. A single letter is a key pressed at the wrong time."""
    if len(text) == 1:
        return f"{text!r} is no reason. Write it in words; a stop goes back."
    try:
        cells.value(text, TABLES[table].column("reason"))
    except Refused as error:
        return f"The reason {error.message}. {error.remedy}"
    return ""


def rows_of(desk: Desk, person: str, entries: Sequence[Entry]) -> tuple[list[Row], list[tuple[Entry, str]]]:
    """The decisions in answers, of several on one record the last; and what cannot be recorded, with why."""
    last = {(entry.get("record_id"), entry.get("stage")): entry for entry in entries}
    known = list(last.values())
    place = f"{FOLDER}/{desk.review}/{person}"
    refused: list[tuple[Entry, str]] = []
    while True:
        numbers = tuple(range(1, len(known) + 1))
        table = RawTable(
            table="decisions",
            place=place,
            columns=COLUMNS,
            rows=tuple(
                tuple({**entry, "review": desk.review, "person": person}.get(name) for name in COLUMNS)
                for entry in known
            ),
            row_numbers=numbers,
        )
        found = desk.checked((table,))
        if not found.problems:
            return list(found.rows), refused
        bad = {problem.row: problem for problem in found.problems if problem.row is not None}
        if not bad:
            return [], [*refused, *((entry, str(found.problems[0])) for entry in known)]
        refused += [(known[row - 1], _named(known[row - 1], problem)) for row, problem in sorted(bad.items())]
        known = [entry for number, entry in enumerate(known, start=1) if number not in bad]


def _named(entry: Entry, problem: Problem) -> str:
    return f"record {entry.get('record_id')}: {problem.message}. {problem.remedy}"
