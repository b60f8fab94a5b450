"""Further analyses: what a plugin is given, what becomes of what it returns, and what of one that goes wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from evidence_rows import count, ledger, plugins_with, result, study
from livereview import (
    Analysed,
    AnalysisRequest,
    Column,
    EffectModel,
    Fit,
    FurtherAnalysis,
    HypothesisTest,
    Options,
    Plot,
    PluginError,
    Series,
    Studies,
    Table,
)
from livereview.assembly import results_of
from livereview.fitting import fitted
from livereview.inference import derived

THREE = ledger(
    study("a", median_age=40.0), study("b"), study("c", median_age=60.0),
    count("a", 3, 20), count("b", 5, 20), count("c", 9, 20),
)  # fmt: skip


def analysis(run: Callable[..., Any], **fields: Any) -> FurtherAnalysis:
    return FurtherAnalysis(name="look", title="A look", summary="Looks.", run=run, **fields)


def looked(run: Callable[..., Any], **outcome: Any) -> Any:
    fields = outcome.pop("fields", {})
    return result(THREE, plugins_with(analysis(run, **fields)), measure="PLO", analyses=["look"], **outcome)


def test_an_analysis_sees_studies_characteristics_and_the_model_of_the_outcome() -> None:
    seen: list[AnalysisRequest] = []

    def run(request: AnalysisRequest, options: Options) -> Analysed:
        seen.append(request)
        return Analysed()

    found = looked(run, model={"name": "random-effects", "tau2": "DL", "interval": "wald"}, level=0.9)
    (request,) = seen
    assert request.studies.labels == ("A", "B", "C")
    assert request.characteristics["median_age"] == (40.0, None, 60.0)
    assert (request.model, request.model_options["tau2"], request.level) == ("random-effects", "DL", 0.9)
    assert (request.scale, request.null) == ("logit", None)
    fit = request.fit(request.studies)
    assert float(fit.estimate) == found.pooled.estimate
    assert request.result_of == (0, 1, 2)
    assert request.results.effect.tolist() == request.studies.effect.tolist()


def test_every_result_of_a_study_is_there_and_one_printed_twice_stands_once() -> None:
    tables = ledger(
        count("a", 3, 20), count("a", 6, 20, timepoint_months=12.0), count("a", 6, 20, timepoint_months=24.0),
        count("b", 5, 20),
    )  # fmt: skip
    seen: list[AnalysisRequest] = []

    def run(request: AnalysisRequest, options: Options) -> Analysed:
        seen.append(request)
        return Analysed()

    result(tables, plugins_with(analysis(run)), measure="PLO", analyses=["look"], timepoint="any", prefer=["latest"],
           choose=[{"study": "a", "report": "a-paper", "timepoint_months": 12.0, "reason": "as planned"}])  # fmt: skip
    (request,) = seen
    assert request.result_studies == ("A", "B")
    assert [request.result_of.count(study) for study in (0, 1)] == [2, 1]
    assert sorted(request.results.data["events"].tolist()) == [3.0, 5.0, 6.0]


def test_effects_are_shown_on_the_display_scale_and_contrasts_as_ratios() -> None:
    columns = (Column(name="what", kind="text"), Column(name="effect", kind="effect"),
               Column(name="contrast", kind="contrast"), Column(name="plain"))  # fmt: skip
    rows = (("x", (0.0, -1.0, 1.0), math.log(2), 0.3), ("y", None, None, None))

    def run(request: AnalysisRequest, options: Options) -> Analysed:
        return Analysed(tables=(Table(title="T", columns=columns, rows=rows),), notes=("Read this",))

    (found,) = looked(run).further
    assert (found.title, found.refused, found.notes) == ("A look", "", ("Read this",))
    assert found.tables[0].rows == rows
    first, second = found.shown[0].rows
    assert first[0] == "x"
    assert first[1] == pytest.approx((0.5, 1 / (1 + math.e), math.e / (1 + math.e)))
    assert first[2] == pytest.approx(2.0)
    assert first[3] == 0.3
    assert second == ("y", None, None, None)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "too few studies": ({"minimum_studies": 4}, "3 studies: it needs at least 4"),
    "another measure": ({"measures": ("OR",)}, "it applies to OR, not to PLO"),
    "data that is not there": ({"needs": ("time",)}, "it needs time, which not every study states"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_analysis_that_cannot_be_done_says_why(case: str) -> None:
    fields, reason = REFUSED[case]
    (found,) = looked(lambda request, options: Analysed(), fields=fields).further
    assert found.refused == reason


def test_a_refusal_of_the_plugins_own_is_shown_and_is_no_failure() -> None:
    def run(request: AnalysisRequest, options: Options) -> Analysed:
        raise PluginError("median_age is the same in all studies; choose another moderator")

    found = looked(run)
    assert found.further[0].refused == "median_age is the same in all studies; choose another moderator"
    assert found.failures == ()


def _plot(**change: Any) -> Analysed:
    series = Series(name="s", x=np.zeros(2), y=np.zeros(2))
    plot = Plot(name="p", title="P", x_label="x", y_label="y", series=(replace(series, **change),))
    return Analysed(plots=(plot,))


TABLE = Table(title="T", columns=(Column(name="a"),), rows=())
WRONG: dict[str, tuple[Any, str]] = {
    "another object": ({}, "it must return Analysed"),
    "ragged rows": (Analysed(tables=(replace(TABLE, rows=((1.0, 2.0),)),)), "2 cells for 1 columns"),
    "text for a number": (Analysed(tables=(replace(TABLE, rows=(("1",),)),)), "has the text '1' as a"),
    "a complex cell": (Analysed(tables=(replace(TABLE, rows=((1j,),)),)), "what is no single number"),
    "a date in a cell": (Analysed(tables=(replace(TABLE, rows=((date(2020, 1, 1),),)),)), "what is no single number"),
    "text among limits": (Analysed(tables=(replace(TABLE, rows=((("a", 0.0, 1.0),),)),)), "what is no single number"),
    "one limit only": (Analysed(tables=(replace(TABLE, rows=(((1.0, 0.0),),)),)), "what is no single number"),
    "an object as text": (
        Analysed(tables=(replace(TABLE, columns=(Column(name="a", kind="text"),), rows=((object(),),)),)),
        "neither text nor number",
    ),
    "a complex point": (_plot(y=np.array([1j, 2.0])), "no real numbers: y (complex128)"),
    "text as points": (_plot(x=np.array(["a", "b"])), "no real numbers: x (str"),
    "an array in a cell": (Analysed(tables=(replace(TABLE, rows=((np.zeros(2),),)),)), "what is no single number"),
    "points without partners": (_plot(y=np.zeros(3)), "arrays of the shapes"),
    "labels without points": (_plot(labels=("one",)), "1 labels for 2 points"),
    "a band without limits": (_plot(style="band"), "has no limits"),
}


@pytest.mark.parametrize("case", WRONG)
def test_an_analysis_that_returns_what_cannot_be_fails_its_section_only(case: str) -> None:
    returned, message = WRONG[case]
    found = looked(lambda request, options: returned)
    (failure,) = found.failures
    assert (failure.section, failure.plugin) == ("analysis look", "look")
    assert message in failure.message
    assert found.further == ()
    assert found.pooled.k == 3


def test_where_the_effect_measure_failed_no_analysis_runs() -> None:
    found = result(
        THREE, plugins_with(analysis(lambda request, options: Analysed())), measure="HR", analyses=["look"],
        experimental=["drug"], control=["none"],
    )  # fmt: skip
    assert found.further[0].refused == "0 studies: it needs at least 2"


# --- what a model may bring beside its estimate -------------------------------------------------------------------


def model(**change: Any) -> EffectModel:
    def fit(studies: Studies, options: Options) -> Fit:
        k = studies.effect.size
        plain = Fit(estimate=studies.effect.mean(), standard_error=np.array(1.0), weights=np.full(k, 1 / k))
        return replace(plain, **change)

    return EffectModel(name="own", summary="Has its own.", fit=fit)


OWN: dict[str, Any] = {
    "prediction_low": np.array(-3.0),
    "prediction_high": np.array(3.0),
    "tests": {"Breslow-Day": HypothesisTest(statistic=np.array(4.0), p_value=np.array(0.1), df=np.array(2.0))},
    "parameters": {"studies filled in": np.array(2.0), "nothing": np.array(np.nan)},
}


def test_a_models_own_tests_numbers_and_prediction_interval_reach_the_result() -> None:
    found = result(THREE, plugins_with(model(**OWN)), measure="PLO", model="own")
    (test,) = found.pooled.tests
    assert (test.name, test.statistic, test.df, test.p_value) == ("Breslow-Day", 4.0, 2.0, 0.1)
    assert found.pooled.parameters == {"studies filled in": 2.0}
    assert (found.pooled.prediction_low, found.pooled.prediction_high, found.pooled.prediction_df) == (-3, 3, "own")
    none = result(THREE, plugins_with(model(**OWN)), measure="PLO", model="own", prediction="none")
    assert none.pooled.prediction_low is None


def test_a_test_that_some_fits_do_not_have_is_not_a_number_there() -> None:
    def fit(studies: Studies, options: Options) -> Fit:
        k = studies.effect.size
        tests = {"T": HypothesisTest(statistic=np.array(1.0), p_value=np.array(0.3))} if k > 2 else {}
        parameters = {"n": np.array(float(k))} if k > 2 else {}
        return Fit(
            estimate=studies.effect.mean(), standard_error=np.array(1.0), weights=np.full(k, 1 / k), tests=tests,
            parameters=parameters,
        )  # fmt: skip

    present = np.array([[True, True, True], [True, True, False], [False, False, False]])
    studies = Studies(effect=np.zeros(3), variance=np.ones(3), present=present)
    found = fitted(EffectModel(name="m", summary="", fit=fit), studies, Options())
    assert np.isnan(found.tests["T"].p_value).tolist() == [False, True, True]
    assert np.isnan(found.parameters["n"]).tolist() == [False, True, True]


IMPOSSIBLE: dict[str, tuple[dict[str, Any], str]] = {
    "half an interval": ({"prediction_low": np.array(0.0)}, "one limit of the prediction interval is missing"),
    "reversed": (
        {"prediction_low": np.array(1.0), "prediction_high": np.array(0.0)},
        "prediction_low is above prediction_high",
    ),
    "no probability": (
        {"tests": {"T": HypothesisTest(statistic=np.array(1.0), p_value=np.array(1.5))}},
        "P of 'T' is not between 0 and 1",
    ),
    "a shape": ({"parameters": {"n": np.zeros(2)}}, "parameter 'n' has shape (2,)"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_what_a_model_brings_beside_its_estimate_is_checked(case: str) -> None:
    change, message = IMPOSSIBLE[case]
    studies = Studies(effect=np.zeros(3), variance=np.ones(3), present=np.ones(3, dtype=bool))
    with pytest.raises(PluginError, match=message.replace("(", r"\(").replace(")", r"\)")):
        fitted(model(**change), studies, Options())


def test_its_own_prediction_interval_takes_the_place_of_the_derived_one() -> None:
    studies = Studies(effect=np.zeros(3), variance=np.ones(3), present=np.ones(3, dtype=bool))
    found = derived(studies, fitted(model(**OWN), studies, Options()), prediction="k-1")
    assert (float(found.prediction_low), float(found.prediction_high)) == (-3.0, 3.0)


def test_a_record_keeps_tables_as_plain_numbers_and_leaves_plots_to_the_report() -> None:
    def run(request: AnalysisRequest, options: Options) -> Analysed:
        row: Any = (np.float64(0.5), np.int64(2), (np.float64(0.0), np.float64(-1.0), np.array(1.0)))
        columns = (Column(name="a"), Column(name="n", kind="count"), Column(name="effect", kind="effect"))
        return replace(_plot(), tables=(Table(title="T", columns=columns, rows=(row,)),))

    found = looked(run)
    assert len(found.further[0].plots) == 1
    (kept,) = results_of([found])
    assert json.loads(json.dumps(kept["further"][0]["tables"][0]["rows"])) == [[0.5, 2, [0.0, -1.0, 1.0]]]
    assert kept["further"][0]["plots"] == []
