"""The distribution of a cumulative Z among the paths that have not stopped yet, look by look.

Z at the looks has the canonical joint distribution: Z √t is Brownian motion in the share t of the information, with
drift ``drift`` (the mean of Z at t = 1). Source: Armitage, McPherson and Rowe 1969, 10.2307/2343787; Jennison and
Turnbull 2000, chapter 19.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from livereview import Array

#: Points of Gauss-Legendre quadrature in each panel.
POINTS = 8
#: Width of a panel in standard deviations of the step from one look to the next: the error is then below 1e-9.
PANEL = 1.5
#: Beyond so many standard deviations around its mean a Z is not followed.
REACH = 12.0
_NORMAL = 1 / np.sqrt(2 * np.pi)

Region = Sequence[tuple[float, float]]
"""Disjoint intervals of Z in which the path goes on."""


@dataclass(frozen=True)
class Continuing:
    """Z of the paths that go on after a look: ``mass`` at the points ``z``; its sum is their probability."""

    z: Array
    mass: Array
    share: float

    def step(self, share: float, drift: float) -> tuple[float, Array]:
        """Standard deviation of the next Z given this one, and its mean at each point."""
        ahead = share - self.share
        return (
            float(np.sqrt(ahead / share)),
            (self.z * np.sqrt(self.share) + drift * ahead) / np.sqrt(share),
        )


def below(before: Continuing | None, share: float, drift: float, limit: float) -> float:
    """Probability to have come to this look and to have there a Z below ``limit``; precise in the lower tail."""

    from scipy.special import ndtr

    if before is None:
        return float(ndtr(limit - drift * np.sqrt(share)))
    spread, middle = before.step(share, drift)
    return float(before.mass @ ndtr((limit - middle) / spread))


def above(before: Continuing | None, share: float, drift: float, limit: float) -> float:
    """Probability to have come to this look and to have there a Z above ``limit``; precise in the upper tail."""

    from scipy.special import ndtr

    if before is None:
        return float(ndtr(drift * np.sqrt(share) - limit))
    spread, middle = before.step(share, drift)
    return float(before.mass @ ndtr((middle - limit) / spread))


def within(before: Continuing | None, share: float, drift: float, reach: float) -> float:
    """Probability to have come to this look and to have there a Z between -``reach`` and ``reach``."""
    return below(before, share, drift, reach) - below(before, share, drift, -reach)


def continued(before: Continuing | None, share: float, ahead: float, drift: float, region: Region) -> Continuing:
    """The paths that lie in the region at this look; ``ahead`` is the share of the next look, which sets the grid."""
    widths = [1.0, np.sqrt(max(ahead - share, 0.0) / share) or 1.0]
    if before is not None:
        widths.append(np.sqrt((share - before.share) / share))
    middle = drift * np.sqrt(share)
    pieces = [_grid(*_clipped(piece, middle), PANEL * float(min(widths))) for piece in region]
    z, weights = (np.concatenate(part) for part in zip(*pieces, strict=True))
    return Continuing(z, weights * _density(before, share, drift, z), share)


def _clipped(piece: tuple[float, float], middle: float) -> tuple[float, float]:
    low, high = max(piece[0], min(middle, 0.0) - REACH), min(piece[1], max(middle, 0.0) + REACH)
    return low, max(low, high)


def _grid(low: float, high: float, width: float) -> tuple[Array, Array]:
    """Points and weights of composite Gauss-Legendre quadrature."""
    panels = max(1, int(np.ceil((high - low) / width)))
    edges = np.linspace(low, high, panels + 1)
    half = np.diff(edges) / 2
    nodes, weights = _legendre()
    return ((edges[:-1] + half)[:, None] + half[:, None] * nodes).ravel(), (half[:, None] * weights).ravel()


@lru_cache
def _legendre() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(POINTS)
    return np.asarray(nodes), np.asarray(weights)


def _density(before: Continuing | None, share: float, drift: float, z: Array) -> Array:
    """Density of this look's Z among the paths that have come to it."""
    if before is None:
        return np.asarray(_NORMAL * np.exp(-((z - drift * np.sqrt(share)) ** 2) / 2))
    spread, middle = before.step(share, drift)
    kernel = np.exp(-(((z[:, None] - middle) / spread) ** 2) / 2)
    return np.asarray(_NORMAL / spread * (kernel @ before.mass))
