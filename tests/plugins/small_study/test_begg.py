"""Begg and Mazumdar's test: its deviates, the choice of P, and the data it must refuse."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from livereview import PluginError, Studies
from livereview_small_study.begg import BEGG, BeggOptions, begg_correlation, standardized_deviates

EFFECT = [0.10, 0.35, 0.20, 0.60, 0.15, 0.90]
VARIANCE = [0.01, 0.04, 0.02, 0.09, 0.03, 0.20]


def studies(effect: list[float] | np.ndarray, variance: list[float] | np.ndarray, measure: str = "RR") -> Studies:
    y, v = np.asarray(effect, dtype=float), np.asarray(variance, dtype=float)
    return Studies(effect=y, variance=v, present=np.ones(y.size, dtype=bool), measure=measure)


def test_deviates_are_distances_from_the_common_effect_over_their_standard_error() -> None:
    y, v = np.array(EFFECT), np.array(VARIANCE)
    mean = (y / v).sum() / (1 / v).sum()
    # The formula as it stands; worst error seen 2.2e-16.
    plain = (y - mean) / np.sqrt(v - 1 / (1 / v).sum())
    np.testing.assert_allclose(standardized_deviates(y, v), plain, rtol=0, atol=1e-15)


def test_a_study_that_outweighs_all_others_keeps_its_deviate() -> None:
    # v - 1/sum(1/v) is 0 in doubles for the first study; its deviate is minus the others' weighted mean distance,
    # sum w_j (y_1 - y_j) / sqrt(sum w_j) to order 1e-18.
    y, v = np.array([0.5, 0.1, 0.2]), np.array([1e-18, 1.0, 2.0])
    expected = ((0.5 - 0.1) / 1 + (0.5 - 0.2) / 2) / np.sqrt(1.5)
    assert standardized_deviates(y, v)[0] == pytest.approx(expected, rel=1e-12)


def test_auto_is_exact_for_few_studies_without_ties() -> None:
    found = BEGG.test(studies(EFFECT, VARIANCE), BeggOptions())
    assert found.method == "Kendall's tau, exact"
    assert (found.statistic_name, found.statistic) == ("tau", found.estimate)
    assert found.p_value == BEGG.test(studies(EFFECT, VARIANCE), BeggOptions(p="exact")).p_value


def test_auto_is_normal_with_ties_or_from_fifty_studies() -> None:
    rng = np.random.default_rng(1)
    many = studies(rng.normal(size=50), rng.uniform(0.1, 1, size=50))
    tied = studies(EFFECT, [0.01, 0.04, 0.04, 0.09, 0.03, 0.20])
    for data, words in ((many, "no ties"), (tied, "tie-corrected")):
        found = BEGG.test(data, BeggOptions())
        assert found.statistic_name == "z"
        assert found.method == f"Kendall's score, normal approximation, {words}"
        assert found.p_value == BEGG.test(data, BeggOptions(p="normal")).p_value


def test_continuity_correction_takes_one_from_the_score() -> None:
    correlation = begg_correlation(np.array(EFFECT), np.array(VARIANCE))
    found = BEGG.test(studies(EFFECT, VARIANCE), BeggOptions(p="normal-continuity"))
    assert found.statistic == pytest.approx((abs(correlation.score) - 1) / np.sqrt(correlation.variance), rel=1e-14)
    assert "continuity-corrected" in found.method


def test_variances_that_differ_by_rounding_only_are_ties() -> None:
    one, other = 0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1
    assert one != other
    assert begg_correlation(np.array(EFFECT), np.array([one, other, 0.11, 0.2, 0.3, 0.4])).ties


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_the_unit_of_the_effect_changes_nothing(unit: float) -> None:
    found = BEGG.test(studies(EFFECT, VARIANCE), BeggOptions())
    assert BEGG.test(studies(np.array(EFFECT) * unit, np.array(VARIANCE) * unit**2), BeggOptions()) == found


@pytest.mark.parametrize(
    ("effect", "variance"),
    [([0.1, 0.2, 0.3, 0.5], [0.04] * 4), ([0.5] * 4, [0.01, 0.02, 0.03, 0.04])],
    ids=["equal variances", "equal effects"],
)
def test_studies_without_order_are_refused(effect: list[float], variance: list[float]) -> None:
    with pytest.raises(PluginError, match="no order to compare"):
        BEGG.test(studies(effect, variance), BeggOptions())


@pytest.mark.parametrize("k", [1, 2])
def test_fewer_than_three_studies_are_refused(k: int) -> None:
    with pytest.raises(PluginError, match=f"at least 3 studies; there are {k}"):
        BEGG.test(studies(EFFECT[:k], VARIANCE[:k]), BeggOptions())


def test_three_studies_cannot_reach_a_p_below_a_third() -> None:
    # 3! = 6 orders: the smallest two-sided P is 2/6.
    found = BEGG.test(studies([0.1, 0.5, 0.9], [0.01, 0.1, 0.3]), BeggOptions())
    assert found.estimate == 1
    assert found.p_value == pytest.approx(1 / 3, rel=1e-14)


def test_an_exact_p_with_ties_is_refused() -> None:
    with pytest.raises(PluginError, match='Use p = "auto" or "normal"'):
        BEGG.test(studies(EFFECT, [0.01, 0.04, 0.04, 0.09, 0.03, 0.20]), BeggOptions(p="exact"))


def test_an_exact_p_of_very_many_studies_is_refused() -> None:
    rng = np.random.default_rng(2)
    with pytest.raises(PluginError, match="at most 170 studies; there are 171"):
        BEGG.test(studies(rng.normal(size=171), rng.uniform(0.1, 1, size=171)), BeggOptions(p="exact"))


def test_an_unknown_p_is_refused() -> None:
    with pytest.raises(ValidationError):
        BeggOptions.model_validate({"p": "bootstrap"})
