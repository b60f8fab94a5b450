"""Random study intercepts: Laplace's approximation counted out study by study, and what never matters."""

from __future__ import annotations

import dataclasses
from typing import Any

import golden
import numpy as np
import pytest
from glmm_data import LIKELIHOOD_RATIO, MODELS, WALD, dataset, fit, simulated, studies
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from livereview import Array, EffectModel, Fit
from livereview.subsets import without_each
from livereview_glmm import UNCONDITIONAL_LOGISTIC, UNCONDITIONAL_POISSON, estimation
from livereview_glmm.random_model import COARSE
from livereview_glmm.results import ENDLESS, HOMOGENEOUS, MUTE, SEARCHED, SILENT
from livereview_glmm.results import LIKELIHOOD_RATIO as RATIO

BOTH = (UNCONDITIONAL_LOGISTIC, UNCONDITIONAL_POISSON)
by_name = pytest.mark.parametrize("model", BOTH, ids=lambda model: model.name)
seeds = st.integers(0, 2**32 - 1)


def random(model: EffectModel, *columns: Any, **options: Any) -> Fit:
    return fit(model, studies(model, *columns), intercepts="random", **options)


def informative(columns: list[Array]) -> list[Array]:
    x1, s1, x2, s2 = columns
    keep = (x1 + x2 > 0) & (x1 + x2 < s1 + s2)
    return [column[keep] for column in columns]


def study(logistic: bool, counts: Array, fixed: Array, loadings: Array) -> float:
    """Laplace's approximation for one study with predictors fixed + loadings @ z, z standard normal.

    From the definition: the mode by a general solver, the determinant as it stands. The densities are written out, as
    those of scipy.stats take most of the time.
    """
    from scipy import optimize, special

    x, size = counts[[0, 2]], counts[[1, 3]]
    ways = special.gammaln(size + 1) - special.gammaln(size - x + 1) if logistic else np.zeros(2)
    ways = ways - special.gammaln(x + 1)

    def expected(z: Array) -> tuple[Array, Array]:
        predictor = fixed + loadings @ z
        if logistic:
            p = 1 / (1 + np.exp(-predictor))
            return size * p, size * p * (1 - p)
        return size * np.exp(predictor), size * np.exp(predictor)

    def slope(z: Array) -> Array:
        return np.asarray(loadings.T @ (x - expected(z)[0]) - z)

    def bend(z: Array) -> Array:
        return np.asarray(-loadings.T @ np.diag(expected(z)[1]) @ loadings - np.eye(len(z)))

    def loss(z: Array) -> float:
        mean = expected(z)[0]
        if logistic:
            logs = ways + special.xlogy(x, mean / size) + special.xlog1py(size - x, -mean / size)
        else:
            logs = ways + special.xlogy(x, mean) - mean
        return float(z @ z / 2 - logs.sum())

    z = optimize.root(slope, np.zeros(loadings.shape[1]), jac=bend).x
    for _ in range(3):
        z = z - np.linalg.solve(bend(z), slope(z))
    assert np.abs(slope(z)).max() < 1e-9 * (1 + x.max())
    return -loss(z) - float(np.linalg.slogdet(-bend(z))[1]) / 2


def likelihood(logistic: bool, columns: list[Array], p: Array) -> float:
    """The log-likelihood at alpha, mu, sigma, tau."""
    alpha, mu, sigma, tau = p
    loadings = np.array([[sigma, tau / 2], [sigma, -tau / 2]])
    fixed = np.array([alpha + mu / 2, alpha - mu / 2])
    return sum(study(logistic, counts, fixed, loadings) for counts in np.array(columns, dtype=float).T)


def second(f: Any, at: Array, h: float = 2e-3) -> Array:
    """The Hessian by central differences."""
    steps = h * np.eye(len(at))
    return np.array(
        [[(f(at + a + b) - f(at + a - b) - f(at - a + b) + f(at - a - b)) / (4 * h**2) for b in steps] for a in steps]
    )


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("dat.bcg", "OR"),
        ("dat.collins1985a", "OR"),
        ("dat.lee2004", "OR"),
        ("dat.nielweise2008", "IRR"),
    ],
)
def test_estimates_are_where_laplaces_approximation_is_highest(name: str, measure: str) -> None:
    from scipy import optimize

    record = next(r for n, r in golden.records("glmm") if n == name and r.get("model") == "UM.RS")
    model, options = MODELS[measure, "UM.RS"]
    columns = dataset(name, record)
    chosen = studies(model, *columns)
    found = fit(model, chosen, **options)
    columns = informative([column[chosen.present] for column in columns])
    logistic = measure == "OR"
    assert found.tau2 is not None
    searched = optimize.minimize(
        lambda p: -likelihood(logistic, columns, p), [-2.0, 0.0, 0.8, 0.4], method="L-BFGS-B", options={"ftol": 1e-15}
    )
    # The other search goes by numerical slopes, and stops short by what is seen at worst: log-likelihood 1.5e-10,
    # estimate 5e-7, tau² 2.1e-7, sigma² 1.2e-5; second differences are 2.2e-6 of the standard error off.
    assert found.parameters["log-likelihood"] == pytest.approx(-searched.fun, abs=1e-9)
    assert found.parameters["log-likelihood"] >= -searched.fun - 1e-9
    assert found.estimate == pytest.approx(searched.x[1], abs=1e-6)
    assert found.tau2 == pytest.approx(searched.x[3] ** 2, abs=1e-6)
    assert found.parameters["sigma2"] == pytest.approx(searched.x[2] ** 2, abs=3e-5)
    at = np.array(
        [searched.x[0], float(found.estimate), np.sqrt(found.parameters["sigma2"]), np.sqrt(float(found.tau2))]
    )
    covariance = np.linalg.inv(-second(lambda p: likelihood(logistic, columns, p), at))
    assert found.standard_error == pytest.approx(np.sqrt(covariance[1, 1]), rel=1e-5)


def test_of_one_effect_the_standard_error_is_that_of_the_observed_information() -> None:
    """dat.yusuf1985_t6, for which lme4's numerical Hessian is 0.7% off."""
    from scipy import optimize

    name = "dat.yusuf1985_t6"
    record = next(r for n, r in golden.records("glmm") if n == name and r.get("model") == "UM.RS")
    model, options = MODELS["OR", "UM.RS"]
    columns = dataset(name, record)
    found = fit(model, studies(model, *columns), method="EE", **options)
    columns = informative(columns)

    def height(p: Array) -> float:
        return likelihood(True, columns, np.array([*p, 0.0]))

    at = optimize.minimize(lambda p: -height(p), [-3.0, 0.0, 0.8], method="L-BFGS-B", options={"ftol": 1e-15}).x
    covariance = np.linalg.inv(-second(height, at))
    # Seen: 2e-8 and, relative, 1.9e-7.
    assert found.estimate == pytest.approx(at[1], abs=1e-6)
    assert found.standard_error == pytest.approx(np.sqrt(covariance[1, 1]), rel=1e-5)


def test_the_tests_of_heterogeneity_set_every_effect_free() -> None:
    """dat.cannon2006: four effects, alpha and sigma; the level of the second arm is random."""
    from scipy import optimize

    name = "dat.cannon2006"
    record = next(r for n, r in golden.records("glmm") if n == name and r.get("model") == "UM.RS")
    model, options = MODELS["OR", "UM.RS"]
    columns = dataset(name, record)
    found, rows = fit(model, studies(model, *columns), method="EE", **options), np.array(columns, dtype=float).T

    def height(p: Array) -> float:
        loadings = np.full((2, 1), p[1])
        return sum(
            study(True, counts, np.array([p[0] + effect, p[0]]), loadings)
            for counts, effect in zip(rows, p[2:], strict=True)
        )

    start = np.array([-2.4, 0.15, -0.2, -0.2, -0.2, -0.2])
    at = optimize.minimize(lambda p: -height(p), start, method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-7}).x
    ratio = 2 * (height(at) - found.parameters["log-likelihood"])
    assert found.tests[LIKELIHOOD_RATIO].statistic == pytest.approx(ratio, abs=1e-9)  # seen: 1.7e-12
    covariance = np.linalg.inv(-second(height, at))[2:, 2:]
    contrast = np.eye(4)[1:] - np.eye(4)[0]
    apart = contrast @ at[2:]
    wald = apart @ np.linalg.solve(contrast @ covariance @ contrast.T, apart)
    # Seen: 2.4e-4, the error of second differences of six parameters.
    assert found.tests[WALD].statistic == pytest.approx(wald, rel=5e-4)


def same(one: Fit, other: Fit, tolerance: float, sign: float = 1.0) -> None:
    np.testing.assert_allclose(sign * one.estimate, other.estimate, rtol=tolerance, atol=tolerance)
    for name in ("standard_error", "tau2"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=tolerance, atol=tolerance)
    for name in ("sigma2", "log-likelihood"):
        np.testing.assert_allclose(one.parameters[name], other.parameters[name], rtol=tolerance, atol=tolerance)


@by_name
@settings(max_examples=10)
@given(seed=seeds)
def test_neither_order_nor_side_matters(model: EffectModel, seed: int) -> None:
    columns = simulated(model, seed, k=7)
    order = np.random.default_rng(seed).permutation(7)
    plain, mixed = random(model, *columns), random(model, *(column[order] for column in columns))
    # Worst of 300 data sets: 9e-14, of weights 2e-16, of statistics 1.2e-14.
    same(plain, mixed, 1e-11)
    np.testing.assert_allclose(plain.weights[order], mixed.weights, atol=1e-13)
    for name, test in plain.tests.items():
        np.testing.assert_allclose(test.statistic, mixed.tests[name].statistic, rtol=1e-11, atol=1e-11)
    same(plain, random(model, *columns[2:], *columns[:2]), 1e-11, sign=-1.0)


@by_name
def test_a_batch_equals_its_fits_one_by_one(model: EffectModel) -> None:
    chosen = studies(model, *simulated(model, seed=11, k=8))
    masks = np.concatenate([without_each(chosen.present), np.tril(np.ones((8, 8), dtype=bool)) & chosen.present])
    masks = masks[masks.any(axis=-1)]
    batch = fit(model, dataclasses.replace(chosen, present=masks), intercepts="random")
    for row, mask in enumerate(masks):
        alone = fit(model, dataclasses.replace(chosen, present=mask), intercepts="random")
        numbers = {name: getattr(batch, name) for name in ("estimate", "standard_error", "tau2", "weights")}
        others = {name: getattr(alone, name) for name in numbers}
        numbers |= dict(batch.parameters) | {name: test.statistic for name, test in batch.tests.items()}
        others |= dict(alone.parameters) | {name: test.statistic for name, test in alone.tests.items()}
        for name, values in numbers.items():
            np.testing.assert_allclose(values[row], others[name], rtol=1e-12, atol=1e-12, err_msg=name)
        assert {note for note, where in batch.notes.items() if where[row]} == set(alone.notes)


@by_name
def test_where_newton_does_not_settle_a_search_finds_the_same(
    model: EffectModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = simulated(model, 3, k=8, spread=1.2)
    plain, newton = random(model, *columns), estimation.maximum

    def lost(objective: Any, start: Any, *, free_tau: bool = True) -> Any:
        point, value, reached = newton(objective, start, free_tau=free_tau)
        return point, value, dataclasses.replace(reached, converged=reached.converged & (not free_tau))

    monkeypatch.setattr(estimation, "maximum", lost)
    searched = random(model, *columns)
    same(plain, searched, 5e-7)  # seen: 1e-7, of tau²
    assert (bool(searched.converged), SEARCHED in searched.notes, SEARCHED in plain.notes) == (True, True, False)


@by_name
def test_edges(model: EffectModel) -> None:
    chosen = studies(model, [12], [40], [20], [45])
    one = fit(model, chosen, intercepts="random")
    assert (bool(one.converged), one.tau2, one.parameters["sigma2"]) == (True, 0.0, 0.0)
    assert one.estimate == pytest.approx(chosen.effect[0], rel=1e-9)
    assert one.standard_error**2 == pytest.approx(chosen.variance[0], rel=1e-9)
    alike = random(model, [12] * 4, [40] * 4, [20] * 4, [45] * 4)
    assert (alike.tau2, alike.parameters["sigma2"], HOMOGENEOUS in alike.notes) == (0.0, 0.0, True)
    assert alike.tests[RATIO].statistic == pytest.approx(0, abs=1e-9)
    assert set(random(model, [0, 0], [40, 30], [3, 5], [45, 30]).notes) == {ENDLESS}
    none = fit(model, studies(model, [0], [9], [0], [8], present=np.ones(1, dtype=bool)), intercepts="random")
    assert (bool(none.converged), set(none.notes)) == (False, {MUTE})


@by_name
def test_studies_without_events_are_left_out(model: EffectModel) -> None:
    columns = simulated(model, seed=2)
    more = [np.append(column, extra) for column, extra in zip(columns, (0, 9, 0, 8), strict=True)]
    plain = random(model, *columns)
    found = fit(model, studies(model, *more, present=np.ones(7, dtype=bool)), intercepts="random")
    same(plain, found, 1e-9)
    assert (found.weights[-1], SILENT in found.notes) == (0, True)


def test_of_points_there_is_one() -> None:
    options = UNCONDITIONAL_LOGISTIC.options
    assert options.model_validate({"intercepts": "random"}) == options.model_validate(
        {"intercepts": "random", "points": 1}
    )
    with pytest.raises(ValidationError, match="leave out points"):
        options.model_validate({"intercepts": "random", "points": 7})


def test_studies_at_both_ends_and_none_between_have_a_number() -> None:
    """The intercepts, being drawn to their mean, keep tau from growing without limit."""
    columns = [[0, 9, 2], [40, 30, 30], [3, 0, 0], [45, 30, 30]]
    found = random(UNCONDITIONAL_LOGISTIC, *columns)
    assert found.converged
    assert found.tau2 is not None
    alpha = np.linspace(-5, 0, 26)
    beside = [
        likelihood(True, [np.array(column) for column in columns], np.array([a, found.estimate, 0.0, tau]))
        for a in alpha
        for tau in (np.sqrt(found.tau2), 2 * np.sqrt(found.tau2), 10.0)
    ]
    assert max(beside) <= found.parameters["log-likelihood"] + 1e-9
    assert found.parameters["log-likelihood"] - max(beside) < 0.05


def test_a_wide_tau_is_noted() -> None:
    found = random(UNCONDITIONAL_LOGISTIC, [30, 1, 38, 2, 25], [40] * 5, [2, 35, 1, 30, 8], [40] * 5)
    assert COARSE in found.notes


@given(seed=seeds, k=st.integers(2, 8), spread=st.sampled_from([0.0, 0.5, 2.0]))
@settings(max_examples=15)
def test_heterogeneity_never_lowers_the_likelihood(seed: int, k: int, spread: float) -> None:
    for model in BOTH:
        chosen = studies(model, *simulated(model, seed, k=k, spread=spread))
        if not chosen.present.any():
            continue
        mixed, common = (fit(model, chosen, intercepts="random", method=method) for method in ("ML", "EE"))
        if mixed.converged:
            gain = mixed.parameters["log-likelihood"] - common.parameters["log-likelihood"]
            assert gain >= -1e-9
