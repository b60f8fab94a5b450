"""Files and folders: which are read, in which order, under which name; and what happens to the others."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from sheet_folder import TABLES, SheetFolder, where

from livereview import FetchRequest, Problem
from livereview_sheets import SheetOptions, fetch

SHEET = "study_id,n\nbrown-2021,24\n"


def names(folder: SheetFolder, path: str | list[str] = ".", **options: Any) -> list[str]:
    fetched = folder.fetch(path, **options)
    assert not fetched.problems
    assert list(fetched.inputs) == [table.place for table in fetched.tables]
    return list(fetched.inputs)


def test_a_folder_is_read_with_all_folders_in_it_in_order(folder: SheetFolder) -> None:
    for name in ("b/results.csv", "a.b/results.csv", "results.csv", "b/a/smith_results.tsv", "B-results.CSV"):
        folder.write(name, SHEET)
    expected = ["B-results.CSV", "a.b/results.csv", "b/a/smith_results.tsv", "b/results.csv", "results.csv"]
    assert names(folder) == expected
    assert names(folder) == expected


def test_inputs_are_named_with_the_hash_of_their_bytes_good_or_bad(folder: SheetFolder) -> None:
    folder.write("extractions/results.csv", SHEET)
    folder.write("extractions/reports.csv", b"\x81")
    fetched = folder.fetch("extractions")
    assert fetched.inputs == {
        "extractions/reports.csv": hashlib.sha256(b"\x81").hexdigest(),
        "extractions/results.csv": hashlib.sha256(SHEET.encode()).hexdigest(),
    }


def test_a_file_named_twice_or_linked_is_read_once(folder: SheetFolder) -> None:
    file = folder.write("sheets/results.csv", SHEET)
    (folder.path / "sheets" / "z-results.csv").symlink_to(file)
    (folder.path / "sheets" / "again").symlink_to(folder.write("more/reports.csv", SHEET).parent)
    paths = ["sheets", "sheets/results.csv", "sheets/../sheets", "more"]
    assert names(folder, paths) == ["sheets/again/reports.csv", "sheets/results.csv"]


def test_paths_start_at_the_manifests_folder_wherever_they_lead(folder: SheetFolder, tmp_path: Path) -> None:
    folder.write("results.csv", SHEET)
    review = SheetFolder(tmp_path / "reviews")
    review.path.mkdir()
    assert names(review, "../results.csv") == ["../results.csv"]
    assert names(review, str(tmp_path / "results.csv")) == ["../results.csv"]


def test_a_relative_folder_of_the_manifest_will_do(folder: SheetFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write("reviews/results.csv", SHEET)
    monkeypatch.chdir(folder.path)
    fetched = fetch(FetchRequest(folder=Path("reviews"), tables=TABLES), SheetOptions(path="results.csv"))
    assert list(fetched.inputs) == ["results.csv"]


@pytest.mark.parametrize(
    "name",
    ["README.md", "readme_results.csv", ".hidden.csv", ".git/results.csv", "~$results.xlsx", ".~lock.results.csv#",
     "__MACOSX/results.csv", "Thumbs.db"],
)  # fmt: skip
def test_readme_hidden_and_lock_files_are_left_out(folder: SheetFolder, name: str) -> None:
    folder.write("results.csv", SHEET)
    folder.write(name, b"\x81")
    assert names(folder) == ["results.csv"]


@pytest.mark.parametrize("pattern", ["*.pdf", "protocol.*", "old/protocol.pdf", "old", "o*/*"])
def test_what_ignore_names_is_left_out(folder: SheetFolder, pattern: str) -> None:
    folder.write("results.csv", SHEET)
    folder.write("old/protocol.pdf", "%PDF")
    assert names(folder, ignore=[pattern]) == ["results.csv"]


def test_a_file_named_itself_is_read_though_a_pattern_fits(folder: SheetFolder) -> None:
    folder.write("results.csv", SHEET)
    assert names(folder, "results.csv", ignore=["*.csv"]) == ["results.csv"]


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("results.xls", ".xlsx"), ("results.xlsm", "without macros"), ("results.ods", "CSV UTF-8"),
     ("results.numbers", "Export"), ("protocol.pdf", "add it to ignore"), ("results", "add it to ignore")],
)  # fmt: skip
def test_other_kinds_of_file_are_never_left_out_silently(folder: SheetFolder, name: str, remedy: str) -> None:
    problem = folder.problem("x", name)
    assert problem.place == name
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"PK\x03\x04rest", "Excel workbook"), (b"\xd0\xcf\x11\xe0rest", "old Excel"), (b"PAR1rest", "Parquet"),
     (b"%PDF-1.7", "PDF"), (b"\x1f\x8brest", "gzip")],
)  # fmt: skip
def test_a_file_of_another_kind_than_its_name_says_is_a_problem(folder: SheetFolder, content: bytes, what: str) -> None:
    assert what in folder.problem(content, "results.csv").message


def test_a_path_that_is_not_there_is_a_problem_with_near_names(folder: SheetFolder) -> None:
    folder.write("extractions/results.csv", SHEET)
    (problem,) = folder.fetch("extractions/result.csv").problems
    assert where(problem) == ("extractions/result.csv", None, None, None)
    assert problem.remedy == "Perhaps extractions/results.csv is meant."
    (problem,) = folder.fetch("extraction/results.csv").problems
    assert problem.remedy == "Perhaps extractions is meant."
    (problem,) = folder.fetch("elsewhere").problems
    assert "starts at the manifest's folder" in problem.remedy


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "results.csv/more"])
def test_a_path_that_cannot_be_is_a_problem(folder: SheetFolder, path: str) -> None:
    folder.write("results.csv", SHEET)
    assert len(folder.fetch(path).problems) == 1


def test_an_empty_folder_is_a_problem(folder: SheetFolder) -> None:
    (folder.path / "extractions").mkdir()
    (problem,) = folder.fetch("extractions").problems
    assert (problem.place, problem.message) == ("extractions", "the folder has no sheet")


def test_links_in_a_circle_are_problems_and_the_rest_is_read(folder: SheetFolder) -> None:
    folder.write("sheets/results.csv", SHEET)
    (folder.path / "sheets" / "again").symlink_to(folder.path / "sheets")
    (folder.path / "sheets" / "loop-results.csv").symlink_to("loop-results.csv")
    (folder.path / "sheets" / "none-results.csv").symlink_to("gone.csv")
    fetched = folder.fetch("sheets")
    assert [(problem.place, problem.message) for problem in fetched.problems] == [
        ("sheets/again", "the link leads back to a folder that it stands in"),
        ("sheets/loop-results.csv", "it cannot be read: too many levels of symbolic links"),
        ("sheets/none-results.csv", "the link leads to a file that is not there"),
    ]
    assert [table.place for table in fetched.tables] == ["sheets/results.csv"]


def test_what_is_neither_file_nor_folder_is_a_problem(folder: SheetFolder) -> None:
    os.mkfifo(folder.path / "results.csv")
    (problem,) = folder.fetch().problems
    assert (problem.place, problem.message) == ("results.csv", "neither a file nor a folder")


@pytest.mark.parametrize("method", ["open", "iterdir", "stat"])
def test_what_may_not_be_read_is_a_problem(folder: SheetFolder, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    folder.write("extractions/results.csv", SHEET)

    def denied(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, method, denied)
    (problem,) = folder.fetch("extractions").problems
    assert problem.place in ("extractions", "extractions/results.csv")
    assert problem.message == "it cannot be read: permission denied"


def test_a_file_too_large_is_refused_before_it_is_loaded(folder: SheetFolder) -> None:
    with folder.write("results.csv", SHEET).open("r+b") as stream:
        stream.truncate(200_000_000_000)  # sparse: takes no room on disk
    problem: Problem
    (problem,) = folder.fetch().problems
    assert where(problem) == ("results.csv", None, None, "200000.0 MB")
    assert "max_megabytes" in problem.remedy
    folder.write("results.csv", SHEET)
    assert folder.fetch(max_megabytes=0.00001).problems[0].place == "results.csv"


@pytest.mark.parametrize(
    ("name", "table"),
    [("results.csv", "results"), ("results-2025.csv", "results"), ("smith-2027_results.tsv", "results"),
     ("Smith 2027 (Studies).csv", "studies"), ("RESULTS.CSV", "results"), ("results-results.csv", "results")],
)  # fmt: skip
def test_one_word_of_the_name_says_the_table(folder: SheetFolder, name: str, table: str) -> None:
    assert folder.table(SHEET, name).table == table


@pytest.mark.parametrize(
    ("name", "near"), [("result.csv", "results"), ("results2.csv", "results"), ("smith_study.csv", ""), ("x.csv", "")]
)
def test_a_name_without_a_table_is_a_problem_with_all_tables(folder: SheetFolder, name: str, near: str) -> None:
    problem = folder.problem(SHEET, name)
    assert where(problem) == (name, None, None, name.removesuffix(".csv"))
    assert ", ".join(TABLES) in problem.remedy
    assert (f"(perhaps {near})" in problem.remedy) == bool(near)


def test_a_name_with_two_tables_is_a_problem_with_both(folder: SheetFolder) -> None:
    problem = folder.problem(SHEET, "studies-results.csv")
    assert "2 tables in it: studies, results" in problem.message
    assert "studies-2025" in problem.remedy
