"""The beta-binomial model by first principles: products counted out, a grid, moments."""

from __future__ import annotations

from math import lgamma

import numpy as np
import pytest
from glmm_data import fit, studies
from hypothesis import example, given, settings
from hypothesis import strategies as st

from livereview import Array
from livereview.inference import derived
from livereview_glmm import BETA_BINOMIAL
from livereview_glmm.beta_binomial import rising
from livereview_glmm.results import HOMOGENEOUS

DATA = ([1, 0, 5, 11, 2, 30, 0, 7], [20, 15, 33, 40, 12, 55, 9, 90])


def probability(x: Array, n: Array, mean: float, correlation: float) -> float:
    """Log probability from the beta function, written out."""
    if correlation == 0:
        a = b = None
    else:
        a, b = (share * (1 - correlation) / correlation for share in (mean, 1 - mean))
    total = 0.0
    for events, people in zip(x, n, strict=True):
        total += lgamma(people + 1) - lgamma(events + 1) - lgamma(people - events + 1)
        if a is None or b is None:
            total += events * np.log(mean) + (people - events) * np.log1p(-mean)
        else:
            total += lgamma(events + a) + lgamma(people - events + b) - lgamma(people + a + b)
            total += lgamma(a + b) - lgamma(a) - lgamma(b)
    return total


def test_no_point_of_a_grid_has_a_higher_likelihood() -> None:
    x, n = (np.array(column, dtype=float) for column in DATA)
    found = fit(BETA_BINOMIAL, studies(BETA_BINOMIAL, x, n))
    mean = float(1 / (1 + np.exp(-found.estimate)))
    correlation = float(found.parameters["intra-cluster correlation"])
    best = probability(x, n, mean, correlation)
    assert found.parameters["log-likelihood"] == pytest.approx(best, abs=1e-9)
    for p in np.linspace(0.02, 0.98, 97):
        for r in [0.0, *np.linspace(0.005, 0.95, 60)]:
            assert probability(x, n, p, r) <= best + 1e-9
    for p, r in ((mean + 1e-4, correlation), (mean - 1e-4, correlation), (mean, correlation + 1e-4)):
        assert probability(x, n, p, r) < best


def test_the_standard_error_is_that_of_the_observed_information() -> None:
    x, n = (np.array(column, dtype=float) for column in DATA)
    found = fit(BETA_BINOMIAL, studies(BETA_BINOMIAL, x, n))
    logit, correlation = float(found.estimate), float(found.parameters["intra-cluster correlation"])

    def height(step: float, other: float) -> float:
        return probability(x, n, 1 / (1 + np.exp(-(logit + step))), correlation + other)

    h, j = 1e-3, 1e-4
    ee = (height(h, 0) - 2 * height(0, 0) + height(-h, 0)) / h**2
    rr = (height(0, j) - 2 * height(0, 0) + height(0, -j)) / j**2
    er = (height(h, j) - height(h, -j) - height(-h, j) + height(-h, -j)) / (4 * h * j)
    # Worst seen 3e-7: second differences.
    assert found.standard_error == pytest.approx(np.sqrt(-rr / (ee * rr - er**2)), rel=1e-5)


def test_with_one_person_per_study_only_the_mean_can_be_known() -> None:
    found = fit(BETA_BINOMIAL, studies(BETA_BINOMIAL, [1, 1, 0, 1, 0, 0, 0], [1] * 7, present=np.ones(7, dtype=bool)))
    assert not found.converged
    some = fit(BETA_BINOMIAL, studies(BETA_BINOMIAL, [1, 1, 0, 1, 3], [1, 1, 1, 1, 6]))
    assert np.isfinite(some.estimate)


def test_many_alike_studies_give_back_mean_and_correlation() -> None:
    """Of 4,000 studies of 25 people mean 0.3, correlation 0.1, also by moments: var x/n = pq (1 + 24 r) / 25."""
    rng = np.random.default_rng(7)
    p, r, n = 0.3, 0.1, 25
    x = rng.binomial(n, rng.beta(p * (1 - r) / r, (1 - p) * (1 - r) / r, 4000))
    found = fit(BETA_BINOMIAL, studies(BETA_BINOMIAL, x, np.full(4000, n)))
    mean = 1 / (1 + np.exp(-found.estimate))
    moment = ((x / n).var() * n / ((x / n).mean() * (1 - (x / n).mean())) - 1) / (n - 1)
    # Equal sizes: the estimate of the mean is the plain one but for 2e-4; the correlation's own error is 0.003.
    assert mean == pytest.approx((x / n).mean(), abs=1e-3)
    assert found.parameters["intra-cluster correlation"] == pytest.approx(moment, abs=4e-3)
    assert abs(found.parameters["intra-cluster correlation"] - r) < 0.01
    assert found.standard_error == pytest.approx(np.sqrt((1 + 24 * r) / (p * (1 - p) * n * 4000)), rel=0.03)


def test_less_spread_than_binomial_is_the_binomial_model() -> None:
    found = fit(BETA_BINOMIAL, studies(BETA_BINOMIAL, [5, 10, 20], [20, 40, 80]))
    assert (found.parameters["intra-cluster correlation"], HOMOGENEOUS in found.notes) == (0.0, True)
    assert found.estimate == pytest.approx(np.log(35 / 105), rel=1e-12)
    assert found.standard_error**2 == pytest.approx(1 / 35 + 1 / 105, rel=1e-12)


def test_there_is_no_tau_squared_and_no_prediction_interval() -> None:
    chosen = studies(BETA_BINOMIAL, *DATA)
    found = fit(BETA_BINOMIAL, chosen)
    assert found.tau2 is None
    assert np.isnan(derived(chosen, found).prediction_low)


@example(x=1, p=0.0625, g=1e-9)
@given(
    x=st.integers(0, 400),
    p=st.floats(1e-3, 1),
    g=st.one_of(st.just(0.0), st.floats(-12, 2).map(lambda exponent: 10.0**exponent)),
)
@settings(max_examples=200)
def test_rising_products_are_those_counted_out(x: int, p: float, g: float) -> None:
    factors = p + np.arange(x) * g
    j = np.arange(x)
    found = rising(np.array([float(x)]), np.array([p]), np.array([g]))
    expected = {
        "value": (np.log(factors).sum(), 1e-11),
        "p": ((1 / factors).sum(), 1e-12),
        "g": ((j / factors).sum(), 5e-8),
        "pp": (-(1 / factors**2).sum(), 1e-12),
        "pg": (-(j / factors**2).sum(), 1e-7),
        "gg": (-(j**2 / factors**2).sum(), 1e-3),
    }
    for name, (value, tolerance) in expected.items():
        # Worst relative errors seen 1e-12, 2e-15, 2e-8, 2e-15, 4e-8 and 2e-4, where x g / p is next to the limits
        # below which the derivatives are those at g = 0; Newton's steps need no more of second derivatives in g.
        size = max(abs(value), x / p if name in ("g", "pg") else 1.0, x * x / p**2 if name == "gg" else 0.0)
        assert abs(getattr(found, name)[0] - value) <= tolerance * size, name
