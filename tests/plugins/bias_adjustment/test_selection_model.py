"""Selection models: what stays the same whatever the order, side and unit; batches; data that identify nothing."""

from __future__ import annotations

import numpy as np
import pytest
from adjustment_data import batch_of, made, part, random_studies
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from livereview import PluginError, Studies
from livereview_bias_adjustment.selection_model import (
    AT_BOUND,
    EMPTY,
    TEST,
    SelectionOptions,
    parameter_names,
    selection_model,
)
from livereview_estimation import pooled, tau_squared

SEEDS = st.integers(0, 2**32 - 1)
WEIGHT = "weight of P 0.025 to 1"
SLOW = settings(deadline=None, max_examples=15)


def selected(seed: int, k: int = 60) -> Studies:
    """Studies of which those with a one-sided P above 0.025 are kept one time in five; true mean 0.2, tau² 0.02."""
    rng = np.random.default_rng(seed)
    y, v = np.empty(0), np.empty(0)
    while y.size < k:
        variance = np.exp(rng.uniform(-5, -1, size=400))
        effect = rng.normal(0.2, np.sqrt(variance + 0.02))
        kept = (effect / np.sqrt(variance) > 1.96) | (rng.uniform(size=400) < 0.2)
        y, v = np.append(y, effect[kept]), np.append(v, variance[kept])
    return made(y[:k], v[:k])


def test_it_undoes_the_selection_that_it_assumes() -> None:
    adjusted, plain, weights = [], [], []
    for seed in range(20):
        studies = selected(seed)
        fit = selection_model(studies, SelectionOptions())
        tau2 = tau_squared(studies.effect, studies.variance, studies.present, "ML").value
        plain.append(float(pooled(studies.effect, studies.variance, studies.present, tau2).mean))
        adjusted.append(float(fit.estimate))
        weights.append(float(fit.parameters[WEIGHT]))
    # Means over 20 data sets; standard errors of these means are 0.010, 0.007 and 0.03.
    assert np.mean(adjusted) == pytest.approx(0.2, abs=0.03)
    assert np.mean(plain) > 0.3
    assert np.median(weights) == pytest.approx(0.2, abs=0.08)


@SLOW
@given(SEEDS)
def test_the_mirror_image_has_the_mirror_estimate(seed: int) -> None:
    studies = random_studies(seed)
    up = selection_model(studies, SelectionOptions(alternative="greater"))
    down = selection_model(made(-studies.effect, studies.variance), SelectionOptions(alternative="less"))
    np.testing.assert_allclose(down.estimate, -up.estimate, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(down.parameters[WEIGHT], up.parameters[WEIGHT], rtol=1e-6)


@SLOW
@given(SEEDS, st.floats(1e-3, 1e3))
def test_order_and_unit_change_nothing(seed: int, unit: float) -> None:
    studies = random_studies(seed)
    order = np.random.default_rng(seed).permutation(studies.effect.size)
    fit = selection_model(studies, SelectionOptions())
    moved = selection_model(made(studies.effect[order] * unit, studies.variance[order] * unit**2), SelectionOptions())
    np.testing.assert_allclose(moved.estimate, fit.estimate * unit, rtol=1e-6, atol=1e-9 * unit)
    np.testing.assert_allclose(moved.tests[TEST].statistic, fit.tests[TEST].statistic, rtol=1e-6, atol=1e-9)


@SLOW
@given(SEEDS, st.sampled_from(["step", "power"]))
def test_a_fit_in_a_batch_is_the_fit_alone(seed: int, function: str) -> None:
    """Worst in units of the standard error, and of that itself: 2.5e-15 and 1.5e-14 for steps (2,000 seeds), 7.3e-13
    and 3.4e-11 for powers (250 seeds)."""
    batch = batch_of(random_studies(seed, least=6), seed, size=4)
    options = SelectionOptions(function=function)
    together = selection_model(batch, options)
    for row in range(4):
        alone = selection_model(part(batch, row), options)
        np.testing.assert_allclose(together.estimate[row], alone.estimate, rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(together.standard_error[row], alone.standard_error, rtol=1e-8)
        for note, where in together.notes.items():
            assert bool(where[row]) == bool(alone.notes.get(note, False)), note


def test_the_side_is_that_of_the_mean_unless_it_is_given() -> None:
    studies = selected(1)
    assert selection_model(studies, SelectionOptions()).estimate == pytest.approx(
        float(selection_model(studies, SelectionOptions(alternative="greater")).estimate), rel=1e-12
    )
    notes = selection_model(made(-studies.effect, studies.variance), SelectionOptions()).notes
    assert any("below no effect" in note for note in notes)


@pytest.mark.parametrize("y", [[1.0, 1.1, 0.9, 1.2], [0.01, -0.02, 0.0, 0.01]], ids=["all low", "all high"])
def test_all_p_values_in_one_interval_are_refused(y: list[float]) -> None:
    fit = selection_model(made(y, [0.01] * 4), SelectionOptions(alternative="greater"))
    assert bool(fit.notes[EMPTY])
    assert np.isnan(fit.estimate)
    assert np.isnan(fit.parameters[WEIGHT])


@pytest.mark.parametrize("k", [0, 1, 2, 3])
def test_few_studies_give_a_number_or_a_note(k: int) -> None:
    fit = selection_model(made([0.5, 0.1, 0.4][:k], [0.01, 0.02, 0.1][:k]), SelectionOptions())
    assert np.isfinite(fit.estimate) or any(np.any(where) for where in fit.notes.values())


def test_equal_effects_have_no_heterogeneity() -> None:
    fit = selection_model(made([0.3] * 6, [0.001, 0.01, 0.02, 0.05, 0.1, 0.2]), SelectionOptions())
    if np.isfinite(fit.estimate):
        assert fit.tau2 == 0
        assert bool(fit.notes[AT_BOUND])
    else:
        assert any(np.any(where) for where in fit.notes.values())


def test_variances_over_twelve_orders_of_magnitude_do_not_break_it() -> None:
    fit = selection_model(made([0.3, 0.1, 5.0, -0.4, 0.31], [1e-9, 1e-3, 1e3, 1e-1, 1e-4]), SelectionOptions())
    assert np.isfinite(fit.estimate) or any(np.any(where) for where in fit.notes.values())


def test_an_effect_of_one_arm_has_no_p_value() -> None:
    with pytest.raises(PluginError, match="effect of one arm"):
        selection_model(made([0.3, 0.2, 0.1], [0.1, 0.1, 0.1], "PLO"), SelectionOptions())


@pytest.mark.parametrize("steps", [(), (0.5, 0.1), (0.1, 0.1), (0.0, 0.5), (0.5, 1.0)])
def test_steps_ascend_between_0_and_1(steps: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError, match="ascending"):
        SelectionOptions(steps=steps)


def test_steps_belong_to_step_functions() -> None:
    with pytest.raises(ValidationError, match="step"):
        SelectionOptions(function="beta", steps=(0.025,))
    assert SelectionOptions(function="beta").cuts() == ()
    assert SelectionOptions().cuts() == (0.025,)
    assert SelectionOptions(alternative="two-sided").cuts() == (0.05,)


def test_options_survive_being_written_out_and_read_again() -> None:
    for options in (SelectionOptions(function="beta"), SelectionOptions(steps=(0.025, 0.5))):
        assert SelectionOptions.model_validate(options.model_dump()) == options


@pytest.mark.parametrize("function", ["step", "beta", "half-normal", "negative-exponential", "logistic", "power"])
@pytest.mark.parametrize("alternative", ["greater", "less", "two-sided"])
def test_nothing_breaks_where_effects_are_hundreds_of_standard_errors_apart(function: str, alternative: str) -> None:
    studies = made([300.0, -200.0, 5.0, 1.0, -2.0, 0.1], [1.0, 1e-4, 1e4, 1e-8, 0.1, 1.0])
    fit = selection_model(studies, SelectionOptions(function=function, alternative=alternative))
    assert np.isfinite(fit.estimate) or any(np.any(where) for where in fit.notes.values())


def test_every_parameter_has_its_standard_error() -> None:
    assert parameter_names("step", (0.025, 0.5)) == [
        "weight of P 0.025 to 0.5",
        "weight of P 0.5 to 1",
        "standard error of weight of P 0.025 to 0.5",
        "standard error of weight of P 0.5 to 1",
    ]
    fit = selection_model(selected(3), SelectionOptions(function="beta"))
    assert list(fit.parameters) == ["delta 1", "delta 2", "standard error of delta 1", "standard error of delta 2"]
    assert fit.tests[TEST].df == 2
