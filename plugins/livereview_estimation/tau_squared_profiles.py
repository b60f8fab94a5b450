"""What the limits of tau² are read from, as functions of tau²: generalised Q, its probability, the likelihood."""

from __future__ import annotations

import numpy as np

from livereview_estimation.packing import Array, Block, Mask, blocks, rows
from livereview_estimation.profile import Profile
from livereview_estimation.tau_squared_intervals import IntervalMethod
from livereview_estimation.weighted_q import WeightedQ


def tau_squared_profile(y: Array, v: Array, present: Mask, tau2: Array, method: IntervalMethod) -> Array:
    """The function of tau² (...) whose crossings are the limits, for effects and variances (..., K).

    q-profile: Q with weights 1 / (v + tau²). generalised-q-*: probability of a Q, with the fixed weights, as small as
    observed. profile-likelihood*: log likelihood with the mean profiled out, up to a constant of the effects and
    variances. NaN for fewer than two studies. Sources as in ``tau_squared_interval``.
    """
    shape = np.broadcast_shapes(np.shape(y), np.shape(v), np.shape(present), (*np.shape(tau2), 1))
    here = np.broadcast_to(present, shape)
    y, v, here = rows(np.asarray(y, dtype=np.float64), np.asarray(v, dtype=np.float64), here)
    t = np.broadcast_to(tau2, shape[:-1]).reshape(-1)
    value = np.full(t.shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for block in blocks(y, v, here):
            own = _value(block, t[block.fits] / block.scale, method)
            value[block.fits] = np.where(block.representable, own, np.nan)
    return value.reshape(shape[:-1])


def _value(block: Block, t: Array, method: IntervalMethod) -> Array:
    if method == "q-profile":
        return Profile(block.y, block.v).generalised_q(t)[0]
    if method.startswith("profile-likelihood"):
        return Profile(block.y, block.v).log_likelihood(t, restricted=method == "profile-likelihood")
    by_variance = method == "generalised-q-variance"
    fits = WeightedQ(block.y, block.v, "inverse-variance" if by_variance else "inverse-standard-error")
    return np.where(fits.q > 0, fits.probability(t)[0], 0.0)
