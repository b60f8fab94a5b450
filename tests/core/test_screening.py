"""What people decided about records: agreement, conflicts, adjudications."""

from __future__ import annotations

from typing import Any

import pytest

from evidence_rows import Cells, row
from livereview.flow.screening import Agreed, decided


def decision(person: str, said: str, record: str = "r1", stage: str = "title-abstract", **cells: Any) -> Cells:
    given = {"record_id": record, "review": "r", "stage": stage, "person": person, "decision": said}
    return row("decisions", **{**given, **cells})


def one(*rows: Cells) -> Agreed:
    return decided(rows).agreed["r1", "title-abstract"]


@pytest.mark.parametrize(
    ("said", "agreed"),
    [
        (["include"], "include"),
        (["exclude"], "exclude"),
        (["include", "include"], "include"),
        (["exclude", "exclude"], "exclude"),
        (["include", "exclude"], "open"),
        (["include", "unsure"], "open"),
        (["exclude", "unsure"], "open"),
        (["unsure"], "open"),
    ],
)
def test_a_decision_is_agreed_where_everybody_said_the_same(said: list[str], agreed: str) -> None:
    rows = [decision(person, word) for person, word in zip(["Ada", "Ben"], said, strict=False)]
    assert one(*rows).decision == agreed


def test_include_against_exclude_is_a_conflict_and_names_who_said_what() -> None:
    found = decided([decision("Ben", "exclude"), decision("Ada", "include")])
    assert found.conflicts == ("record r1, title-abstract: include by Ada, exclude by Ben.",)
    assert found.doubts == ()


def test_being_unsure_is_open_and_no_conflict() -> None:
    assert decided([decision("Ada", "include"), decision("Ben", "unsure")]).conflicts == ()


@pytest.mark.parametrize("said", ["include", "exclude"])
def test_an_adjudication_settles_what_two_people_decided_differently(said: str) -> None:
    found = decided([decision("Ada", "include"), decision("Ben", "exclude"), decision("Cy", said, adjudicates=True)])
    assert found.agreed["r1", "title-abstract"].decision == said
    assert found.conflicts == ()
    assert found.doubts == ()


def test_two_adjudications_that_contradict_each_other_are_a_conflict() -> None:
    pair = [decision("Ada", "include"), decision("Ben", "exclude")]
    settling = [decision("Cy", "include", adjudicates=True), decision("Di", "exclude", adjudicates=True)]
    found = decided(pair + settling)
    assert found.agreed["r1", "title-abstract"].decision == "open"
    assert found.conflicts == ("record r1, title-abstract: include by Cy, exclude by Di.",)


def test_an_adjudication_without_its_pair_is_named_and_counts_as_one_more_decision() -> None:
    alone = decided([decision("Cy", "exclude", adjudicates=True)])
    assert alone.agreed["r1", "title-abstract"].decision == "exclude"
    assert "exclude by Cy adjudicates" in alone.doubts[0]
    half = decided([decision("Ada", "include"), decision("Cy", "exclude", adjudicates=True)])
    assert half.agreed["r1", "title-abstract"].decision == "open"
    assert len(half.doubts) == len(half.conflicts) == 1


def test_stages_and_records_are_decided_apart() -> None:
    rows = [decision("Ada", "include"), decision("Ada", "exclude", stage="full-text", reason="no control")]
    found = decided([*rows, decision("Ada", "exclude", record="r2")]).agreed
    assert {place: said.decision for place, said in found.items()} == {
        ("r1", "title-abstract"): "include", ("r1", "full-text"): "exclude", ("r2", "title-abstract"): "exclude",
    }  # fmt: skip


def test_reasons_that_differ_are_joined_and_the_adjudicator_has_the_last_word() -> None:
    pair = [decision("Ada", "exclude", reason="no control"), decision("Ben", "exclude", reason="children")]
    assert one(*pair).reason == "no control; children"
    assert one(*pair, decision("Cy", "exclude", adjudicates=True, reason="children")).reason == "children"
