"""A folder of sheets made by a test, read through the plugin as the core would."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from livereview import Fetched, FetchRequest, Problem, RawTable
from livereview_sheets import SheetOptions, fetch

TABLES = ("studies", "reports", "results", "appraisals", "characteristics", "ongoing")


@dataclass(frozen=True)
class SheetFolder:
    path: Path

    def write(self, name: str, content: str | bytes) -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def fetch(self, path: str | Sequence[str] = ".", **options: Any) -> Fetched:
        found = SheetOptions.model_validate({"path": path, **options})
        return fetch(FetchRequest(folder=self.path, tables=TABLES), found)

    def table(self, content: str | bytes, name: str = "results.csv", **options: Any) -> RawTable:
        """The one table of a folder with this one file, which must be without problems."""
        self.write(name, content)
        fetched = self.fetch(**options)
        assert not fetched.problems
        (table,) = fetched.tables
        return table

    def problem(self, content: str | bytes, name: str = "results.csv", **options: Any) -> Problem:
        """The one problem of a folder with this one file."""
        self.write(name, content)
        (problem,) = self.fetch(**options).problems
        return problem


def where(problem: Problem) -> tuple[str, int | None, str | None, str | None]:
    return problem.place, problem.row, problem.column, problem.found


def workbook(sheets: Mapping[str, Sequence[Any]], change: Callable[[Workbook], None] | None = None) -> bytes:
    """The bytes of a workbook with these rows, after ``change`` was made to it."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    if change is not None:
        change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_shared_strings(content: bytes) -> bytes:
    """The workbook with its text in a table of strings, as Excel writes it; openpyxl leaves text in the cells."""
    strings: list[str] = []

    def shared(cell: re.Match[str]) -> str:
        strings.append(cell[1])
        return f't="s"><v>{len(strings) - 1}</v></c>'

    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            text = old.read(part).decode()
            if part.startswith("xl/worksheets/"):
                text = re.sub(r't="inlineStr"><is>(.*?)</is></c>', shared, text, flags=re.DOTALL)
            declared = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}" /></Types>'
            text = text.replace("</Types>", declared)
            if part == "xl/_rels/workbook.xml.rels":
                link = f'<Relationship Id="rId99" Type="{relation}" Target="sharedStrings.xml" /></Relationships>'
                text = text.replace("</Relationships>", link)
            new.writestr(part, text)
        items = "".join(f"<si>{string}</si>" for string in strings)
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        new.writestr("xl/sharedStrings.xml", f'<sst xmlns="{space}" count="{len(strings)}">{items}</sst>')
    return stream.getvalue()


def with_part(content: bytes, name: str, *changes: tuple[bytes, bytes]) -> bytes:
    """The workbook with text in one of its parts (in all, for "") replaced, as other programs might write it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        assert not name or name in old.namelist()
        for part in old.infolist():
            # openpyxl writes <v /> without lxml, and <v></v> with it
            data = old.read(part).replace(b" />", b"/>").replace(b"<v></v>", b"<v/>")
            for before, after in changes if name in ("", part.filename) else ():
                assert not name or before in data
                data = data.replace(before, after)
            new.writestr(part.filename, data)
    return stream.getvalue()


def one_cell(value: Any, number_format: str = "General", change: Callable[[Worksheet], None] | None = None) -> bytes:
    """A workbook with the sheet results: columns study_id and n, one row, the value in B2."""

    def format_cell(book: Workbook) -> None:
        book["results"]["B2"].number_format = number_format
        if change is not None:
            change(book["results"])

    return workbook({"results": [["study_id", "n"], ["brown-2021", value]]}, format_cell)
