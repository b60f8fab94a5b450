"""Estimates as reported: where the standard error comes from, what is refused, what is noted."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measure_records import effects, shown
from scipy.stats import norm

Z = norm.ppf(0.975)


def one(measure: str, options: dict[str, Any] | None = None, **data: float) -> tuple[float, float, tuple[str, ...]]:
    got = effects(measure, options, **{name: [value] for name, value in data.items()})
    return float(got.effect[0]), float(got.variance[0]), got.notes.get(0, ())


def test_a_hazard_ratio_with_its_interval() -> None:
    # E1910, overall survival: 0.41 (0.23 to 0.73).
    effect, variance, notes = one("HR", estimate=0.41, ci_low=0.23, ci_high=0.73)
    assert effect == pytest.approx(log(0.41))
    assert sqrt(variance) == pytest.approx((log(0.73) - log(0.23)) / (2 * Z))
    assert notes == ()


def test_the_level_of_the_interval_counts() -> None:
    _, at_95, _ = one("HR", estimate=0.5, ci_low=0.3, ci_high=0.8, ci_level=0.95)
    _, at_90, _ = one("HR", estimate=0.5, ci_low=0.3, ci_high=0.8, ci_level=0.90)
    _, unsaid, _ = one("HR", estimate=0.5, ci_low=0.3, ci_high=0.8)
    assert at_95 == unsaid
    assert sqrt(at_90 / at_95) == pytest.approx(Z / norm.ppf(0.95))
    assert "must lie between 0 and 1" in one("HR", estimate=0.5, ci_low=0.3, ci_high=0.8, ci_level=95)[2][0]


def test_a_standard_error_of_the_log_comes_first() -> None:
    _, variance, notes = one("HR", estimate=0.5, se=0.25, ci_low=0.31, ci_high=0.82)
    assert variance == 0.0625
    assert notes == ("standard error 0.25 as reported",)


def test_an_exact_p_is_the_last_resort_and_says_so() -> None:
    effect, variance, notes = one("HR", estimate=0.33, p_value=0.0019)
    assert 2 * norm.sf(-effect / sqrt(variance)) == pytest.approx(0.0019, rel=1e-12)
    assert notes == ("standard error from P = 0.0019 (two-sided)",)
    _, one_sided, notes = one("HR", {"p_value_sided": 1}, estimate=0.33, p_value=0.0019)
    assert norm.sf(-effect / sqrt(one_sided)) == pytest.approx(0.0019, rel=1e-12)
    assert notes == ("standard error from P = 0.0019 (one-sided)",)


def test_an_interval_is_used_before_p_without_a_word_where_they_agree() -> None:
    # TOWER, overall survival: the interval alone gives P = 0.0106.
    with_p = one("HR", estimate=0.71, ci_low=0.55, ci_high=0.93, p_value=0.01)
    assert with_p == one("HR", estimate=0.71, ci_low=0.55, ci_high=0.93)


def test_an_interval_and_a_p_that_disagree_are_noted_and_the_interval_is_used() -> None:
    # AALL1331, disease-free survival: the trial's tests were one-sided.
    effect, variance, notes = one("HR", estimate=0.7, ci_low=0.47, ci_high=1.03, p_value=0.03)
    assert (effect, variance) == one("HR", estimate=0.7, ci_low=0.47, ci_high=1.03)[:2]
    told = "P = 0.03 and the standard error (with which P would be 0.075) disagree"
    assert notes == (f"{told}; a one-sided P would agree",)
    assert one("HR", {"p_value_sided": 1}, estimate=0.7, ci_low=0.47, ci_high=1.03, p_value=0.03)[2] == ()
    (note,) = one("HR", estimate=0.7, ci_low=0.47, ci_high=1.03, p_value=0.6)[2]
    assert note == "P = 0.6 and the standard error (with which P would be 0.075) disagree"
    assert "disagree" in one("GEN", estimate=2.0, se=1.0, p_value=0.5)[2][1]


@given(estimate=st.floats(0.2, 5), se=st.floats(0.05, 1), decimals=st.integers(2, 4))
@settings(max_examples=200, deadline=None)
def test_nothing_that_rounding_explains_is_called_a_disagreement(estimate: float, se: float, decimals: int) -> None:
    low, high = estimate * exp(-Z * se), estimate * exp(Z * se)
    p = 2 * norm.sf(abs(log(estimate)) / se)
    printed = [round(value, decimals) for value in (estimate, low, high)]
    if not 0 < printed[1] < printed[0] < printed[2] or round(p, 3) == 0:
        return
    notes = one("HR", estimate=printed[0], ci_low=printed[1], ci_high=printed[2], p_value=round(p, 3))[2]
    assert not any("disagree" in note for note in notes)


@pytest.mark.parametrize(
    "data",
    [
        {"estimate": 0.55},
        {"estimate": 0.55, "p_value": np.nan},
        {"estimate": 0.55, "ci_low": 0.4},
        {"estimate": 1.0, "p_value": 0.4},
        {"estimate": 0.8, "p_value": 1.0},
        {"estimate": 0.8, "p_value": 0.0},
        {"estimate": 0.8, "ci_low": 0.0, "ci_high": 2.0},
    ],
)
def test_without_a_usable_source_there_is_no_number(data: dict[str, float]) -> None:
    effect, variance, notes = one("HR", **data)
    assert np.isnan(effect)
    assert np.isnan(variance)
    assert notes[-1] == "no interval, standard error, V, exact P or number of events"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"estimate": 0.0, "se": 0.2}, "0 has no finite value on the log scale"),
        ({"estimate": -0.5, "se": 0.2}, "estimate -0.5 cannot be"),
        ({"estimate": np.nan, "se": 0.2}, "no hazard ratio"),
        ({"estimate": 0.5, "ci_low": -0.1, "ci_high": 0.9}, "lower limit -0.1 cannot be"),
        ({"estimate": 0.5, "ci_low": 0.9, "ci_high": 0.2}, "lower limit 0.9 exceeds upper limit 0.2"),
        ({"estimate": 1.5, "ci_low": 0.2, "ci_high": 0.9}, "estimate 1.5 lies outside its interval 0.2 to 0.9"),
        ({"estimate": 0.5, "ci_low": 0.5, "ci_high": 0.5}, "interval 0.5 to 0.5 has no width"),
        ({"estimate": 0.5, "se": 0.0, "p_value": 0.1}, "standard error 0 must be positive"),
        ({"estimate": 0.5, "se": -1.0}, "standard error -1 must be positive"),
        ({"estimate": 0.5, "p_value": 1.2}, "P = 1.2 must lie between 0 and 1"),
        # 0.62 (0.39 to 0.98) has a log standard error of 0.235; 0.146 is that of the ratio itself.
        ({"estimate": 0.62, "ci_low": 0.39, "ci_high": 0.98, "se": 0.146}, "contradict each other"),
    ],
)
def test_what_cannot_be_is_refused_and_named(data: dict[str, float], words: str) -> None:
    effect, variance, notes = one("HR", **data)
    assert np.isnan(effect)
    assert np.isnan(variance)
    assert any(words in note for note in notes)


def test_a_limit_of_zero_is_left_for_p_with_both_notes() -> None:
    effect, _, notes = one("HR", estimate=0.2, ci_low=0.0, ci_high=0.9, p_value=0.04)
    assert effect == pytest.approx(log(0.2))
    assert notes == (
        "standard error from P = 0.04 (two-sided)",
        "the interval gives no standard error: a limit has no finite value on the log scale",
    )


def test_an_estimate_off_the_middle_of_its_interval_is_noted_unless_rounding_explains_it() -> None:
    # 0.24 (0.13 to 0.46): the middle is 0.2445, which rounds to the estimate.
    assert one("HR", estimate=0.24, ci_low=0.13, ci_high=0.46)[2] == ()
    # 0.9 (0.5 to 1.0), one decimal: the middle is 0.707, which one decimal cannot explain.
    effect, variance, notes = one("HR", estimate=0.9, ci_low=0.5, ci_high=1.0)
    off = abs(log(sqrt(0.5)) - effect) / sqrt(variance)
    assert notes == (
        f"on the log scale the estimate is {off:.2g} times the standard error off the middle of its interval,"
        " more than rounding explains",
    )
    assert one("HR", {"off_centre": 2}, estimate=0.9, ci_low=0.5, ci_high=1.0)[2] == ()


def test_only_a_hazard_ratio_may_come_from_something_else() -> None:
    assert one("RATIO", {"of": "OR"}, p_value=0.03, events=60, direction=-1)[2][0] == "no estimate"
    assert one("RATIO", estimate=0.5, events=60)[2] == ("no interval, standard error or exact P",)


def test_other_ratios_are_read_in_the_same_way() -> None:
    for of in ("HR", "OR", "RR", "IRR"):
        assert one("RATIO", {"of": of}, estimate=3.2, ci_low=1.7, ci_high=5.9) == one(
            "HR", estimate=3.2, ci_low=1.7, ci_high=5.9
        )


@given(estimate=st.floats(0.05, 20), se=st.floats(0.05, 2), level=st.floats(0.5, 0.999))
@settings(max_examples=100)
def test_an_interval_gives_back_the_standard_error_it_was_made_from(estimate: float, se: float, level: float) -> None:
    half = norm.ppf((1 + level) / 2) * se
    low, high = estimate * exp(-half), estimate * exp(half)
    effect, variance, _ = one("HR", estimate=estimate, ci_low=low, ci_high=high, ci_level=level)
    assert shown("HR", effect) == pytest.approx(estimate, rel=1e-12)
    # Worst seen in 20,000 intervals: 9.3e-15.
    assert sqrt(variance) == pytest.approx(se, rel=1e-13)


def test_a_difference_on_its_own_scale() -> None:
    effect, variance, notes = one("GEN", {"of": "RMST"}, estimate=72, ci_low=36, ci_high=108)
    assert effect == 72
    assert sqrt(variance) == pytest.approx(36 / Z)
    assert notes == ()
    _, from_p, notes = one("GEN", estimate=2, p_value=0.05)
    assert sqrt(from_p) == pytest.approx(2 / Z)
    assert notes == ("standard error from P = 0.05 (two-sided)",)


def test_percentages_are_refused_where_a_probability_is_expected() -> None:
    assert "cannot be" in one("GEN", {"of": "RD"}, estimate=35.6, ci_low=15.6, ci_high=52.5)[2][0]
    assert "cannot be" in one("SURV", estimate=75, se=5)[2][0]
    assert "cannot be" in one("GEN1", {"of": "proportion"}, estimate=75, se=5)[2][0]


def test_one_arm_estimates_take_no_p() -> None:
    assert one("GEN1", {"of": "median-months"}, estimate=7.7, p_value=0.01)[2] == ("no interval or standard error",)
    assert one("GEN1", {"of": "median-months"}, estimate=7.7, se=1.0)[1] == 1


def test_survival_with_its_standard_error() -> None:
    effect, variance, notes = one("SURV", estimate=0.612, se=0.05, n=103)
    assert (effect, variance) == (0.612, pytest.approx(0.0025))
    assert notes == ("standard error 0.05 as reported",)
    effect, variance, notes = one("SURVLL", estimate=0.612, se=0.05, n=103)
    assert effect == pytest.approx(log(-log(0.612)))
    assert sqrt(variance) == pytest.approx(0.05 / (0.612 * -log(0.612)))
    assert notes == ("standard error 0.05 as reported, carried to the log-log scale",)


def test_the_limits_of_survival_change_places_on_the_log_log_scale() -> None:
    # E1910 at 3 years, 0.848 (0.763 to 0.904): the interval was made on that scale, so it is symmetric there.
    effect, variance, notes = one("SURVLL", estimate=0.848, ci_low=0.763, ci_high=0.904)
    error = sqrt(variance)
    assert error == pytest.approx((log(-log(0.763)) - log(-log(0.904))) / (2 * Z))
    assert notes == ()
    ends = shown("SURVLL", [effect - Z * error, effect + Z * error])
    assert ends[0] > ends[1]
    # The printed limits to their last digit.
    np.testing.assert_allclose(sorted(ends), [0.763, 0.904], atol=5e-4)


def test_the_log_log_scale_prefers_the_interval_and_the_raw_scale_the_standard_error() -> None:
    both = {"estimate": 0.508, "ci_low": 0.244, "ci_high": 0.772, "se": 0.135}
    assert sqrt(one("SURV", **both)[1]) == pytest.approx(0.135)
    expected = (log(-log(0.244)) - log(-log(0.772))) / (2 * Z)
    assert sqrt(one("SURVLL", **both)[1]) == pytest.approx(expected)


@pytest.mark.parametrize("measure", ["SURV", "SURVLL"])
def test_survival_without_precision_is_left_out_unless_an_approximation_is_asked_for(measure: str) -> None:
    effect, _, notes = one(measure, estimate=0.722, n=78)
    assert np.isnan(effect)
    assert notes == ("no interval or standard error",)
    effect, variance, notes = one(measure, {"se_from_n": "binomial"}, estimate=0.722, n=78)
    raw = sqrt(0.722 * 0.278 / 78)
    assert sqrt(variance) == pytest.approx(raw if measure == "SURV" else raw / (0.722 * -log(0.722)))
    assert notes == (
        "standard error approximated by sqrt(S(1-S)/n) with n = 78: it ignores censoring and is too small",
    )
    assert np.isnan(one(measure, {"se_from_n": "binomial"}, estimate=0.722)[0])
    assert np.isnan(one(measure, {"se_from_n": "binomial"}, estimate=0.722, n=0)[0])


@pytest.mark.parametrize("estimate", [0.0, 1.0])
def test_survival_of_nobody_or_everybody_has_no_log_log(estimate: float) -> None:
    for options in ({}, {"se_from_n": "binomial"}):
        effect, _, notes = one("SURVLL", options, estimate=estimate, n=20)
        assert np.isnan(effect)
        assert notes[0] == f"{estimate:g} has no finite value on the log-log scale"
        assert np.isnan(one("SURV", options, estimate=estimate, n=20)[0])
