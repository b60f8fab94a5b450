"""The highest maximum of the (restricted) likelihood in tau², for all fits of a block.

The likelihood can have several maxima. Let g(t) be the log of the positive over the negative term of its derivative
(``Rates.log_ratio``); maxima are zeros of g where g falls, and t = 0 if g(0) <= 0. With the smallest variance scaled
to 1 and the largest being M:

- no maximum lies above t = R² / 2 - 1, R being the range of the effects, since y'PPy <= tr P R² / (2 + 2t); with
  other columns than the mean, none above the residual sum of squares without weights, less 1 (``Fits.limit``);
- g falls throughout t > M - 2, so at most one maximum lies there;
- between two values of t the slope of g lies between bounds given by the two rates of fall at these values,
  as both rates fall in t.

So g is evaluated on a grid of log(1 + t). Cells in which it cannot be 0 by the bounds on its slope are dropped; those
in which it falls hold exactly one maximum or none; the others are halved until decided. A cell narrower than
``NARROWEST`` is judged by its ends alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from livereview_estimation.fits import Fits
from livereview_estimation.packing import Array, Index, Mask
from livereview_estimation.roots import falling_zero

#: Widest cell of the grid in log(1 + t).
STEP = 2.0
#: Cells of this width in log(1 + t) are not halved further.
NARROWEST = 1e-4


@dataclass(frozen=True, kw_only=True)
class Highest:
    """tau² in units of the smallest variance, and how it was found, each of shape (n,)."""

    t: Array
    bisected: Mask
    several: Mask
    """The likelihood has more than one maximum."""


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Intervals of tau², one per column, with the fit that each belongs to."""

    fit: Index
    low: Array
    """(4, cells): tau² at the lower end, and the three ``Rates`` there."""
    high: Array
    """The same at the upper end."""

    def where(self, chosen: Mask) -> Cells:
        """These cells only."""
        at = np.flatnonzero(chosen)
        return Cells(fit=self.fit[at], low=self.low.take(at, axis=1), high=self.high.take(at, axis=1))

    def sorted_out(self) -> tuple[Cells, Cells]:
        """Cells with exactly one maximum, and cells that may hold one or more."""
        (low, before, rise_before, fall_before), (high, after, rise_after, fall_after) = self.low, self.high
        least, most, width = fall_after - rise_before, fall_before - rise_after, high - low
        monotone = (most <= 0) | (least >= 0) | (width < NARROWEST * (1 + low))
        single = monotone & (before > 0) & (after <= 0)
        return self.where(single), self.where(~monotone & ~_no_zero(before, after, least, most, width))


def joined(parts: Sequence[Cells]) -> Cells:
    """All cells of the parts."""
    return Cells(
        fit=np.concatenate([part.fit for part in parts]),
        low=np.concatenate([part.low for part in parts], axis=1),
        high=np.concatenate([part.high for part in parts], axis=1),
    )


def _no_zero(before: Array, after: Array, least: Array, most: Array, width: Array) -> Mask:
    """Same sign at both ends, and a slope between ``least`` < 0 and ``most`` > 0 cannot reach 0 between them."""
    reach = -least * most * width
    positive = (before > 0) & (after > 0) & (most * before - least * after > reach)
    negative = (before <= 0) & (after <= 0) & (least * before - most * after > reach)
    return np.asarray(positive | negative)


def highest(fits: Fits, restricted: bool) -> Highest:
    """Where the likelihood of each fit is highest over tau² >= 0."""
    n = fits.size
    t, bisected, several = np.zeros(n), np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    if not (fits.limit() > 1).any():
        return Highest(t=t, bisected=bisected, several=several)
    at_zero, single, doubtful = _grid(fits, restricted)
    single = _isolated(fits, single, doubtful, restricted)
    fit, low, high = single.fit, single.low[0], single.high[0]
    # Linear interpolation of the reciprocal of the ratio: exact where all variances are equal.
    below, above = -np.expm1(-single.low[1]), np.expm1(-single.high[1])
    start = low + (high - low) * below / (below + above)

    def score(fits: Fits, at: Index, t: Array) -> tuple[Array, Array]:
        rates = fits.rates(t, restricted)
        return rates.log_ratio, rates.fall - rates.rise

    maximum, by_bisection = falling_zero(score, fits.of(fit), low, high, start)
    bisected[fit[by_bisection]] = True
    count = np.bincount(fit, minlength=n)
    several = count + ((count > 0) & at_zero) > 1
    t[fit] = maximum
    if several.any():
        boundary = np.flatnonzero(several & at_zero)
        among = several[fit]
        fit, maximum = np.append(boundary, fit[among]), np.append(np.zeros(boundary.size), maximum[among])
        order = np.lexsort((fits.of(fit).log_likelihood(maximum, restricted), fit))
        t[fit[order]] = maximum[order]  # of several values for one fit, the last stays: the highest
    return Highest(t=t, bisected=bisected, several=several)


def _grid(fits: Fits, restricted: bool) -> tuple[Mask, Cells, Cells]:
    """Whether 0 is a maximum; cells with exactly one, and cells that may hold some, up to the highest possible."""
    limit, largest = fits.limit(), fits.largest_variance()
    end = np.log(np.maximum(limit, 1.0) * 1.01)
    cut = np.minimum(end, np.log(np.maximum(largest - 1, 1.0)))
    steps = np.where(limit > 1, np.ceil(cut / STEP), -1).astype(np.intp)
    nodes = steps + (cut < end)
    order = np.argsort(-nodes, kind="stable")
    counts = np.searchsorted(-nodes[order], -np.arange(nodes.max() + 1), side="right")
    at_zero = np.ones(limit.size, dtype=bool)
    fits, end, cut, steps = fits.of(order), end[order], cut[order], steps[order]
    low = np.empty((4, limit.size))
    parts: list[tuple[Cells, Cells]] = []
    for node, n in enumerate(counts):
        x = np.where(node <= steps[:n], cut[:n] * node / np.maximum(steps[:n], 1), end[:n])
        t = np.expm1(x)
        high = np.stack([t, *fits.first(n).rates(t, restricted)])
        if node == 0:
            at_zero[order[:n]] = high[1] <= 0
        else:
            parts.append(Cells(fit=order[:n], low=low[:, :n], high=high).sorted_out())
        low = high
    single, doubtful = zip(*parts, strict=True)
    return at_zero, joined(single), joined(doubtful)


def _isolated(fits: Fits, single: Cells, cells: Cells, restricted: bool) -> Cells:
    """Intervals that hold exactly one maximum each: ``single``, and those found by halving the other cells."""
    found = [single]
    while cells.fit.size:
        middle = np.expm1((np.log1p(cells.low[0]) + np.log1p(cells.high[0])) / 2)
        between = np.stack([middle, *fits.of(cells.fit).rates(middle, restricted)])
        cells = Cells(
            fit=np.tile(cells.fit, 2),
            low=np.concatenate([cells.low, between], axis=1),
            high=np.concatenate([between, cells.high], axis=1),
        )
        single, cells = cells.sorted_out()
        found.append(single)
    return joined(found)
