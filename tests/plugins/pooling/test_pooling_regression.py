"""Weighted regression: against lm-type and meta-regression reference values, matrices, and what it must refuse."""

from __future__ import annotations

import golden
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereview_estimation import weighted_regression


def test_every_common_effect_meta_regression_agrees_with_metafor() -> None:
    """Coefficients, their covariance and the residual Q of all fits with tau² = 0."""
    compared = 0
    for dataset, record in golden.records("metareg"):
        y, v = golden.effect(dataset, record["effect"])
        rows = record["design"]["rows_used_index0"]
        x = golden.numbers(record["design"]["X"])
        for theirs in record["fits"]:
            if "error" in theirs or theirs["tau2"] != 0 or theirs["test"] != "z":
                continue
            found = weighted_regression(y[rows], x, 1 / v[rows], np.ones(len(rows), dtype=bool))
            size = np.sqrt(np.diag(found.covariance))
            case = (dataset, record["effect"], record["formula"], theirs["method"])
            # Worst errors seen: 2.8e-12 standard errors, 7e-14, and 2.9e-9 (dat.li2007, year, where exact arithmetic
            # agrees with ours to 1e-15: metafor's sums lose digits for a year that is not centred).
            assert golden.excess(found.coefficients, theirs["beta"], 0.0, 5e-12 * size).max() <= 1, case
            assert golden.excess(size, theirs["se"], 2e-13).max() <= 1, case
            assert golden.excess(found.residuals, theirs["QE"], 5e-9).max() <= 1, case
            assert found.df == theirs["QE_df"]
            compared += 1
    assert compared == 82


@given(st.integers(0, 2**32 - 1))
def test_a_regression_in_a_batch_equals_least_squares_alone(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, k, p = 5, 9, 3
    x = np.concatenate([np.ones((n, k, 1)), rng.normal(2000, 10, (n, k, 1)), rng.normal(0, 1, (n, k, 1))], axis=-1)
    y, w = rng.normal(size=(n, k)), rng.uniform(0.1, 100, (n, k))
    present = np.arange(k) < rng.integers(p, k + 1, (n, 1))
    y[~present], w[~present], x[~present] = np.nan, -1.0, np.inf
    found = weighted_regression(y, x, w, present)
    for i, here in enumerate(present):
        root = np.sqrt(w[i, here])
        coefficients, *_ = np.linalg.lstsq(x[i, here] * root[:, None], y[i, here] * root, rcond=1e-15)
        residual = root * (y[i, here] - x[i, here] @ coefficients)
        np.testing.assert_allclose(found.coefficients[i], coefficients, rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(found.residuals[i], (residual**2).sum(), rtol=1e-6, atol=1e-12)
        centred = x[i, here, 1:] - np.average(x[i, here, 1:], axis=0, weights=w[i, here])
        slopes = np.linalg.inv((centred * w[i, here, None]).T @ centred)
        np.testing.assert_allclose(found.covariance[i, 1:, 1:], slopes, rtol=1e-6, atol=1e-6 * slopes.max())
    assert found.df.tolist() == (present.sum(axis=-1) - p).tolist()


def test_a_line_through_its_points_is_found_without_residuals() -> None:
    x = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 4.0]])
    found = weighted_regression(x @ [3.0, -2.0], x, np.array([1.0, 5.0, 2.0]), np.ones(3, dtype=bool))
    assert found.coefficients == pytest.approx([3.0, -2.0], rel=1e-14)
    assert found.residuals == pytest.approx(0.0, abs=1e-28)


def test_too_few_studies_or_dependent_columns_give_no_number() -> None:
    x = np.array([[1.0, 2020.0], [1.0, 2020.0], [1.0, 2021.0]])
    present = np.array([[True, True, True], [True, True, False], [True, False, False], [False, False, False]])
    found = weighted_regression(np.array([0.1, 0.5, 0.2]), x, np.ones(3), present)
    assert np.isfinite(found.coefficients[0]).all()
    assert np.isnan(found.coefficients[1:]).all()
    assert np.isnan(found.covariance[1:]).all()
    assert np.isnan(found.residuals[1:]).all()
    assert found.df.tolist() == [1, 0, -1, -2]


def test_fewer_slots_than_columns_give_no_number() -> None:
    found = weighted_regression(np.array([1.0]), np.array([[1.0, 2.0]]), np.array([1.0]), np.array([True]))
    assert np.isnan(found.coefficients).all()
    assert found.df == -1
