"""Studies of the reference data sets with what tests of asymmetry need beside effects: counts and participants."""

from __future__ import annotations

from collections.abc import Mapping

import golden
import numpy as np

from livereview import Array, Mask, Studies

#: One study has variance 0, which never reaches a test.
ZERO_VARIANCE = "edge_cont_neg_mean"
#: Five equal effects: other programs print statistics made of rounding.
NOT_ESTIMABLE = "edge_identical"


def columns_of(dataset: str, effect: str) -> dict[str, Array]:
    """Columns as a measure's studies carry them: counts of two arms or one, participants."""
    data = {name: golden.numbers(values) for name, values in golden.load(dataset)["data"]["columns"].items()
            if name in ("ai", "bi", "ci", "di", "n1i", "n2i", "xi", "ni")}  # fmt: skip
    found: dict[str, Array] = {}
    if "ai" in data:
        found |= {"events_1": data["ai"], "n_1": data["ai"] + data["bi"]}
        found |= {"events_2": data["ci"], "n_2": data["ci"] + data["di"]}
    elif "n1i" in data:
        found |= {"n_1": data["n1i"], "n_2": data["n2i"]}
    elif "xi" in data:
        found |= {"events": data["xi"], "n": data["ni"]}
    total = golden.load(dataset)["effects"][effect].get("ni")
    if not found and total is not None:
        found["n"] = golden.numbers(total)
    return found


def studies_of(dataset: str, effect: str, measure: str | None = None, among: Mask | None = None) -> Studies:
    """The rows of a data set that have an effect and a positive variance, of all rows or of some."""
    y, v = golden.effect(dataset, effect)
    there = np.isfinite(y) & np.isfinite(v) & (True if among is None else among)
    data = {name: values[there] for name, values in columns_of(dataset, effect).items()}
    code = effect if measure is None else measure
    return Studies(effect=y[there], variance=v[there], present=there[there], data=data, measure=code)


def made(
    effect: list[float] | Array,
    variance: list[float] | Array,
    measure: str = "RR",
    data: Mapping[str, list[float]] | None = None,
) -> Studies:
    """Studies made for a test."""
    y, v = np.asarray(effect, dtype=float), np.asarray(variance, dtype=float)
    columns = {name: np.asarray(values, dtype=float) for name, values in (data or {}).items()}
    return Studies(effect=y, variance=v, present=np.ones(y.size, dtype=bool), data=columns, measure=measure)
