"""Whatever text is written as CSV, and whatever values as Excel, come back as they were."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sheet_folder import SheetFolder, with_shared_strings, workbook

from livereview import RawTable
from livereview_sheets.characters import text_entry

#: Text that a person could have typed: what the reader refuses has its own tests.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12).filter(
    lambda text: text_entry(text) in (text, None)
)
WESTERN = st.text(st.characters(codec="cp1252"), max_size=12).filter(lambda text: text_entry(text) in (text, None))
NAME = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)


@st.composite
def tables(draw: st.DrawFn, cells: st.SearchStrategy[Any], columns: int = 3) -> tuple[list[str], list[list[Any]]]:
    """A header and rows, none of them blank; few columns, since long cells of many lines look like swallowed rows."""
    header = draw(st.lists(NAME, min_size=1, max_size=columns))
    row = st.lists(cells, min_size=len(header), max_size=len(header))
    rows = draw(st.lists(row.filter(lambda cells: any(str(cell or "").strip() for cell in cells)), max_size=5))
    return header, rows


def table_of(name: str, content: bytes, **options: Any) -> RawTable:
    with tempfile.TemporaryDirectory() as path:
        return SheetFolder(Path(path)).table(content, name, **options)


@given(
    table=tables(TEXT),
    delimiter=st.sampled_from(",;\t"),
    end=st.sampled_from(["\r\n", "\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    declared=st.booleans(),
)
@settings(max_examples=150)
def test_any_table_of_text_comes_back_from_any_dialect(
    table: tuple[list[str], list[list[str]]], delimiter: str, end: str, quoting: Any, encoding: str, declared: bool
) -> None:
    header, rows = table
    assume(len(header) > 1 or declared or delimiter == ",")  # the header of one column tells no delimiter
    if quoting == csv.QUOTE_MINIMAL:  # the csv module of Python 3.11 leaves other line ends than its own unquoted
        assume(not any(sign in cell for row in rows for cell in row for sign in "\r\n" if sign not in end))
    stream = io.StringIO(newline="")
    if declared:
        stream.write(f"sep={delimiter}{end}")
    csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows([header, *rows])
    read = table_of("results.csv", stream.getvalue().encode(encoding))
    assert read.columns == tuple(header)
    assert [list(row) for row in read.rows] == [[cell or None for cell in row] for row in rows]


@given(table=tables(WESTERN))
@settings(max_examples=50)
def test_any_table_of_western_text_comes_back_where_its_encoding_is_named(
    table: tuple[list[str], list[list[str]]],
) -> None:
    header, rows = table
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([header, *rows])
    content = stream.getvalue().encode("cp1252")
    assume(not content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")))
    read = table_of("results.csv", content, encoding="cp1252")
    assert [list(row) for row in read.rows] == [[cell or None for cell in row] for row in rows]


VALUES = st.one_of(
    TEXT.filter(lambda text: "\r" not in text and "_x" not in text and not text.startswith("=")),
    st.integers(-(2**53), 2**53),
    st.floats(-1e300, 1e300).map(lambda number: float(f"{number:.15g}")),  # openpyxl writes 16 digits
    st.booleans(),
    st.none(),
)


@given(table=tables(VALUES), shared=st.booleans())
@settings(max_examples=50)
def test_any_table_of_values_comes_back_from_excel(table: tuple[list[str], list[list[Any]]], shared: bool) -> None:
    header, rows = table
    content = workbook({"results": [header, *rows]})
    read = table_of("results.xlsx", with_shared_strings(content) if shared else content)
    assert read.columns == tuple(header)
    assert [list(row) for row in read.rows] == [[None if cell == "" else cell for cell in row] for row in rows]
    kinds = [[bool if isinstance(cell, bool) else type(cell) for cell in row] for row in read.rows]
    assert [bool in row for row in kinds] == [any(isinstance(cell, bool) for cell in row) for row in rows]
