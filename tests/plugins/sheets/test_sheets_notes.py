"""What a person is told although nothing is wrong."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook

from livereview import FetchRequest
from livereview_sheets.options import SheetOptions
from livereview_sheets.source import fetch


def _notes(folder: Path) -> tuple[str, ...]:
    fetched = fetch(FetchRequest(folder=folder, tables=("studies", "results")), SheetOptions(path=["."]))
    assert not fetched.problems
    return fetched.notes


def test_hidden_rows_and_columns_are_read_and_told(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "studies"
    for row in (["study_id", "label"], ["a", "A"], ["b", "B"]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    book.save(tmp_path / "trial.xlsx")
    (note,) = _notes(tmp_path)
    assert note.startswith("trial.xlsx, sheet studies: row 3 and column B is hidden")


def test_a_file_taken_as_windows_1252_is_told(tmp_path: Path) -> None:
    (tmp_path / "studies.csv").write_bytes("study_id,label\na,Müller\n".encode("cp1252"))
    (note,) = _notes(tmp_path)
    assert "Windows-1252" in note


def test_a_utf8_file_needs_no_word(tmp_path: Path) -> None:
    (tmp_path / "studies.csv").write_text("study_id,label\na,Müller\n", encoding="utf-8")
    assert _notes(tmp_path) == ()
