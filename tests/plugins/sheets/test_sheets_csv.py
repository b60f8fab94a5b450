"""CSV and TSV: what a text file says is what comes out, or a problem names the line."""

from __future__ import annotations

import pytest
from sheet_folder import SheetFolder, where

TWO_ROWS = (("brown-2021", "24"), ("hogan-2023", "31"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["results.csv", "results.tsv", "results.txt"])
def test_the_header_tells_the_delimiter_under_any_line_end(
    folder: SheetFolder, delimiter: str, end: str, name: str
) -> None:
    rows = [("study_id", "n"), *TWO_ROWS]
    table = folder.table(end.join(delimiter.join(row) for row in rows) + end, name)
    assert (table.table, table.place, table.columns) == ("results", name, ("study_id", "n"))
    assert table.rows == TWO_ROWS
    assert table.row_numbers == (2, 3)


def test_nothing_is_converted(folder: SheetFolder) -> None:
    cells = ("007", " 24 ", "1,234", "0,56", "56%", "1/2", "TRUE", "2023-11", "<0.001", "=1+1", "NA")
    header = ";".join(f"c{index}" for index, _ in enumerate(cells))
    assert folder.table(f"{header}\n{';'.join(cells)}\n").rows == (cells,)


def test_empty_cells_are_none_quoted_or_not(folder: SheetFolder) -> None:
    assert folder.table('a,b,c\n1,,""\n').rows == (("1", None, None),)


def test_a_first_line_sep_is_obeyed_and_counted(folder: SheetFolder) -> None:
    table = folder.table("sep=;\r\nstudy_id;n, all\r\nbrown-2021;24\r\n")
    assert table.columns == ("study_id", "n, all")
    assert table.row_numbers == (3,)


def test_sep_can_name_a_vertical_bar(folder: SheetFolder) -> None:
    assert folder.table("sep=|\nstudy_id|n\nbrown-2021|24\n").rows == (("brown-2021", "24"),)


def test_a_header_that_two_delimiters_split_is_not_guessed(folder: SheetFolder) -> None:
    problem = folder.problem("\nstudy_id;n, all;note\nbrown-2021;24;\n")
    assert where(problem) == ("results.csv", 2, None, "study_id;n, all;note")
    assert "commas and semicolons" in problem.message
    assert "sep=;" in problem.remedy


def test_a_quoted_delimiter_in_the_header_does_not_split_it(folder: SheetFolder) -> None:
    assert folder.table('study_id;"n, all"\nbrown-2021;24\n').columns == ("study_id", "n, all")


def test_in_a_tsv_a_comma_in_the_header_is_text(folder: SheetFolder) -> None:
    assert folder.table("study_id\tn, all\nbrown-2021\t24\n", "results.tsv").columns == ("study_id", "n, all")


def test_one_column_needs_no_delimiter(folder: SheetFolder) -> None:
    assert folder.table("study_id\nbrown-2021\n", "studies.csv").rows == (("brown-2021",),)


def test_rows_are_counted_by_lines_though_cells_span_several(folder: SheetFolder) -> None:
    table = folder.table('study_id,note\nbrown-2021,"one\ntwo\r\nthree"\nhogan-2023,"a ""quoted"" word"\n')
    assert table.rows == (("brown-2021", "one\ntwo\r\nthree"), ("hogan-2023", 'a "quoted" word'))
    assert table.row_numbers == (2, 5)


def test_blank_rows_and_blank_columns_are_left_out(folder: SheetFolder) -> None:
    table = folder.table("\n,,,\n study_id ,n,, \n\nbrown-2021,24,,\n , ,,\nhogan-2023,31,,\n")
    assert table.columns == ("study_id", "n")
    assert table.rows == TWO_ROWS
    assert table.row_numbers == (5, 7)


def test_a_column_that_occurs_twice_is_passed_on(folder: SheetFolder) -> None:
    assert folder.table("n,n\n1,2\n").columns == ("n", "n")


def test_only_a_header_is_a_table_without_rows(folder: SheetFolder) -> None:
    table = folder.table("study_id,n\n")
    assert (table.columns, table.rows, table.row_numbers) == (("study_id", "n"), (), ())


@pytest.mark.parametrize("content", ["", "\n\n", ",,,\n", "\ufeff"])
def test_a_file_without_anything_is_a_problem(folder: SheetFolder, content: str) -> None:
    problem = folder.problem(content)
    assert problem.place == "results.csv"
    assert "not even a header" in problem.message


@pytest.mark.parametrize(
    ("row", "count", "remedy"),
    [
        ("hogan-2023,31,,", "4 cells", "quotes around a cell that holds a comma"),
        ("hogan-2023,3,1,note", "4 cells", "quotes around a cell that holds a comma"),
        ("hogan-2023,31", "2 cells", "which cell is missing"),
        ("hogan-2023", "1 cell", "which cell is missing"),
    ],
)
def test_a_row_of_another_width_is_a_problem_at_its_line(
    folder: SheetFolder, row: str, count: str, remedy: str
) -> None:
    problem = folder.problem(f'study_id,n,note\nbrown-2021,24,"two\nlines"\n{row}\nkant-2017,271,\n')
    assert where(problem) == ("results.csv", 4, None, row)
    assert problem.message == f"the row has {count}, the header 3"
    assert remedy in problem.remedy


def test_all_bad_rows_are_named_at_once_and_the_good_ones_come_out(folder: SheetFolder) -> None:
    folder.write("results.csv", "study_id,n\na\nbrown-2021,24\nb,1,2\n")
    fetched = folder.fetch()
    assert [problem.row for problem in fetched.problems] == [2, 4]
    assert fetched.tables[0].rows == (("brown-2021", "24"),)
    assert fetched.tables[0].row_numbers == (3,)


def test_problems_without_end_are_cut_and_counted(folder: SheetFolder) -> None:
    folder.write("results.csv", "study_id,n\n" + "a\n" * 250)
    *shown, last = folder.fetch().problems
    assert [problem.row for problem in shown] == list(range(2, 102))
    assert last.message == "150 more problems in this file"


def test_data_under_an_empty_header_are_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem("study_id,n,\nbrown-2021,24,\nhogan-2023,31,check this\n")
    assert where(problem) == ("results.csv", 3, "3", "check this")
    assert "no name" in problem.message


def test_a_title_above_the_header_is_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem("Extracted in May,\nstudy_id,n\nbrown-2021,24\n")
    assert where(problem) == ("results.csv", 2, "2", "n")


def test_a_quote_that_is_never_closed_is_a_problem_where_it_opens(folder: SheetFolder) -> None:
    problem = folder.problem('study_id,note\nbrown-2021,ok\nhogan-2023,"open\nkant-2017,lost\n')
    assert where(problem) == ("results.csv", 3, None, None)
    assert "never closed" in problem.message
    assert "were not read" in problem.message


def test_text_after_a_closing_quote_is_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem('study_id,note\nbrown-2021,"at least" 12\n')
    assert problem.row == 2
    assert "directly after the double quote" in problem.message


def test_two_stray_quotes_cannot_swallow_the_rows_between_them(folder: SheetFolder) -> None:
    problem = folder.problem('study_id,n,arm,note\na,1,x,"first\nb,2,y,\nc,3,z,third"\nd,4,w,\n')
    assert where(problem) == ("results.csv", 2, "note", "first\nb,2,y,\nc,3,z,third")
    assert "3 rows run together" in problem.message


def test_a_note_of_several_lines_with_commas_is_a_note(folder: SheetFolder) -> None:
    note = "median, range\n12, 1-40, in months"
    assert folder.table(f'study_id,n,arm,note\na,1,x,"{note}"\n').rows == (("a", "1", "x", note),)


def test_a_cell_too_long_for_any_sheet_is_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem(f"study_id,note\na,{'x' * 200_000}\n")
    assert problem.row == 2
    assert "cannot be split" in problem.message


def test_bytes_of_no_text_are_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem(b"study_id,n\nbrown-2021,\x00\x01\n")
    assert where(problem) == ("results.csv", 2, None, "NUL")


@pytest.mark.parametrize(
    ("character", "code"),
    [("\x0b", "000B"), ("\x1a", "001A"), ("\x7f", "007F"), ("\x85", "0085"), ("\xad", "00AD"), ("\u200b", "200B"),
     ("\u202e", "202E"), ("\ufeff", "FEFF")],
)  # fmt: skip
def test_a_character_that_nobody_sees_is_a_problem(folder: SheetFolder, character: str, code: str) -> None:
    problem = folder.problem(f"study_id,n\nbrown{character}-2021,24\n")
    assert where(problem) == ("results.csv", 2, "study_id", f"brown{character}-2021")
    assert f"U+{code}" in problem.message


def test_a_lost_character_is_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem("study_id,label\ngarcia-2020,Garc\ufffda\n")
    assert where(problem) == ("results.csv", 2, "label", "Garc\ufffda")
    assert "lost" in problem.message


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "#DIV/0!", "#NAME?", "#NULL!", "#NV", "#BEZUG!", "Err:502", "####"])
def test_a_spreadsheets_error_is_a_problem(folder: SheetFolder, cell: str) -> None:
    problem = folder.problem(f"study_id,n\nbrown-2021,{cell}\n")
    assert where(problem) == ("results.csv", 2, "n", cell)


@pytest.mark.parametrize("cell", ["#3", "#", "# of events", "n/a", "N/A", "@home", "-1+2"])
def test_other_text_with_odd_signs_is_text(folder: SheetFolder, cell: str) -> None:
    assert folder.table(f"study_id,note\nbrown-2021,{cell}\n").rows == (("brown-2021", cell),)
