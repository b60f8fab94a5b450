"""An outcome as a further analysis sees it: the 13 trials of BCG vaccine, log risk ratios."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import golden
import numpy as np
from regression_reference import column

from livereview import AnalysisRequest, Fit, Studies


def _unused(studies: Studies) -> Fit:
    raise AssertionError("no regression asks for the outcome's own model")


def bcg(**characteristics: Any) -> AnalysisRequest:
    """With latitude (as text, as characteristics are), allocation and year, and what else is given."""
    y, v = golden.effect("dat.bcg", "RR")
    labels = tuple(str(label) for label in column("dat.bcg", "label"))
    studies = Studies(effect=y, variance=v, present=np.ones(y.size, dtype=bool), measure="RR", labels=labels)
    own = {
        "characteristics.latitude": tuple(str(value) for value in column("dat.bcg", "ablat")),
        "characteristics.allocation": tuple(str(value) for value in column("dat.bcg", "alloc")),
        "year": tuple(column("dat.bcg", "year")),
    }
    return AnalysisRequest(
        studies=studies,
        fit=_unused,
        model="random-effects",
        model_options={},
        level=0.95,
        null=0.0,
        scale="log",
        characteristics={**own, **characteristics},
        results=studies,
        result_of=tuple(range(y.size)),
        result_studies=labels,
    )


def first(request: AnalysisRequest, k: int) -> AnalysisRequest:
    """The first k studies only."""
    studies = request.studies
    some = Studies(effect=studies.effect[:k], variance=studies.variance[:k], present=np.ones(k, dtype=bool),
                   measure="RR", labels=studies.labels[:k])  # fmt: skip
    cells = {name: values[:k] for name, values in request.characteristics.items()}
    return replace(request, studies=some, characteristics=cells)


def clustered(request: AnalysisRequest, study: list[int]) -> AnalysisRequest:
    """The same effects as results of these studies."""
    labels = tuple(f"Study {place}" for place in range(max(study) + 1))
    return replace(request, result_of=tuple(study), result_studies=labels)
