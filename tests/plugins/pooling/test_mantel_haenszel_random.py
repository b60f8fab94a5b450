"""Random effects with Q about the Mantel-Haenszel estimate, and how such a Q reaches the report."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from two_by_two_data import Table, columns, fit, studies

from livereview import EffectModel, Fit, Options, PluginError, Studies
from livereview.fitting import fitted
from livereview.inference import derived
from livereview.subsets import cumulative, without_each
from livereview_pooling.common_effect import COMMON_EFFECT
from livereview_pooling.mantel_haenszel import ABOUT, CORRECTED, MANTEL_HAENSZEL, UNDEFINED
from livereview_pooling.mantel_haenszel_random import MANTEL_HAENSZEL_RANDOM
from livereview_pooling.random_effects import RANDOM_EFFECTS, SINGLE

MEASURES = ("OR", "RR", "RD")
TRIALS: list[Table] = [(77, 102, 88, 97), (31, 54, 42, 51), (109, 624, 66, 653), (3, 40, 9, 38)]
ZEROS: list[Table] = [*TRIALS, (0, 30, 4, 28), (5, 30, 0, 33), (9, 9, 7, 11)]
#: The same risks everywhere, but for rounding.
ALIKE: list[Table] = [(20, 100, 10, 100), (41, 200, 20, 200), (10, 50, 5, 50)]

seeds = st.integers(0, 2**32 - 1)


def random(chosen: Studies, **options: Any) -> Fit:
    return fit(chosen, MANTEL_HAENSZEL_RANDOM, **options)


def trials(measure: str, seed: int, k: int = 6) -> Studies:
    rng = np.random.default_rng(seed)
    n1, n2 = rng.integers(5, 60, (2, k))
    a, c = rng.binomial(n1, rng.uniform(0.1, 0.6, k)), rng.binomial(n2, rng.uniform(0.2, 0.4, k))
    return studies(measure, columns(list(zip(a, n1, c, n2, strict=True))))


@pytest.mark.parametrize("measure", MEASURES)
def test_tau_squared_and_mean_are_sums_over_the_studies(measure: str) -> None:
    chosen = studies(measure, columns(ZEROS))
    y, w, k = chosen.effect, 1 / chosen.variance, len(ZEROS)
    centre = fit(chosen, zero_cells="only0-ratios").estimate
    q = (w * (y - centre) ** 2).sum()
    tau2 = (q - (k - 1)) / (w.sum() - (w**2).sum() / w.sum())
    u = 1 / (1 / w + tau2)
    found = random(chosen)
    assert tau2 > 0
    assert found.q == pytest.approx(q, rel=1e-13)
    assert found.tau2 == pytest.approx(tau2, rel=1e-13)
    assert found.estimate == pytest.approx((u * y).sum() / u.sum(), rel=1e-13)
    assert found.standard_error == pytest.approx(u.sum() ** -0.5, rel=1e-13)
    assert found.weights == pytest.approx(u / u.sum(), rel=1e-13)
    assert set(found.notes) == ({ABOUT} if measure == "RD" else {ABOUT, CORRECTED})


@given(seeds, st.sampled_from(MEASURES))
def test_tau_squared_is_never_below_dersimonian_and_lairds(seed: int, measure: str) -> None:
    chosen = trials(measure, seed)
    found, plain = random(chosen), fit(chosen, RANDOM_EFFECTS, tau2="DL", interval="wald")
    assert found.tau2 is not None
    assert plain.tau2 is not None
    assert found.tau2 >= plain.tau2 * (1 - 1e-12)


@pytest.mark.parametrize("measure", MEASURES)
def test_without_heterogeneity_it_is_the_common_effect_model(measure: str) -> None:
    chosen = studies(measure, columns(ALIKE))
    found, common = random(chosen), fit(chosen, COMMON_EFFECT)
    assert found.tau2 == 0
    assert found.estimate == pytest.approx(common.estimate, rel=1e-14)
    assert found.standard_error == pytest.approx(common.standard_error, rel=1e-14)


@given(seeds, st.sampled_from(MEASURES), st.sampled_from(["none", "only0", "only0-ratios"]))
def test_a_batch_equals_its_fits_one_by_one(seed: int, measure: str, zero_cells: str) -> None:
    chosen = trials(measure, seed)
    here = chosen.present
    masks = np.concatenate([without_each(here), cumulative(np.arange(here.size)) & here])
    batch = dataclasses.replace(chosen, present=masks)
    at_once = random(batch, zero_cells=zero_cells)
    one_by_one = fit(batch, dataclasses.replace(MANTEL_HAENSZEL_RANDOM, vectorized=False), zero_cells=zero_cells)
    for name in ("estimate", "standard_error", "tau2", "weights", "q"):
        # The order of summation differs.
        own, other = getattr(at_once, name), getattr(one_by_one, name)
        np.testing.assert_allclose(other, own, rtol=1e-9, atol=1e-12, err_msg=name)
    notes = [{note: where.tolist() for note, where in found.notes.items()} for found in (at_once, one_by_one)]
    assert notes[0] == notes[1]


@given(seeds, st.sampled_from(MEASURES))
def test_swapping_the_arms_mirrors_the_estimate(seed: int, measure: str) -> None:
    chosen = trials(measure, seed)
    events_1, n_1, events_2, n_2 = chosen.data.values()
    swapped = studies(measure, {"events_1": events_2, "n_1": n_2, "events_2": events_1, "n_2": n_1})
    plain, mirrored = random(chosen), random(swapped)
    assert mirrored.estimate == pytest.approx(-plain.estimate, rel=1e-10, abs=1e-12)
    assert mirrored.standard_error == pytest.approx(plain.standard_error, rel=1e-10)


def test_one_study_gives_its_own_effect_even_without_a_mantel_haenszel_estimate() -> None:
    chosen = studies("OR", columns([(0, 10, 3, 12)]))
    found = random(chosen, zero_cells="none")
    assert (found.estimate, found.tau2, found.q) == (chosen.effect[0], 0, 0)
    assert found.standard_error**2 == pytest.approx(chosen.variance[0], rel=1e-14)
    assert (found.converged, set(found.notes)) == (True, {SINGLE})


def test_several_studies_without_a_mantel_haenszel_estimate_have_no_number() -> None:
    chosen = studies("OR", columns([(0, 10, 3, 12), (0, 20, 5, 22)]))
    found = random(chosen, zero_cells="none")
    assert np.isnan([found.estimate, found.standard_error, found.tau2, found.q]).all()
    assert (found.converged, found.weights.any(), set(found.notes)) == (False, False, {UNDEFINED})
    ours = derived(chosen, found)
    assert np.isnan([ours.q, ours.q_p, ours.i2, ours.h2, ours.prediction_low]).all()
    assert np.isfinite(random(chosen).estimate)


def test_differences_of_trials_without_events_can_be_pooled() -> None:
    chosen = studies("RD", columns([(0, 14, 0, 14), (0, 39, 0, 37)]))
    found = random(chosen)
    assert (found.estimate, found.tau2) == (0, 0)
    assert found.standard_error == pytest.approx((1 / chosen.variance).sum() ** -0.5, rel=1e-14)


# --- a model's own Q, in the core --------------------------------------------------------------------------------


def own_q(q: Any) -> EffectModel:
    """A model that returns the mean of the effects and the given Q."""

    def mean(given: Studies, options: Any) -> Fit:
        k = given.present.sum(axis=-1)
        weights = given.present / k[..., None]
        estimate = (weights * given.effect).sum(axis=-1)
        return Fit(estimate=estimate, standard_error=np.ones(k.shape), weights=weights, q=q)

    return EffectModel(name="mean", summary="Plain mean.", fit=mean, vectorized=True)


def test_a_models_own_q_is_what_the_core_derives_p_and_i_squared_from() -> None:
    chosen = studies("RR", columns(ZEROS))
    for model in (MANTEL_HAENSZEL, MANTEL_HAENSZEL_RANDOM):
        found = fit(chosen, model)
        about_own, about_common = derived(chosen, found), derived(chosen, dataclasses.replace(found, q=None))
        assert about_own.q == found.q
        assert about_own.q > about_common.q
        assert about_own.i2 == pytest.approx(100 * (1 - 6 / about_own.q), rel=1e-14)
        assert about_own.h2 == pytest.approx(about_own.q / 6, rel=1e-14)
        assert about_own.q_p < about_common.q_p
    by_tau2 = derived(chosen, fit(chosen, MANTEL_HAENSZEL_RANDOM), i2_basis="tau2")
    assert by_tau2.i2 == pytest.approx(derived(chosen, fit(chosen, MANTEL_HAENSZEL_RANDOM)).i2, rel=1e-12)


def test_a_models_own_q_is_kept_among_fits_of_too_few_studies() -> None:
    chosen = dataclasses.replace(studies("RR", columns(TRIALS)), present=np.array([[1, 1, 1, 1], [0, 0, 0, 0]], bool))
    found = fitted(own_q(np.array([5.0])), chosen, Options())
    np.testing.assert_array_equal(found.q, [5.0, np.nan])
    assert derived(chosen, found).q.tolist()[0] == 5.0


def test_one_study_has_a_q_of_0_whatever_the_model_says() -> None:
    chosen = studies("RR", columns(TRIALS[:1]))
    assert derived(chosen, fitted(own_q(np.array(5.0)), chosen, Options())).q == 0


@pytest.mark.parametrize(("q", "message"), [(-1.0, "q is negative"), (np.nan, "q is negative or not a number")])
def test_an_impossible_q_is_refused(q: float, message: str) -> None:
    chosen = studies("RR", columns(TRIALS))
    with pytest.raises(PluginError, match=message):
        fitted(own_q(np.array(q)), chosen, Options())
    with pytest.raises(PluginError, match=r"q has shape \(2,\); it must be \(\)"):
        fitted(own_q(np.zeros(2)), chosen, Options())
