"""A recipe carried out on many combinations of numbers at once: what each would have printed.

The numbers with which studies may have entered are the studies of one batch; a combination is a mask over them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

import numpy as np

from livereview import inference
from livereview.bound import section
from livereview.numbers import effects_of
from livereview.replicating.candidates import Candidate
from livereview.replicating.recipes import Recipe
from livereview.types import Array, Mask, PluginError, Studies, StudyEffects

#: What a report calls this part where a plugin breaks.
SECTION = "replication"
#: What a recipe gives, on the natural scale of the table ``published``.
Pools = Mapping[str, Array]


def columns_of(candidates: Sequence[Candidate]) -> dict[str, Array]:
    """The data of the candidates as columns; NaN where one has no such number."""
    names = dict.fromkeys(name for item in candidates for name in item.data)
    return {name: np.array([item.data.get(name, np.nan) for item in candidates], dtype=np.float64) for name in names}


def pools(candidates: Sequence[Candidate], masks: Mask, recipe: Recipe) -> Pools | None:
    """Estimate, limits, I², P of Q, P, k and sums of counts of every combination; None where the recipe does not apply.

    ``masks`` has shape (combinations, candidates). NaN where a candidate has no effect on this scale or the model
    gives none. Limits of proportions are as the method gives them, not cut at 0 and 1. Raises SectionFailed where a
    plugin breaks.
    """
    data, measure = columns_of(candidates), recipe.measure
    with section(SECTION, recipe.model), suppress(PluginError):  # a method that these numbers are not for
        effects = effects_of(measure, data, len(candidates))
        usable = np.isfinite(effects.effect) & np.isfinite(effects.variance) & (effects.variance > 0)
        valid = np.asarray(~(masks & ~usable).any(axis=-1) & masks.any(axis=-1))
        if recipe.own_interval:
            valid &= masks.sum(axis=-1) == 1
        if valid.any():
            return _spread(_computed(candidates, masks[valid], recipe, effects, data), valid)
    return None


def _computed(
    candidates: Sequence[Candidate], masks: Mask, recipe: Recipe, effects: StudyEffects, data: Mapping[str, Array]
) -> dict[str, Array]:
    measure, model = recipe.measure.plugin, recipe.model
    studies = Studies(
        effect=np.where(np.isfinite(effects.effect), effects.effect, 0.0),
        variance=np.where(np.isfinite(effects.variance), effects.variance, 0.0),
        present=masks,
        data=data,
        measure=measure.name,
        labels=tuple(item.label for item in candidates),
    )
    fit = inference.fitted(model.plugin, studies, model.options)
    null = measure.null if model.plugin.has_test else None
    found = inference.derived(studies, fit, prediction="none", null=null)
    size = None
    if "n" in data:  # the harmonic mean, for scales whose way back depends on a sample size
        with np.errstate(divide="ignore"):
            size = masks.sum(axis=-1) / np.where(masks, 1 / data["n"], 0.0).sum(axis=-1)
    shown = {
        name: np.asarray(measure.back_transform(np.asarray(value), size))
        for name, value in (("estimate", found.estimate), ("ci_low", found.ci_low), ("ci_high", found.ci_high))
    }
    if recipe.own_interval and effects.ci_low is not None and effects.ci_high is not None:
        which = masks.argmax(axis=-1)
        shown |= {"ci_low": effects.ci_low[which], "ci_high": effects.ci_high[which]}
    sums = {name: np.where(masks, data[name], 0.0).sum(axis=-1) for name in ("events", "n") if name in data}
    return {**shown, **sums, "k": found.k, "i2": found.i2, "q_p": found.q_p, "p_value": found.p_value,
            "standard_error": found.standard_error}  # fmt: skip


def _spread(found: Mapping[str, Array], valid: Mask) -> dict[str, Array]:
    """The results of the valid combinations in their places; NaN elsewhere."""
    spread = {}
    for name, values in found.items():
        whole = np.full(valid.shape, np.nan)
        whole[valid] = values
        spread[name] = whole
    return spread


def cut(name: str, values: Array, display: str) -> Array:
    """Limits of proportions cut at 0 and 1, as they are printed."""
    return np.clip(values, 0.0, 1.0) if display == "proportion" and name in ("ci_low", "ci_high") else values
