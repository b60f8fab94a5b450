"""Pairs of records that look alike: a person says whether they are the same publication.

The verdict is a row of pairs. Of two that are the same one is kept: the one that became a report, else the one that
people have decided on, else the one that says more; the other names it in ``duplicate_of``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from livereview.deciding.desk import Desk, read_again, standing_in_a_sheet
from livereview.deciding.journal import FOLDER, Entry, Journal
from livereview.evidence.rows import Row
from livereview.evidence.schema import TABLES
from livereview.pairing import Row as Record
from livereview.sources import RawTable

#: What is compared side by side, in this order.
COMPARED = (
    "title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "registry_id", "kind",
    "published_on", "abstract",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Double:
    """Two records that may be one, and why."""

    first: Record
    second: Record
    why: str = ""

    @property
    def ids(self) -> tuple[str, str]:
        """Both ids in the order of the alphabet."""
        return str(self.first["record_id"]), str(self.second["record_id"])

    @property
    def compared(self) -> list[tuple[str, str, str, bool]]:
        """What either says: the column, both cells, and whether they differ."""
        found: list[tuple[str, str, str, bool]] = []
        for name in COMPARED:
            cells = [str(row.get(name) or "") for row in (self.first, self.second)]
            if any(cells):
                first, second = (" ".join(cell.casefold().split()) for cell in cells)
                found.append((name, cells[0], cells[1], first != second))
        return found


def doubles_of(desk: Desk) -> list[Double]:
    """The pairs on which nobody has said anything yet, among the records that the review sees."""
    from livereview.ledger.matching import undecided_pairs

    records = {str(row["record_id"]): row for row in desk.rows["records"]}
    told = {(str(row["record_id"]), str(row["other_id"])): str(row["verdict"]) for row in desk.tables["pairs"]}
    return [
        Double(first=records[doubt.record_id], second=records[doubt.other_id], why=str(doubt))
        for doubt in undecided_pairs(list(records.values()), told)
    ]


@dataclass
class PairSitting:
    """The pairs that a person goes through, and what they have answered so far."""

    desk: Desk
    journal: Journal
    queue: Sequence[Double]
    at: int = 0
    answers: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def current(self) -> Double | None:
        """The pair that is asked about; None at the end."""
        return self.queue[self.at] if self.at < len(self.queue) else None

    def answer(self, verdict: str) -> None:
        """Keep the verdict on the current pair and go on to the next."""
        assert self.current is not None
        first, second = self.current.ids
        day = self.desk.day.isoformat()
        self.journal.put({"record_id": first, "other_id": second, "verdict": verdict, "decided_on": day})
        self.answers[first, second] = verdict
        self.at += 1

    def skip(self) -> None:
        """Leave the current pair for another time."""
        self.at += 1

    def back(self) -> None:
        """Go back by one pair."""
        self.at = max(self.at - 1, 0)

    def counts(self) -> Counter[str]:
        """How many pairs were called the same, and different."""
        return Counter(self.answers.values())


def rows_of(desk: Desk, person: str, entries: Sequence[Entry]) -> tuple[list[Row], list[tuple[Entry, str]]]:
    """The verdicts in answers with the records that now repeat another; and the answers that cannot be recorded."""
    last = {(str(entry.get("record_id")), str(entry.get("other_id"))): entry for entry in entries}
    sound: list[Entry] = []
    refused: list[tuple[Entry, str]] = []
    for pair, entry in last.items():
        found = desk.checked(_tables(desk, person, [entry]))
        if found.problems:
            refused.append((entry, f"records {' and '.join(pair)}: {found.problems[0]}"))
        else:
            sound.append(entry)
    return (list(desk.checked(_tables(desk, person, sound)).accepted()) if sound else []), refused


def to_be_typed(before: Desk) -> list[str]:
    """What must be written into sheets, since the next update would bring the record back as it stands there.

    ``before`` is the review as it was when the pairs were shown.
    """
    old = {str(row["record_id"]): row for row in before.tables["records"]}
    return [
        f"record {row['record_id']} was typed in {old[row['record_id']]['origin']}: write duplicate_of = "
        f"{row['duplicate_of']} there too, or the next update takes it back."
        for row in read_again(before).tables["records"]
        if row["record_id"] in old
        and row["duplicate_of"] != old[row["record_id"]]["duplicate_of"]
        and standing_in_a_sheet(before, old[row["record_id"]]["origin"])
    ]


def _tables(desk: Desk, person: str, entries: Sequence[Entry]) -> list[RawTable]:
    """The verdicts, and the records as they are now with what they repeat."""
    records = {str(row["record_id"]): row for row in desk.tables["records"]}
    pairs = TABLES["pairs"].names
    cells = [tuple({**entry, "person": person}.get(name) for name in pairs) for entry in entries]
    same = [
        (str(entry["record_id"]), str(entry["other_id"]))
        for entry in entries
        if entry.get("verdict") == "same" and {str(entry["record_id"]), str(entry["other_id"])} <= records.keys()
    ]
    names = TABLES["records"].names
    why = f"{person} said that they are the same"
    repeats = [
        tuple({**records[name], "duplicate_of": kept, "duplicate_reason": why}.get(column) for column in names)
        for name, kept in _repeated(desk, records, same).items()
    ]
    place = f"{FOLDER}/{desk.review}/{person}"
    return [_table("pairs", pairs, cells, f"{place}, pairs"), _table("records", names, repeats, f"{place}, records")]


def _repeated(desk: Desk, records: Mapping[str, Record], same: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Which record now repeats which, for pairs that are the same. Chains are followed: roots are joined."""
    decided = {str(row["record_id"]) for row in desk.tables["decisions"]}
    repeats = {name: str(row["duplicate_of"]) for name, row in records.items() if row["duplicate_of"]}

    def root(name: str) -> str:
        seen = {name}
        while name in repeats and repeats[name] in records and repeats[name] not in seen:
            name = repeats[name]
            seen.add(name)
        return name

    def rank(name: str) -> tuple[bool, bool, int, str]:
        row = records[name]
        filled = sum(row.get(column) is not None for column in TABLES["records"].names)
        return row["report_id"] is None, name not in decided, -filled, name

    found: dict[str, str] = {}
    for first, second in same:
        kept, other = sorted({root(first), root(second)}, key=rank) if root(first) != root(second) else ("", "")
        if other:
            repeats[other] = found[other] = kept
    return found


def _table(table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]], place: str) -> RawTable:
    return RawTable(
        table=table,
        place=place,
        columns=tuple(columns),
        rows=tuple(rows),  # type: ignore[arg-type]
        row_numbers=tuple(range(1, len(rows) + 1)),
    )
