"""Sheets that go out to people and come back filled in: CSV and Excel, safe to open in a spreadsheet.

A text that a spreadsheet would read as a formula stays a text. A file that exists is never written over: it may hold
somebody's decisions.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from livereview.errors import ExpectedError
from livereview.foreign import archive_files, decoded_text
from livereview.spreadsheet import Value, written
from livereview.types import Cell, PluginError
from livereview.writing import write_whole

SHEETS = (".csv", ".tsv", ".xlsx")
_BOM = b"\xef\xbb\xbf"  # so that Excel reads UTF-8
_LARGEST = 200 * 1024 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet that came back: the header, and the rows below it with where each stands; the header is row 1."""

    place: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, Cell]], ...]


def require_new(path: Path, suffixes: Sequence[str]) -> None:
    """ExpectedError where a file of that name exists, or where its kind is not one of these."""
    if path.suffix.lower() not in suffixes:
        raise ExpectedError(f"{path}: the name must end in {', '.join(suffixes[:-1])} or {suffixes[-1]}.")
    if path.exists():
        raise ExpectedError(f"{path}: this file exists and may hold decisions. Name another, or move it away.")


def write(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Value]]) -> None:
    """Write a sheet as CSV or Excel, by the name of the file."""
    if path.suffix.lower() == ".xlsx":
        write_whole(path, _workbook(columns, rows))
    else:
        write_whole(path, _BOM + written(columns, rows))


def _workbook(columns: Sequence[str], rows: Sequence[Mapping[str, Value]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("decisions")
    sheet.freeze_panes = "A2"
    sheet.append(list(columns))
    for row in rows:
        cells = []
        for name in columns:
            value = row.get(name)
            cell = WriteOnlyCell(sheet, value=None if value == "" else value)
            if isinstance(value, str) and value:
                cell.data_type = "s"  # never a formula
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(path: Path, needed: Sequence[str]) -> Sheet | None:
    """The sheet in a file; None where it is none, or has not the columns that are needed.

    ExpectedError where the file cannot be read.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise ExpectedError(f"{path}: {path.stat().st_size:,} bytes, far more than any sheet of decisions.")
        content = path.read_bytes()
    except OSError as error:
        raise ExpectedError(f"{path}: cannot be read: {error.strerror}.") from None
    if path.suffix.lower() == ".xlsx":
        lines = _cells_of_workbook(content, str(path))
    elif path.suffix.lower() in SHEETS:
        lines = _cells_of_text(content)
    else:
        return None
    header = tuple(str(cell or "").strip() for cell in lines[0]) if lines else ()
    if not set(needed) <= set(header):
        return None
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise ExpectedError(f"{path}, row 1: the column {twice[0]} stands there twice. Keep one.")
    rows = tuple(
        (number, {name: cell for name, cell in zip(header, line, strict=False) if name})
        for number, line in enumerate(lines[1:], start=2)
        if any(cell not in (None, "") for cell in line)
    )
    return Sheet(place=path.name, columns=header, rows=rows)


def _cells_of_text(content: bytes) -> list[list[Cell]]:
    """The cells of CSV with commas, semicolons or tabs, whichever the header has most of."""
    text, _ = decoded_text(content)
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    limit = csv.field_size_limit(10_000_000)
    try:
        return [[_unescaped(cell) for cell in row] for row in reader]
    finally:
        csv.field_size_limit(limit)


def _unescaped(cell: str) -> str:
    """Without the apostrophe that keeps a text from being a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _cells_of_workbook(content: bytes, place: str) -> list[list[Cell]]:
    """The cells of the first sheet."""
    from openpyxl import load_workbook

    try:
        archive_files(content, place)  # refuses what would unpack without end
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return [[_cell(cell) for cell in row] for row in book.worksheets[0].values]
    except PluginError as error:
        raise ExpectedError(str(error)) from None
    except Exception as error:  # openpyxl raises whatever its parts raise
        raise ExpectedError(f"{place}: this is no workbook that can be read ({type(error).__name__}).") from None


def _cell(cell: Any) -> Cell:
    return _unescaped(cell) if isinstance(cell, str) else cell if isinstance(cell, bool | int | float | date) else None
