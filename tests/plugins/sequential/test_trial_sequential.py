"""The analysis ``trial-sequential``: required information, looks, conclusions, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.special import ndtr
from sequential_requests import LABELS, request

from evidence_rows import ledger, ratio, real_result, result, trial
from livereview import PluginError
from livereview_bayes import livereview_effect_models
from livereview_pooling import COMMON_EFFECT
from livereview_sequential import TRIAL_SEQUENTIAL, livereview_further_analyses
from livereview_sequential import information as needed
from livereview_sequential.boundaries import efficacy
from livereview_sequential.design import TrialSequentialOptions, design_of
from livereview_sequential.looks import looks_of, normal_deviate
from livereview_sequential.monitoring import monitored
from livereview_sequential.spending import spent
from livereview_sequential.trial_sequential import conclusion

EFFECT, VARIANCE = [-0.5, -0.2, -0.45, -0.1, -0.3], [0.05, 0.03, 0.08, 0.02, 0.04]


def run(asked: Any, **options: Any) -> Any:
    return TRIAL_SEQUENTIAL.run(asked, TrialSequentialOptions(**options))


def parts(asked: Any, **options: Any) -> Any:
    chosen = TrialSequentialOptions(**options)
    looks = looks_of(asked, chosen.pooling)
    design = design_of(asked, looks, chosen)
    return looks, design, monitored(looks, design, chosen)


def test_the_analyses_are_registered_and_every_option_is_described() -> None:
    analyses = {analysis.name: analysis for analysis in livereview_further_analyses()}
    assert set(analyses) == {"trial-sequential", "anytime-valid"}
    assert all(field.description for one in analyses.values() for field in one.options.model_fields.values())


# --- required information ----------------------------------------------------------------------------------------


def test_the_required_size_of_a_binary_outcome_is_the_formula_of_wetterslev() -> None:
    # 10% against 8% (a relative reduction of 20%), alpha 5%, power 90%: 4 (1.96 + 1.2816)² 0.09 x 0.91 / 0.02²
    sought = needed.quantiles(0.05, 0.9)
    assert sought == pytest.approx(1.959964 + 1.281552, abs=1e-6)
    assert needed.required_binary(0.1, 0.08, sought) == pytest.approx(8605.6, abs=0.05)


def test_a_published_required_size_is_found_again() -> None:
    # Bjelakovic et al. 2013, doi:10.1371/journal.pone.0074558, figure 4: deaths 10% with placebo, a relative reduction
    # of 15%, alpha 5%, beta 20%, diversity 76% (printed without decimals): 48,417 participants.
    unadjusted = needed.required_binary(0.1, 0.085, needed.quantiles(0.05, 0.8))
    assert unadjusted / (1 - 0.755) < 48_417 < unadjusted / (1 - 0.765)


def test_the_required_size_of_a_mean_and_the_events_of_a_hazard_ratio() -> None:
    sought = needed.quantiles(0.05, 0.8)
    # Half a standard deviation, power 80%: 4 (2.8016)² / 0.25 = 125.6 people in both arms, the textbook's 63 in each.
    assert needed.required_mean(5, 10, sought) == pytest.approx(125.58, abs=0.01)
    # Schoenfeld 1981: a hazard ratio of 0.7 needs 247 events.
    assert needed.required_events(np.log(0.7), sought) == pytest.approx(246.8, abs=0.1)


@pytest.mark.parametrize(("measure", "effect"), [("RR", np.log(0.8)), ("RD", -0.02), ("OR", np.log(0.08 / 0.92 * 9))])
def test_a_relative_reduction_is_the_same_risk_by_every_measure(measure: str, effect: float) -> None:
    assert needed.effect_of_reduction(0.2, 0.1, measure) == pytest.approx(effect, rel=1e-13)
    assert needed.treated_risk(0.1, effect, measure) == pytest.approx(0.08, rel=1e-13)


def test_diversity_is_what_heterogeneity_adds_to_the_variance_of_the_pool() -> None:
    asked = request(EFFECT, VARIANCE, tau2="DL")
    fit = asked.fit(asked.studies)
    common = 1 / np.sum(1 / asked.studies.variance)
    found = needed.diversity(asked.studies.variance, float(fit.tau2))
    assert found.d2 == pytest.approx(1 - common / float(fit.standard_error) ** 2, abs=1e-14)
    assert needed.diversity(asked.studies.variance, 0.0).d2 == 0


def test_by_diversity_and_by_tau2_the_last_look_has_the_same_share() -> None:
    asked = request([-0.9, 0.2, -0.45, -0.1, 0.3], VARIANCE)
    by_d2, by_tau2 = (parts(asked, effect=0.7, heterogeneity=name)[1] for name in ("D2", "tau2"))
    assert by_d2.d2 > 0.2
    assert by_d2.share[-1] == pytest.approx(by_tau2.share[-1], rel=1e-12)
    assert not np.allclose(by_d2.share[:-1], by_tau2.share[:-1])
    assert by_tau2.least_trials == needed.least_trials(looks_of(asked, "outcome").tau2, by_tau2.required)


def test_fewer_trials_than_the_least_never_have_the_required_information() -> None:
    trials = needed.least_trials(0.1, 45.0)
    assert trials == 5
    endless = np.full(4, 1e-12)
    assert np.sum(1 / (endless + 0.1)) < 45 < np.sum(1 / (np.full(trials, 1e-12) + 0.1))


def test_participants_are_counted_and_divided_by_one_less_diversity() -> None:
    data = {"events_2": [20, 30, 25], "n_2": [100, 150, 100], "events_1": [10, 20, 20], "n_1": [100, 150, 100]}
    asked = request([-0.9, 0.2, -0.2], [0.1, 0.1, 0.1], measure="RR", data=data, participants=(200, 300, 200))
    _, design, _ = parts(asked, rrr=0.2, information="participants")
    control = 75 / 350
    assert design.control_risk == pytest.approx(control)
    assert design.unadjusted == pytest.approx(needed.required_binary(control, 0.8 * control, design.quantiles))
    assert design.required == pytest.approx(design.unadjusted / (1 - design.d2))
    assert list(design.so_far) == [200, 500, 700]


def test_events_and_standard_deviations_come_from_the_data() -> None:
    events = request(EFFECT, VARIANCE, data={"events": [80, 130, 50, 200, 100]})
    _, design, _ = parts(events, effect=0.75, information="events", heterogeneity="none")
    assert design.required == pytest.approx(needed.required_events(np.log(0.75), design.quantiles))
    assert design.so_far[-1] == 560
    means = {"sd_1": [8, 10], "n_1": [21, 41], "sd_2": [9, 12], "n_2": [21, 41]}
    pooled = np.sqrt((20 * 64 + 40 * 100 + 20 * 81 + 40 * 144) / 120)
    asked = request([2, 3], [1, 2], measure="MD", scale="identity", data=means)
    _, design, _ = parts(asked, effect=4, information="participants", heterogeneity="none")
    assert design.required == pytest.approx(needed.required_mean(4, pooled, design.quantiles))


# --- looks and boundaries ----------------------------------------------------------------------------------------


def test_z_is_that_of_the_cumulative_fits_of_the_outcome() -> None:
    asked = request(EFFECT, VARIANCE)
    looks = looks_of(asked, "outcome")
    for k in range(1, 6):
        own = request(EFFECT[:k], VARIANCE[:k])
        fit = own.fit(own.studies)
        assert looks.z[k - 1] == pytest.approx(float(fit.estimate / fit.standard_error), rel=1e-12)
    assert looks_of(asked, "DL").z == pytest.approx(looks.z, rel=1e-12)


def test_a_t_test_enters_with_the_normal_deviate_of_its_p() -> None:
    # t = 12.706 with 1 degree of freedom and t = 2.776 with 4 have P = 0.05.
    found = normal_deviate(np.array([12.706204736, -2.7764451052, 1.5]), np.array([1.0, 4.0, np.inf]))
    assert found == pytest.approx([1.959964, -1.959964, 1.5], abs=1e-6)
    looks = looks_of(request(EFFECT, VARIANCE, interval="hartung-knapp-adhoc"), "outcome")
    middle, low, high = looks.interval(4, 1.959963984540054)
    assert (low, high) == pytest.approx((looks.low[4], looks.high[4]), rel=1e-9)
    assert middle == looks.estimate[4]


def test_boundaries_are_those_of_the_shares_at_which_was_looked() -> None:
    asked = request(EFFECT, VARIANCE, model=COMMON_EFFECT)
    _looks, design, bounds = parts(asked, effect=0.6, heterogeneity="none", spending="pocock")
    share = np.cumsum(1 / np.array(VARIANCE)) / (design.quantiles / np.log(0.6)) ** 2
    assert design.share == pytest.approx(share)
    with_next = np.append(share[share < 1], 1.0)
    expected = efficacy(with_next, spent("pocock", 0.025, with_next))
    assert bounds.outer[share < 1] == pytest.approx(expected[:-1], rel=1e-12)


def test_the_first_look_with_the_required_information_is_the_last_one() -> None:
    asked = request(EFFECT, VARIANCE)
    _looks, design, bounds = parts(asked, effect=0.65)
    reached = int(np.argmax(design.share >= 1))
    assert reached == 2
    assert list(bounds.covered) == [True, True, True, False, False]
    assert bounds.ahead.share.size == 0
    assert np.isnan(bounds.outer[3:]).all()
    note = next(note for note in run(asked, effect=0.65).notes if "came later" in note)
    assert "was reached with Costa" in note
    assert "Dubois and Eriksen came later and have no boundary" in note


def test_what_the_next_look_would_need_ends_at_the_required_information() -> None:
    asked = request(EFFECT, VARIANCE)
    _, design, bounds = parts(asked, effect=0.8)
    assert bounds.ahead.share[-1] == 1
    whole = np.append(design.share, 1.0)
    assert bounds.ahead.outer[-1] == pytest.approx(efficacy(whole, spent("obrien-fleming", 0.025, whole))[-1])
    assert np.all(np.diff(bounds.ahead.outer) < 0)


def test_the_adjusted_interval_leaves_out_no_effect_exactly_where_the_boundary_is_crossed() -> None:
    for shift in (0.0, -0.2, -0.4):
        looks, _, bounds = parts(request(np.array(EFFECT) + shift, VARIANCE), effect=0.75)
        for look in np.flatnonzero(bounds.covered):
            _, low, high = looks.interval(int(look), float(bounds.outer[look]))
            assert (low > 0 or high < 0) == (look in bounds.crossings(looks.z))


def test_a_study_of_next_to_no_weight_repeats_the_boundary_before_it() -> None:
    _looks, _, bounds = parts(request([-0.5, 0.1, -0.4], [0.05, 1e5, 0.05]), effect=0.7, heterogeneity="none")
    assert bounds.outer[1] == bounds.outer[0]
    assert bounds.outer[2] == pytest.approx(parts(request([-0.5, -0.4], [0.05, 0.05]), effect=0.7,
                                                  heterogeneity="none")[2].outer[1], rel=1e-5)  # fmt: skip


# --- conclusions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("effect", "variance", "sought", "words"), [
    ([-0.9, -0.8, -0.85], [0.03] * 3, 0.5, "The boundary for an effect was crossed with"),
    ([-0.9, 0.5, 0.6], [0.02, 0.2, 0.01], 0.75, "it is no longer crossed after Costa"),
    ([0.01, -0.02, 0.0], [0.02] * 3, 0.7, "The wedge of futility was entered with"),
    ([-0.3, -0.2], [0.2] * 2, 0.7, "No boundary was crossed, with 12.1% of the required information"),
])  # fmt: skip
def test_the_conclusion_says_what_happened(effect: Any, variance: Any, sought: float, words: str) -> None:
    asked = request(effect, variance, model=COMMON_EFFECT)
    looks, design, bounds = parts(asked, effect=sought, heterogeneity="none")
    assert words in conclusion(asked, looks, design, bounds)


def test_enough_information_without_a_crossing_is_said() -> None:
    asked = request([-0.15, -0.15], [0.02, 0.02], model=COMMON_EFFECT)
    looks, design, bounds = parts(asked, effect=0.7, futility="none")
    assert bounds.last == 1
    assert "the effect sought is not shown" in conclusion(asked, looks, design, bounds)


def test_every_report_says_that_it_is_a_sensitivity_analysis() -> None:
    found = run(request(EFFECT, VARIANCE), effect=0.75)
    assert "Cochrane Handbook (chapter 22)" in found.notes[1]
    assert not any("statistically significant" in note for note in found.notes)


def test_the_figure_shows_what_the_table_says() -> None:
    asked = request(EFFECT, VARIANCE)
    found = run(asked, effect=0.75)
    series = {one.name: one for one in found.plots[0].series}
    assert list(series["cumulative Z"].y[1:]) == [row[4] for row in found.tables[1].rows]
    assert series["cumulative Z"].labels == ("", *LABELS[:5])
    drawn = series["boundary for an effect"].y[: len(EFFECT)]
    assert list(drawn) == [row[5] for row in found.tables[1].rows]
    assert found.plots[0].alt == found.notes[0]


def test_studies_of_one_day_are_named() -> None:
    days = ("2010-01-01", "2012-05-06", "2012-05-06", "2013", "2013")
    notes = run(request(EFFECT, VARIANCE, published=days), effect=0.75).notes
    assert [note for note in notes if "one day" in note] == [
        "Published on one day, in the order of their names: Brown and Costa. Only the look after the last counts."
    ]


def test_another_alpha_is_named_wherever_it_counts() -> None:
    found = run(request(EFFECT, VARIANCE), effect=0.75, alpha=0.01)
    names = [column.name for column in found.tables[2].columns]
    assert names[0] == "Usual 95% interval"
    assert names[2] == "Adjusted 99% interval"
    assert "±2.58, one look only" in [series.name for series in found.plots[0].series]


# --- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [
    {}, {"effect": 0.75, "rrr": 0.2}, {"rrr": 0}, {"effect": 0.75, "alpha": 1}, {"effect": 0.75, "power": 0},
    {"effect": 0.75, "heterogeneity": "tau2", "information": "participants"}, {"rrr": 1.0},
])  # fmt: skip
def test_a_design_that_cannot_be_is_refused_with_the_manifest(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TrialSequentialOptions(**options)


@pytest.mark.parametrize(("changes", "options", "message"), [
    ({"null": None}, {"effect": 0.75}, "a number of one arm has no value that means no effect"),
    ({}, {"effect": 1.0}, "effect = 1 is no effect"),
    ({}, {"effect": -0.3}, "cannot be a HR; state a ratio above 0"),
    ({}, {"rrr": 0.2}, "rrr is for RR, OR, RD, PETO; for HR state the effect itself"),
    ({}, {"effect": 0.75, "information": "participants"}, 'choose information = "events" or "statistical"'),
    ({"data": {"events": [50, np.nan]}}, {"effect": 0.75, "information": "events"}, "not stated for Brown"),
    ({"measure": "RR"}, {"rrr": 0.2}, "no study has the counts of its control arm"),
    ({"measure": "RR", "data": {"events_2": [0, 0], "n_2": [50, 50]}}, {"rrr": 0.2}, "the control arms have 0"),
    ({"measure": "RR"}, {"effect": 3, "control_risk": 0.5, "information": "participants"}, "a risk of 1.5"),
    ({"measure": "RR"}, {"rrr": -2, "control_risk": 0.5}, "to 1 or more"),
    ({"measure": "RR", "participants": (100, None)}, {"rrr": 0.2, "control_risk": 0.2, "information": "participants"},
     "number of participants not stated for Brown"),
    ({"measure": "MD", "scale": "identity"}, {"effect": 5, "information": "participants"}, "state one, e.g. sd = 10"),
    ({"measure": "OR"}, {"effect": 0.75, "information": "events"}, "events are the information of a HR"),
])  # fmt: skip
def test_what_is_missing_is_named(changes: Any, options: Any, message: str) -> None:
    with pytest.raises(PluginError, match=message.replace("(", r"\(")):
        run(request([-0.3, -0.2], [0.04, 0.05], **changes), **options)


def test_a_posterior_has_no_test_to_follow() -> None:
    (bayes,) = (model for model in livereview_effect_models() if model.name == "bayesian-random-effects")
    with pytest.raises(PluginError, match="has no test of no effect; choose pooling"):
        run(request(EFFECT, VARIANCE, model=bayes), effect=0.75)
    assert run(request(EFFECT, VARIANCE, model=bayes), effect=0.75, pooling="REML").tables


def test_one_study_is_refused_by_the_core() -> None:
    tables = ledger(ratio("a", 0.7, 0.5, 0.98))
    (found,) = result(tables, measure="HR", analyses=[{"name": "trial-sequential", "effect": 0.75}]).further
    assert found.refused == "1 study: it needs at least 2"


def test_studies_without_events_are_no_looks() -> None:
    tables = ledger(trial("a", (4, 40), (9, 40)), trial("b", (0, 30), (0, 30)), trial("c", (5, 50), (12, 50)))
    chosen = {"name": "trial-sequential", "rrr": 0.3, "information": "participants"}
    (found,) = result(tables, measure="RR", analyses=[chosen]).further
    assert [row[0] for row in found.shown[1].rows] == ["A", "C"]


# --- real evidence -----------------------------------------------------------------------------------------------


def test_overall_survival_in_relapsed_disease_comes_with_dates_and_its_own_model() -> None:
    outcome = real_result("blina_rr", "os-hr")
    found = next(one for one in outcome.further if one.name == "trial-sequential")
    rows = found.tables[1].rows
    assert [row[1] for row in rows] == [study.published_on for study in outcome.studies]
    assert 2 * ndtr(-abs(rows[-1][4])) == pytest.approx(outcome.pooled.p_value, rel=1e-9)  # type: ignore[arg-type]
    assert rows[-1][3][1:] == pytest.approx((outcome.pooled.ci_low, outcome.pooled.ci_high))  # type: ignore[index]
