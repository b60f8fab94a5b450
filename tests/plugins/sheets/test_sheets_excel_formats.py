"""Number formats of Excel: a number is read only where the cell shows that number."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sheet_folder import SheetFolder, one_cell, where

from livereview_sheets.numberformats import date_difference, difference

PLACE = "results.xlsx, sheet results"


@pytest.mark.parametrize(
    "code",
    ["General", "0", "0.00", "#,##0", "#,##0.00", "0.00E+00", "##0.0E+0", "# ?/?", "@", "0;-0", "#,##0_);(#,##0)",
     "#,##0_);[Red](#,##0)", "0.00;[Red]-0.00", "[$€-407] 0.00", "$#,##0.00", "00000", "[Blue]General", "0.0_ ", "* 0",
     '_(* #,##0_);_(* \\(#,##0\\);_(* 0_);_(@_)', "[<1]0.000;0.0", "[DBNum1]General", "#,##0.00\\ \"€\""],
)  # fmt: skip
@pytest.mark.parametrize("value", [12.5, 1234567, -3, 0])
def test_a_number_shown_as_itself_is_read(code: str, value: float) -> None:
    assert difference(value, code) is None


@pytest.mark.parametrize(
    ("value", "code", "how"),
    [
        (0.56, "0%", "percentage"),
        (0.56, "0.0 %", "percentage"),
        (0.56, "0;-0%", None),
        (-0.56, "0;-0%", "percentage"),
        (56, '0"%"', "percentage"),
        (56, "0\\%", "percentage"),
        (56, "0‰", "percentage"),
        (12_000, "0,", "thousands"),
        (12_000, "#,##0,", "thousands"),
        (12_000_000, "0.0,,", "thousands"),
        (12_000_000, "0,.0", "thousands"),
        (0.001, '"<"0.000', '"<"'),
        (0.001, "<0.000", '"<"'),
        (0.001, "\\<0.000", '"<"'),
        (0.001, '"≤ "0.000', '"≤"'),
        (2, '0" years"', '"years"'),
        (2, "0\\a", '"a"'),
        (5, ";;;", "nothing"),
        (5, '"yes"', "nothing"),
        (0, "0;-0;", "nothing"),
        (0, '_(* #,##0_);_(* \\(#,##0\\);_(* "-"??_);_(@_)', "nothing"),
        (0, "#", "nothing"),
        (0, "#,###", "nothing"),
        (0, "0;-0;?", "nothing"),
        (0, '0;-0;"-"', "nothing"),
        (0, '0;-0;"n.r."', "nothing"),
        (-5, "0;0", "minus"),
        (-5, "0.00;[Red]0.00", "minus"),
        (0.5, '[<1]"<1";0', "nothing"),
        (5, "[<1]0%;0", "percentage"),
    ],
)
def test_a_number_shown_as_something_else_is_told(value: float, code: str, how: str | None) -> None:
    told = difference(value, code)
    assert told is None if how is None else told is not None and how in told


def test_a_percentage_is_a_problem_with_what_is_seen_and_what_is_stored(folder: SheetFolder) -> None:
    problem = folder.problem(one_cell(0.56, "0%"), "results.xlsx")
    assert where(problem) == (PLACE, 2, "n", "56%")
    assert problem.message == "the cell stores 0.56, shown as a percentage (format 0%)"
    assert "General" in problem.remedy


def test_a_p_value_with_its_sign_in_the_format_is_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem(one_cell(0.001, '"<"0.000'), "results.xlsx")
    assert where(problem) == (PLACE, 2, "n", "0.001")


@pytest.mark.parametrize("code", ["0", "#,##0", "0.00"])
def test_formats_that_round_or_group_leave_the_stored_number(folder: SheetFolder, code: str) -> None:
    assert folder.table(one_cell(1234.5678, code), "results.xlsx").rows == (("brown-2021", 1234.5678),)


@pytest.mark.parametrize("code", ["mm-dd-yy", "yyyy-mm-dd", "d-mmm-yy", "dd.mm.yyyy", "m/d/yy h:mm",
                                  "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy"])  # fmt: skip
def test_a_date_shown_in_full_stays_a_date(folder: SheetFolder, code: str) -> None:
    assert folder.table(one_cell(datetime(2023, 11, 4), code), "results.xlsx").rows == (
        ("brown-2021", datetime(2023, 11, 4)),
    )


@pytest.mark.parametrize(
    ("code", "hidden"),
    [
        ("d-mmm", "year"),
        ("mmm-yy", "day"),
        ("yyyy", "month and day"),
        ("dddd", "year and month and day"),
        ("h:mm", "year"),
    ],
)
def test_a_date_of_which_parts_are_hidden_is_a_problem(folder: SheetFolder, code: str, hidden: str) -> None:
    """Excel makes 1 February of "1/2" and shows 1-Feb; of "Nov 2023" it makes the first of the month."""
    assert hidden in str(date_difference(code))
    problem = folder.problem(one_cell(datetime(2023, 11, 1), code), "results.xlsx")
    assert where(problem) == (PLACE, 2, "n", "2023-11-01")
    assert "Text" in problem.remedy


@pytest.mark.parametrize(
    ("value", "code"), [(time(1, 30), "h:mm"), (timedelta(hours=30), "[h]:mm:ss"), (timedelta(minutes=3), "mm:ss")]
)
def test_a_time_of_day_is_a_problem(folder: SheetFolder, value: Any, code: str) -> None:
    problem = folder.problem(one_cell(value, code), "results.xlsx")
    assert (problem.row, problem.column) == (2, "n")
    assert "time of day" in problem.message


def test_a_date_serial_outside_the_calendar_is_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem(one_cell(99_999_999, "yyyy-mm-dd"), "results.xlsx")
    assert where(problem) == (PLACE, 2, "n", "#VALUE!")


def test_a_format_that_depends_on_the_language_of_excel_is_a_problem(folder: SheetFolder) -> None:
    """Format 58 shows 45293 as 2 January where Excel is Chinese; the file does not say so."""

    def chinese_date(sheet: Any) -> None:
        sheet["B2"]._style.numFmtId = 58

    content = one_cell(45293, "0.00", chinese_date)
    problem = folder.problem(content, "results.xlsx")
    assert where(problem) == (PLACE, 2, "n", "45293")
    assert "in some languages" in problem.message
