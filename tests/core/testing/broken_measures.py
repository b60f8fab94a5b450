"""Broken effect measures, each beside the correct measure that it was made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from broken import Broken
from pydantic import Field
from scipy import special

from livereview import EffectMeasure, Options, RowsNeeded, StudyEffects

REFERENCES = ("Fleiss JL, Berlin JA. Handbook of Research Synthesis, 2nd edition, 2009, 237.",)
TWO_ARMS = RowsNeeded(layout="two-arms", measures=("count",), columns=("events", "n"))
ONE_ARM = RowsNeeded(layout="one-arm", measures=("count",), columns=("events", "n"))
MEANS = RowsNeeded(layout="two-arms", measures=("mean",), columns=("mean", "sd", "n"))
REPORTED = RowsNeeded(layout="contrast", measures=("HR",), columns=("estimate",))


class Level(Options):
    """The level of the intervals of studies."""

    level: float = Field(default=0.95, gt=0, lt=1, description="Confidence level.")


def measure(effects: Callable[..., StudyEffects], rows: RowsNeeded = TWO_ARMS, **fields: Any) -> EffectMeasure:
    made = {
        "name": "PIECE", "title": "Piece", "summary": "A piece.", "references": REFERENCES, "effects": effects,
        "rows": lambda options: rows,
    }  # fmt: skip
    ratio = {"scale": "log", "display": "ratio", "null": 0.0, "back_transform": lambda value, n: np.exp(value)}
    return EffectMeasure(**(made | (ratio if rows in (TWO_ARMS, REPORTED) else {}) | fields))


def result(effect: Any, variance: Any, notes: Mapping[int, tuple[str, ...]], bad: Any, **more: Any) -> StudyEffects:
    """Effects with NaN and a note where the data are ``bad``."""
    effect, variance = np.where(bad, np.nan, effect), np.where(bad, np.nan, variance)
    said = dict(notes)
    for at in np.unique(np.nonzero(bad)[-1]):
        said[int(at)] = (*said.get(int(at), ()), "numbers that cannot be, or none")
    return StudyEffects(effect=effect, variance=variance, notes=said, **more)


def log_odds_ratio(
    data: Mapping[str, Any],
    options: Any,
    cells: int = 4,
    silent: bool = False,
    together: bool = False,
    any_counts: bool = False,
    place: int = 0,
    inside: bool = False,
) -> StudyEffects:
    """Log odds ratio; half an event in each cell of a study with an empty one, which is noted."""
    names = ("events_1", "n_1", "events_2", "n_2")
    a, n1, c, n2 = (data[name] if inside else np.array(data[name], dtype=float) for name in names)
    with np.errstate(all="ignore"):
        table = [a, n1 - a, c, n2 - c]
        bad = ~np.logical_and.reduce([np.isfinite(cell) & (cell >= 0) for cell in table]) | (n1 <= 0) | (n2 <= 0)
        if any_counts:
            bad = ~np.logical_and.reduce([np.isfinite(cell) for cell in table]) | (a * c <= 0)
        empty = np.logical_or.reduce([cell == 0 for cell in table]) & ~bad
        if together:
            empty = empty | empty.any(axis=-1, keepdims=True)
        if inside:
            a += np.where(empty, 0.5, 0.0)
            table = [a, n1 - a + np.where(empty, 1.0, 0), c + 0.5 * empty, n2 - c + 0.5 * empty]
        else:
            table = [np.abs(cell) + np.where(empty, 0.5, 0.0) for cell in table]
        effect = np.log(table[0] / table[1]) - np.log(table[2] / table[3])
        variance = np.sum([1 / cell for cell in table[:cells]], axis=0)
    noted = [] if silent else [int(at) + place for at in np.unique(np.nonzero(empty)[-1])]
    return result(effect, variance, dict.fromkeys(noted, ("0.5 added to each cell",)), bad)


def log_risk_ratio(data: Mapping[str, Any], options: Any, less: float = 1.0, log: Any = np.log) -> StudyEffects:
    """Log risk ratio; a study with no events in an arm is out, with a note."""
    a, n1, c, n2 = (np.array(data[name], dtype=float) for name in ("events_1", "n_1", "events_2", "n_2"))
    with np.errstate(all="ignore"):
        bad = ~((a > 0) & (c > 0) & (a <= n1) & (c <= n2) & np.isfinite(n1) & np.isfinite(n2))
        bad |= (a == n1) & (c == n2)
        effect, variance = log(a / n1) - log(c / n2), 1 / a - less / n1 + 1 / c - less / n2
    return result(effect, variance, {}, bad)


def proportion(
    data: Mapping[str, Any], options: Level, factor: float = 1.0, level: float | None = None, why: bool = True
) -> StudyEffects:
    """Events over people, with the interval of Wald."""
    events, n = (np.array(data[name], dtype=float) for name in ("events", "n"))
    with np.errstate(all="ignore"):
        bad = ~((events > 0) & (events < n) & np.isfinite(n))
        p = np.where(bad, np.nan, events / n)
        variance = p * (1 - p) / n
        reach = special.ndtri((1 + (options.level if level is None else level)) / 2) * np.sqrt(variance)
    found = result(factor * p, factor**2 * variance, {}, bad, ci_low=factor * (p - reach), ci_high=factor * (p + reach))
    if why:
        return found
    return StudyEffects(effect=found.effect, variance=found.variance, ci_low=found.ci_low, ci_high=found.ci_high)


def mean_difference(data: Mapping[str, Any], options: Any, power: int = 2, sign: int = 1) -> StudyEffects:
    """Difference of two means."""
    names = ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")
    m1, s1, n1, m2, s2, n2 = (np.array(data[name], dtype=float) for name in names)
    with np.errstate(all="ignore"):
        bad = ~(np.isfinite(m1 - m2) & (s1 > 0) & (s2 > 0) & (n1 > 0) & (n2 > 0) & np.isfinite(s1 + s2 + n1 + n2))
        return result(sign * (m1 - m2), s1**power / n1 + s2**power / n2, {}, bad)


def reported_ratio(data: Mapping[str, Any], options: Any, over: float = 2.0) -> StudyEffects:
    """Log of a reported ratio, its standard error from the interval."""
    estimate, low, high = (np.array(data[name], dtype=float) for name in ("estimate", "ci_low", "ci_high"))
    with np.errstate(all="ignore"):
        level = np.where(np.isnan(data["ci_level"]), 0.95, data["ci_level"])
        bad = ~((estimate > low) & (low > 0) & (high > estimate) & np.isfinite(high) & (level > 0) & (level < 1))
        error = (np.log(high) - np.log(low)) / (over * special.ndtri((1 + level) / 2))
        return result(np.log(estimate), error**2, {}, bad)


def _with(function: Callable[..., StudyEffects], **given: Any) -> Callable[..., StudyEffects]:
    return lambda data, options: function(data, options, **given)


def as_error(data: Mapping[str, Any], options: Any) -> StudyEffects:
    found = log_risk_ratio(data, options)
    return StudyEffects(effect=found.effect, variance=np.sqrt(found.variance), notes=found.notes)


def arms_reversed(data: Mapping[str, Any], options: Any) -> StudyEffects:
    found = log_risk_ratio(data, options)
    return StudyEffects(effect=-found.effect, variance=found.variance, notes=found.notes)


def size_of_effect(data: Mapping[str, Any], options: Any) -> StudyEffects:
    found = mean_difference(data, options)
    return StudyEffects(effect=np.abs(found.effect), variance=found.variance, notes=found.notes)


SHARE = {"rows": ONE_ARM, "options": Level, "display": "proportion"}
ODDS, RISK, P = measure(log_odds_ratio), measure(log_risk_ratio), measure(proportion, **SHARE)
MD, HR = measure(mean_difference, MEANS, null=0.0), measure(reported_ratio, REPORTED)

BROKEN = tuple(
    Broken(defect=defect, plugin=plugin, twin=twin)
    for defect, plugin, twin in (
        ("a cell missing in the variance", measure(_with(log_odds_ratio, cells=3)), ODDS),
        ("a correction without a note", measure(_with(log_odds_ratio, silent=True)), ODDS),
        ("a correction where another study needs one", measure(_with(log_odds_ratio, together=True)), ODDS),
        ("more events than people accepted", measure(_with(log_odds_ratio, any_counts=True)), ODDS),
        ("notes at the next study", measure(_with(log_odds_ratio, place=1)), ODDS),
        ("a correction in place", measure(_with(log_odds_ratio, inside=True)), ODDS),
        ("people left out of the variance", measure(_with(log_risk_ratio, less=0.0)), RISK),
        ("log to the base 10", measure(_with(log_risk_ratio, log=np.log10)), RISK),
        ("standard error as variance", measure(as_error), RISK),
        ("arms reversed", measure(arms_reversed), RISK),
        ("shown as a logarithm", measure(log_risk_ratio, back_transform=lambda value, n: value), RISK),
        ("null on the display scale", measure(log_risk_ratio, null=1.0), RISK),
        ("percent for a probability", measure(_with(proportion, factor=100.0), **SHARE), P),
        ("level of the interval ignored", measure(_with(proportion, level=0.95), **SHARE), P),
        ("no reason for a study that is out", measure(_with(proportion, why=False), **SHARE), P),
        ("standard deviation for its square", measure(_with(mean_difference, power=1), MEANS, null=0.0), MD),
        ("the sign of a difference lost", measure(size_of_effect, MEANS, null=0.0), MD),
        ("half the width of an interval for the whole", measure(_with(reported_ratio, over=1.0), REPORTED), HR),
        ("a column that does not exist", measure(log_risk_ratio, rows=lambda options: RowsNeeded(
            layout="two-arms", measures=("count",), columns=("events", "total"))), RISK),
    )
)  # fmt: skip
