"""Estimators of tau² for fits of any columns, in units of the smallest variance of each fit.

The rule: k studies, p columns and df = k - p >= 1 in every fit; what an estimator returns may be below 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from livereview_estimation.fits import Fits
from livereview_estimation.maximum import highest
from livereview_estimation.packing import Array, Index, Mask
from livereview_estimation.roots import falling_zero

Estimator = Literal["DL", "PM", "EB", "REML", "ML", "HE", "HS", "SJ", "HSk", "PMM", "DL2"]


@dataclass(frozen=True, kw_only=True)
class Solved:
    """tau² of n fits, and how it was found."""

    t: Array
    bisected: Mask | bool = False
    several: Mask | bool = False


def _dersimonian_laird(fits: Fits, k: Array, df: Array) -> Solved:
    zero = np.zeros_like(k)
    return Solved(t=(fits.generalised_q(zero)[0] - df) / fits.trace(zero))


def _dersimonian_laird_twice(fits: Fits, k: Array, df: Array) -> Solved:
    first = np.maximum(_dersimonian_laird(fits, k, df).t, 0.0)
    return Solved(t=first + (fits.generalised_q(first)[0] - df) / fits.trace(first))


def _hedges(fits: Fits, k: Array, df: Array) -> Solved:
    squares, expected = fits.unweighted()
    return Solved(t=(squares - expected) / df)


def _hunter_schmidt(fits: Fits, k: Array, df: Array) -> Solved:
    zero = np.zeros_like(k)
    return Solved(t=(fits.generalised_q(zero)[0] - k) / fits.total_weight(zero))


def _hunter_schmidt_corrected(fits: Fits, k: Array, df: Array) -> Solved:
    zero = np.zeros_like(k)
    return Solved(t=(fits.generalised_q(zero)[0] * k / df - k) / fits.total_weight(zero))


def _sidik_jonkman(fits: Fits, k: Array, df: Array) -> Solved:
    start = fits.squares() / k
    return Solved(t=start * fits.generalised_q(start)[0] / df)


def _paule_mandel(fits: Fits, k: Array, df: Array) -> Solved:
    return root_of_q(fits, df)


def _median_paule_mandel(fits: Fits, k: Array, df: Array) -> Solved:
    from scipy.special import chdtri

    sizes, where = np.unique(df, return_inverse=True)  # the quantile costs more than the rest
    return root_of_q(fits, np.asarray(chdtri(sizes, 0.5)[where]))


def root_of_q(fits: Fits, target: Array) -> Solved:
    """Where y'P(t)y = target, 0 where it is below that at once.

    1 / y'Py is concave and rising in t, so Newton steps from 0 approach the root from below.
    """
    t, bisected = np.zeros(target.shape), np.zeros(target.shape, dtype=bool)
    above = np.flatnonzero(fits.generalised_q(t)[0] > target)
    if above.size:
        fits, target, zero = fits.of(above), target[above], np.zeros(above.size)

        def excess(fits: Fits, at: Index, t: Array) -> tuple[Array, Array]:
            q, fall = fits.generalised_q(t)
            return np.log(q / target[at]), -fall / q

        # With k studies y'Py <= k / 4 range² / (1 + t), or the plain sum of squares / (1 + t).
        limit = 1.01 * np.maximum(fits.limit() / np.minimum(target, 1.0) * 2, 1.0)
        t[above], bisected[above] = falling_zero(excess, fits, zero, limit, zero)
    return Solved(t=t, bisected=bisected)


def _maximum_likelihood(fits: Fits, k: Array, df: Array) -> Solved:
    found = highest(fits, restricted=False)
    return Solved(t=found.t, bisected=found.bisected, several=found.several)


def _restricted_maximum_likelihood(fits: Fits, k: Array, df: Array) -> Solved:
    found = highest(fits, restricted=True)
    return Solved(t=found.t, bisected=found.bisected, several=found.several)


ESTIMATORS: Mapping[Estimator, Callable[[Fits, Array, Array], Solved]] = MappingProxyType(
    {
        "DL": _dersimonian_laird,
        "DL2": _dersimonian_laird_twice,
        "HE": _hedges,
        "HS": _hunter_schmidt,
        "HSk": _hunter_schmidt_corrected,
        "SJ": _sidik_jonkman,
        "PM": _paule_mandel,
        "EB": _paule_mandel,
        "PMM": _median_paule_mandel,
        "ML": _maximum_likelihood,
        "REML": _restricted_maximum_likelihood,
    }
)
