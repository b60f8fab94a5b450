"""The further analysis: its table, its plot, and what it says where the numbers need a word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from interval_reference import METHODS, interval, request
from scipy import special

from evidence_rows import ledger, result, trial
from livereview import Analysed
from livereview.further_analyses import wrong_results
from livereview_estimation import IntervalMethod, tau_squared, typical_variance
from livereview_heterogeneity import HETEROGENEITY_INTERVAL, livereview_further_analyses
from livereview_heterogeneity.interval import EMPTY, NO_LIMITS, NO_TAU2, OUTSIDE

Y, V = np.array([0.1, 0.8, -0.5, 1.4, 0.3]), np.array([0.02, 0.1, 0.3, 0.2, 0.05])
HERE = np.ones(5, dtype=bool)


def analysed(y: Any = Y, v: Any = V, tau2: float | None = 0.2, **options: Any) -> Analysed:
    found = HETEROGENEITY_INTERVAL.run(request(y, v, tau2), HETEROGENEITY_INTERVAL.options(**options))
    assert not wrong_results(found)
    return found


def test_it_comes_through_the_hook_with_its_literature_and_described_options() -> None:
    assert livereview_further_analyses() == [HETEROGENEITY_INTERVAL]
    assert HETEROGENEITY_INTERVAL.references
    for option, schema in HETEROGENEITY_INTERVAL.options.model_json_schema()["properties"].items():
        assert schema["description"], option


@pytest.mark.parametrize("method", METHODS)
def test_the_rows_are_one_tau_squared_said_in_four_ways(method: IntervalMethod) -> None:
    rows = {name: np.array(cells) for name, *cells in analysed(method=method, level=0.9).tables[0].rows}
    limits, s2 = interval(Y, V, method, 0.9), float(typical_variance(V, HERE))
    np.testing.assert_allclose(rows["tau²"], [0.2, limits.low, limits.high], rtol=1e-14)
    np.testing.assert_allclose(rows["tau"] ** 2, rows["tau²"], rtol=1e-14)
    np.testing.assert_allclose(rows["H²"], 1 + rows["tau²"] / s2, rtol=1e-14)
    np.testing.assert_allclose(rows["I² (%)"], 100 * (1 - 1 / rows["H²"]), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_the_plot_shows_the_limits_on_the_curve_and_on_its_lines(method: IntervalMethod) -> None:
    (plot,) = analysed(method=method).plots
    curve, *lines, points = plot.series
    limits = interval(Y, V, method)
    assert points.x.tolist() == [limits.low, limits.high]
    np.testing.assert_allclose(points.y, np.interp(points.x, curve.x, curve.y), rtol=0.02, atol=0.02)
    assert points.y[1] == pytest.approx(min(line.y[0] for line in lines), rel=1e-9)
    assert curve.x[0] == 0
    assert curve.x[-1] > limits.high
    assert f"{limits.high:.4g}" in plot.alt


def test_the_lines_are_the_quantiles() -> None:
    (plot,) = analysed().plots
    heights = [line.y[0] for line in plot.series[1:3]]
    np.testing.assert_allclose(heights, special.chdtri(4, [0.975, 0.025]), rtol=1e-14)


@pytest.mark.parametrize("method", METHODS[:3])
def test_a_null_set_is_said_and_drawn_without_limits(method: IntervalMethod) -> None:
    found = analysed([0.3, 0.3001, 0.2999, 0.3], np.full(4, 0.1), 0.0, method=method)
    assert found.tables[0].rows[0] == ("tau²", 0.0, 0.0, 0.0)
    assert found.notes == (EMPTY,)
    assert [series.name for series in found.plots[0].series if series.style == "points"] == []
    assert "no tau² fits" in found.plots[0].alt


@pytest.mark.parametrize("method", [*METHODS, "test-based"])
def test_equal_effects_have_a_table(method: str) -> None:
    analysed([0.3, 0.3, 0.3], [0.1, 0.2, 0.3], 0.0, method=method)


def test_a_model_without_tau_squared_gets_that_of_reml_and_says_so() -> None:
    found = analysed(tau2=None)
    assert found.notes == (NO_TAU2,)
    assert found.tables[0].rows[0][1] == pytest.approx(float(tau_squared(Y, V, HERE).value), rel=1e-14)


def test_an_estimate_outside_the_limits_of_another_method_is_said() -> None:
    assert analysed(tau2=50.0).notes == (OUTSIDE,)


def test_the_level_is_the_outcomes_unless_given() -> None:
    assert analysed().tables[0].title == "Heterogeneity with 95% limits"
    assert analysed(level=0.8).tables[0].title == "Heterogeneity with 80% limits"


def test_two_studies_that_agree_have_no_test_based_limits() -> None:
    found = analysed([0.1, 0.2], [0.1, 0.1], method="test-based")
    assert found.notes == (NO_LIMITS,)
    name, estimate, low, high = found.tables[0].rows[0]
    assert (name, estimate) == ("I² (%)", 0.0)
    assert np.isnan([low, high]).all()


def test_in_a_review_all_limits_are_at_the_level_of_the_outcome() -> None:
    evidence = ledger(trial("a", (3, 20), (6, 20)), trial("b", (8, 40), (14, 40)), trial("c", (2, 30), (9, 30)))
    model = {
        "name": "random-effects",
        "tau2": "DL",
        "weights": "common-effect",
        "interval": "henmi-copas",
        "prediction_interval": "wald-normal",
    }
    for level, normal in ((0.8, 1.2815515655446004), (0.95, 1.959963984540054)):
        found = result(evidence, measure="RR", level=level, model=model, analyses=["heterogeneity-interval"])
        (analysis,) = found.further
        assert analysis.tables[0].title == f"Heterogeneity with {100 * level:g}% limits"
        assert found.pooled is not None
        # tau² is 0 here: every Q is a chi², and the prediction interval that of the mean by normal quantiles.
        assert found.pooled.tau2 == 0
        reach = (found.pooled.prediction_high - found.pooled.prediction_low) / 2
        assert reach == pytest.approx(normal * found.pooled.standard_error, rel=1e-12)
        half = (found.pooled.ci_high - found.pooled.ci_low) / 2
        assert half < normal * found.pooled.standard_error
