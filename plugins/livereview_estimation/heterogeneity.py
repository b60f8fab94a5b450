"""Between-study variance tau² by eight estimators, for any number of fits at once.

All are floored at 0 and defined for every input that ``livereview.Studies`` admits; k = 1 gives 0, k = 0 NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from livereview_estimation.maximum import highest
from livereview_estimation.packing import Array, Index, Mask, blocks, rows
from livereview_estimation.profile import Profile
from livereview_estimation.roots import falling_zero

Estimator = Literal["DL", "PM", "EB", "REML", "ML", "HE", "HS", "SJ"]


@dataclass(frozen=True, kw_only=True)
class TauSquared:
    """tau² of each fit, and how it was found; arrays of the shape of the fits."""

    value: Array
    converged: Mask
    bisected: Mask
    """Newton steps did not settle; solved by bisection to full precision."""
    several_maxima: Mask
    """The likelihood has more than one maximum; the highest was taken."""


@dataclass(frozen=True, kw_only=True)
class _Solved:
    t: Array
    bisected: Mask | bool = False
    several: Mask | bool = False


def tau_squared(y: Array, v: Array, present: Mask, estimator: Estimator = "REML") -> TauSquared:
    """tau² of each fit: effects and variances (..., K) or (K,), ``present`` (..., K), result (...).

    With w = 1 / v, P as in ``profile``, k studies and Q = y'Py at tau² = 0:

    - DL: (Q - (k - 1)) / tr P. DerSimonian and Laird 1986, 10.1016/0197-2456(86)90046-2.
    - HE: sample variance of y less the mean of v. Hedges 1983, 10.1037/0033-2909.93.2.388.
    - HS: (Q - k) / sum w. Hunter and Schmidt 2004, 10.4135/9781412985031.
    - SJ: t0 y'P(t0)y / (k - 1) with t0 = sum (y - mean)² / k. Sidik and Jonkman 2005, 10.1111/j.1467-9876.2005.00489.x.
    - PM, also known as EB: the root of y'P(t)y = k - 1. Paule and Mandel 1982, 10.6028/jres.087.022;
      Morris 1983, 10.1080/01621459.1983.10477920.
    - ML, REML: the highest maximum of the (restricted) likelihood; see ``maximum``. Viechtbauer 2005,
      10.3102/10769986030003261.

    Relative precision is about 1e-12 (of tau² plus the smallest variance). Variances in present slots must be positive.
    NaN, and not converged, where effects lie more than 1e150 standard errors apart or variances differ by more than
    floating point can hold.
    """
    shape = np.broadcast_shapes(np.shape(y), np.shape(v), np.shape(present))[:-1]
    y, v, present = rows(np.asarray(y, dtype=np.float64), np.asarray(v, dtype=np.float64), np.asarray(present))
    n = int(np.prod(shape, dtype=np.intp))
    value = np.where(present.any(axis=-1), 0.0, np.nan)
    bisected, several = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    solve = _ESTIMATORS[estimator]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for block in blocks(y, v, present):
            solved = solve(Profile(block.y, block.v), block.k)
            value[block.fits] = np.where(block.representable, np.maximum(solved.t, 0.0) * block.scale, np.nan)
            bisected[block.fits], several[block.fits] = solved.bisected, solved.several
    return TauSquared(
        value=value.reshape(shape),
        converged=np.isfinite(value).reshape(shape),
        bisected=bisected.reshape(shape),
        several_maxima=several.reshape(shape),
    )


def _dersimonian_laird(fits: Profile, k: Array) -> _Solved:
    zero = np.zeros_like(k)
    return _Solved(t=(fits.generalised_q(zero)[0] - (k - 1)) / fits.trace(zero))


def _hedges(fits: Profile, k: Array) -> _Solved:
    mean_variance = (np.where(np.isinf(fits.v), 0.0, fits.v).sum(axis=0) + 1) / k
    return _Solved(t=_squares(fits, k) / (k - 1) - mean_variance)


def _hunter_schmidt(fits: Profile, k: Array) -> _Solved:
    zero = np.zeros_like(k)
    return _Solved(t=(fits.generalised_q(zero)[0] - k) / fits.total_weight(zero))


def _sidik_jonkman(fits: Profile, k: Array) -> _Solved:
    start = _squares(fits, k) / k
    return _Solved(t=start * fits.generalised_q(start)[0] / (k - 1))


def _squares(fits: Profile, k: Array) -> Array:
    """Sum of squares of the effects about their plain mean."""
    mean = fits.y.sum(axis=0) / k
    residual = np.where(np.isinf(fits.v), 0.0, fits.y - mean)
    return np.asarray(np.einsum("kn,kn->n", residual, residual) + mean**2)


def _paule_mandel(fits: Profile, k: Array) -> _Solved:
    """1 / y'Py is concave and rising in t, so Newton steps from 0 approach the root from below."""
    df = k - 1
    t, bisected = np.zeros(k.shape), np.zeros(k.shape, dtype=bool)
    above = np.flatnonzero(fits.generalised_q(t)[0] > df)
    if above.size:
        fits, df, zero = fits.of(above), df[above], np.zeros(above.size)

        def excess(fits: Profile, at: Index, t: Array) -> tuple[Array, Array]:
            q, fall = fits.generalised_q(t)
            return np.log(q / df[at]), -fall / q

        limit = 1.01 * np.maximum(fits.range_of_effects() ** 2 / 2, 1.0)
        t[above], bisected[above] = falling_zero(excess, fits, zero, limit, zero)
    return _Solved(t=t, bisected=bisected)


def _maximum_likelihood(fits: Profile, k: Array) -> _Solved:
    found = highest(fits, restricted=False)
    return _Solved(t=found.t, bisected=found.bisected, several=found.several)


def _restricted_maximum_likelihood(fits: Profile, k: Array) -> _Solved:
    found = highest(fits, restricted=True)
    return _Solved(t=found.t, bisected=found.bisected, several=found.several)


_ESTIMATORS: Mapping[Estimator, Callable[[Profile, Array], _Solved]] = MappingProxyType(
    {
        "DL": _dersimonian_laird,
        "HE": _hedges,
        "HS": _hunter_schmidt,
        "SJ": _sidik_jonkman,
        "PM": _paule_mandel,
        "EB": _paule_mandel,
        "ML": _maximum_likelihood,
        "REML": _restricted_maximum_likelihood,
    }
)
