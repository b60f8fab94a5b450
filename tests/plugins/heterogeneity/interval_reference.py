"""Records of intervals of tau² in the reference values, with the name that each method has here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import golden
import numpy as np

from livereview import AnalysisRequest, Array, Fit, Studies
from livereview_estimation import IntervalMethod, TauSquaredInterval, tau_squared_interval

METHODS: tuple[IntervalMethod, ...] = get_args(IntervalMethod)


def method_of(record: golden.Record) -> IntervalMethod:
    """Our name of the method of a record."""
    if record["type"] == "PL":
        return "profile-likelihood-ml" if record["method"] == "ML" else "profile-likelihood"
    if record["type"] == "GENQ":
        return "generalised-q-variance" if record["genq_weights"] == "1/vi" else "generalised-q-standard-error"
    return "q-profile"


def studies(dataset: str, record: golden.Record) -> tuple[Array, Array]:
    """Effects and variances of the studies that have both."""
    y, v = golden.effect(dataset, record["effect"])
    here = np.isfinite(y) & np.isfinite(v)
    return y[here], v[here]


def records() -> Iterator[tuple[str, golden.Record, str]]:
    """Every record, with its data set and what becomes of it: "compared", or why not."""
    for dataset, record in golden.records("confint"):
        if "type" not in record:
            yield dataset, record, "no study"
        elif (studies(dataset, record)[1] <= 0).any():
            yield dataset, record, "variance 0"
        else:
            yield dataset, record, "error" if "error" in record else "compared"


def interval(y: Array, v: Array, method: IntervalMethod, level: float = 0.95) -> TauSquaredInterval:
    """The interval of fits in which all studies are present."""
    return tau_squared_interval(y, v, np.ones(np.broadcast_shapes(y.shape, v.shape), dtype=bool), method, level)


def request(y: Any, v: Any, tau2: float | None = None) -> AnalysisRequest:
    """An outcome of these studies, whose model estimates this tau²."""
    y, v = np.asarray(y, dtype=np.float64), np.asarray(v, dtype=np.float64)
    chosen = Studies(effect=y, variance=v, present=np.ones(y.size, dtype=bool))
    fit = Fit(
        estimate=np.asarray(0.0),
        standard_error=np.asarray(1.0),
        weights=np.ones(y.size) / y.size,
        tau2=None if tau2 is None else np.asarray(tau2),
    )
    return AnalysisRequest(
        studies=chosen, fit=lambda _: fit, model="random-effects", model_options={}, level=0.95, null=0.0, scale="log",
        characteristics={}, results=chosen, result_of=tuple(range(y.size)), result_studies=("",) * y.size,
    )  # fmt: skip
