"""Models for counts: what never matters, what mirrors, the edges, and the ladder of methods."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from glmm_data import ALL, LIKELIHOOD_RATIO, WALD, fit, simulated, studies
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview import EffectModel, Fit, PluginError
from livereview.subsets import without_each
from livereview_glmm import (
    BETA_BINOMIAL,
    BINOMIAL_NORMAL,
    CONDITIONAL_LOGISTIC,
    UNCONDITIONAL_LOGISTIC,
    estimation,
    livereview_effect_models,
)
from livereview_glmm.results import DAMPED, ENDLESS, HOMOGENEOUS, LOST, MUTE, SCATTERED, SEARCHED, SILENT, WIDE

EVERY = [*ALL, BETA_BINOMIAL]
NUMBERS = ("estimate", "standard_error", "tau2")
by_name = pytest.mark.parametrize("model", EVERY, ids=lambda model: model.name)
seeds = st.integers(0, 2**32 - 1)


def same(one: Fit, other: Fit, tolerance: float, sign: float = 1.0) -> None:
    for name in NUMBERS:
        a, b = getattr(one, name), getattr(other, name)
        if a is not None:
            factor = sign if name == "estimate" else 1.0
            np.testing.assert_allclose(factor * a, b, rtol=tolerance, atol=tolerance, err_msg=name)
    for name, test in one.tests.items():
        np.testing.assert_allclose(test.statistic, other.tests[name].statistic, rtol=tolerance, atol=tolerance)


def test_every_model_is_registered() -> None:
    names = [model.name for model in livereview_effect_models()]
    assert names == sorted(names)
    assert {model.name for model in EVERY} == set(names)


@by_name
@settings(max_examples=8)
@given(seed=seeds)
def test_the_order_of_studies_never_matters(model: EffectModel, seed: int) -> None:
    columns = simulated(model, seed)
    order = np.random.default_rng(seed).permutation(len(columns[0]))
    plain, mixed = (fit(model, studies(model, *given)) for given in (columns, [column[order] for column in columns]))
    # Worst seen 3e-11: the order of sums moves iterations that end 1e-10 standard errors from the maximum.
    same(plain, mixed, 1e-9)
    np.testing.assert_allclose(plain.weights[order], mixed.weights, atol=1e-9)


@pytest.mark.parametrize("model", [model for model in EVERY if model.needs[1] != "time"], ids=lambda model: model.name)
@settings(max_examples=8)
@given(seed=seeds)
def test_swapping_arms_or_events_turns_the_sign(model: EffectModel, seed: int) -> None:
    columns = simulated(model, seed)
    turned = [columns[1] - columns[0], columns[1]] if len(columns) == 2 else [*columns[2:], *columns[:2]]
    plain, mirrored = (fit(model, studies(model, *given)) for given in (columns, turned))
    same(plain, mirrored, 1e-8, sign=-1.0)


@by_name
def test_a_batch_equals_its_fits_one_by_one(model: EffectModel) -> None:
    chosen = studies(model, *simulated(model, seed=11, k=8))
    masks = np.concatenate([without_each(chosen.present), np.tril(np.ones((8, 8), dtype=bool)) & chosen.present])
    masks = masks[masks.any(axis=-1)]
    batch = fit(model, dataclasses.replace(chosen, present=masks))
    for row, mask in enumerate(masks):
        alone = fit(model, dataclasses.replace(chosen, present=mask))
        for name in (*NUMBERS, "weights"):
            if getattr(batch, name) is not None:
                own, other = getattr(batch, name)[row], getattr(alone, name)
                # Worst seen 4e-15: padding changes the order of sums.
                np.testing.assert_allclose(own, other, rtol=1e-12, atol=1e-12, err_msg=name)
        assert {note for note, where in batch.notes.items() if where[row]} == set(alone.notes)


@by_name
def test_one_study_gives_its_own_estimate_and_no_heterogeneity(model: EffectModel) -> None:
    columns = {2: [[12], [40]], 4: [[12], [40], [20], [45]]}[len(model.needs)]
    chosen = studies(model, *columns)
    found = fit(model, chosen)
    assert found.converged
    assert found.tau2 in (0.0, None)
    if model is not CONDITIONAL_LOGISTIC:  # whose estimate is the conditional one
        assert found.estimate == pytest.approx(chosen.effect[0], rel=1e-9)
        assert found.standard_error**2 == pytest.approx(chosen.variance[0], rel=1e-9)
    assert (found.weights.tolist(), HOMOGENEOUS in found.notes) == ([1.0], False)
    assert np.isnan([found.tests[name].p_value for name in (LIKELIHOOD_RATIO, WALD)]).all()
    t = fit(model, chosen, interval="t")
    assert t.df == np.inf


@by_name
def test_identical_studies_have_no_heterogeneity_exactly(model: EffectModel) -> None:
    columns = {2: [[12] * 4, [40] * 4], 4: [[12] * 4, [40] * 4, [20] * 4, [45] * 4]}[len(model.needs)]
    found = fit(model, studies(model, *columns))
    assert found.tau2 in (0.0, None)
    assert HOMOGENEOUS in found.notes
    assert found.weights == pytest.approx([0.25] * 4)
    assert found.tests[LIKELIHOOD_RATIO].statistic == pytest.approx(0, abs=1e-9)
    if model is BETA_BINOMIAL:
        assert found.parameters["intra-cluster correlation"] == 0


@by_name
def test_counts_at_one_end_in_every_study_have_no_estimate(model: EffectModel) -> None:
    columns = {2: [[0, 0], [40, 30]], 4: [[0, 0], [40, 30], [3, 5], [45, 30]]}[len(model.needs)]
    found = fit(model, studies(model, *columns))
    assert np.isnan([found.estimate, found.standard_error]).all()
    assert (found.converged, found.weights.any(), set(found.notes)) == (False, False, {ENDLESS})
    with_another = [[*column, value] for column, value in zip(columns, (6, 30, 9, 31), strict=False)]
    assert fit(model, studies(model, *with_another)).converged


@pytest.mark.parametrize("model", [m for m in EVERY if m.needs[1] != "time"], ids=lambda model: model.name)
def test_studies_at_both_ends_and_none_between_have_a_common_effect_only(model: EffectModel) -> None:
    columns = {2: [[0, 9, 0], [10, 9, 12]], 4: [[0, 9, 2], [40, 30, 30], [3, 0, 0], [45, 30, 30]]}[len(model.needs)]
    chosen = studies(model, *columns)
    found = fit(model, chosen)
    assert (np.isnan(found.estimate), bool(found.converged), set(found.notes)) == (True, False, {SCATTERED})
    if model is not BETA_BINOMIAL:
        assert np.isfinite(fit(model, chosen, method="EE").estimate)


def test_studies_that_say_nothing_change_nothing() -> None:
    columns = simulated(CONDITIONAL_LOGISTIC, seed=2)
    more = [np.append(column, extra) for column, extra in zip(columns, ([0, 9], [9, 9], [0, 8], [8, 8]), strict=True)]
    every = np.ones(len(more[0]), dtype=bool)
    for model in (CONDITIONAL_LOGISTIC, UNCONDITIONAL_LOGISTIC):
        plain, with_more = fit(model, studies(model, *columns)), fit(model, studies(model, *more, present=every))
        same(plain, with_more, 1e-9)
        assert (with_more.weights[-2:].tolist(), SILENT in with_more.notes) == ([0, 0], True)
        nothing = fit(model, studies(model, [0, 9], [9, 9], [0, 8], [8, 8], present=np.ones(2, dtype=bool)))
        assert (bool(nothing.converged), set(nothing.notes)) == (False, {MUTE})


@by_name
def test_large_and_small_studies_go_together(model: EffectModel) -> None:
    columns = {
        2: [[0, 3, 41000, 2], [2, 9, 130000, 700000]],
        4: [[0, 3, 41000, 2], [2, 9, 130000, 700000], [1, 2, 43500, 5], [3, 9, 131000, 690000]],
    }[len(model.needs)]
    found = fit(model, studies(model, *columns))
    assert found.converged
    assert np.isfinite([found.estimate, found.standard_error]).all()


def test_of_two_maxima_the_higher_is_found() -> None:
    """Three trials whose likelihood falls from tau = 0, and rises again to a higher maximum at tau = 1.47."""
    chosen = studies(UNCONDITIONAL_LOGISTIC, [1, 2, 5], [54, 24, 78], [24, 16, 23], [37, 58, 24])
    found, common = (fit(UNCONDITIONAL_LOGISTIC, chosen, method=method) for method in ("ML", "EE"))
    assert found.tau2 is not None
    assert np.sqrt(found.tau2) == pytest.approx(1.4686, abs=1e-4)
    assert found.parameters["log-likelihood"] - common.parameters["log-likelihood"] == pytest.approx(0.5031, abs=1e-4)
    assert set(found.notes) <= {DAMPED}


def test_a_tau_that_few_points_cannot_carry_is_noted() -> None:
    chosen = studies(BINOMIAL_NORMAL, [0, 0, 9, 10, 3, 40], [20, 30, 9, 10, 8, 300])
    assert WIDE in fit(BINOMIAL_NORMAL, chosen).notes
    assert WIDE not in fit(BINOMIAL_NORMAL, chosen, points=61).notes


def _never_settles(monkeypatch: pytest.MonkeyPatch) -> None:
    newton = estimation.maximum

    def lost(objective: Any, start: Any, *, free_tau: bool = True) -> Any:
        point, value, reached = newton(objective, start, free_tau=free_tau)
        return point, value, dataclasses.replace(reached, converged=reached.converged & (not free_tau))

    monkeypatch.setattr(estimation, "maximum", lost)


@by_name
@pytest.mark.parametrize("seed", [3, 4])
def test_where_newton_does_not_settle_a_search_finds_the_same(
    model: EffectModel, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = studies(model, *simulated(model, seed, k=7, spread=1.2))
    plain = fit(model, chosen)
    _never_settles(monkeypatch)
    searched = fit(model, chosen)
    # Golden section finds the place of a maximum to the root of the precision of its height: worst seen 5e-8.
    same(plain, searched, 1e-5)
    assert (bool(searched.converged), SEARCHED in searched.notes, SEARCHED in plain.notes) == (True, True, False)


def test_what_even_the_search_does_not_find_is_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    _never_settles(monkeypatch)
    monkeypatch.setattr(estimation, "GRID", np.array([0.0, 1e-3, 2e-3]))  # ends where the likelihood still rises
    found = fit(BINOMIAL_NORMAL, studies(BINOMIAL_NORMAL, *simulated(BINOMIAL_NORMAL, 3, k=7, spread=1.2)))
    assert (np.isnan(found.estimate), bool(found.converged), set(found.notes)) == (True, False, {LOST})


def test_impossible_counts_are_refused_by_name() -> None:
    with pytest.raises(PluginError, match=r"cannot be: study 2 \(7/5\)\. Each arm needs at least one person"):
        fit(BINOMIAL_NORMAL, studies(BINOMIAL_NORMAL, [3, 7], [9, 5], present=np.ones(2, dtype=bool)))
    with pytest.raises(PluginError, match=r"study 1 \(2\.5/9 against 3/8\)\. Exact likelihoods need whole numbers"):
        fit(CONDITIONAL_LOGISTIC, studies(CONDITIONAL_LOGISTIC, [2.5, 4], [9, 9], [3, 5], [8, 9]))
    assert fit(UNCONDITIONAL_LOGISTIC, studies(UNCONDITIONAL_LOGISTIC, [2.5, 4], [9, 9], [3, 5], [8, 9])).converged


def test_another_scale_is_refused() -> None:
    chosen = dataclasses.replace(studies(BINOMIAL_NORMAL, [3, 4], [9, 9]), measure="PFT")
    with pytest.raises(PluginError, match="does not apply to the measure PFT; it applies to PLO"):
        fit(BINOMIAL_NORMAL, chosen)


@given(seed=seeds, k=st.integers(2, 8), spread=st.sampled_from([0.0, 0.5, 2.0]))
@settings(max_examples=15)
def test_heterogeneity_never_lowers_the_likelihood(seed: int, k: int, spread: float) -> None:
    for model in ALL:
        chosen = studies(model, *simulated(model, seed, k=k, spread=spread))
        if not chosen.present.any():
            continue
        mixed, common = fit(model, chosen), fit(model, chosen, method="EE")
        if mixed.converged:
            gain = mixed.parameters["log-likelihood"] - common.parameters["log-likelihood"]
            assert gain >= -1e-9
            assert (gain == 0) == (mixed.tau2 == 0) or gain > 0
            assert mixed.tests[LIKELIHOOD_RATIO].statistic >= 2 * gain - 1e-9 or not chosen.k > 1
