"""Models for counts by first principles: integrals summed densely, tables counted one by one, derivatives by hand."""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

import golden
import numpy as np
import pytest
from glmm_data import ALL, MODELS, WALD, dataset, fit, simulated, studies

from livereview import Array, EffectModel
from livereview_glmm import (
    BINOMIAL_NORMAL,
    CONDITIONAL_LOGISTIC,
    POISSON_NORMAL,
    UNCONDITIONAL_LOGISTIC,
    UNCONDITIONAL_POISSON,
)
from livereview_glmm.hypergeometric import hypergeometric
from livereview_glmm.jets import pairs
from livereview_glmm.likelihoods import Binomial, Poisson
from livereview_glmm.marginal import Arm, marginal

Z = np.linspace(-10, 10, 4001)
DENSITY = np.exp(-(Z**2) / 2) / np.sqrt(2 * np.pi) * (Z[1] - Z[0])


def log_probability(model: EffectModel, columns: list[Array], effect: Array) -> Array:
    """Log probability of each study's counts (K, points), given its effect; risks of its own at their best.

    Written out from the definitions, without anything of the package.
    """
    from scipy import stats

    if model is BINOMIAL_NORMAL:
        x, n = (column[:, None] for column in columns)
        return np.asarray(stats.binom.logpmf(x, n, 1 / (1 + np.exp(-effect))))
    if model is POISSON_NORMAL:
        x, t = (column[:, None] for column in columns)
        return np.asarray(stats.poisson.logpmf(x, t * np.exp(effect)))
    if model is CONDITIONAL_LOGISTIC:
        rows = []
        for a, n1, c, n2 in np.array(columns).T.astype(int):
            cells = np.arange(max(0, a + c - n2), min(n1, a + c) + 1)
            log_ways = np.array([np.log(float(comb(n1, j) * comb(n2, a + c - j))) for j in cells])
            terms = log_ways[:, None] + cells[:, None] * effect
            rows.append(terms[a - cells[0]] - np.log(np.exp(terms - terms.max(axis=0)).sum(axis=0)) - terms.max(axis=0))
        return np.array(rows)
    x1, t1, x2, t2 = (column[:, None] for column in columns)
    share = t1 * np.exp(effect) / (t1 * np.exp(effect) + t2)
    return np.asarray(stats.binom.logpmf(x1, x1 + x2, share))


def with_intercepts(logistic: bool, columns: list[Array], mu: float, tau: float) -> float:
    """The marginal log-likelihood of two arms, highest in each study's own intercept (found by golden section)."""
    from scipy import optimize, stats

    total = 0.0
    for x1, s1, x2, s2 in np.array(columns).T:

        def loss(alpha: float, x1: float = x1, s1: float = s1, x2: float = x2, s2: float = s2) -> float:
            up, down = alpha + (mu + tau * Z) / 2, alpha - (mu + tau * Z) / 2
            if logistic:
                logs = stats.binom.logpmf(x1, s1, 1 / (1 + np.exp(-up))) + stats.binom.logpmf(
                    x2, s2, 1 / (1 + np.exp(-down))
                )
            else:
                logs = stats.poisson.logpmf(x1, s1 * np.exp(up)) + stats.poisson.logpmf(x2, s2 * np.exp(down))
            return -float(np.log((np.exp(logs) * DENSITY).sum()))

        total -= optimize.minimize_scalar(loss, bounds=(-12, 6), method="bounded", options={"xatol": 1e-9}).fun
    return total


def dense(model: EffectModel, columns: list[Array]) -> Callable[[float, float], float]:
    """The marginal log-likelihood at mu and tau by a sum over 4001 values of z."""
    if model in (UNCONDITIONAL_LOGISTIC, UNCONDITIONAL_POISSON):
        return lambda mu, tau: with_intercepts(model is UNCONDITIONAL_LOGISTIC, columns, mu, tau)
    return lambda mu, tau: float(
        np.log((np.exp(log_probability(model, columns, mu + tau * Z)) * DENSITY).sum(axis=-1)).sum()
    )


def informative(columns: list[Array]) -> list[Array]:
    """Without the studies that say nothing about a contrast."""
    if len(columns) == 2:
        return columns
    x1, s1, x2, s2 = columns
    keep = (x1 + x2 > 0) & (x1 + x2 < s1 + s2)
    return [column[keep] for column in columns]


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.name)
def test_estimates_are_where_the_integral_is_highest(model: EffectModel) -> None:
    columns = informative([np.asarray(c, dtype=float) for c in simulated(model, seed=5, k=8, spread=1.5)])
    likelihood = dense(model, columns)
    found = fit(model, studies(model, *columns), points=41)
    assert found.tau2 is not None
    mu, tau = float(found.estimate), float(np.sqrt(found.tau2))
    assert tau > 0.1
    # Worst seen 2e-9: the search for intercepts of the dense sum.
    assert found.parameters["log-likelihood"] == pytest.approx(likelihood(mu, tau), abs=2e-8)
    h = 1e-3
    slopes = [likelihood(mu + h, tau) - likelihood(mu - h, tau), likelihood(mu, tau + h) - likelihood(mu, tau - h)]
    # The slope is 0 but for the third derivative: worst seen 4e-6.
    assert np.abs(slopes).max() / (2 * h) < 2e-5
    here = likelihood(mu, tau)
    mm = (likelihood(mu + h, tau) - 2 * here + likelihood(mu - h, tau)) / h**2
    tt = (likelihood(mu, tau + h) - 2 * here + likelihood(mu, tau - h)) / h**2
    mt = (
        likelihood(mu + h, tau + h)
        - likelihood(mu + h, tau - h)
        - likelihood(mu - h, tau + h)
        + likelihood(mu - h, tau - h)
    ) / (4 * h**2)
    # Worst seen 5e-5: second differences.
    assert found.standard_error == pytest.approx(np.sqrt(-tt / (mm * tt - mt**2)), rel=5e-4)


@pytest.mark.parametrize(("points", "allowed"), [(1, 6e-3), (3, 4e-3), (7, 1e-5), (15, 2e-9), (41, 1e-12)])
def test_what_few_points_cost(points: int, allowed: float) -> None:
    """Against 100 points, for 14 small studies, one with events only (dat.pritz1997); worst seen: see the docs."""
    record = next(record for name, record in golden.records("glmm") if name == "dat.pritz1997")
    chosen = studies(BINOMIAL_NORMAL, *dataset("dat.pritz1997", record))
    many, few = (fit(BINOMIAL_NORMAL, chosen, points=count) for count in (100, points))
    assert abs(few.estimate - many.estimate) <= allowed
    assert few.tau2 is not None
    assert many.tau2 is not None
    assert abs(few.tau2 - many.tau2) <= 3 * allowed


def test_the_information_of_the_exact_conditional_model_is_the_variance_of_the_tables() -> None:
    """One common odds ratio: its standard error from counting the tables of dat.li2007, where metafor prints 0.0166."""
    name = "dat.li2007"
    record = next(r for n, r in golden.records("glmm") if (n, r.get("model"), r["method"]) == (name, "CM.EL", "EE"))
    columns = dataset(name, record)
    found = fit(CONDITIONAL_LOGISTIC, studies(CONDITIONAL_LOGISTIC, *columns), method="EE")
    surplus = information = 0.0
    for a, n1, c, n2 in np.array(columns).T.astype(int):
        cells = np.arange(max(0, a + c - n2), min(n1, a + c) + 1)
        logs = np.array([_log_comb(n1, j) + _log_comb(n2, a + c - j) for j in cells]) + cells * float(found.estimate)
        share = np.exp(logs - logs.max())
        share /= share.sum()
        mean = (share * cells).sum()
        surplus, information = surplus + a - mean, information + (share * (cells - mean) ** 2).sum()
    # Worst seen 1e-9 events, and 5e-12 relative.
    assert abs(surplus) < 1e-7
    assert found.standard_error == pytest.approx(information**-0.5, rel=1e-10)
    assert record["se"] == pytest.approx(0.0166, abs=1e-4)


def _log_comb(n: int, k: int) -> float:
    from math import lgamma

    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def test_wald_tests_of_the_exact_conditional_model_are_about_conditional_estimates() -> None:
    """Each study's estimate by bisection of its own score, and its information, for dat.lee2004."""
    record = next(r for n, r in golden.records("glmm") if (n, r.get("model")) == ("dat.lee2004", "CM.EL"))
    columns = dataset("dat.lee2004", record)
    estimates, weights = [], []
    for a, n1, c, n2 in np.array(columns).T.astype(int):
        cells = np.arange(max(0, a + c - n2), min(n1, a + c) + 1)
        ways = np.array([float(comb(n1, j) * comb(n2, a + c - j)) for j in cells])
        low, high = -20.0, 20.0
        for _ in range(80):
            x = (low + high) / 2
            share = ways * np.exp((cells - a) * x)
            share /= share.sum()
            mean = (share * cells).sum()
            low, high = (x, high) if mean < a else (low, x)
        if cells[0] < a < cells[-1]:
            estimates.append(x)
            weights.append((share * (cells - mean) ** 2).sum())
    y, w = np.array(estimates), np.array(weights)
    q = (w * (y - (w * y).sum() / w.sum()) ** 2).sum()
    found = fit(CONDITIONAL_LOGISTIC, studies(CONDITIONAL_LOGISTIC, *columns)).tests[WALD]
    assert found.statistic == pytest.approx(q, rel=1e-10)
    assert found.df == len(estimates) - 1


def test_tables_are_interpolated_to_the_digits_of_their_sum() -> None:
    """Every possible log odds ratio between -90 and 90, for tables of 2 to 20,000 people."""
    a, n1, c, n2 = (np.array(column, dtype=float) for column in zip(
        (1, 1, 0, 1), (3, 10, 7, 9), (0, 40, 5, 60), (300, 5000, 420, 15000), strict=True
    ))  # fmt: skip
    table = hypergeometric(a, n1, c, n2)
    x = np.random.default_rng(1).uniform(-90, 90, (1, 4, 300)).round(4)
    own = table.taken(np.arange(4)[None]).derivatives(x, 2)
    for study in range(4):
        m = a[study] + c[study]
        cells = np.arange(max(0, m - n2[study]), min(n1[study], m) + 1)
        ways = np.array([_log_comb(int(n1[study]), int(j)) + _log_comb(int(n2[study]), int(m - j)) for j in cells])
        logs = ways[:, None] + cells[:, None] * x[0, study]
        top = logs.max(axis=0)
        share = np.exp(logs - top)
        total = share.sum(axis=0)
        mean = (share * cells[:, None]).sum(axis=0) / total
        value = logs[int(a[study] - cells[0])] - top - np.log(total) - table.saturated[study]
        variance = (share * (cells[:, None] - mean) ** 2).sum(axis=0) / total
        # Worst seen 3e-11 of 4e4, 3e-11 events of 720, and 4e-10 of 130: rounding.
        np.testing.assert_allclose(own[0][0, study], value, atol=1e-9, rtol=1e-12)
        np.testing.assert_allclose(own[1][0, study], a[study] - mean, atol=1e-9)
        np.testing.assert_allclose(own[2][0, study], -variance, atol=1e-8)


@pytest.mark.parametrize("points", [1, 7])
@pytest.mark.parametrize("intercepts", [False, True])
def test_derivatives_are_those_of_the_approximate_likelihood(points: int, intercepts: bool) -> None:
    """Central differences, extrapolated: nodes and widths move with the parameters, and their derivatives count."""
    k = 5
    counts = np.random.default_rng(3).integers(0, 12, (2, k)).astype(float)
    index = np.arange(k)[None]
    first = Binomial(x=counts[0], n=np.full(k, 15.0), offset=np.zeros(k)).taken(index)
    second = Poisson(x=counts[1], offset=np.full(k, 1.0)).taken(index)
    arms = [Arm(likelihood=first, coefficient=0.5), Arm(likelihood=second, coefficient=-0.5)][: 2 if intercepts else 1]

    def at(p: Array) -> Any:
        own = np.full((1, k, 1), p[2]) if intercepts else None
        return marginal(arms, points, np.full((1, 1, 1), p[0]), np.full((1, 1, 1), p[1]), own, np.zeros((1, k, 1)))[0]

    centre = np.array([-0.4, 0.7, -0.3])
    jet = at(centre)
    for i in range(len(jet.first)):

        def difference(h: float, part: Callable[[Any], Any], i: int = i) -> Array:
            step = h * np.eye(3)[i]
            return np.asarray((part(at(centre + step)) - part(at(centre - step))) / (2 * h))

        def slope(part: Callable[[Any], Any], of: Callable[..., Array] = difference) -> Array:
            return (4 * of(5e-4, part) - of(1e-3, part)) / 3

        # Worst seen 2e-11: differences.
        np.testing.assert_allclose(jet.first[i], slope(lambda jet: jet.value), atol=1e-9)
        for j in range(len(jet.first)):
            where = pairs(len(jet.first)).index((min(i, j), max(i, j)))
            np.testing.assert_allclose(jet.second[where], slope(lambda jet, j=j: jet.first[j]), atol=1e-9)


def test_models_of_rates_agree_where_one_implies_the_other() -> None:
    """With one common ratio, Poisson arms with intercepts and their shares given the sum have one and the same maximum;
    and the approximate model of odds is that of rates with people for time."""
    columns = simulated(UNCONDITIONAL_POISSON, seed=8)
    found = {
        model.name: fit(model, studies(model, *columns), method="EE")
        for model in (UNCONDITIONAL_POISSON, MODELS["IRR", "CM.EL"][0])
    }
    one, other = found.values()
    assert one.estimate == pytest.approx(other.estimate, rel=1e-12)
    # Worst seen 5e-10: iterations end 1e-9 standard errors from the maximum.
    assert one.standard_error == pytest.approx(other.standard_error, rel=1e-8)
    counts = simulated(CONDITIONAL_LOGISTIC, seed=8)
    odds = fit(CONDITIONAL_LOGISTIC, studies(CONDITIONAL_LOGISTIC, *counts), likelihood="approximate")
    rates = fit(MODELS["IRR", "CM.EL"][0], studies(MODELS["IRR", "CM.EL"][0], *counts))
    assert odds.estimate == pytest.approx(rates.estimate, rel=1e-9)
    assert odds.tau2 == pytest.approx(rates.tau2, rel=1e-9)
