"""How large new trials must be for the interval to exclude a value with a stated probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview_planning.conclusions import Relation
from livereview_planning.outlook import Ahead, Outlook

#: Participants of one trial that are tried, and a size at which its own variance no longer counts.
LEAST, MOST, WITHOUT_END = 2, 1_000_000, 1e9
GRID = 40


@dataclass(frozen=True, kw_only=True)
class Needed:
    """The least new trials with which an interval excludes a value."""

    trials: int
    participants: int
    """Of each trial; of several trials rounded up to two digits, since the chance is then an approximation."""
    chance: float
    below: float
    """Part of the chance that the interval lies below the value; the rest lies above."""
    falls: bool
    """Whether still larger trials would have less than the chance asked for."""


@dataclass(frozen=True, kw_only=True)
class Unreachable:
    """No number of trials up to ``trials`` suffices, however large."""

    one: float
    """Chance with one trial without end."""
    trials: int
    several: float
    """Chance with so many trials without end."""


def needed(ahead: Ahead, unit: float, position: int, power: float, most_trials: int) -> Needed | Unreachable:
    """The fewest trials, and the least participants of each, with which the probability that the interval excludes the
    threshold at a position reaches ``power``.

    One trial: a grid of sizes, then bisection between the first that suffices and the one before it. Where none
    suffices, as where tau² is large (Roloff et al. 2013, 10.1002/sim.5524), the fewest of several equal trials and
    their size, both by bisection: more of them, and larger ones, are taken to be better.
    """
    found = _one_trial(ahead, unit, position, power)
    if found is not None:
        return found

    def enough(trials: int, size: float) -> bool:
        return _several(ahead, unit, position, trials, size).excludes(position) >= power

    if most_trials < 2 or not enough(most_trials, MOST):
        one = ahead.alone(np.array([unit / WITHOUT_END]))[0].excludes(position)
        several = (
            one if most_trials < 2 else _several(ahead, unit, position, most_trials, WITHOUT_END).excludes(position)
        )
        return Unreachable(one=one, trials=most_trials, several=several)
    few, many = 1, most_trials
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if enough(middle, MOST) else (middle, many)
    low, high = float(LEAST), float(MOST)
    while _up(high) > _up(low) and high / low > 1.01:
        size = float(np.sqrt(low * high))
        low, high = (low, size) if enough(many, size) else (size, high)
    each = _up(high)
    return _needed(_several(ahead, unit, position, many, each), position, many, each, falls=False)


def _one_trial(ahead: Ahead, unit: float, position: int, power: float) -> Needed | None:
    sizes = np.unique(np.round(np.geomspace(LEAST, MOST, GRID)))
    chances = np.array([item.excludes(position) for item in ahead.alone(unit / sizes)])
    enough = chances >= power
    if not enough.any():
        return None
    first = int(np.argmax(enough))
    low, high = int(sizes[max(first - 1, 0)]), int(sizes[first])
    while high - low > 1:
        middle = (low + high) // 2
        if ahead.alone(np.array([unit / middle]))[0].excludes(position) >= power:
            high = middle
        else:
            low = middle
    size = low if first == 0 else high
    return _needed(ahead.alone(np.array([unit / size]))[0], position, 1, size, falls=bool((~enough[first:]).any()))


def _several(ahead: Ahead, unit: float, position: int, trials: int, size: float) -> Outlook:
    return ahead.together(np.full(trials, unit / size))


def _up(size: float) -> int:
    """Rounded up to two digits."""
    digits = 10 ** max(int(np.floor(np.log10(size))) - 1, 0)
    return int(np.ceil(size / digits - 1e-9) * digits)


def _needed(found: Outlook, position: int, trials: int, size: int, *, falls: bool) -> Needed:
    below = found.chance(position, Relation.BELOW)
    return Needed(trials=trials, participants=size, chance=found.excludes(position), below=below, falls=falls)
