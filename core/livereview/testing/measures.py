"""Checks of effect measures: what effects must be, what may not change them, and what may not be silent."""

from __future__ import annotations

import numpy as np

from livereview.testing.agreement import apart
from livereview.testing.check import Inapplicable, Subject, check, fail
from livereview.testing.study_data import (
    Data,
    effects_of,
    needed,
    ordinary,
    swapped,
    told,
    troubled,
    without_events,
)
from livereview.testing.trials import Trial
from livereview.types import EffectMeasure, RowsNeeded, StudyEffects

Measure = Subject[EffectMeasure]

#: Columns that rows of the evidence store have for measures.
_KNOWN = ("events", "n", "time", "mean", "sd", "estimate", "se", "ci_low", "ci_high", "ci_level", "p_value",
          "o_minus_e", "o_minus_e_variance", "direction")  # fmt: skip


@check(EffectMeasure, every_choice=True)
def rows_that_exist(measure: Measure) -> None:
    """The rows that it needs can exist: a layout, columns that the evidence has, values of ``measure``."""
    rows = needed(measure)
    if not isinstance(rows, RowsNeeded):
        fail(f"rows returned {type(rows).__name__}; it must return RowsNeeded")
    if rows.layout not in ("two-arms", "one-arm", "contrast"):
        fail(f"the layout is {rows.layout!r}")
    unknown = [name for name in (*rows.columns, *(name for group in rows.any_of for name in group))
               if name not in _KNOWN]  # fmt: skip
    if unknown or not rows.measures:
        fail(f"the columns are {rows.columns}, any of {rows.any_of}, of the measures {rows.measures}")


@check(EffectMeasure, every_choice=True)
def possible_results(measure: Measure) -> None:
    """Ordinary studies have an effect each, in float64, with a positive variance, inside an interval of its own."""
    for data in ordinary(measure):
        found = effects_of(measure, data)
        shape = next(iter(data.values())).shape
        if not isinstance(found, StudyEffects):
            fail(f"effects returned {type(found).__name__}; it must return StudyEffects")
        for name in ("effect", "variance"):
            array = np.asarray(getattr(found, name))
            if array.shape != shape or array.dtype != np.float64:
                fail(f"{name} is {array.dtype.name} of shape {array.shape}, not float64 of {shape}; {told(data)}")
        bad = ~(np.isfinite(found.effect) & np.isfinite(found.variance) & (found.variance > 0))
        if bad.any():
            at = int(np.flatnonzero(bad)[0])
            fail(f"effect {found.effect[at]:g}, variance {found.variance[at]:g}; {told(data, at)}")
        _holds_its_effect(measure, data, found)


def _holds_its_effect(measure: Measure, data: Data, found: StudyEffects) -> None:
    if found.ci_low is None or found.ci_high is None:
        return
    shown = measure.plugin.back_transform(found.effect, data.get("n"))
    outside = ~((found.ci_low <= shown) & (shown <= found.ci_high))
    if outside.any():
        at = int(np.flatnonzero(outside)[0])
        fail(f"the interval {found.ci_low[at]:g} to {found.ci_high[at]:g} does not hold the effect {shown[at]:g}; "
             f"{told(data, at)}")  # fmt: skip


@check(EffectMeasure, every_choice=True)
def order_of_studies(measure: Measure) -> None:
    """The order of the studies changes nothing but the order of the effects and notes."""
    for data in (*ordinary(measure), *(data for _, data in troubled(measure))):
        size = next(iter(data.values())).shape[-1]
        order = np.arange(size)[::-1]
        found, other = effects_of(measure, data), effects_of(measure, {k: v[order] for k, v in data.items()})
        _same(found, other, order, "in the opposite order", data)


@check(EffectMeasure, every_choice=True)
def batch_is_singles(measure: Measure) -> None:
    """A study has the effect and the notes that it has alone."""
    for data in (*ordinary(measure), *(data for _, data in (*troubled(measure), *without_events(measure)))):
        found = effects_of(measure, data)
        for at in range(next(iter(data.values())).shape[-1]):
            alone = effects_of(measure, {name: column[[at]] for name, column in data.items()})
            pair = StudyEffects(
                effect=found.effect[[at]],
                variance=found.variance[[at]],
                notes={0: tuple(found.notes.get(at, ()))},
            )
            _same(pair, alone, np.array([0]), f"study {at + 1} alone", data)


def _same(found: StudyEffects, other: StudyEffects, order: np.ndarray, what: str, data: Data) -> None:
    """Fail where the effects of ``other``, the studies in another order, are not those of ``found``."""
    for name in ("effect", "variance"):
        a, b = np.asarray(getattr(found, name))[order], np.asarray(getattr(other, name))
        if apart(b, a, 0.0).any():
            fail(f"{what} {name} is {b.tolist()}, and was {a.tolist()}; {told(data)}")
    for new, old in enumerate(order.tolist()):
        said, was = tuple(other.notes.get(new, ())), tuple(found.notes.get(old, ()))
        if said != was:
            fail(f"{what} the notes are {said}, and were {was}; {told(data)}")


@check(EffectMeasure)
def leading_axes(measure: Measure) -> None:
    """Columns of shape (2, 3, K) give effects of that shape, each as it is alone."""
    for data in ordinary(measure):
        wide = {name: np.tile(column, (2, 3, 1)) for name, column in data.items()}
        found, single = effects_of(measure, wide), effects_of(measure, data)
        for name in ("effect", "variance"):
            a, b = np.asarray(getattr(found, name)), np.asarray(getattr(single, name))
            if a.shape != (2, 3, b.size) or apart(a, np.broadcast_to(b, a.shape), 0.0).any():
                fail(f"{name} has shape {a.shape} and is {a.tolist()}, alone {b.tolist()}; {told(data)}")


@check(EffectMeasure)
def no_studies(measure: Measure) -> None:
    """No studies give no effects."""
    [data, *_] = ordinary(measure)
    found = effects_of(measure, {name: column[:0] for name, column in data.items()})
    if np.shape(found.effect) != (0,) or np.shape(found.variance) != (0,):
        fail(f"effect has shape {np.shape(found.effect)}, variance {np.shape(found.variance)}")


@check(EffectMeasure, every_choice=True)
def nothing_silent(measure: Measure) -> None:
    """A study without an effect says why, and every effect has a usable variance, whatever its numbers are."""
    for what, data in (*troubled(measure), *without_events(measure)):
        found = effects_of(measure, data)
        for at in range(np.size(found.effect)):
            effect, variance = float(found.effect[at]), float(found.variance[at])
            if np.isnan(effect):
                if not any(text.strip() for text in found.notes.get(at, ())):
                    fail(f"{what}: it has no effect and no note; {told(data, at)}")
            elif not (np.isfinite(effect) and np.isfinite(variance) and variance > 0):
                fail(f"{what}: effect {effect:g} with variance {variance:g}; {told(data, at)}")


@check(EffectMeasure, every_choice=True)
def impossible_numbers(measure: Measure) -> None:
    """Numbers that cannot be give no effect: more events than people, negative counts, infinite or missing ones."""
    for what, data in troubled(measure):
        name = what.partition(" ")[0]
        negative = what.endswith("-3") and name.rstrip("_12") in ("events", "n", "time", "sd")
        missing = what.endswith(("nan", "inf")) and name.rstrip("_12") in ("events", "n", "time", "sd", "mean")
        needs = {*needed(measure).columns, "estimate"}
        if not (negative or what.startswith("more") or (missing and name.rstrip("_12") in needs)):
            continue
        found = effects_of(measure, data)
        if not np.isnan(found.effect[0]):
            fail(f"{what}: the effect is {found.effect[0]:.6g}; {told(data, 0)}")


@check(EffectMeasure)
def no_events_are_noted(measure: Measure) -> None:
    """On a scale of logs an arm without events has no effect of its own: what is done about it is noted."""
    if measure.plugin.scale not in ("log", "logit") or not {"events"} & set(needed(measure).columns):
        raise Inapplicable("its scale has a place for no events")
    for what, data in without_events(measure):
        found = effects_of(measure, data)
        if not any(text.strip() for text in found.notes.get(0, ())):
            fail(f"{what}: the effect is {found.effect[0]:.6g}, without a note; {told(data, 0)}")


@check(EffectMeasure, every_choice=True)
def exchange_of_arms(measure: Measure) -> None:
    """With the arms exchanged an effect lies as far on the other side of no effect, with the same variance."""
    null = measure.plugin.null
    if needed(measure).layout != "two-arms" or null is None:
        raise Inapplicable("it does not compare two arms")
    for data in (*ordinary(measure), *(data for _, data in without_events(measure))):
        found, other = effects_of(measure, data), effects_of(measure, swapped(data))
        if apart(other.effect, 2 * null - found.effect, 0.0).any():
            fail(f"the effect was {found.effect.tolist()} and is {other.effect.tolist()}; {told(data)}")
        if apart(other.variance, found.variance, 0.0).any():
            fail(f"the variance was {found.variance.tolist()} and is {other.variance.tolist()}; {told(data)}")


def trials(measure: Measure) -> tuple[Trial, ...]:
    """The effects of ordinary and of troubled data, as the core asks for them."""

    def trial(data: Data) -> Trial:
        return Trial(
            name=told(data),
            make=lambda: {name: column.copy() for name, column in data.items()},
            call=lambda given: measure.plugin.effects(given, measure.options),
        )

    return tuple(trial(data) for data in (*ordinary(measure), *(data for _, data in without_events(measure))))
