"""Counts with the effects that the project's measures make of them, as the models for counts see them."""

from __future__ import annotations

from typing import Any

import golden
import numpy as np

from livereview import Array, EffectModel, Fit, Mask, Studies
from livereview.fitting import fitted
from livereview_glmm import (
    BINOMIAL_NORMAL,
    CONDITIONAL_LOGISTIC,
    CONDITIONAL_POISSON,
    POISSON_NORMAL,
    UNCONDITIONAL_LOGISTIC,
    UNCONDITIONAL_POISSON,
)
from livereview_measures import livereview_effect_measures

MEASURES = {measure.name: measure for measure in livereview_effect_measures()}
LIKELIHOOD_RATIO, WALD = "likelihood ratio, heterogeneity", "Wald, heterogeneity"

#: By metafor's measure and model: ours, and its options.
MODELS: dict[tuple[str, str | None], tuple[EffectModel, dict[str, Any]]] = {
    ("PLO", None): (BINOMIAL_NORMAL, {}),
    ("IRLN", None): (POISSON_NORMAL, {}),
    ("OR", "UM.FS"): (UNCONDITIONAL_LOGISTIC, {}),
    ("OR", "CM.AL"): (CONDITIONAL_LOGISTIC, {"likelihood": "approximate"}),
    ("OR", "CM.EL"): (CONDITIONAL_LOGISTIC, {"likelihood": "exact"}),
    ("IRR", "UM.FS"): (UNCONDITIONAL_POISSON, {}),
    ("IRR", "CM.EL"): (CONDITIONAL_POISSON, {}),
    ("OR", "UM.RS"): (UNCONDITIONAL_LOGISTIC, {"intercepts": "random"}),
    ("IRR", "UM.RS"): (UNCONDITIONAL_POISSON, {"intercepts": "random"}),
}
ALL = [model for model, options in MODELS.values() if options in ({}, {"likelihood": "exact"})]


def studies(model: EffectModel, *columns: Any, present: Mask | None = None) -> Studies:
    """Studies with these columns, in the order of the model's needs; without a mask, those that have an effect."""
    (measure,) = model.measures
    data = {name: np.asarray(column, dtype=np.float64) for name, column in zip(model.needs, columns, strict=True)}
    plugin = MEASURES[measure]
    found = plugin.effects(data, plugin.options())
    here = np.isfinite(found.effect) if present is None else present
    # A study without an effect of its own may still be given to a model.
    effect, variance = np.nan_to_num(found.effect), np.nan_to_num(found.variance, nan=1.0)
    return Studies(effect=effect, variance=variance, present=here, data=data, measure=measure)


def fit(model: EffectModel, chosen: Studies, **options: Any) -> Fit:
    """The model's fit, checked by the core."""
    return fitted(model, chosen, model.options.model_validate(options))


def dataset(name: str, record: golden.Record) -> list[Array]:
    """The columns that the model of a record needs."""
    given = golden.load(name)["data"]["columns"]

    def column(key: str) -> Array:
        return golden.numbers(given[key])

    measure = record["measure"]
    if measure == "PLO":
        return [column("xi"), column("ni")]
    if measure == "IRLN":
        return [column(f"x{record['arm']}i"), column(f"t{record['arm']}i")]
    if measure == "IRR":
        return [column(key) for key in ("x1i", "t1i", "x2i", "t2i")]
    return [column("ai"), column("ai") + column("bi"), column("ci"), column("ci") + column("di")]


def simulated(model: EffectModel, seed: int, k: int = 6, spread: float = 0.8) -> list[Array]:
    """Columns of k studies, some of them with zeros."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(8, 90, (2, k))
    risk = rng.normal(-1.5, 0.7, k)
    effect = rng.normal(-0.4, spread, k)
    if model.needs[1] == "n":
        return [rng.binomial(sizes[0], 1 / (1 + np.exp(-risk - effect))), sizes[0]]
    if model.needs[1] == "time":
        return [rng.poisson(sizes[0] * np.exp(risk + effect)), sizes[0]]
    if model.needs[1] == "n_1":
        first, second = (1 / (1 + np.exp(-risk - half)) for half in (effect / 2, -effect / 2))
        return [rng.binomial(sizes[0], first), sizes[0], rng.binomial(sizes[1], second), sizes[1]]
    first, second = (np.exp(risk + half) for half in (effect / 2, -effect / 2))
    return [rng.poisson(sizes[0] * first), sizes[0], rng.poisson(sizes[1] * second), sizes[1]]
