"""Our answer to a record of metafor's about influence: the same model on all studies and without each one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import golden
import numpy as np

from livereview import Array, Studies
from livereview.fitting import fitted
from livereview_estimation import Refits
from livereview_influence.model_refits import left_out, of_fits
from livereview_pooling import COMMON_EFFECT, RANDOM_EFFECTS

INTERVALS = {"z": "wald", "t": "t", "knha": "hartung-knapp", "adhoc": "hartung-knapp-adhoc"}


def studies(dataset: str, effect: str) -> Studies:
    """The studies that have an effect and a variance, as metafor numbers them."""
    y, v = golden.effect(dataset, effect)
    here = np.isfinite(y) & np.isfinite(v)
    return Studies(effect=y[here], variance=v[here], present=np.ones(int(here.sum()), dtype=bool))


def has_zero_variance(dataset: str, record: golden.Record) -> bool:
    """Whether a study of this effect has variance 0, which ``Studies`` refuses."""
    return bool((golden.effect(dataset, record["effect"])[1] == 0).any())


def comparable(section: str) -> Iterator[tuple[str, golden.Record]]:
    """The records of a section that hold numbers we can give."""
    for dataset, record in golden.records(section):
        if "error" not in record and not has_zero_variance(dataset, record):
            yield dataset, record


def fates(section: str) -> dict[str, int]:
    """How many records of a section are compared, and what becomes of the others."""
    counts = {"compared": 0, "variance 0": 0, "metafor refuses": 0}
    for dataset, record in golden.records(section):
        zero = has_zero_variance(dataset, record)
        counts["variance 0" if zero else "metafor refuses" if "error" in record else "compared"] += 1
    return counts


def refitted(chosen: Studies, method: str, test: str = "z") -> Refits:
    """The model of metafor's method and test, fitted to all studies and without each."""
    model: Any = COMMON_EFFECT if method == "EE" else RANDOM_EFFECTS
    choices = {"interval": INTERVALS[test]} | ({} if method == "EE" else {"tau2": method})
    options = model.options(**choices)
    return of_fits(chosen, fitted(model, chosen, options), fitted(model, left_out(chosen), options))


def spread(chosen: Studies) -> float:
    """Standard deviation of the effects, 1 where they are equal: the unit of differences between them."""
    return float(np.std(chosen.effect)) or 1.0


def worst(ours: Array, theirs: Any, scale: float) -> tuple[float, int]:
    """The largest difference relative to the value or to ``scale``, whichever is larger, where both have a number; and
    how often only one of them has."""
    own, reference = np.asarray(ours, dtype=np.float64), golden.numbers(theirs)
    assert own.shape == reference.shape
    both = np.isfinite(own) & np.isfinite(reference)
    size = np.maximum(np.abs(reference[both]), scale)
    gap = np.abs(own[both] - reference[both]) / size
    return float(gap.max(initial=0.0)), int((np.isfinite(own) != np.isfinite(reference)).sum())
