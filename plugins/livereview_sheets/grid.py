"""From the cells of a sheet, as a reader found them, to a RawTable: header, blank rows and columns, refused cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from livereview import Cell, Problem, RawTable
from livereview_sheets.characters import Entry, Refused, shortened

#: So many problems of one sheet are listed; a file read wrongly can have one in each of a million rows.
LISTED = 100


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row: its number as a person counts it in the file, and its cells."""

    number: int
    cells: Sequence[Entry]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """One sheet that belongs to the named table; every record has one cell for each label."""

    place: str
    table: str
    labels: Sequence[str]
    """What people call the columns before there is a header: C in Excel, 3 elsewhere."""
    records: Sequence[Record]
    """The first that is not blank is the header."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a reader got out of one file."""

    grids: Sequence[Grid] = ()
    problems: Sequence[Problem] = ()
    notes: Sequence[str] = ()
    """What a person should know although nothing is wrong."""


def is_blank(cell: Entry) -> bool:
    """Whether a person sees nothing in the cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def raw_table(grid: Grid, rename: Mapping[str, str]) -> tuple[RawTable | None, list[Problem]]:
    """The sheet as a table, and what is wrong with it; None where there is no header.

    Column names lose surrounding blanks and are renamed. Blank rows and columns without name and data are left out.
    A refused cell becomes a Problem, and is None in the table. Column names that occur twice pass.
    """
    filled = [record for record in grid.records if not all(map(is_blank, record.cells))]
    if not filled:
        remedy = "Write column names in the first row, or remove the sheet."
        return None, [Problem(place=grid.place, message="there is nothing in it, not even a header", remedy=remedy)]
    header, *body = filled
    names, problems = _column_names(grid, header)
    kept = [index for index, name in enumerate(names) if name]
    problems += [_nameless(grid, index, body) for index in _with_data(names, body)]
    rows = []
    for record in body:
        refused = [(index, cell) for index in kept if isinstance(cell := record.cells[index], Refused)]
        problems += [refusal(grid.place, record.number, names[index], cell) for index, cell in refused]
        rows.append(tuple(_value(record.cells[index]) for index in kept))
    table = RawTable(
        table=grid.table,
        place=grid.place,
        columns=tuple(rename.get(names[index], names[index]) for index in kept),
        rows=tuple(rows),
        row_numbers=tuple(record.number for record in body),
    )
    return table, problems


def column_names(grid: Grid) -> tuple[str, ...]:
    """The names in the header, before renaming; empty where there is none."""
    for record in grid.records:
        if not all(map(is_blank, record.cells)):
            return tuple(_column_names(grid, record)[0])
    return ()


def refusal(place: str, row: int, column: str, cell: Refused) -> Problem:
    """The Problem of a refused cell."""
    found = shortened(cell.found)
    return Problem(place=place, row=row, column=column, found=found, message=cell.message, remedy=cell.remedy)


def listed(problems: Sequence[Problem]) -> list[Problem]:
    """The problems of one file, cut where there are too many to read; the last then says how many more there are."""
    if len(problems) <= LISTED:
        return list(problems)
    more = Problem(
        place=problems[0].place,
        message=f"{len(problems) - LISTED} more problems in this file",
        remedy="Correct those shown and read the file again.",
    )
    return [*problems[:LISTED], more]


def _column_names(grid: Grid, header: Record) -> tuple[list[str], list[Problem]]:
    """A name for each column, "" where there is none; a refused name becomes a Problem and the column's label."""
    names, problems = [], []
    for label, cell in zip(grid.labels, header.cells, strict=True):
        if isinstance(cell, Refused):
            problems.append(refusal(grid.place, header.number, label, cell))
            names.append(label)
        else:
            names.append("" if cell is None else str(cell).strip())
    return names, problems


def _with_data(names: Sequence[str], body: Sequence[Record]) -> list[int]:
    """The columns that have no name, but something beneath."""
    nameless = [index for index, name in enumerate(names) if not name]
    return [index for index in nameless if any(not is_blank(record.cells[index]) for record in body)]


def _nameless(grid: Grid, index: int, body: Sequence[Record]) -> Problem:
    first = next(record for record in body if not is_blank(record.cells[index]))
    cell = first.cells[index]
    return Problem(
        place=grid.place,
        row=first.number,
        column=grid.labels[index],
        found=shortened(cell.found if isinstance(cell, Refused) else str(cell)),
        message="the column has data but no name",
        remedy="Write the column's name in the header, or clear the cells beneath it.",
    )


def _value(cell: Entry) -> Cell:
    return None if isinstance(cell, Refused) else cell
