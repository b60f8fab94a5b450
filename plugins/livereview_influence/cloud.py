"""The cloud of subset results (GOSH): how it is spread, and which study divides it.

The rule: a subset without a result (NaN) is in no summary; how many there are is kept.
Source: Olkin, Dahabreh and Trikalinos 2012, 10.1002/jrsm.1053.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from livereview import Array, Mask
from livereview_influence.subsets import Subsets

#: Cells of the picture along the estimate and along I².
BINS = (60, 40)


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """Results of subsets, arrays of shape (subsets,)."""

    subsets: Subsets
    estimate: Array
    tau2: Array
    q: Array
    i2: Array

    @property
    def found(self) -> Mask:
        """Subsets that have a result."""
        return np.isfinite(self.estimate)


class Spread(NamedTuple):
    """Least, quartiles, mean, largest and standard deviation (n - 1); quantiles by linear interpolation (R type 7)."""

    least: float
    lower: float
    median: float
    mean: float
    upper: float
    largest: float
    deviation: float


def spread(values: Array) -> Spread:
    """How numbers are spread, NaN left out; all NaN where there are none."""
    values = values[~np.isnan(values)]
    if not values.size:
        return Spread(*[np.nan] * 7)
    least, lower, median, upper, largest = np.quantile(values, [0, 0.25, 0.5, 0.75, 1]).tolist()
    deviation = float(values.std(ddof=1)) if values.size > 1 else np.nan
    return Spread(least, lower, median, float(values.mean()), upper, largest, deviation)


@dataclass(frozen=True, kw_only=True)
class Division:
    """What subsets with a study and subsets without it give; pairs are (with, without), NaN where there is none."""

    study: int
    estimate: tuple[float, float]
    """Median."""
    i2: tuple[float, float]
    """Median."""
    above: tuple[float, float]
    """Share of the subsets, 0-1, whose estimate is above the median of all."""

    @property
    def gap(self) -> float:
        """Difference of the two shares, 0 (the study divides nothing) to 1 (it divides the cloud in two)."""
        return abs(self.above[0] - self.above[1])


def divisions(cloud: Cloud) -> tuple[Division, ...]:
    """For each study, how the cloud with it differs from the cloud without it, in the order of the studies."""
    found = cloud.found
    middle = np.median(cloud.estimate[found]) if found.any() else np.nan
    above = cloud.estimate > middle
    return tuple(
        Division(
            study=study,
            estimate=_each(cloud.estimate, parts, np.median),
            i2=_each(cloud.i2, parts, np.median),
            above=_each(above, parts, np.mean),
        )
        for study, own in enumerate(map(cloud.subsets.holding, range(cloud.subsets.k)))
        for parts in [(found & own, found & ~own)]
    )


def _each(values: Array | Mask, parts: tuple[Mask, Mask], summary: Callable[..., Any]) -> tuple[float, float]:
    first, second = (float(summary(values[part])) if part.any() else float("nan") for part in parts)
    return first, second


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Cells of the plane of estimate and I² that hold subsets: their middles, and how many."""

    estimate: Array
    i2: Array
    count: Array
    size: tuple[float, float]
    """Width along the estimate and height along I² of every cell; the width is 0 where all estimates are equal."""

    @property
    def by_estimate(self) -> tuple[Array, Array]:
        """Estimates of the columns of cells, and how many subsets each column holds."""
        return _summed(self.estimate, self.count)

    @property
    def by_i2(self) -> tuple[Array, Array]:
        """I² of the rows of cells, and how many subsets each row holds."""
        return _summed(self.i2, self.count)


def _summed(at: Array, count: Array) -> tuple[Array, Array]:
    places, own = np.unique(at, return_inverse=True)
    return places, np.bincount(own, weights=count, minlength=places.size).astype(np.float64)


def cells(cloud: Cloud, chosen: Mask) -> Cells:
    """The chosen subsets, counted on one grid for the cloud: ``BINS`` over the range of all estimates and 0-100%."""
    found = cloud.found
    least, largest = cloud.estimate[found].min(), cloud.estimate[found].max()
    own = found & chosen
    width = (largest - least) / BINS[0]
    x = _bin(cloud.estimate[own] - least, width, BINS[0])
    y = _bin(cloud.i2[own], 100 / BINS[1], BINS[1])
    count = np.bincount(x * BINS[1] + y, minlength=BINS[0] * BINS[1])
    at = np.flatnonzero(count)
    middle = (at % BINS[1] + 0.5) * (100 / BINS[1])
    estimate = least + (at // BINS[1] + 0.5) * width
    return Cells(
        estimate=np.asarray(estimate),
        i2=np.asarray(middle),
        count=count[at].astype(np.float64),
        size=(float(width), 100 / BINS[1]),
    )


def _bin(values: Array, width: float, bins: int) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    if not width > 0:
        return np.zeros(values.shape, dtype=np.intp)
    return np.minimum((values / width).astype(np.intp), bins - 1)
