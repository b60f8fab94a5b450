"""Checks of further analyses: tables and plots of the right shape, for few studies and many, or a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from livereview.further import Analysed, AnalysisRequest, FurtherAnalysis, PlannedTrial
from livereview.further_analyses import wrong_results
from livereview.inference import fitted
from livereview.testing.check import Inapplicable, Subject, check, fail
from livereview.testing.studies import changed, sets_of_studies, told
from livereview.testing.studies import in_order as ordered
from livereview.testing.trials import Trial
from livereview.types import EffectModel, Fit, PluginError, Studies

Look = Subject[FurtherAnalysis]


def request(given: Studies) -> AnalysisRequest:
    """What the core tells an analysis of these studies: the inverse-variance mean as the outcome's model."""
    k = given.present.size
    registered = _measure(given.measure)
    years = tuple(2001 + index for index in range(k))
    return AnalysisRequest(
        studies=given,
        fit=_inverse_variance,
        model="common-effect",
        model_options={"interval": "wald"},
        level=0.95,
        null=0.0 if registered is None else registered.null,
        scale="log" if registered is None else registered.scale,
        characteristics={
            "year": years,
            "characteristics.phase": tuple("II" if index % 2 else "III" for index in range(k)),
            "characteristics.age": tuple(40.0 + 3 * index for index in range(k)),
        },
        results=ordered(given, np.array([*range(k), 0, 0, k - 1])),
        result_of=(*range(k), 0, 0, k - 1),
        result_studies=given.labels,
        published=tuple(f"{year}-03" for year in years),
        participants=tuple(100 + 10 * index for index in range(k)),
        display="ratio" if registered is None else registered.display,
        shown=np.exp if registered is None else lambda values: registered.back_transform(values, None),
        ongoing=(PlannedTrial(registry_id="NCT01234567", participants=200, expected_on="2030"),),
    )


def _measure(code: str) -> Any:
    from livereview.plugins import installed
    from livereview.types import EffectMeasure

    found = installed().find(EffectMeasure, code) if code else None
    return None if found is None else found.descriptor


def _inverse_variance(given: Studies) -> Fit:
    """The inverse-variance mean under every mask, checked as the core checks a model."""

    def fit(studies: Studies, options: Any) -> Fit:
        here = studies.present
        w = np.where(here, 1 / np.where(here, studies.variance, 1.0), 0.0)
        total = w.sum(axis=-1)
        estimate = (w * np.where(here, studies.effect, 0.0)).sum(axis=-1) / total
        return Fit(estimate=estimate, standard_error=total**-0.5, weights=w / total[..., None])

    model = EffectModel(name="inverse-variance", summary="The model of the kit.", fit=fit, vectorized=True)
    return fitted(model, given, None)


def _requests(look: Look) -> list[AnalysisRequest]:
    """Requests with at least the minimum of studies, the smallest first; those of a measure of a ratio by default."""
    found = []
    for given in sets_of_studies(look.plugin):
        here = ordered(given, np.flatnonzero(given.present))
        if here.present.size >= look.plugin.minimum_studies:
            found.append(request(here if here.measure else replace(here, measure="HR")))
    return found


def _run(look: Look, asked: AnalysisRequest) -> Analysed | None:
    """What it found; None where it says why it cannot be done."""
    try:
        return look.plugin.run(asked, look.options)
    except PluginError as error:
        if not str(error).strip():
            fail("it refuses without a reason")
        return None


@check(FurtherAnalysis, every_choice=True)
def possible_results(look: Look) -> None:
    """Tables with as many cells as columns and numbers in columns of numbers, plots with arrays of one shape."""
    for asked in _requests(look):
        found = _run(look, asked)
        wrong = [] if found is None else wrong_results(found)
        if wrong:
            fail(f"{wrong[0]}; {told(asked.studies)}")


@check(FurtherAnalysis)
def says_something(look: Look) -> None:
    """Of enough studies it has a table, a plot, or something to add to the funnel."""
    said = [_run(look, asked) for asked in _requests(look)]
    if not said:
        raise Inapplicable("the kit has no studies for it")
    if not any(found and (found.tables or found.plots or found.funnel) for found in said):
        fail("it found nothing in any of the sets of studies")


@check(FurtherAnalysis, every_choice=True)
def few_studies(look: Look) -> None:
    """At its minimum of studies it answers or says why not."""
    for asked in _requests(look)[-1:]:
        few = ordered(asked.studies, np.arange(look.plugin.minimum_studies))
        found = _run(look, request(few))
        if found is not None and wrong_results(found):
            fail(f"{wrong_results(found)[0]}; {told(few)}")


@check(FurtherAnalysis, every_choice=True)
def equal_effects(look: Look) -> None:
    """Equal effects are no error: it answers or says why not."""
    for asked in _requests(look)[-1:]:
        same = changed(asked.studies, np.full(asked.studies.effect.shape, 0.3))
        found = _run(look, request(same))
        if found is not None and wrong_results(found):
            fail(f"{wrong_results(found)[0]}; {told(same)}")


@check(FurtherAnalysis)
def cells_for_every_reader(look: Look) -> None:
    """Percentages lie between 0 and 100, P between 0 and 1, counts are no fractions."""
    rules: dict[str, Callable[[float], bool]] = {
        "percent": lambda value: -1e-9 <= value <= 100 + 1e-9,
        "p-value": lambda value: 0 <= value <= 1,
        "count": lambda value: value == round(value),
    }
    for asked in _requests(look):
        found = _run(look, asked)
        for table in () if found is None else found.tables:
            for row in table.rows:
                for column, cell in zip(table.columns, row, strict=True):
                    _check_cell(table.title, column.name, cell, rules.get(column.kind))


def _check_cell(table: str, column: str, cell: Any, rule: Callable[[float], bool] | None) -> None:
    if rule is None or cell is None or isinstance(cell, str):
        return
    for value in cell if isinstance(cell, tuple) else (cell,):
        if np.isfinite(value) and not rule(float(value)):
            fail(f"{table!r} has {value:g} as {column}")


def trials(look: Look) -> tuple[Trial, ...]:
    """The analysis of the smaller sets of studies."""

    def trial(index: int, asked: AnalysisRequest) -> Trial:
        return Trial(
            name=told(asked.studies),
            make=lambda: _requests(look)[index],
            call=lambda fresh: look.plugin.run(fresh, look.options),
        )

    return tuple(trial(index, asked) for index, asked in enumerate(_requests(look)) if index < 2)
