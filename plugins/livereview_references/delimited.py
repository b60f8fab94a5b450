"""Tables of records: CSV and TSV of Embase, Zotero, PubMed, Covidence, Rayyan and others.

Columns are known by their names, never by their places. Row numbers are the lines where rows begin.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

from livereview_references.columns import TELLING, authors_in, field_named
from livereview_references.entry import Entry, Fields, Lost, Part
from livereview_references.textfile import TextFile

#: Signs with which a spreadsheet's formula begins.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DELIMITERS = (",", "\t", ";", "|")
_CITED = re.compile(
    r"(?P<journal>.+?)\s*\((?P<year>\d{4})\)\s*(?:(?P<volume>[^\s:(]+)?(?::(?P<issue>[^(]*?))?)?\s*"
    r"(?:\((?P<pages>[^()]*)\))?\.?\s*(?:Date of Publication:\s*(?P<date>.*?)\s*)?$",
    re.DOTALL,
)
_PMID = re.compile(r"\bPMID:\s*(\d{1,8})\b")
#: A line by which Excel tells itself the delimiter.
_DECLARED = re.compile(r'\ufeff?"?sep=.?"?', re.IGNORECASE)
_LONGEST = 10_000_000


def delimiter_of(first: str) -> str | None:
    """The sign that parts the columns of a table of records; None where the line is no header of one."""
    best, most = None, 1
    for sign in _DELIMITERS:
        try:
            names = [field_named(name) for name in next(csv.reader([first.lstrip("\ufeff")], delimiter=sign), [])]
        except csv.Error:
            continue
        told = len(set(names) & TELLING)
        if "title" in names and told > most:
            best, most = sign, told
    return best


def is_log_of_rayyan(first: str) -> bool:
    """Whether a header is that of Rayyan's customizations_log.csv, a list of events."""
    names = {name.strip(' "').lower() for name in first.lstrip("\ufeff").split(",")}
    return (
        "article_id" in names and bool(names & {"user_email", "user_id", "created_at", "key"}) and "title" not in names
    )


def header(file: TextFile) -> tuple[int, str]:
    """The first line with text, and its number."""
    for number, line in enumerate(file.lines(), start=1):
        if line.strip() and not _DECLARED.fullmatch(line):
            return number, line
    return 1, ""


def records(file: TextFile) -> int:
    """How many rows the file has below its header, counted by the quotes and ends of its lines alone."""
    rows, quotes, text = 0, 0, False
    for line in file.lines():
        quotes += line.count('"')
        text = text or bool(line.strip(' ,;\t|"'))
        if quotes % 2 == 0:
            rows, text = rows + text, False
    return max(rows + text - 1, 0)


def parts(file: TextFile) -> Iterator[Part]:
    """Every row as a record; rows that cannot be one are named."""
    before, first = header(file)
    sign = delimiter_of(first) or ","
    lines = (f"{line}\n" for number, line in enumerate(file.lines(), start=1) if number >= before)
    limit = csv.field_size_limit(_LONGEST)
    try:
        yield from _rows(csv.reader(lines, delimiter=sign, strict=True), before, sign)
    finally:
        csv.field_size_limit(limit)


def _rows(reader: Iterator[list[str]], before: int, sign: str) -> Iterator[Part]:
    columns: list[str | None] = []
    while True:
        line = before + getattr(reader, "line_num", 0)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Lost(line, f"the row cannot be parted into cells ({error})")
            continue
        if not columns:
            columns = [field_named(name) for name in cells]
        elif not any(cell.strip() for cell in cells):
            continue
        elif len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            message = f"the row has {len(cells)} cells, the header {len(columns)}: which belongs where cannot be told"
            yield Lost(line, message, sign.join(cells)[:60])
        elif swallowed := _swallowed(cells, sign, len(columns)):
            message = "the row has a cell that looks like rows run together by a stray quote: it is not taken"
            yield Lost(line, message, swallowed)
        else:
            yield Entry(line, _fields(cells, columns))


def _swallowed(cells: Sequence[str], sign: str, width: int) -> str:
    """A line inside a cell that has as many delimiters as a row."""
    if width < 4:
        return ""
    for cell in cells:
        if "\n" in cell:
            for line in cell.split("\n"):
                if line.count(sign) >= width - 1:
                    return line
    return ""


def _fields(cells: Sequence[str], columns: Sequence[str | None]) -> Fields:
    fields: Fields = {}
    if any(cell.startswith("livereview:") for cell in cells):
        cells = [cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell for cell in cells]
    for cell, column in zip(cells, columns, strict=False):
        if column is None or not (text := cell.strip()):
            continue
        if column == "authors":
            fields.setdefault("authors", authors_in(text))
        else:
            fields.setdefault(column, []).append(text)
    _cited(fields)
    if not fields.get("date"):
        fields["date"] = _month(fields)
    if not fields.get("pmid"):
        fields["pmid"] = [number for text in fields.get("note", ()) for number in _PMID.findall(text)]
    if "covidence" not in fields:
        fields.pop("study", None)
    if not fields.get("accession"):
        fields["accession"] = [text for text in fields.get("key", ()) if text.startswith("rayyan-")]
    return fields


def _month(fields: Fields) -> list[str]:
    """Month and day as a date where they are figures; the month alone where it is a word."""
    months, days, years = fields.get("month", []), fields.get("day", []), fields.get("year", [])
    if months and years and months[0].isdecimal():
        return ["-".join([years[0], months[0], *days[:1]])]
    return months


def _cited(fields: Fields) -> None:
    """Embase writes journal, year, volume, issue and pages into one cell, Source."""
    for text in fields.get("source", ()):
        if not fields.get("journal") and (found := _CITED.match(text)):
            for name, value in found.groupdict().items():
                if value and not fields.get(name):
                    fields[name] = [value.strip()]
