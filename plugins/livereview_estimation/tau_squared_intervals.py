"""Intervals of tau² of a mean, for any number of fits at once: Q-profile, exact generalised Q, profile likelihood.

None depends on the estimator of tau², but the likelihood's own. tau² is not below 0, so a lower limit is often 0; an
interval can also hold no tau² at all, where effects lie closer together than sampling alone lets expect (``empty``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from livereview_estimation.estimators import ESTIMATORS, root_of_q
from livereview_estimation.packing import Array, Block, Mask, blocks, rows
from livereview_estimation.profile import Profile
from livereview_estimation.q_profile import TauSquaredInterval
from livereview_estimation.roots import halved
from livereview_estimation.weighted_q import WeightedQ

IntervalMethod = Literal[
    "q-profile", "generalised-q-variance", "generalised-q-standard-error", "profile-likelihood", "profile-likelihood-ml"
]

#: Step of the scan of the likelihood in log(1 + tau²), tau² in units of the smallest variance.
SCAN = 0.1

Limits = tuple[Array, Array, Mask]


def tau_squared_interval(
    y: Array, v: Array, present: Mask, method: IntervalMethod = "q-profile", level: float = 0.95
) -> TauSquaredInterval:
    """Limits of tau² for effects and variances (..., K), each of shape (...); NaN for fewer than two studies.

    With the generalised Q(t) = y'P(t)y, weights 1 / (v + t):

    - q-profile: Q(t) = the upper and the lower quantile of chi² with k - 1 degrees of freedom. Viechtbauer 2007,
      10.1002/sim.2514.
    - generalised-q-variance, generalised-q-standard-error: tau² at which the probability of a Q as small as observed,
      with fixed weights 1 / v or 1 / sqrt(v), is (1 + level) / 2 and (1 - level) / 2, by its exact distribution.
      Biggerstaff and Jackson 2008, 10.1002/sim.3428; Jackson 2013, 10.1002/jrsm.1081.
    - profile-likelihood (restricted), profile-likelihood-ml: the least and the largest tau² at which twice the log
      likelihood is within the quantile of chi² with one degree of freedom of its highest maximum. Hardy and Thompson
      1996, 10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A. Where it dips below that between two
      maxima, the interval holds the dip too.

    ``empty``: Q is below its lower quantile already at tau² = 0, and both limits are 0; never for likelihoods.
    """
    shape = np.broadcast_shapes(np.shape(y), np.shape(v), np.shape(present))[:-1]
    y, v, present = rows(np.asarray(y, dtype=np.float64), np.asarray(v, dtype=np.float64), np.asarray(present))
    n = int(np.prod(shape, dtype=np.intp))
    low, high, empty = np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for block in blocks(y, v, present):
            own_low, own_high, own_empty = _METHODS[method](block, level)
            low[block.fits] = np.where(block.representable, own_low * block.scale, np.nan)
            high[block.fits] = np.where(block.representable, own_high * block.scale, np.nan)
            empty[block.fits] = own_empty & block.representable
    return TauSquaredInterval(low=low.reshape(shape), high=high.reshape(shape), empty=empty.reshape(shape))


def _q_profile(block: Block, level: float) -> Limits:
    from scipy.special import chdtri

    fits, df = Profile(block.y, block.v), block.k - 1
    sizes, where = np.unique(df, return_inverse=True)
    upper, lower = (chdtri(sizes, (1 + side * level) / 2)[where] for side in (-1, 1))
    at_zero, _ = fits.generalised_q(np.zeros(df.shape))
    return root_of_q(fits, upper).t, root_of_q(fits, lower).t, at_zero < lower


def _by_variance(block: Block, level: float) -> Limits:
    return _generalised(WeightedQ(block.y, block.v, "inverse-variance"), level)


def _by_standard_error(block: Block, level: float) -> Limits:
    return _generalised(WeightedQ(block.y, block.v, "inverse-standard-error"), level)


def _generalised(fits: WeightedQ, level: float) -> Limits:
    low, high = fits.tau2_at((1 + level) / 2)[0], fits.tau2_at((1 - level) / 2)[0]
    return low, high, fits.probability_at_zero() < (1 - level) / 2


def _restricted(block: Block, level: float) -> Limits:
    return _profile_likelihood(block, level, restricted=True)


def _full(block: Block, level: float) -> Limits:
    return _profile_likelihood(block, level, restricted=False)


def _profile_likelihood(block: Block, level: float, restricted: bool) -> Limits:
    from scipy.special import chdtri

    fits = Profile(block.y, block.v)
    top = np.maximum(ESTIMATORS["REML" if restricted else "ML"](fits, block.k, block.k - 1).t, 0.0)
    bound = fits.log_likelihood(top, restricted) - chdtri(1.0, 1 - level) / 2

    def inside(t: Array) -> Mask:
        return np.asarray(fits.log_likelihood(t, restricted) >= bound)

    far = np.maximum(np.maximum(fits.limit(), fits.largest_variance()), 1.0) * 2
    while (still := inside(far)).any():  # there it falls for good
        far = np.where(still, 4 * far, far)
    # Scanned outwards from the ends, so that the first tau² inside is the limit's.
    before, after = _bracket(inside, np.zeros(top.shape), top)
    low = np.where(inside(np.zeros(top.shape)), 0.0, halved(lambda t: ~inside(t), before, after))
    after, before = _bracket(inside, far, top)
    return low, halved(inside, before, after), np.zeros(top.shape, dtype=bool)


def _bracket(inside: Callable[[Array], Mask], end: Array, top: Array) -> tuple[Array, Array]:
    """The last scanned tau² outside, and the first inside, on the way from ``end`` (outside) to ``top`` (inside)."""
    start, width = np.log1p(end), np.log1p(top) - np.log1p(end)
    steps = max(int(np.ceil(np.abs(width).max(initial=0.0) / SCAN)), 1)
    outer, inner = end.copy(), top.copy()
    found = np.zeros(top.shape, dtype=bool)
    for step in range(1, steps):
        t = np.expm1(start + width * step / steps)
        here = inside(t) & ~found
        inner = np.where(here, t, inner)
        found |= here
        outer = np.where(found, outer, t)
        if found.all():
            break
    return outer, inner


_METHODS: dict[IntervalMethod, Callable[[Block, float], Limits]] = {
    "q-profile": _q_profile,
    "generalised-q-variance": _by_variance,
    "generalised-q-standard-error": _by_standard_error,
    "profile-likelihood": _restricted,
    "profile-likelihood-ml": _full,
}
