"""Meta-regression from first principles: what must not matter, what must scale, and the highest maximum."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import chdtri

from livereview import Array
from livereview_estimation import (
    Estimator,
    Interval,
    MetaRegression,
    coefficient_tests,
    meta_regression,
    omnibus,
    residual_q_profile,
)

ESTIMATORS: tuple[Estimator, ...] = get_args(Estimator)
seeds = st.integers(min_value=0, max_value=2**32 - 1)
estimators = st.sampled_from(ESTIMATORS)


def data(seed: int) -> tuple[Array, Array, Array]:
    """Effects, variances over two decades and designs of 5 to 12 studies, 2 to 3 columns."""
    rng = np.random.default_rng(seed)
    k, p = int(rng.integers(5, 13)), int(rng.integers(2, 4))
    v = 10 ** rng.uniform(-1, 1, k)
    x = np.column_stack([np.ones(k), rng.normal(size=(k, p - 1))])
    spread = 10 ** rng.uniform(-3, 2) * rng.integers(0, 2)
    return rng.normal(x @ rng.normal(size=p), np.sqrt(v + spread)), v, x


def fit(y: Array, v: Array, x: Array, estimator: Estimator = "REML", interval: Interval = "wald") -> MetaRegression:
    return meta_regression(y, v, x, np.ones(np.broadcast_shapes(y.shape, v.shape), dtype=bool), estimator, interval)


@given(seeds, estimators)
def test_the_order_of_studies_never_matters(seed: int, estimator: Estimator) -> None:
    y, v, x = data(seed)
    order = np.random.default_rng(seed).permutation(y.size)
    found, again = fit(y, v, x, estimator), fit(y[order], v[order], x[order], estimator)
    # Worst over 1,500 seeds: tau² 5e-14, coefficients 2e-14 standard errors.
    assert again.tau2 == pytest.approx(found.tau2, rel=1e-12, abs=1e-12 * v.min())
    error = coefficient_tests(found).standard_error
    assert (np.abs(again.coefficients - found.coefficients) < 1e-12 * error).all()


@given(seeds, estimators)
def test_mirrored_effects_mirror_the_coefficients(seed: int, estimator: Estimator) -> None:
    y, v, x = data(seed)
    found, mirrored = fit(y, v, x, estimator), fit(-y, v, x, estimator)
    assert mirrored.tau2 == found.tau2
    assert (mirrored.coefficients == -found.coefficients).all()
    assert (mirrored.covariance == found.covariance).all()


@given(seeds, estimators, st.floats(1e-3, 1e3), st.floats(-100, 100))
def test_unit_and_origin_of_a_moderator_change_its_coefficient_alone(
    seed: int, estimator: Estimator, unit: float, origin: float
) -> None:
    y, v, x = data(seed)
    moved = x.copy()
    moved[:, 1] = x[:, 1] * unit + origin
    found, again = fit(y, v, x, estimator), fit(y, v, moved, estimator)
    # An origin 1e5 times the spread of the moderator takes five digits of its values; worst over 1,500 seeds 1e-10.
    assert again.tau2 == pytest.approx(found.tau2, rel=1e-8, abs=1e-8 * v.min())
    assert again.q == pytest.approx(found.q, rel=1e-8)
    z, z_again = coefficient_tests(found).statistic, coefficient_tests(again).statistic
    assert z_again[1:] == pytest.approx(z[1:], rel=1e-8, abs=1e-8)
    columns = range(1, x.shape[1])
    assert omnibus(again, columns).statistic == pytest.approx(omnibus(found, columns).statistic, rel=1e-8, abs=1e-8)
    assert again.restricted_log_likelihood == pytest.approx(found.restricted_log_likelihood, abs=1e-8)


@given(seeds, estimators, st.integers(-12, 12))
def test_the_unit_of_the_effects_scales_everything(seed: int, estimator: Estimator, power: int) -> None:
    y, v, x = data(seed)
    factor = 10.0**power
    found, scaled = fit(y, v, x, estimator), fit(y * factor, v * factor**2, x, estimator)
    # Worst over 1,500 seeds: tau² 9e-15, coefficients 1e-14 standard errors.
    assert scaled.tau2 == pytest.approx(found.tau2 * factor**2, rel=1e-12, abs=1e-12 * v.min() * factor**2)
    error = coefficient_tests(found).standard_error
    assert (np.abs(scaled.coefficients / factor - found.coefficients) < 1e-12 * error).all()


@settings(max_examples=50, deadline=None)
@given(st.lists(seeds, min_size=2, max_size=10), estimators)
def test_a_fit_in_a_batch_equals_the_fit_alone_whatever_fills_the_absent_slots(
    several: list[int], estimator: Estimator
) -> None:
    sets = [data(seed) for seed in several]
    sets = [(y, v, x[:, :2]) for y, v, x in sets]
    rng = np.random.default_rng(several)
    width = max(y.size for y, _, _ in sets) + 2
    present = np.array([rng.permutation(np.arange(width) < y.size) for y, _, _ in sets])
    y, v = (rng.choice([np.nan, np.inf, 0.0, -1.0], present.shape) for _ in range(2))
    x = rng.choice([np.nan, np.inf, 0.0, -1e300], (*present.shape, 2))
    for row, (one_y, one_v, one_x) in enumerate(sets):
        y[row, present[row]], v[row, present[row]], x[row, present[row]] = one_y, one_v, one_x
    batch = meta_regression(y, v, x, present, estimator, "hartung-knapp")
    for row, (one_y, one_v, one_x) in enumerate(sets):
        alone = fit(one_y, one_v, one_x, estimator, "hartung-knapp")
        # Worst error seen 8e-15: sums are taken in another order.
        floor = 1e-12 * one_v.min()
        assert batch.tau2[row] == pytest.approx(alone.tau2, rel=1e-12, abs=floor)
        error = np.sqrt(np.diagonal(alone.covariance))
        assert (
            np.abs(batch.coefficients[row] - alone.coefficients) <= 1e-12 * (error + np.abs(alone.coefficients))
        ).all()
        assert batch.q[row] == pytest.approx(alone.q, rel=1e-12)


def log_likelihood(y: Array, v: Array, x: Array, t: float, restricted: bool) -> float:
    """As in textbooks, by matrices."""
    total = v + t
    q, r = np.linalg.qr(x / np.sqrt(total)[:, None])
    residual = y / np.sqrt(total) - q @ (q.T @ (y / np.sqrt(total)))
    value = -(np.log(2 * np.pi * total).sum() + residual @ residual) / 2
    if not restricted:
        return float(value)
    logs = np.linalg.slogdet(x.T @ x)[1] / 2 - np.log(np.abs(np.diag(r))).sum()
    return float(value + x.shape[1] * np.log(2 * np.pi) / 2 + logs)


@settings(max_examples=60, deadline=None)
@given(seeds, st.sampled_from([1.0, 4.0, 8.0]), st.sampled_from(["REML", "ML"]))
def test_no_point_of_a_dense_scan_is_higher(seed: int, spread: float, estimator: Estimator) -> None:
    rng = np.random.default_rng(seed)
    k, p = int(rng.integers(4, 10)), int(rng.integers(2, 4))
    v = 10 ** rng.uniform(-spread / 2, spread / 2, k)
    x = np.column_stack([np.ones(k), 10 * rng.normal(size=(k, p - 1))])
    y = rng.standard_t(1, k) * np.sqrt(v) + rng.normal(0, 10 ** rng.uniform(-2, 2), k)
    found = fit(y, v, x, estimator)
    restricted = estimator == "REML"
    scan = [0.0, *np.geomspace(1e-2 * v.min(), 2 * np.ptp(y) ** 2 + v.max(), 300)]
    own = log_likelihood(y, v, x, float(found.tau2), restricted)
    # Worst excess seen 3e-11, of likelihoods summed here with that error.
    assert max(log_likelihood(y, v, x, t, restricted) for t in scan) - own <= 1e-9 * max(abs(own), 1)
    reported = found.restricted_log_likelihood if restricted else found.log_likelihood
    assert float(reported) == pytest.approx(own, rel=1e-8, abs=1e-8)


@given(seeds)
def test_paule_mandel_makes_the_generalised_q_equal_its_expectation(seed: int) -> None:
    y, v, x = data(seed)
    found = fit(y, v, x, "PM", "hartung-knapp")
    if found.tau2 > 0:
        assert found.scale == pytest.approx(1.0, rel=1e-10)
    else:
        assert found.q <= y.size - x.shape[1]


@given(seeds)
def test_the_covariance_is_that_of_matrices_and_least_squares_is_solved(seed: int) -> None:
    y, v, x = data(seed)
    found = fit(y, v, x)
    w = 1 / (v + found.tau2)
    expected = np.linalg.inv((x * w[:, None]).T @ x)
    np.testing.assert_allclose(found.covariance, expected, rtol=1e-8, atol=1e-8 * expected.max())
    gradient = (x * w[:, None]).T @ (y - x @ found.coefficients)
    assert (np.abs(gradient) <= 1e-10 * (np.abs(x) * w[:, None]).T @ (np.abs(y) + np.abs(x @ found.coefficients))).all()


@given(seeds)
def test_the_q_profile_limits_have_the_quantiles_as_q(seed: int) -> None:
    y, v, x = data(seed)
    found = residual_q_profile(y, v, x, np.ones(y.size, dtype=bool))
    df = y.size - x.shape[1]
    for limit, tail in ((found.low, 0.025), (found.high, 0.975)):
        q = meta_regression(y, v, x, np.ones(y.size, dtype=bool), limit, "hartung-knapp").scale * df
        if limit > 0:
            assert q == pytest.approx(chdtri(df, tail), rel=1e-8)
        else:
            assert q <= chdtri(df, tail) * (1 + 1e-12)
    assert found.low <= found.high
