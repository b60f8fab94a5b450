"""The analyses as a review runs them: from evidence and a manifest's choice to what the report shows."""

from __future__ import annotations

import math
from typing import Any

import pytest

from evidence_rows import count, ledger, result, study

AGES = {"a": 40.0, "b": 45.0, "c": 52.0, "d": 60.0, "e": 61.0, "f": None}
EVENTS = {"a": 3, "b": 6, "c": 9, "d": 11, "e": 15, "f": 8}


def analysed(analysis: dict[str, Any] | str, *more: Any, **outcome: Any) -> Any:
    rows = [study(name, median_age=age) for name, age in AGES.items()]
    rows += [count(name, events, 20, timepoint_months=6.0) for name, events in EVENTS.items()]
    (found,) = result(ledger(*rows, *more), measure="PLO", analyses=[analysis], **outcome).further
    return found


def test_a_meta_regression_is_shown_on_the_scale_of_the_measure() -> None:
    found = analysed({"name": "meta-regression", "moderators": ["median_age"]})
    assert not found.refused
    intercept, slope = found.tables[0].rows
    shown_intercept, shown_slope = found.shown[0].rows
    assert shown_intercept[1][0] == pytest.approx(1 / (1 + math.exp(-intercept[1][0])))
    assert shown_slope[2][0] == pytest.approx(math.exp(slope[2][0]))
    assert slope[2][0] > 0
    assert intercept[-1] is None  # one arm: there is no value of no effect
    (plot,) = found.plots
    assert plot.series[-1].labels == ("A", "B", "C", "D", "E")
    assert found.notes[0] == "left out, since a moderator is not stated: F (median_age)"


def test_a_moderator_that_no_study_has_is_refused_in_words() -> None:
    found = analysed({"name": "meta-regression", "moderators": ["median_aeg"]})
    assert 'Did you mean "median_age"?' in found.refused


def test_all_results_of_a_study_are_together_in_one_estimate() -> None:
    twice = list(EVENTS)[:4]
    later = [count(name, EVENTS[name] + 1, 20, timepoint_months=12.0) for name in twice]
    chosen = [
        {"study": name, "report": f"{name}-paper", "timepoint_months": 12.0, "reason": "as planned"} for name in twice
    ]
    choices = {"timepoint": "any", "prefer": ["latest"], "choose": chosen}
    robust = analysed("cluster-robust", *later, **choices)
    assert robust.refused == ""
    assert robust.notes[0] == "10 results of 6 studies, 4 of them with several"
    nested = analysed("three-level", *later, **choices)
    assert nested.refused == ""
    assert nested.tables[0].rows[0][1][0] == pytest.approx(robust.tables[0].rows[0][1][0], rel=1e-10)


def test_one_result_in_each_study_is_refused_and_so_are_sign_flips_of_one_arm() -> None:
    assert "Every study has one usable result" in analysed("three-level").refused
    assert "no value of no effect" in analysed("permutation-test").refused
