"""Cells of Excel: each holds what a person sees in it, or is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet
from sheet_folder import SheetFolder, one_cell, where, with_part, with_shared_strings, workbook

HEADER = ["study_id", "n"]
PLACE = "results.xlsx, sheet results"


@pytest.mark.parametrize(
    "value", [24, 0, -3, 0.56, 1e-9, 2**53, True, False, "24", "1,234", "1/2", "<0.001", " 24 ", datetime(2023, 11, 4)]
)
def test_a_cell_keeps_its_value_and_type(folder: SheetFolder, value: Any) -> None:
    ((_, cell),) = folder.table(
        one_cell(value, "yyyy-mm-dd" if isinstance(value, datetime) else "General"), "results.xlsx"
    ).rows
    assert cell == value
    assert type(cell) is type(value)


def test_a_floats_last_digits_are_those_that_excel_stores(folder: SheetFolder) -> None:
    content = with_part(one_cell(0.5), "xl/worksheets/sheet1.xml", (b"<v>0.5</v>", b"<v>0.56000000000000005</v>"))
    assert folder.table(content, "results.xlsx").rows == (("brown-2021", 0.56),)


def test_line_breaks_in_a_cell_stay_and_escaped_ones_are_unescaped(folder: SheetFolder) -> None:
    assert folder.table(one_cell("one\ntwo_x000D_\nthree"), "results.xlsx").rows == (
        ("brown-2021", "one\ntwo\r\nthree"),
    )


def test_an_escaped_control_character_is_a_problem(folder: SheetFolder) -> None:
    assert "U+000B" in folder.problem(one_cell("one_x000B_two"), "results.xlsx").message


@pytest.mark.parametrize("formula", ["=12+12", "=SUM(C1:C2)", ArrayFormula("B2", "=12+12")])
def test_a_formula_counts_by_its_stored_result(folder: SheetFolder, formula: Any) -> None:
    content = with_part(one_cell(formula), "xl/worksheets/sheet1.xml", (b"<v/>", b"<v>24</v>"))
    assert folder.table(content, "results.xlsx").rows == (("brown-2021", 24),)


def test_a_formula_without_result_is_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem(one_cell("=12+12"), "results.xlsx")
    assert where(problem) == (PLACE, 2, "n", "=12+12")
    assert "was not stored" in problem.message


def test_a_formula_that_ends_in_an_error_is_a_problem(folder: SheetFolder) -> None:
    content = with_part(
        one_cell("=1/0"), "xl/worksheets/sheet1.xml", (b'<c r="B2"', b'<c r="B2" t="e"'), (b"<v/>", b"<v>#DIV/0!</v>")
    )
    assert where(folder.problem(content, "results.xlsx")) == (PLACE, 2, "n", "#DIV/0!")


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"])
def test_an_error_value_is_a_problem(folder: SheetFolder, error: str) -> None:
    assert where(folder.problem(one_cell(error), "results.xlsx")) == (PLACE, 2, "n", error)


def test_a_formula_in_the_header_is_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem(workbook({"results": [["study_id", '="n"'], ["a", 1]]}), "results.xlsx")
    assert where(problem) == (PLACE, 1, "B", '="n"')


def test_a_number_beyond_all_numbers_is_a_problem(folder: SheetFolder) -> None:
    content = with_part(one_cell(0.5), "xl/worksheets/sheet1.xml", (b"<v>0.5</v>", b"<v>1e999</v>"))
    assert where(folder.problem(content, "results.xlsx")) == (PLACE, 2, "n", "inf")


def test_a_cell_struck_through_is_a_problem_that_names_withdrawn(folder: SheetFolder) -> None:
    def strike(sheet: Worksheet) -> None:
        sheet["B2"].font = Font(strike=True)

    problem = folder.problem(one_cell(24, change=strike), "results.xlsx")
    assert where(problem) == (PLACE, 2, "n", "24")
    assert "withdrawn" in problem.remedy


@pytest.mark.parametrize("position", ["superscript", "subscript"])
def test_a_raised_digit_is_not_read_as_part_of_the_number(folder: SheetFolder, position: Any) -> None:
    text = CellRichText("10", TextBlock(InlineFont(vertAlign=position), "3"))
    problem = folder.problem(one_cell(text), "results.xlsx")
    assert where(problem) == (PLACE, 2, "n", "103")
    assert '"3" is raised or lowered' in problem.message


def test_part_of_a_text_struck_through_is_a_problem(folder: SheetFolder) -> None:
    text = CellRichText(TextBlock(InlineFont(strike=True), "12"), " 24")
    assert "struck through" in folder.problem(one_cell(text), "results.xlsx").message


@pytest.mark.parametrize("text", ["24", " spaced ", "GarcÃ\xada", "x_x000D_\ny", "_x0041_", "#REF!", "≤ 5"])
def test_text_reads_the_same_from_the_cell_and_from_a_table_of_strings(folder: SheetFolder, text: str) -> None:
    content = one_cell(text)
    folder.write("results.xlsx", content)
    inside = folder.fetch()
    folder.write("results.xlsx", with_shared_strings(content))
    shared = folder.fetch()
    assert (inside.tables, inside.problems) == (shared.tables, shared.problems)


@pytest.mark.parametrize("strike", [True, False])
def test_fonts_inside_a_table_of_strings_are_seen(folder: SheetFolder, strike: bool) -> None:
    font = InlineFont(strike=True) if strike else InlineFont(vertAlign="superscript")
    content = with_shared_strings(one_cell(CellRichText("10", TextBlock(font, "3"))))
    assert where(folder.problem(content, "results.xlsx")) == (PLACE, 2, "n", "103")


def test_a_reading_aid_above_a_text_is_not_part_of_it(folder: SheetFolder) -> None:
    content = with_shared_strings(one_cell("山田"))
    aid = "<rPh sb='0' eb='2'><t>ヤマダ</t></rPh></si>".encode()
    content = with_part(content, "xl/sharedStrings.xml", (b"</t></si>", b"</t>" + aid))
    assert folder.table(content, "results.xlsx").rows == (("brown-2021", "山田"),)


def test_bold_words_and_raised_signs_are_plain_text(folder: SheetFolder) -> None:
    text = CellRichText(
        "CD19", TextBlock(InlineFont(vertAlign="superscript"), "+"), TextBlock(InlineFont(b=True), " all")
    )
    assert folder.table(one_cell(text), "results.xlsx").rows == (("brown-2021", "CD19+ all"),)


def test_garbled_text_in_a_workbook_is_a_problem(folder: SheetFolder) -> None:
    assert where(folder.problem(one_cell("GarcÃ\xada"), "results.xlsx")) == (PLACE, 2, "n", "GarcÃ\xada")


def test_all_bad_cells_are_named_at_once(folder: SheetFolder) -> None:
    rows = [HEADER, ["a", "#N/A"], ["b", "=1+1"], ["c", 3]]
    folder.write("results.xlsx", workbook({"results": rows, "reports": [["report_id"], ["#REF!"]]}))
    fetched = folder.fetch()
    assert [(problem.place, problem.row) for problem in fetched.problems] == [
        (PLACE, 2),
        (PLACE, 3),
        ("results.xlsx, sheet reports", 2),
    ]
    assert fetched.tables[0].rows == (("a", None), ("b", None), ("c", 3))
