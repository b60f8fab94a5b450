"""Data of studies that measures are tried on: ordinary ones for the rows that a measure needs, and troubled ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from livereview.numbers import Columns
from livereview.testing.check import Inapplicable, Subject, written
from livereview.types import Array, EffectMeasure, RowsNeeded, StudyEffects

Data = dict[str, Array]

#: Five ordinary studies: events, people, person-time, means and standard deviations of two arms.
_ARMS: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "events": ((12, 8, 30, 55, 21), (20, 15, 44, 71, 30)),
    "n": ((100, 60, 210, 300, 40), (98, 62, 205, 290, 42)),
    "time": ((150, 75.5, 310, 420, 88), (141, 80, 290.5, 433, 90)),
    "mean": ((5.1, 4.0, 6.3, 3.2, 7.7), (6.4, 6.2, 6.1, 4.4, 9.0)),
    "sd": ((2.2, 1.9, 2.8, 1.1, 2.5), (2.5, 2.1, 2.6, 1.6, 2.9)),
}
#: What is printed of an estimate, on the display scale, with the standard error on the scale of its interval.
_PRINTED: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "ratio": ((0.41, 0.71, 1.2, 0.55, 2.3), (0.15, 0.1, 0.2, 0.12, 0.08)),
    "proportion": ((0.45, 0.62, 0.3, 0.71, 0.52), (0.03, 0.02, 0.025, 0.02, 0.04)),
    "difference": ((-0.31, 0.12, 0.45, -0.08, 0.27), (0.06, 0.05, 0.1, 0.04, 0.08)),
    "rate": ((0.41, 0.71, 1.2, 0.55, 2.3), (0.05, 0.06, 0.1, 0.07, 0.2)),
    "mean": ((0.41, 0.71, 0.22, 0.55, 0.3), (0.05, 0.06, 0.03, 0.07, 0.02)),
    "correlation": ((0.41, 0.1, -0.2, 0.55, 0.3), (0.05, 0.06, 0.1, 0.07, 0.02)),
}
#: Columns that are counts of information: with c times as much of each, a study says c times as much.
AMOUNTS = ("events", "n", "time", "o_minus_e", "o_minus_e_variance")
Z95 = 1.959963984540054


def needed(measure: Subject[EffectMeasure]) -> RowsNeeded:
    """The rows that the measure asks for with these options."""
    return measure.plugin.rows(measure.options)


def ordinary(measure: Subject[EffectMeasure]) -> list[Data]:
    """Data without trouble, one set for each group of columns that is enough; one study, then five."""
    rows = needed(measure)
    found = []
    for group in rows.any_of or ((),):
        names = {*rows.columns, *group}
        unknown = names - {*_ARMS, "estimate", "o_minus_e", "o_minus_e_variance", "p_value", "direction", "se"}
        if unknown:
            raise Inapplicable(f"the kit has no studies with {', '.join(sorted(unknown))}")
        whole = _columns(rows, names, measure.plugin)
        found += [{name: column[:1].copy() for name, column in whole.items()}, whole]
    return found


def _columns(rows: RowsNeeded, names: set[str], plugin: EffectMeasure) -> Data:
    if rows.layout == "two-arms":
        return {f"{name}_{arm}": _array(_ARMS[name][arm - 1]) for name in sorted(names) for arm in (1, 2)}
    found = {name: _array(_ARMS[name][0]) for name in sorted(names & set(_ARMS))}
    if "estimate" in names:
        found |= _printed(plugin)
    if "o_minus_e" in names:
        found |= {"o_minus_e": _array((-4.25, 1.5, -9, 3, -2)), "o_minus_e_variance": _array((12.5, 9.75, 30, 22, 8))}
    if "p_value" in names:
        found |= {"p_value": _array((0.02, 0.3, 0.001, 0.7, 0.04)), "direction": _array((-1, 1, -1, -1, 1))}
    if "se" in names:
        found["se"] = _array(_PRINTED[plugin.display][1])
    return found


def _printed(plugin: EffectMeasure) -> Data:
    """Estimates with their 95% intervals: symmetric on the log scale for what is above 0, else as they are."""
    middle, error = (_array(values) for values in _PRINTED[plugin.display])
    if plugin.display == "ratio":
        low, high = middle * np.exp(-Z95 * error), middle * np.exp(Z95 * error)
    else:
        low, high = middle - Z95 * error, middle + Z95 * error
    return {"estimate": middle, "ci_low": low, "ci_high": high, "ci_level": np.full(middle.size, 0.95)}


def troubled(measure: Subject[EffectMeasure]) -> list[tuple[str, Data]]:
    """The ordinary data with one number of the first study made impossible, or missing, by what was done."""
    [_, whole, *_] = ordinary(measure)
    found = []
    for name in whole:
        values = (-3.0, 0.0, np.nan, np.inf)
        found += [(f"{name} of the first study is {value:g}", _with(whole, {name: value})) for value in values]
        if name.startswith("events") and (n := name.replace("events", "n")) in whole:
            found.append(("more events than people", _with(whole, {name: float(whole[n][0]) + 1})))
    return found


def without_events(measure: Subject[EffectMeasure]) -> list[tuple[str, Data]]:
    """The ordinary data with no events in each arm of the first study in turn."""
    [_, whole, *_] = ordinary(measure)
    return [(f"{name} of the first study is 0", _with(whole, {name: 0.0})) for name in whole if "events" in name]


def _with(data: Data, first: Mapping[str, float]) -> Data:
    found = {name: column.copy() for name, column in data.items()}
    for name, value in first.items():
        found[name][0] = value
    return found


def times(data: Data, factor: float) -> Data:
    """The data of studies that are so many times as large and find the same."""
    found = {}
    for name, column in data.items():
        found[name] = column * factor if name.rstrip("_12") in AMOUNTS else column.copy()
    if "estimate" in data and "ci_low" in data:
        closer = factor**-0.5
        e = data["estimate"]
        for name in ("ci_low", "ci_high"):
            ratio = (data["ci_low"] > 0).all() and np.allclose(e**2, data["ci_low"] * data["ci_high"])
            found[name] = e * (data[name] / e) ** closer if ratio else e + (data[name] - e) * closer
    if "se" in data:
        found["se"] = data["se"] * factor**-0.5
    return found


def swapped(data: Data) -> Data:
    """The two arms exchanged."""
    other = {"1": "2", "2": "1"}
    return {name[:-1] + other[name[-1]]: column.copy() for name, column in data.items()}


def effects_of(measure: Subject[EffectMeasure], data: Data) -> StudyEffects:
    """What the measure makes of the data, as the core gives them; arrays as it returns them."""
    size = next(iter(data.values())).shape[-1]
    return measure.plugin.effects(Columns({name: column.copy() for name, column in data.items()}, size),
                                  measure.options)  # fmt: skip


def told(data: Data, *only: int) -> str:
    """The data as Python has them; of some studies where they are named."""
    return written({name: column[list(only)] if only else column for name, column in data.items()})


def _array(values: Any) -> Array:
    return np.array(values, dtype=np.float64)
