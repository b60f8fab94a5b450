"""The analysis ``next-trials``: its tables, figures and what it says, and what it refuses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from planning_requests import ADHOC, array, random_effects, request, trials
from scipy.special import expit

from livereview import Analysed, AnalysisRequest, EffectModel, PlannedTrial, PluginError, Table
from livereview.manifest.jsonschema import own_plugins
from livereview_planning.analysis import analysed
from livereview_planning.options import NextTrialsOptions
from livereview_pooling import RANDOM_EFFECTS


def looked(asked: AnalysisRequest, **options: Any) -> Analysed:
    return analysed(asked, NextTrialsOptions(**options))


def table(found: Analysed, title: str) -> Table:
    (one,) = [item for item in found.tables if item.title.startswith(title)]
    return one


def column(one: Table, name: str) -> list[Any]:
    at = [item.name for item in one.columns].index(name)
    return [row[at] for row in one.rows]


def proportion(**fields: Any) -> AnalysisRequest:
    """An outcome of one arm, by random effects."""
    return request(
        (1.2, 1.6, 0.9), (0.05, 0.08, 0.03), model=RANDOM_EFFECTS, options=ADHOC, measure="PLO", null=None,
        scale="logit", display="proportion", shown=expit, **fields,
    )  # fmt: skip


def test_each_trial_stands_by_expected_date_and_all_of_them_together() -> None:
    later = PlannedTrial(registry_id="NCT9", participants=200, expected_on="2028")
    sooner = PlannedTrial(registry_id="NCT5", participants=80, expected_on="2027-06")
    unknown = PlannedTrial(registry_id="NCT1", participants=50)
    found = table(looked(request(ongoing=(unknown, later, sooner))), "After each registered trial")
    assert column(found, "Trial") == ["Today", "NCT5", "NCT9", "NCT1", "All of them together"]
    assert column(found, "Expected") == ["", "2027-06", "2028", "", ""]
    assert column(found, "Participants") == [None, 80, 200, 50, 330]
    widths = column(found, "Width, expected")
    assert widths[4] < widths[2] < widths[1] < widths[3] < widths[0]


def test_with_an_important_effect_the_conclusion_has_two_parts() -> None:
    found = looked(request(ongoing=trials(100)), important=(0.8,))
    one = table(found, "After each registered trial")
    moves, null, important = (
        column(one, name)[1] for name in ("Conclusion moves", "Excludes no effect (1)", "Excludes 0.8")
    )
    assert found.notes[0] == "Today the 95% interval lies below no effect (1) and includes 0.8."
    assert max(100 - null, important) <= moves <= 100 - null + important + 1e-9
    need = table(found, "New trials needed for a chance of 80%")
    assert column(need, "To exclude") == ["no effect (1)", "0.8"]
    assert column(need, "Participants of each")[0] is None
    assert "The interval lies below no effect (1) already: no trial is needed for that." in need.notes
    assert column(need, "Of it below")[1] + column(need, "Of it above")[1] == pytest.approx(column(need, "Chance")[1])


def test_an_outcome_of_one_arm_has_a_width_and_no_conclusion_unless_one_is_stated() -> None:
    bare = looked(proportion(ongoing=trials(60, 90)))
    assert [one.title for one in bare.tables] == ["After each registered trial", "After one new trial, by its size"]
    assert "Conclusion moves" not in [one.name for one in bare.tables[0].columns]
    assert [plot.name for plot in bare.plots] == ["width"]
    assert bare.notes[0].startswith("An outcome of one arm has no value of no effect")
    stated = looked(proportion(ongoing=trials(60, 90)), important=(0.7,))
    assert [plot.name for plot in stated.plots] == ["chance", "width"]
    assert stated.notes[0] == "Today the 95% interval includes 70%."


def test_widths_of_proportions_are_percentage_points_of_the_interval_as_shown() -> None:
    asked = proportion(ongoing=trials(60))
    fit = asked.fit(asked.studies)
    reach = 4.302652729911275 * float(fit.standard_error)  # t, 2 degrees of freedom
    width = float(expit(fit.estimate + reach) - expit(fit.estimate - reach))
    assert column(looked(asked).tables[0], "Width, expected")[0] == pytest.approx(100 * width, rel=1e-9)


def test_a_trial_that_compares_counts_half_for_an_outcome_of_one_arm() -> None:
    compared = PlannedTrial(registry_id="NCT1", participants=200, comparator="placebo")
    alone = PlannedTrial(registry_id="NCT2", participants=100, design="single-arm")
    one = looked(proportion(ongoing=(compared, alone)))
    widths = column(table(one, "After each"), "Width, median")
    assert widths[1] == pytest.approx(widths[2], rel=1e-12)
    assert any(note.startswith("Half of the participants count of NCT1,") for note in one.notes)
    assert not any(note.startswith("Neither design") for note in one.notes)


def test_what_is_not_known_of_a_trial_is_said_and_gives_no_number() -> None:
    single = PlannedTrial(registry_id="NCT8", participants=90, design="Single arm", untested=("regimen: X + Y",))
    found = looked(request(ongoing=(*trials(None, 100), single)))
    one = table(found, "After each registered trial")
    assert column(one, "Width, expected")[1] is None
    assert column(one, "Width, expected")[3] is None
    assert column(one, "Trial")[-1] == "NCT8"  # one trial alone has numbers, so there is no row for all of them
    said = "\n".join(found.notes)
    assert "No planned size is known of NCT1: no numbers there." in said
    assert "No comparison comes from NCT8: one arm only." in said
    assert "Neither design nor comparator is stated for NCT2: they are taken to compare the two arms, 1:1." in said
    assert "1 of 3 trials state regimen in words of their own" in said
    assert "When results are expected is known of none of the trials" in said


def test_without_registered_trials_the_size_of_a_new_one_is_still_told() -> None:
    found = looked(random_effects())
    assert [one.title.partition(" for")[0] for one in found.tables] == [
        "New trials needed",
        "After one new trial, by its size",
    ]
    assert "The review lists no registered trial that has still to report this outcome." in found.notes
    assert all(len(plot.series) >= 1 for plot in found.plots)


def test_one_study_says_nothing_about_how_much_trials_differ() -> None:
    found = looked(random_effects(effects=(-0.9,), variances=(0.087,), ongoing=trials(60)))
    said = "\n".join(found.notes)
    assert "One study says nothing about how much trials differ" in said
    assert "A conclusion that moves then moves by the method" in said
    assert column(found.tables[0], "Conclusion moves")[1] > 99  # Hartung-Knapp on two studies has t with 1 df


def test_two_studies_have_no_expected_width_but_a_median() -> None:
    found = looked(random_effects(effects=(-0.5, -0.2), variances=(0.05, 0.08), ongoing=trials(60)))
    assert column(found.tables[0], "Width, expected")[1] is None
    assert column(found.tables[0], "Width, median")[1] > 0
    assert any("has no mean" in note for note in found.notes)


def test_a_larger_tau2_makes_a_conclusion_harder_to_settle() -> None:
    asked = random_effects()
    chance = [
        column(table(looked(asked, tau2=tau2), "After one new trial"), "Conclusion moves")[-1] for tau2 in (0.0, 0.5)
    ]
    assert chance[0] < chance[1]
    assert any("tau² = 0.5 (as stated)" in note for note in looked(asked, tau2=0.5).notes)


def test_the_figures_hold_the_numbers_of_the_tables() -> None:
    found = looked(request(ongoing=trials(100, 400)), important=(0.8,))
    chance, width = found.plots
    points = {series.name: series for series in chance.series}["registered trials"]
    assert points.labels == ("NCT1", "NCT2")
    one = table(found, "After each registered trial")
    assert points.y.tolist() == pytest.approx(column(one, "Conclusion moves")[1:3])
    points = {series.name: series for series in width.series}["registered trials"]
    assert points.y.tolist() == pytest.approx(column(one, "Width, median")[1:3])
    line = {series.name: series for series in width.series}["one new trial, median"]
    assert (np.diff(line.y) < 0).all()
    assert (np.diff(line.x) > 0).all()
    assert width.y_kind == "contrast"


WRONG = {
    "a ratio of 0": (request(), (0.0,), "important = 0 cannot be an effect here; it must lie above 0"),
    "a proportion in percent": (
        proportion(),
        (85.0,),
        "important = 85 cannot be an effect here; it must lie between 0",
    ),
    "no effect itself": (request(), (1.0,), "important = 1 is no effect itself"),
}


@pytest.mark.parametrize("case", WRONG)
def test_an_important_effect_that_cannot_be_one_is_refused(case: str) -> None:
    asked, important, message = WRONG[case]
    with pytest.raises(PluginError, match=message):
        looked(asked, important=important)


def test_a_model_that_pools_counts_is_refused_and_says_what_would_do() -> None:
    model: EffectModel = own_plugins().find(EffectModel, "mantel-haenszel").descriptor  # type: ignore[union-attr]
    data = {name: array(10, 20, 30) for name in ("events_1", "events_2")} | {
        name: array(50, 60, 70) for name in ("n_1", "n_2")
    }
    asked = request((0.1, 0.2, 0.0), (0.1, 0.1, 0.1), model=model, measure="RR", data=data)
    with pytest.raises(PluginError, match="a model that pools effects, such as random-effects, can be asked"):
        looked(asked)


def test_the_same_request_gives_the_same_numbers_to_the_bit() -> None:
    asked = random_effects(ongoing=trials(60, 200))
    first, second = looked(asked, important=(0.8,)), looked(asked, important=(0.8,))
    assert repr(first.tables) == repr(second.tables)
    assert not any(
        isinstance(cell, float) and math.isinf(cell) for one in first.tables for row in one.rows for cell in row
    )
