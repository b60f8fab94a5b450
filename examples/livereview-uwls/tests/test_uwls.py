"""UWLS as an installed plugin: what holds for every model, the numbers of two other programs, the identities."""

import numpy as np
import pytest
from livereview_uwls import UWLS

import livereview
from livereview.testing import conforms

# BCG trials (Colditz et al. 1994, 10.1001/jama.1994.03510330076038): tuberculosis among vaccinated and not vaccinated.
BCG = {
    "events_1": [4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27],
    "n_1": [123, 306, 231, 13598, 5069, 1541, 2545, 88391, 7499, 1716, 50634, 2498, 16913],
    "events_2": [11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29],
    "n_2": [139, 303, 220, 12867, 5808, 1451, 629, 88391, 7277, 1665, 27338, 2341, 17854],
}


def test_it_keeps_what_holds_for_every_model() -> None:
    conforms(UWLS)


def test_bcg_agrees_with_r() -> None:
    """R 4.2.2: summary(lm(y ~ 1, weights = 1 / v)); metafor 3.8-1: rma(y, v, method = "EE", test = "knha")."""
    trials = livereview.effects(BCG, "RR")
    found = livereview.pool(trials["effect"], trials["variance"], "uwls")
    # Largest relative difference seen: 3e-15, the rounding of thirteen terms.
    assert found.estimate == pytest.approx(-0.4302851636540909, rel=1e-13)
    assert found.standard_error == pytest.approx(0.1442465479796955, rel=1e-13)
    assert found.p_value == pytest.approx(0.01142223504005324, rel=1e-12)
    assert (found.ci_low, found.ci_high) == pytest.approx((-0.7445713930274609, -0.1159989342807208), rel=1e-12)


def test_it_is_the_common_effect_mean_with_another_interval() -> None:
    effect, variance = np.array([0.1, 0.5, 0.9]), np.array([0.04, 0.02, 0.08])
    ours, common = livereview.pool(effect, variance, "uwls"), livereview.pool(effect, variance, "common-effect")
    assert ours.estimate == pytest.approx(common.estimate, rel=1e-15)
    assert ours.weights == pytest.approx(common.weights, rel=1e-15)
    assert ours.standard_error == pytest.approx(common.standard_error * np.sqrt(common.q / 2), rel=1e-14)


def test_at_least_one_never_narrows_the_interval() -> None:
    effect, variance = np.array([0.30, 0.31, 0.32]), np.array([0.04, 0.02, 0.08])
    common = livereview.pool(effect, variance, "common-effect")
    assert livereview.pool(effect, variance, "uwls").standard_error < common.standard_error
    raised = livereview.pool(effect, variance, "uwls", scale="at-least-one")
    assert raised.standard_error == pytest.approx(common.standard_error, rel=1e-15)
    assert raised.notes == ("scale of the standard error raised to 1",)


def test_equal_effects_are_noted() -> None:
    found = livereview.pool(np.full(3, 0.25), np.full(3, 0.04), "uwls")
    assert found.standard_error == 0
    assert found.notes == ("all effects are equal: the interval has no width",)
