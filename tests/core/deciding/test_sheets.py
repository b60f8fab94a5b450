"""Sheets that go out and come back: safe in a spreadsheet, read whatever program saved them, never written over."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from livereview.deciding.sheets import read, require_new, write
from livereview.errors import ExpectedError

COLUMNS = ("record_id", "title", "decision", "n")
HOSTILE = ('=HYPERLINK("http://evil")', "+1", "-1", "@x", "'quoted", "a;b,c\td", 'say "x"', "Größe 和", "two\nlines")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_comes_back_as_it_was(tmp_path: Path, suffix: str, text: str) -> None:
    path = tmp_path / f"out{suffix}"
    write(path, COLUMNS, [{"record_id": "a", "title": text, "n": 1.25}])
    sheet = read(path, ("record_id",))
    assert sheet is not None
    [(number, row)] = sheet.rows
    assert (number, row["title"], float(str(row["n"]))) == (2, text, 1.25)
    assert not row["decision"]


@pytest.mark.parametrize("text", HOSTILE[:4])
def test_no_text_is_a_formula(tmp_path: Path, text: str) -> None:
    write(tmp_path / "out.csv", COLUMNS, [{"title": text}])
    assert "'" + text[0] in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    write(tmp_path / "out.xlsx", COLUMNS, [{"title": text}])
    cell = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]["B2"]
    assert (cell.value, cell.data_type) == (text, "s")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_sheet_is_read_as_whatever_program_saved_it(tmp_path: Path, separator: str, encoding: str, end: str) -> None:
    path = tmp_path / "in.csv"
    lines = [separator.join(line) for line in (("record_id", "decision", "reason"), ("a", "include", "Größe"))]
    path.write_bytes((end.join(lines) + end).encode(encoding))
    sheet = read(path, ("record_id", "decision"))
    assert sheet is not None
    assert sheet.rows == ((2, {"record_id": "a", "decision": "include", "reason": "Größe"}),)


def test_empty_rows_are_left_out_and_the_others_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("record_id,decision\n,\na,include\n\nb,\n")
    sheet = read(path, ("record_id",))
    assert sheet is not None
    assert [number for number, _ in sheet.rows] == [3, 5]


def test_a_file_without_the_columns_is_no_such_sheet(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("key,title\n1,x\n")
    assert read(path, ("record_id", "decision")) is None
    path.write_text("")
    assert read(path, ("record_id",)) is None


def test_a_column_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("record_id,decision,decision\na,include,exclude\n")
    with pytest.raises(ExpectedError, match="twice"):
        read(path, ("record_id",))


def test_a_file_that_exists_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("somebody's decisions")
    with pytest.raises(ExpectedError, match="exists"):
        require_new(path, (".csv", ".xlsx"))
    with pytest.raises(ExpectedError, match="must end in"):
        require_new(tmp_path / "out.doc", (".csv", ".xlsx"))


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04broken"])
def test_a_broken_workbook_is_an_expected_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "in.xlsx"
    path.write_bytes(content)
    with pytest.raises(ExpectedError):
        read(path, ("record_id",))


def test_a_workbook_that_would_unpack_without_end_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    path = tmp_path / "in.xlsx"
    path.write_bytes(out.getvalue())
    with pytest.raises(ExpectedError, match="not read"):
        read(path, ("record_id",))


def test_a_missing_file_is_an_expected_error(tmp_path: Path) -> None:
    with pytest.raises(ExpectedError, match="cannot be read"):
        read(tmp_path / "gone.csv", ("record_id",))
