"""One row against itself: estimate, interval, SE and P, each shown to be held and each shown to be let alone."""

from __future__ import annotations

import math

import pytest
from audited_rows import arms, codes, contrast, found, row, study
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview_arithmetic import ESTIMATES

Z = 1.959963984540054


@settings(max_examples=60, deadline=None)
@given(st.floats(-2, 2), st.floats(0.05, 1.2), st.integers(2, 4))
def test_a_ratio_with_its_wald_interval_is_let_alone_however_it_is_rounded(
    log: float, error: float, digits: int
) -> None:
    numbers = [round(math.exp(log + side * Z * error), digits) for side in (0, -1, 1)]
    if numbers[1] > 0:
        assert codes(ESTIMATES, [contrast("HR", *numbers)]) == []


@settings(max_examples=60, deadline=None)
@given(st.floats(-20, 20), st.floats(0.1, 9), st.integers(0, 3))
def test_a_difference_with_its_interval_and_se_is_let_alone(value: float, error: float, digits: int) -> None:
    numbers = [round(value + side * Z * error, digits) for side in (0, -1, 1)]
    assert codes(ESTIMATES, [contrast("MD", *numbers, se=round(error, 3))]) == []


def test_a_lost_minus_sign_is_found_and_told() -> None:
    # Constipation, any grade, as published: 34.7 (11.8 to 81.3); the interval is -11.8 to 81.3.
    (finding,) = found(ESTIMATES, [contrast("MD", 34.7, 11.8, 81.3)])
    assert finding.code == "interval-off-centre"
    assert finding.suggestion == {"ci_low": -11.8}
    assert "a minus sign was lost" in finding.message


def test_exchanged_digits_of_a_limit_are_found_and_told() -> None:
    # Hyperglycemia of grade 3 or more, as published: 20.7 (3.5 to 36.2); the interval is 5.3 to 36.2.
    (finding,) = found(ESTIMATES, [contrast("MD", 20.7, 3.5, 36.2)])
    assert "ci_low is 5.3, two digits are exchanged" in finding.message


def test_where_several_mistakes_explain_it_none_is_suggested() -> None:
    (finding,) = found(ESTIMATES, [*arms((74, 44), (105, 103)), contrast("OR", 0.31, 0.17, 0.59)])
    assert "or if" in finding.message
    assert finding.suggestion == {}


def test_logarithms_typed_as_ratios_are_told() -> None:
    # HR 2.00 (1.20 to 3.33): log 0.693 (0.182 to 1.203)
    (finding,) = found(ESTIMATES, [contrast("HR", 0.693, 0.182, 1.203)])
    assert finding.code == "interval-off-centre"
    assert "logarithms were given as ratios" in finding.message


def test_an_interval_of_another_level_is_told_by_the_se() -> None:
    error = 0.21
    low, high = (round(math.exp(side * 1.6448536 * error), 3) for side in (-1, 1))
    (finding,) = found(ESTIMATES, [contrast("HR", 1.0, low, high, se=error)])
    assert finding.code == "se-differs-from-interval"
    assert "the interval is one of 90%" in finding.message


def test_an_sd_typed_as_se_is_told_where_n_is_known() -> None:
    # SE 0.5 of 100 people; their SD is 5
    (finding,) = found(ESTIMATES, [contrast("MD", 2.0, 1.02, 2.98, se=5.0, n=100)])
    assert finding.suggestion == {"se": 0.5}


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_the_interval_is_of_the_level_that_is_stated(level: float) -> None:
    z = {0.9: 1.6448536, 0.95: Z, 0.99: 2.5758293}[level]
    numbers = [round(2 + side * z * 0.5, 3) for side in (0, -1, 1)]
    assert codes(ESTIMATES, [contrast("MD", *numbers, se=0.5, ci_level=level)]) == []


def test_the_interval_of_a_mean_may_be_one_of_t() -> None:
    # t(9; .975) = 2.262157
    assert codes(ESTIMATES, [row("mean", estimate=10.0, ci_low=7.738, ci_high=12.262, se=1.0, n=10)]) == []


def test_sd_se_and_n_of_a_mean_must_fit() -> None:
    assert codes(ESTIMATES, [row("mean", estimate=10.0, sd=5.0, se=0.5, n=100)]) == []
    assert codes(ESTIMATES, [row("mean", estimate=10.0, sd=0.5, se=0.5, n=100)]) == ["sd-differs-from-se"]


def test_p_on_the_other_side_of_the_interval_is_found() -> None:
    # AALL1331 without its note: HR 0.70 (0.47 to 1.03), z 1.78, two-sided P 0.075
    (finding,) = found(ESTIMATES, [contrast("HR", 0.7, 0.47, 1.03, p_value="0.003")])
    assert finding.code == "p-differs"


def test_a_one_sided_p_that_the_note_owns_up_to_is_let_alone() -> None:
    kept = contrast("HR", 0.7, 0.47, 1.03, p_value="0.03", note="One-sided P.")
    assert codes(ESTIMATES, [kept]) == []


@pytest.mark.parametrize("p", ["0.07", "0.1", "<0.2", "0.04"])
def test_p_of_another_test_of_the_same_effect_is_let_alone(p: str) -> None:
    assert codes(ESTIMATES, [contrast("HR", 0.7, 0.47, 1.03, p_value=p)]) == []


@pytest.mark.parametrize("p", ["<0.001", "0.74", ">0.5"])
def test_p_that_no_test_of_the_effect_gives_is_found(p: str) -> None:
    assert codes(ESTIMATES, [contrast("HR", 0.7, 0.47, 1.03, p_value=p)]) == ["p-differs"]


@pytest.mark.parametrize(
    ("estimate", "low", "high", "scale"),
    [
        (0.72, 0.49, 0.87, "log-log"),
        (0.916, 0.857, 0.979, "log"),
        (0.85, 0.78, 0.92, "plain"),
        (0.8, 0.284, 0.995, "exact 4/5"),
    ],
)
def test_the_interval_of_a_probability_may_be_made_on_any_scale(
    estimate: float, low: float, high: float, scale: str
) -> None:
    assert (
        codes(ESTIMATES, [row("survival", estimate=estimate, ci_low=low, ci_high=high, timepoint_months=36)]) == []
    ), scale


def test_the_interval_of_a_probability_on_no_scale_is_a_note() -> None:
    (finding,) = found(ESTIMATES, [row("survival", estimate=0.44, ci_low=0.312, ci_high=0.484, timepoint_months=60)])
    assert (finding.code, finding.severity) == ("interval-off-centre", "note")


def test_a_survival_is_not_more_precise_than_its_people_make_it() -> None:
    # 0.612 of 127: at best √(0.612 × 0.388 / 127) = 0.0432
    assert codes(ESTIMATES, [row("survival", estimate=0.612, se=0.05, n=127)]) == []
    assert codes(ESTIMATES, [row("survival", estimate=0.612, se=0.005, n=127)]) == ["too-precise"]
    assert codes(ESTIMATES, [row("survival", estimate=0.612, se=0.005)], [study(n_total=127)]) == ["too-precise"]


def test_an_sd_given_as_the_se_of_a_survival_is_found() -> None:
    assert codes(ESTIMATES, [row("survival", estimate=0.612, se=0.49, n=127)]) == ["too-imprecise"]


def test_a_hazard_ratio_is_not_more_precise_than_all_events_make_it() -> None:
    # SE of the logarithm 0.051; with 100 people at least 0.2
    assert codes(ESTIMATES, [contrast("HR", 0.5, 0.4525, 0.5525, n=100)]) == ["too-precise"]
    assert codes(ESTIMATES, [contrast("HR", 0.5, 0.33, 0.75, n=100)]) == []


def test_what_has_no_interval_is_let_alone() -> None:
    kept = [row("median-months", estimate=14.6, ci_low=11.0), contrast("HR", 0.5), row("proportion", estimate=0.3)]
    assert codes(ESTIMATES, kept) == []


def test_rows_are_not_changed() -> None:
    rows = [contrast("MD", 34.7, 11.8, 81.3)]
    before = [dict(item) for item in rows]
    found(ESTIMATES, rows)
    assert rows == before
