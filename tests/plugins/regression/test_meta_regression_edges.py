"""Meta-regression at the edges: too few studies, dependent columns, effects on the line, variances far apart."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from livereview_estimation import (
    Estimator,
    coefficient_tests,
    meta_regression,
    omnibus,
    predicted,
    r_squared,
    residual_i2,
    residual_q_profile,
)

ESTIMATORS: tuple[Estimator, ...] = get_args(Estimator)
every = pytest.mark.parametrize("estimator", ESTIMATORS)


@every
def test_fewer_studies_than_columns_give_no_number_and_as_many_have_no_residual(estimator: Estimator) -> None:
    x = np.column_stack([np.ones(4), [1.0, 2.0, 4.0, 8.0]])
    present = np.arange(4) < np.array([0, 1, 2, 3, 4])[:, None]
    found = meta_regression(np.array([0.1, 0.5, 0.2, 0.9]), np.full(4, 0.04), x, present, estimator, "hartung-knapp")
    assert np.isnan(found.coefficients[:2]).all()
    assert not found.converged[:2].any()
    assert found.converged[2:].all()
    assert found.residual_df.tolist() == [-2, -1, 0, 1, 2]
    # Two studies: the line through them, tau² = 0, nothing to judge it by.
    assert found.coefficients[2] == pytest.approx([-0.3, 0.4], rel=1e-12)
    assert (found.tau2[2], found.q[2]) == (0.0, 0.0)
    assert np.isnan(found.covariance[2]).all()
    assert np.isnan(coefficient_tests(found).p_value[2]).all()
    assert np.isnan(omnibus(found, [1]).statistic[2])
    wald = meta_regression(np.array([0.1, 0.5, 0.2, 0.9]), np.full(4, 0.04), x, present[2], estimator)
    assert coefficient_tests(wald).standard_error == pytest.approx([0.2 * np.sqrt(5), 0.2 * np.sqrt(2)], rel=1e-12)


@every
def test_effects_on_the_line_have_no_tau_squared_and_no_residual(estimator: Estimator) -> None:
    x = np.column_stack([np.ones(5), [1930.0, 1950.0, 1951.0, 1970.0, 2000.0]])
    y = 0.3 + 0.1 * (x[:, 1] - 1950)
    found = meta_regression(
        y, np.array([0.01, 0.02, 0.5, 0.1, 1.0]), x, np.ones(5, dtype=bool), estimator, "hartung-knapp"
    )
    assert found.tau2 < 1e-24
    assert found.coefficients[1] == pytest.approx(0.1, rel=1e-12)
    assert found.q < 1e-20
    assert coefficient_tests(found).p_value[1] < 1e-30


@every
def test_equal_effects_give_no_tau_squared_and_a_slope_of_exactly_0(estimator: Estimator) -> None:
    x = np.column_stack([np.ones(5), [1.0, 2.0, 4.0, 8.0, 9.0]])
    v = np.array([1e-12, 1.0, 1e12, 0.3, 0.1])
    found = meta_regression(np.full(5, 0.3), v, x, np.ones(5, dtype=bool), estimator, "hartung-knapp")
    assert (found.tau2, found.q, found.scale, found.coefficients[1]) == (0, 0, 0, 0)
    assert coefficient_tests(found).p_value[1] == 1.0
    assert np.isnan(omnibus(found, [1]).p_value)


def test_a_dependent_column_is_named_whatever_the_weights() -> None:
    v = 10.0 ** np.array([-12, 0, 3, 6, 12])
    x = np.column_stack([np.ones(5), [1.0, 2, 3, 4, 5], [10.0, 20, 31, 40, 50], [3.0, 5, 7, 9, 11]])
    for columns, first in (([0, 1, 2], -1), ([0, 1, 3], 2), ([0, 3, 2, 1], 3), ([0, 0], 1)):
        found = meta_regression(np.zeros(5), v, x[:, columns], np.ones(5, dtype=bool))
        assert found.dependent == first
        assert np.isnan(found.coefficients).all() == (first >= 0)


@every
def test_variances_over_24_decades_give_finite_results(estimator: Estimator) -> None:
    rng = np.random.default_rng(5)
    v = 10 ** rng.uniform(-12, 12, (1000, 7))
    y = rng.standard_t(2, (1000, 7)) * np.sqrt(v) * 10 ** rng.uniform(-2, 2, (1000, 1))
    x = np.concatenate([np.ones((1000, 7, 1)), rng.normal(size=(1000, 7, 2))], axis=-1)
    found = meta_regression(y, v, x, np.ones(y.shape, dtype=bool), estimator)
    assert found.converged.all()
    assert (found.tau2 >= 0).all()
    assert np.isfinite(found.coefficients).all()
    assert (np.diagonal(found.covariance, axis1=-2, axis2=-1) > 0).all()


def test_effects_too_far_apart_give_no_number() -> None:
    x = np.column_stack([np.ones(4), [1.0, 2.0, 3.0, 5.0]])
    found = meta_regression(np.array([0.0, 1e200, 1.0, 2.0]), np.array([1e-200, 1, 1, 1]), x, np.ones(4, dtype=bool))
    assert not found.converged
    assert np.isnan(found.coefficients).all()
    assert np.isnan(found.tau2)


def test_shapes_without_fits_or_studies_are_kept() -> None:
    none = meta_regression(np.zeros(3), np.ones(3), np.ones((3, 1)), np.ones((0, 2, 3), dtype=bool))
    assert none.coefficients.shape == (0, 2, 1)
    empty = meta_regression(np.zeros(0), np.zeros(0), np.ones((0, 2)), np.zeros((4, 0), dtype=bool))
    assert empty.covariance.shape == (4, 2, 2)
    assert np.isnan(empty.coefficients).all()


def test_a_fixed_tau_squared_is_taken_as_given() -> None:
    y, v = np.array([0.1, 0.5, 0.3]), np.array([0.1, 0.2, 0.3])
    fixed = np.array([0.0, 0.5])
    found = meta_regression(y, v, np.ones((3, 1)), np.ones((2, 3), dtype=bool), fixed)
    assert found.tau2 == pytest.approx(fixed)
    for row, tau2 in enumerate(fixed):
        w = 1 / (v + tau2)
        assert found.coefficients[row, 0] == pytest.approx((w * y).sum() / w.sum(), rel=1e-14)
        assert found.covariance[row, 0, 0] == pytest.approx(1 / w.sum(), rel=1e-14)


def test_nothing_to_explain_is_an_r_squared_of_0() -> None:
    y, v = np.array([0.1, 0.12, 0.11, 0.1]), np.full(4, 0.1)
    x = np.column_stack([np.ones(4), [1.0, 2, 3, 4]])
    here = np.ones(4, dtype=bool)
    full, without = meta_regression(y, v, x, here), meta_regression(y, v, x[:, :1], here)
    assert without.tau2 == 0
    assert r_squared(full, without) == 0
    assert residual_i2(full)[0] == 0
    common = r_squared(full, without, common_effect=True)
    assert common == pytest.approx(100 * max(0, 1 - full.q / 2 / (without.q / 3)), rel=1e-12)


def test_predictions_at_the_rows_are_the_fitted_values() -> None:
    y, v = np.array([0.1, 0.5, 0.3, 0.7]), np.array([0.1, 0.2, 0.3, 0.1])
    x = np.column_stack([np.ones(4), [1.0, 2, 4, 5]])
    fit = meta_regression(y, v, x, np.ones(4, dtype=bool), "DL", "t")
    found = predicted(fit, x)
    assert found.value == pytest.approx(x @ fit.coefficients, rel=1e-14)
    assert (found.prediction_low <= found.ci_low).all()


def test_no_tau_squared_can_fit_effects_too_close_to_the_line() -> None:
    y, x = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6001]), np.column_stack([np.ones(6), np.arange(6.0)])
    found = residual_q_profile(y, np.full(6, 1.0), x, np.ones(6, dtype=bool))
    assert (found.low, found.high, bool(found.empty)) == (0, 0, True)
