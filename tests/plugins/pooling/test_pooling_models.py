"""The two models: what they return at the edges, what they note, and that the core's ways of calling them agree."""

from __future__ import annotations

import dataclasses
from typing import Any

import golden
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from livereview import Array, EffectModel, Fit, Mask, Studies
from livereview.fitting import fitted
from livereview.inference import derived
from livereview.subsets import cumulative, without_each
from livereview_estimation import hartung_knapp_scale, pooled
from livereview_pooling import COMMON_EFFECT, RANDOM_EFFECTS, livereview_effect_models
from livereview_pooling.common_effect import SINGLE as SINGLE_COMMON
from livereview_pooling.mean_intervals import NARROWER, NO_WIDTH, NORMAL, RAISED
from livereview_pooling.random_effects import BISECTED, SEVERAL, SINGLE, TOO_FAR

INTERVALS = ("hartung-knapp", "hartung-knapp-adhoc", "hartung-knapp-hybrid", "hartung-knapp-iqwig6", "wald", "t")

choices = st.fixed_dictionaries(
    {
        "tau2": st.sampled_from(["REML", "DL", "DL2", "PM", "PMM", "ML", "EB", "HE", "HS", "HSk", "SJ"]),
        "interval": st.sampled_from(INTERVALS),
        "tau2_value": st.sampled_from([None, 0.0, 0.2]),
        "weights": st.sampled_from(["inverse-variance", "equal", "common-effect"]),
    }
)


def fit(y: Any, v: Any, present: Mask | None = None, model: EffectModel = RANDOM_EFFECTS, **options: Any) -> Fit:
    """One fit of all studies, or one per row of ``present``."""
    y, v = np.asarray(y, dtype=np.float64), np.asarray(v, dtype=np.float64)
    here = np.ones(y.shape, dtype=bool) if present is None else present
    return fitted(model, Studies(effect=y, variance=v, present=here), model.options(**options))


def sample(seed: int, k: int = 8) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.01, 0.5, k)
    return rng.normal(0, np.sqrt(v + rng.choice([0, 0.1]))), v


def test_both_models_come_through_the_hook_with_their_literature() -> None:
    offered = {model.name: model for model in livereview_effect_models()}
    for name, own in (("common-effect", COMMON_EFFECT), ("random-effects", RANDOM_EFFECTS)):
        assert offered[name] is own
        assert own.vectorized
        assert own.references
        for option, schema in own.options.model_json_schema()["properties"].items():
            assert schema["description"], option


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_an_impossible_fixed_tau_squared_is_refused(value: float) -> None:
    with pytest.raises(ValidationError, match="tau2_value"):
        RANDOM_EFFECTS.options(tau2_value=value)


@given(st.integers(0, 2**32 - 1), choices, st.booleans())
def test_a_lifted_model_equals_the_vectorised_one(seed: int, options: dict[str, Any], common: bool) -> None:
    y, v = sample(seed)
    masks = np.concatenate([without_each(np.ones(8, dtype=bool)), cumulative(np.arange(8)[::-1])])
    model = COMMON_EFFECT if common else RANDOM_EFFECTS
    used = {"interval": "t"} if common else options
    at_once = fit(y, v, masks, model, **used)
    one_by_one = fit(y, v, masks, dataclasses.replace(model, vectorized=False), **used)
    for name in ("estimate", "standard_error", "weights", "tau2", "df"):
        own, other = getattr(at_once, name), getattr(one_by_one, name)
        assert (own is None) == (other is None)
        if own is not None:
            # Worst error seen 3e-15: the order of summation differs.
            np.testing.assert_allclose(other, own, rtol=1e-12, atol=1e-13)
    assert {note: where.tolist() for note, where in at_once.notes.items()} == {
        note: where.tolist() for note, where in one_by_one.notes.items()
    }


@given(st.integers(0, 2**32 - 1), choices, st.floats(-100, 100))
def test_mirroring_and_shifting_move_the_estimate_alone(seed: int, options: dict[str, Any], shift: float) -> None:
    y, v = sample(seed)
    plain, mirrored, shifted = fit(y, v, **options), fit(-y, v, **options), fit(y + shift, v, **options)
    assert mirrored.estimate == -plain.estimate
    assert mirrored.standard_error == plain.standard_error
    assert shifted.estimate == pytest.approx(plain.estimate + shift, abs=1e-9)
    assert shifted.standard_error == pytest.approx(plain.standard_error, rel=1e-8)


@given(st.integers(0, 2**32 - 1), choices, st.integers(-15, 15))
def test_scaling_the_effects_scales_estimate_and_error(seed: int, options: dict[str, Any], power: int) -> None:
    y, v = sample(seed)
    factor = 10.0**power
    changed = options | ({"tau2_value": options["tau2_value"] * factor**2} if options["tau2_value"] else {})
    plain, scaled = fit(y, v, **options), fit(y * factor, v * factor**2, **changed)
    assert scaled.estimate == pytest.approx(plain.estimate * factor, rel=1e-10, abs=1e-12 * factor)
    assert scaled.standard_error == pytest.approx(plain.standard_error * factor, rel=1e-10)


@given(st.integers(0, 2**32 - 1), choices)
def test_a_fixed_tau_squared_of_the_estimated_size_changes_nothing(seed: int, options: dict[str, Any]) -> None:
    y, v = sample(seed)
    free = fit(y, v, **options | {"tau2_value": None})
    assert free.tau2 is not None
    fixed = fit(y, v, **options | {"tau2_value": float(free.tau2)})
    assert (fixed.estimate, fixed.standard_error) == (free.estimate, free.standard_error)


def test_one_study_gives_its_own_effect_with_normal_quantiles() -> None:
    for interval in INTERVALS:
        found = fit([0.4], [0.09], interval=interval)
        assert (found.estimate, found.standard_error, found.tau2) == (0.4, pytest.approx(0.3), 0.0)
        assert found.df is None or np.isinf(found.df)
        assert set(found.notes) == ({SINGLE} if interval == "wald" else {SINGLE, NORMAL})
    fixed = fit([0.4], [0.09], tau2_value=0.16)
    assert (fixed.standard_error, set(fixed.notes)) == (pytest.approx(0.5), {NORMAL})
    common = fit([0.4], [0.09], model=COMMON_EFFECT, interval="t")
    assert (np.isinf(common.df), set(common.notes)) == (True, {SINGLE_COMMON})
    assert not fit([0.4], [0.09], model=COMMON_EFFECT).notes


def test_equal_effects_leave_hartung_knapp_without_width_and_say_so() -> None:
    y, v = [0.1 + 0.2, 0.3, 0.3], [0.01, 0.2, 3.0]  # the first is larger by rounding
    found = fit(y, v)
    assert (found.standard_error, set(found.notes)) == (0.0, {NO_WIDTH})
    adhoc = fit(y, v, interval="hartung-knapp-adhoc")
    assert adhoc.standard_error == pytest.approx(1 / np.sqrt(1 / 0.01 + 1 / 0.2 + 1 / 3.0))
    assert set(adhoc.notes) == {RAISED}


def test_a_hartung_knapp_error_below_that_of_the_common_effect_is_noted() -> None:
    y, v = [0.30, 0.31, 0.29], [0.1, 0.2, 0.3]
    narrow = fit(y, v)
    assert narrow.standard_error < fit(y, v, model=COMMON_EFFECT).standard_error
    assert set(narrow.notes) == {NARROWER}
    assert not fit([0.0, 1.0, -1.0], [0.01, 0.02, 0.03]).notes


def test_notes_name_the_fits_they_belong_to() -> None:
    found = fit(
        [0.3, 0.3, 2.0], [0.1, 0.1, 0.1], np.array([[True, True, False], [True, False, True], [True, False, False]])
    )
    assert {note: where.tolist() for note, where in found.notes.items()} == {
        NO_WIDTH: [True, False, False],
        SINGLE: [False, False, True],
        NORMAL: [False, False, True],
    }


def test_several_maxima_are_noted() -> None:
    y, v = [0.0, 0.01, -0.01, 3.0, -3.0, 3.0, -3.0], [1e-4, 1e-4, 1e-4, 1.0, 1.0, 1.0, 1.0]
    assert SEVERAL in fit(y, v).notes
    assert SEVERAL not in fit(y, v, tau2="PM").notes


@pytest.mark.parametrize("weights", ["inverse-variance", "equal"])
@pytest.mark.parametrize("tau2", ["REML", "ML", "PM", "PMM", "DL", "DL2", "HE", "HS", "HSk", "SJ", "GENQ", "GENQM"])
@pytest.mark.parametrize(("y", "v"), [([0, 1e200, 2], [1, 1, 2]), ([0, 1, 2], [1e-300, 1e-12, 1e300])])
def test_numbers_beyond_floating_point_give_no_number_and_leave_the_other_fits_alone(
    tau2: str, weights: str, y: list[float], v: list[float]
) -> None:
    if tau2.startswith("GENQ"):
        weights = "inverse-variance"  # its own
    masks = np.array([[True, True, True], [False, True, False], [True, False, False]])
    found = fit(y, v, masks, tau2=tau2, weights=weights)
    assert np.isnan(found.estimate).tolist() == [True, False, False]
    assert found.converged is not None
    assert found.converged.tolist() == [False, True, True]
    assert found.notes[TOO_FAR].tolist() == [True, False, False]


def test_bisection_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livereview_estimation.roots.NEWTON_STEPS", 1)
    assert BISECTED in fit([0.0, 1.0, -2.0, 4.0], [0.1, 0.2, 0.3, 0.4]).notes


def test_equal_weights_give_the_plain_mean_scaled_by_the_spread_about_the_weighted_mean() -> None:
    """Reference: metafor 3.8-1, dat.bcg log risk ratios, rma(yi, vi, weighted=FALSE, test="knha")."""
    y, v = golden.effect("dat.bcg", "RR")
    found = fit(y, v, weights="equal")
    assert found.estimate == pytest.approx(-0.740650381210937, rel=1e-14)
    # metafor stops at 1e-5 by default, so its tau² holds 5 digits.
    assert found.standard_error == pytest.approx(0.190403846051161, rel=1e-5)
    assert found.weights == pytest.approx(np.full(13, 1 / 13))


def test_pooled_agrees_with_matrices() -> None:
    y, v = sample(4)
    weights = np.arange(1.0, 9.0)
    found = pooled(y, v, np.ones(8, dtype=bool), 0.3, weights)
    share = weights / weights.sum()
    assert found.mean == pytest.approx(share @ y, rel=1e-14)
    assert found.variance == pytest.approx(share @ np.diag(v + 0.3) @ share, rel=1e-14)
    assert found.q == pytest.approx(((y - share @ y) ** 2 / (v + 0.3)).sum(), rel=1e-13)


def test_q_of_the_library_and_of_the_core_are_one() -> None:
    y, v = sample(9)
    studies = Studies(effect=y, variance=v, present=without_each(np.ones(8, dtype=bool)))
    own = derived(studies, fitted(COMMON_EFFECT, studies, COMMON_EFFECT.options()))
    assert pooled(y, v, studies.present).q == pytest.approx(own.q, rel=1e-13)


def test_the_hartung_knapp_scale_needs_two_studies() -> None:
    assert hartung_knapp_scale(np.array([0.0, 3.0]), np.array([1, 3])) == pytest.approx([np.nan, 1.5], nan_ok=True)


def test_large_batches_are_fitted_in_parts_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    v = rng.uniform(0.01, 0.5, (300, 9))
    y = rng.normal(0, np.sqrt(v + 0.1))
    present = rng.uniform(size=y.shape) < 0.7
    present[:, 0] = True
    whole = fit(y, v, present)
    monkeypatch.setattr("livereview_estimation.packing.ELEMENTS", 64)
    monkeypatch.setattr("livereview_estimation.packing.TOGETHER", 640)
    monkeypatch.setattr("livereview_estimation.weighting.ELEMENTS", 64)
    parts = fit(y, v, present)
    np.testing.assert_allclose(parts.estimate, whole.estimate, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(parts.standard_error, whole.standard_error, rtol=1e-12)
    np.testing.assert_allclose(parts.weights, whole.weights, rtol=1e-12)
