"""What awaits whom: nobody is asked twice, nobody sees what another decided, nothing is forgotten."""

from __future__ import annotations

import pytest

from deciding_folder import DecidingFolder, decision, record, search
from livereview.deciding.waiting import STAGES, Selecting, Stage


def awaiting(folder: DecidingFolder, person: str, stage: Stage = "title-abstract", **more: int | bool) -> list[str]:
    found = Selecting(folder.desk()).waiting(stage, person, **more)  # type: ignore[arg-type]
    return [one.record["record_id"] for one in found]


@pytest.fixture
def three(folder: DecidingFolder) -> DecidingFolder:
    """Three records and one that repeats another."""
    folder.add(search(), record("a"), record("b"), record("c"), record("d", duplicate_of="a"))
    return folder


def test_everything_but_repeats_awaits_at_first(three: DecidingFolder) -> None:
    assert awaiting(three, "Ada") == ["a", "b", "c"]
    assert Selecting(three.desk()).first_stage("Ada") == "title-abstract"


def test_what_one_person_decided_awaits_a_second_and_not_a_third(three: DecidingFolder) -> None:
    three.add(decision("a", "exclude"), decision("b", "include"))
    assert awaiting(three, "Ada") == ["c"]
    assert awaiting(three, "Ben") == ["a", "b", "c"]
    three.add(decision("a", "exclude", "Ben"), decision("b", "include", "Ben"))
    assert awaiting(three, "Cleo") == ["c"]


def test_one_person_may_be_enough_or_three_needed(three: DecidingFolder) -> None:
    three.add(decision("a", "exclude"), decision("b", "include"), decision("b", "include", "Ben"))
    assert awaiting(three, "Cleo", people=1) == ["c"]
    assert awaiting(three, "Cleo", people=3) == ["a", "b", "c"]


def test_what_others_decided_is_not_in_what_a_person_sees(three: DecidingFolder) -> None:
    three.add(decision("a", "exclude", reason="animals"))
    [first, *_] = Selecting(three.desk()).waiting("title-abstract", "Ben")
    assert (first.record["record_id"], first.own, first.others) == ("a", None, ())


def test_an_unsure_person_is_asked_again_after_the_others(three: DecidingFolder) -> None:
    three.add(decision("a", "unsure"))
    assert awaiting(three, "Ada") == ["b", "c", "a"]


def test_a_conflict_awaits_neither_of_the_two(three: DecidingFolder) -> None:
    three.add(decision("a", "include"), decision("a", "exclude", "Ben", reason="animals"))
    assert "a" not in awaiting(three, "Ada") + awaiting(three, "Ben") + awaiting(three, "Cleo")
    [conflict] = Selecting(three.desk()).conflicts("title-abstract")
    assert [(row["person"], row["decision"]) for row in conflict.others] == [("Ada", "include"), ("Ben", "exclude")]


def test_an_adjudicated_record_awaits_nobody(three: DecidingFolder) -> None:
    three.add(
        decision("a", "include"), decision("a", "exclude", "Ben"), decision("a", "exclude", "Cleo", adjudicates=True)
    )
    assert Selecting(three.desk()).conflicts("title-abstract") == []
    assert "a" not in awaiting(three, "Dan", people=9)


def test_an_included_record_goes_on_to_retrieval_then_to_full_text(three: DecidingFolder) -> None:
    three.add(decision("a", "include"), decision("a", "include", "Ben"))
    assert awaiting(three, "Ada", "retrieval") == ["a"]
    assert awaiting(three, "Ada", "full-text") == []
    assert awaiting(three, "Ada", "full-text", unretrieved=True) == ["a"]
    three.add(decision("a", "include", stage="retrieval"))
    assert awaiting(three, "Ben", "retrieval") == []  # one person is enough
    assert awaiting(three, "Ben", "full-text") == ["a"]


def test_a_full_text_awaits_a_second_person_wherever_the_first_put_it(three: DecidingFolder) -> None:
    for name, said in (("a", "include"), ("b", "exclude")):
        three.add(decision(name, "include"), decision(name, said, stage="full-text", reason="no control group"))
    assert awaiting(three, "Ben", "full-text") == ["a", "b"]
    assert awaiting(three, "Ada", "full-text") == []


def test_what_moved_on_is_not_asked_about_at_an_earlier_stage(three: DecidingFolder) -> None:
    three.add(decision("a", "include"), decision("a", "include", stage="full-text"))
    assert "a" not in awaiting(three, "Ben")


def test_the_status_counts_every_record_once(three: DecidingFolder) -> None:
    three.add(decision("a", "include"), decision("a", "exclude", "Ben"), decision("b", "exclude"))
    found = Selecting(three.desk()).status()
    assert (found["records"], found["duplicates"]) == (4, 1)
    assert found["stages"]["title-abstract"] == {"awaiting": 2, "decided_by_one": 1, "conflicts": 1}
    assert found["people"]["Ada"]["title-abstract"] == {"include": 1, "exclude": 1}
    assert [*found["stages"]] == list(STAGES)


def test_reasons_come_the_most_frequent_first(three: DecidingFolder) -> None:
    three.add(
        decision("a", "exclude", reason="animals"),
        decision("b", "exclude", reason="no control group"),
        decision("c", "exclude", reason="no control group"),
    )
    assert Selecting(three.desk()).reasons("title-abstract") == ["no control group", "animals"]


def test_decisions_of_another_review_count_for_nothing(three: DecidingFolder) -> None:
    three.add(decision("a", "exclude", review="another"), decision("a", "exclude", "Ben", review="another"))
    assert awaiting(three, "Ada") == ["a", "b", "c"]
