"""Text sheets: CSV with commas or semicolons, and tabs. Row numbers are lines of the file, where a row begins."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from livereview import Problem
from livereview_sheets.characters import shortened, text_entry
from livereview_sheets.encodings import decoded
from livereview_sheets.grid import Grid, Reading, Record

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
#: First line by which Excel tells itself the delimiter.
_DECLARED = re.compile(r'"?sep=([,;\t|])"?(\r\n|\r|\n|$)', re.IGNORECASE)
_LINE_END = re.compile("\r\n|\r|\n")
#: Below this many columns, a cell of several lines looks like swallowed rows too easily.
_COLUMNS_TO_TELL = 4


def read(content: bytes, place: str, table: str, encoding: str) -> Reading:
    """The one grid of a text file, all cells text or None; rows of another width than the header are problems."""
    text = decoded(content, encoding, place)
    if isinstance(text, Problem):
        return Reading(problems=[text])
    if "\0" in text:
        return Reading(problems=[_not_text(text, place)])
    declared = _DECLARED.match(text)
    first_line = 1
    if declared:
        text, first_line = text[declared.end() :], 2
    delimiter = declared[1] if declared else _delimiter(text, place)
    if isinstance(delimiter, Problem):
        return Reading(problems=[delimiter])
    return _read(text, delimiter, first_line, place, table)


def _read(text: str, delimiter: str, first_line: int, place: str, table: str) -> Reading:
    problems: list[Problem] = []
    records: list[Record] = []
    names: Sequence[str] = ()
    width = 0
    for line, found in _rows(text, delimiter):
        number = line + first_line
        if isinstance(found, csv.Error):
            problems.append(_broken(found, place, number))
        elif not any(cell.strip() for cell in found):
            continue
        elif width and len(found) != width:
            problems.append(_ragged(found, width, delimiter, place, number))
        else:
            names = names or found
            width = len(names)
            problems += _swallowed(found, names, delimiter, place, number)
            records.append(Record(number=number, cells=[text_entry(cell) for cell in found]))
    labels = [str(index + 1) for index in range(width)]
    return Reading(grids=[Grid(place=place, table=table, labels=labels, records=records)], problems=problems)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Each row with the lines before it; reading ends at the first row that cannot be split into cells."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        before = reader.line_num
        try:
            yield before, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield before, error
            return


def _delimiter(text: str, place: str) -> str | Problem:
    """The one sign that splits the header into columns; a comma where none does, since then it makes no difference."""
    splitting = [sign for sign in _DELIMITERS if _columns(text, sign) > 1]
    if "\t" in splitting and place.lower().endswith((".tsv", ".tab")):
        return "\t"
    if len(splitting) < 2:
        return splitting[0] if splitting else ","
    before = text[: len(text) - len(text.lstrip())]
    return Problem(
        place=place,
        row=1 + len(_LINE_END.findall(before)),
        found=shortened(_LINE_END.split(text.lstrip(), maxsplit=1)[0]),
        message=f"the header has {' and '.join(_DELIMITERS[sign] + 's' for sign in splitting)} between its words: "
        "which of them separates the columns cannot be told",
        remedy=f'Write a first line "sep={splitting[-1]}", or put names that hold such a sign in double quotes.',
    )


def _columns(text: str, delimiter: str) -> int:
    """Into how many columns the delimiter splits the header; 0 where it would cut through a quoted name."""
    for _, row in _rows(text, delimiter):
        if isinstance(row, csv.Error) or any('"' in cell for cell in row):
            return 0
        if any(cell.strip() for cell in row):
            return len(row)
    return 0


def _ragged(found: Sequence[str], width: int, delimiter: str, place: str, number: int) -> Problem:
    name = _DELIMITERS.get(delimiter, delimiter)
    if len(found) > width:
        remedy = f"Put double quotes around a cell that holds a {name}, or take the additional {name} out."
    else:
        remedy = f"Write an empty cell's {name} too: which cell is missing cannot be told."
    return Problem(
        place=place,
        row=number,
        found=shortened(delimiter.join(found)),
        message=f"the row has {_cells(len(found))}, the header {width}",
        remedy=remedy,
    )


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _broken(error: csv.Error, place: str, number: int) -> Problem:
    """The Problem of a row with which the csv module could not go on; rows below it are not read."""
    if "end of data" in str(error):
        message = "a double quote that opens in this row is never closed"
    elif "expected after" in str(error):
        message = "text follows directly after the double quote that closes a cell"
    else:
        message = f"the row cannot be split into cells ({error})"
    return Problem(
        place=place,
        row=number,
        message=f"{message}; this row and those below it were not read",
        remedy='Close the cell with one double quote, and write a double quote inside a quoted cell twice ("").',
    )


def _swallowed(
    cells: Sequence[str], names: Sequence[str], delimiter: str, place: str, number: int
) -> Iterator[Problem]:
    """Cells that hold exactly the end of this row and the beginning of another: a stray quote ate what is between.

    Two stray quotes in one column, some rows apart, leave a row of the right width, and would lose rows unseen.
    """
    last = len(cells) - 1
    for index, cell in enumerate(cells):
        if last + 1 < _COLUMNS_TO_TELL or not ("\n" in cell or "\r" in cell):
            continue
        counts = [line.count(delimiter) for line in _LINE_END.split(cell)]
        if counts == [last - index, *[last] * (len(counts) - 2), index]:
            yield Problem(
                place=place,
                row=number,
                column=names[index].strip() or str(index + 1),
                found=shortened(cell),
                message=f"the quoted cell looks like {len(counts)} rows run together",
                remedy="Take out the double quotes that do not belong there; a cell that is meant so needs one line.",
            )


def _not_text(text: str, place: str) -> Problem:
    return Problem(
        place=place,
        row=1 + len(_LINE_END.findall(text[: text.index("\0")])),
        found="NUL",
        message="the file holds NUL characters, so it is not a text file in this encoding",
        remedy="Save it from the spreadsheet as CSV UTF-8. UTF-16 needs its byte order mark.",
    )
