"""From the untouched cells of a source to typed rows, with every problem at once. The same checks for every source.

Never a guess and never a repair: with one problem the whole of what was fetched is refused, and nothing else is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from livereview.errors import EvidenceError
from livereview.evidence import cells, references
from livereview.evidence.dates import first_day
from livereview.evidence.figures import MISSING, Refused
from livereview.evidence.plausibility import contradictions
from livereview.evidence.references import Draft
from livereview.evidence.rows import Row, Value
from livereview.evidence.schema import TABLES, Column, Table
from livereview.evidence.view import Evidence
from livereview.sources import Problem, RawTable
from livereview.types import Cell


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What became of the raw tables. ``rows`` holds those whose cells can all be; record only ``accepted`` ones."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    repeated: int = 0
    """Rows that say the same as an earlier one; each is taken once."""

    def accepted(self) -> tuple[Row, ...]:
        """The rows, if there is no problem at all; otherwise raises ``EvidenceError`` with all of them."""
        if self.problems:
            raise EvidenceError(self.problems)
        return self.rows


def checked(
    tables: Sequence[RawTable],
    current: Evidence | None = None,
    told: Sequence[Problem] = (),
    *,
    today: date | None = None,
) -> Checked:
    """Typed rows of the raw tables, and all problems in them, in the order of the tables and their rows.

    ``current`` is the evidence that the rows will join: a study or report may be named there instead of in the tables.
    ``told`` are the problems that the sources had with reading: what follows from them is not told as well.
    ``today`` is the last day that has begun: a date whose first day is after it is refused, unless its column is of
    what is expected. None, where the day is not known, refuses no date for being ahead.
    """
    problems: list[Problem] = []
    drafts: list[Draft] = []
    refused: dict[tuple[str, int | None], set[str]] = {}
    for problem in told:
        refused.setdefault((problem.place, problem.row), set()).add(problem.column or "")
    for raw in tables:
        if raw.table not in TABLES:
            near = cells.nearest(raw.table, TABLES)
            problems.append(_at(raw, f"there is no table {raw.table!r}", cells.one_of(near, TABLES)))
            continue
        table = TABLES[raw.table]
        columns, mistakes = _header(raw, table)
        problems += mistakes
        for number, row in zip(raw.row_numbers, raw.rows, strict=True):
            if _filled(row):
                draft, mistakes = _draft(raw, table, columns, number, row, refused.get((raw.place, number), ()), today)
                problems += mistakes
                drafts.append(draft)
    unique, mistakes = references.without_repeats(drafts)
    problems += mistakes
    problems += references.dangling(unique, current, _not_all_read(told, tables))
    return Checked(
        rows=tuple(Row(d.table.name, d.values, d.origin) for d in unique if not d.bad),
        problems=_in_order(problems, tables),
        repeated=len(drafts) - len(unique),
    )


def _not_all_read(told: Sequence[Problem], tables: Sequence[RawTable]) -> set[str]:
    """Tables of which a sheet, a row or the key could not be read; all of them where it is not known of which."""
    places = {raw.place: raw.table for raw in tables}
    found = {
        raw.table
        for raw in tables
        if raw.table in TABLES and not set(TABLES[raw.table].key) <= {name.strip() for name in raw.columns}
    }
    for problem in told:
        name = places.get(problem.place)
        if name is None:
            found |= TABLES.keys()
        elif problem.column is None or (name in TABLES and problem.column in TABLES[name].key):
            found.add(name)
    return found


# --- the header ----------------------------------------------------------------------------------------------


def _header(raw: RawTable, table: Table) -> tuple[list[Column | None], list[Problem]]:
    """The column of each position (None where it is not ours), and what is wrong with the header."""
    names = [name.strip() for name in raw.columns]
    problems: list[Problem] = []
    columns: list[Column | None] = []
    for position, name in enumerate(names):
        known = name in table.names and name not in names[:position]
        columns.append(table.column(name) if known else None)
        if not name:
            if any(_filled(row[position : position + 1]) for row in raw.rows):
                message = f"column number {position + 1} holds values but has no name"
                problems.append(_at(raw, message, "Name the column in row 1, or empty it.", row=1))
        elif name not in table.names:
            near = cells.nearest(name, set(table.names) - set(names)) or cells.nearest(name, table.names)
            remedy = f"Did you mean {near}?" if near else f"Columns of {table.name}: {', '.join(table.names)}."
            problems.append(_at(raw, f"table {table.name} has no such column", remedy, row=1, column=cells.shown(name)))
    for name, times in Counter(names).items():
        if name in table.names and times > 1:
            problems.append(_at(raw, f"the column stands there {times} times", "Keep one.", row=1, column=name))
    for column in table.columns:
        if column.required and column.name not in names:
            message = "this column is required and missing"
            problems.append(_at(raw, message, f"Add it: {column.about}.", row=1, column=column.name))
    return columns, problems


def _filled(row: Sequence[Cell]) -> bool:
    return any(cell is not None and (not isinstance(cell, str) or cell.strip() != "") for cell in row)


# --- one row -------------------------------------------------------------------------------------------------


def _draft(
    raw: RawTable,
    table: Table,
    columns: Sequence[Column | None],
    number: int,
    row: Sequence[Cell],
    refused: Collection[str],
    today: date | None,
) -> tuple[Draft, list[Problem]]:
    """The typed values of one row, and what is wrong with its cells and between them.

    ``refused`` are the columns whose cells the source could not read.
    """
    problems: list[Problem] = []
    values: dict[str, Value] = {}
    bad = set(refused)

    def refuse(column: str | None, found: Cell, message: str, remedy: str) -> None:
        shown = None if found is None else cells.shown(found)
        problems.append(_at(raw, message, remedy, row=number, column=column, found=shown))
        bad.add(column or "")

    if len(row) != len(columns):
        refuse(None, None, f"the row has {len(row)} cells, the header {len(columns)}", "Check quotes and separators.")
    for column, cell in zip(columns, row, strict=False):
        if column is None:
            continue
        try:
            value = cells.value(cell, column)
            if value is not None and column.name in table.key:
                _refuse_missing_mark(value)
            if value is not None and column.kind == "partial-date" and not column.ahead and today is not None:
                _refuse_future(str(value), today)
        except Refused as error:
            refuse(column.name, cell, error.message, error.remedy)
        else:
            if value is not None:
                values[column.name] = value
    present = {column.name for column in columns if column is not None}
    for column in _required(table, values):
        if column.name not in values and column.name not in bad:
            if column.name in present:
                refuse(column.name, None, "this cell is required and empty", f"Fill it in: {column.about}.")
            bad.add(column.name)
    for wrong in contradictions(table.name, values):
        if not bad.intersection(wrong.columns):
            first = wrong.columns[0]
            problems.append(
                _at(raw, wrong.message, wrong.remedy, row=number, column=first, found=_as_shown(values.get(first)))
            )
            bad.add("")
    return Draft(table=table, values=values, place=raw.place, number=number, bad=frozenset(bad)), problems


def _required(table: Table, values: dict[str, Value]) -> Iterator[Column]:
    """The columns a row must fill: of a withdrawn row only those of its key."""
    for column in table.columns:
        if column.required and (column.name in table.key or not values.get("withdrawn")):
            yield column


def _refuse_missing_mark(value: Value) -> None:
    """An empty part of a key is left empty: "NA" would be an arm called NA."""
    if isinstance(value, str) and value.casefold() in MISSING:
        raise Refused("stands for no value", "Leave the cell empty where there is no value.")


def _refuse_future(written: str, today: date) -> None:
    """What has not happened yet cannot be evidence; a wrong year is the usual reason."""
    if first_day(written) > today:
        remedy = "Correct it, or leave it empty until the day has come; expected_on of ongoing trials may lie ahead."
        raise Refused(f"lies in the future: it is {today.isoformat()} at the latest", remedy)


def _as_shown(value: Value | None) -> str | None:
    return None if value is None else f"{value:g}" if isinstance(value, float) else cells.shown(value)


# --- problems ------------------------------------------------------------------------------------------------


def _at(
    raw: RawTable,
    message: str,
    remedy: str,
    row: int | None = None,
    column: str | None = None,
    found: str | None = None,
) -> Problem:
    return Problem(place=raw.place, row=row, column=column, found=found, message=message, remedy=remedy)


def _in_order(problems: Sequence[Problem], tables: Sequence[RawTable]) -> tuple[Problem, ...]:
    places = {raw.place: position for position, raw in reversed(list(enumerate(tables)))}
    return tuple(sorted(problems, key=lambda problem: (places[problem.place], problem.row or 0)))
