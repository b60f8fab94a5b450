"""Effects worked out by hand from one table each, and properties that hold for every table."""

from __future__ import annotations

from math import asin, log, pi, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measure_records import MEASURES, effects, shown
from scipy.integrate import quad
from scipy.stats import binom, poisson

# 10 of 100 against 20 of 100.
TABLE: dict[str, Any] = {"events_1": [10], "n_1": [100], "events_2": [20], "n_2": [100]}


@pytest.mark.parametrize(
    ("measure", "effect", "variance"),
    [
        ("OR", log((10 * 80) / (90 * 20)), 1 / 10 + 1 / 90 + 1 / 20 + 1 / 80),
        ("RR", log(0.5), 1 / 10 - 1 / 100 + 1 / 20 - 1 / 100),
        ("RD", -0.1, 0.1 * 0.9 / 100 + 0.2 * 0.8 / 100),
        # E = 15, V = 100·100·30·170 / (200²·199).
        ("PETO", -5 / (100 * 100 * 30 * 170 / (200**2 * 199)), (200**2 * 199) / (100 * 100 * 30 * 170)),
        ("AS", asin(sqrt(0.1)) - asin(sqrt(0.2)), 1 / 200),
    ],
)
def test_two_arms_of_counts_by_hand(measure: str, effect: float, variance: float) -> None:
    got = effects(measure, **TABLE)
    assert got.effect == pytest.approx(effect, rel=1e-14)
    assert got.variance == pytest.approx(variance, rel=1e-14)
    assert got.notes == {}


@pytest.mark.parametrize(
    ("measure", "effect", "variance"),
    [
        ("PR", 0.25, 0.25 * 0.75 / 40),
        ("PLN", log(0.25), 1 / 10 - 1 / 40),
        ("PLO", log(10 / 30), 1 / 10 + 1 / 30),
        ("PAS", pi / 6, 1 / 160),
        ("PFT", (asin(sqrt(10 / 41)) + asin(sqrt(11 / 41))) / 2, 1 / 162),
    ],
)
def test_proportions_by_hand(measure: str, effect: float, variance: float) -> None:
    got = effects(measure, events=[10], n=[40])
    assert got.effect == pytest.approx(effect, rel=1e-14)
    assert got.variance == pytest.approx(variance, rel=1e-14)
    assert got.notes == {}


def test_rates_by_hand() -> None:
    assert effects("IR", events=[6], time=[200]).effect == pytest.approx(0.03)
    assert effects("IR", events=[6], time=[200]).variance == pytest.approx(6 / 200**2)
    assert effects("IRLN", events=[6], time=[200]).effect == pytest.approx(log(0.03))
    two = {"events_1": [6], "time_1": [200], "events_2": [3], "time_2": [50]}
    assert effects("IRR", **two).effect == pytest.approx(log(0.5))
    assert effects("IRR", **two).variance == pytest.approx(1 / 6 + 1 / 3)
    assert effects("IRD", **two).effect == pytest.approx(-0.03)
    assert effects("IRD", **two).variance == pytest.approx(6 / 200**2 + 3 / 50**2)


MEANS: dict[str, Any] = {"mean_1": [12], "sd_1": [2], "n_1": [9], "mean_2": [10], "sd_2": [2], "n_2": [16]}


def test_means_by_hand() -> None:
    assert effects("MD", **MEANS).effect == 2
    assert effects("MD", **MEANS).variance == pytest.approx(4 / 9 + 4 / 16)
    assert effects("ROM", **MEANS).effect == pytest.approx(log(1.2))
    assert effects("ROM", **MEANS).variance == pytest.approx(4 / (9 * 144) + 4 / (16 * 100))
    assert effects("MN", mean=[12], sd=[2], n=[9]).variance == pytest.approx(4 / 9)
    # d = 1, so g = J; RevMan's J is 1 - 3/(4·25 - 9) and its variance 25/144 + g²/(2·21.06).
    revman = effects("SMD", {"variant": "revman"}, **MEANS)
    j = 1 - 3 / 91
    assert revman.effect == pytest.approx(j)
    assert revman.variance == pytest.approx(25 / 144 + j**2 / 42.12)
    assert effects("SMD", **MEANS).effect == pytest.approx(j, abs=1e-4)


def test_the_small_sample_factor_makes_g_unbiased() -> None:
    # E(1/s) for s² = chi²/df, by integration over the chi distribution: J must undo it exactly.
    from scipy.stats import chi

    df = 5
    expected, _ = quad(lambda x: sqrt(df) / x * chi(df).pdf(x), 0, np.inf)
    three_and_four = {"mean_1": [1], "sd_1": [1], "n_1": [3], "mean_2": [0], "sd_2": [1], "n_2": [4]}
    # Worst seen: 2.2e-16.
    assert effects("SMD", **three_and_four).effect * expected == pytest.approx(1, rel=1e-12)


def test_exact_limits_leave_two_and_a_half_percent_in_each_binomial_tail() -> None:
    x, n = np.arange(1, 20), 20
    got = effects("PR", events=x, n=np.full(19, n))
    assert got.ci_low is not None
    assert got.ci_high is not None
    # Worst seen: 1.1e-14.
    np.testing.assert_allclose(binom.sf(x - 1, n, got.ci_low), 0.025, rtol=1e-13)
    np.testing.assert_allclose(binom.cdf(x, n, got.ci_high), 0.025, rtol=1e-13)


def test_exact_limits_leave_five_percent_in_each_poisson_tail_at_level_90() -> None:
    x, t = np.arange(1, 20), 7.0
    got = effects("IR", {"level": 0.9}, events=x, time=np.full(19, t))
    assert got.ci_low is not None
    assert got.ci_high is not None
    # Worst seen: 5.3e-15.
    np.testing.assert_allclose(poisson.sf(x - 1, got.ci_low * t), 0.05, rtol=1e-13)
    np.testing.assert_allclose(poisson.cdf(x, got.ci_high * t), 0.05, rtol=1e-13)


arm = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
tables = st.lists(st.tuples(arm, arm), min_size=1, max_size=6)
mean_arm = st.tuples(st.floats(0.1, 1e3), st.floats(0.1, 1e2), st.integers(2, 500))


def columns(pairs: list[tuple[tuple[int, int], tuple[int, int]]]) -> dict[str, Any]:
    values = np.array([[*first, *second] for first, second in pairs], dtype=float).T
    return dict(zip(("events_1", "n_1", "events_2", "n_2"), values, strict=True))


def swapped(data: dict[str, Any]) -> dict[str, Any]:
    return {name[:-1] + ("2" if name.endswith("1") else "1"): values for name, values in data.items()}


@pytest.mark.parametrize("measure", ["OR", "RR", "RD", "PETO", "AS"])
@given(pairs=tables)
@settings(max_examples=50)
def test_swapping_the_arms_changes_the_sign_and_nothing_else(
    measure: str, pairs: list[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    data = columns(pairs)
    one, other = effects(measure, **data), effects(measure, **swapped(data))
    # Worst seen in 20,000 tables: 1.8e-15 in effects, 4.4e-16 in variances.
    np.testing.assert_allclose(one.effect, -other.effect, rtol=1e-14, atol=1e-14)
    np.testing.assert_allclose(one.variance, other.variance, rtol=1e-14)


@given(pairs=tables)
@settings(max_examples=50)
def test_counting_the_event_or_its_absence_changes_the_sign_of_the_odds_ratio(
    pairs: list[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    data = columns(pairs)
    absence = data | {"events_1": data["n_1"] - data["events_1"], "events_2": data["n_2"] - data["events_2"]}
    for measure in ("OR", "PETO", "RD", "AS"):
        one, other = effects(measure, **data), effects(measure, **absence)
        # Worst seen in 20,000 tables: 1.8e-15 in effects, 4.4e-16 in variances.
        np.testing.assert_allclose(one.effect, -other.effect, rtol=1e-14, atol=1e-14)
        np.testing.assert_allclose(one.variance, other.variance, rtol=1e-14)


@given(first=mean_arm, second=mean_arm, scale=st.floats(0.01, 100))
@settings(max_examples=50)
def test_a_change_of_unit_scales_md_and_leaves_smd_and_rom(
    first: tuple[float, float, int], second: tuple[float, float, int], scale: float
) -> None:
    names = ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")
    data = dict(zip(names, ([value] for value in (*first, *second)), strict=True))
    unit = {name: [values[0] * scale] if name[0] != "n" else values for name, values in data.items()}
    # Means that are nearly equal lose digits in their difference, so the effects need room near 0.
    for measure, factor in (("MD", scale), ("SMD", 1.0), ("ROM", 1.0)):
        one, other = effects(measure, **data), effects(measure, **unit)
        np.testing.assert_allclose(other.effect, one.effect * factor, rtol=1e-12, atol=1e-11 * factor)
        np.testing.assert_allclose(other.variance, one.variance * factor**2, rtol=1e-12)
        np.testing.assert_allclose(effects(measure, **swapped(data)).effect, -one.effect, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("measure", ["PR", "PLN", "PLO", "PAS", "PFT"])
@given(counts=st.lists(arm, min_size=1, max_size=8))
@settings(max_examples=50)
def test_a_proportion_comes_back_from_every_scale(measure: str, counts: list[tuple[int, int]]) -> None:
    x, n = np.array(counts, dtype=float).T
    got = effects(measure, {"to": "none"}, events=x, n=n)
    known = np.isfinite(got.effect)
    # Worst seen in 20,000 arms: 1.2e-14 on the double arcsine scale, 3e-16 on the others.
    np.testing.assert_allclose(shown(measure, got.effect, n)[known], (x / n)[known], rtol=0, atol=1e-13)
    assert known[(x > 0) & (x < n)].all()


@pytest.mark.parametrize("measure", ["OR", "RR", "RD", "PLO", "PR"])
def test_ten_times_the_people_gives_a_tenth_of_the_variance(measure: str) -> None:
    data = TABLE if measure in ("OR", "RR", "RD") else {"events": [10], "n": [40]}
    many = {name: [values[0] * 10] for name, values in data.items()}
    one, other = effects(measure, **data), effects(measure, **many)
    assert other.effect == pytest.approx(one.effect, rel=1e-14)
    assert other.variance == pytest.approx(one.variance / 10, rel=1e-14)


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_back_transformation_is_monotone_and_takes_any_number(name: str) -> None:
    values = np.array([-1e308, -800.0, -1.0, 0.0, 0.3, 1.2, 800.0, 1e308])
    got = shown(name, values, 25.0)
    assert got.shape == values.shape
    assert not np.isnan(got).any()
    steps = np.diff(got[np.isfinite(got)])
    assert (steps <= 0).all() if name == "SURVLL" else (steps >= 0).all()
    assert np.isnan(shown(name, [np.nan], 25.0)).all()


@pytest.mark.parametrize("name", sorted(name for name, measure in MEASURES.items() if measure.display == "ratio"))
def test_no_effect_is_a_ratio_of_one(name: str) -> None:
    assert MEASURES[name].null == 0
    assert shown(name, 0.0) == 1


def test_studies_with_leading_axes_are_computed_elementwise() -> None:
    events = np.array([[0.0, 3, 5], [2, 3, 4]])
    got = effects("PLO", events=events, n=np.full(3, 5.0))
    for row in range(2):
        alone = effects("PLO", events=events[row], n=np.full(3, 5.0))
        np.testing.assert_array_equal(got.effect[row], alone.effect)
        np.testing.assert_array_equal(got.variance[row], alone.variance)
    assert got.effect.shape == (2, 3)
    assert set(got.notes) == {0, 2}


def test_no_studies_give_no_effects() -> None:
    got = effects("OR", events_1=[], n_1=[], events_2=[], n_2=[])
    assert got.effect.shape == (0,)
    assert got.notes == {}
