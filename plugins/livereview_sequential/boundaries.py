"""Boundaries of a cumulative Z at given shares of the required information, and what a design with them does.

Two-sided and symmetric: an effect is claimed where |Z| reaches the outer boundary, and futility where |Z| stays within
the inner wedge. The wedge is not binding: the outer boundary is computed as if nobody ever stopped for futility.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import Array
from livereview_sequential.continuation import Continuing, above, below, continued, within

#: A boundary beyond it is infinite: nothing is spent at that look, and later looks spend it.
HIGHEST = 10.0
#: A look that adds less to the information, relative to what is there, is no look of its own.
LEAST_STEP = 5e-4
HALVINGS = 60


@dataclass(frozen=True)
class Exits:
    """Probabilities at each look: to cross above or below, and to stop within the wedge."""

    above: Array
    below: Array
    futile: Array


def own_looks(share: Array) -> Array:
    """Which shares of the information (K,), rising, are looks of their own; the first always is.

    A look that adds (almost) nothing repeats the one before: it spends nothing and has that one's boundary.
    """
    own, last = np.ones(share.shape, dtype=bool), share[0]
    for i in range(1, share.size):
        own[i] = share[i] - last > LEAST_STEP * share[i]
        last = share[i] if own[i] else last
    return own


def efficacy(share: Array, spent: Array) -> Array:
    """The outer boundary at each look (K,): |Z| at or above it happens with the error spent, if there is no effect.

    ``share``: rising shares of the information; ``spent``: cumulative error of *one* tail. Infinite where the boundary
    would lie beyond 10, or nothing is left to spend.
    """
    boundary, used, before = np.full(share.shape, np.inf), 0.0, None
    for i, t in enumerate(share):
        target = spent[i] - used
        if target > 0 and above(before, t, 0.0, HIGHEST) < target:
            boundary[i] = _falling_zero(before, t, target)
            used = spent[i]
        if i + 1 < share.size:
            before = continued(before, t, share[i + 1], 0.0, [(-boundary[i], boundary[i])])
    return boundary


def _falling_zero(before: Continuing | None, share: float, target: float) -> float:
    """The limit above which Z lies with probability ``target``, not below 0."""
    low, high = 0.0, HIGHEST
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if above(before, share, 0.0, middle) > target else (low, middle)
    return (low + high) / 2


def futility(share: Array, outer: Array, spent: Array, drift: float) -> Array:
    """The inner wedge at each look (K,): |Z| within it happens with the error spent, if the effect is the one sought.

    ``drift`` is the mean of Z at share 1 under that effect; ``spent`` the cumulative beta. 0 where the wedge has not
    begun: as long as a Z on the wrong side of 0 is likelier than the error to be spent. Never beyond the outer
    boundary. What could not be spent at a look, later looks may. Source: Pampallona, Tsiatis and Kim 2001, Drug Inf J
    35:1113.
    """
    inner, used, before, begun = np.zeros(share.shape), 0.0, None, False
    for i, t in enumerate(share):
        highest = min(outer[i], HIGHEST)
        target = min(spent[i] - used, within(before, t, drift, highest))
        begun = begun or below(before, t, drift, 0.0) < spent[i] - used
        if begun and target > 0:
            inner[i] = _rising_zero(before, t, drift, target, highest)
            used += target
        if i + 1 < share.size:
            before = continued(before, t, share[i + 1], drift, _region(outer[i], inner[i]))
    return inner


def _rising_zero(before: Continuing | None, share: float, drift: float, target: float, highest: float) -> float:
    low, high = 0.0, highest
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if within(before, share, drift, middle) < target else (low, middle)
    return (low + high) / 2


def _region(outer: float, inner: float) -> list[tuple[float, float]]:
    return [(-outer, -inner), (inner, outer)] if inner > 0 else [(-outer, outer)]


def exits(share: Array, outer: Array, inner: Array, drift: float) -> Exits:
    """How paths with this drift end, look by look, if the wedge is obeyed (``inner`` 0 = no wedge)."""
    up, down, futile = (np.zeros(share.shape) for _ in range(3))
    before = None
    for i, t in enumerate(share):
        up[i], down[i] = above(before, t, drift, outer[i]), below(before, t, drift, -outer[i])
        futile[i] = within(before, t, drift, inner[i])
        if i + 1 < share.size:
            before = continued(before, t, share[i + 1], drift, _region(outer[i], inner[i]))
    return Exits(above=up, below=down, futile=futile)
