"""Requests to the sequential analyses from made-up trials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from livereview import AnalysisRequest, EffectModel, Studies
from livereview.fitting import fitted
from livereview_pooling import RANDOM_EFFECTS

LABELS = ("Adams", "Brown", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haddad", "Ivanova", "Jansen")


def request(
    effect: Sequence[float],
    variance: Sequence[float],
    *,
    model: EffectModel = RANDOM_EFFECTS,
    measure: str = "HR",
    scale: str = "log",
    data: dict[str, Any] | None = None,
    participants: tuple[int | None, ...] | None = None,
    published: tuple[str, ...] | None = None,
    null: float | None = 0.0,
    **choices: Any,
) -> AnalysisRequest:
    """An outcome of these effects and variances, pooled by DerSimonian and Laird with Wald's test by default."""
    k = len(effect)
    studies = Studies(
        effect=np.asarray(effect, dtype=np.float64),
        variance=np.asarray(variance, dtype=np.float64),
        present=np.ones(k, dtype=bool),
        data={name: np.asarray(column, dtype=np.float64) for name, column in (data or {}).items()},
        measure=measure,
        labels=LABELS[:k],
    )
    if model is RANDOM_EFFECTS:
        choices = {"tau2": "DL", "interval": "wald"} | choices
    options = model.options(**choices)
    return AnalysisRequest(
        studies=studies,
        fit=lambda studies: fitted(model, studies, options),
        model=model.name,
        model_options=options.model_dump(),
        level=0.95,
        null=null,
        scale=scale,
        characteristics={},
        results=studies,
        result_of=tuple(range(k)),
        result_studies=studies.labels,
        published=published or tuple(f"{2010 + i}-01-01" for i in range(k)),
        participants=participants or (100,) * k,
        has_test=model.has_test,
    )
