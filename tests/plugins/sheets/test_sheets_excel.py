"""Excel workbooks: which sheets, rows and columns are read, and which files are refused."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook
from sheet_folder import SheetFolder, one_cell, where, with_part, with_shared_strings, workbook

HEADER = ["study_id", "n"]
ROWS = [HEADER, ["brown-2021", 24]]
PLACE = "results.xlsx, sheet results"

# --- sheets --------------------------------------------------------------------------------------------------


def test_a_workbook_of_a_trial_brings_all_its_tables(folder: SheetFolder) -> None:
    sheets: dict[str, Any] = {
        "Studies": ROWS,
        "reports 2027": [["report_id"], ["pmid:1"]],
        "Results": ROWS,
        "Notes": [["free text"]],
    }
    folder.write("smith-2027.xlsx", workbook(sheets))
    fetched = folder.fetch()
    assert not fetched.problems
    assert [(table.table, table.place) for table in fetched.tables] == [
        ("studies", "smith-2027.xlsx, sheet Studies"),
        ("reports", "smith-2027.xlsx, sheet reports 2027"),
        ("results", "smith-2027.xlsx, sheet Results"),
    ]


@pytest.mark.parametrize("title", ["notes", "README", "Legend", "_scratch", "#old results", " Notes "])
def test_sheets_that_say_they_hold_no_evidence_are_left_out(folder: SheetFolder, title: str) -> None:
    table = folder.table(workbook({title: [["=1/0"], [1]], "results": ROWS}), "smith.xlsx")
    assert table.rows == (("brown-2021", 24),)


def test_the_file_names_the_table_of_a_single_sheet(folder: SheetFolder) -> None:
    table = folder.table(workbook({"Sheet1": ROWS, "Sheet2": [], "notes": [["x"]]}), "results-2025.xlsx")
    assert (table.table, table.place) == ("results", "results-2025.xlsx, sheet Sheet1")


def test_a_sheet_of_unknown_name_is_never_left_out_silently(folder: SheetFolder) -> None:
    problem = folder.problem(workbook({"results": ROWS, "result2": ROWS}), "smith.xlsx")
    assert where(problem) == ("smith.xlsx, sheet result2", None, None, "result2")
    assert "(perhaps results)" in problem.remedy
    assert 'begin its name with "_"' in problem.remedy


def test_with_several_sheets_the_file_names_none_of_them(folder: SheetFolder) -> None:
    folder.write("results.xlsx", workbook({"Sheet1": ROWS, "Sheet2": ROWS}))
    assert [problem.found for problem in folder.fetch().problems] == ["Sheet1", "Sheet2"]


def test_a_sheet_with_the_names_of_two_tables_is_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem(workbook({"studies and results": ROWS}), "smith.xlsx")
    assert "studies, results" in problem.message


def test_an_empty_sheet_with_the_name_of_a_table_is_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem(workbook({"results": ROWS, "reports": []}), "smith.xlsx")
    assert problem.place == "smith.xlsx, sheet reports"
    assert "not even a header" in problem.message


@pytest.mark.parametrize("sheets", [{"Sheet1": []}, {"notes": [["x"]]}])
def test_a_workbook_without_anything_to_read_is_a_problem(folder: SheetFolder, sheets: dict[str, Any]) -> None:
    assert folder.problem(workbook(sheets), "results.xlsx").place.startswith("results.xlsx")


def test_strict_open_xml_is_a_problem_since_openpyxl_sees_no_sheets_in_it(folder: SheetFolder) -> None:
    content = with_part(
        workbook({"results": ROWS}),
        "",
        (
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
    )
    problem = folder.problem(content, "results.xlsx")
    assert "no sheet" in problem.message
    assert "Strict" in problem.remedy


def test_hidden_sheets_rows_and_columns_are_read(folder: SheetFolder) -> None:
    def hide(book: Workbook) -> None:
        sheet = book["results"]
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet.sheet_state = "hidden"

    table = folder.table(workbook({"notes": [["x"]], "results": ROWS}, hide), "smith.xlsx")
    assert table.columns == ("study_id", "n")
    assert table.rows == (("brown-2021", 24),)


# --- rows and columns ----------------------------------------------------------------------------------------


def test_rows_and_columns_keep_the_numbers_and_letters_of_the_sheet(folder: SheetFolder) -> None:
    rows = [
        [],
        [None, "study_id", None, " n "],
        [],
        [None, "brown-2021", None, 24],
        [None, "  "],
        [None, "hogan", None],
    ]
    table = folder.table(workbook({"results": rows}), "results.xlsx")
    assert table.columns == ("study_id", "n")
    assert table.rows == (("brown-2021", 24), ("hogan", None))
    assert table.row_numbers == (4, 6)


def test_a_column_without_name_is_a_problem_by_its_letter(folder: SheetFolder) -> None:
    problem = folder.problem(workbook({"results": [HEADER, ["a", 1], ["b", 2, None, 0.5]]}), "results.xlsx")
    assert where(problem) == (PLACE, 3, "D", "0.5")


def test_a_cell_far_away_costs_nothing_and_is_found(folder: SheetFolder) -> None:
    def far(book: Workbook) -> None:
        book["results"]["XFD1048576"] = "stray"

    problem = folder.problem(workbook({"results": ROWS}, far), "results.xlsx")
    assert where(problem) == (PLACE, 1_048_576, "XFD", "stray")


def test_merged_cells_are_a_problem(folder: SheetFolder) -> None:
    def merge(book: Workbook) -> None:
        book["results"].merge_cells("A2:A4")
        book["results"].merge_cells("D6:E7")

    folder.write("results.xlsx", workbook({"results": [*ROWS, [None, 31], [None, 9]]}, merge))
    problems = folder.fetch().problems
    assert [where(problem) for problem in problems] == [
        (PLACE, 2, "study_id", "A2:A4"),
        (PLACE, 6, "D", "D6:E7"),
    ]
    assert "Unmerge" in problems[0].remedy


# --- files ---------------------------------------------------------------------------------------------------


def test_a_workbook_that_unpacks_to_far_more_is_refused_before_loading(folder: SheetFolder) -> None:
    stream = io.BytesIO(workbook({"results": ROWS}))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/bomb.xml", b" " * 3_000_000)
    assert len(stream.getvalue()) < 100_000
    problem = folder.problem(stream.getvalue(), "results.xlsx", max_megabytes=2)
    assert problem.found == "3.0 MB"
    assert "unpacked larger than 2 MB" in problem.message


def test_a_workbook_cut_short_is_a_problem(folder: SheetFolder) -> None:
    content = workbook({"results": ROWS})
    for length in (10, 200, len(content) // 2, len(content) - 10):
        problem = folder.problem(content[:length], "results.xlsx")
        assert problem.place == "results.xlsx"
        assert "cannot be read as an Excel workbook" in problem.message


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"]
)
def test_a_workbook_with_a_damaged_part_is_a_problem(folder: SheetFolder, part: str) -> None:
    content = with_part(with_shared_strings(one_cell(0.5)), part, (b"<", b"<<"))
    assert "cannot be read as an Excel workbook" in folder.problem(content, "results.xlsx").message


def test_another_zip_file_is_a_problem(folder: SheetFolder) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "cannot be read" in folder.problem(stream.getvalue(), "results.xlsx").message


def test_a_protected_workbook_is_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "results.xlsx")
    assert "protected with a password" in problem.message
    assert "Remove the password" in problem.remedy


def test_text_under_the_name_of_a_workbook_is_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem("study_id,n\n", "results.xlsx")
    assert "perhaps text" in problem.message
