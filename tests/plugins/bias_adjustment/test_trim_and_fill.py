"""Trim and fill: what stays the same whatever the order, side and unit; batches; data at the edge."""

from __future__ import annotations

import numpy as np
import pytest
from adjustment_data import batch_of, made, part, random_studies
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview import Studies
from livereview_bias_adjustment.trim_and_fill import (
    FILLED,
    LEFT,
    NO_SIDE,
    NONE,
    RIGHT,
    TRIM_AND_FILL,
    UNSETTLED,
    TrimAndFillOptions,
    filled,
    trim_and_fill,
)

SEEDS = st.integers(0, 2**32 - 1)
SOME = settings(deadline=None, max_examples=30)
ESTIMATORS = st.sampled_from(["L0", "R0", "Q0"])
#: Three studies about 0.1 that only grow with their standard error: one side is bare.
ONE_SIDED = made([0.1, 0.15, 0.3, 0.55, 0.9, 1.2], [0.001, 0.004, 0.02, 0.06, 0.15, 0.3])


@SOME
@given(SEEDS, ESTIMATORS)
def test_the_mirror_image_of_the_studies_has_the_mirror_image_filled_in(seed: int, estimator: str) -> None:
    studies = random_studies(seed)
    mirrored = made(-studies.effect, studies.variance)
    options = TrimAndFillOptions(estimator=estimator)
    fit, image = trim_and_fill(studies, options), trim_and_fill(mirrored, options)
    np.testing.assert_allclose(image.estimate, -fit.estimate, rtol=1e-10)
    np.testing.assert_array_equal(image.parameters[FILLED], fit.parameters[FILLED])
    assert bool(fit.notes.get(LEFT, False)) == bool(image.notes.get(RIGHT, False))


@SOME
@given(SEEDS, ESTIMATORS, st.floats(-20, 20), st.floats(1e-3, 1e3))
def test_order_shift_and_unit_change_nothing(seed: int, estimator: str, shift: float, unit: float) -> None:
    studies = random_studies(seed)
    order = np.random.default_rng(seed).permutation(studies.effect.size)
    options = TrimAndFillOptions(estimator=estimator, tau2="DL")
    fit = trim_and_fill(studies, options)
    moved = trim_and_fill(made((studies.effect[order] + shift) * unit, studies.variance[order] * unit**2), options)
    np.testing.assert_array_equal(moved.parameters[FILLED], fit.parameters[FILLED])
    np.testing.assert_allclose(moved.estimate, (fit.estimate + shift) * unit, rtol=1e-9, atol=1e-9 * unit)
    np.testing.assert_allclose(moved.standard_error, fit.standard_error * unit, rtol=1e-8)


@SOME
@given(SEEDS, ESTIMATORS, st.sampled_from(["wald", "hartung-knapp", "t"]))
def test_a_fit_in_a_batch_is_the_fit_alone(seed: int, estimator: str, interval: str) -> None:
    batch = batch_of(random_studies(seed), seed)
    options = TrimAndFillOptions(estimator=estimator, interval=interval)
    together = trim_and_fill(batch, options)
    for row in range(batch.present.shape[0]):
        alone = trim_and_fill(part(batch, row), options)
        for name in ("estimate", "standard_error", "tau2", "df"):
            ours, theirs = getattr(together, name), getattr(alone, name)
            if ours is not None:
                np.testing.assert_allclose(ours[row], theirs, rtol=1e-10, atol=1e-13, err_msg=name)
        np.testing.assert_allclose(together.weights[row][batch.present[row]], alone.weights, rtol=1e-10, atol=1e-13)


def test_images_lie_as_far_on_the_other_side() -> None:
    found = filled(ONE_SIDED.effect[None], ONE_SIDED.variance[None], ONE_SIDED.present[None], TrimAndFillOptions())
    here = found.present[0, 6:]
    assert here.sum() == found.trim.missing[0] > 0
    middle = (found.effect[0, 6:][here] + ONE_SIDED.effect[here]) / 2
    np.testing.assert_allclose(middle, found.trim.center[0], rtol=1e-14)
    np.testing.assert_array_equal(found.variance[0, 6:][here], ONE_SIDED.variance[here])


def test_filling_moves_the_estimate_towards_the_filled_side() -> None:
    fit = trim_and_fill(ONE_SIDED, TrimAndFillOptions())
    none = trim_and_fill(ONE_SIDED, TrimAndFillOptions(side="right"))
    assert bool(fit.notes[LEFT])
    assert bool(none.notes[NONE])
    assert fit.estimate < none.estimate


def test_weights_count_images_with_their_studies() -> None:
    fit = trim_and_fill(ONE_SIDED, TrimAndFillOptions(tau2="none"))
    images = filled(ONE_SIDED.effect[None], ONE_SIDED.variance[None], ONE_SIDED.present[None],
                    TrimAndFillOptions(tau2="none")).trim.trimmed[0]  # fmt: skip
    w = 1 / ONE_SIDED.variance * (1 + images)
    np.testing.assert_allclose(fit.weights, w / w.sum(), rtol=1e-14)


@pytest.mark.parametrize("estimator", ["L0", "R0", "Q0"])
def test_equal_effects_lack_no_study(estimator: str) -> None:
    fit = trim_and_fill(made([0.3] * 5, [0.1, 0.2, 0.05, 0.4, 0.1]), TrimAndFillOptions(estimator=estimator))
    assert fit.parameters[FILLED] == 0
    assert fit.estimate == pytest.approx(0.3, rel=1e-15)


def test_equal_standard_errors_leave_no_side_to_choose() -> None:
    fit = trim_and_fill(made([0.1, 0.4, 0.2, 0.9], [0.04] * 4), TrimAndFillOptions())
    assert bool(fit.notes[NO_SIDE])
    assert np.isfinite(fit.estimate)


@pytest.mark.parametrize("k", [0, 1, 2])
def test_fewer_than_three_studies_have_no_estimate(k: int) -> None:
    fit = trim_and_fill(made([0.1, 0.4][:k], [0.04, 0.1][:k]), TrimAndFillOptions())
    assert np.isnan(fit.estimate)
    assert TRIM_AND_FILL.minimum_studies == 3


def test_all_but_one_study_on_one_side_is_not_settled_and_said() -> None:
    fit = trim_and_fill(made([0.1, 0.4, 0.9], [1e-9, 1e-3, 1e3]), TrimAndFillOptions())
    assert bool(fit.notes[UNSETTLED])
    assert np.isnan(fit.estimate)


def test_variances_over_twelve_orders_of_magnitude_are_fitted() -> None:
    fit = trim_and_fill(made([0.1, 0.4, 0.9, -0.2, 0.05], [1e-9, 1e-3, 1e3, 1e-2, 1e-6]), TrimAndFillOptions())
    assert np.isfinite(fit.estimate)
    assert fit.standard_error > 0


def test_absent_slots_may_hold_anything() -> None:
    plain = ONE_SIDED
    hole = Studies(
        effect=np.append(plain.effect, np.nan),
        variance=np.append(plain.variance, -1.0),
        present=np.append(plain.present, False),
    )
    fit = trim_and_fill(hole, TrimAndFillOptions())
    assert fit.estimate == trim_and_fill(plain, TrimAndFillOptions()).estimate
    assert fit.weights[-1] == 0
