"""Influence diagnostics from first principles, and what must not change them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from influence_reference import refitted

from livereview import Array, Studies
from livereview.fitting import fitted
from livereview_estimation import Diagnostics, diagnostics, shrunken, without_each
from livereview_influence.model_refits import left_out, of_fits
from livereview_pooling import COMMON_EFFECT, MANTEL_HAENSZEL, RANDOM_EFFECTS

METHODS = [
    (tau2, test) for tau2 in ("REML", "DL", "PM", "ML", "EB", "HE", "HS", "SJ") for test in ("z", "knha", "adhoc")
]
METHODS += [("EE", "z"), ("EE", "t"), ("REML", "t")]
CHOICES = st.sampled_from(METHODS)


@st.composite
def reviews(draw: st.DrawFn, least: int = 3, most: int = 8) -> Studies:
    k = draw(st.integers(least, most))
    effect = draw(arrays(np.float64, k, elements=st.integers(-40, 40).map(lambda n: n / 16)))
    variance = draw(arrays(np.float64, k, elements=st.integers(1, 64).map(lambda n: n / 32)))
    return Studies(effect=effect, variance=variance, present=np.ones(k, dtype=bool))


def numbers(found: Diagnostics) -> dict[str, Array]:
    """Fields that are numbers, one for each study."""
    each = {field.name: getattr(found, field.name) for field in fields(found)}
    each["dfbetas"] = each["dfbetas"][..., 0]
    return {name: value for name, value in each.items() if value.dtype == np.float64}


def same(ours: Array, theirs: Array, tolerance: float = 1e-9) -> bool:
    """Equal up to rounding of what is about 1 in size, and of its own size; NaN where the other is."""
    return bool(np.allclose(ours, theirs, rtol=tolerance, atol=tolerance, equal_nan=True))


def plain_fit(y: Array, v: Array, tau2: float, hartung_knapp: bool) -> tuple[float, float, float]:
    """Estimate, its variance and the scale, written out."""
    w = 1 / (v + tau2)
    mean = float((w * y).sum() / w.sum())
    scale = float((w * (y - mean) ** 2).sum() / (y.size - 1)) if hartung_knapp and y.size > 1 else 1.0
    return mean, scale / float(w.sum()), scale


@pytest.mark.parametrize("hartung_knapp", [False, True])
def test_each_number_is_what_its_formula_says(hartung_knapp: bool) -> None:
    """Study by study in a loop, with tau² by DerSimonian and Laird."""
    y, v = np.array([0.1, 0.5, -0.2, 1.4, 0.3]), np.array([0.02, 0.04, 0.05, 0.1, 0.3])
    chosen = Studies(effect=y, variance=v, present=np.ones(5, dtype=bool))
    found = diagnostics(refitted(chosen, "DL", "knha" if hartung_knapp else "z"))

    def tau2_of(y: Array, v: Array) -> tuple[float, float]:
        w = 1 / v
        q = float((w * (y - (w * y).sum() / w.sum()) ** 2).sum())
        return max(0.0, (q - (y.size - 1)) / float(w.sum() - (w**2).sum() / w.sum())), q

    tau2 = tau2_of(y, v)[0]
    mean, variance, _ = plain_fit(y, v, tau2, hartung_knapp)
    for i in range(5):
        keep = np.arange(5) != i
        tau2_i, q_i = tau2_of(y[keep], v[keep])
        mean_i, variance_i, scale_i = plain_fit(y[keep], v[keep], tau2_i, hartung_knapp)
        hat = 1 / (v[i] + tau2) / (1 / (v + tau2)).sum()
        expected = {
            "rstudent": (y[i] - mean_i) / np.sqrt(scale_i * (v[i] + tau2_i) + variance_i),
            "rstandard": (y[i] - mean) / np.sqrt((v[i] + tau2) * (1 - hat)),
            "dffits": (mean - mean_i) / np.sqrt(scale_i * hat * (v[i] + tau2_i)),
            "cooks_distance": (mean - mean_i) ** 2 / variance,
            "covariance_ratio": variance_i / variance,
            "tau2_deleted": tau2_i,
            "q_deleted": q_i,
            "hat": hat,
            "dfbetas": (mean - mean_i) / np.sqrt(scale_i / (1 / (v + tau2_i)).sum()),
        }
        for name, value in expected.items():
            # Worst seen 7e-15.
            assert getattr(found, name)[i].item() == pytest.approx(value, rel=1e-13), name


def test_shrunken_effects_are_posterior_means_of_a_normal_prior() -> None:
    """tau² and the mean taken as known: precision-weighted mean of the study and the prior, and its variance."""
    chosen = Studies(
        effect=np.array([0.0, 1.0, 3.0]), variance=np.array([0.1, 0.2, 0.3]), present=np.ones(3, dtype=bool)
    )
    fits = refitted(chosen, "REML")
    found, tau2, mean = shrunken(fits), float(fits.tau2), float(fits.coefficients[0])
    precision = 1 / chosen.variance + 1 / tau2
    assert found.effect == pytest.approx((chosen.effect / chosen.variance + mean / tau2) / precision, rel=1e-14)
    share = 1 / chosen.variance / precision
    assert found.standard_error**2 == pytest.approx(1 / precision + (1 - share) ** 2 * fits.covariance[0, 0], rel=1e-13)


@given(reviews(), CHOICES, st.randoms(use_true_random=False))
def test_the_order_of_studies_never_matters(chosen: Studies, choice: tuple[str, str], random: Any) -> None:
    order = np.arange(chosen.effect.size)
    random.shuffle(order)
    turned = Studies(effect=chosen.effect[order], variance=chosen.variance[order], present=chosen.present)
    first, second = diagnostics(refitted(chosen, *choice)), diagnostics(refitted(turned, *choice))
    for name, value in numbers(first).items():
        assert same(value[order], numbers(second)[name]), name


@given(reviews(), CHOICES)
def test_signs_mirror_and_scales_scale(chosen: Studies, choice: tuple[str, str]) -> None:
    """Residuals change sign, and in units of -4 everything without a unit stays as it is."""
    turned = Studies(effect=-4 * chosen.effect, variance=16 * chosen.variance, present=chosen.present)
    first, second = numbers(diagnostics(refitted(chosen, *choice))), numbers(diagnostics(refitted(turned, *choice)))
    factor = {"rstudent": -1, "rstandard": -1, "dffits": -1, "dfbetas": -1, "tau2_deleted": 16, "rstudent_se": 4}
    factor |= {"rstandard_se": 4, "rstudent_residual": -4, "rstandard_residual": -4}
    for name, value in first.items():
        assert same(factor.get(name, 1) * value, second[name]), name


@given(st.lists(reviews(2, 6), min_size=2, max_size=4), CHOICES)
def test_a_review_in_a_batch_is_the_review_alone(several: list[Studies], choice: tuple[str, str]) -> None:
    width = max(chosen.effect.size for chosen in several)
    effect, variance = np.full((len(several), width), np.nan), np.full((len(several), width), np.nan)
    for row, chosen in enumerate(several):
        effect[row, : chosen.effect.size], variance[row, : chosen.effect.size] = chosen.effect, chosen.variance
    batch = Studies(effect=effect, variance=variance, present=np.isfinite(effect))
    together = numbers(diagnostics(refitted(batch, *choice)))
    for row, chosen in enumerate(several):
        for name, value in numbers(diagnostics(refitted(chosen, *choice))).items():
            assert same(together[name][row, : chosen.effect.size], value, 1e-12), name
            assert np.isnan(together[name][row, chosen.effect.size :]).all()


def test_masks_without_each_leave_out_one_study_that_is_there() -> None:
    assert without_each(np.array([True, False, True])).tolist() == [
        [False, False, True],
        [False, False, False],
        [True, False, False],
    ]


def test_two_studies_have_diagnostics_from_the_other_one_alone() -> None:
    chosen = Studies(effect=np.array([0.0, 2.0]), variance=np.array([1.0, 3.0]), present=np.ones(2, dtype=bool))
    for choice in METHODS:
        found = diagnostics(refitted(chosen, *choice))
        # The fit of one study has tau² = 0, normal quantiles and no scale: residual 2, variance 1 + 3.
        assert found.rstudent == pytest.approx([-1.0, 1.0], rel=1e-14)
        assert found.q_deleted.tolist() == [0.0, 0.0]


def test_one_study_has_no_diagnostics() -> None:
    chosen = Studies(effect=np.array([1.0]), variance=np.array([1.0]), present=np.ones(1, dtype=bool))
    for choice in METHODS:
        found = numbers(diagnostics(refitted(chosen, *choice)))
        assert np.isnan([found[name] for name in ("rstudent", "dffits", "cooks_distance", "dfbetas")]).all()
        assert found["hat"].tolist() == [1.0]


def test_without_heterogeneity_residuals_are_those_of_the_common_effect() -> None:
    chosen = Studies(effect=np.array([0.1, 0.2, 0.0, 0.15]), variance=np.full(4, 1.0), present=np.ones(4, dtype=bool))
    common = numbers(diagnostics(refitted(chosen, "EE")))
    for name, value in numbers(diagnostics(refitted(chosen, "REML"))).items():
        assert same(value, common[name], 1e-13), name
    fits = refitted(chosen, "REML")
    assert shrunken(fits).effect.tolist() == [float(fits.coefficients[0])] * 4


@given(reviews())
def test_equal_effects_leave_nothing_to_be_influential(chosen: Studies) -> None:
    """But for hat values. Deleted residuals are 0, never an error nor a number over nothing."""
    equal = Studies(effect=np.full(chosen.effect.size, 0.3), variance=chosen.variance, present=chosen.present)
    for choice in METHODS:
        found = diagnostics(refitted(equal, *choice))
        for value in (found.rstudent, found.dffits, found.cooks_distance, found.dfbetas):
            assert (np.isnan(value) | (np.abs(value) < 1e-7)).all()
        assert not found.outlier.any()


def test_variances_over_twelve_orders_keep_their_hat_values() -> None:
    """The study that has all the weight: its residual has the variance of the others, not a difference of two ones."""
    effect, variance = np.array([0.0, 1.0, -2.0]), np.array([1e-12, 1.0, 1.0])
    chosen = Studies(effect=effect, variance=variance, present=np.ones(3, dtype=bool))
    found = diagnostics(refitted(chosen, "EE"))
    assert found.rstandard_se[0] == pytest.approx(np.sqrt(2e-24), rel=1e-12)
    assert found.rstudent[0] == pytest.approx(0.5 / np.sqrt(0.5), rel=1e-12)


def test_models_without_inverse_variance_weights_are_judged_by_their_own_standard_error() -> None:
    """Mantel-Haenszel: the scale is 1, and DFBETAS divides by the standard error of all studies."""
    data = {
        "events_1": [4.0, 6, 3, 20],
        "n_1": [40.0, 90, 30, 100],
        "events_2": [8.0, 9, 9, 18],
        "n_2": [40.0, 90, 35, 90],
    }
    cells = {name: np.array(column) for name, column in data.items()}
    a, n1, c, n2 = cells.values()
    effect, variance, present = np.log(a / n1 * n2 / c), 1 / a - 1 / n1 + 1 / c - 1 / n2, np.ones(4, dtype=bool)
    chosen = Studies(effect=effect, variance=variance, present=present, data=cells, measure="RR")
    options = MANTEL_HAENSZEL.options()
    whole, without = (fitted(MANTEL_HAENSZEL, each, options) for each in (chosen, left_out(chosen)))
    found = diagnostics(of_fits(chosen, whole, without))
    change = whole.estimate - without.estimate
    assert found.dfbetas[:, 0] == pytest.approx(change / whole.standard_error, rel=1e-13)
    residual = (chosen.effect - without.estimate) / np.sqrt(chosen.variance + without.standard_error**2)
    assert found.rstudent == pytest.approx(residual, rel=1e-13)


def test_equal_weights_have_hat_values_of_one_over_k() -> None:
    chosen = Studies(
        effect=np.array([0.0, 1.0, 3.0, 2.0]), variance=np.array([0.1, 0.2, 0.4, 0.1]), present=np.ones(4, dtype=bool)
    )
    options = RANDOM_EFFECTS.options(weights="equal", interval="wald", tau2="DL")
    whole, without = (fitted(RANDOM_EFFECTS, each, options) for each in (chosen, left_out(chosen)))
    fits = of_fits(chosen, whole, without)
    found = diagnostics(fits)
    assert found.hat == pytest.approx([0.25] * 4)
    # (I - H)(V + tau²)(I - H)', H = 1/4 everywhere.
    total = np.diag(chosen.variance + float(fits.tau2))
    left = np.eye(4) - 0.25
    assert found.rstandard_se**2 == pytest.approx(np.diag(left @ total @ left.T), rel=1e-14)
    reweighted = (chosen.variance.sum() + 4 * found.tau2_deleted) / 16
    assert found.dfbetas[:, 0] == pytest.approx((whole.estimate - without.estimate) / np.sqrt(reweighted), rel=1e-13)


def test_a_common_effect_by_t_has_no_scale() -> None:
    chosen = Studies(
        effect=np.array([0.0, 1.0, 3.0]), variance=np.array([0.1, 0.2, 0.4]), present=np.ones(3, dtype=bool)
    )
    options = COMMON_EFFECT.options(interval="t")
    fits = of_fits(chosen, fitted(COMMON_EFFECT, chosen, options), fitted(COMMON_EFFECT, left_out(chosen), options))
    assert fits.without_scale == pytest.approx([1.0] * 3, rel=1e-15)
