"""The boundaries at the looks that were really taken, what crossed them, and how powerful that design is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import Array, Mask
from livereview_sequential.boundaries import efficacy, exits, futility, own_looks
from livereview_sequential.design import Design, TrialSequentialOptions
from livereview_sequential.looks import Looks
from livereview_sequential.spending import spent


@dataclass(frozen=True)
class Monitored:
    """Boundaries look by look; arrays (K,), NaN where a look has none."""

    outer: Array
    """|Z| at or above it: an effect. Infinite where so little may be spent that nothing can reach it."""
    inner: Array
    """|Z| below it: futility. 0 where the wedge has not begun."""
    covered: Mask
    """Looks that the design covers: with a result, and not after the required information was reached."""
    at_required: tuple[float, float] | None
    """Boundaries of one further look at the required information; None where it has been reached."""
    power: float
    """Probability to cross the outer boundary with the effect sought, if the wedge is obeyed."""

    @property
    def last(self) -> int:
        """The last look that the design covers."""
        return int(np.flatnonzero(self.covered)[-1])

    def crossings(self, z: Array) -> Array:
        """Looks at which Z reached the outer boundary."""
        return np.flatnonzero(self.covered & (np.abs(z) >= self.outer))

    def futile(self, z: Array) -> Array:
        """Looks at which Z lay within the wedge."""
        return np.flatnonzero(self.covered & (np.abs(z) < self.inner))


def monitored(looks: Looks, design: Design, options: TrialSequentialOptions) -> Monitored:
    """Boundaries at the looks with a result, up to the first one that has the required information.

    Alpha (half of it in each tail) and beta are spent by the share of the required information; a last look that lies
    beyond it spends all that is left. A look that adds next to nothing repeats the boundary before it.
    """
    share = np.minimum(design.share, 1.0)
    full = share >= 1
    reaching = full & ~looks.unusable
    covered = ~looks.unusable & (np.cumsum(reaching) - reaching < 1)
    own = np.zeros(covered.shape, dtype=bool)
    own[covered] = own_looks(share[covered])
    reached = bool(full[covered].any())
    times = share[own] if reached else np.append(share[own], 1.0)
    outer = efficacy(times, spent(options.spending, options.alpha / 2, times))
    inner = np.zeros(times.shape)
    if options.futility != "none":
        inner = futility(times, outer, spent(options.futility, 1 - options.power, times), design.quantiles)
    ends = exits(times, outer, inner, design.quantiles)
    at = np.cumsum(own) - 1
    return Monitored(
        outer=np.where(covered, outer[at], np.nan),
        inner=np.where(covered, inner[at], np.nan),
        covered=covered,
        at_required=None if reached else (float(outer[-1]), float(inner[-1])),
        power=float(np.sum(ends.above + ends.below)),
    )
