"""Counts against percentages, numbers of people against each other, parts against wholes."""

from __future__ import annotations

from typing import Any

import pytest
from audited_rows import arms, codes, contrast, found, row, study
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview_arithmetic import COUNTS


def count(events: int, n: int | None, **values: Any) -> dict[str, Any]:
    return row("count", events=events, n=n, **values)


# --- percentages --------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 900), st.data(), st.integers(1, 4))
def test_a_percentage_of_its_count_is_let_alone(n: int, data: st.DataObject, digits: int) -> None:
    events = data.draw(st.integers(0, n))
    rows = [
        count(events, n, estimate=round(events / n, digits)),
        row("proportion", n=n, estimate=round(events / n, digits)),
    ]
    assert codes(COUNTS, rows) == []


def test_a_percentage_of_another_count_is_found_with_that_count() -> None:
    # Wang 2026 prints 104/121 = 85.0% with the interval of 103/121, which is 85.1%
    (finding,) = found(COUNTS, [count(104, 121, estimate=0.851)])
    assert (finding.code, finding.severity) == ("percentage-differs", None)
    assert "0.8595" in finding.message
    assert "103 of 121" in finding.message


def test_digits_that_were_cut_off_are_a_note() -> None:
    # Chen 2023 prints 100/295 as 33.8%; it is 33.898%
    (finding,) = found(COUNTS, [count(100, 295, estimate=0.338)])
    assert (finding.code, finding.severity) == ("percentage-differs", "note")
    assert "cut off" in finding.message


def test_a_percentage_that_no_number_of_people_has_is_found() -> None:
    assert codes(COUNTS, [count(71, None, estimate=0.94)]) == ["no-count-gives-it"]
    assert codes(COUNTS, [count(71, None, estimate=0.95)]) == []
    assert codes(COUNTS, [row("proportion", n=9, estimate=0.5)]) == ["no-count-gives-it"]


def test_a_modelled_proportion_may_be_any_number() -> None:
    assert codes(COUNTS, [row("proportion", n=9, estimate=0.5, ci_low=0.2, ci_high=0.8)]) == []


@pytest.mark.parametrize(
    ("events", "n", "note", "differs"),
    [
        (23, 30, "abstract prints 23 of 30 (73%), but 23/30 is 76.7%", True),
        (22, 60, "22 (37%) of 60", False),
        (62, 78, "printed 79.4% (62/78 = 79.49, source truncates)", False),
        (28, 78, "Counts from printed 30.4% of 158 and 35.9% of 78", False),
        (10, 40, "of those in CR, 73.5% (61.4-83.5) were transplanted", False),
        (12, 40, "73.5%", True),
    ],
)
def test_the_percentage_that_a_note_says_of_the_count_is_held_against_it(
    events: int, n: int, note: str, differs: bool
) -> None:
    assert codes(COUNTS, [count(events, n, note=note)]) == (["percentage-differs"] if differs else [])


def test_a_percentage_typed_as_a_count_is_found_by_another_report() -> None:
    rows = [count(39, 70), row("proportion", estimate=0.39, report_id="r2")]
    (finding,) = found(COUNTS, rows)
    assert (finding.code, finding.suggestion) == ("percentage-as-count", {"events": 27})


def test_a_count_made_of_a_kaplan_meier_value_is_found() -> None:
    # AALL1331: 105 × (1 - 0.713) = 30.1
    curve = row("survival", outcome="os", estimate=0.713, n=105, timepoint_months=24.0)
    made = count(30, 105, outcome="death", timepoint_months=24.0)
    assert codes(COUNTS, [curve, made]) == ["survival-as-count"]
    assert codes(COUNTS, [curve, {**made, "events": 33}]) == []


# --- numbers of people --------------------------------------------------------------------------------------------


def safety(*ns: int, **values: Any) -> list[dict[str, Any]]:
    return [count(1, n, outcome=f"ae-{index}", population="safety", **values) for index, n in enumerate(ns)]


def test_one_n_unlike_the_others_of_its_arm_is_found() -> None:
    rows = safety(102, 102, 102, 102, 120)
    (finding,) = found(COUNTS, rows)
    assert (finding.code, finding.place.row_id) == ("n-differs-in-arm", rows[4]["row_id"])
    assert finding.suggestion == {"n": 102}


@pytest.mark.parametrize("ns", [(102, 97), (102, 102, 97, 97), (102, 101, 100, 99)])
def test_where_most_rows_do_not_agree_nothing_is_said(ns: tuple[int, ...]) -> None:
    assert codes(COUNTS, safety(*ns)) == []


def test_evaluable_people_differ_from_outcome_to_outcome() -> None:
    assert codes(COUNTS, [{**item, "population": "evaluable"} for item in safety(31, 31, 31, 31, 29)]) == []
    rows = safety(31, 31, 31, 31, 29)
    assert codes(COUNTS, [*rows[:4], {**rows[4], "note": "evaluable after two cycles"}]) == []


def test_more_people_than_the_study_has_are_found() -> None:
    assert codes(COUNTS, [count(3, 76)], [study(n_total=60)]) == ["n-above-study"]
    assert codes(COUNTS, [count(3, 60)], [study(n_total=60)]) == []


def test_more_people_than_an_arm_has_are_found_in_a_randomised_trial_alone() -> None:
    sizes = {"n_total": 208, "n_arm_experimental": 105, "n_arm_control": 103}
    assert codes(COUNTS, [count(3, 120)], [study(design="rct", **sizes)]) == ["n-above-study"]
    assert codes(COUNTS, [count(3, 120)], [study(design="cohort", **sizes)]) == []
    assert codes(COUNTS, [count(3, 208, arm="both arms")], [study(design="rct", **sizes)]) == []


def test_events_are_not_people() -> None:
    assert codes(COUNTS, [count(8, 78, population="subgroup:cycles")], [study(n_total=38)]) == []


def test_arms_that_are_more_than_the_study_are_found() -> None:
    assert codes(COUNTS, arms((1, 1), (60, 50)), [study(n_total=105)]) == ["arms-differ-from-total"]
    assert codes(COUNTS, arms((1, 1), (55, 50)), [study(n_total=105)]) == []


def test_the_total_of_a_contrast_is_that_of_its_arms() -> None:
    rows = arms((10, 20), (50, 50))
    assert codes(COUNTS, [*rows, contrast("OR", 0.375, events=30, n=100)]) == []
    assert codes(COUNTS, [*rows, contrast("OR", 0.375, events=31, n=100)]) == ["arms-differ-from-total"]


# --- parts and wholes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("neutropenia-grade3plus", "neutropenia-any"),
        ("sepsis-grade4", "sepsis-grade3plus"),
        ("infection-grade3plus", "ae-grade3plus"),
        ("infection-any", "ae-any"),
        ("ae-serious", "ae-any"),
        ("cr", "orr"),
        ("hsct-direct", "hsct"),
    ],
)
def test_a_part_is_not_more_than_its_whole(part: str, whole: str) -> None:
    # Wang 2026's Table V has TOWER neutropenia of any grade 53, and 101 of grade 3 or more
    rows = [count(101, 267, outcome=part), count(53, 267, outcome=whole)]
    (finding,) = found(COUNTS, rows)
    assert (finding.code, finding.place.row_id) == ("part-above-whole", rows[0]["row_id"])
    assert codes(COUNTS, [{**rows[0], "events": 53}, rows[1]]) == []


def test_parts_of_other_people_are_not_compared() -> None:
    rows = [count(101, 267, outcome="sepsis-any"), count(53, 250, outcome="ae-any")]
    assert codes(COUNTS, rows) == []
    rows = [count(101, 267, outcome="sepsis-any", population="safety"), count(53, 267, outcome="ae-any")]
    assert codes(COUNTS, rows) == []


def test_an_outcome_is_part_of_what_the_manifest_says() -> None:
    rows = [count(9, 20, outcome="mcr"), count(8, 20, outcome="cr")]
    assert codes(COUNTS, rows) == []
    assert codes(COUNTS, rows, within={"mcr": "cr"}) == ["part-above-whole"]


def test_complete_remissions_with_and_without_recovery_add_up() -> None:
    rows = [count(20, 50, outcome="cr"), count(5, 50, outcome="cri"), count(25, 50, outcome="cr-cri")]
    assert codes(COUNTS, rows) == []
    assert codes(COUNTS, [*rows[:2], {**rows[2], "events": 26}]) == ["parts-do-not-add-up"]


def halves(*events: tuple[int, int, int]) -> list[dict[str, Any]]:
    names = ("safety", "subgroup:average-risk", "subgroup:higher-risk")
    return [
        count(x, n, outcome=f"o{index}", population=name)
        for index, three in enumerate(events)
        for x, n, name in zip(three, (624, 351, 273), names, strict=True)
    ]


def test_subgroups_that_divide_the_whole_elsewhere_divide_it_everywhere() -> None:
    assert codes(COUNTS, halves((30, 10, 20), (11, 3, 8), (50, 20, 30))) == []
    (finding,) = found(COUNTS, halves((30, 10, 20), (11, 3, 8), (50, 20, 33)))
    assert finding.code == "parts-do-not-add-up"
    assert codes(COUNTS, halves((30, 10, 20), (50, 20, 33))) == []  # one outcome teaches nothing


def test_a_subgroup_has_no_more_events_than_the_whole() -> None:
    rows = [count(27, 70), count(30, 40, population="subgroup:blasts")]
    assert codes(COUNTS, rows) == ["part-above-whole"]
    assert codes(COUNTS, [rows[0], {**rows[1], "events": 20}]) == []


def test_deaths_do_not_become_fewer() -> None:
    rows = [count(9, 50, outcome="death", timepoint_months=12.0), count(7, 50, outcome="death", timepoint_months=24.0)]
    assert codes(COUNTS, rows) == ["count-falls-in-time"]
    assert codes(COUNTS, [{**item, "outcome": "cr"} for item in rows]) == []


def test_findings_do_not_depend_on_the_order_of_rows() -> None:
    rows = [*safety(102, 102, 102, 102, 120, report_id="r2"), *halves((30, 10, 20), (11, 3, 8), (50, 20, 33))]
    forward, backward = (sorted(item.message for item in found(COUNTS, some)) for some in (rows, rows[::-1]))
    assert [words.split(",")[0] for words in forward] == [words.split(",")[0] for words in backward]
    assert len(forward) == 2
