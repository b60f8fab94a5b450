"""What a meta-analysis printed, held against itself: what cannot be is found, and rounding is no contradiction."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaincinv, chdtrc, expit, logit, ndtr

import evidence_rows as ev
import printed_lines as pl
from audit_requests import codes
from livereview_printed.compared import _p_values
from livereview_printed.lines import crude, family
from livereview_printed.spans import p_span

Z = 1.959963984540054


def interval(estimate: float, low: float, high: float, **cells: Any) -> dict[str, Any]:
    return pl.line(estimate=estimate, ci_low=low, ci_high=high, **cells)


# --- one line --------------------------------------------------------------------------------------------------

PRINTED_ON = {
    "RR": (math.log, math.exp),
    "HR": (math.log, math.exp),
    "MD": (float, float),
    "PLO": (logit, expit),
    "PR": (float, float),
    "PAS": (lambda p: math.asin(math.sqrt(p)), lambda x: math.sin(x) ** 2),
}


@given(st.sampled_from(sorted(PRINTED_ON)), st.floats(0.2, 0.8), st.floats(0.02, 0.2), st.integers(2, 4))
@settings(max_examples=120, deadline=None)
def test_an_interval_that_was_made_and_rounded_is_never_told(measure: str, x: float, se: float, digits: int) -> None:
    to, back = PRINTED_ON[measure]
    middle = float(to(x))
    numbers = [round(float(back(middle + side * Z * se)), digits) for side in (0, -1, 1)]
    p = 2 * ndtr(-abs(middle) / se)
    written = f"{p:.3f}" if p >= 0.001 else "<0.001"
    stated = {"p_value": written} if measure in ("RR", "HR", "MD") else {}
    limits = {"ci_low": numbers[1], "ci_high": numbers[2]}
    if measure.startswith("P") and not 0 <= numbers[1] <= numbers[2] <= 1:
        return
    assert pl.told(pl.line(measure=measure, estimate=numbers[0], i2=0.0, **limits, **stated)) == []


def test_a_lost_minus_sign_is_named() -> None:
    [finding] = pl.told(interval(0.347, 0.118, 0.813, measure="proportion", i2=92.9))
    assert finding.code == "pool-not-centred"
    assert "with -0.118 in place of 0.118, a minus sign lost" in finding.message
    assert finding.place.columns == ("estimate", "ci_low", "ci_high")


def test_exchanged_digits_are_named() -> None:
    [finding] = pl.told(interval(0.207, 0.035, 0.362, measure="proportion", i2=88.9))
    assert "with 0.053 in place of 0.035, two digits exchanged" in finding.message


def test_limits_that_were_cut_at_the_end_of_the_scale_say_nothing() -> None:
    assert pl.told(interval(0.92, 0.83, 1.0, measure="proportion"), interval(0.39, 0, 0.863, measure="PR", i2=98)) == []


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"measure": "PR", "estimate": 1.2, "ci_low": 1.0, "ci_high": 1.4}, "pool-outside-scale"),
        ({"measure": "OR", "estimate": 0.5, "ci_low": -0.1, "ci_high": 1.1}, "pool-outside-scale"),
        ({"measure": "RR", "estimate": 0.45, "ci_low": 0.62, "ci_high": 1.1}, "pool-outside-limits"),
        ({"measure": "HR", "estimate": 0.5, "ci_low": 0.4, "ci_high": 1.1}, "pool-not-centred"),
        ({"measure": "RR", "estimate": 0.5, "ci_low": 0.25, "ci_high": 1.0, "p_value": "0.5"}, "pool-p-interval"),
        ({"measure": "crude proportion", "events": 12, "n": 10, "estimate": 0.9}, "pool-outside-scale"),
    ],
)
def test_what_cannot_be_is_told_once(cells: dict[str, Any], code: str) -> None:
    assert codes(pl.told(pl.line(**cells))) == [code]


def test_the_smallest_p_that_can_be_printed_stands_for_any_below() -> None:
    assert p_span("0.001") == (0.0, pytest.approx(0.0015))
    assert p_span(">0.9") == (0.9, 1.0)
    assert pl.told(interval(72, 36, 108, measure="RMST-difference-days", p_value="0.001")) == []


def test_a_percentage_of_its_counts_is_rounded_or_cut_off_or_wrong() -> None:
    def share(events: int, n: int, printed: float) -> list[tuple[str, str | None]]:
        cells = {"measure": "crude proportion", "events": events, "n": n, "estimate": printed}
        return [(one.code, one.severity) for one in pl.told(pl.line(**cells))]

    assert share(119, 495, 0.24) == []
    assert share(1, 80, 0.013) == []
    assert share(1, 80, 0.012) == []
    assert share(100, 295, 0.338) == [("pool-percentage", "note")]
    assert share(100, 295, 0.345) == [("pool-percentage", None)]


def test_a_table_prints_its_percentages_with_one_number_of_decimals() -> None:
    table = {"measure": "proportion", "model": None, "locator": "Table III"}
    lines = [pl.line(**table, outcome=f"o{i}", events=events, n=n, estimate=events / n)
             for i, (events, n) in enumerate(((2, 125), (1, 80)))]  # fmt: skip
    lines = [{**one, "estimate": round(one["estimate"], 3)} for one in lines]
    wrong = pl.line(**table, events=104, n=121, estimate=0.85)
    [finding] = pl.told(*lines, wrong)
    assert "104/121 is 85.95%, printed as 85.0%; 103/121 would be" in finding.message
    assert finding.severity is None


@given(st.integers(2, 60).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n))), st.integers(2, 3))
@settings(max_examples=40, deadline=None)
def test_exact_intervals_of_one_study_are_never_told(counts: tuple[int, int], digits: int) -> None:
    x, n = counts
    limits = (betaincinv(x, n - x + 1, 0.025), betaincinv(x + 1, n - x, 0.975))
    cells = dict(zip(("estimate", "ci_low", "ci_high"), (round(v, digits) for v in (x / n, *limits)), strict=True))
    for known in ({"events": x, "n": n}, {}):
        assert pl.told(pl.line(measure="proportion", model=None, **cells, **known)) == []


def test_limits_of_one_study_that_no_method_gives_are_told() -> None:
    line = interval(0.8, 0.61, 0.83, measure="proportion", model=None, events=8, n=10)
    assert codes(pl.told(line)) == ["pool-single-interval"]


# --- heterogeneity ---------------------------------------------------------------------------------------------


@given(st.integers(2, 40), st.floats(0, 200))
@settings(max_examples=80, deadline=None)
def test_i2_and_p_of_one_q_always_fit(k: int, q: float) -> None:
    i2 = round(max(0.0, 100 * (q - k + 1) / q) if q else 0.0, 1)
    p = float(chdtrc(k - 1, q))
    written = f"{p:.3f}" if p >= 0.001 else "<0.001"
    for stated in (k, None):
        assert pl.told(pl.line(k=stated, i2=i2, q_p=written)) == []


def test_i2_and_p_that_no_q_gives_are_told() -> None:
    assert codes(pl.told(pl.line(k=6, i2=32.0, q_p="0.196"))) == []
    [finding] = pl.told(pl.line(k=6, i2=32.0, q_p="0.02"))
    assert finding.code == "pool-i2-p"
    assert "goes with P 0.192 to 0.199; printed is 0.02" in finding.message
    assert codes(pl.told(pl.line(i2=0.0, q_p="0.01"))) == ["pool-i2-p"]


def test_a_common_effect_at_a_high_i2_is_told() -> None:
    assert codes(pl.told(pl.line(model="fixed", k=2, i2=86.6, q_p="0.006"))) == ["pool-common-effect"]
    assert pl.told(pl.line(model="random", k=2, i2=86.6, q_p="0.006")) == []


def test_a_bias_test_of_few_studies_is_a_note() -> None:
    assert codes(pl.told(pl.line(k=5, egger_p="0.36", begg_p="0.22"))) == ["pool-bias-test"]
    assert pl.told(pl.line(k=12, egger_p="0.36")) == []


# --- lines together --------------------------------------------------------------------------------------------


def test_one_result_with_different_numbers_names_both_places_and_the_one_that_is_centred() -> None:
    same = {"measure": "PR", "outcome": "cr"}
    lines = [interval(0.56, 0.45, 0.68, locator="Abstract", **same), interval(0.56, 0.54, 0.68, locator="3.1", **same)]
    twice = [one for one in pl.told(*lines) if one.code == "pool-printed-twice"]
    assert len(twice) == 1
    assert "only the interval of Abstract is centred" in twice[0].message
    assert twice[0].place.columns == ("ci_low",)


def test_one_result_with_fewer_decimals_is_the_same() -> None:
    lines = [interval(0.86, 0.77, 0.96, measure="PR", locator="Fig 6"), interval(0.863, 0.77, 0.96, measure="PR",
             locator="Table III")]  # fmt: skip
    assert pl.told(*lines) == []


def test_a_crude_share_a_subgroup_and_a_trial_are_other_results() -> None:
    whole = interval(0.5, 0.4, 0.6, measure="PR", design_group="single-arm")
    others = [
        pl.line(measure="crude proportion", events=3, n=5, estimate=0.6),
        interval(0.7, 0.6, 0.8, measure="PR", subgroup_by="age", subgroup="adults"),
        interval(0.3, 0.2, 0.4, measure="PR", design_group="rct"),
        interval(0.7, 0.6, 0.8, measure="PR", timepoint_months=12.0),
    ]
    assert [one for one in pl.told(whole, *others) if one.code == "pool-printed-twice"] == []


def test_a_scale_that_is_not_stated_is_held_against_what_it_cannot_be() -> None:
    [finding] = pl.told(interval(-0.64, -1.21, 0.08, measure="ES (scale not stated)"))
    assert finding.code == "pool-scale-unstated"
    assert "it is no proportion and no ratio; its interval is not centred on it" in finding.message


def test_the_pool_of_two_times_counts_its_patients_twice() -> None:
    times = [interval(1.51, 0.95, 2.42, measure="OR", timepoint_months=12.0, design_group="rct"),
             interval(1.97, 1.23, 3.15, measure="OR", timepoint_months=24.0, design_group="rct")]  # fmt: skip
    overall = interval(1.73, 1.24, 2.41, measure="OR", title="all-time", design_group="rct")
    assert codes(pl.told(*times, overall)) == ["pool-same-patients"]
    another = interval(1.6, 1.0, 2.56, measure="OR", title="all-time", design_group="rct")
    assert pl.told(*times, another) == []


def test_severe_events_are_never_more_than_all_of_them() -> None:
    def table(any_grade: int, severe: int) -> list[str]:
        cells = {"measure": "proportion", "n": 100, "locator": "Table"}
        rows = (("crs-any", any_grade), ("crs-grade3plus", severe))
        return codes(pl.told(*(pl.line(outcome=code, events=x, estimate=x / 100, **cells) for code, x in rows)))

    assert table(63, 63) == []
    assert table(12, 21) == ["pool-grades"]


def test_subgroups_with_more_studies_or_people_than_the_whole_are_told() -> None:
    def parts(*numbers: tuple[int, int]) -> list[dict[str, Any]]:
        return [pl.line(k=k, n=n, subgroup_by="age", subgroup=f"group {i}") for i, (k, n) in enumerate(numbers)]

    whole = pl.line(k=10, n=271)
    assert pl.told(whole, *parts((6, 80), (4, 191))) == []
    assert pl.told(whole, *parts((3, 80), (3, 100))) == []
    assert [one.place.columns for one in pl.told(whole, *parts((6, 90), (5, 191)))] == [("k",), ("n",)]


def test_a_whole_outside_of_its_parts_is_told() -> None:
    parts = [interval(x, x - 0.1, x + 0.1, measure="PR", subgroup_by="age", subgroup=f"{x}") for x in (0.3, 0.5)]
    assert codes(pl.told(interval(0.4, 0.3, 0.5, measure="PR"), *parts)) == []
    assert codes(pl.told(interval(0.6, 0.5, 0.7, measure="PR"), *parts)) == ["pool-subgroups"]


def test_people_of_a_pool_against_its_other_pools_and_its_studies() -> None:
    lines = [pl.line(n=336, measure="PR", design_group="single-arm"), pl.line(n=316, measure="OR", design_group="rct")]
    assert pl.told(*lines, pl.line(n=652, measure="PR", design_group="both")) == []
    [finding] = pl.told(*lines, pl.line(n=692, measure="PR", design_group="both", outcome="mrd"))
    assert (
        "692 people; the largest pools of trials and of single arms have 316 and 336, together 652" in finding.message
    )
    studies = [ev.study("a", n_total=208), ev.study("b", n_total=255)]
    included = [{"report_id": "paper", "study_id": name, "row_id": name} for name in ("a", "b")]
    [finding] = pl.told(pl.line(n=703, k=4), studies=studies, included=included)
    assert "703 people in 4 studies; the studies known to be in it have 208 (a) + 255 (b) = 463" in finding.message
    assert pl.told(pl.line(n=463), studies=studies, included=included) == []
    assert pl.told(pl.line(n=703), studies=studies[:1], included=included) == []


# --- comparisons -----------------------------------------------------------------------------------------------


def comparison(p: str, own: tuple[int, int], other: tuple[int, int], outcome: str = "hyperglycemia-any") -> list[Any]:
    share = {"measure": "proportion", "model": None, "outcome": outcome}
    beside = {**share, "measure": "proportion + p-value", "subgroup_by": "comparison", "subgroup": "trial"}
    return [
        pl.line(**share, events=own[0], n=own[1], i2=90.0, estimate=round(own[0] / own[1], 3)),
        pl.line(**beside, events=other[0], n=other[1], estimate=round(other[0] / other[1], 3), p_value=p),
    ]


def test_p_of_a_two_by_two_table_is_by_chi_square_or_exact() -> None:
    # R 4.3: chisq.test(matrix(c(3, 1, 1, 3), 2), correct = FALSE), with correction, and fisher.test.
    assert _p_values(3, 4, 1, 4)[1:] == pytest.approx((0.5137, 0.4857), abs=0.05)


def test_a_p_that_the_counts_cannot_give_is_told() -> None:
    [finding] = pl.told(*comparison("0.35", (77, 260), (20, 267)))
    assert finding.code == "pool-two-by-two"
    assert (
        "1 of 1 P values are none of these counts: hyperglycemia-any P 0.35 for 77/260 against 20/267, which give"
        in finding.message
    )
    assert pl.told(*comparison("<0.001", (77, 260), (20, 267))) == []
    assert pl.told(*comparison("0.84", (27, 206), (38, 267))) == []


def test_one_count_of_two_events_is_a_note() -> None:
    lines = [*comparison("0.1", (18, 100), (34, 267)), *comparison("0.1", (18, 100), (34, 267), "constipation-any")]
    assert codes(pl.told(*lines)) == ["pool-count-twice"]


def test_events_of_any_grade_are_held_against_the_trials_own_severe_ones() -> None:
    own = ev.count("tower", 91, 267, outcome="infection-grade3plus", population="safety")
    lines = comparison("0.95", (91, 267), (91, 267), "infection-any")
    [finding] = pl.told(*lines, results=[own])
    assert finding.code == "pool-compared-unlike"
    assert "91/267 stands for any grade; tower has it for grade 3 or more" in finding.message
    below = ev.count("tower", 101, 267, outcome="infection-grade3plus", population="safety")
    assert "is below the 101/267 with grade 3 or more" in pl.told(*lines, results=[below])[0].message


@pytest.mark.parametrize(
    ("measure", "of"),
    [("OR", "ratio"), ("PR", "proportion"), ("crude proportion", "proportion"), ("survival-blinatumomab", "proportion"),
     ("RMST-difference-days", "difference"), ("rate (as printed)", "unstated"), ("p-value", "other")],
)  # fmt: skip
def test_a_measure_belongs_to_a_family(measure: str, of: str) -> None:
    assert family(pl.line(measure=measure)) == of


def test_a_line_without_model_and_heterogeneity_is_one_study() -> None:
    assert crude(pl.line(measure="proportion", model=None))
    assert not crude(pl.line(measure="proportion", model=None, i2=0.0))
    assert not crude(pl.line(measure="PR"))


# --- what must have been entered -------------------------------------------------------------------------------


def entered(study: str, outcome: str, events: int, n: int, attribution: str = "certain") -> dict[str, Any]:
    """A count that a paper's printed results need."""
    return {"report_id": "paper", "outcome": outcome, "study": study, "arm": "drug", "events": events, "n": n,
            "attribution": attribution, "row_id": f"{study}-{outcome}", "note": None}  # fmt: skip


def held(*inputs: dict[str, Any], results: list[ev.Cells], **tables: Any) -> list[str]:
    studies = {row["study_id"] for row in results}
    included = [{"report_id": "paper", "study_id": name, "row_id": name} for name in sorted(studies)]
    return codes(pl.told(*tables.pop("lines", ()), inputs=inputs, results=results, included=included, **tables))


def test_a_count_of_another_outcome_of_the_report_was_misread() -> None:
    infections = [ev.count("a", 22, 60, outcome="infection-grade3plus")]
    assert held(entered("a", "fever-any", 22, 60), results=infections) == ["pool-other-outcome"]
    assert held(entered("a", "infection-any", 22, 60), results=infections) == []
    assert held(entered("a", "fever-any", 22, 60, "ambiguous"), results=infections) == []
    few = [ev.count("a", 6, 60, outcome="infection-grade3plus")]
    assert held(entered("a", "fever-any", 6, 60), results=few) == []
    own = [*infections, ev.count("a", 22, 60, outcome="fever-any")]
    assert held(entered("a", "fever-any", 22, 60), results=own) == []


def test_other_events_among_the_same_people_are_told() -> None:
    assert held(entered("a", "cr", 37, 54), results=[ev.count("a", 39, 54)]) == ["pool-entered-differs"]
    assert held(entered("a", "cr", 37, 54), results=[ev.count("a", 39, 60)]) == []
    weak = [ev.count("a", 39, 54, status="reconstructed")]
    assert held(entered("a", "cr", 37, 54), results=weak) == []


def test_a_pool_whose_counts_are_all_of_others_left_a_study_out() -> None:
    results = [ev.count("a", 3, 17), ev.count("b", 62, 80)]
    line = pl.line(outcome="cr", measure="PR", n=17)
    assert held(entered("a", "cr", 3, 17), results=results, lines=[line]) == ["pool-study-left-out"]
    with_both = [entered("a", "cr", 3, 17), entered("b", "cr", 62, 80)]
    assert held(*with_both, results=results, lines=[{**line, "n": 97}]) == []
    # Where the counts do not add up to what is printed, not all of them are known.
    assert held(entered("a", "cr", 3, 17), results=results, lines=[{**line, "n": 97}]) == []


def test_denominators_that_change_from_outcome_to_outcome_are_one_note() -> None:
    inputs = [entered("a", "cr", 29, 31), entered("a", "ae", 54, 80), entered("b", "cr", 4, 5)]
    request = {"published": (), "inputs": inputs}
    [finding] = pl.findings(pl.AuditRequest(tables=request), pl.PRINTED_POOLS.options())
    assert finding.message.endswith("a with 31 (cr), with 80 (ae)")
