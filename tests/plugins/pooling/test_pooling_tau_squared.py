"""tau² from first principles: what every estimator must do, and the highest maximum of the likelihood."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

import livereview_estimation.maximum
import livereview_estimation.roots
from livereview import Array
from livereview_estimation import Estimator, QEstimator, TauSquared, tau_squared, typical_variance

ESTIMATORS: tuple[Estimator | QEstimator, ...] = (*get_args(Estimator), *get_args(QEstimator))
ITERATED: tuple[Estimator, ...] = ("REML", "ML", "PM")

seeds = st.integers(min_value=0, max_value=2**32 - 1)
estimators = st.sampled_from(ESTIMATORS)


def data(seed: int, spread: float = 2.0) -> tuple[Array, Array]:
    """Effects and variances of 2 to 12 studies, variances over ``spread`` decades, with more or less heterogeneity."""
    rng = np.random.default_rng(seed)
    k = int(rng.integers(2, 13))
    v = 10 ** rng.uniform(-spread / 2, spread / 2, k)
    return rng.normal(rng.normal(0, 3), np.sqrt(v + 10 ** rng.uniform(-3, 2) * rng.integers(0, 2)), k), v


def tau2(y: Array, v: Array, estimator: Estimator | QEstimator = "REML") -> TauSquared:
    """tau² of fits in which all studies are present."""
    return tau_squared(y, v, np.ones(np.broadcast_shapes(y.shape, v.shape), dtype=bool), estimator)


def log_likelihood(y: Array, v: Array, t: Array, restricted: bool) -> Array:
    """As in textbooks, with the mean profiled out; ``t`` adds an axis before that of studies."""
    total = v[..., None, :] + t[..., None]
    w = 1 / total
    mean = (w * y[..., None, :]).sum(axis=-1, keepdims=True) / w.sum(axis=-1, keepdims=True)
    value = -(np.log(total) + w * (y[..., None, :] - mean) ** 2).sum(axis=-1) / 2
    return np.asarray(value - np.log(w.sum(axis=-1)) / 2 if restricted else value)


@given(seeds, estimators)
def test_the_order_of_studies_never_matters(seed: int, estimator: Estimator | QEstimator) -> None:
    y, v = data(seed)
    shuffled = np.random.default_rng(seed).permutation(y.size)
    assert tau2(y[shuffled], v[shuffled], estimator).value == pytest.approx(
        tau2(y, v, estimator).value, rel=1e-11, abs=1e-12 * v.min()
    )


@given(seeds, estimators, st.floats(-1e3, 1e3))
def test_mirroring_and_shifting_the_effects_change_nothing(
    seed: int, estimator: Estimator | QEstimator, shift: float
) -> None:
    y, v = data(seed)
    assert tau2(-y, v, estimator).value == tau2(y, v, estimator).value
    # A shift by 1000 takes up to three digits of the effects away.
    assert tau2(y + shift, v, estimator).value == pytest.approx(
        tau2(y, v, estimator).value, rel=1e-7, abs=1e-7 * v.min()
    )


@given(seeds, estimators, st.integers(-20, 20))
def test_scaling_the_effects_scales_tau_squared(seed: int, estimator: Estimator | QEstimator, power: int) -> None:
    y, v = data(seed)
    factor = 10.0**power
    assert tau2(y * factor, v * factor**2, estimator).value == pytest.approx(
        factor**2 * tau2(y, v, estimator).value, rel=1e-11, abs=1e-12 * factor**2 * v.min()
    )


@given(st.lists(seeds, min_size=2, max_size=12), estimators)
def test_a_fit_in_a_batch_equals_the_fit_alone_whatever_fills_the_absent_slots(
    several: list[int], estimator: Estimator | QEstimator
) -> None:
    sets = [data(seed) for seed in several]
    rng = np.random.default_rng(several)
    width = max(y.size for y, _ in sets) + 2
    present = np.array([rng.permutation(np.arange(width) < y.size) for y, _ in sets])
    batch_y = rng.choice([np.nan, np.inf, 0.0, -1e300], present.shape)
    batch_v = rng.choice([np.nan, np.inf, 0.0, -1.0], present.shape)
    for row, (y, v) in enumerate(sets):
        batch_y[row, present[row]], batch_v[row, present[row]] = y, v
    alone = [float(tau2(y, v, estimator).value) for y, v in sets]
    # Worst error seen 7e-15: sums are taken in another order where the fit stands alone.
    floor = 1e-12 * min(v.min() for _, v in sets)
    assert tau_squared(batch_y, batch_v, present, estimator).value == pytest.approx(alone, rel=1e-12, abs=floor)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_few_studies_and_equal_effects_are_defined(estimator: Estimator | QEstimator) -> None:
    y, v = np.array([0.3, 0.3, 0.3]), np.array([1e-12, 1.0, 1e12])
    present = np.array([[False, False, False], [True, False, False], [True, True, False], [True, True, True]])
    found = tau_squared(y, v, present, estimator)
    assert np.isnan(found.value[0])
    assert found.value[1:].tolist() == [0, 0, 0]
    assert found.converged.tolist() == [False, True, True, True]


@pytest.mark.parametrize("estimator", ["DL", "PM", "EB", "REML", "HE"])
def test_equal_variances_give_the_sample_variance_less_the_variance(estimator: Estimator | QEstimator) -> None:
    y = np.array([0.1, 0.9, -0.6, 1.4])
    assert tau2(y, np.full(4, 0.2), estimator).value == pytest.approx(y.var(ddof=1) - 0.2, rel=1e-13)


def test_two_studies_of_equal_variance_lie_exactly_at_the_upper_limit_of_the_search() -> None:
    assert tau2(np.array([0.0, 4.0]), np.array([1.0, 1.0])).value == pytest.approx(7.0, rel=1e-14)


def test_shapes_without_fits_or_studies_are_kept() -> None:
    assert tau_squared(np.zeros(3), np.ones(3), np.ones((0, 2, 3), dtype=bool)).value.shape == (0, 2)
    assert np.isnan(tau_squared(np.zeros(0), np.zeros(0), np.zeros((2, 0), dtype=bool)).value).all()


@given(seeds)
def test_paule_mandel_makes_the_generalised_q_equal_its_expectation(seed: int) -> None:
    y, v = data(seed, spread=6)
    t = float(tau2(y, v, "PM").value)
    w = 1 / (v + t)
    q = (w * (y - np.average(y, weights=w)) ** 2).sum()
    if t > 0:
        assert q == pytest.approx(y.size - 1, rel=1e-7)
    else:
        assert q <= (y.size - 1) * (1 + 1e-12)


@settings(max_examples=40)
@given(seeds, st.sampled_from([1.0, 4.0, 8.0, 16.0]), st.sampled_from(["REML", "ML"]))
def test_no_point_of_a_dense_scan_is_higher(seed: int, spread: float, estimator: Estimator | QEstimator) -> None:
    """200 fits each, with outliers and clusters that make several maxima."""
    rng = np.random.default_rng(seed)
    k = int(rng.integers(2, 9))
    v = 10 ** rng.uniform(-spread / 2, spread / 2, (200, k))
    y = rng.standard_t(1, (200, k)) * np.sqrt(v) + rng.normal(0, 10 ** rng.uniform(-2, 2, (200, 1)), (200, k))
    found = tau2(y, v, estimator)
    top = (y.max(axis=-1) - y.min(axis=-1)) ** 2
    scan = np.concatenate(
        [np.zeros((200, 1)), np.geomspace(1e-2 * v.min(axis=-1), 2 * top + v.max(axis=-1), 800, axis=-1)], axis=-1
    )
    restricted = estimator == "REML"
    highest = log_likelihood(y, v, scan, restricted).max(axis=-1)
    own = log_likelihood(y, v, found.value[:, None], restricted)[:, 0]
    # Likelihoods of up to 100 are summed with an error of 1e-14 of their size.
    assert (highest - own <= 1e-12 * np.maximum(np.abs(own), 1)).all()


def test_the_highest_of_several_maxima_is_taken_and_reported() -> None:
    """Three precise studies that agree, and imprecise ones far off: one maximum at 0, one far above, either can win."""
    v = np.array([1e-4, 1e-4, 1e-4, 1.0, 1.0, 1.0, 1.0])
    scan = np.concatenate([[0.0], np.geomspace(1e-9, 1e3, 4001)])
    winners = []
    for distance in (2.0, 3.0, 4.0, 6.0):
        y = np.array([0.0, 0.01, -0.01, distance, -distance, distance, -distance])
        found = tau2(y, v)
        height = log_likelihood(y, v, scan, restricted=True)
        rising = np.diff(height) > 0
        maxima = int((rising[:-1] & ~rising[1:]).sum()) + int(not rising[0])
        assert bool(found.several_maxima) == (maxima > 1)
        assert float(found.value) == pytest.approx(scan[height.argmax()], rel=1e-2, abs=1e-9)
        winners.append((maxima, float(found.value) < 1e-3))
    assert {(2, True), (2, False)} <= set(winners)


@pytest.mark.parametrize("estimator", ["REML", "ML"])
def test_the_maximum_is_exact(estimator: Estimator | QEstimator) -> None:
    """Against scipy's root of the score, written with matrices."""
    rng = np.random.default_rng(7)
    v = rng.uniform(0.05, 0.5, 9)
    y = rng.normal(0, np.sqrt(v + 0.4))

    def score(t: float) -> float:
        w = np.diag(1 / (v + t))
        p = w - w @ np.ones((9, 9)) @ w / w.sum()
        return float(y @ p @ p @ y - np.trace(p if estimator == "REML" else w))

    root = optimize.brentq(score, 1e-6, 10, xtol=1e-15, rtol=1e-15)
    # Worst error seen 4e-16.
    assert float(tau2(y, v, estimator).value) == pytest.approx(root, rel=1e-13)


@pytest.mark.parametrize("estimator", ITERATED)
def test_fits_that_need_bisection_are_solved_as_well_and_marked(
    estimator: Estimator | QEstimator, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    v = rng.uniform(0.01, 1, (50, 8))
    y = rng.normal(0, np.sqrt(v + 1))
    usual = tau2(y, v, estimator)
    monkeypatch.setattr(livereview_estimation.roots, "NEWTON_STEPS", 1)
    bisected = tau2(y, v, estimator)
    assert not usual.bisected.any()
    assert bisected.bisected.sum() >= 40
    assert bisected.value == pytest.approx(usual.value, rel=1e-12)
    assert bisected.converged.all()


def test_a_coarser_grid_finds_the_same_maxima(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(11)
    v = 10 ** rng.uniform(-4, 4, (500, 6))
    y = rng.standard_t(1, (500, 6)) * np.sqrt(v)
    usual = tau2(y, v)
    assert usual.several_maxima.sum() > 20
    for step in (0.1, 30.0):
        monkeypatch.setattr(livereview_estimation.maximum, "STEP", step)
        assert tau2(y, v).value == pytest.approx(usual.value, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("estimator", ITERATED)
def test_every_fit_converges_with_variances_over_24_decades(estimator: Estimator | QEstimator) -> None:
    rng = np.random.default_rng(5)
    v = 10 ** rng.uniform(-12, 12, (2000, 7))
    y = rng.standard_t(2, (2000, 7)) * np.sqrt(v) * 10 ** rng.uniform(-2, 2, (2000, 1))
    found = tau2(y, v, estimator)
    assert found.converged.all()
    assert (found.value >= 0).all()


def test_typical_variance_is_that_of_equal_studies() -> None:
    v = np.array([0.3, 0.3, 0.3, np.nan])
    present = np.array([[True, True, True, False], [True, False, False, False]])
    assert typical_variance(v, present) == pytest.approx([0.3, np.nan], nan_ok=True)


def test_typical_variance_keeps_its_digits_where_one_study_has_all_the_weight() -> None:
    # With w = (1, e, e): (k - 1) / (2 * 2e / (1 + 2e)) + O(e) of it.
    assert typical_variance(np.array([1e-12, 1e4, 1e4]), np.ones(3, dtype=bool)) == pytest.approx(5e3, rel=1e-12)
