"""The source itself: from the manifest's options to tables, problems and the hash of every file read.

A bad file never raises: whatever is wrong with it is a Problem, and the other files are read all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import PurePosixPath

from livereview import Fetched, FetchRequest, Problem, RawTable
from livereview_sheets import delimited, parquet, workbook
from livereview_sheets.encodings import is_western
from livereview_sheets.files import SheetFile, content_of, sheet_files
from livereview_sheets.grid import Grid, Reading, column_names, listed, raw_table
from livereview_sheets.options import SheetOptions
from livereview_sheets.tables import table_of

_TEXT = (".csv", ".tsv", ".tab", ".txt")
_EXCEL = ".xlsx"
_PARQUET = ".parquet"
_SAVE_AS = {
    ".xls": "Open it and save it as Excel workbook (.xlsx).",
    ".xlsm": "Save it as Excel workbook without macros (.xlsx).",
    ".xlsb": "Open it and save it as Excel workbook (.xlsx).",
    ".ods": "Open it and save it as Excel workbook (.xlsx) or CSV UTF-8.",
    ".numbers": "Export it as CSV or Excel workbook (.xlsx).",
}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
#: How files of these kinds begin, and how others do, whatever their name says.
_BEGINNING = {_EXCEL: b"PK\x03\x04", _PARQUET: b"PAR1"}
_FOREIGN = (
    (b"PK\x03\x04", "an Excel workbook or another zip file"),
    (_OLD_OFFICE, "an old Excel workbook (.xls), or one protected with a password"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
)


def fetch(request: FetchRequest, options: SheetOptions) -> Fetched:
    """Every sheet that the options name, with all that is wrong with them.

    Tables keep the order of files (sorted within a folder) and of sheets within a workbook. ``inputs`` holds the
    SHA-256 of the bytes that were read, by the file's name relative to the manifest's folder.
    """
    files, problems = sheet_files(request.folder, options)
    tables: list[RawTable] = []
    inputs: dict[str, str] = {}
    notes: list[str] = []
    unused = set(options.rename)
    for done, file in enumerate(files):
        request.progress(f"Reading {file.name}", done, len(files))
        content = content_of(file, options.max_megabytes)
        if isinstance(content, Problem):
            problems.append(content)
            continue
        inputs[file.name] = hashlib.sha256(content).hexdigest()
        reading = _read(file, content, request.tables, options)
        found = list(reading.problems)
        notes += reading.notes
        for grid in reading.grids:
            table, wrong = raw_table(grid, options.rename)
            tables += [] if table is None else [table]
            found += wrong
            unused -= set(column_names(grid))
        problems += listed(found)
    request.progress("Sheets read", len(files), len(files))
    if not problems:
        problems += _unused_names(unused, tables)
    return Fetched(tables=tuple(tables), problems=tuple(problems), inputs=inputs, notes=tuple(notes))


def _read(file: SheetFile, content: bytes, tables: Sequence[str], options: SheetOptions) -> Reading:
    """What the reader for this kind of file gets out of it."""
    if file.kind not in (*_TEXT, _EXCEL, _PARQUET):
        return Reading(problems=[_unknown_kind(file)])
    if problem := _disguised(file, content):
        return Reading(problems=[problem])
    stem = PurePosixPath(file.name).stem
    if file.kind == _EXCEL:
        return workbook.read(content, file.name, stem, tables, options.max_megabytes)
    table = table_of(stem, tables, file.name, "file")
    if isinstance(table, Problem):
        return Reading(problems=[table])
    if file.kind == _PARQUET:
        return parquet.read(content, file.name, table, options.max_megabytes)
    if not content:
        return Reading(grids=[Grid(place=file.name, table=table, labels=(), records=())])
    reading = delimited.read(content, file.name, table, options.encoding)
    if reading.grids and options.encoding == "auto" and is_western(content):
        note = (
            f"{file.name}: is not UTF-8 and was read as Windows-1252; save it as UTF-8, so that no letter is in doubt"
        )
        return replace(reading, notes=(*reading.notes, note))
    return reading


def _unknown_kind(file: SheetFile) -> Problem:
    remedy = _SAVE_AS.get(
        file.kind, "Save it as CSV, TSV, .xlsx or Parquet; if it holds no evidence, add it to ignore."
    )
    return Problem(place=file.name, found=file.kind or None, message="sheets of this kind are not read", remedy=remedy)


def _disguised(file: SheetFile, content: bytes) -> Problem | None:
    """The Problem of a file that begins like one of another kind than its name says."""
    foreign = next((what for start, what in _FOREIGN if content.startswith(start)), None)
    expected = _BEGINNING.get(file.kind)
    if content.startswith(expected) if expected else foreign is None:
        return None
    if file.kind == _EXCEL and content.startswith(_OLD_OFFICE):
        remedy = "Remove the password, or save it as Excel workbook (.xlsx)."
    else:
        remedy = "Give it the name that fits its content, or save it again as what the name says."
    return Problem(
        place=file.name,
        found=content[:8].hex(" ") if content else "an empty file",
        message=f"its name ends in {file.kind}, but it is {foreign or 'something else, perhaps text'}",
        remedy=remedy,
    )


def _unused_names(unused: set[str], tables: Sequence[RawTable]) -> list[Problem]:
    """Columns to rename that no sheet has: most likely a slip of the pen, which would leave numbers out."""
    present = sorted({column for table in tables for column in table.columns})
    problems = []
    for name in sorted(unused):
        near = get_close_matches(name, present, n=1)
        problems.append(
            Problem(
                place="manifest, rename",
                found=name,
                message="no sheet has a column of this name",
                remedy=f'Perhaps "{near[0]}" is meant.' if near else "Correct it, or take it out of rename.",
            )
        )
    return problems
