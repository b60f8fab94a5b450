"""Decisions made in a spreadsheet: all of a sheet or nothing, every mistake at once."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from deciding_folder import DecidingFolder, decision, record, search
from livereview.evidence.rows import Row


@pytest.fixture
def three(folder: DecidingFolder) -> DecidingFolder:
    folder.add(search(), record("a", title="=1+1"), record("b"), record("c", abstract="Long."))
    return folder


def filled(folder: DecidingFolder, name: str, **said: str) -> None:
    """Fill in a sheet that was written: decision and, after a slash, reason by record."""
    path = folder.root / name
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    for row in rows:
        row["decision"], _, row["reason"] = said.get(row["record_id"], "").partition("/")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_a_sheet_goes_out_and_its_decisions_come_back(three: DecidingFolder) -> None:
    assert three.run("screen", "--to", "x.csv").code == 0
    filled(three, "x.csv", a="include", b="Exclude/animals")
    ran = three.run("screen", "--from", "x.csv", "--person", "Ada")
    assert (ran.code, ran.err) == (0, "")
    assert "2 decisions recorded, 0 known before, 1 row without one." in ran.out
    assert three.decided() == {("a", "title-abstract", "Ada"): "include", ("b", "title-abstract", "Ada"): "exclude"}
    assert three.batches() == 2


def test_the_same_sheet_again_adds_nothing(three: DecidingFolder) -> None:
    three.run("screen", "--to", "x.csv")
    filled(three, "x.csv", a="include", b="exclude/animals")
    three.run("screen", "--from", "x.csv", "--person", "Ada")
    ran = three.run("screen", "--from", "x.csv", "--person", "Ada")
    assert "0 decisions recorded, 2 known before" in ran.out
    assert three.batches() == 2


def test_a_decision_on_a_repeat_counts_for_the_record_that_it_repeats(folder: DecidingFolder) -> None:
    folder.add(search(), record("a"), record("b", duplicate_of="a"))
    (folder.root / "x.csv").write_text("record_id,decision,stage\nb,include,title-abstract\n", encoding="utf-8")
    ran = folder.run("screen", "--from", "x.csv", "--person", "Ada")
    assert "1 decision recorded" in ran.out
    assert folder.decided() == {("a", "title-abstract", "Ada"): "include"}


def test_a_workbook_goes_out_and_its_decisions_come_back(three: DecidingFolder) -> None:
    three.run("screen", "--to", "x.xlsx")
    book = openpyxl.load_workbook(three.root / "x.xlsx")
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        row[header.index("decision")].value = "include"
    book.save(three.root / "x.xlsx")
    assert three.run("screen", "--from", "x.xlsx", "--person", "Ada").code == 0
    assert set(three.decided().values()) == {"include"}
    assert len(three.decided()) == 3


def test_only_what_awaits_the_person_goes_out(three: DecidingFolder) -> None:
    three.add(decision("a", "include"))
    assert "2 records" in three.run("screen", "--to", "x.csv", "--person", "Ada").out
    assert "3 records" in three.run("screen", "--to", "y.csv", "--person", "Ben").out


def test_every_mistake_is_named_with_its_row_and_nothing_is_recorded(three: DecidingFolder) -> None:
    three.add(decision("c", "exclude", reason="animals"))
    (three.root / "x.csv").write_text(
        "record_id,decision,reason,stage,review\n"
        "a,include,,title-abstract,r\n"
        "gone,include,,title-abstract,r\n"
        "b,includ,,title-abstract,r\n"
        "b,exclude,,full-text,r\n"
        "c,include,,title-abstract,r\n"
        "a,exclude,,title-abstract,r\n"
        "b,include,,title-abstract,another\n"
    )
    ran = three.run("screen", "--from", "x.csv", "--person", "Ada")
    assert ran.code == 2
    for said in (
        "x.csv, row 3, column record_id: there is no such record",
        "x.csv, row 4, column decision: is not one of the values allowed (found 'includ'). Did you mean include?",
        "x.csv, row 5, column reason: an exclusion at full text needs a reason",
        "x.csv, row 6, column decision: Ada decided exclude (animals)",
        "x.csv, row 7, column decision: the same key as x.csv, row 2, but the rows disagree",
        "x.csv, row 8, column review: the row is of another review than r",
    ):
        assert said in ran.err
    assert three.batches() == 2


def test_a_person_may_replace_what_they_decided_before(three: DecidingFolder) -> None:
    three.add(decision("a", "exclude", reason="animals"), decision("a", "include", "Ben"))
    (three.root / "x.csv").write_text("record_id,decision\na,include\n")
    options = ("--from", "x.csv", "--person", "Ada", "--stage", "title-abstract")
    assert three.run("screen", *options).code == 2
    assert three.run("screen", *options, "--replace").code == 0
    assert three.decided()["a", "title-abstract", "Ada"] == "include"


def test_a_decision_that_stands_in_a_sheet_of_the_review_is_changed_there(three: DecidingFolder) -> None:
    (three.root / "decisions.csv").write_text("record_id\n")
    for name, said in (("a", "exclude"), ("b", "unsure")):
        three.add(Row("decisions", decision(name, said).values, "decisions.csv, row 2"))
    assert "1 of 1" in three.screen("q").out  # c alone
    (three.root / "x.csv").write_text("record_id,decision\na,include\n")
    ran = three.run("screen", "--from", "x.csv", "--person", "Ada", "--stage", "title-abstract", "--replace")
    assert ran.code == 2
    assert "in decisions.csv, row 2, from where the next update would bring it back" in ran.err


def test_a_sheet_that_came_back_is_no_sheet_of_the_review(three: DecidingFolder) -> None:
    (three.root / "x.csv").write_text("record_id,decision\na,include\n")
    options = ("--from", "x.csv", "--person", "Ada", "--stage", "title-abstract")
    assert three.run("screen", *options).code == 0
    assert three.rows("decisions")[0]["origin"] == ".screening/r/Ada, x.csv, row 2"
    (three.root / "x.csv").write_text("record_id,decision\na,exclude\n")
    assert three.run("screen", *options, "--replace").code == 0


def test_a_sheet_that_does_not_say_its_stage_needs_to_be_told(three: DecidingFolder) -> None:
    (three.root / "x.csv").write_text("record_id,decision\na,include\n")
    ran = three.run("screen", "--from", "x.csv", "--person", "Ada")
    assert ran.code == 2
    assert "Add --stage" in ran.err
    ran = three.run("screen", "--from", "x.csv")
    assert "--person: decisions are signed" in ran.err


def test_a_stage_that_contradicts_the_sheet_is_refused(three: DecidingFolder) -> None:
    three.run("screen", "--to", "x.csv")
    filled(three, "x.csv", a="include")
    ran = three.run("screen", "--from", "x.csv", "--person", "Ada", "--stage", "full-text")
    assert ran.code == 2
    assert "another stage than full-text" in ran.err


def test_ris_goes_out_with_our_own_id_and_no_value_leaves_its_field(folder: DecidingFolder) -> None:
    folder.add(
        search(), record("x:1 2/ä".replace(" ", "_"), title="A\nER  - \nTY  - JOUR", authors="A, B; C", year=2024)
    )
    assert folder.run("screen", "--to", "x.ris").code == 0
    text = (folder.root / "x.ris").read_bytes().decode()
    lines = text.split("\r\n")
    assert lines.count("TY  - JOUR") == lines.count("ER  - ") == 1
    assert "AN  - livereview:x:1_2/%C3%A4" in lines
    assert "N1  - livereview:x:1_2/%C3%A4" in lines
    assert "TI  - A ER - TY - JOUR" in lines
    assert [line for line in lines if line.startswith("AU")] == ["AU  - A, B", "AU  - C"]


def test_a_file_that_exists_is_not_written_over(three: DecidingFolder, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("mine")
    assert three.run("screen", "--to", "x.csv").code == 2
    assert (tmp_path / "x.csv").read_text() == "mine"
