"""PET-PEESE and limit meta-analysis against first principles and Egger's line, and data at the edge."""

from __future__ import annotations

import golden
import numpy as np
import pytest
from adjustment_data import ZERO_VARIANCE, batch_of, effects_of, made, part, random_studies
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2
from scipy.stats import t as student

from livereview import EffectModel, PluginError
from livereview_bias_adjustment.limit_meta_analysis import (
    LIMIT_META_ANALYSIS,
    REMAINING,
    SMALL_STUDY,
    LimitOptions,
    limit_meta_analysis,
)
from livereview_bias_adjustment.pet_peese import (
    NO_LINE,
    PERFECT,
    PET_PEESE,
    USES_PEESE,
    USES_PET,
    PetPeeseOptions,
    pet_peese,
)
from livereview_estimation import tau_squared

SEEDS = st.integers(0, 2**32 - 1)
SOME = settings(deadline=None, max_examples=30)
MODELS = [PET_PEESE, LIMIT_META_ANALYSIS]
#: metafor's weighted regressions on standard error and variance: intercepts are PET and PEESE.
LINES = [
    (name, record)
    for name, record in golden.records("regtest")
    if record["model"] == "lm" and record["predictor"] in ("sei", "vi") and "warnings" not in record
    if name != ZERO_VARIANCE
]


def test_every_record_is_compared() -> None:
    assert len(LINES) == 106


@pytest.mark.parametrize("one", LINES, ids=lambda one: f"{one[0]}-{one[1]['effect']}-{one[1]['predictor']}")
def test_pet_and_peese_are_the_intercepts_of_metafors_regressions(one: tuple[str, golden.Record]) -> None:
    name, record = one
    estimator = "pet" if record["predictor"] == "sei" else "peese"
    fit = pet_peese(made(*effects_of(name, record["effect"])), PetPeeseOptions(estimator=estimator))
    # Worst errors seen: estimate 5e-14 of its standard error, standard error and P 2e-14.
    assert fit.estimate == pytest.approx(record["intercept"], abs=2e-13 * record["intercept_se"])
    assert fit.standard_error == pytest.approx(record["intercept_se"], rel=2e-13)
    assert fit.df == record["df"]
    if estimator == "pet":
        asymmetry = fit.tests["small-study effects (PET)"]
        assert asymmetry.p_value == pytest.approx(record["pval"], rel=2e-13)


@pytest.mark.parametrize(("mean", "note"), [(0.0, USES_PET), (2.0, USES_PEESE)])
def test_peese_is_used_where_pet_finds_an_effect(mean: float, note: str) -> None:
    se = np.array([0.05, 0.1, 0.2, 0.3, 0.4])
    studies = made(mean + 0.5 * se + np.array([0.02, -0.03, 0.05, -0.06, 0.08]), se**2)
    fit = pet_peese(studies, PetPeeseOptions())
    assert bool(fit.notes[note])
    used = "PEESE" if note == USES_PEESE else "PET"
    assert fit.estimate == fit.parameters[used]
    assert fit.standard_error == fit.parameters[f"standard error of {used}"]
    found = fit.tests["no effect (PET)"]
    t = fit.parameters["PET"] / fit.parameters["standard error of PET"]
    assert found.p_value == pytest.approx(2 * student.sf(abs(t), 3), rel=1e-12)
    assert (found.p_value < 0.1) == (note == USES_PEESE)


@SOME
@given(SEEDS)
def test_weights_say_what_each_study_does_to_the_estimate(seed: int) -> None:
    studies = random_studies(seed)
    pet = pet_peese(studies, PetPeeseOptions(estimator="pet"))
    assert pet.weights.sum() == pytest.approx(1, abs=1e-10)
    assert (pet.weights * studies.effect).sum() == pytest.approx(float(pet.estimate), abs=1e-9)
    limit = limit_meta_analysis(studies, LimitOptions())
    assert limit.weights.sum() == pytest.approx(1, abs=1e-9)
    assert (limit.weights * studies.effect).sum() == pytest.approx(float(limit.estimate), abs=1e-8)


@SOME
@given(SEEDS)
def test_limit_meta_analysis_is_the_line_of_the_generalised_radial_plot(seed: int) -> None:
    studies = random_studies(seed)
    y, v = studies.effect, studies.variance
    tau2 = float(tau_squared(y, v, studies.present).value)
    s = np.sqrt(v + tau2)
    # y/s = alpha + beta/s + e with e of variance 1: plain least squares.
    x = np.stack([1 / s, np.ones_like(s)], axis=1)
    (beta, alpha), *_ = np.linalg.lstsq(x, y / s, rcond=None)
    fit = limit_meta_analysis(studies, LimitOptions())
    c = np.array([1.0, np.sqrt(tau2)])
    assert fit.estimate == pytest.approx(beta + np.sqrt(tau2) * alpha, abs=1e-9)
    assert fit.standard_error == pytest.approx(np.sqrt(c @ np.linalg.inv(x.T @ x) @ c), rel=1e-8)
    assert fit.parameters["alpha"] == pytest.approx(alpha, rel=1e-7, abs=1e-9)
    # Q splits into the part of the line and the rest, at tau² = 0.
    w = 1 / v
    q = (w * (y - (w * y).sum() / w.sum()) ** 2).sum()
    assert fit.tests[SMALL_STUDY].statistic + fit.tests[REMAINING].statistic == pytest.approx(q, rel=1e-9)
    rest = fit.tests[REMAINING]
    assert rest.p_value == pytest.approx(chi2.sf(rest.statistic, y.size - 2), rel=1e-9)


def test_without_heterogeneity_it_is_eggers_limit_with_known_variances() -> None:
    studies = made([0.2, 0.21, 0.25, 0.19, 0.3], [0.01, 0.04, 0.09, 0.16, 0.25])
    limit = limit_meta_analysis(studies, LimitOptions())
    pet = pet_peese(studies, PetPeeseOptions(estimator="pet"))
    assert limit.tau2 == 0
    assert limit.estimate == pytest.approx(float(pet.estimate), rel=1e-12)
    assert limit.estimate == limit.parameters["beta"]


def test_without_small_study_effects_it_is_near_the_random_effects_mean() -> None:
    # Effects in pairs about 0.4, each pair of one standard error: no slope.
    se = np.repeat([0.05, 0.1, 0.2, 0.4], 2)
    y = 0.4 + np.tile([0.3, -0.3], 4)
    limit = limit_meta_analysis(made(y, se**2), LimitOptions())
    assert limit.parameters["alpha"] == pytest.approx(0, abs=1e-12)
    assert limit.estimate == pytest.approx(0.4, rel=1e-12)
    assert limit.tests[SMALL_STUDY].p_value == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@SOME
@given(seed=SEEDS)
def test_a_fit_in_a_batch_is_the_fit_alone_and_order_and_unit_do_not_matter(model: EffectModel, seed: int) -> None:
    batch = batch_of(random_studies(seed, least=6), seed)
    together = model.fit(batch, model.options())
    for row in range(batch.present.shape[0]):
        alone = part(batch, row)
        fit = model.fit(alone, model.options())
        np.testing.assert_allclose(together.estimate[row], fit.estimate, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(together.standard_error[row], fit.standard_error, rtol=1e-9)
        moved = model.fit(made(-3 * alone.effect[::-1], 9 * alone.variance[::-1]), model.options())
        np.testing.assert_allclose(moved.estimate, -3 * fit.estimate, rtol=1e-7, atol=1e-8)
        np.testing.assert_allclose(moved.standard_error, 3 * fit.standard_error, rtol=1e-7)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@pytest.mark.parametrize("k", [0, 1, 2])
def test_fewer_than_three_studies_have_no_line(model: EffectModel, k: int) -> None:
    fit = model.fit(made([0.1, 0.4][:k], [0.04, 0.1][:k]), model.options())
    assert np.isnan(fit.estimate)
    assert bool(fit.notes.get(NO_LINE, False)) == (k > 0)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_equal_standard_errors_have_no_line(model: EffectModel) -> None:
    fit = model.fit(made([0.1, 0.4, 0.2, 0.5], [0.04] * 4), model.options())
    assert np.isnan(fit.estimate)
    assert bool(fit.notes[NO_LINE])


def test_effects_on_a_line_leave_no_doubt_and_a_note() -> None:
    fit = pet_peese(made([0.0, 0.0, 0.0], [0.01, 0.04, 0.09]), PetPeeseOptions(estimator="pet"))
    assert fit.estimate == 0
    assert bool(fit.notes[PERFECT])


def test_the_conditional_estimator_needs_a_null() -> None:
    studies = made([0.3, 0.2, 0.1, 0.4], [0.1, 0.2, 0.3, 0.4], "PLO")
    with pytest.raises(PluginError, match='estimator = "pet"'):
        pet_peese(studies, PetPeeseOptions())
    assert np.isfinite(pet_peese(studies, PetPeeseOptions(estimator="peese")).estimate)
