"""A sitting over records, as a person has it at the keyboard."""

from __future__ import annotations

import re

import pytest

from deciding_folder import DecidingFolder, decision, record, report, search, study
from livereview.deciding.journal import FOLDER, Journal

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.fixture
def three(folder: DecidingFolder) -> DecidingFolder:
    folder.add(search(), record("a"), record("b"), record("c"))
    return folder


def test_answers_become_one_batch(three: DecidingFolder) -> None:
    ran = three.screen("i", "e", "", "u")
    assert (ran.code, ran.err) == (0, "")
    assert {name: said for (name, _, _), said in three.decided().items()} == {
        "a": "include", "b": "exclude", "c": "unsure",
    }  # fmt: skip
    assert three.batches() == 2
    assert "3 rows recorded for Ada: 1 include, 1 exclude, 1 unsure." in ran.out


@pytest.mark.parametrize("end", [["q"], []], ids=["q", "end of input"])
def test_what_was_answered_is_recorded_whenever_one_stops(three: DecidingFolder, end: list[str]) -> None:
    assert three.screen("i", *end).code == 0
    assert three.decided() == {("a", "title-abstract", "Ada"): "include"}
    assert "1 of 2" in three.screen("q").out


def test_one_may_go_back_and_change_an_answer(three: DecidingFolder) -> None:
    ran = three.screen("i", "b", "e", "animals", "s", "q")
    assert "Your answer: include" in ran.out
    assert three.decided() == {("a", "title-abstract", "Ada"): "exclude"}
    assert three.rows("decisions")[0]["reason"] == "animals"


def test_going_back_changes_nothing_by_itself(three: DecidingFolder) -> None:
    three.screen("b", "i", "b", "s", "b", "b", "q")
    assert three.decided() == {("a", "title-abstract", "Ada"): "include"}


def test_reasons_are_offered_by_number(three: DecidingFolder) -> None:
    three.screen("e", "animals", "e", "2", "1", "e", ".", "q")
    assert [row["reason"] for row in three.rows("decisions")] == ["animals", "animals"]
    ran = three.screen("e", "1", person="Ben")
    assert "  1 animals" in ran.out


def test_an_exclusion_at_full_text_needs_a_reason(three: DecidingFolder) -> None:
    three.add(decision("a", "include"), decision("a", "include", "Ben"), decision("a", "include", stage="retrieval"))
    ran = three.screen("e", "", "no control group", stage="full-text")
    assert "needs a reason" in ran.out
    assert [row["reason"] for row in three.rows("decisions") if row["stage"] == "full-text"] == ["no control group"]


@pytest.mark.parametrize("reason", ["q", "?", "9", "a\x1b[31mb", "\ufffd", "x" * 10_001, "a\tb"])
def test_a_reason_that_the_store_would_refuse_is_asked_for_again(three: DecidingFolder, reason: str) -> None:
    ran = three.screen("e", reason, "animals", "q")
    assert not CONTROL.search(ran.out)
    assert ran.code == 0
    assert [row["reason"] for row in three.rows("decisions")] == ["animals"]


@pytest.mark.parametrize("typed", ["x", "", "1", "include me", "?", "\x1b[A"])
def test_what_is_no_answer_decides_nothing(three: DecidingFolder, typed: str) -> None:
    ran = three.screen(typed, "q")
    assert ran.code == 0
    assert not CONTROL.search(ran.out)
    assert three.decided() == {}


def test_text_from_outside_is_never_markup_and_never_commands_the_terminal(folder: DecidingFolder) -> None:
    hostile = {"title": "[bold]Drug[/bold] \x1b[31mred\x9b2J", "authors": "\x1b]0;x", "journal": "\u202eB"}
    folder.add(
        search(source="[red]Pub\x1b[31mMed"), record("a", abstract="one\ntwo [link=http://x]\x07", **hostile),
    )  # fmt: skip
    ran = folder.screen("q")
    assert "[bold]Drug[/bold]" in ran.out
    assert "[link=http://x]" in ran.out
    assert not CONTROL.search(ran.out)


def test_a_record_shows_all_that_is_needed_and_nothing_that_was_decided(folder: DecidingFolder) -> None:
    folder.add(
        search(), study(registry_id="NCT01234567"), report(doi="10.1234/adams"),
        decision("a", "exclude", reason="animals"),
        record("a", authors="A; B; C; D; E; F", journal="Lancet", year=2024, volume="12", issue="3", pages="1-9",
               doi="10.1234/ADAMS", pmid="1", registry_id="NCT01234567", abstract="First.\nSecond."),
    )  # fmt: skip
    out = folder.screen("q", person="Ben").out
    for shown in (
        "1 of 1", "Title of a", "A; B; C; D; E et al.", "Lancet, 2024, 12(3):1-9", "DOI 10.1234/ADAMS", "PMID 1",
        "NCT01234567", "is pmid:1, a report of Adams-2024, in this review (same DOI and PMID)",
        "belongs to Adams-2024, in this review (its report pmid:1, NCT01234567)",
        "  First.", "  Second.", "Found by PubMed",
    ):  # fmt: skip
        assert shown in out
    assert "animals" not in out
    assert "Ada:" not in out


def test_a_conflict_is_settled_by_a_third_person_who_sees_both(three: DecidingFolder) -> None:
    three.add(decision("a", "include"), decision("a", "exclude", "Ben", reason="animals"))
    own = three.screen("i", conflicts=True)
    assert "Ada's own" in own.err
    assert "Nothing awaits Ada" in own.out
    ran = three.screen("u", "e", "1", person="Cleo", conflicts=True)
    assert "Ada: include" in ran.out
    assert "Ben: exclude (animals)" in ran.out
    [row] = [row for row in three.rows("decisions") if row["person"] == "Cleo"]
    assert (row["decision"], row["adjudicates"], row["reason"]) == ("exclude", True, "animals")
    assert three.run("screen", "--json").data["stages"]["title-abstract"]["conflicts"] == 0


def test_one_person_under_two_names_is_refused(three: DecidingFolder) -> None:
    three.screen("i", "q")
    ran = three.screen("i", person="ADA")
    assert ran.code == 2
    assert 'write --person "Ada"' in ran.err
    assert three.screen("q", person="  Ada ").code == 0


@pytest.mark.parametrize("person", ["", "  ", "a\x1bb"])
def test_a_person_needs_a_name(three: DecidingFolder, person: str) -> None:
    assert three.screen("i", person=person).code == 2


def test_nothing_is_recorded_where_nothing_was_answered(three: DecidingFolder) -> None:
    three.screen("s", "s", "q")
    assert three.batches() == 1
    assert not list((three.root / FOLDER / "r").glob("*.jsonl"))


def test_answers_of_a_killed_session_are_recorded_at_the_next_start_of_anybody(three: DecidingFolder) -> None:
    journal = Journal(three.root, "r", "screening", "Ada")
    for name, said in (("a", "include"), ("b", "include"), ("a", "exclude")):
        journal.put({"record_id": name, "stage": "title-abstract", "decision": said, "decided_on": "2026-03-10"})
    journal.close()
    ran = three.screen("q", person="Ben")
    assert "2 rows of Ada" in ran.err
    assert three.decided() == {("a", "title-abstract", "Ada"): "exclude", ("b", "title-abstract", "Ada"): "include"}


def test_an_answer_that_cannot_be_recorded_is_kept_and_told_and_the_others_are_recorded(three: DecidingFolder) -> None:
    journal = Journal(three.root, "r", "screening", "Ada")
    for name, said in (("a", "include"), ("gone", "include"), ("b", "perhaps")):
        journal.put({"record_id": name, "stage": "title-abstract", "decision": said, "decided_on": "2026-03-10"})
    journal.close()
    ran = three.screen("q", person="Ben")
    assert three.decided() == {("a", "title-abstract", "Ada"): "include"}
    assert "record gone: there is no such record" in ran.err
    assert "record b: is not one of the values allowed" in ran.err
    [kept] = (three.root / FOLDER / "r").glob("*.refused")
    assert '"gone"' in kept.read_text()


def test_a_sitting_tells_its_status_outside_a_terminal(three: DecidingFolder) -> None:
    ran = three.run("screen")
    assert (ran.code, ran.err) == (0, "")
    assert "title and abstract         3" in ran.out


@pytest.mark.parametrize("options", [["--doubles", "--conflicts"], ["--to", "x.csv", "--from", "y.csv"], ["--replace"]])
def test_options_that_do_not_go_together_are_usage_errors(three: DecidingFolder, options: list[str]) -> None:
    assert three.run("screen", *options).code == 2


def test_a_review_without_records_says_so(folder: DecidingFolder) -> None:
    assert folder.run("screen").code == 0
    assert "Nothing awaits Ada." in folder.screen("i").out
