"""Pairs that look alike: one person says what they are, one record is kept, nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest

from deciding_folder import DecidingFolder, decision, record, report, search, study
from livereview.deciding.doubles import doubles_of, rows_of
from livereview.evidence.rows import Row


def answered(folder: DecidingFolder, *said: tuple[str, str, str]) -> dict[str, str | None]:
    """What each record repeats once a person has said this of pairs."""
    entries = [
        {"record_id": one, "other_id": other, "verdict": verdict, "decided_on": "2026-03-10"}
        for one, other, verdict in said
    ]
    rows, refused = rows_of(folder.desk(), "Ada", entries)
    assert not refused
    folder.add(*rows)
    return {row["record_id"]: row["duplicate_of"] for row in folder.rows("records")}


def alike(name: str, **cells: Any) -> Row:
    given = {
        "title": "Drug against placebo in adults with a disease: a randomised trial", "year": 2024,
        "authors": "Adams, A; Brown, B", "journal": "Lancet",
    }  # fmt: skip
    return record(name, **{**given, **cells})


@pytest.fixture
def pair(folder: DecidingFolder) -> DecidingFolder:
    """Two records that differ in what makes a person look twice."""
    folder.add(search(), alike("a", pages="1-9", volume="12"), alike("b", pages="101-109", volume="14"), record("c"))
    return folder


def test_a_pair_in_doubt_is_shown_with_what_differs(pair: DecidingFolder) -> None:
    [double] = doubles_of(pair.desk())
    assert double.ids == ("a", "b")
    differing = {name for name, _, _, differs in double.compared if differs}
    assert differing == {"volume", "pages"}
    ran = pair.run("screen", "--doubles", "--person", "Ada", typed=["?", "q"])
    assert "pages differs:" in ran.out
    assert "A 1-9" in ran.out
    assert "title: Drug against placebo" in ran.out


def test_a_pair_that_somebody_called_the_same_becomes_one_record(pair: DecidingFolder) -> None:
    ran = pair.run("screen", "--doubles", "--person", "Ada", typed=["s"])
    assert "1 same" in ran.out
    [row] = pair.rows("pairs")
    assert (row["record_id"], row["other_id"], row["verdict"], row["person"]) == ("a", "b", "same", "Ada")
    repeats = {row["record_id"]: (row["duplicate_of"], row["duplicate_reason"]) for row in pair.rows("records")}
    assert repeats == {"a": (None, None), "b": ("a", "Ada said that they are the same"), "c": (None, None)}
    assert doubles_of(pair.desk()) == []


def test_a_pair_that_somebody_called_different_stays_two_and_is_not_asked_again(pair: DecidingFolder) -> None:
    pair.run("screen", "--doubles", "--person", "Ada", typed=["d"])
    assert [row["verdict"] for row in pair.rows("pairs")] == ["different"]
    assert {row["duplicate_of"] for row in pair.rows("records")} == {None}
    assert "No two records look alike" in pair.run("screen", "--doubles", "--person", "Ben").out


def test_a_record_that_was_typed_in_a_sheet_must_be_changed_there_too(folder: DecidingFolder) -> None:
    (folder.root / "records.csv").write_text("record_id\n")
    rows = [alike("a", pages="1-9", volume="12"), alike("b", pages="101-109", volume="14")]
    folder.add(search(), *(Row("records", row.values, "records.csv, row 2") for row in rows))
    ran = folder.run("screen", "--doubles", "--person", "Ada", typed=["s"])
    assert "record b was typed in records.csv, row 2: write duplicate_of = a there too" in ran.err


@pytest.mark.parametrize("typed", [["k"], ["q"], [], ["x", "q"]])
def test_a_pair_that_was_skipped_is_asked_again(pair: DecidingFolder, typed: list[str]) -> None:
    pair.run("screen", "--doubles", "--person", "Ada", typed=typed)
    assert pair.rows("pairs") == []
    assert len(doubles_of(pair.desk())) == 1


def test_the_record_is_kept_that_became_a_report_or_was_decided_on(folder: DecidingFolder) -> None:
    folder.add(
        search(), study(), report(), record("a", doi="10.1/a", year=2024), record("b"), record("c", report_id="pmid:1"),
        decision("b", "include"),
    )  # fmt: skip
    assert answered(folder, ("a", "b", "same")) == {"a": "b", "b": None, "c": None}
    assert answered(folder, ("b", "c", "same")) == {"a": "b", "b": "c", "c": None}


def test_several_pairs_of_one_publication_end_at_one_record(folder: DecidingFolder) -> None:
    folder.add(search(), *(record(name) for name in "abcd"))
    found = answered(folder, ("a", "b", "same"), ("c", "d", "same"), ("b", "d", "same"), ("a", "d", "same"))
    roots = {name for name, other in found.items() if other is None}
    assert roots == {"a"}

    def root(name: str) -> str:
        other = found[name]
        return name if other is None else root(other)

    assert {root(name) for name in "abcd"} == {"a"}


def test_a_pair_of_which_one_record_is_gone_is_refused_and_the_others_are_recorded(folder: DecidingFolder) -> None:
    folder.add(search(), record("a"), record("b"))
    entries = [
        {"record_id": "a", "other_id": "gone", "verdict": "same", "decided_on": "2026-03-10"},
        {"record_id": "a", "other_id": "b", "verdict": "different", "decided_on": "2026-03-10"},
    ]
    rows, refused = rows_of(folder.desk(), "Ada", entries)
    assert [row.values["other_id"] for row in rows] == ["b"]
    assert [entry["other_id"] for entry, _ in refused] == ["gone"]


def test_a_record_keeps_all_that_it_says_when_it_becomes_a_repeat(folder: DecidingFolder) -> None:
    folder.add(
        search(), record("a"), record("b", abstract="Two\nlines.", found_on="2026-03-02"), decision("a", "include")
    )
    [before] = [row for row in folder.rows("records") if row["record_id"] == "b"]
    assert answered(folder, ("a", "b", "same")) == {"a": None, "b": "a"}
    [after] = [row for row in folder.rows("records") if row["record_id"] == "b"]
    ours = {"duplicate_of", "duplicate_reason", "row_id", "origin", "recorded_at", "recorded_from"}
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= ours
