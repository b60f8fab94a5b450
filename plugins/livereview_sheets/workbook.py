"""Excel workbooks (.xlsx): each cell as the person at the screen sees it. Row numbers are those of the sheet.

Hidden rows, columns and sheets are read like the others; comments, colours and charts are not read.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livereview import Problem
from livereview_sheets.characters import Entry, shortened
from livereview_sheets.excelcells import entry
from livereview_sheets.files import too_large
from livereview_sheets.grid import Grid, Reading, Record, column_names
from livereview_sheets.tables import table_of, tables_in

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.cell_range import CellRange
    from openpyxl.worksheet.worksheet import Worksheet

_LEFT_OUT = re.compile(r"\s*(?:[_#].*|notes|readme|legend)\s*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """A worksheet without its empty rows and columns."""

    title: str
    labels: Sequence[str]
    records: Sequence[Record]
    merged: Sequence[CellRange]
    hidden: str
    """What of it a person does not see in Excel, in words; empty = nothing."""


def read(content: bytes, place: str, stem: str, tables: Sequence[str], max_megabytes: float) -> Reading:
    """The sheets of a workbook that hold tables.

    Sheets named notes, readme or legend, or beginning with _ or #, are left out. A sheet's name says its table; that
    of the only one with cells may come from the file (``stem``). Other sheets are problems, unless they are empty.
    """
    if problem := _packed_too_large(content, place, max_megabytes):
        return Reading(problems=[problem])
    try:
        sheets = _sheets(content)
    except Exception as error:  # openpyxl meets a damaged file with whatever its parts raise
        return Reading(problems=[_damaged(place, error)])
    if not sheets:
        return Reading(problems=[_nothing(place)])
    used = [sheet for sheet in sheets if sheet.records or tables_in(sheet.title, tables)] or sheets[:1]
    grids: list[Grid] = []
    problems: list[Problem] = []
    notes: list[str] = []
    for sheet in used:
        table = _table(sheet.title, stem if len(used) == 1 else "", tables, place)
        if isinstance(table, Problem):
            problems.append(table)
            continue
        grid = Grid(place=_place(place, sheet.title), table=table, labels=sheet.labels, records=sheet.records)
        grids.append(grid)
        problems += [_merged(grid, cells) for cells in sheet.merged]
        notes += [f"{grid.place}: {sheet.hidden}, and was read like the rest"] if sheet.hidden else []
    return Reading(grids=grids, problems=problems, notes=notes)


def _sheets(content: bytes) -> list[_Sheet]:
    """The worksheets that are not left out; a second reading brings the stored results of formulas, if any."""
    book = _loaded(content, results=False)
    kept = [sheet for sheet in book.worksheets if not _LEFT_OUT.fullmatch(sheet.title)]
    computed = None
    if any(cell.data_type == "f" for sheet in kept for cell in sheet._cells.values()):
        computed = _loaded(content, results=True)
    return [_sheet(sheet, computed[sheet.title] if computed else None) for sheet in kept]


def _loaded(content: bytes, *, results: bool) -> Workbook:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts that are not read: charts, validation rules, extensions
        return load_workbook(io.BytesIO(content), data_only=results, rich_text=True, keep_links=False)


def _sheet(sheet: Worksheet, computed: Worksheet | None) -> _Sheet:
    from openpyxl.utils import get_column_letter

    rows: dict[int, dict[int, Entry]] = {}
    for (row, column), cell in sheet._cells.items():  # iter_rows would make every cell up to the last one used
        result = computed._cells.get((row, column)) if computed is not None else None
        if (value := entry(cell, result)) is not None:
            rows.setdefault(row, {})[column] = value
    columns = sorted({column for cells in rows.values() for column in cells})
    return _Sheet(
        title=sheet.title,
        labels=[get_column_letter(column) for column in columns],
        records=[Record(number=row, cells=[rows[row].get(column) for column in columns]) for row in sorted(rows)],
        merged=sorted(sheet.merged_cells.ranges, key=lambda cells: (cells.min_row, cells.min_col)),
        hidden=_hidden(sheet, sorted(rows)),
    )


def _hidden(sheet: Worksheet, rows: Sequence[int]) -> str:
    """Whether the sheet, or rows and columns with values, are hidden."""
    if sheet.sheet_state != "visible":
        return "the sheet is hidden"
    hidden = [str(row) for row in rows if sheet.row_dimensions[row].hidden]
    columns = [letter for letter, column in sheet.column_dimensions.items() if column.hidden]
    parts = [f"row {', '.join(hidden)}"] if hidden else []
    parts += [f"column {', '.join(sorted(columns))}"] if columns else []
    return f"{' and '.join(parts)} is hidden" if parts else ""


def _table(title: str, stem: str, tables: Sequence[str], place: str) -> str | Problem:
    if tables_in(stem, tables) and not tables_in(title, tables):
        return table_of(stem, tables, place, "file")
    return table_of(title, tables, _place(place, title), "sheet")


def _place(place: str, title: str) -> str:
    return f"{place}, sheet {title}"


def _packed_too_large(content: bytes, place: str, max_megabytes: float) -> Problem | None:
    """The Problem of a workbook whose directory states a size beyond the limit; zipfile unpacks no more than stated."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except Exception as error:  # a damaged directory raises more than BadZipFile
        return _damaged(place, error)
    return too_large(place, size, max_megabytes, " unpacked") if size > max_megabytes * 1_000_000 else None


def _merged(grid: Grid, cells: CellRange) -> Problem:
    from openpyxl.utils import get_column_letter

    letter = get_column_letter(cells.min_col)
    names = dict(zip(grid.labels, column_names(grid), strict=False))
    return Problem(
        place=grid.place,
        row=cells.min_row,
        column=names.get(letter) or letter,
        found=cells.coord,
        message="merged cells: only the first of them holds the value",
        remedy="Unmerge them and write the value into each cell that it belongs to.",
    )


def _damaged(place: str, error: Exception) -> Problem:
    return Problem(
        place=place,
        found=shortened(" ".join(f"{type(error).__name__}: {error}".split()), 160),
        message="it cannot be read as an Excel workbook",
        remedy="Open it in Excel and save it as Excel workbook (.xlsx), or save the sheet as CSV UTF-8.",
    )


def _nothing(place: str) -> Problem:
    return Problem(
        place=place,
        message="the workbook has no sheet that can be read",
        remedy="Name a sheet after its table; if it was saved as Strict Open XML, save it as Excel workbook (.xlsx).",
    )
