"""The analysis ``anytime-valid``: table, words, figures, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from sequential_requests import request

from evidence_rows import ledger, ratio, real_result, result
from livereview import PluginError
from livereview_sequential import ANYTIME_VALID
from livereview_sequential.anytime_valid import AnytimeValidOptions, number

EFFECT, VARIANCE = [-0.5, -0.45, -0.4], [0.05, 0.03, 0.02]


def run(asked: Any, **options: Any) -> Any:
    return ANYTIME_VALID.run(asked, AnytimeValidOptions(**({"effect": 0.75} | options)))


def test_a_point_alternative_multiplies_likelihood_ratios_over_trials() -> None:
    found = run(request(EFFECT, VARIANCE), alternative="point", sided=1)
    delta = np.log(0.75)
    each = [np.exp(delta * y / v - delta**2 / (2 * v)) for y, v in zip(EFFECT, VARIANCE, strict=True)]
    rows = found.tables[0].rows
    assert [row[2] for row in rows] == [number(np.log(e)) for e in each]
    assert rows[-1][3] == number(np.log(np.prod(each)))
    assert [row[4] for row in rows] == pytest.approx(1 / np.maximum.accumulate(np.cumprod(each)))


def test_a_reported_hazard_ratio_goes_from_the_sheet_to_the_table() -> None:
    tables = ledger(ratio("a", 0.6, 0.45, 0.8), ratio("b", 0.7, 0.5, 0.98))
    chosen = {"name": "anytime-valid", "effect": 0.75}
    (found,) = result(tables, measure="HR", analyses=[chosen]).further
    (table,) = found.shown
    usual = table.rows[0][-1]
    assert usual == pytest.approx((0.6, 0.45, 0.8), rel=2e-3)  # the interval that was printed
    middle, low, high = table.rows[0][-2]
    assert low < usual[1] < middle < usual[2] < high  # the price of looking again and again


def test_one_trial_is_enough_to_begin() -> None:
    found = run(request([-0.9], [0.05]))
    assert len(found.tables[0].rows) == 1
    assert "after Adams, beyond 20: evidence of an effect (HR below 1), reached at this look" in found.notes[0]


@pytest.mark.parametrize(("effect", "words"), [
    (EFFECT, "The e-value reached 20 with Brown: evidence of an effect (HR below 1)"),
    ([0.02, -0.01, 0.0], "20, which would speak against no effect, has not been reached at any look"),
])  # fmt: skip
def test_the_conclusion_says_what_happened(effect: Any, words: str) -> None:
    assert words in run(request(effect, [0.03, 0.02, 0.02])).notes[0]


def test_a_one_sided_sequence_has_one_limit() -> None:
    table = run(request(EFFECT, VARIANCE), sided=1).tables[0]
    assert table.columns[6].name == "95% confidence sequence, upper limit"
    assert all(isinstance(row[6], float) for row in table.rows)
    above = run(request(EFFECT, VARIANCE), sided=1, effect=1.3).tables[0]
    assert above.columns[6].name == "95% confidence sequence, lower limit"


def test_the_figures_show_e_against_its_threshold_and_both_intervals() -> None:
    found = run(request(EFFECT, VARIANCE))
    e, sequence = found.plots
    assert [series.name for series in e.series] == ["e so far", "threshold 20", "no evidence"]
    assert e.series[0].y[0] == 0
    assert e.series[1].y == pytest.approx([np.log10(20)] * 2)
    assert e.series[2].y.tolist() == [0, 0]
    rows = found.tables[0].rows
    assert list(sequence.series[0].low) == [row[6][1] for row in rows]
    assert list(sequence.series[1].high) == [row[7][2] for row in rows]
    assert sequence.y_kind == "effect"
    open_ended = run(request(EFFECT, VARIANCE), sided=1).plots[1].series[0]
    assert np.isfinite(open_ended.low).all()


def test_heterogeneity_stated_beforehand_weakens_the_evidence_and_is_told() -> None:
    plain, allowed = run(request(EFFECT, VARIANCE)), run(request(EFFECT, VARIANCE), tau2=0.05)
    width = [table.rows[-1][6][2] - table.rows[-1][6][1] for table in (plain.tables[0], allowed.tables[0])]
    assert width[0] < width[1]
    assert any("state tau2 to allow for it" in note for note in plain.notes)
    assert any("A between-study variance of up to τ² = 0.05" in note for note in allowed.notes)


def test_every_report_says_what_the_null_is_and_that_it_is_a_sensitivity_analysis() -> None:
    notes = run(request(EFFECT, VARIANCE)).notes
    assert "Cochrane Handbook (chapter 22)" in notes[1]
    assert "The null is that every study's true effect is no effect" in notes[3]


def test_arms_with_few_events_are_named() -> None:
    data = {"events_1": [2, 30, 40], "n_1": [50] * 3, "events_2": [9, 35, 47], "n_2": [50] * 3}
    notes = run(request(EFFECT, VARIANCE, measure="RR", data=data)).notes
    assert any(note.startswith("Fewer than 5 events in an arm of Adams and Costa") for note in notes)
    assert not any("Fewer than" in note for note in run(request(EFFECT, VARIANCE)).notes)


def test_a_study_without_a_date_is_named() -> None:
    notes = run(request(EFFECT, VARIANCE, published=("2010", "2012-05", ""))).notes
    assert notes[-1] == "Date of publication unknown, put last: Costa."


@pytest.mark.parametrize(("log_e", "words"), [
    (0.0, "1"), (np.log(1234.5), "1,230"), (np.log(2e-3), "0.002"), (1000.0, "2 × 10^434"), (-1000.0, "5.1 × 10^-435"),
    (np.log(5e-9), "5 × 10^-9"),
])  # fmt: skip
def test_e_values_are_printed_with_their_size_in_view(log_e: float, words: str) -> None:
    assert number(log_e) == words


def test_a_number_of_one_arm_is_refused() -> None:
    with pytest.raises(PluginError, match="no value that means no effect"):
        run(request(EFFECT, VARIANCE, null=None))


@pytest.mark.parametrize("effect", [1.0, 0.0, -2.0])
def test_an_effect_that_cannot_be_is_refused(effect: float) -> None:
    with pytest.raises(PluginError, match="effect = "):
        run(request(EFFECT, VARIANCE), effect=effect)


@pytest.mark.parametrize("options", [{}, {"effect": 0.7, "sided": 3}, {"effect": 0.7, "tau2": -1}])
def test_options_that_cannot_be_are_refused_with_the_manifest(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AnytimeValidOptions(**options)


def test_the_frontline_trial_begins_its_sequence() -> None:
    outcome = real_result("blina_frontline", "dfs-hr")
    found = {one.name: one for one in outcome.further}
    assert found["trial-sequential"].refused == "1 study: it needs at least 2"
    (row,) = found["anytime-valid"].shown[0].rows
    assert row[0] == outcome.studies[0].label
    assert row[7] == pytest.approx((0.39, 0.24, 0.64), rel=6e-3)  # as printed; its limits are not symmetric
