"""The analyses ``meta-regression`` and ``permutation-test``: tables, plot, notes, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import golden
import numpy as np
import pytest
from analysis_requests import bcg, first
from pydantic import ValidationError

from livereview import Analysed, AnalysisRequest, PluginError, Table
from livereview_regression import META_REGRESSION, PERMUTATION_TEST


def analysed(request: AnalysisRequest, *moderators: str, **options: Any) -> Analysed:
    return META_REGRESSION.run(request, META_REGRESSION.options(moderators=moderators, **options))


def table(found: Analysed, title: str) -> Table:
    (one,) = [table for table in found.tables if table.title == title]
    return one


def cell(table: Table, row: int, name: str) -> Any:
    return table.rows[row][[column.name for column in table.columns].index(name)]


LATITUDE, ALLOCATION = "characteristics.latitude", "characteristics.allocation"


def reference(formula: str, method: str, test: str) -> golden.Record:
    (record,) = [
        fit
        for record in golden.load("dat.bcg")["metareg"]
        if (record["effect"], record["formula"]) == ("RR", formula)
        for fit in record["fits"]
        if (fit["method"], fit["test"]) == (method, test)
    ]
    found: golden.Record = record
    return found


def test_the_tables_hold_the_numbers_of_the_regression() -> None:
    found = analysed(bcg(), LATITUDE, centre=False)
    record = reference("ablat", "REML", "knha")
    coefficients = table(found, "Coefficients")
    assert [row[0] for row in coefficients.rows] == ["intercept", "latitude"]
    for row, kind, other in ((0, "effect", "contrast"), (1, "contrast", "effect")):
        theirs = [record[key][row] for key in ("beta", "ci_lb", "ci_ub")]
        assert cell(coefficients, row, kind) == pytest.approx(theirs, rel=1e-9)
        assert cell(coefficients, row, other) is None
        assert cell(coefficients, row, "P") == pytest.approx(record["pval"][row], rel=1e-8)
        assert cell(coefficients, row, "df") == 11
    tests = table(found, "Tests of moderators")
    assert cell(tests, 0, "statistic") == pytest.approx(record["QM"], rel=1e-9)
    assert (cell(tests, 0, "test"), cell(tests, 0, "df"), cell(tests, 0, "residual df")) == ("F", 1, 11)
    spread = table(found, "Residual heterogeneity")
    for name, key in (("tau²", "tau2"), ("I²", "I2"), ("H²", "H2"), ("QE", "QE"), ("P", "QE_p"), ("R²", "R2")):
        assert cell(spread, 0, name) == pytest.approx(record[key], rel=1e-9)


def test_centring_moves_the_intercept_to_the_mean_and_nothing_else() -> None:
    plain, centred = analysed(bcg(), LATITUDE, centre=False), analysed(bcg(), LATITUDE)
    slope = [cell(table(found, "Coefficients"), 1, "contrast") for found in (plain, centred)]
    assert slope[0] == pytest.approx(slope[1], rel=1e-10)
    expected = table(centred, "Expected effects by latitude")
    assert cell(table(centred, "Coefficients"), 0, "effect") == pytest.approx(cell(expected, 1, "effect"), rel=1e-10)
    assert any("centred at its mean, 33.4615" in note for note in centred.notes)
    assert [row[0] for row in expected.rows] == ["13", "33.4615", "55"]


def test_a_category_is_compared_with_its_reference_level() -> None:
    found = analysed(bcg(), ALLOCATION, interval="wald")
    record = reference("factor(alloc)", "REML", "z")
    coefficients = table(found, "Coefficients")
    assert [row[0] for row in coefficients.rows] == [
        "intercept", "allocation: random – alternate", "allocation: systematic – alternate"
    ]  # fmt: skip
    assert cell(coefficients, 1, "contrast")[0] == pytest.approx(record["beta"][1], rel=1e-9)
    assert cell(coefficients, 1, "df") is None
    other = analysed(bcg(), ALLOCATION, interval="wald", reference={ALLOCATION: "random"})
    mirrored = cell(table(other, "Coefficients"), 1, "contrast")
    assert mirrored[0] == pytest.approx(-record["beta"][1], rel=1e-9)
    levels = table(found, "Expected effects by allocation")
    (common,) = [
        fits
        for fits in golden.load("dat.bcg")["subgroup"][0]["common_tau2"]
        if (fits["method"], fits["test"]) == ("REML", "z")
    ]
    for place, estimate in enumerate(common["est"]):
        assert cell(levels, place, "effect")[0] == pytest.approx(estimate, rel=1e-9)
    assert found.plots == ()


def test_numbers_can_be_taken_as_categories() -> None:
    phase = ("2", "3", "10") * 4 + ("10",)
    found = analysed(bcg(phase=phase), "phase", categories=["phase"])
    names = [row[0] for row in table(found, "Coefficients").rows]
    assert names == ["intercept", "phase: 3 – 2", "phase: 10 – 2"]


def test_a_tau_squared_of_its_own_for_each_level() -> None:
    found = analysed(bcg(), ALLOCATION, tau2_levels="by-subgroup", interval="wald")
    (separate,) = [
        fits
        for fits in golden.load("dat.bcg")["subgroup"][0]["separate_tau2"]
        if (fits["method"], fits["test"]) == ("REML", "z")
    ]
    levels, differences = table(found, "Effects by allocation"), table(found, "Differences")
    for place, (level, record) in enumerate(separate["per_level"].items()):
        assert levels.rows[place][0] == level
        assert cell(levels, place, "tau²") == pytest.approx(record["tau2"], rel=1e-8)
    assert cell(differences, -1, "statistic") == pytest.approx(separate["Q_between"], rel=1e-9)
    for moderators, options, message in (
        ((LATITUDE,), {}, "needs exactly one moderator, a category; there are: characteristics.latitude (number)"),
        ((ALLOCATION,), {"permutations": 9}, "permutations = 0"),
    ):
        with pytest.raises(PluginError, match=message.replace("(", r"\(").replace(")", r"\)")):
            analysed(bcg(), *moderators, tau2_levels="by-subgroup", **options)


def test_the_bubble_plot_shows_every_study_the_line_and_its_bands() -> None:
    (plot,) = analysed(bcg(), LATITUDE).plots
    prediction, band, line, points = plot.series
    record = reference("ablat", "REML", "knha")
    assert (plot.name, plot.y_kind, plot.x_label) == ("bubble-latitude", "effect", "latitude")
    assert points.x.tolist() == pytest.approx([float(value) for value in bcg().characteristics[LATITUDE]])
    assert points.y.tolist() == bcg().studies.effect.tolist()
    weight = 1 / (bcg().studies.variance + record["tau2"])
    assert points.size == pytest.approx(weight / weight.max(), rel=1e-9)
    assert line.y == pytest.approx(record["beta"][0] + record["beta"][1] * line.x, rel=1e-8)
    assert band.low is not None
    assert band.high is not None
    assert (band.low < line.y).all()
    assert (band.high > line.y).all()
    assert prediction.low is not None
    assert prediction.high is not None
    # A new study's true effect varies by tau² about the line: by t with 11 df, as the band of the line.
    t = (band.high - line.y) / ((band.high - band.low) / 2 / 2.2009851600916384)
    assert ((prediction.high - line.y) / t) ** 2 - ((band.high - line.y) / t) ** 2 == pytest.approx(
        record["tau2"], rel=1e-8
    )
    assert prediction.low == pytest.approx(2 * line.y - prediction.high, abs=1e-12)
    assert points.labels == bcg().studies.labels


def test_with_several_moderators_each_has_its_test_and_each_number_its_plot() -> None:
    found = analysed(bcg(), LATITUDE, ALLOCATION, "year")
    assert [row[0] for row in table(found, "Tests of moderators").rows] == [
        "all moderators", "allocation", "all moderators, likelihood ratio (ML)"
    ]  # fmt: skip
    assert [plot.name for plot in found.plots] == ["bubble-latitude", "bubble-year"]
    assert "other moderators at their means" in found.plots[0].title
    assert any("13 studies for 4 coefficients" in note for note in found.notes)


def test_studies_without_a_moderator_are_left_out_and_listed() -> None:
    request = bcg()
    years = (None, *request.characteristics["year"][1:])
    found = analysed(replace(request, characteristics={**request.characteristics, "year": years}), LATITUDE, "year")
    assert cell(table(found, "Residual heterogeneity"), 0, "studies") == 12
    assert found.notes[0] == f"left out, since a moderator is not stated: {request.studies.labels[0]} (year)"


def test_permutations_stand_beside_the_distribution() -> None:
    request = first(bcg(), 7)
    found = analysed(request, LATITUDE, tau2="DL", interval="wald", centre=False, permutations=1)
    (record,) = [item for item in golden.load("dat.bcg")["permutest"] if item["mods"]]
    coefficients = table(found, "Coefficients")
    assert [cell(coefficients, row, "P by permutation") for row in (0, 1)] == record["pval"]
    assert table(found, "Tests of moderators").rows[-1][-1] == record["QMp"]
    assert any("2,520 arrangements, all that there are" in note for note in found.notes)
    drawn = analysed(request, LATITUDE, permutations=200, exact_up_to=0, seed=3)
    assert any("201 arrangements, random, seed 3" in note for note in drawn.notes)


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "unknown": ({}, {"moderators": ["characteristics.latitud"]}, 'Did you mean "characteristics.latitude"'),
    "stated by none": ({"dose": (None,) * 13}, {"moderators": ["dose"]}, 'No study states "dose"'),
    "constant": ({"dose": (2.0,) * 13}, {"moderators": ["dose"]}, '"dose" is the same in all 13 studies'),
    "one level": ({"dose": ("low",) * 13}, {"moderators": ["dose"]}, '"dose" is the same in all 13 studies'),
    "collinear": (
        {"months": tuple(12 * year for year in bcg().characteristics["year"])}, {"moderators": ["year", "months"]},
        '"months" is a combination of the moderators before it',
    ),
    "too many levels": (
        {"dose": tuple(f"d{place}" for place in range(13))}, {"moderators": ["dose"]},
        "13 studies state every moderator, and the regression has 13 coefficients: it needs at least 14",
    ),
    "unknown level": (
        {}, {"moderators": [ALLOCATION], "reference": {ALLOCATION: "randomised"}},
        'has no level "randomised". There are: alternate, random, systematic',
    ),
    "reference of a number": (
        {}, {"moderators": [LATITUDE], "reference": {LATITUDE: "13"}}, "name it in `categories` too",
    ),
    "not a moderator": ({}, {"moderators": [LATITUDE], "categories": ["year"]}, '"year" is not among the moderators'),
    "twice": ({}, {"moderators": ["year", "year"]}, "named twice"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_fitted_is_refused_with_the_reason(case: str) -> None:
    cells, options, message = REFUSED[case]
    with pytest.raises(PluginError) as raised:
        META_REGRESSION.run(bcg(**cells), META_REGRESSION.options(**options))
    assert message in str(raised.value)


def test_a_regression_names_its_moderators() -> None:
    with pytest.raises(ValidationError):
        META_REGRESSION.options()


def test_the_permutation_test_of_the_mean_agrees_and_says_what_is_the_least() -> None:
    request = first(bcg(), 7)
    options = PERMUTATION_TEST.options(tau2="DL")
    found = PERMUTATION_TEST.run(request, options)
    (record,) = [item for item in golden.load("dat.bcg")["permutest"] if not item["mods"]]
    assert found.tables[0].rows[1][-1] == record["pval"][0]
    few = PERMUTATION_TEST.run(first(bcg(), 4), options)
    assert "with 4 studies P by permutation cannot be below 0.125" in few.notes
    with pytest.raises(PluginError, match="no value of no effect"):
        PERMUTATION_TEST.run(replace(request, null=None), options)


def test_an_effect_of_one_arm_has_no_test_of_its_intercept() -> None:
    found = analysed(replace(bcg(), null=None), LATITUDE)
    assert cell(table(found, "Coefficients"), 0, "P") is None
    assert cell(table(found, "Coefficients"), 1, "P") is not None


def test_effects_on_the_line_are_noted() -> None:
    request = bcg()
    latitude = np.array([float(value) for value in request.characteristics[LATITUDE]])
    flat = replace(request.studies, effect=np.zeros_like(latitude))
    found = analysed(replace(request, studies=flat), LATITUDE)
    assert "all effects lie on the regression: the Hartung-Knapp intervals have no width" in found.notes
