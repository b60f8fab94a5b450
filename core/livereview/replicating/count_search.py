"""Integer counts that would give a printed pool: every set in a bounded space tried, in parts, by the same plugins.

A solution shows which counts the arithmetic allows. It is no evidence: it is labelled reconstructed and pooled nowhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from livereview import inference
from livereview.fetching import Progress, silent
from livereview.numbers import effects_of
from livereview.replicating.candidates import Candidate
from livereview.replicating.digits import Printed
from livereview.replicating.pooling import cut, pools
from livereview.replicating.recipes import Recipe
from livereview.types import Array, PluginError, Studies

#: Sets of counts that are tried for one line and recipe.
MOST = 3_000_000
#: Sets in one call of a model.
_PART = 60_000
#: Tables of two arms in one call of a model that needs the counts themselves.
_TABLES = 400
#: Solutions that are kept.
KEPT = 20

Counts = tuple[int, int]
"""Events and people of one arm."""


@dataclass(frozen=True, kw_only=True)
class Solutions:
    """What a search found."""

    tried: int
    found: int
    complete: bool
    first: tuple[tuple[Counts, ...], ...]
    """The first solutions, in the order of the studies."""


def space(options: Sequence[Sequence[Counts]]) -> int:
    """How many sets of counts there are."""
    return math.prod(len(each) for each in options)


def arm_solutions(
    recipe: Recipe,
    options: Sequence[Sequence[Counts]],
    printed: Mapping[str, Printed],
    progress: Progress = silent,
    most: int = MOST,
) -> Solutions:
    """Sets of one count per study that give every printed number, by a recipe that pools effects of one arm.

    ``options`` are the counts that each study may have. Sets whose events and people do not add to the printed ones are
    passed over before anything is pooled. Of a space larger than ``most`` the first sets are tried.
    """
    flat = [count for each in options for count in each]
    data = {"events": np.array([x for x, _ in flat], float), "n": np.array([n for _, n in flat], float)}
    try:
        effects = effects_of(recipe.measure, data, len(flat))
    except PluginError:
        return Solutions(tried=0, found=0, complete=True, first=())
    usable = np.isfinite(effects.effect) & np.isfinite(effects.variance) & (effects.variance > 0)
    starts = np.cumsum([0, *(len(each) for each in options[:-1])])
    whole, tried, found = min(space(options), most), 0, 0
    first: list[tuple[Counts, ...]] = []
    for part in _parts(whole):
        progress("reconstructing", part.start, whole)
        chosen = np.stack(np.unravel_index(np.arange(part.start, part.stop), [len(each) for each in options]), axis=-1)
        chosen = chosen + starts
        chosen = chosen[usable[chosen].all(axis=-1) & _sums_agree(chosen, data, printed)]
        tried += len(chosen)
        for row in chosen[_gives(recipe, effects.effect[chosen], effects.variance[chosen], data["n"][chosen], printed)]:
            found += 1
            if len(first) < KEPT:
                first.append(tuple(flat[index] for index in row))
    return Solutions(tried=tried, found=found, complete=space(options) <= most, first=tuple(first))


def _parts(whole: int) -> Iterator[range]:
    for start in range(0, whole, _PART):
        yield range(start, min(start + _PART, whole))


def _sums_agree(chosen: Array, data: Mapping[str, Array], printed: Mapping[str, Printed]) -> Array:
    agree = np.ones(len(chosen), dtype=bool)
    for name in ("events", "n"):
        if name in printed and {"events", "n"} <= printed.keys():
            agree &= printed[name].holds(data[name][chosen].sum(axis=-1))
    return agree


def _gives(recipe: Recipe, effect: Array, variance: Array, n: Array, printed: Mapping[str, Printed]) -> Array:
    """Which sets, of effects in rows, give every printed number."""
    if not len(effect):
        return np.zeros(0, dtype=bool)
    measure = recipe.measure.plugin
    present = np.ones(effect.shape, dtype=bool)
    studies = Studies(effect=effect, variance=variance, present=present, measure=measure.name)
    fit = inference.fitted(recipe.model.plugin, studies, recipe.model.options)
    found = inference.derived(studies, fit, prediction="none", null=measure.null)
    size = effect.shape[-1] / (1 / n).sum(axis=-1)
    held = np.ones(len(effect), dtype=bool)
    for name in ("estimate", "ci_low", "ci_high", "i2", "q_p", "p_value", "k"):
        if name in printed:
            values = getattr(found, name)
            if name in ("estimate", "ci_low", "ci_high"):
                values = cut(name, np.asarray(measure.back_transform(values, size)), measure.display)
            held &= printed[name].holds(values)
    return held


def table_solutions(
    recipe: Recipe,
    known: Sequence[Candidate],
    sizes: tuple[int, int],
    printed: Mapping[str, Printed],
    progress: Progress = silent,
) -> Solutions:
    """Tables of one trial, of arms of these sizes, that give every printed number beside the known trials."""
    first_size, second_size = sizes
    tables = [(a, c) for a in range(first_size + 1) for c in range(second_size + 1)]
    found = 0
    first: list[tuple[Counts, ...]] = []
    for start in range(0, len(tables), _TABLES):
        progress("reconstructing", start, len(tables))
        part = tables[start : start + _TABLES]
        each = [
            Candidate(study="", label="", origin="", data={"events_1": float(a), "n_1": float(first_size),
                                                           "events_2": float(c), "n_2": float(second_size)})
            for a, c in part
        ]  # fmt: skip
        masks = np.hstack([np.eye(len(part), dtype=bool), np.ones((len(part), len(known)), dtype=bool)])
        values = pools([*each, *known], masks, recipe)
        if values is None:
            continue
        held = np.ones(len(part), dtype=bool)
        for name, number in printed.items():
            held &= number.holds(values[name]) if name in values else False
        for index in np.flatnonzero(held):
            found += 1
            if len(first) < KEPT:
                first.append(((part[index][0], first_size), (part[index][1], second_size)))
    return Solutions(tried=len(tables), found=found, complete=True, first=tuple(first))
