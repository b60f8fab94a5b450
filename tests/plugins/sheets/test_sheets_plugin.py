"""The plugin as the core meets it: registered, typed options, light to import, never raising."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError
from sheet_folder import TABLES, SheetFolder, where

from livereview import DataSource, FetchRequest
from livereview_sheets import SheetOptions, fetch, livereview_data_sources


def test_the_plugin_registers_one_source() -> None:
    (source,) = livereview_data_sources()
    assert isinstance(source, DataSource)
    assert (source.name, source.options, source.fetch) == ("sheets", SheetOptions, fetch)
    assert all(field.description for field in SheetOptions.model_fields.values())


def test_importing_the_plugin_imports_no_reader() -> None:
    heavy = "{'pandas', 'openpyxl', 'pyarrow', 'matplotlib', 'scipy'}"
    code = f"import livereview_sheets, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "options",
    [{}, {"path": ""}, {"path": []}, {"path": ["a", ""]}, {"path": 3}, {"path": "x", "max_megabytes": 0},
     {"path": "x", "rename": {"": "n"}}, {"path": "x", "rename": {"n": ""}}, {"path": "x", "sheet": "results"}],
)  # fmt: skip
def test_options_that_cannot_be_meant_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SheetOptions.model_validate(options)


def test_a_column_can_be_renamed(folder: SheetFolder) -> None:
    content = "study_id, n_arm_drug ,note\nbrown-2021,24,\n"
    table = folder.table(content, "studies.csv", rename={"n_arm_drug": "n_arm_experimental"})
    assert table.columns == ("study_id", "n_arm_experimental", "note")


def test_a_renamed_column_may_be_absent_from_some_sheets(folder: SheetFolder) -> None:
    folder.write("a-results.csv", "study_id,N\na,1\n")
    folder.write("b-results.csv", "study_id,n\nb,2\n")
    fetched = folder.fetch(rename={"N": "n"})
    assert not fetched.problems
    assert [table.columns for table in fetched.tables] == [("study_id", "n")] * 2


def test_a_renamed_column_that_no_sheet_has_is_a_problem_with_the_near_name(folder: SheetFolder) -> None:
    content = "study_id,n_arm_drug\nbrown-2021,24\n"
    problem = folder.problem(content, "studies.csv", rename={"n_arm_durg": "n_arm_experimental"})
    assert where(problem) == ("manifest, rename", None, None, "n_arm_durg")
    assert problem.remedy == 'Perhaps "n_arm_drug" is meant.'


def test_problems_are_told_by_the_name_in_the_sheet(folder: SheetFolder) -> None:
    problem = folder.problem("study_id,N\nbrown-2021,#REF!\n", rename={"N": "n"})
    assert where(problem) == ("results.csv", 2, "N", "#REF!")


def test_progress_is_told_for_every_file(folder: SheetFolder) -> None:
    told: list[tuple[str, int, int]] = []
    for name in ("results.csv", "reports.csv"):
        folder.write(name, "a\n1\n")
    request = FetchRequest(
        folder=folder.path, tables=TABLES, progress=lambda label, done, total: told.append((label, done, total))
    )
    fetch(request, SheetOptions(path="."))
    assert told == [("Reading reports.csv", 0, 2), ("Reading results.csv", 1, 2), ("Sheets read", 2, 2)]


def test_one_bad_file_loses_nothing_of_the_others(folder: SheetFolder) -> None:
    folder.write("a/results.csv", "study_id,n\nbrown-2021,24\n")
    folder.write("b/results.xlsx", "no workbook")
    folder.write("c/results.parquet", b"PAR1")
    folder.write("d/results.csv", b"\x81")
    folder.write("e/what.csv", "study_id\n")
    fetched = folder.fetch([".", "missing"])
    assert [table.place for table in fetched.tables] == ["a/results.csv"]
    assert [problem.place for problem in fetched.problems] == [
        "missing", "b/results.xlsx", "c/results.parquet", "d/results.csv", "e/what.csv",
    ]  # fmt: skip


def test_every_problem_reads_as_a_sentence_with_a_remedy(folder: SheetFolder) -> None:
    folder.write("results.csv", "study_id,n\nbrown-2021,#REF!\nhogan-2023\n")
    first, second = folder.fetch().problems
    assert str(first) == (
        "results.csv, row 3: the row has 1 cell, the header 2 (found 'hogan-2023'). "
        "Write an empty cell's comma too: which cell is missing cannot be told."
    )
    assert str(second) == (
        "results.csv, row 2, column n: a spreadsheet's error instead of a value (found '#REF!'). "
        "Write the value itself, or leave the cell empty."
    )


def test_random_bytes_under_any_name_never_raise(folder: SheetFolder) -> None:
    starts = (b"", b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04", b"PAR1", b"sep=;\n", b'"')
    for number, start in enumerate(starts):
        noise = bytes((index * index * 31 + number * 7) % 256 for index in range(3000))
        for ending in ("csv", "tsv", "xlsx", "parquet", "xls"):
            folder.write(f"{number}-results.{ending}", start + noise)
    fetched = folder.fetch(Path(".").as_posix())
    assert {problem.place for problem in fetched.problems} == set(fetched.inputs)
    assert not any(table.rows for table in fetched.tables)
