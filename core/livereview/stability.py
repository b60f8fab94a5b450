"""The stability grid: one outcome under every combination of measures, models, options and sets of studies.

An analysis agrees with the main one if its interval lies on the same side of no effect, or includes it as the main one
does; for a measure without a null, if its estimate lies in the main interval. Analyses that cannot be made are counted
and say why; none is left out in silence.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from pydantic import ValidationError

from livereview.bound import Bound, SectionFailed
from livereview.fits import fits_of
from livereview.further import Column, Plot, Series, Table, Value
from livereview.manifest.models import ModelChoice, Stability
from livereview.numbers import Numbers, numbers_of
from livereview.printing import counted, interval
from livereview.report import FurtherResult, Pooled
from livereview.selection import passes
from livereview.setting import Setting, bound_measure, bound_model
from livereview.types import Array, EffectMeasure, EffectModel, Mask

ALL = "all studies"
#: Most analyses of one grid; a mistyped grid must not run for hours.
MOST = 5000


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """One cell of the grid."""

    choices: Mapping[str, str]
    """Value by name of the choice: measure, model, options of the model, studies."""
    pooled: Pooled | None
    """None where it cannot be made."""
    why_not: str = ""
    measure: Bound[EffectMeasure]
    agrees: bool | None = None


def stability(setting: Setting, main: Pooled) -> tuple[FurtherResult, ...]:
    """The grid of an outcome; empty where it asks for none. ``main`` is its main result."""
    grid = setting.outcome.stability
    if grid is None:
        return ()
    result = FurtherResult(name="stability", title="Stability under other choices", options=_asked(grid))
    if main.k < 2 or math.isnan(main.estimate):
        return (replace(result, refused=f"{counted(main.k, 'study', 'studies')}: there is nothing to vary"),)
    size = _size(setting, grid)
    if size > MOST:
        return (replace(result, refused=f"{size:,} analyses; a grid may have at most {MOST:,}"),)
    found = list(_analyses(setting, grid, main))
    tables = (_by_choice(found), _every(found, printed=False))
    notes = (_rule(main, setting), *_not_made(found))
    return (
        replace(
            result,
            tables=tables,
            shown=(tables[0], _every(found, printed=True)),
            plots=_curve(found, setting),
            notes=notes,
        ),
    )


def _asked(grid: Stability) -> str:
    parts = [f"measures = {', '.join(choice.name for choice in grid.measures)}"] if grid.measures else []
    parts += [f"models = {', '.join(choice.name for choice in grid.models)}"] if grid.models else []
    parts += [f"{name} = {', '.join(map(str, values))}" for name, values in grid.options.items()]
    parts += [f"studies = {', '.join((ALL, *(part.title for part in grid.studies)))}"] if grid.studies else []
    return "; ".join(parts)


# --- the analyses ------------------------------------------------------------------------------------------------


def _models(setting: Setting, grid: Stability) -> list[ModelChoice]:
    """Every model with every combination of those options that it has."""
    own = setting.outcome.model
    assert own is not None
    found = []
    for choice in grid.models or (own,):
        known = setting.plugins.find(EffectModel, choice.name)
        fields = known.descriptor.options.model_fields if known else {}
        names = [name for name in grid.options if name in fields]
        for values in itertools.product(*(grid.options[name] for name in names)):
            options = {**choice.options, **dict(zip(names, values, strict=True))}
            found.append(ModelChoice.model_validate({"name": choice.name, **options}))
    return found


def _size(setting: Setting, grid: Stability) -> int:
    return max(len(grid.measures), 1) * len(_models(setting, grid)) * (1 + len(grid.studies))


def _analyses(setting: Setting, grid: Stability, main: Pooled) -> Iterator[Analysis]:
    outcome, models = setting.outcome, _models(setting, grid)
    assert outcome.measure is not None
    for choice in grid.measures or (outcome.measure,):
        measure = bound_measure(setting.plugins, choice, outcome)
        try:
            numbers = numbers_of(setting.scope, outcome, measure)
        except SectionFailed as failed:
            numbers, why = None, failed.failure.message
        for model in models:
            for title, pooled, reason in _fitted(setting, grid, numbers, model) if numbers else ((ALL, None, why),):
                choices = {"measure": measure.name, "model": model.name}
                choices |= {name: str(model.options.get(name, "–")) for name in grid.options}
                agrees = None if pooled is None or numbers is None else _agrees(pooled, main, numbers)
                yield Analysis(
                    choices={**choices, "studies": title},
                    pooled=pooled,
                    why_not=reason,
                    measure=measure,
                    agrees=agrees,
                )


def _fitted(
    setting: Setting, grid: Stability, numbers: Numbers, choice: ModelChoice
) -> Iterator[tuple[str, Pooled | None, str]]:
    """All sets of studies under one model, in one call of it."""
    sets = {ALL: np.ones(len(numbers.ids), dtype=bool), **_sets(setting, grid, numbers)}
    try:
        model = bound_model(setting.plugins, choice, setting.outcome)
        fits = fits_of(numbers, np.stack(list(sets.values())), model, setting.outcome)
    except (SectionFailed, ValidationError) as error:
        yield from ((title, None, _reason(error, choice)) for title in sets)
        return
    for title, pooled in zip(sets, fits.pooled, strict=True):
        usable = pooled.k > 0 and pooled.converged and not math.isnan(pooled.estimate)
        yield title, pooled if usable else None, "" if usable else "; ".join(pooled.notes) or "no study"


def _reason(error: SectionFailed | ValidationError, choice: ModelChoice) -> str:
    if isinstance(error, SectionFailed):
        return error.failure.message
    found = error.errors(include_url=False)
    keys = ", ".join(f"{'.'.join(map(str, item['loc']))} = {item['input']}" for item in found)
    return f"{choice.name} does not have {keys}"


def _sets(setting: Setting, grid: Stability, numbers: Numbers) -> dict[str, Mask]:
    rows = [setting.scope.studies[study_id] for study_id in numbers.ids]
    return {
        part.title: np.array([all(passes(row, item) for item in part.filters) for row in rows], dtype=bool)
        for part in grid.studies
    }


def _agrees(pooled: Pooled, main: Pooled, numbers: Numbers) -> bool:
    null = numbers.measure.plugin.null
    if null is None:
        return main.shown.low <= pooled.shown.estimate <= main.shown.high
    return _side(pooled, null) == _side(main, null)


def _side(pooled: Pooled, null: float) -> int:
    """-1 or 1 where the interval lies on one side of no effect, 0 where it includes it."""
    return int(pooled.ci_low > null) - int(pooled.ci_high < null)


# --- what is shown -----------------------------------------------------------------------------------------------


def _rule(main: Pooled, setting: Setting) -> str:
    if setting.measure.plugin.null is None:
        return "An analysis agrees if its estimate lies in the interval of the main analysis."
    return "An analysis agrees if its interval lies on the same side of no effect as that of the main analysis, or " \
           "includes no effect as it does."  # fmt: skip


def _not_made(found: Sequence[Analysis]) -> list[str]:
    """What could not be made, by reason."""
    reasons: dict[str, int] = {}
    for one in found:
        if one.pooled is None:
            reasons[one.why_not] = reasons.get(one.why_not, 0) + 1
    return [f"Not made, {counted(number, 'analysis', 'analyses')}: {why}." for why, number in reasons.items()]


def _by_choice(found: Sequence[Analysis]) -> Table:
    """How many analyses agree, in all and by each value of each choice, those that matter most first."""
    columns = (Column(name="Choice", kind="text"), Column(name="Value", kind="text"),
               Column(name="Analyses", kind="count"), Column(name="Agree", kind="count"),
               Column(name="Agree (%)", kind="percent"))  # fmt: skip
    made = [one for one in found if one.pooled is not None]
    rows = [_counted("all", "", made)]
    groups: list[tuple[float, list[tuple[Value, ...]]]] = []
    for name in found[0].choices if found else ():
        values = list(dict.fromkeys(one.choices[name] for one in made))
        if len(values) > 1:
            of_value = [_counted(name, value, [one for one in made if one.choices[name] == value]) for value in values]
            shares = [float(row[4]) for row in of_value if isinstance(row[4], float)]
            groups.append((max(shares) - min(shares), of_value))
    groups.sort(key=lambda group: -group[0])
    return Table(
        title="How many analyses agree",
        columns=columns,
        rows=(*rows, *(row for _, of_value in groups for row in of_value)),
        notes=("The choice that changes most is first.",) if groups else (),
    )


def _counted(name: str, value: str, made: Sequence[Analysis]) -> tuple[Value, ...]:
    agree = sum(bool(one.agrees) for one in made)
    return (name, value, len(made), agree, 100 * agree / len(made) if made else math.nan)


def _every(found: Sequence[Analysis], printed: bool) -> Table:
    """Every analysis: in words, or its numbers on the display scale."""
    names = list(found[0].choices) if found else []
    told = [Column(name="Result", kind="text")] if printed else [
        Column(name="estimate"), Column(name="ci_low"), Column(name="ci_high")
    ]  # fmt: skip
    columns = (
        *(Column(name=name, kind="text") for name in names), Column(name="k", kind="count"), *told,
        Column(name="P", kind="p-value"), Column(name="I² (%)", kind="percent"), Column(name="Agrees", kind="text"),
    )  # fmt: skip
    return Table(title="Every analysis", columns=columns, rows=tuple(_row(one, printed) for one in found))


def _row(one: Analysis, printed: bool) -> tuple[Value, ...]:
    words = {True: "yes", False: "no", None: ""}[one.agrees]
    if one.pooled is None:
        return (*one.choices.values(), None, *(["not made"] if printed else [None] * 3), None, None, words)
    shown = one.pooled.shown
    result: list[Value] = [shown.estimate, shown.low, shown.high]
    if printed:
        result = [interval(shown, one.measure.plugin.display)]
    return (*one.choices.values(), one.pooled.k, *result, one.pooled.p_value, one.pooled.i2, words)


def _curve(found: Sequence[Analysis], setting: Setting) -> tuple[Plot, ...]:
    """The analyses of the outcome's own measure, sorted by estimate, with their intervals."""
    own = [one.pooled for one in found if one.pooled is not None and one.measure.name == setting.measure.name]
    own.sort(key=lambda pooled: (pooled.estimate, pooled.ci_high - pooled.ci_low))
    if len(own) < 2:
        return ()

    def column(name: str) -> Array:
        return np.array([getattr(pooled, name) for pooled in own])

    series = Series(
        name="analyses", x=np.arange(1.0, len(own) + 1), y=column("estimate"), low=column("ci_low"),
        high=column("ci_high"),
    )  # fmt: skip
    return (
        Plot(
            name="curve",
            title="Every analysis, sorted by estimate",
            x_label="analyses",
            y_label=setting.measure.plugin.title,
            y_kind="effect",
            series=(series,),
            alt=f"{len(own)} analyses sorted by their estimate, each with its interval.",
        ),
    )
