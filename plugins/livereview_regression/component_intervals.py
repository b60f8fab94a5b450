"""Profile-likelihood limits of the two variances of the three-level model.

The rule: a limit is where the likelihood, highest over the other variance, has fallen by half a chi² quantile.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from livereview import Array
from livereview_regression.ascent import Top, climbed
from livereview_regression.variance_components import Results

#: Doublings of the upper end before the limit counts as infinite.
DOUBLINGS = 100
#: Steps towards a limit; about ten are the rule.
STEPS = 200
#: Width of the interval left around a limit, relative to it.
WIDTH = 1e-12


def component_limits(results: Results, top: Top, restricted: bool, level: float) -> Array:
    """(n, 2, 2): of each fit and variance the lower and upper limit, in the units of ``results``.

    2 (l_max - l(s)) = the ``level`` quantile of chi² with 1 degree of freedom. The lower limit is 0 where 0 is inside;
    the upper is infinite where the likelihood does not fall enough. Source: Hardy and Thompson 1996
    (10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A).
    """
    from scipy.special import chdtri

    n = top.pair.shape[0]
    limits = np.empty((n, 2, 2))
    for component in range(2):
        outside = _outside(results, top, restricted, component, float(chdtri(1, 1 - level)) / 2)
        estimate, zero = top.pair[:, component], np.zeros(n)
        limits[:, component, 0] = np.where(outside(zero) <= 0, 0.0, _root(outside, estimate, zero))
        high = np.maximum(2 * estimate, 1.0)
        for _ in range(DOUBLINGS):
            within = outside(high) <= 0
            if not within.any():
                break
            high = np.where(within, 2 * high, high)
        limits[:, component, 1] = np.where(within, np.inf, _root(outside, estimate, high))
    return limits


def _outside(results: Results, top: Top, restricted: bool, component: int, allowed: float) -> Callable[[Array], Array]:
    """How far outside the interval values (n,) of a variance are: root of the fall in likelihood less that allowed."""
    last = top.pair.copy()

    def distance(value: Array) -> Array:
        last[:, component] = value
        pair, at, _ = climbed(results, last, restricted, free=(component != 0, component != 1))
        last[:] = pair
        return np.asarray(np.sqrt(np.maximum(top.at.height - at.height, 0.0)) - np.sqrt(allowed))

    return distance


def _root(function: Callable[[Array], Array], below: Array, above: Array) -> Array:
    """Where the function is 0, between arguments at which it is below and above 0: false position, Illinois variant;
    every third step halves, so that no shape of the function is slow."""
    low, high = function(below), function(above)
    for step in range(STEPS):
        if (np.abs(above - below) <= WIDTH * np.maximum(above, below)).all():
            break
        with np.errstate(divide="ignore", invalid="ignore"):
            point = (above * low - below * high) / (low - high)
        between = (point - below) * (point - above) < 0
        point = np.where(between & (step % 3 < 2), point, (below + above) / 2)
        value = function(point)
        inside = value <= 0
        low, high = np.where(inside, value, low / 2), np.where(inside, high / 2, value)
        below, above = np.where(inside, point, below), np.where(inside, above, point)
    return np.asarray((below + above) / 2)
