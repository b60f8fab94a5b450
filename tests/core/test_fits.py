"""From masks to pooled results: display scale, cut limits, people, what is left out where there is no number."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtri

from evidence_rows import count, ledger, number, outcome, ratio, report, result, scope, study, trial
from livereview.fits import fits_of
from livereview.json_values import as_json
from livereview.numbers import Numbers, numbers_of
from livereview.plugins import installed
from livereview.report import OutcomeResult
from livereview.setting import setting_of

Z = float(ndtri(0.975))
ARMS = [("a", 5, 10), ("b", 9, 30), ("c", 20, 80)]


def proportions(*arms: tuple[str, int, int], **keys: object) -> OutcomeResult:
    return result(ledger([count(*arm) for arm in arms]), **keys)


def freeman_tukey(x: float, n: float) -> float:
    return (math.asin(math.sqrt(x / (n + 1))) + math.asin(math.sqrt((x + 1) / (n + 1)))) / 2


def miller(t: float, n: float) -> float:
    """The inverse of the double arcsine (half-sum) transformation for sample size n: Miller 1978."""
    s = math.sin(2 * t)
    return (1 - math.copysign(1, math.cos(2 * t)) * math.sqrt(1 - (s + (s - 1 / s) / n) ** 2)) / 2


def test_a_freeman_tukey_result_is_shown_for_the_harmonic_mean_of_its_own_studies() -> None:
    found = proportions(*ARMS, measure="PFT", model="common-effect")
    effects = np.array([freeman_tukey(x, n) for _, x, n in ARMS])
    weights = np.array([4 * n + 2 for _, _, n in ARMS])

    def expected(at: list[int]) -> tuple[float, float, float]:
        size = len(at) / sum(1 / ARMS[i][2] for i in at)
        mean, se = np.average(effects[at], weights=weights[at]), weights[at].sum() ** -0.5
        low, middle, high = (miller(float(mean + z * se), size) for z in (-Z, 0, Z))
        return low, middle, high

    def shown(one: OutcomeResult | object) -> tuple[float, float, float]:
        interval = one.shown  # type: ignore[attr-defined]
        return interval.low, interval.estimate, interval.high

    # Worst error seen 2e-16: the same formula in another order.
    assert shown(found.pooled) == pytest.approx(expected([0, 1, 2]), abs=1e-13)
    for i, step in enumerate(found.leave_one_out):
        assert shown(step.pooled) == pytest.approx(expected([j for j in range(3) if j != i]), abs=1e-13)
    for i, step in enumerate(found.cumulative):
        assert shown(step.pooled) == pytest.approx(expected(list(range(i + 1))), abs=1e-13)


def test_limits_beyond_a_proportion_are_cut_and_every_place_says_so() -> None:
    found = proportions(("a", 1, 10), ("b", 0, 12), measure="PR", model={"name": "random-effects", "interval": "wald"})
    assert found.pooled.ci_low < 0 == found.pooled.shown.low
    text = "confidence and prediction limits cut at 0 or 100%: on the scale of the analysis the interval goes beyond"
    assert text in found.pooled.notes
    assert f"C{text[1:]}." in found.cautions


@pytest.mark.parametrize("measure", ["PAS", "PFT"])
@pytest.mark.parametrize(("events", "limit"), [(0, "low"), (20, "high")])
def test_limits_beyond_the_range_of_a_transformation_are_said_too(measure: str, events: int, limit: str) -> None:
    found = proportions(("a", events, 20), ("b", events, 20), measure=measure)
    assert getattr(found.pooled.shown, limit) == (0 if events == 0 else 1)
    assert any("limits cut at 0 or 100%" in note for note in found.pooled.notes)


@pytest.mark.parametrize("measure", ["PR", "PFT", "PAS", "PLO"])
def test_limits_that_are_not_cut_say_nothing(measure: str) -> None:
    found = proportions(*((name, 40 + i, 100) for i, name in enumerate("abcd")), measure=measure)
    assert found.pooled.notes == ()


def test_a_study_whose_interval_is_cut_says_so() -> None:
    (one,) = result(ledger(number("a", "survival", estimate=0.98, se=0.02)), measure="SURV").studies
    assert one.shown.high == 1
    assert "limits cut at 0 or 100%: on the scale of the analysis the interval goes beyond" in one.notes


def test_a_scale_that_turns_round_still_shows_the_lower_limit_first() -> None:
    rows = [
        number(name, "survival", estimate=s, ci_low=s - 0.1, ci_high=s + 0.1) for name, s in (("a", 0.5), ("b", 0.6))
    ]
    found = result(ledger(rows), measure="SURVLL")
    for interval in (found.pooled.shown, *(one.shown for one in found.studies)):
        assert interval.low < interval.estimate < interval.high
    assert found.pooled.prediction_shown is not None
    assert found.pooled.prediction_shown[0] < found.pooled.prediction_shown[1]


@pytest.mark.parametrize("level", [0.8, 0.9, 0.99])
def test_the_level_of_the_outcome_holds_for_the_pool_and_for_every_study(level: float) -> None:
    z = float(ndtri((1 + level) / 2))
    found = result(ledger(trial("a", (10, 40), (20, 40)), trial("b", (12, 40), (18, 40))), measure="RR", level=level)
    assert found.level == level
    assert found.pooled.ci_high == pytest.approx(found.pooled.estimate + z * found.pooled.standard_error, rel=1e-14)
    for one in found.studies:
        assert math.log(one.shown.high) == pytest.approx(one.effect + z * math.sqrt(one.variance), rel=1e-13)


def test_an_exact_interval_of_a_study_has_the_level_of_the_outcome() -> None:
    # Clopper and Pearson for 0 of 10: the upper limit is 1 - (alpha / 2) ** (1 / 10).
    (one,) = proportions(("a", 0, 10), level=0.9).studies
    assert (one.shown.low, one.shown.high) == (0, pytest.approx(1 - 0.05**0.1, rel=1e-12))
    (one,) = proportions(("a", 0, 10), level=0.9, measure={"name": "PLO", "level": 0.95}).studies
    assert one.shown.high == pytest.approx(1 - 0.025**0.1, rel=1e-12)


# --- people ------------------------------------------------------------------------------------------------------


def test_people_are_those_of_the_arms_compared() -> None:
    found = result(ledger(trial("a", (3, 10), (6, 12)), trial("b", (3, 20), (6, 22))), measure="RR")
    assert found.pooled.participants == 64
    assert [step.pooled.participants for step in found.cumulative] == [22, 64]


def test_a_hazard_ratio_has_the_people_of_its_two_arms() -> None:
    arms = study("a", n_total=300, n_arm_experimental=100, n_arm_control=90)
    assert result(ledger(arms, ratio("a", 0.7, 0.5, 0.98)), measure="HR").pooled.participants == 190
    whole = study("a", n_total=300)
    assert result(ledger(whole, ratio("a", 0.7, 0.5, 0.98)), measure="HR").pooled.participants == 300
    assert result(ledger(whole, ratio("a", 0.7, 0.5, 0.98, n=80)), measure="HR").pooled.participants == 80


def test_where_the_people_are_not_known_no_number_stands_for_them() -> None:
    part = ratio("a", 0.7, 0.5, 0.98, population="subgroup:adults")
    found = result(ledger(study("a", n_total=300), part), measure="HR", population=["subgroup:adults"])
    assert found.pooled.participants is None
    arm = number("a", "survival", estimate=0.5, se=0.1, comparator="placebo")
    assert result(ledger(study("a", n_total=300), arm), measure="SURV").pooled.participants is None
    some = ledger(number("a", "survival", estimate=0.5, se=0.1, n=30), number("b", "survival", estimate=0.5, se=0.1))
    assert result(some, measure="SURV").pooled.participants is None


# --- no study, one, two ------------------------------------------------------------------------------------------


def test_no_study_gives_no_number() -> None:
    pooled = proportions().pooled
    assert (pooled.k, pooled.q, pooled.i2, pooled.p_value, pooled.participants) == (0, None, None, None, None)
    assert math.isnan(pooled.estimate)
    assert math.isnan(pooled.shown.low)


def test_one_study_is_its_own_result_and_has_no_heterogeneity() -> None:
    found = result(ledger(ratio("a", 0.7, 0.5, 0.98)), measure="HR", level=0.95)
    pooled = found.pooled
    assert (pooled.k, pooled.q, pooled.q_df, pooled.i2, pooled.h2) == (1, None, None, None, None)
    assert pooled.shown.estimate == pytest.approx(0.7, rel=1e-15)
    # The printed interval is not exactly symmetric on the log scale: sqrt(0.98 / 0.5) to each side of 0.7.
    assert pooled.shown.high == pytest.approx(0.7 * math.sqrt(0.98 / 0.5), rel=1e-14)
    assert pooled.prediction_shown is None
    assert found.leave_one_out == found.cumulative == ()


def test_two_studies_have_no_prediction_interval_with_k_minus_2() -> None:
    assert proportions(*ARMS[:2], prediction="k-2").pooled.prediction_shown is None
    assert proportions(*ARMS[:2], prediction="k-2").pooled.prediction_df == ""
    assert proportions(*ARMS, prediction="k-2").pooled.prediction_df == "k-2"
    assert proportions(*ARMS, prediction="none").pooled.prediction_shown is None


def test_proportions_have_no_p_value_and_ratios_have_one() -> None:
    assert proportions(*ARMS).pooled.p_value is None
    assert result(ledger(ratio("a", 0.7, 0.5, 0.98)), measure="HR").pooled.p_value == pytest.approx(
        2 * 0.5 * math.erfc(abs(math.log(0.7)) / (math.log(0.98 / 0.5) / (2 * Z)) / math.sqrt(2)), rel=1e-12
    )


def test_i_squared_follows_its_basis() -> None:
    by_q, by_tau2 = proportions(*ARMS, ("d", 60, 80)).pooled, proportions(*ARMS, ("d", 60, 80), i2="tau2").pooled
    assert by_q.q is not None
    assert by_q.i2 == pytest.approx(100 * (by_q.q - 3) / by_q.q)
    # With DerSimonian and Laird's tau² the two are the same (Higgins and Thompson 2002).
    assert by_tau2.i2 == pytest.approx(by_q.i2, rel=1e-12)


def test_an_empty_mask_is_no_study_whatever_stands_beside_it() -> None:
    tables = ledger([count(*arm) for arm in ARMS])
    chosen = outcome()
    setting = setting_of(scope(tables), chosen, installed())
    numbers: Numbers = numbers_of(setting.scope, chosen, setting.measure)
    masks = np.array([[True, True, True], [False, False, False], [True, False, False]])
    fits = fits_of(numbers, masks, setting.model, chosen)
    assert [one.k for one in fits.pooled] == [3, 0, 1]
    assert fits.weights[1].tolist() == [0, 0, 0]


# --- order -------------------------------------------------------------------------------------------------------


def test_studies_stand_in_the_order_of_publication_those_without_a_date_last() -> None:
    dates = {"d": None, "c": "2020", "b": "2020-02", "a": "2019-12-31"}
    rows = [report(f"{name}-paper", name, published_on=date) for name, date in dates.items()]
    found = result(ledger(rows, [count(name, 3, 10) for name in dates]))
    assert [step.study_id for step in found.cumulative] == ["a", "c", "b", "d"]
    assert [one.published_on for one in found.studies] == ["2019-12-31", "2020", "2020-02", None]


def test_the_last_cumulative_fit_is_the_whole() -> None:
    found = proportions(*ARMS)
    assert as_json(found.cumulative[-1].pooled) == as_json(found.pooled)
    assert [step.pooled.k for step in found.leave_one_out] == [2, 2, 2]
