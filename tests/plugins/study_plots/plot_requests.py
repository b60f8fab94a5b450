"""An outcome as a plot of all studies sees it: the 13 trials of BCG vaccine, pooled by random effects (REML, Wald)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import golden
import numpy as np

from livereview import AnalysisRequest, Array, Fit, Studies
from livereview_estimation import pooled, tau_squared

Z95 = 1.959963984540054


def column(name: str) -> list[object]:
    """One column of the data set."""
    values: list[object] = golden.load("dat.bcg")["data"]["columns"][name]
    return values


def random_effects(studies: Studies) -> Fit:
    """REML, normal intervals."""
    tau2 = tau_squared(studies.effect, studies.variance, studies.present, "REML").value
    mean = pooled(studies.effect, studies.variance, studies.present, tau2)
    return Fit(estimate=mean.mean, standard_error=np.sqrt(mean.variance), weights=mean.weights, tau2=tau2)


def common_effect(studies: Studies) -> Fit:
    """Inverse variance, normal intervals."""
    mean = pooled(studies.effect, studies.variance, studies.present)
    return Fit(estimate=mean.mean, standard_error=np.sqrt(mean.variance), weights=mean.weights)


def counts() -> dict[str, Array]:
    """Events and participants of both arms of the BCG trials."""
    a, b, c, d = (np.array(column(name), dtype=np.float64) for name in ("ai", "bi", "ci", "di"))
    return {"events_1": a, "n_1": a + b, "events_2": c, "n_2": c + d}


def request(studies: Studies | None = None, **change: Any) -> AnalysisRequest:
    """The BCG trials on the log risk ratio, or other studies."""
    if studies is None:
        y, v = golden.effect("dat.bcg", "RR")
        labels = tuple(str(label) for label in column("label"))
        studies = Studies(
            effect=y, variance=v, present=np.ones(y.size, dtype=bool), measure="RR", labels=labels, data=counts()
        )
    whole = AnalysisRequest(
        studies=studies, fit=random_effects, model="random-effects", model_options={}, level=0.95, null=0.0,
        scale="log", characteristics={},
        results=studies, result_of=(), result_studies=(), display="ratio", shown=np.exp,
    )  # fmt: skip
    return replace(whole, **change)
