"""Outcomes to look ahead from: studies with known effects and variances, and any model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from livereview import AnalysisRequest, Array, EffectModel, PlannedTrial, Studies
from livereview.fitting import fitted
from livereview_planning.conclusions import Threshold
from livereview_planning.outlook import Ahead
from livereview_planning.predictive import predictive
from livereview_pooling import COMMON_EFFECT, RANDOM_EFFECTS

EFFECTS = (-0.51, -0.22, -0.36, 0.10, -0.29)
VARIANCES = (0.05, 0.08, 0.03, 0.10, 0.06)
ADHOC = {"tau2": "REML", "interval": "hartung-knapp-adhoc"}


def request(
    effects: Sequence[float] = EFFECTS,
    variances: Sequence[float] = VARIANCES,
    model: EffectModel = COMMON_EFFECT,
    options: dict[str, Any] | None = None,
    **fields: Any,
) -> AnalysisRequest:
    """An outcome of log ratios; every field can be given."""
    k = len(effects)
    studies = Studies(
        effect=np.array(effects, dtype=np.float64), variance=np.array(variances, dtype=np.float64),
        present=np.ones(k, dtype=bool), data=fields.pop("data", {}), measure=fields.pop("measure", "HR"),
        labels=tuple(f"Study {i + 1}" for i in range(k)),
    )  # fmt: skip
    chosen = model.options(**(options or {}))
    given: dict[str, Any] = {
        "studies": studies, "fit": lambda anew: fitted(model, anew, chosen), "model": model.name, "model_options": {},
        "level": 0.95, "null": 0.0, "scale": "log", "characteristics": {}, "results": studies,
        "result_of": tuple(range(k)), "result_studies": studies.labels, "participants": (100,) * k,
        "display": "ratio", "shown": np.exp,
    }  # fmt: skip
    return AnalysisRequest(**(given | fields))


def random_effects(**fields: Any) -> AnalysisRequest:
    """The same by random effects, Hartung-Knapp."""
    return request(model=RANDOM_EFFECTS, options=ADHOC, **fields)


def ahead(asked: AnalysisRequest, *values: float, tau2: float | None = None) -> Ahead:
    """An outcome whose conclusion hangs on values of the display scale."""
    return Ahead(
        request=asked,
        predictive=predictive(asked, asked.fit(asked.studies), tau2),
        thresholds=tuple(Threshold(value=value, name=f"{value:g}") for value in values),
    )


def pooled(asked: AnalysisRequest) -> tuple[float, float]:
    """Common-effect estimate and information, written out."""
    weight = 1 / asked.studies.variance
    return float(weight @ asked.studies.effect / weight.sum()), float(weight.sum())


def trials(*sizes: int | None, **fields: Any) -> tuple[PlannedTrial, ...]:
    """Planned trials NCT1, NCT2, ... of these sizes."""
    return tuple(PlannedTrial(registry_id=f"NCT{i + 1}", participants=n, **fields) for i, n in enumerate(sizes))


def array(*values: float) -> Array:
    return np.array(values, dtype=np.float64)
