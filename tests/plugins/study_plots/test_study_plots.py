"""Drapery, L'Abbé and radial plot: their numbers against first principles and metafor 3.8-1 on the BCG trials."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plot_requests import Z95, common_effect, counts, random_effects, request

from livereview import Options, PluginError, Series, Studies
from livereview_study_plots import DRAPERY, LABBE, RADIAL, livereview_further_analyses
from livereview_study_plots.drapery import POINTS, p_value
from livereview_study_plots.labbe import experimental_risk
from livereview_study_plots.radial import RadialOptions, coordinates


def named(series: tuple[Series, ...], name: str) -> Series:
    (found,) = [one for one in series if one.name.startswith(name)]
    return found


def test_three_plots_are_offered() -> None:
    assert list(livereview_further_analyses()) == [DRAPERY, LABBE, RADIAL]


# --- drapery ---------------------------------------------------------------------------------------------------------


@given(st.floats(-5, 5), st.floats(0.01, 10), st.floats(0.5, 0.999), st.sampled_from([np.inf, 3.0, 17.0]))
def test_a_curve_crosses_alpha_where_the_interval_ends(estimate: float, error: float, level: float, df: float) -> None:
    from scipy.stats import norm, t

    quantile = float(norm.ppf((1 + level) / 2) if np.isinf(df) else t.ppf((1 + level) / 2, df))
    ends = estimate + error * quantile * np.array([-1.0, 1.0])
    # Worst difference seen in 2.4 million draws 2.7e-14: the ends are rounded before their distance is taken.
    assert p_value(ends, estimate, error, df) == pytest.approx(1 - level, abs=1e-12)
    assert p_value(np.array(estimate), estimate, error, df) == 1


def test_each_study_has_a_curve_that_peaks_at_its_estimate() -> None:
    asked = request()
    (plot,) = DRAPERY.run(asked, Options()).plots
    curves, points = named(plot.series, "studies"), named(plot.series, "estimates")
    x, y = (np.append(values, np.nan).reshape(13, POINTS + 1) for values in (curves.x, curves.y))
    assert np.isnan(x[:, -1]).all()
    assert x[:, POINTS // 2] == pytest.approx(asked.studies.effect, abs=1e-12)
    assert (y[:, POINTS // 2] == 1).all()
    assert points.labels == asked.studies.labels
    sizes = np.sqrt(asked.studies.variance)[:, None]
    assert y[:, :-1] == pytest.approx(p_value((x[:, :-1] - asked.studies.effect[:, None]) / sizes, 0.0, 1.0), abs=1e-12)


def test_the_pooled_curve_and_its_region_are_those_of_the_model() -> None:
    asked = request(prediction="normal")
    (plot,) = DRAPERY.run(asked, Options()).plots
    fit = random_effects(asked.studies)
    curve, region = named(plot.series, "pooled"), named(plot.series, "prediction region")
    assert curve.y.max() == 1
    assert curve.x[curve.y.argmax()] == float(fit.estimate)
    spread = np.sqrt(float(fit.standard_error) ** 2 + float(fit.tau2))  # type: ignore[arg-type]
    assert region.high == pytest.approx(p_value((region.x - float(fit.estimate)) / spread, 0.0, 1.0), abs=1e-12)
    assert "peaks at 0.489 and is above 0.05 from 0.344 to 0.696" in plot.alt  # metafor: 0.4895 (0.3441, 0.6962)


def test_a_model_without_heterogeneity_has_no_region_and_says_why() -> None:
    found = DRAPERY.run(request(fit=common_effect), Options())
    assert not [one for one in found.plots[0].series if one.style == "band"]
    assert found.notes == ("No prediction region: it needs at least 3 studies and a tau² above 0.",)


def test_a_posterior_has_no_p_to_draw() -> None:
    with pytest.raises(PluginError, match="posterior distribution"):
        DRAPERY.run(request(has_test=False), Options())


def test_one_study_has_one_curve() -> None:
    one = Studies(effect=np.array([0.3]), variance=np.array([0.04]), present=np.array([True]), measure="RR")
    (plot,) = DRAPERY.run(request(one), Options()).plots
    assert named(plot.series, "studies").x.size == POINTS
    assert named(plot.series, "estimates").labels == ("study 1",)


# --- L'Abbé ------------------------------------------------------------------------------------------------------


@given(st.floats(0.001, 0.999), st.floats(-2, 2), st.sampled_from(["RR", "OR", "PETO", "RD", "AS"]))
def test_the_line_of_an_effect_has_that_effect_at_every_risk(control: float, effect: float, measure: str) -> None:
    p = float(experimental_risk(np.array(control), effect, measure))
    q = control
    if np.isnan(p):  # no risk could be that far from this one
        assert measure in ("RR", "RD", "AS")
        return
    back = {
        "RR": lambda: np.log(p / q),
        "OR": lambda: np.log(p / (1 - p) / (q / (1 - q))),
        "RD": lambda: p - q,
        "AS": lambda: np.arcsin(np.sqrt(p)) - np.arcsin(np.sqrt(q)),
    }
    # Worst difference seen in 800,000 draws of each: AS 1.1e-8, at risks next to 0 and 1, where the angle is steep;
    # OR 7e-13, RR 3e-16, RD 6e-17.
    tolerance = {"AS": 1e-7, "RR": 1e-14, "RD": 1e-14}.get(measure, 1e-11)
    assert back["OR" if measure == "PETO" else measure]() == pytest.approx(effect, abs=tolerance)


def test_risks_are_those_of_metafor() -> None:
    """``labbe(rma(measure = "RR", ...), transf = exp)`` of metafor 3.8-1: x and y of the first four trials."""
    (plot,) = LABBE.run(request(), Options()).plots
    points = named(plot.series, "studies")
    # Worst relative difference seen, over all 13 trials, 5.1e-16.
    assert points.x[:4] / 100 == pytest.approx(
        [0.07913669064748201, 0.09570957095709572, 0.05000000000000001, 0.01927411206963551], rel=1e-14
    )
    assert points.y[:4] / 100 == pytest.approx(
        [0.032520325203252036, 0.019607843137254902, 0.012987012987012983, 0.004559494043241654], rel=1e-14
    )


def test_the_axes_are_equal_and_the_line_of_no_effect_is_their_diagonal() -> None:
    (plot,) = LABBE.run(request(), Options()).plots
    assert plot.square
    assert plot.x_range == plot.y_range == (0.0, 30.0)  # the highest risk is 21.1%
    line = named(plot.series, "no effect")
    assert line.x.tolist() == line.y.tolist() == [0, 30]
    assert "Pooled effect 0.489 (95% CI 0.344 to 0.696)" in plot.alt
    risks = [row[1:3] for row in LABBE.run(request(), Options()).tables[0].rows]
    above, below = sum(x < y for x, y in risks), sum(x > y for x, y in risks)  # type: ignore[operator]
    assert f"{above} above and {below} below" in plot.alt


def test_the_pooled_line_and_its_band_are_of_the_pooled_ratio() -> None:
    (plot,) = LABBE.run(request(), Options()).plots
    line, band = named(plot.series, "pooled effect"), named(plot.series, "95% CI")
    fit = random_effects(request().studies)
    low, high = (np.exp(float(fit.estimate) + side * Z95 * float(fit.standard_error)) for side in (-1, 1))
    assert line.y[1:] / line.x[1:] == pytest.approx(np.exp(float(fit.estimate)), rel=1e-12)
    assert band.low is not None
    assert band.high is not None
    assert band.low[1:] / band.x[1:] == pytest.approx(low, rel=1e-12)
    assert band.high[1:] / band.x[1:] == pytest.approx(high, rel=1e-12)


def test_a_study_without_counts_is_named() -> None:
    data = counts()
    data["events_2"][3] = np.nan
    whole = request().studies
    lacking = Studies(effect=whole.effect, variance=whole.variance, present=whole.present, measure="RR", data=data,
                      labels=whole.labels)  # fmt: skip
    with pytest.raises(PluginError, match=f"not stated by {whole.labels[3]}"):
        LABBE.run(request(lacking), Options())


# --- radial ------------------------------------------------------------------------------------------------------


def test_coordinates_are_those_of_metafor() -> None:
    """``radial(res)`` of metafor 3.8-1 at trials 1, 8 and 13, REML with threshold 1e-14 and common effect."""
    table = RADIAL.run(request(), RadialOptions()).tables[0]
    # Worst relative difference seen, over all 13 trials, 5e-16 with REML, none with a common effect.
    assert [table.rows[i][1] for i in (0, 7, 12)] == pytest.approx(
        [1.251146082934534, 1.775538521765606, 1.612383358303686], rel=1e-12
    )
    assert [table.rows[i][2] for i in (0, 7, 12)] == pytest.approx(
        [-1.11265839194355043, 0.02122182859656927, -0.02791672197142880], rel=1e-12
    )
    sampling = RADIAL.run(request(), RadialOptions(variance="sampling")).tables[0]
    assert [sampling.rows[i][1] for i in (0, 7, 12)] == pytest.approx(
        [1.752540094700096, 15.887875327627054, 3.742283830952052], rel=1e-14
    )


@given(st.floats(-3, 3), st.floats(0.01, 4), st.floats(0, 2))
def test_a_study_lies_on_the_line_of_its_own_effect(effect: float, variance: float, tau2: float) -> None:
    x, z = coordinates(np.array([effect]), np.array([variance]), tau2)
    assert z[0] == pytest.approx(effect * x[0], abs=1e-12)
    assert x[0] == pytest.approx((variance + tau2) ** -0.5, rel=1e-12)


def test_studies_beyond_the_band_are_named() -> None:
    (plot,) = RADIAL.run(request(fit=common_effect), RadialOptions(variance="sampling")).plots
    table = RADIAL.run(request(fit=common_effect), RadialOptions(variance="sampling")).tables[0]
    beyond = [str(row[0]) for row in table.rows if abs(float(row[3])) > Z95]  # type: ignore[arg-type]
    assert beyond
    assert plot.alt.endswith(f"Beyond ±1.96 of it: {', '.join(beyond)}.")
