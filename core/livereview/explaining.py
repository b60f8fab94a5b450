"""Why two sets of choices give different numbers for one outcome: one is turned into the other, choice by choice.

Every step is a fit of its own. The share of a choice is what it moves on the analysis scale (on the display scale where
the effect measures differ), so that the shares of all steps add up to the whole difference; since an order decides what
is left for the next step, each choice is also shown alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from livereview.bound import Bound, SectionFailed
from livereview.errors import ExpectedError
from livereview.evidence.store import Store
from livereview.further import Preset
from livereview.manifest.models import Manifest, MeasureChoice, Outcome, PresetChoice
from livereview.manifest.presets import SET, preset_choices
from livereview.manifest.words import among, nearest
from livereview.outlook import outlook
from livereview.places import opened, places_of
from livereview.plugins import Plugins
from livereview.report import Pooled
from livereview.setting import Setting, bound_measure, setting_of
from livereview.variations import pooled_anew

OWN = "own"
"""Name of the manifest's own choices."""

Change = Callable[[Outcome], Outcome]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One choice changed."""

    choice: str
    before: str
    after: str
    pooled: Pooled
    """With this choice and those of all earlier steps changed."""
    alone: Pooled | None
    """With this choice alone changed; None where that cannot be fitted."""
    moved: float
    """Of the estimate, against the step before."""
    widened: float
    """Log of the interval's width over that of the step before."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One outcome under two sets of choices."""

    outcome: str
    title: str
    display: str
    before: str
    after: str
    first: Pooled
    last: Pooled
    steps: tuple[Step, ...]

    @property
    def moved(self) -> float:
        """Whole difference of the estimates."""
        return sum(step.moved for step in self.steps)

    @property
    def widened(self) -> float:
        """Log of the ratio of the widths of the two intervals."""
        return sum(step.widened for step in self.steps)


def explained(path: Path, outcome_id: str, before: str, after: str) -> Explanation:
    """The outcome under the choices called ``before`` and ``after``: names of presets, or "own" for the manifest's.

    Uses what the store holds; nothing is fetched or written. Raises ExpectedError for an unknown outcome or preset, for
    presets that cannot be used with the outcome's measure, and where a plugin fails.
    """
    file, plugins = opened(path)
    own = outcome_of(file.manifest, outcome_id)
    scope = outlook(file.manifest, Store(places_of(file).store).evidence()).scope
    first, last = (_under(own, name, plugins) for name in (before, after))
    setting = setting_of(scope, first, plugins)
    try:
        return _explained(setting, first, last, before, after)
    except SectionFailed as failed:
        raise ExpectedError(f"{outcome_id}: {failed}") from None


def presets_of(path: Path) -> tuple[str, ...]:
    """Names of the presets that a review can be compared with."""
    return tuple(opened(path)[1].of(Preset))


def outcome_of(manifest: Manifest, outcome_id: str) -> Outcome:
    """The outcome of that id with every default filled in; ExpectedError with the nearest name if there is none."""
    try:
        return manifest.outcome(outcome_id)
    except KeyError:
        names = [outcome.id for outcome in manifest.outcomes]
        near = nearest(outcome_id, names)
        raise ExpectedError(f'no outcome is called "{outcome_id}".{near} There are: {among(names)}.') from None


def _under(own: Outcome, name: str, plugins: Plugins) -> Outcome:
    """The outcome under a preset: all that the preset sets, in place of what the manifest says; else as it is."""
    if name == OWN:
        return own
    names = [OWN, *plugins.of(Preset)]
    if name not in names:
        raise ExpectedError(f'no preset is called "{name}".{nearest(name, names)} There are: {among(names)}.')
    assert own.measure is not None
    try:
        chosen = preset_choices(plugins, name, MeasureChoice(name=own.measure.name))
    except ValueError as error:
        raise ExpectedError(f"{error}.") from None
    return own.model_copy(update={**chosen, "preset": PresetChoice(name=name)})


# --- from one set of choices to the other ----------------------------------------------------------------------


def _explained(setting: Setting, first: Outcome, last: Outcome, before: str, after: str) -> Explanation:
    def pooled(outcome: Outcome) -> Pooled:
        return pooled_anew(setting, outcome)[1].pooled[0]

    start = current = pooled(first)
    on = _analysis if _measure(first).name == _measure(last).name else _display
    steps: list[Step] = []
    reached = first
    for choice, (old, new), change in _changes(setting, first, last):
        reached = change(reached)
        now = pooled(reached)
        steps.append(
            Step(
                choice=choice,
                before=old,
                after=new,
                pooled=now,
                alone=_if_possible(pooled, change(first)),
                moved=on(now)[0] - on(current)[0],
                widened=_widening(on(current), on(now)),
            )
        )
        current = now
    return Explanation(
        outcome=first.id,
        title=first.title,
        display=setting.measure.plugin.display,
        before=before,
        after=after,
        first=start,
        last=current,
        steps=tuple(steps),
    )


def _if_possible(pooled: Callable[[Outcome], Pooled], outcome: Outcome) -> Pooled | None:
    try:
        return pooled(outcome)
    except (SectionFailed, ValidationError):
        return None


def _analysis(one: Pooled) -> tuple[float, float, float]:
    return one.estimate, one.ci_low, one.ci_high


def _display(one: Pooled) -> tuple[float, float, float]:
    return one.shown.estimate, one.shown.low, one.shown.high


def _measure(outcome: Outcome) -> MeasureChoice:
    assert outcome.measure is not None
    return outcome.measure


def _widening(before: tuple[float, float, float], after: tuple[float, float, float]) -> float:
    widths = [high - low for _, low, high in (before, after)]
    return math.log(widths[1] / widths[0]) if all(0 < width < math.inf for width in widths) else math.nan


def _changes(setting: Setting, first: Outcome, last: Outcome) -> Iterator[tuple[str, tuple[str, str], Change]]:
    """Each choice in which two outcomes differ: its name, both values in words, what makes the change."""
    for key in ("measure", "model"):
        if getattr(first, key).name == getattr(last, key).name:
            yield from _of_plugin(setting, key, first, last)
        else:
            words = [_bound(setting, key, outcome).words() for outcome in (first, last)]
            yield key, (words[0], words[1]), _setting(key, getattr(last, key))
    for key in SET:
        if key != "model" and getattr(first, key) != getattr(last, key):
            values = (f"{getattr(first, key)}", f"{getattr(last, key)}")
            yield key, values, _setting(key, getattr(last, key))


def _of_plugin(
    setting: Setting, key: str, first: Outcome, last: Outcome
) -> Iterator[tuple[str, tuple[str, str], Change]]:
    """The options of the measure, or of the model of one name, in which two outcomes differ; together in one step where
    they only go together."""
    new = getattr(last, key).options
    full = [_bound(setting, key, outcome).choices() for outcome in (first, last)]
    names = [name for name in full[0] | full[1] if full[0].get(name) != full[1].get(name)]
    changes = [
        (f"{key}: {name}", (full[0].get(name, "–"), full[1].get(name, "–")), _option(key, name, new)) for name in names
    ]
    reached = first
    try:
        for _, _, change in changes:
            reached = change(reached)
            _bound(setting, key, reached)
    except ValidationError:
        joined = [", ".join(f"{name} = {values.get(name, '–')}" for name in names) for values in full]
        changes = [(f"{key}: {', '.join(names)}", (joined[0], joined[1]), _setting(key, getattr(last, key)))]
    yield from changes


def _bound(setting: Setting, key: str, outcome: Outcome) -> Bound[Any]:
    """The measure or the model of an outcome with its options. ValidationError where they do not go together."""
    if key == "measure":
        return bound_measure(setting.plugins, _measure(outcome), outcome)
    return setting_of(setting.scope, outcome, setting.plugins).model


def _setting(key: str, value: Any) -> Change:
    return lambda outcome: outcome.model_copy(update={key: value})


def _option(key: str, name: str, new: Mapping[str, Any]) -> Change:
    """Sets one option of the measure or the model as ``new`` has it, or takes it out."""

    def change(outcome: Outcome) -> Outcome:
        choice = getattr(outcome, key)
        kept = {other: value for other, value in choice.options.items() if other != name}
        options = {**kept, name: new[name]} if name in new else kept
        return outcome.model_copy(update={key: choice.model_copy(update={"options": options})})

    return change
