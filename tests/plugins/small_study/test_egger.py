"""Egger's test against its classical form, and the data it must refuse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereview import PluginError, Studies
from livereview_small_study.begg import BEGG, BeggOptions
from livereview_small_study.egger import EGGER, EggerOptions
from livereview_small_study.line import Line, weighted_line

SIZES = st.integers(min_value=0, max_value=2**32 - 1)


def studies(effect: list[float] | np.ndarray, variance: list[float] | np.ndarray, measure: str = "RR") -> Studies:
    y, v = np.asarray(effect, dtype=float), np.asarray(variance, dtype=float)
    return Studies(effect=y, variance=v, present=np.ones(y.size, dtype=bool), measure=measure)


def egger_line(y: np.ndarray, v: np.ndarray) -> Line:
    return weighted_line(y, np.sqrt(v), 1 / v, "Egger's test", "standard error")


def random_studies(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    k = int(rng.integers(3, 30))
    return rng.normal(size=k), rng.uniform(0.01, 1, size=k)


@given(SIZES)
def test_bias_is_the_intercept_of_the_standardised_effect_on_precision(seed: int) -> None:
    y, v = random_studies(seed)
    precision = np.stack([np.ones_like(y), 1 / np.sqrt(v)], axis=1)
    coefficient, *_ = np.linalg.lstsq(precision, y / np.sqrt(v), rcond=None)
    residual = y / np.sqrt(v) - precision @ coefficient
    covariance = (residual @ residual) / (y.size - 2) * np.linalg.inv(precision.T @ precision)
    line = egger_line(y, v)
    # Worst over 3,000 seeds: 6e-14 of a standard error; standard errors 6e-13. Nearly equal precisions lose more.
    assert abs(line.slope - coefficient[0]) < 1e-10 * line.slope_se
    assert abs(line.intercept - coefficient[1]) < 1e-10 * line.intercept_se
    np.testing.assert_allclose([line.slope_se, line.intercept_se], np.sqrt(np.diag(covariance)), rtol=1e-9)


@given(SIZES, st.floats(-50, 50), st.floats(1e-4, 1e4))
def test_shift_and_unit_of_the_effect_change_nothing(seed: int, shift: float, unit: float) -> None:
    y, v = random_studies(seed)
    found = EGGER.test(studies(y, v), EggerOptions())
    moved = EGGER.test(studies((y + shift) * unit, v * unit**2), EggerOptions())
    # Worst over 3,000 seeds: P 2e-13, bias 3e-13 of its standard error.
    assert moved.p_value == pytest.approx(found.p_value, rel=1e-10)
    assert found.standard_error is not None
    assert moved.estimate == pytest.approx(found.estimate, abs=1e-10 * found.standard_error)


def test_t_has_k_minus_2_degrees_of_freedom_and_three_studies_are_enough() -> None:
    found = EGGER.test(studies([0.1, 0.5, 0.4], [0.01, 0.09, 0.25]), EggerOptions())
    # t with 1 df is the Cauchy distribution.
    assert found.df == 1
    assert found.statistic_name == "t"
    assert found.p_value == pytest.approx(1 - 2 / np.pi * np.arctan(abs(found.statistic)), rel=1e-12)


def test_the_limit_estimate_is_noted() -> None:
    y, v = [0.1, 0.5, 0.4, 0.9], [0.01, 0.09, 0.25, 0.3]
    line = egger_line(np.array(y), np.array(v))
    assert f"{line.intercept:.4g}" in EGGER.test(studies(y, v), EggerOptions()).notes[0]


@pytest.mark.parametrize("k", [1, 2])
def test_fewer_than_three_studies_are_refused(k: int) -> None:
    with pytest.raises(PluginError, match=f"at least 3 studies; there are {k}"):
        EGGER.test(studies([0.1, 0.2][:k], [0.01, 0.02][:k]), EggerOptions())


def test_equal_variances_are_refused_even_when_rounding_makes_them_differ() -> None:
    v = np.full(4, 0.04)
    v[1] = np.nextafter(0.04, 1)
    for variance in (np.full(4, 0.04), v):
        with pytest.raises(PluginError, match="same standard error"):
            EGGER.test(studies([0.1, 0.3, 0.2, 0.5], variance), EggerOptions())


@pytest.mark.parametrize(
    "effect",
    [[0.5, 0.5, 0.5, 0.5], [0.2 + 3 * se for se in (0.1, 0.2, 0.3, 0.5)], [1e6 + se for se in (0.1, 0.2, 0.3, 0.5)]],
    ids=["all equal", "on a line", "on a line, far from zero"],
)
def test_effects_without_residual_variation_are_refused(effect: list[float]) -> None:
    with pytest.raises(PluginError, match="no residual variation"):
        EGGER.test(studies(effect, [0.01, 0.04, 0.09, 0.25]), EggerOptions())


def test_a_study_that_outweighs_all_others_fixes_the_limit() -> None:
    # Standard error 1e-6: the line passes through (0, 0.5), and its slope is that of a regression through this point.
    y, se = np.array([0.1, 0.3, 0.2]), np.sqrt([1.0, 2.0, 3.0])
    line = egger_line(np.r_[0.5, y], np.r_[1e-12, se**2])
    assert line.intercept == pytest.approx(0.5, abs=1e-5)
    assert line.slope == pytest.approx(((y - 0.5) / se).mean(), abs=1e-5)


def test_little_residual_variation_is_not_none() -> None:
    bend = 1e-6 * np.array([1, -1, -1, 1])
    found = EGGER.test(
        studies(0.2 + 3 * np.array([0.1, 0.2, 0.3, 0.5]) + bend, [0.01, 0.04, 0.09, 0.25]), EggerOptions()
    )
    assert found.estimate == pytest.approx(3, abs=1e-4)


@pytest.mark.parametrize(("measure", "source"), [("OR", "Harbord"), ("SMD", "Pustejovsky"), ("PLO", "Hunter")])
def test_effects_tied_to_their_standard_error_carry_a_caution(measure: str, source: str) -> None:
    y, v = [0.1, 0.5, 0.4, 0.9], [0.01, 0.09, 0.25, 0.3]
    assert any(source in note for note in EGGER.test(studies(y, v, measure), EggerOptions()).notes)
    assert any(source in note for note in BEGG.test(studies(y, v, measure), BeggOptions()).notes)
    assert len(EGGER.test(studies(y, v, "RR"), EggerOptions()).notes) == 1
    assert BEGG.test(studies(y, v, "RR"), BeggOptions()).notes == ()
