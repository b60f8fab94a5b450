"""Counts of two arms, with the effects that the project's measures make of them, as models see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import golden
import numpy as np

from livereview import Array, EffectModel, Fit, Mask, Studies
from livereview.fitting import fitted
from livereview_measures import livereview_effect_measures
from livereview_pooling.mantel_haenszel import MANTEL_HAENSZEL
from livereview_pooling.two_by_two import COLUMNS

MEASURES = {measure.name: measure for measure in livereview_effect_measures()}

Table = tuple[float, float, float, float]
"""Events and people of the experimental arm, events and people of the control arm."""


def columns(tables: Sequence[Table]) -> dict[str, Array]:
    """The tables as columns of study data."""
    return dict(zip(COLUMNS, np.array(tables, dtype=np.float64).reshape(-1, 4).T, strict=True))


def dataset(name: str) -> dict[str, Array]:
    """The counts of a reference data set; NaN where one is missing."""
    given = golden.load(name)["data"]["columns"]
    a, b, c, d = (golden.numbers(given[cell]) for cell in ("ai", "bi", "ci", "di"))
    return dict(zip(COLUMNS, (a, a + b, c, c + d), strict=True))


def studies(measure: str, data: dict[str, Array], present: Mask | None = None, **options: Any) -> Studies:
    """Studies with their effects by one of the project's measures; without ``present``, those that have an effect."""
    plugin = MEASURES[measure]
    found = plugin.effects(data, plugin.options.model_validate(options))
    here = np.isfinite(found.effect) if present is None else present
    return Studies(effect=found.effect, variance=found.variance, present=here, data=data, measure=measure)


def fit(chosen: Studies, model: EffectModel = MANTEL_HAENSZEL, **options: Any) -> Fit:
    """The model's fit, checked by the core."""
    return fitted(model, chosen, model.options.model_validate(options))
