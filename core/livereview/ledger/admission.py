"""From what sources found to rows of the ledger: each record once, repeats and known reports named, proposals apart.

What strangers wrote cannot be put right here: a row that cannot be is left out and named, and the others go on. Nothing
that comes through here is pooled: records and decisions are bookkeeping, and a proposed row is only a proposal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from livereview.changes import Tables
from livereview.evidence.checks import checked
from livereview.evidence.rows import Key, Row, Value
from livereview.evidence.schema import TABLES
from livereview.evidence.view import Evidence
from livereview.fetching import Progress, silent
from livereview.ledger.proposals import proposal
from livereview.ledger.register import LEDGER, Register
from livereview.sources import Problem, RawTable
from livereview.types import Cell

#: Stands in an unsettled cell while its row is checked; never recorded.
_TO_BE_SET = "to-be-set"
#: Tables whose rows others name.
_NAMED = {c.refers_to for table in TABLES.values() for c in table.columns if c.refers_to is not None}


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """Rows for the store, and what could not become one."""

    rows: tuple[Row, ...] = ()
    left_out: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def admitted(
    groups: Sequence[Sequence[RawTable]],
    rows: Sequence[Row],
    current: Evidence,
    tables: Tables,
    review: str,
    today: date | None,
    progress: Progress = silent,
) -> Admitted:
    """What the sources found, as rows for the store.

    ``groups`` are the tables of each run of a source, in the order of time; ``rows`` is the evidence that came in with
    them; ``tables`` are the current rows of the store.
    """
    if not groups:
        return Admitted()
    known = _joined(current, rows)
    register = Register(tables, rows, review, _withdrawn(current))
    left_out: list[Problem] = []
    proposals: dict[str, Row] = {}
    for position, group in enumerate(groups, 1):
        progress("Checking what was found", position - 1, len(groups))
        ledger, problems = _sound([table for table in group if table.kind == "ledger"], known, today)
        left_out += [*problems, *register.take(ledger)]
        if position < len(groups):
            known = _joined(known, ledger)
    for group in _newest([[table for table in group if table.kind == "proposed"] for group in groups]):
        found, problems = _proposed(group, known, review, today)
        left_out += problems
        proposals |= {str(row.values["proposal_id"]): row for row in found}
    progress("Comparing records", 0, 1)
    register.settle()
    progress("Records compared", 1, 1)
    return Admitted(
        rows=(*register.rows(), *proposals.values()), left_out=tuple(left_out), notes=tuple(register.notes())
    )


def _withdrawn(current: Evidence) -> Iterator[tuple[str, Key]]:
    """What somebody took out of the ledger: a source that finds it again does not bring it back."""
    for name in LEDGER:
        for row in current.latest(name, withdrawn=True):
            yield name, tuple(row[column] for column in TABLES[name].key)


def _joined(evidence: Evidence, rows: Sequence[Row]) -> Evidence:
    """The evidence with rows that came in."""
    return Evidence((*evidence.batches, *Evidence.of(rows).batches)) if rows else evidence


def _newest(groups: Iterable[list[RawTable]]) -> list[list[RawTable]]:
    """Of several tables of one place the last one: what a document said before is no longer proposed."""
    last: dict[tuple[str, str], RawTable] = {}
    for group in groups:
        last |= {(table.place, table.table): table for table in group}
    return [list(last.values())] if last else []


def _sound(
    tables: list[RawTable], known: Evidence, today: date | None, ignored: frozenset[tuple[str, int, str]] = frozenset()
) -> tuple[list[Row], list[Problem]]:
    """The rows in which nothing is wrong, and what is wrong with the others. ``ignored`` are cells that may dangle."""
    found = checked(tables, known, today=today)
    problems = [item for item in found.problems if (item.place, item.row or 0, item.column or "") not in ignored]
    known_rows = {(raw.place, number) for raw in tables for number in raw.row_numbers}
    # A problem of the header, or of no row, is one of the whole table.
    whole = {item.place for item in problems if item.row is None or (item.place, item.row) not in known_rows}
    broken = {f"{item.place}, row {item.row}" for item in problems}
    places = {(raw.place, number) for raw in tables if raw.place in whole for number in raw.row_numbers}
    broken |= {f"{place}, row {number}" for place, number in places}
    rows = [row for row in found.rows if row.origin not in broken]
    return _anchored(rows, known, ignored), problems


def _anchored(rows: list[Row], known: Evidence, ignored: frozenset[tuple[str, int, str]]) -> list[Row]:
    """The rows without those that name a row which was left out."""
    loose = {f"{place}, row {number}" for place, number, _ in ignored}
    recorded = {(name, str(key)) for name in _NAMED for key in known.table(name)[_id(name)].to_pylist()}
    while True:
        here = recorded | {(row.table, row.key[0]) for row in rows if row.table in _NAMED}
        kept = [
            row
            for row in rows
            if row.origin in loose
            or all(
                (column.refers_to, name) in here
                for column in TABLES[row.table].columns
                if column.refers_to is not None and (name := row.values.get(column.name)) is not None
            )
        ]
        if len(kept) == len(rows):
            return kept
        rows = kept


def _id(table: str) -> str:
    return TABLES[table].key[0]


# --- proposals -----------------------------------------------------------------------------------------------------


def _proposed(
    tables: list[RawTable], known: Evidence, review: str, today: date | None
) -> tuple[list[Row], list[Problem]]:
    """Each proposed row as a proposal, if nobody has accepted the very same row already."""
    filled = [_filled(raw) for raw in tables]
    open_cells = {
        f"{raw.place}, row {raw.row_numbers[at]}": names for raw in tables for at, names in raw.unsettled.items()
    }
    ignored = frozenset(
        (raw.place, raw.row_numbers[at], name)
        for raw in tables
        for at, names in raw.unsettled.items()
        for name in names
    )
    rows, problems = _sound(filled, known, today, ignored)
    found = []
    for row in rows:
        if row.row_id in known.identities:
            continue
        place = row.origin.rpartition(", row ")[0]
        values = {name: value for name, value in row.values.items() if not _is_to_be_set(value)}
        locator = f"{place}: {row.values['locator']}" if "locator" in row.values else place
        found.append(proposal(row.table, values, review, locator, open_cells.get(row.origin, ())))
    return found, problems


def _filled(raw: RawTable) -> RawTable:
    """The table with a mark of its own in every empty cell that a person must set, so that the rest can be checked."""
    rows = list(raw.rows)
    for at, names in raw.unsettled.items():
        cells: Mapping[str, Cell] = dict(zip(raw.columns, rows[at], strict=False))
        mark = f"{_TO_BE_SET}-{raw.place}-{at}".replace(" ", "-")
        rows[at] = tuple({**cells, **{name: mark for name in names if cells[name] in (None, "")}}.values())
    return replace(raw, rows=tuple(rows))


def _is_to_be_set(value: Value) -> bool:
    return isinstance(value, str) and value.startswith(f"{_TO_BE_SET}-")
