"""Zeros of many falling functions of tau² at once: Newton steps inside a bracket, bisection for those that need it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, Self, TypeVar

import numpy as np

from livereview_estimation.packing import Array, Index, Mask

#: Newton steps before a fit is left to bisection. A handful is the rule.
NEWTON_STEPS = 25
#: Length of the last Newton step, relative to 1 + t; the error left is about its square.
LAST_STEP = 1e-7
#: Halvings of log(1 + t): more than the digits of any bracket.
HALVINGS = 64


class Selectable(Protocol):
    """Fits of which some can be gone on with."""

    def of(self, fits: Index | Mask) -> Self:
        """These fits."""


F = TypeVar("F", bound=Selectable)


def falling_zero(
    function: Callable[[F, Index, Array], tuple[Array, Array]], fits: F, low: Array, high: Array, start: Array
) -> tuple[Array, Mask]:
    """The zero of each fit between ``low`` and ``high``, and which fits were left to bisection.

    ``function`` gets fits, their positions and tau² of shape (n,) and returns its value, positive left of the zero, and
    its slope. It is the log of something nearly proportional to 1 / (c + t), so the step is Newton's for its
    reciprocal: exact where all variances are equal. A step out of the bracket is replaced by the bracket's middle.
    """
    zero = start.copy()
    bisected = np.zeros(start.shape, dtype=bool)
    at, t = np.arange(start.size), start
    for _ in range(NEWTON_STEPS):
        value, slope = function(fits, at, t)
        low, high = np.where(value > 0, t, low), np.where(value > 0, high, t)
        step = t - np.expm1(value) / slope
        step = np.where((step >= low) & (step <= high), step, _middle(low, high))
        going = (np.abs(step - t) > LAST_STEP * (1 + t)) & (high - low > 1e-15 * (1 + t))
        zero[at] = t = step
        left = np.count_nonzero(going)
        if left == 0:
            return zero, bisected
        if left < 0.7 * at.size:
            fits, at, t, low, high = fits.of(going), at[going], t[going], low[going], high[going]
    fits, at, low, high = fits.of(going), at[going], low[going], high[going]
    bisected[at] = True
    zero[at] = halved(lambda t: function(fits, at, t)[0] > 0, low, high)
    return zero, bisected


def halved(left_of_zero: Callable[[Array], Mask], low: Array, high: Array) -> Array:
    """The zero between ``low`` and ``high`` to full precision, by halving log(1 + t)."""
    for _ in range(HALVINGS):
        middle = _middle(low, high)
        left = left_of_zero(middle)
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    return _middle(low, high)


def _middle(low: Array, high: Array) -> Array:
    return np.asarray(np.expm1((np.log1p(low) + np.log1p(high)) / 2))
