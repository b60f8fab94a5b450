"""What is written as RevMan's is what the settings of the package pool to; the rest has no result and a reason."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from handed_over import (
    COUNTS,
    EMPTY,
    HKSJ,
    WALD,
    by_setting,
    of_counts,
    of_means,
    of_proportions,
    of_ratios,
    package_of,
)
from package_reading import Row, differences, pooled, rows_in, table

from livereview import Failure, OutcomeResult

#: Worst difference seen: 3.7e-15 (I² of logit proportions, whose effects are read from the file).
CLOSE = 1e-12
RESULTS = ("Mean", "CI start", "CI end", "Heterogeneity Chi²", "Effect Z", "Effect T", "Effect P", "PI start", "PI end")
DL = {**WALD, "tau2": "DL"}
MH = {"name": "mantel-haenszel", "zero_cells": "only0-ratios", "rd_variance": "greenland-robins"}
MH_RANDOM = {"name": "mantel-haenszel-random", "zero_cells": "only0-ratios"}
SMD = {"name": "SMD", "variant": "revman"}


def only(outcome: OutcomeResult) -> tuple[Row, list[Row], str]:
    """Settings and data rows of the one analysis of a package, and its README."""
    files = package_of(outcome)
    (settings,) = table(files, "overall-estimates-and-settings")
    rows = table(files, "data-rows")
    assert rows_in(rows, settings) == rows
    return settings, rows, " ".join(files["README.txt"].decode().split())


REPRODUCED: dict[str, tuple[Callable[..., OutcomeResult], dict[str, Any], tuple[str, ...]]] = {
    "risk ratio, REML, Wald": (of_counts, {"model": WALD}, ("Dichotomous", "Risk Ratio", "IV", "REML", "Wald")),
    "risk ratio, DL": (of_counts, {"model": DL}, ("Dichotomous", "Risk Ratio", "IV", "DL", "Wald")),
    "risk ratio, HKSJ": (of_counts, {"model": HKSJ}, ("Dichotomous", "Risk Ratio", "IV", "REML", "HKSJ")),
    "odds ratio, fixed": (of_counts, {"measure": "OR", "model": "common-effect"},
                          ("Dichotomous", "Odds Ratio", "IV", "#N/A", "Wald")),
    "odds ratio, MH": (of_counts, {"measure": "OR", "model": MH}, ("Dichotomous", "Odds Ratio", "MH", "#N/A", "Wald")),
    "risk ratio, MH": (of_counts, {"model": MH}, ("Dichotomous", "Risk Ratio", "MH", "#N/A", "Wald")),
    "risk ratio, MH random": (of_counts, {"model": MH_RANDOM, "i2": "Q"},
                              ("Dichotomous", "Risk Ratio", "MH", "DL", "Wald")),
    "risk difference, MH": (of_counts, {"measure": "RD", "model": MH},
                            ("Dichotomous", "Risk Difference", "MH", "#N/A", "Wald")),
    "risk difference, REML": (of_counts, {"measure": "RD", "model": WALD},
                              ("Dichotomous", "Risk Difference", "IV", "REML", "Wald")),
    "empty cells, REML": (of_counts, {"counts": EMPTY, "model": WALD},
                          ("Dichotomous", "Risk Ratio", "IV", "REML", "Wald")),
    "empty cells, MH": (of_counts, {"counts": EMPTY, "model": MH}, ("Dichotomous", "Risk Ratio", "MH", "#N/A", "Wald")),
    "empty cells, RD": (of_counts, {"counts": EMPTY, "measure": "RD", "model": WALD},
                        ("Dichotomous", "Risk Difference", "IV", "REML", "Wald")),
    "mean difference": (of_means, {"model": WALD}, ("Continuous", "Mean Difference", "IV", "REML", "Wald")),
    "standardised": (of_means, {"measure": SMD, "model": WALD},
                     ("Continuous", "Std. Mean Difference", "IV", "REML", "Wald")),
    "standardised as in metafor": (of_means, {"measure": "SMD", "model": WALD},
                                   ("Contrast level", "Standardised mean difference", "IV", "REML", "Wald")),
    "ratio of means": (of_means, {"measure": "ROM", "model": WALD},
                       ("Contrast level", "Ratio of Means", "IV", "REML", "Wald")),
    "hazard ratio": (of_ratios, {"model": HKSJ}, ("Contrast level", "Hazard Ratio", "IV", "REML", "HKSJ")),
    "hazard ratio, 90 %": (of_ratios, {"model": WALD, "level": 0.9},
                           ("Contrast level", "Hazard Ratio", "IV", "REML", "Wald")),
    "peto": (of_counts, {"measure": "PETO", "model": "peto"},
             ("Contrast level", "Peto Odds Ratio", "IV", "#N/A", "Wald")),
    "corrected otherwise": (of_counts, {"counts": EMPTY, "measure": {"name": "RR", "add": 0.25}, "model": WALD},
                            ("Contrast level", "Risk ratio", "IV", "REML", "Wald")),
    "logit proportions": (of_proportions, {"model": WALD},
                          ("Contrast level", "Proportion (logit scale)", "IV", "REML", "Wald")),
    "log proportions": (of_proportions, {"measure": "PLN", "model": WALD},
                        ("Contrast level", "Proportion", "IV", "REML", "Wald")),
    "Freeman-Tukey": (of_proportions, {"measure": "PFT", "model": WALD},
                      ("Contrast level", "Proportion (freeman-tukey scale)", "IV", "REML", "Wald")),
}  # fmt: skip


@pytest.mark.parametrize("case", REPRODUCED)
def test_a_result_is_what_its_settings_and_rows_pool_to(case: str) -> None:
    make, keys, (kind, measure, method, estimator, interval) = REPRODUCED[case]
    given = {"prediction": "k-1" if interval == "HKSJ" else "normal", "i2": "Q" if estimator == "#N/A" else "tau2"}
    outcome = make(**{**given, **keys})
    settings, rows, _ = only(outcome)
    assert settings["Overall estimates"] == "true"
    told = (settings["Data type"], settings["Effect measure"], settings["Statistical method"])
    assert told == (kind, measure, method)
    assert (settings["Heterogeneity estimator"], settings["CI method"]) == (estimator, interval)
    computed = pooled(settings, rows)
    if outcome.null_shown is None:  # a proportion has no null, so no test
        assert settings["Effect P"] == ""
        del computed["Effect P"]
    found = differences(settings, computed)
    assert set(found) == set(computed)  # nothing that could be compared is blank
    assert max(found.values()) < CLOSE, found
    assert settings["Prediction interval"] == ("false" if estimator == "#N/A" else "true")
    assert bool(settings["Effect T"]) is (interval == "HKSJ")
    assert len(rows) == len(outcome.studies)


def test_every_number_of_a_study_is_the_reviews_own() -> None:
    outcome = of_counts(model=WALD)
    _, rows, _ = only(outcome)
    by_name = {row["Study"]: row for row in rows}
    for study in outcome.studies:
        row = by_name[study.label]
        cells = ("Experimental cases", "Experimental N", "Control cases", "Control N")
        assert [int(row[cell]) for cell in cells] == [study.data[x] for x in ("events_1", "n_1", "events_2", "n_2")]
        assert float(row["Weight"]) == study.weight
        shown = (study.shown.estimate, study.shown.low, study.shown.high)
        assert [float(row[cell]) for cell in ("Mean", "CI start", "CI end")] == pytest.approx(shown, rel=1e-14)
        assert row["GIV Mean"] == row["GIV SE"] == row["O-E"] == ""
    assert [row["Study year"] for row in rows] == ["2001"] * len(rows)


def test_people_and_events_are_summed_over_the_studies() -> None:
    settings, _, _ = only(of_counts(model=WALD))
    wanted = [sum(arms[side][i] for arms in COUNTS.values()) for side in (0, 1) for i in (0, 1)]
    cells = ("Experimental cases", "Experimental N", "Control cases", "Control N")
    assert [int(settings[cell]) for cell in cells] == wanted


NOT_POOLED: dict[str, tuple[Callable[..., OutcomeResult], dict[str, Any], str]] = {
    "another estimator": (of_counts, {"model": {**WALD, "tau2": "PM"}}, "no estimator of tau² called PM"),
    "another interval": (of_counts, {"model": {**WALD, "interval": "kenward-roger"}}, "no interval kenward-roger"),
    "a guarded interval": (of_proportions, {"model": {**HKSJ, "interval": "hartung-knapp-adhoc"}, "measure": "PR"},
                           "does not let the Hartung-Knapp interval get narrower"),
    "other weights": (of_counts, {"model": {**WALD, "weights": "equal"}}, "other weights than by inverse variance"),
    "a model of counts": (of_proportions, {"model": "binomial-normal"}, "no model binomial-normal"),
    "a posterior": (of_counts, {"model": {"name": "bayesian-random-effects", "prior": "half-normal", "scale": 0.5}},
                    "no model bayesian-random-effects"),
    "MH without a half": (of_counts, {"counts": EMPTY, "model": "mantel-haenszel"}, "a study has an empty cell"),
    "MH by Sato": (of_counts, {"measure": "RD", "model": "mantel-haenszel"}, "by Sato"),
    "MH of an empty risk difference": (of_counts, {"counts": EMPTY, "measure": "RD", "model": MH}, "not known"),
    "t of a fixed effect": (of_counts, {"model": {"name": "common-effect", "interval": "t"}}, "no t interval"),
}  # fmt: skip


@pytest.mark.parametrize("case", NOT_POOLED)
def test_what_revman_would_pool_otherwise_has_its_data_no_result_and_a_reason(case: str) -> None:
    make, keys, reason = NOT_POOLED[case]
    outcome = make(**keys)
    settings, rows, readme = only(outcome)
    assert (settings["Overall estimates"], settings["Subgroup estimates"]) == ("false", "false")
    assert settings["Prediction interval"] == settings["Test for subgroup differences"] == "false"
    assert [settings[column] for column in RESULTS] == [""] * len(RESULTS)
    assert len(rows) == len(outcome.studies)
    assert all(row["Mean"] and not row["Weight"] for row in rows)
    assert reason.casefold() in readme.casefold()
    assert f"from {outcome.pooled.k} studies by {outcome.model}" in readme  # the review's own result is told


def test_a_guarded_interval_that_was_not_raised_is_that_of_hartung_and_knapp() -> None:
    guarded = of_ratios(model={**HKSJ, "interval": "hartung-knapp-adhoc"}, i2="tau2")
    free = of_ratios(model=HKSJ, i2="tau2")
    raised = guarded.pooled.ci_low != free.pooled.ci_low
    settings, rows, _ = only(guarded)
    assert settings["Overall estimates"] == ("false" if raised else "true")
    assert raised or max(differences(settings, pooled(settings, rows)).values()) < CLOSE


@pytest.mark.parametrize(
    ("prediction", "interval"), [("k-1", "wald"), ("k-2", "hartung-knapp"), ("normal", "hartung-knapp")]
)
def test_a_prediction_interval_that_revman_has_not_is_left_out_and_told(prediction: str, interval: str) -> None:
    settings, _, readme = only(of_counts(model={**WALD, "interval": interval}, prediction=prediction, i2="tau2"))
    assert (settings["Prediction interval"], settings["PI start"], settings["PI end"]) == ("false", "", "")
    assert settings["Mean"]
    assert "No prediction interval, since RevMan has another one" in readme


def test_i2_from_q_is_no_i2_of_revmans_random_effects() -> None:
    settings, _, readme = only(of_counts(model=WALD, i2="Q"))
    assert settings["Heterogeneity I²"] == ""
    assert settings["Heterogeneity Chi²"]
    assert "RevMan's is from tau²" in readme


def test_one_study_has_its_own_interval_which_is_that_of_wald() -> None:
    settings, _, readme = only(of_counts({"adams": COUNTS["adams"]}, model=HKSJ))
    assert settings["CI method"] == "Wald"
    assert settings["Effect T"] == "" != settings["Effect Z"]
    assert "I²" not in readme


def test_counts_that_are_no_whole_numbers_are_entered_as_effects() -> None:
    outcome = of_counts(model=WALD)
    first = replace(outcome.studies[0], data={**outcome.studies[0].data, "events_1": 11.5})
    settings, rows, readme = only(replace(outcome, studies=(first, *outcome.studies[1:])))
    assert settings["Data type"] == "Contrast level"
    assert all(row["GIV Mean"] and not row["Experimental cases"] for row in rows)
    assert "RevMan takes whole numbers only" in readme


# --- subgroups -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [WALD, HKSJ, MH], ids=lambda model: str(model.get("interval", model["name"])))
def test_each_group_is_what_its_rows_pool_to(model: dict[str, Any]) -> None:
    files = package_of(of_counts(model=model, subgroups=[by_setting()], i2="Q" if model is MH else "tau2"))
    plain, divided = table(files, "overall-estimates-and-settings")
    rows, groups = table(files, "data-rows"), table(files, "subgroup-estimates")
    assert (plain["Analysis number"], divided["Analysis number"]) == ("1", "2")
    assert divided["Analysis name"] == "Remission: Setting"
    assert [group["Subgroup"] for group in groups] == ["First line", "Later"]
    for group in groups:
        own = rows_in(rows, divided, group["Subgroup number"])
        settings = {**divided, "Prediction interval": "false"}
        found = differences(group, pooled(settings, own))
        assert len(found) >= 7
        assert max(found.values()) < CLOSE, found
        assert float(group["Weight"]) == pytest.approx(sum(float(row["Weight"]) for row in own), rel=1e-14)
        assert int(group["Experimental N"]) == sum(int(row["Experimental N"]) for row in own)
    assert sum(float(group["Weight"]) for group in groups) == pytest.approx(100, rel=1e-12)
    assert {column: divided[column] for column in RESULTS} == {column: plain[column] for column in RESULTS}
    assert divided["Test for subgroup differences"] == "true"
    assert float(divided["Subgroup Chi²"]) > 0


def test_groups_that_leave_out_a_study_have_subtotals_and_no_total() -> None:
    division = {"by": "setting", "title": "Setting", "groups": {"Later": "later"}}
    files = package_of(of_counts(model=WALD, i2="tau2", subgroups=[division]))
    plain, divided = table(files, "overall-estimates-and-settings")
    assert (plain["Overall estimates"], divided["Overall estimates"]) == ("true", "false")
    assert (divided["Subgroup estimates"], divided["Mean"], divided["Experimental N"]) == ("true", "", "")
    (group,) = table(files, "subgroup-estimates")
    own = rows_in(table(files, "data-rows"), divided)
    assert len(own) == 3
    assert max(differences(group, pooled({**divided, "Prediction interval": "false"}, own)).values()) < CLOSE
    assert "its groups do not hold each study once" in " ".join(files["README.txt"].decode().lower().split())


def test_parts_of_studies_are_left_out_since_their_numbers_are_not_in_the_report() -> None:
    division = {"by": "result.population", "title": "Blasts", "groups": {"All": "ITT", "Few": "subgroup:few"}}
    files = package_of(of_counts(model=WALD, subgroups=[division]))
    assert len(table(files, "overall-estimates-and-settings")) == 1
    assert "groups are parts of studies" in " ".join(files["README.txt"].decode().split())


def test_a_failed_outcome_is_left_out_with_what_failed() -> None:
    failure = Failure(section="outcome", plugin="x", provider="y 1", message="the model broke")
    files = package_of(replace(of_counts({}, title="Death"), failures=(failure,)))
    assert table(files, "overall-estimates-and-settings") == []
    assert "It failed: the model broke: - Death" in " ".join(files["README.txt"].decode().split())


def test_studies_without_an_effect_are_no_result() -> None:
    outcome = of_counts(model=WALD)
    bare = tuple(replace(study, effect=math.nan, variance=math.nan) for study in outcome.studies)
    nothing = replace(outcome.pooled, k=0, estimate=math.nan)
    settings, rows, readme = only(replace(outcome, studies=bare, pooled=nothing))
    assert (settings["Overall estimates"], settings["Mean"], settings["Experimental N"]) == ("false", "", "")
    assert [row["Mean"] for row in rows] == [""] * len(rows)
    assert "No study has an effect that could be pooled: - 1.1 Remission" in readme
