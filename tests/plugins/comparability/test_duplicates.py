"""Numbers that stand twice, and reports of one study that print different ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import audit_requests as ar
import evidence_rows as ev
from livereview import AuditFinding
from livereview_comparability import DUPLICATES
from livereview_comparability.copies import equal_by_chance
from livereview_comparability.disagreements import agreeing
from livereview_comparability.duplicates import findings


def found(*rows: ar.Rows, eligibility: dict[str, object] | None = None) -> list[AuditFinding]:
    """What the check finds in made-up rows, of which an outcome pools ``cr``."""
    return list(findings(ar.request(ev.ledger(*ar.flat(rows)), {}, eligibility=eligibility), DUPLICATES.options()))


REPORTS = [ev.report("a-abstract", "a", kind="abstract"), ev.report("a-paper", "a", kind="primary")]


# --- one number under two labels -------------------------------------------------------------------------------


def test_a_ratio_with_both_limits_hardly_stands_for_two_outcomes() -> None:
    first, second = (ev.ratio("a", 0.7, 0.47, 1.03, outcome=code) for code in ("os", "dfs"))
    [finding] = found(first, second)
    assert finding.code == "row-twice"
    assert "outcome dfs and os" in finding.message
    assert {finding.place.row_id, finding.also[0].row_id} == {first["row_id"], second["row_id"]}
    assert finding.place.columns == ("outcome",)


def test_counts_of_both_arms_that_are_equal_are_one_number() -> None:
    assert ar.codes(
        found(ev.trial("a", (74, 105), (44, 103)), ev.trial("a", (74, 105), (44, 103), outcome="hsct"))
    ) == ["row-twice"]


def test_one_equal_count_of_many_outcomes_is_chance() -> None:
    many = [ev.count("a", 2 * i % 40, 102, outcome=f"event-{i}-any") for i in range(30)]
    assert found(many) == []


def test_rows_of_a_part_that_stand_again_under_another_name_of_the_part_are_told_once() -> None:
    counts = (34, 15, 8, 77, 12)
    rows = [
        ev.count("a", events, 102, outcome=f"event-{i}", population=population)
        for i, events in enumerate(counts)
        for population in ("subgroup:cycle 1", "subgroup:safety-cycle-1")
    ]
    [finding] = found(rows)
    assert (
        "the same numbers in 5 rows each under the population subgroup:cycle 1 and subgroup:safety" in finding.message
    )
    assert len(finding.also) == 9


def test_everybody_may_be_treated_and_evaluable() -> None:
    rows = [ev.count("a", 27, 70, population=name) for name in ("ITT", "safety", "evaluable")]
    assert found(rows) == []


def test_a_curve_may_stay_where_it_is() -> None:
    rows = [
        ev.number("a", "survival", outcome="os", timepoint_months=at, estimate=0.8, ci_low=0.7, ci_high=0.9)
        for at in (24.0, 36.0)
    ]
    assert found(rows) == []


def test_a_hazard_ratio_of_a_later_look_is_never_the_same_to_every_digit() -> None:
    assert ar.codes(found([ev.ratio("a", 0.7, 0.47, 1.03, timepoint_months=at) for at in (24.0, 36.0)])) == [
        "row-twice"
    ]


# --- arms ------------------------------------------------------------------------------------------------------


def test_an_arm_with_the_denominator_of_the_other_was_copied() -> None:
    honest = [ev.trial("a", (events, 102), (events + 3, 97), outcome=f"event-{events}") for events in (5, 9, 14)]
    [finding] = found(honest, ev.trial("a", (77, 102), (77, 102), outcome="ae"))
    assert finding.code == "arm-copied"
    assert "102 and 97 people in other rows" in finding.message
    assert finding.place.columns == ("events", "n")


def test_equal_counts_in_arms_of_one_size_are_chance_until_there_are_many() -> None:
    rows = [ev.trial("a", (events, 54), (events, 54), outcome=f"event-{events}") for events in (11, 20, 30, 38)]
    assert found(rows[:1]) == []
    [finding] = found(rows)
    assert "4 of 4 counts are equal" in finding.message


def test_events_that_nobody_or_everybody_had_say_nothing_about_arms() -> None:
    events = (0, 0, 0, 54, 54, 0, 0)
    assert found([ev.trial("a", (x, 54), (x, 54), outcome=f"event-{i}") for i, x in enumerate(events)]) == []


def test_means_and_spreads_of_two_arms_are_never_both_the_same() -> None:
    rows = [ev.number("a", "mean", arm=arm, n=n, estimate=5.21, sd=1.37) for arm, n in (("drug", 50), ("placebo", 48))]
    assert ar.codes(found(rows)) == ["arm-copied"]


@pytest.mark.parametrize(("n", "risk"), [(30, 0.2), (100, 0.5), (54, 0.35)])
def test_the_chance_of_equal_counts_is_that_of_two_binomials(n: int, risk: float) -> None:
    x = np.arange(n + 1)
    logs = [math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in x]
    mass = np.exp(logs + x * math.log(risk) + (n - x) * math.log(1 - risk))
    events = round(n * risk)
    approximate = equal_by_chance({"events": events, "n": n}, {"events": events, "n": n})
    # Worst of these: 1.6 % at n = 30, risk 0.2.
    assert approximate == pytest.approx((mass**2).sum(), rel=0.02)


# --- studies ---------------------------------------------------------------------------------------------------


def test_one_count_of_some_size_in_two_studies_was_copied_or_is_one_study() -> None:
    [finding] = found(ev.count("a", 27, 70), ev.count("b", 27, 70))
    assert finding.code == "study-copied"
    assert "a and b have the same numbers of cr" in finding.message


def test_small_counts_are_equal_by_chance_and_a_block_of_them_is_not() -> None:
    codes = ("cr", "mrd", "hsct")
    block = [ev.count(study, i + 2, 9, outcome=code) for study in ("a", "b") for i, code in enumerate(codes)]
    assert found(block[:2], block[3:5]) == []
    assert ar.codes(found(block)) == ["study-copied"]


def test_studies_that_the_manifest_names_together_are_settled() -> None:
    rows = (ev.count("a", 27, 70), ev.count("b", 27, 70))
    for key in ("overlaps", "distinct"):
        assert found(*rows, eligibility={key: [{"studies": ["a", "b"], "reason": "known"}]}) == []


def test_tables_of_reviews_have_many_studies_with_small_numbers() -> None:
    review = ev.report("review", kind="review")
    assert found(review, [ev.count(study, 27, 70, report_id="review") for study in ("a", "b")]) == []


# --- reports ---------------------------------------------------------------------------------------------------


def test_one_number_in_two_reports_is_as_it_should_be_and_rounding_is_no_disagreement() -> None:
    rows = [
        ev.number("a", "survival", outcome="os", timepoint_months=36.0, report_id=report, estimate=estimate)
        for report, estimate in (("a-fda", 0.848), ("a-paper", 0.85))
    ]
    assert found(rows) == []


def test_reports_that_print_different_numbers_are_both_named() -> None:
    rows = [ev.count("a", events, 54, report_id=report) for report, events in (("a-abstract", 20), ("a-paper", 23))]
    [finding] = found(REPORTS, rows)
    assert (finding.code, finding.severity) == ("reports-disagree", "warning")
    assert "20/54 [a-abstract] and 23/54 [a-paper]" in finding.message
    assert {finding.place.row_id, finding.also[0].row_id} == {row["row_id"] for row in rows}


def test_a_manifest_that_says_which_report_is_meant_leaves_a_note() -> None:
    rows = [ev.count("a", events, 54, report_id=report) for report, events in (("a-abstract", 20), ("a-paper", 23))]
    choose = [{"study": "a", "report": "a-paper", "reason": "final"}]
    [finding] = findings(ar.request(ev.ledger(REPORTS, rows), {"choose": choose}), DUPLICATES.options())
    assert finding.severity == "note"


def test_more_events_among_more_people_are_a_later_look() -> None:
    [finding] = found([ev.count("a", events, n, report_id=f"a-{n}") for events, n in ((44, 52), (63, 76))])
    assert finding.severity == "note"


def test_what_nobody_read_disagrees_with_nothing() -> None:
    rows = [ev.count("a", 20, 54), ev.count("a", 23, 54, report_id="a-review", status="reconstructed")]
    assert found(rows) == []


def test_arms_of_another_size_in_another_report_are_told() -> None:
    rows = [ev.count("a", 20, 105), ev.count("a", 23, 107, outcome="mrd", report_id="a-fda")]
    [finding] = found(rows)
    assert finding.code == "arm-size-differs"
    assert "105 [a-paper] and 107 [a-fda]" in finding.message


def test_arms_of_another_size_in_a_note_are_told_and_other_numbers_of_it_are_not() -> None:
    sizes = {"n_arm_experimental": 105, "n_arm_control": 103}
    for note, told in (
        ("FDA counts 107 vs 109.", 1),
        ("97 female vs 111 male; 267 vs 109 treated", 0),
        ("105 v 103", 0),
    ):
        assert len(found(ev.study("a", note=note, **sizes), ev.count("a", 20, 105))) == told


@given(st.floats(0, 1), st.integers(1, 4), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_one_number_printed_with_more_and_with_fewer_decimals_agrees_with_itself(x: float, few: int, many: int) -> None:
    # Rounded twice, 0.449 becomes 0.45 and then 0.5: the longer one is rounded again.
    longer = round(x, max(few, many))
    assert agreeing(round(longer, min(few, many)), longer)


def test_a_file_that_uses_its_numbers_again_is_told_once_as_a_note() -> None:
    rows = [ev.ratio("a", 0.5 + i / 100, 0.3, 0.9, outcome=f"analysis-{i}-{again}") for i in range(6) for again in "xy"]
    [finding] = found(rows)
    assert (finding.code, finding.severity) == ("row-twice", "note")
    assert "12 rows of a-paper have numbers that stand under another outcome too" in finding.message
    assert len(finding.also) == 11


def test_an_arm_whose_size_changes_from_outcome_to_outcome_was_not_copied() -> None:
    sizes = ((30, 29), (30, 28), (27, 29), (29, 29))
    rows = [ev.trial("a", (5, n), (5 if n == m else 8, m), outcome=f"event-{i}") for i, (n, m) in enumerate(sizes)]
    assert found(rows) == []
