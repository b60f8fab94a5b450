"""Reference records as this package's input: columns renamed, options translated, missing numbers as NaN.

``held`` says whether a record's measure and variance estimator exist here; the others are counted by the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import golden
import numpy as np

from livereview import Array, EffectMeasure, StudyEffects
from livereview_measures import livereview_effect_measures

MEASURES: dict[str, EffectMeasure] = {measure.name: measure for measure in livereview_effect_measures()}

#: metafor's vtype by measure -> our options; a pair that is not here is not held.
VARIANCES: dict[tuple[str, str], dict[str, str]] = {
    ("RD", "LS"): {}, ("RD", "UB"): {"variance": "unbiased"},
    ("PR", "LS"): {}, ("PR", "UB"): {"variance": "unbiased"},
    ("MD", "LS"): {}, ("MD", "HO"): {"variance": "pooled"},
    ("ROM", "LS"): {}, ("ROM", "HO"): {"variance": "pooled"},
    ("SMD", "LS"): {}, ("SMD", "LS2"): {"variance": "LS2"}, ("SMD", "UB"): {"variance": "UB"},
}  # fmt: skip

#: metafor's argument -> our column.
COLUMNS = {
    "m1i": "mean_1", "sd1i": "sd_1", "n1i": "n_1", "m2i": "mean_2", "sd2i": "sd_2", "n2i": "n_2",
    "x1i": "events_1", "t1i": "time_1", "x2i": "events_2", "t2i": "time_2", "xi": "events", "ni": "n", "ti": "time",
}  # fmt: skip


def records() -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Data set, id, record and the data set's columns, for every effect of the reference."""
    for name in golden.datasets():
        content = golden.load(name)
        for key, record in content["effects"].items():
            yield name, key, record, content["data"]["columns"]


def held(record: dict[str, Any]) -> bool:
    """Whether this package has the record's measure with its variance estimator, computed from raw data."""
    measure, vtype = record["measure"], record["options"].get("vtype")
    return measure in MEASURES and measure != "GEN" and (vtype is None or (measure, vtype) in VARIANCES)


def study_data(record: dict[str, Any], columns: dict[str, Any]) -> dict[str, Array]:
    """The record's input under this package's column names."""
    given = {argument: golden.numbers(columns[column]) for argument, column in record["args"].items()}
    if "ai" in given:
        return {
            "events_1": given["ai"], "n_1": given["ai"] + given["bi"],
            "events_2": given["ci"], "n_2": given["ci"] + given["di"],
        }  # fmt: skip
    return {COLUMNS[argument]: values for argument, values in given.items()}


def computed(record: dict[str, Any], columns: dict[str, Any]) -> StudyEffects:
    """The record's measure, computed here with the record's options under metafor's conventions."""
    options = dict(record["options"])
    measure, vtype = record["measure"], options.pop("vtype", None)
    if vtype is not None:
        options |= VARIANCES[measure, vtype]
    if measure == "RD":
        options["correct_estimate"] = True
    if measure == "RR":
        options["all_events"] = "set-aside" if options["drop00"] else "corrected"
    if measure in ("MD", "SMD", "ROM"):
        options["zero_sd"] = "accept"
    found = MEASURES[measure]
    return found.effects(study_data(record, columns), found.options(**options))


def effects(measure: str, options: dict[str, Any] | None = None, **data: Any) -> StudyEffects:
    """A measure applied to plain lists, with options as a manifest gives them."""
    found = MEASURES[measure]
    columns = {name: np.asarray(values, dtype=np.float64) for name, values in data.items()}
    return found.effects(columns, found.options(**(options or {})))


def shown(measure: str, value: Any, n: Any = None) -> Array:
    """Values back on the display scale."""
    size = None if n is None else np.asarray(n, dtype=np.float64)
    return MEASURES[measure].back_transform(np.asarray(value, dtype=np.float64), size)
