"""What reaches the funnel plot of an outcome: lines of tests, adjusted estimates, what an analysis adds."""

from __future__ import annotations

import numpy as np
import pytest

from evidence_rows import ledger, result, trial
from livereview import OutcomeResult

COUNTS = [(4, 40, 8, 40), (6, 90, 9, 90), (3, 30, 9, 35), (40, 100, 48, 90), (5, 20, 9, 22), (2, 25, 7, 24)]
COUNTS += [(30, 200, 35, 210), (8, 50, 12, 48), (15, 150, 22, 160), (1, 18, 5, 17)]


def outcome(**keys: object) -> OutcomeResult:
    tables = ledger(*(trial(f"s{i}", (a, m), (c, n)) for i, (a, m, c, n) in enumerate(COUNTS)))
    return result(tables, measure="RR", **keys)


def test_the_line_of_eggers_test_is_the_weighted_regression_on_the_standard_error() -> None:
    found = outcome(bias={"tests": ["egger", "begg"]})
    y = np.array([study.effect for study in found.studies])
    s = np.sqrt([study.variance for study in found.studies])
    slope, at_zero = np.polyfit(s, y, 1, w=1 / s)
    egger, begg = found.bias
    assert egger.line == pytest.approx((at_zero, slope), rel=1e-9)
    assert begg.line is None


def test_a_line_on_another_measure_is_not_of_this_funnel() -> None:
    found = outcome(bias={"tests": [{"name": "egger", "measure": "OR"}]})
    assert not found.bias[0].refused
    assert found.bias[0].line is None


def test_only_models_that_adjust_for_missing_studies_on_the_same_measure_are_marks() -> None:
    asked = [
        {"title": "Trim and fill", "model": "trim-and-fill"},
        {"title": "Common effect", "model": "common-effect"},
        {"title": "Trim and fill of odds ratios", "model": "trim-and-fill", "measure": "OR"},
    ]
    assert [item.adjusted for item in outcome(sensitivity=asked).sensitivity] == [True, False, False]


def test_what_an_analysis_adds_reaches_the_report() -> None:
    (found,) = outcome(analyses=[{"name": "trim-and-fill-funnel", "side": "right"}]).further
    assert {series.style for series in found.funnel} <= {"hollow", "dashed"}
    assert bool(found.funnel) == (len(found.tables) > 1)
