"""Intervals, tests, heterogeneity and prediction, against scipy.stats, textbook sums and limiting cases."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from livereview import Fit, Studies
from livereview.inference import Inference, between, derived

Y = np.array([0.2, -0.4, 0.9, 0.1, 0.5])
V = np.array([0.04, 0.3, 0.1, 0.02, 0.2])
STUDIES = Studies(effect=Y, variance=V, present=np.ones(5, dtype=bool))
FIT = Fit(
    estimate=np.array(0.25),
    standard_error=np.array(0.1),
    weights=np.full(5, 0.2),
    tau2=np.array(0.06),
    df=np.array(4.0),
)


def of(fit: Fit = FIT, studies: Studies = STUDIES, **choices: Any) -> Inference:
    return derived(studies, fit, **choices)


def only(k: int) -> Studies:
    """The first k studies."""
    return dataclasses.replace(STUDIES, present=np.arange(5) < k)


def test_interval_and_test_follow_t_where_the_model_says_so() -> None:
    found = of(null=0.1)
    low, high = stats.t(4, 0.25, 0.1).interval(0.95)
    assert (found.ci_low, found.ci_high) == (pytest.approx(low, rel=1e-13), pytest.approx(high, rel=1e-13))
    assert found.statistic == pytest.approx(1.5)
    assert found.p_value == pytest.approx(2 * stats.t(4).sf(1.5), rel=1e-13)


@pytest.mark.parametrize("df", [None, np.array(np.inf)])
def test_interval_and_test_are_normal_without_degrees_of_freedom(df: Any) -> None:
    found = of(dataclasses.replace(FIT, df=df), level=0.9, null=0.0)
    low, high = stats.norm(0.25, 0.1).interval(0.9)
    assert (found.ci_low, found.ci_high) == (pytest.approx(low, rel=1e-13), pytest.approx(high, rel=1e-13))
    assert found.p_value == pytest.approx(2 * stats.norm.sf(2.5), rel=1e-13)


def test_p_values_keep_their_digits_in_the_far_tail() -> None:
    far = dataclasses.replace(FIT, estimate=np.array(3.5))
    assert of(far, null=0.0).p_value == pytest.approx(2 * stats.t(4).sf(35), rel=1e-12)
    assert of(dataclasses.replace(far, df=None), null=0.0).p_value == pytest.approx(2 * stats.norm.sf(35), rel=1e-11)


def test_without_a_null_there_is_no_test() -> None:
    found = of()
    assert np.isnan([found.statistic, found.p_value]).all()


def test_a_models_own_interval_is_kept() -> None:
    own = dataclasses.replace(FIT, ci_low=np.array(-1.0), ci_high=np.array(2.0))
    assert (of(own).ci_low, of(own).ci_high) == (-1.0, 2.0)


def test_a_standard_error_of_zero_has_no_width_and_no_doubt() -> None:
    exact = dataclasses.replace(FIT, standard_error=np.array(0.0))
    found = of(exact, null=0.0)
    assert (found.ci_low, found.ci_high, found.statistic, found.p_value) == (0.25, 0.25, np.inf, 0.0)
    assert np.isnan(of(exact, null=0.25).p_value)


def test_q_is_about_the_common_effect_mean_whatever_the_model() -> None:
    w = 1 / V
    q = (w * (Y - np.average(Y, weights=w)) ** 2).sum()
    found = of()
    assert found.q == pytest.approx(q, rel=1e-13)
    assert found.q_df == 4
    assert found.q_p == pytest.approx(stats.chi2(4).sf(q), rel=1e-12)
    assert of(dataclasses.replace(FIT, estimate=np.array(9.0), tau2=np.array(7.0))).q == found.q


def test_i_squared_by_q_and_by_tau_squared() -> None:
    w = 1 / V
    typical = 4 / (w.sum() - (w**2).sum() / w.sum())
    by_q, by_tau2 = of(), of(i2_basis="tau2")
    assert by_q.i2 == pytest.approx(100 * (by_q.q - 4) / by_q.q, rel=1e-13)
    assert by_q.h2 == pytest.approx(by_q.q / 4, rel=1e-13)
    assert by_tau2.i2 == pytest.approx(100 * 0.06 / (0.06 + typical), rel=1e-13)
    assert by_tau2.h2 == pytest.approx(1 + 0.06 / typical, rel=1e-13)


def test_a_model_without_tau_squared_has_i_squared_by_q_and_no_prediction() -> None:
    common = dataclasses.replace(FIT, tau2=None)
    found = of(common, i2_basis="tau2")
    assert (found.i2, found.h2) == (of().i2, of().h2)
    assert np.isnan([found.tau2, found.prediction_low, found.prediction_high]).all()


def test_dersimonian_laird_makes_both_kinds_of_i_squared_equal() -> None:
    w = 1 / V
    trace = w.sum() - (w**2).sum() / w.sum()
    dl = dataclasses.replace(FIT, tau2=np.array((float(of().q) - 4) / trace))
    assert of(dl, i2_basis="tau2").i2 == pytest.approx(of(dl).i2, rel=1e-12)


def test_less_dispersion_than_chance_is_no_inconsistency() -> None:
    calm = dataclasses.replace(STUDIES, effect=np.array([0.2, 0.21, 0.2, 0.19, 0.2]))
    assert of(studies=calm).i2 == 0
    assert 0 < of(studies=calm).h2 < 1


@pytest.mark.parametrize(
    ("prediction", "distribution"),
    [("k-1", stats.t(4)), ("k-2", stats.t(3)), ("normal", stats.norm), ("model", stats.t(2.5))],
)
def test_prediction_intervals_by_convention(prediction: Any, distribution: Any) -> None:
    found = of(dataclasses.replace(FIT, df=np.array(2.5)), prediction=prediction, level=0.9)
    reach = distribution.ppf(0.95) * np.sqrt(0.06 + 0.1**2)
    assert found.prediction_low == pytest.approx(0.25 - reach, rel=1e-12)
    assert found.prediction_high == pytest.approx(0.25 + reach, rel=1e-12)


def test_no_prediction_where_none_is_asked_for_or_possible() -> None:
    present = np.arange(5) < np.array([[0], [1], [2], [3]])
    studies = dataclasses.replace(STUDIES, present=present)
    fit = Fit(
        estimate=np.full(4, 0.25), standard_error=np.full(4, 0.1), weights=np.zeros((4, 5)), tau2=np.full(4, 0.06)
    )
    possible = {
        name: np.isfinite(of(fit, studies, prediction=name).prediction_low).tolist()  # type: ignore[arg-type]
        for name in ("k-1", "k-2", "normal", "model", "none")
    }
    assert possible == {
        "k-1": [False, False, True, True],
        "k-2": [False, False, False, True],
        "normal": [False, False, True, True],
        "model": [False, False, True, True],
        "none": [False] * 4,
    }


def test_one_study_has_no_heterogeneity_and_none_has_no_number() -> None:
    one, none = of(studies=only(1)), of(studies=only(0))
    assert (one.k, one.q, one.q_df, one.q_p, one.i2, one.h2) == (1, 0, 0, 1, 0, 1)
    assert none.k == 0
    assert np.isnan([none.q, none.q_df, none.q_p, none.i2, none.h2]).all()


def test_dominant_studies_leave_q_and_i_squared_their_digits() -> None:
    """Exact: with w = (1, e, e) and y = (0, a, -a) the mean is 0, so Q = 2 e a² and tr P = 2e (2 + e) / (1 + 2e)."""
    studies = Studies(
        effect=np.array([5.0, 5.0 + 3e6, 5.0 - 3e6]), variance=np.array([1e-12, 1e12, 1e12]), present=np.ones(3, bool)
    )
    fit = Fit(estimate=np.array(5.0), standard_error=np.array(1e-6), weights=np.array([1, 0, 0]), tau2=np.array(1e12))
    found = of(fit, studies, i2_basis="tau2")
    assert found.q == pytest.approx(18.0, rel=1e-13)
    assert found.i2 == pytest.approx(100 / (1 + 0.5), rel=1e-12)


@given(st.integers(0, 2**32 - 1))
def test_a_batch_equals_its_parts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, v = rng.normal(size=(2, 3, 6)), rng.uniform(0.01, 1, (2, 3, 6))
    present = rng.uniform(size=y.shape) < 0.6
    shape = present.shape[:-1]
    fit = Fit(
        estimate=rng.normal(size=shape),
        standard_error=rng.uniform(0.1, 1, shape),
        weights=np.zeros(present.shape),
        tau2=rng.uniform(0, 1, shape),
        df=rng.choice([1, 2.5, 4, np.inf], shape),
    )
    whole = of(fit, Studies(effect=y, variance=v, present=present), null=0.0, i2_basis="tau2", prediction="model")
    for at in np.ndindex(*shape):
        here = present[at]
        part = of(
            Fit(
                estimate=fit.estimate[at],
                standard_error=fit.standard_error[at],
                weights=np.zeros(int(here.sum())),
                tau2=fit.tau2[at],  # type: ignore[index]
                df=fit.df[at],  # type: ignore[index]
            ),
            Studies(effect=y[at][here], variance=v[at][here], present=here[here]),
            null=0.0,
            i2_basis="tau2",
            prediction="model",
        )
        for field in dataclasses.fields(Inference):
            own, alone = getattr(whole, field.name)[at], getattr(part, field.name)
            np.testing.assert_allclose(own, alone, rtol=1e-12, atol=1e-13, err_msg=field.name)


def test_many_fits_of_shared_studies_are_derived_in_parts() -> None:
    rng = np.random.default_rng(1)
    present = rng.uniform(size=(30_000, 5)) < 0.5
    fit = Fit(estimate=np.zeros(30_000), standard_error=np.ones(30_000), weights=np.zeros((30_000, 5)))
    found = of(fit, dataclasses.replace(STUDIES, present=present))
    last = of(studies=dataclasses.replace(STUDIES, present=present[-1]))
    assert found.q[-1] == pytest.approx(last.q, rel=1e-13)
    assert found.q.shape == (30_000,)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, float("nan")])
def test_a_level_outside_0_to_1_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="it must lie between 0 and 1"):
        of(level=level)


def test_an_unknown_convention_of_prediction_is_refused() -> None:
    with pytest.raises(ValueError, match="'k-3'; it must be one of k-1, k-2, normal, model, none"):
        of(prediction="k-3")


def test_an_unknown_basis_of_i_squared_is_refused() -> None:
    with pytest.raises(ValueError, match="'q'; it must be Q or tau2"):
        of(i2_basis="q")


def test_between_groups_is_a_fixed_effect_q() -> None:
    estimates, errors = np.array([0.1, 0.5, -0.3]), np.array([0.1, 0.2, 0.3])
    w = 1 / errors**2
    expected = (w * (estimates - np.average(estimates, weights=w)) ** 2).sum()
    q, df, p = between(estimates, errors)
    assert (q, df) == (pytest.approx(expected, rel=1e-13), 2)
    assert p == pytest.approx(stats.chi2(2).sf(expected), rel=1e-12)


def test_between_leaves_out_groups_without_an_estimate() -> None:
    whole = between(np.array([0.1, 0.5]), np.array([0.1, 0.2]))
    padded = between(np.array([[0.1, np.nan, 0.5]]), np.array([[0.1, np.nan, 0.2]]))
    assert [float(x[0]) for x in padded] == [float(x) for x in whole]


def test_between_has_no_number_for_one_group_or_an_exact_one() -> None:
    for estimates, errors, degrees in (
        ([0.1], [0.2], 0),
        ([np.nan], [np.nan], 0),
        ([], [], 0),
        ([0.1, 0.2], [0.0, 0.1], 1),
    ):
        q, df, p = between(np.array(estimates), np.array(errors))
        assert np.isnan(q)
        assert np.isnan(p)
        assert df == degrees
