"""Checks of effect measures against first principles: what effect, variance and back-transformation must come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from livereview.testing.check import Inapplicable, Subject, check, fail
from livereview.testing.study_data import Data, effects_of, needed, ordinary, times, told
from livereview.types import Array, EffectMeasure

Measure = Subject[EffectMeasure]


@check(EffectMeasure)
def back_transformation(measure: Measure) -> None:
    """Back on the display scale the order of effects is kept or turned, in range, and no effect is 1 or 0."""
    plugin = measure.plugin
    found = effects_of(measure, ordinary(measure)[-1]).effect
    grid = np.sort(np.concatenate([np.linspace(found.min(), found.max(), 9), found]))
    shown = _shown(plugin, grid)
    step = np.diff(shown)
    if not (np.isfinite(shown).all() and shown.shape == grid.shape and ((step >= 0).all() or (step <= 0).all())):
        fail(f"{grid.tolist()} becomes {shown.tolist()}")
    low, high = {"ratio": (0, np.inf), "rate": (0, np.inf), "proportion": (0, 1)}.get(plugin.display, (-np.inf, np.inf))
    far = _shown(plugin, np.array([grid[0] - 0.5, grid[-1] + 0.5]))
    if plugin.scale != "identity" and not ((far >= low) & (far <= high)).all():
        fail(
            f"{plugin.display}s lie between {low} and {high}; {[grid[0] - 0.5, grid[-1] + 0.5]} becomes {far.tolist()}"
        )
    if plugin.null is not None:
        none = float(_shown(plugin, np.array([plugin.null]))[0])
        wanted = 1.0 if plugin.display == "ratio" else 0.0
        if abs(none - wanted) > 1e-9:
            fail(f"null is {plugin.null:g} and is shown as {none:g}; no effect is {wanted:g} for a {plugin.display}")


def _shown(plugin: EffectMeasure, values: Array) -> Array:
    return np.asarray(plugin.back_transform(values, np.full(values.shape, 100.0)), dtype=np.float64)


@check(EffectMeasure, every_choice=True)
def shown_as_counted(measure: Measure) -> None:
    """An effect of one arm, or a reported one, is shown as what it was: events / n, the mean, the printed ratio."""
    for data in ordinary(measure):
        wanted = _counted(measure.plugin, data)
        if wanted is None:
            raise Inapplicable("its effect is not one of the numbers that it is made of")
        found = effects_of(measure, data)
        shown = np.asarray(measure.plugin.back_transform(found.effect, data.get("n")))
        added = np.array([bool(found.notes.get(at)) for at in range(shown.size)])
        wrong = np.abs(shown - wanted) > np.where(added, 0.05, 1e-6) * (1 + np.abs(wanted))
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            fail(f"it is shown as {shown[at]:.6g} and must be {wanted[at]:.6g}; {told(data, at)}")


def _counted(plugin: EffectMeasure, data: Data) -> Array | None:
    if "estimate" in data:
        return data["estimate"]
    if plugin.display == "proportion" and {"events", "n"} <= set(data):
        return np.asarray(data["events"] / data["n"])
    if plugin.display == "rate" and {"events", "time"} <= set(data):
        return np.asarray(data["events"] / data["time"])
    return data["mean"] if plugin.display == "mean" and "mean" in data else None


@check(EffectMeasure, every_choice=True)
def direction(measure: Measure) -> None:
    """More in the experimental arm lies above no effect, less below: more events, a higher mean."""
    if needed(measure).layout != "two-arms" or measure.plugin.null is None:
        raise Inapplicable("it does not compare two arms")
    for data in ordinary(measure):
        found = effects_of(measure, data).effect
        amount = {"events_1": ("n", "time"), "mean_1": ()}
        for name, per in amount.items():
            if name not in data:
                continue
            unit = next((key for key in per if f"{key}_1" in data), None)
            first, second = (data[f"{name[:-1]}{arm}"] / (data[f"{unit}_{arm}"] if unit else 1) for arm in (1, 2))
            wrong = np.sign(first - second) != np.sign(found - measure.plugin.null)
            if wrong.any():
                at = int(np.flatnonzero(wrong)[0])
                fail(f"the effect is {found[at]:.6g} where no effect is {measure.plugin.null:g}; {told(data, at)}")


@check(EffectMeasure, every_choice=True)
def four_times_as_large(measure: Measure) -> None:
    """A study four times as large that finds the same has the same effect, with a quarter of the variance."""
    for data in ordinary(measure):
        if not any(name.rstrip("_12") in ("events", "n", "time", "o_minus_e", "ci_low") for name in data):
            raise Inapplicable("its rows do not say how large a study is")
        if "p_value" in data:
            continue
        big = {name: column * 25 if name.rstrip("_12") in ("events", "n", "time") else column
               for name, column in data.items()}  # fmt: skip
        found, other = effects_of(measure, big), effects_of(measure, times(big, 4.0))
        ratio = found.variance / other.variance
        moved = np.abs(other.effect - found.effect) / np.sqrt(found.variance)
        wrong = (np.abs(ratio / 4 - 1) > 0.1) | (moved > 0.1)
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            fail(f"the effect goes from {found.effect[at]:.6g} to {other.effect[at]:.6g}, the variance from "
                 f"{found.variance[at]:.6g} to {other.variance[at]:.6g}; {told(big, at)}")  # fmt: skip


@check(EffectMeasure, every_choice=True)
def variance_of_the_effect(measure: Measure) -> None:
    """Over simulated studies the variance is that of the effects."""
    data = _simulated(measure)
    found = effects_of(measure, data)
    effect, variance = found.effect[np.isfinite(found.effect)], found.variance[np.isfinite(found.effect)]
    ratio = float(variance.mean() / effect.var())
    if not 0.9 < ratio < 1.12:
        fail(f"{effect.size} simulated studies of 400: the mean variance is {variance.mean():.6g}, the effects have "
             f"the variance {effect.var():.6g}")  # fmt: skip


def _simulated(measure: Measure, studies: int = 4000, people: int = 400) -> Data:
    """Studies of one truth: risks 0.3 and 0.45, means 5 and 6 with SD 2 and 2.5."""
    rows = needed(measure)
    random = np.random.default_rng(29)
    names = set(rows.columns)
    arms: Mapping[str, tuple[float, float, float]] = {"1": (0.3, 5.0, 2.0), "2": (0.45, 6.0, 2.5)}
    if rows.layout == "contrast" or not names <= {"events", "n", "time", "mean", "sd"}:
        raise Inapplicable("its variance is the one that was reported")

    def arm(risk: float, mean: float, sd: float) -> dict[str, Any]:
        drawn = random.poisson(risk * people, studies) if "time" in names else random.binomial(people, risk, studies)
        spread = sd * np.sqrt(random.chisquare(people - 1, studies) / (people - 1))
        return {
            "events": drawn.astype(np.float64),
            "n": np.full(studies, float(people)),
            "time": np.full(studies, float(people)),
            "mean": random.normal(mean, sd / people**0.5, studies),
            "sd": spread,
        }

    if rows.layout == "one-arm":
        return {name: column for name, column in arm(*arms["1"]).items() if name in names}
    made = {key: arm(*truth) for key, truth in arms.items()}
    return {f"{name}_{key}": column for key, columns in made.items() for name, column in columns.items()
            if name in names}  # fmt: skip


@check(EffectMeasure, every_choice=True)
def reported_intervals(measure: Measure) -> None:
    """A reported interval is the one that effect and variance give back."""
    for data in ordinary(measure):
        if "ci_low" not in data:
            raise Inapplicable("it is not made of reported intervals")
        found = effects_of(measure, data)
        error = np.sqrt(found.variance) * 1.959963984540054
        ends = [measure.plugin.back_transform(found.effect + sign * error, data.get("n")) for sign in (-1, 1)]
        width = np.abs(np.subtract(*ends))
        ratio = width / (data["ci_high"] - data["ci_low"])
        if (np.abs(ratio - 1) > 0.05).any():
            at = int(np.argmax(np.abs(ratio - 1)))
            fail(f"the interval comes out {ratio[at]:.3g} times as wide as reported; {told(data, at)}")
        return


@check(EffectMeasure)
def level_of_the_interval(measure: Measure) -> None:
    """An interval of the measure's own is at the level of its option ``level``: the higher, the wider."""
    data = ordinary(measure)[-1]
    if effects_of(measure, data).ci_low is None:
        raise Inapplicable("the core makes the intervals of its studies")
    if "level" not in measure.plugin.options.model_fields:
        fail("it has intervals of its own and no option level, so that nobody can ask for another than 95%")
    widths = []
    for level in (0.5, 0.99):
        options = measure.options.model_copy(update={"level": level})
        found = measure.plugin.effects(data, options)
        widths.append(np.asarray(found.ci_high) - np.asarray(found.ci_low))
    if not (widths[0] < widths[1]).all():
        fail(f"intervals at 50% are {widths[0].tolist()} wide, at 99% {widths[1].tolist()}; {told(data)}")
