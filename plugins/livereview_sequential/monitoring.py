"""The boundaries at the looks that were really taken, what crossed them, and how powerful that design is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from livereview import Array, Mask
from livereview_sequential.boundaries import LEAST_STEP, efficacy, exits, futility, own_looks
from livereview_sequential.design import Design, TrialSequentialOptions
from livereview_sequential.looks import Looks
from livereview_sequential.spending import spent

Index = npt.NDArray[np.intp]


#: Points between the last look and the required information at which the next boundary is computed.
AHEAD = 12


@dataclass(frozen=True)
class Ahead:
    """Boundaries that the next look would have at these shares of the required information, the last of which is 1."""

    share: Array
    outer: Array
    inner: Array


@dataclass(frozen=True)
class Monitored:
    """Boundaries look by look; arrays (K,), NaN where a look has none."""

    outer: Array
    """|Z| at or above it: an effect. Infinite where so little may be spent that nothing can reach it."""
    inner: Array
    """|Z| below it: futility. 0 where the wedge has not begun."""
    covered: Mask
    """Looks that the design covers: with a result, and not after the required information was reached."""
    ahead: Ahead
    """Boundaries that the next look would have; none where the required information has been reached."""
    power: float
    """Probability to cross the outer boundary with the effect sought, if the wedge is obeyed."""

    @property
    def last(self) -> int:
        """The last look that the design covers."""
        return int(np.flatnonzero(self.covered)[-1])

    def crossings(self, z: Array) -> Index:
        """Looks at which Z reached the outer boundary."""
        return np.flatnonzero(self.covered & (np.abs(z) >= self.outer))

    def futile(self, z: Array) -> Index:
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
    outer, inner = _boundaries(times, design, options)
    ends = exits(times, outer, inner, design.quantiles)
    at = np.cumsum(own) - 1
    return Monitored(
        outer=np.where(covered, outer[at], np.nan),
        inner=np.where(covered, inner[at], np.nan),
        covered=covered,
        ahead=_ahead(share[own], design, options) if not reached else Ahead(*np.zeros((3, 0))),
        power=float(np.sum(ends.above + ends.below)),
    )


def _boundaries(times: Array, design: Design, options: TrialSequentialOptions) -> tuple[Array, Array]:
    outer = efficacy(times, spent(options.spending, options.alpha / 2, times))
    if options.futility == "none":
        return outer, np.zeros(times.shape)
    return outer, futility(times, outer, spent(options.futility, 1 - options.power, times), design.quantiles)


def _ahead(looked: Array, design: Design, options: TrialSequentialOptions) -> Ahead:
    """Each point is the only look after those taken."""
    share = np.linspace(looked[-1], 1.0, AHEAD + 1)[1:]
    share = share[share - looked[-1] > LEAST_STEP * share]
    share = share if share.size else np.ones(1)
    found = [_boundaries(np.append(looked, one), design, options) for one in share]
    return Ahead(share, *(np.array([pair[side][-1] for pair in found]) for side in (0, 1)))
