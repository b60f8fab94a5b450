"""Further analyses of one outcome: run by their plugins, checked, and put on the display scale. One that a plugin fails
is among the failures; one that cannot be done here says why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from livereview import inference
from livereview.asymmetry import chosen_tests
from livereview.bound import Bound, bound, section
from livereview.further import Analysed, AnalysisRequest, FurtherAnalysis, Plot, Series, Table, Value
from livereview.manifest.models import SERIES, AnalysisChoice
from livereview.numbers import Numbers
from livereview.printing import counted
from livereview.ranking import publication
from livereview.registered import planned
from livereview.report import Failure, FurtherResult
from livereview.setting import Setting, at_level, attempted, inapplicable
from livereview.types import Array, PluginError

#: Analysis scales on which a difference of two effects is the log of a ratio.
LOGARITHMIC = ("log", "logit")


def further(setting: Setting, numbers: Numbers | None, failures: list[Failure]) -> tuple[FurtherResult, ...]:
    """Every further analysis of the outcome. ``numbers``: None where the effect measure failed."""
    found = [
        attempted(f"analysis {choice.name}", partial(one, setting, numbers, choice), failures)
        for choice in setting.outcome.analyses or ()
        if choice.name not in SERIES
    ]
    return tuple(result for result in found if result is not None)


def one(setting: Setting, numbers: Numbers | None, choice: AnalysisChoice) -> FurtherResult:
    """One further analysis of the outcome, whether or not its manifest names it. Raises SectionFailed where its plugin
    fails, ExpectedError where there is none of that name."""
    chosen = at_level(setting.plugins, FurtherAnalysis, choice, setting.outcome)
    return _analysed(setting, numbers, bound(setting.plugins, FurtherAnalysis, chosen))


def _analysed(setting: Setting, numbers: Numbers | None, analysis: Bound[FurtherAnalysis]) -> FurtherResult:
    plugin = analysis.plugin
    options = ", ".join(f"{key} = {value}" for key, value in analysis.choices().items())
    result = FurtherResult(name=plugin.name, title=plugin.title, options=options)
    if numbers is None:
        return replace(result, refused="the effect measure failed")
    k = len(numbers.ids)
    if k < plugin.minimum_studies:
        studies = counted(k, "study", "studies")
        return replace(result, refused=f"{studies}: it needs at least {plugin.minimum_studies}")
    refused = inapplicable(numbers.studies, plugin)
    if refused:
        return replace(result, refused=refused)
    with section(f"analysis {plugin.name}", analysis):
        try:
            found = plugin.run(request_of(setting, numbers), analysis.options)
        except PluginError as error:
            return replace(result, refused=str(error))
        wrong = wrong_results(found)
        if wrong:
            raise PluginError(f"the analysis returned what cannot be: {'; '.join(wrong)}")
    tables = tuple(plain(table) for table in found.tables)
    return replace(
        result,
        tables=tables,
        shown=tuple(_shown(table, numbers) for table in tables),
        plots=found.plots,
        funnel=found.funnel,
        notes=tuple(str(note) for note in found.notes),
    )


# --- what an analysis is given ---------------------------------------------------------------------------------


def request_of(setting: Setting, numbers: Numbers) -> AnalysisRequest:
    """The outcome's studies and choices as a further analysis sees them."""
    measure, model, outcome = setting.measure.plugin, setting.model, setting.outcome
    names = dict.fromkeys(name for study_id in numbers.ids for name in setting.scope.studies[study_id])
    own = {"study_id", "label", "withdrawn", "withdrawn_reason"}
    rows = [setting.scope.studies[study_id] for study_id in numbers.ids]
    characteristics = {name: tuple(row.get(name) for row in rows) for name in names if name not in own}
    characteristics["result.timepoint_months"] = tuple(item.timepoint for item in numbers.candidates)
    characteristics["result.population"] = tuple(item.population or None for item in numbers.candidates)
    return AnalysisRequest(
        studies=numbers.studies,
        fit=lambda studies: inference.fitted(model.plugin, studies, model.options),
        model=model.name,
        model_options=model.options.model_dump(),
        level=outcome.level or 0.95,
        null=measure.null,
        scale=measure.scale,
        characteristics=characteristics,
        results=numbers.results,
        result_of=numbers.result_of,
        result_studies=numbers.studies.labels,
        published=tuple(publication(item, setting.scope.reports) for item in numbers.candidates),
        participants=numbers.participants,
        has_test=model.plugin.has_test,
        prediction=outcome.prediction or "k-1",
        display=measure.display,
        shown=partial(_displayed, numbers),
        ongoing=planned(setting.scope, outcome, numbers.ids),
        measure_options=setting.measure.options.model_dump(),
        i2=outcome.i2 or "Q",
        bias_tests=chosen_tests(setting, numbers),
    )


def _displayed(numbers: Numbers, values: Array) -> Array:
    with section("effect measure", numbers.measure):
        back = numbers.measure.plugin.back_transform
        return np.asarray(back(np.asarray(values, dtype=np.float64), numbers.sizes(numbers.studies.present)))


# --- what an analysis returns ----------------------------------------------------------------------------------


def wrong_results(found: Any) -> list[str]:
    """What is wrong with the shape of a result."""
    if not isinstance(found, Analysed):
        return [f"run returned {type(found).__name__}; it must return Analysed"]
    added = [text for series in found.funnel for text in _wrong_series("the funnel plot", series)]
    return [*wrong_tables(found.tables), *_wrong_plots(found.plots), *added]


def wrong_tables(tables: Iterable[Table]) -> Iterable[str]:
    """What is wrong with the shape of tables, and with the kinds of their cells."""
    for table in tables:
        for number, row in enumerate(table.rows, 1):
            if len(row) != len(table.columns):
                yield f"row {number} of {table.title!r} has {len(row)} cells for {len(table.columns)} columns"
                continue
            for column, cell in zip(table.columns, row, strict=True):
                if column.kind != "text" and isinstance(cell, str):
                    yield f"row {number} of {table.title!r} has the text {cell!r} as {column.name}"
                elif column.kind == "text" and not (isinstance(cell, str) or _is_number(cell)):
                    yield f"row {number} of {table.title!r} has as {column.name} neither text nor number"
                elif column.kind != "text" and not _is_number(cell):
                    yield f"row {number} of {table.title!r} has as {column.name} what is no single number"


def _is_number(cell: Any) -> bool:
    """Whether a cell is a real number, an estimate with its limits, or empty."""
    found = np.asarray(cell)
    return cell is None or (found.size == (3 if isinstance(cell, tuple) else 1) and found.dtype.kind in "fiub")


def _wrong_plots(plots: tuple[Plot, ...]) -> Iterable[str]:
    names = [plot.name for plot in plots]
    if len(set(names)) < len(names):
        yield f"two plots of one name: {', '.join(names)}"
    for plot in plots:
        for series in (*plot.series, *plot.above, *plot.beside):
            yield from _wrong_series(f"the plot {plot.name!r}", series)


def _wrong_series(place: str, series: Series) -> Iterable[str]:
    given = {"x": series.x, "y": series.y, "low": series.low, "high": series.high, "size": series.size}
    arrays = {name: np.asarray(array) for name, array in given.items() if array is not None}
    shapes = {name: array.shape for name, array in arrays.items()}
    unreal = [f"{name} ({array.dtype.name})" for name, array in arrays.items() if array.dtype.kind not in "fiu"]
    if unreal:
        yield f"{series.name!r} of {place} has what are no real numbers: {', '.join(unreal)}"
    elif len(set(shapes.values())) > 1 or len(shapes["x"]) != 1:
        yield f"{series.name!r} of {place} has arrays of the shapes {shapes}"
    elif series.labels and len(series.labels) != shapes["x"][0]:
        yield f"{series.name!r} of {place} has {len(series.labels)} labels for {shapes['x'][0]} points"
    if series.style == "band" and (series.low is None or series.high is None):
        yield f"the band {series.name!r} of {place} has no limits"
    if series.style == "cells" and (series.size is None or series.cell is None):
        yield f"the cells {series.name!r} of {place} have no size or hold nothing (cell, size)"


def plain(table: Table) -> Table:
    """The table with Python's numbers in place of numpy's."""
    rows = tuple(tuple(_python(cell) for cell in row) for row in table.rows)
    return replace(table, rows=rows)


def _python(cell: Any) -> Value:
    if isinstance(cell, tuple):
        return (float(cell[0]), float(cell[1]), float(cell[2]))
    value: Value = cell.item() if isinstance(cell, np.generic | np.ndarray) else cell
    return value


def _shown(table: Table, numbers: Numbers) -> Table:
    """The table with effects and contrasts on the display scale."""
    kinds = [column.kind for column in table.columns]
    rows = tuple(tuple(_cell(cell, kind, numbers) for cell, kind in zip(row, kinds, strict=True)) for row in table.rows)
    return replace(table, rows=rows)


def _cell(cell: Value, kind: str, numbers: Numbers) -> Value:
    if kind not in ("effect", "contrast") or cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, tuple):
        middle, *limits = (_number(value, kind, numbers) for value in cell)
        low, high = sorted(limits)  # a transformation may turn the order around
        return (middle, low, high)
    return _number(cell, kind, numbers)


def _number(value: float, kind: str, numbers: Numbers) -> float:
    if kind == "effect":
        return float(_displayed(numbers, np.asarray(value)))
    return float(np.exp(value)) if numbers.measure.plugin.scale in LOGARITHMIC else value
