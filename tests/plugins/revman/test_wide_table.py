"""Tables with a row per study in metafor's columns: every layout, renamed columns, rows that are no numbers."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from pydantic import ValidationError
from revman_reading import read_wide

from livereview import PluginError

COUNTS = "study,year,ai,n1i,ci,n2i\nAdler,1999,12,100,20,98\nBrandt,2003,8,60,15,62\n"


def test_counts_are_two_arms(tmp_path: Path) -> None:
    found = read_wide(tmp_path, COUNTS, experimental="drug", control="placebo")
    assert [(row["study_id"], row["arm"], row["events"], row["n"]) for row in found.results] == [
        ("adler-1999", "drug", 12, 100), ("adler-1999", "placebo", 20, 98),
        ("brandt-2003", "drug", 8, 60), ("brandt-2003", "placebo", 15, 62),
    ]  # fmt: skip
    assert {(row["status"], row["outcome"], row["report_id"]) for row in found.results} == {
        ("from-review", "death", "doi:10.1000/table")
    }
    assert found.results[2]["locator"] == "table.csv, row 3"


def test_cells_are_added_up_to_people(tmp_path: Path) -> None:
    found = read_wide(tmp_path, "trial,ai,bi,ci,di\nAdler 1999,12,88,20,78\n")
    assert [(row["events"], row["n"]) for row in found.results] == [(12, 100), (20, 98)]


def test_means_are_means(tmp_path: Path) -> None:
    found = read_wide(tmp_path, "author,m1i,sd1i,n1i,m2i,sd2i,n2i\nAdler 1999,5.1,2.2,50,-6.4,2.5,48\n")
    assert [(row["measure"], row["estimate"], row["sd"], row["n"]) for row in found.results] == [
        ("mean", 5.1, 2.2, 50), ("mean", -6.4, 2.5, 48),
    ]  # fmt: skip


@pytest.mark.parametrize("column", ["vi", "sei"])
def test_logarithms_of_ratios_become_ratios(tmp_path: Path, column: str) -> None:
    uncertainty = 0.0225 if column == "vi" else 0.15
    (row,) = read_wide(tmp_path, f"study,yi,{column}\nAdler 1999,-0.35,{uncertainty}\n", measure="OR").results
    assert (row["measure"], row["estimate"], row["se"]) == ("OR", math.exp(-0.35), pytest.approx(0.15, rel=1e-15))
    assert (row["arm"], row["comparator"]) == ("experimental", "control")


def test_differences_stay_what_they_are(tmp_path: Path) -> None:
    (row,) = read_wide(tmp_path, "study,yi,vi\nAdler 1999,-0.35,0.04\n", measure="SMD").results
    assert (row["measure"], row["estimate"], row["se"]) == ("SMD", -0.35, 0.2)


def test_proportions_are_counts_of_one_arm(tmp_path: Path) -> None:
    (row,) = read_wide(tmp_path, "study,xi,ni\nAdler 1999,3,40\n", experimental="drug").results
    assert (row["arm"], row["measure"], row["events"], row["n"]) == ("drug", "count", 3, 40)


def test_columns_of_other_names_are_named_in_the_manifest(tmp_path: Path) -> None:
    content = "\ufeffTrial name;tpos;ttot;cpos;ctot\r\nAdler 1999;12;100;20;98\r\n"
    columns = {"study": "Trial name", "ai": "tpos", "n1i": "ttot", "ci": "cpos", "n2i": "ctot"}
    assert [row["events"] for row in read_wide(tmp_path, content, columns=columns).results] == [12, 20]


def test_row_names_of_r_are_no_column_of_a_study(tmp_path: Path) -> None:
    content = '"","study","ai","n1i","ci","n2i"\n"1","Adler 1999",12,100,20,98\n'
    assert [row["study_id"] for row in read_wide(tmp_path, content).studies] == ["adler-1999"]


def test_one_study_with_several_rows_keeps_them_all(tmp_path: Path) -> None:
    found = read_wide(tmp_path, COUNTS + "Adler,1999,13,99,20,98\n")
    assert [row["study_id"] for row in found.studies] == ["adler-1999", "brandt-2003"]
    assert [row.get("variant") for row in found.results] == ["entry-1", "entry-1", None, None, "entry-2", "entry-2"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Costa,2001,NA,50,3,50", "events of the experimental arm are not stated"),
        ("Costa,2001,60,50,3,50", "more events than people"),
        ("Costa,2001,1.5,50,3,50", "no whole number"),
        ('Costa,2001,"1,5",50,3,50', 'in the column "ai" stands no number'),
        ("Costa,2001,1,0,3,50", "nobody in the experimental arm"),
        (",2001,1,50,3,50", "names no study"),
        ("Costa,2001,1,50", "the row has 4 cells"),
    ],
)
def test_a_row_that_is_no_number_is_named_and_the_others_are_read(tmp_path: Path, row: str, said: str) -> None:
    found = read_wide(tmp_path, f"{COUNTS}{row}\n")
    assert len(found.results) == 4
    (problem,) = found.left_out
    assert said in problem
    assert "table.csv, row 4" in problem


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("study,a,b\nAdler,1,2\n", {}, "the columns of no layout are there"),
        (COUNTS, {"layout": "means"}, "columns of the layout means are missing"),
        (COUNTS, {"columns": {"ai": "events"}}, "there is no such column (found 'events')"),
        (COUNTS, {"columns": {"aj": "ai"}}, "this is no column of a layout (found 'aj')"),
        ("study,yi,vi\nAdler,1,2\n", {}, "what the effects yi are is not said"),
        ("name,ai,n1i,ci,n2i\nAdler,1,2,1,2\n", {}, "there is no column of study labels"),
    ],
)
def test_what_the_manifest_must_say_is_a_problem(
    tmp_path: Path, content: str, options: dict[str, object], said: str
) -> None:
    found = read_wide(tmp_path, content, **options)
    assert found.results == []
    (problem,) = found.problems
    assert said in problem


def test_correlations_are_refused_since_nothing_can_pool_them(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="no measure for them"):
        read_wide(tmp_path, "study,ri,ni\nAdler,0.3,40\n")


def test_arms_need_two_names(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="different names"):
        read_wide(tmp_path, COUNTS, experimental="drug", control="drug")


def test_the_report_of_the_table_is_told_by_its_id(tmp_path: Path) -> None:
    (report,) = read_wide(tmp_path, COUNTS, report="pmid:123", published_on="2001-05", citation="A et al. 2001").reports
    assert (report["pmid"], report["published_on"], report["kind"], report["note"]) == (
        "123", "2001-05", "review", "A et al. 2001",
    )  # fmt: skip
