"""CSV files as RevMan writes them: cells by column name, never by position, with the line where each row begins.

Names are compared without case; UTF-8 with or without its mark, line ends of either kind also inside quoted cells.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from livereview import Problem, decoded_text, plain_text
from livereview_revman.review import Place

_LARGEST_CELL = 10_000_000


@dataclass(kw_only=True)
class Sheet:
    """The rows of a CSV file."""

    place: str
    columns: tuple[str, ...]
    """In lower case, in the order of the file."""
    titles: Mapping[str, str]
    """Column as the file spells it."""
    rows: list[tuple[Place, dict[str, str]]] = field(default_factory=list)
    lost: list[Problem] = field(default_factory=list)
    """Rows that could not be split into the cells of the header."""

    def has(self, *names: str) -> bool:
        """Whether it has every one of these columns."""
        return set(names) <= set(self.columns)


def sheet(content: bytes, place: str, delimiter: str = ",") -> Sheet:
    """The CSV file; a row with too few or too many cells is lost and named, and the others go on."""
    text, _ = decoded_text(content)
    rows = _rows(text, delimiter)
    header = next(rows, (1, []))[1]
    if isinstance(header, csv.Error):
        header = []
    titles = [plain_text(name) for name in header]
    while titles and not titles[-1]:
        titles.pop()
    names = tuple(name.lower() for name in titles)
    found = Sheet(place=place, columns=names, titles=dict(zip(names, titles, strict=True)))
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        message = f'the column "{name}" stands there {names.count(name)} times; the last is read'
        found.lost.append(_lost(Place(file=place, row=1), message, None))
    for line, cells in rows:
        where = Place(file=place, row=line)
        if isinstance(cells, csv.Error):
            found.lost.append(_lost(where, f"the rest of the file cannot be split into cells ({cells})", None))
        elif any(cell.strip() for cell in cells):
            width = len(cells)
            while width > len(names) and not cells[width - 1].strip():
                width -= 1
            if width != len(names):
                message = f"the row has {width} cells, the header {len(names)}; it is not read"
                found.lost.append(_lost(where, message, ",".join(cells)[:80]))
            else:
                found.rows.append((where, dict(zip(names, cells, strict=False))))
    return found


def _lost(where: Place, message: str, found: str | None) -> Problem:
    remedy = "Download the file again; if it is so there, type the row into a sheet."
    return Problem(place=where.file, row=where.row, found=found, message=message, remedy=remedy)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Each row with the line at which it begins; reading ends at the first that cannot be split."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        limit = csv.field_size_limit(_LARGEST_CELL)  # of the whole process: it is set for this row alone
        try:
            found = next(reader, None)
        except csv.Error as error:
            yield line, error
            return
        finally:
            csv.field_size_limit(limit)
        if found is None:
            return
        yield line, found
