"""Intervals of tau² and the distribution of the generalised Q from first principles, properties, edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interval_reference import METHODS, interval
from scipy import integrate, special

import livereview_estimation.quadratic_form
from livereview import Array
from livereview_estimation import IntervalMethod, tau_squared, tau_squared_interval, tau_squared_profile
from livereview_estimation.quadratic_form import lower_tail

seeds = st.integers(min_value=0, max_value=2**32 - 1)
methods = st.sampled_from(METHODS)


def data(seed: int, spread: float = 2.0) -> tuple[Array, Array]:
    """Effects and variances of 2 to 10 studies, variances over ``spread`` decades."""
    rng = np.random.default_rng(seed)
    k = int(rng.integers(2, 11))
    v = 10 ** rng.uniform(-spread / 2, spread / 2, k)
    return rng.normal(0, np.sqrt(v + 10 ** rng.uniform(-3, 2) * rng.integers(0, 2)), k), v


def eigenvalues(a: Array, d: Array) -> Array:
    """Of the quadratic form with weights ``a`` and d = a (v + tau²), by matrices."""
    root = np.sqrt(d / a)
    return np.asarray(np.linalg.eigvalsh(root[:, None] * (np.diag(a) - np.outer(a, a) / a.sum()) * root)[1:])


def two_term_tail(q: float, first: float, second: float) -> float:
    """P(first X + second Y <= q) for independent chi² with one degree of freedom, by quadrature over the angle."""

    def shell(angle: float) -> float:
        scale = 2 * (first * np.cos(angle) ** 2 + second * np.sin(angle) ** 2)
        return float(-np.expm1(-q / scale))

    return integrate.quad(shell, 0, np.pi / 2, epsabs=1e-14, epsrel=1e-13)[0] * 2 / np.pi


@pytest.mark.parametrize("k", [2, 3, 5, 10, 50, 500])
def test_equal_studies_have_a_chi_squared_q(k: int) -> None:
    x = special.chdtri(k - 1, np.linspace(1e-6, 1 - 1e-6, 200))
    a = np.full((k, 200), 2.0)
    found = lower_tail(1.4 * x, a, 0.7 * a)
    # Worst error seen 4e-15; for 500 studies 4e-14.
    np.testing.assert_allclose(found.probability, special.chdtr(k - 1, x), atol=1e-13 if k > 50 else 1e-14)


@given(seeds)
def test_three_studies_have_the_distribution_of_two_terms(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, d = 10 ** rng.uniform(-1, 1, 3), 10 ** rng.uniform(-1, 1, 3)
    first, second = eigenvalues(a, d)
    q = float(rng.uniform(0.05, 4) * (first + second))
    found = lower_tail(np.array([q]), a[:, None], d[:, None]).probability[0]
    # Worst error seen 2e-15.
    assert found == pytest.approx(two_term_tail(q, first, second), abs=1e-13)


@pytest.mark.parametrize("decades", [1.0, 6.0, 12.0])
@pytest.mark.parametrize("k", [2, 3, 10, 50])
def test_ten_times_the_nodes_change_nothing(k: int, decades: float, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(k)
    a = 10 ** rng.uniform(-decades, decades, (k, 500))
    d = a * 10 ** rng.uniform(-decades, decades, (k, 500))
    q = np.sort(d, axis=0)[-2] * 10 ** rng.uniform(-3, 1, 500)
    usual = lower_tail(q, a, d)
    for name in ("LEAST_NODES", "MOST_NODES"):
        monkeypatch.setattr(livereview_estimation.quadratic_form, name, 400)
    # Worst error seen 7e-14 (50 studies).
    np.testing.assert_allclose(usual.probability, lower_tail(q, a, d).probability, atol=2e-13)


@given(seeds)
def test_the_slope_is_the_derivative_by_tau_squared(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k = int(rng.integers(2, 9))
    a, v = 10 ** rng.uniform(-0.5, 0.5, k), 10 ** rng.uniform(-0.5, 0.5, k)
    q, step = np.array([a @ v * rng.uniform(0.2, 2)]), 1e-5
    up, down = (lower_tail(q, a[:, None], (a * (v + side * step))[:, None]).probability for side in (1, -1))
    slope = lower_tail(q, a[:, None], (a * v)[:, None]).slope
    # The difference quotient is good to about 1e-10.
    assert slope == pytest.approx((up - down) / (2 * step), abs=1e-8)


@settings(deadline=None)
@given(seeds, methods, st.sampled_from([0.8, 0.95]))
def test_the_curve_crosses_its_lines_at_the_limits(seed: int, method: IntervalMethod, level: float) -> None:
    y, v = data(seed)
    here = np.ones(y.size, dtype=bool)
    found = interval(y, v, method, level)
    ends = tau_squared_profile(y, v, here, np.array([found.low, found.high]), method)
    if method == "q-profile":
        lines = special.chdtri(y.size - 1, np.array([(1 - level) / 2, (1 + level) / 2]))
    elif method.startswith("generalised-q"):
        lines = np.array([(1 + level) / 2, (1 - level) / 2])
    else:
        best = tau_squared(y, v, here, "ML" if method.endswith("ml") else "REML").value
        top = tau_squared_profile(y, v, here, best, method)
        lines = np.full(2, top - special.chdtri(1.0, 1 - level) / 2)
    for end, height, line in zip((found.low, found.high), ends, lines, strict=True):
        if end > 0:
            assert height == pytest.approx(line, rel=1e-9)
        elif method.startswith("profile-likelihood"):
            assert height >= line
        else:
            assert height <= line * (1 + 1e-9)


@settings(deadline=None)
@given(seeds, methods, st.integers(-12, 12))
def test_order_sign_shift_and_scale_change_the_limits_as_they_must(
    seed: int, method: IntervalMethod, power: int
) -> None:
    y, v = data(seed)
    usual = interval(y, v, method)
    factor = 10.0**power
    shuffled = np.random.default_rng(seed).permutation(y.size)
    # Worst error seen 4e-14 (generalised Q).
    for other, unit in (
        (interval(y[shuffled], v[shuffled], method), 1.0),
        (interval(-y, v, method), 1.0),
        (interval(y * factor, v * factor**2, method), factor**2),
    ):
        expected = [float(usual.low) * unit, float(usual.high) * unit]
        assert [float(other.low), float(other.high)] == pytest.approx(expected, rel=1e-12, abs=1e-12 * v.min() * unit)
        assert other.empty == usual.empty


@settings(deadline=None, max_examples=30)
@given(st.lists(seeds, min_size=2, max_size=8), methods)
def test_a_fit_in_a_batch_equals_the_fit_alone(several: list[int], method: IntervalMethod) -> None:
    sets = [data(seed) for seed in several]
    width = max(y.size for y, _ in sets) + 1
    present = np.array([np.arange(width) < y.size for y, _ in sets])
    batch_y, batch_v = np.full(present.shape, np.nan), np.full(present.shape, -1.0)
    for row, (y, v) in enumerate(sets):
        batch_y[row, present[row]], batch_v[row, present[row]] = y, v
    found = tau_squared_interval(batch_y, batch_v, present, method)
    for row, (y, v) in enumerate(sets):
        alone = interval(y, v, method)
        # The order of summation differs, and with it the number of nodes where studies differ in number.
        # Worst error seen 6e-14: the order of summation differs, and for the generalised Q the number of nodes.
        expected = [float(alone.low), float(alone.high)]
        assert [float(found.low[row]), float(found.high[row])] == pytest.approx(
            expected, rel=1e-12, abs=1e-12 * v.min()
        )


@settings(deadline=None)
@given(seeds, methods)
def test_a_higher_level_is_wider(seed: int, method: IntervalMethod) -> None:
    y, v = data(seed)
    narrow, wide = interval(y, v, method, 0.8), interval(y, v, method, 0.99)
    assert wide.low <= narrow.low <= narrow.high <= wide.high


@pytest.mark.parametrize("method", METHODS)
def test_few_studies_and_equal_effects_are_defined(method: IntervalMethod) -> None:
    y, v = np.array([0.3, 0.3, 0.3]), np.array([1e-6, 1.0, 1e6])
    present = np.array([[False] * 3, [True, False, False], [True, True, False], [True] * 3])
    found = tau_squared_interval(y, v, present, method)
    assert np.isnan(found.low[:2]).all()
    assert np.isnan(found.high[:2]).all()
    likelihood = method.startswith("profile-likelihood")
    assert found.low[2:].tolist() == [0, 0]
    assert (found.high[2:] > 0).all() == likelihood
    assert found.empty.tolist() == [False, False, not likelihood, not likelihood]


@pytest.mark.parametrize("method", METHODS)
def test_variances_over_12_decades_have_limits(method: IntervalMethod) -> None:
    rng = np.random.default_rng(8)
    v = 10 ** rng.uniform(-6, 6, (300, 8))
    found = interval(rng.standard_t(2, (300, 8)) * np.sqrt(v), v, method)
    assert np.isfinite(found.low).all()
    assert (found.low <= found.high).all()
    assert np.isfinite(found.high).all()


def test_a_dip_between_two_maxima_lies_within_the_limits() -> None:
    """One maximum at 0, one far above, nearly as high: the likelihood between them is below the line."""
    v = np.array([1e-4, 1e-4, 1e-4, 1.0, 1.0, 1.0, 1.0])
    y = np.array([0.0, 0.01, -0.01, 3.0, -3.0, 3.0, -3.0])
    found = interval(y, v, "profile-likelihood")
    scan = np.concatenate([[0.0], np.geomspace(1e-9, 1e4, 20001)])
    here = np.ones(7, dtype=bool)
    height = tau_squared_profile(y, v, here, scan, "profile-likelihood")
    inside = np.flatnonzero(height >= height.max() - special.chdtri(1.0, 0.05) / 2)
    assert (np.diff(inside) > 1).any() or inside.size == inside[-1] - inside[0] + 1
    assert scan[inside[0]] >= found.low
    assert scan[inside[-1]] <= found.high <= scan[inside[-1] + 1]


def test_coverage_is_the_level_where_normality_holds() -> None:
    """Exact methods cover tau² at their level, up to simulation error: 20,000 sets, standard error 0.15 %."""
    rng = np.random.default_rng(2)
    v = rng.uniform(0.02, 0.5, 6)
    y = rng.normal(0, np.sqrt(v + 0.2), (20_000, 6))
    for method in METHODS[:3]:
        found = interval(y, v, method)
        assert ((found.low <= 0.2) & (found.high >= 0.2)).mean() == pytest.approx(0.95, abs=0.006)
