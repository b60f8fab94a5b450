"""Hazard ratios from what log-rank tests leave in print: O - E and V, P with events; and what contradicts them."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

import golden
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measure_records import effects
from scipy.stats import norm


def one(options: dict[str, Any] | None = None, **data: float) -> tuple[float, float, tuple[str, ...]]:
    got = effects("HR", options, **{name: [value] for name, value in data.items()})
    return float(got.effect[0]), float(np.sqrt(got.variance[0])), got.notes.get(0, ())


def test_observed_minus_expected_of_65_trials_gives_the_effects_of_metafor() -> None:
    columns = golden.load("dat.pignon2000")["data"]["columns"]
    got = effects("HR", o_minus_e=columns["OmE"], o_minus_e_variance=columns["V"])
    yi, vi = golden.effect("dat.pignon2000", "gen")
    assert got.effect.shape == (65,)
    # Worst seen: 1.2e-16 absolute (a ratio and its logarithm lie on the way), 2.3e-16 relative: rounding.
    np.testing.assert_allclose(got.effect, yi, rtol=0, atol=5e-16)
    np.testing.assert_allclose(got.variance, vi, rtol=1e-15)
    assert got.notes[0] == (
        "hazard ratio exp((O-E)/V) from O-E = -1.8 and V = 14.5",
        "standard error 1/sqrt(V), V = 14.5",
    )


def test_intervals_of_37_studies_give_the_standard_errors_of_metafor() -> None:
    reference = golden.load("dat.hackshaw1998")["from_ci"]
    columns = golden.load("dat.hackshaw1998")["data"]["columns"]
    got = effects("RATIO", {"of": "RR"}, **_printed(columns))
    assert got.effect.shape == (37,)
    # Worst seen: 0 and 4.5e-16: rounding.
    np.testing.assert_allclose(got.effect, golden.numbers(reference["yi"]), rtol=1e-15, atol=1e-16)
    np.testing.assert_allclose(np.sqrt(got.variance), golden.numbers(reference["sei"]), rtol=1e-15)


def _printed(columns: dict[str, Any]) -> dict[str, Any]:
    return {"estimate": columns["or"], "ci_low": columns["or_lb"], "ci_high": columns["or_ub"]}


def test_p_and_events_give_the_deviate_of_the_published_worked_example() -> None:
    # Tierney et al. 2007: P = 0.075 is z = 1.78. With 485 events V = 121.25, ln HR = -1.78 / 11.01 = -0.162, HR 0.85.
    effect, error, notes = one(p_value=0.075, events=485, direction=-1)
    assert round(exp(effect), 2) == 0.85
    assert round(-effect / error, 2) == 1.78
    assert error == pytest.approx(sqrt(4 / 485), rel=1e-15)
    assert notes == (
        "hazard ratio from P = 0.075 (two-sided), 485 events and its direction (lower)",
        "standard error 1/sqrt(V), V = 121.2 from 485 events and arms taken to be of one size",
    )


def test_the_direction_is_the_sign_and_nothing_else() -> None:
    lower, higher = (one(p_value=0.03, events=60, direction=sign) for sign in (-1, 1))
    assert lower[0] == pytest.approx(-higher[0], rel=1e-15)
    assert lower[1] == higher[1]
    assert "(higher)" in higher[2][0]
    no_difference = one(p_value=1.0, events=60, direction=1)
    assert no_difference[0] == 0
    assert no_difference[1] == pytest.approx(sqrt(4 / 60), rel=1e-15)


def test_a_one_sided_p_is_taken_as_one() -> None:
    two, one_sided = one(p_value=0.04, events=60, direction=-1), one({"p_value_sided": 1}, p_value=0.02, events=60,
                                                                   direction=-1)  # fmt: skip
    assert one_sided[0] == pytest.approx(two[0], rel=1e-14)
    assert "P = 0.02 (one-sided)" in one_sided[2][0]


def test_arms_of_unlike_size_count() -> None:
    _, error, notes = one(estimate=0.6, events=90, n_1=200, n_2=100)
    assert error == pytest.approx(sqrt(1 / (90 * 2 / 9)), rel=1e-15)
    assert notes == ("standard error 1/sqrt(V), V = 20 from 90 events and arms of 200 and 100",)
    assert one(estimate=0.6, events=90, n_1=50, n_2=50)[1] == one(estimate=0.6, events=90)[1]
    assert one(estimate=0.6, events=90, n_1=50)[1] == one(estimate=0.6, events=90)[1]


#: Each holds one source less than the one before: the standard error, and the note on where it comes from.
LADDER: tuple[tuple[dict[str, float], float, str], ...] = (
    ({"se": 0.2}, 0.2, "standard error 0.2 as reported"),
    ({"ci_low": 0.6 * exp(-1.96 * 0.21), "ci_high": 0.6 * exp(1.96 * 0.21)}, 1.96 * 0.21 / norm.ppf(0.975), ""),
    ({"o_minus_e_variance": 22.0}, 1 / sqrt(22), "standard error 1/sqrt(V), V = 22"),
    ({"p_value": 0.02}, -log(0.6) / norm.isf(0.01), "standard error from P = 0.02 (two-sided)"),
    (
        {"events": 110.0},
        sqrt(4 / 110),
        "standard error 1/sqrt(V), V = 27.5 from 110 events and arms taken to be of one size",
    ),
)


@pytest.mark.parametrize("step", range(len(LADDER)))
def test_the_order_of_preference(step: int) -> None:
    data: dict[str, float] = {}
    for numbers, _, _ in LADDER[step:]:
        data |= numbers
    effect, error, notes = one(estimate=0.6, **data)
    assert effect == log(0.6)
    assert error == pytest.approx(LADDER[step][1], rel=1e-12)
    assert notes == tuple(filter(None, [LADDER[step][2]]))


def test_a_printed_hazard_ratio_is_used_and_one_from_log_rank_numbers_only_in_its_place() -> None:
    printed = one(estimate=0.6, o_minus_e=-10.0, o_minus_e_variance=22.0)
    assert printed[0] == log(0.6)
    assert one(o_minus_e=-10.0, o_minus_e_variance=22.0)[0] == pytest.approx(-10 / 22, rel=1e-15)
    both = one(o_minus_e=-10.0, o_minus_e_variance=22.0, p_value=0.5, events=88, direction=1)
    assert both[0] == pytest.approx(-10 / 22, rel=1e-15)
    assert any("P = 0.5 and the standard error" in note for note in both[2])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"estimate": 0.55, "se": 0.2, "o_minus_e": 12.0, "o_minus_e_variance": 25.0},
         "O-E and V imply a hazard ratio of 1.62, not 0.55"),
        ({"estimate": 0.55, "se": 0.2, "o_minus_e": -29.9, "o_minus_e_variance": 50.0},
         "V implies a standard error of 0.141, not 0.2"),
        ({"estimate": 0.55, "se": 0.2, "events": 40},
         "standard error 0.2 is smaller than 40 events can give (at least 0.316)"),
    ],
)  # fmt: skip
def test_numbers_that_contradict_a_printed_hazard_ratio_are_noted(data: dict[str, float], words: str) -> None:
    effect, error, notes = one(**data)
    assert (effect, error) == (log(0.55), pytest.approx(0.2))
    assert words in notes


@given(events=st.integers(1, 400), log_hr=st.floats(-3, 3), share=st.floats(0.05, 0.95), seed=st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_no_cox_model_is_more_precise_than_its_events_allow(
    events: int, log_hr: float, share: float, seed: int
) -> None:
    """Information on ln HR is a sum of p(1-p) over the events, with p the share of the hazard that is the arm's."""
    at_risk = np.random.default_rng(seed).uniform(0, 1, events) * share
    p = at_risk * exp(log_hr) / (at_risk * exp(log_hr) + 1 - at_risk)
    information = (p * (1 - p)).sum()
    assert 1 / sqrt(information) >= 2 / sqrt(events) * (1 - 1e-12)


NOTHING = "no hazard ratio: neither printed, nor O-E with V, nor an exact P with events and direction"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"o_minus_e": -10.0}, NOTHING),
        ({"o_minus_e_variance": 20.0}, NOTHING),
        ({"p_value": 0.03, "events": 60.0}, NOTHING),
        ({"p_value": 0.03, "direction": -1.0}, NOTHING),
        ({"p_value": np.nan, "events": 60.0, "direction": -1.0}, NOTHING),
        ({"p_value": 0.03, "events": 0.0, "direction": -1.0}, NOTHING),
        ({"o_minus_e": -10.0, "o_minus_e_variance": 0.0}, "V = 0 must be positive"),
        ({"o_minus_e": -10.0, "o_minus_e_variance": -2.0}, "V = -2 must be positive"),
        ({"p_value": 0.03, "events": 60.0, "direction": 2.0}, "direction 2 must be -1 (lower) or 1 (higher)"),
    ],
)
def test_half_of_what_is_needed_gives_nothing_and_says_so(data: dict[str, float], words: str) -> None:
    effect, error, notes = one(**data)
    assert np.isnan(effect)
    assert np.isnan(error)
    assert words in notes


@given(oe=st.floats(-50, 50), v=st.floats(0.5, 200))
@settings(max_examples=100, deadline=None)
def test_exchanging_the_arms_turns_the_sign(oe: float, v: float) -> None:
    ours, theirs = one(o_minus_e=oe, o_minus_e_variance=v), one(o_minus_e=-oe, o_minus_e_variance=v)
    # exp and log on the way; worst seen 1e-15 relative to 1.
    assert ours[0] == pytest.approx(-theirs[0], rel=1e-12, abs=1e-14)
    assert ours[1] == theirs[1]
