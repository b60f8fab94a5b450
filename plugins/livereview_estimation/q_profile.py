"""Interval of the (residual) tau² by the Q-profile, for regressions on any columns, for any number of fits at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview_estimation.design_profile import DesignProfile
from livereview_estimation.designs import design_blocks
from livereview_estimation.estimators import root_of_q
from livereview_estimation.packing import Array, Mask, rows


@dataclass(frozen=True, kw_only=True)
class TauSquaredInterval:
    """Limits of tau²; arrays of the shape of the fits. NaN where k <= p or the columns depend on each other."""

    low: Array
    high: Array
    empty: Mask
    """Q at tau² = 0 is below its lower quantile: no tau² fits the data, and both limits are 0."""


def residual_q_profile(y: Array, v: Array, design: Array, present: Mask, level: float = 0.95) -> TauSquaredInterval:
    """tau² at which y'P(t)y equals the upper and the lower quantile of chi² with k - p degrees of freedom.

    Effects and variances (..., K), design (..., K, p). A limit is 0 where Q is below the quantile at once. It does not
    depend on the estimator of tau². Source: Viechtbauer 2007 (10.1002/sim.2514); Jackson et al. 2014
    (10.1002/sim.6081).
    """
    from scipy.special import chdtri

    design = np.asarray(design, dtype=np.float64)
    p = design.shape[-1]
    outer = np.broadcast_shapes(np.shape(y), np.shape(v), np.shape(present), design.shape[:-1])
    y, v, here = rows(np.asarray(y, dtype=np.float64), np.asarray(v, dtype=np.float64), np.broadcast_to(present, outer))
    x = np.broadcast_to(design, (*outer, p)).reshape(here.shape[0], outer[-1], p)
    limits, empty = np.full((2, here.shape[0]), np.nan), np.zeros(here.shape[0], dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for block in design_blocks(y, v, x, here):
            at = np.flatnonzero(block.usable & (block.k > p))
            if at.size:
                fits, df = DesignProfile.of_block(block).of(at), block.k[at] - p
                q, _ = fits.generalised_q(np.zeros(at.size))
                upper, lower = chdtri(df, (1 - level) / 2), chdtri(df, (1 + level) / 2)
                row = at + block.fits.start
                limits[0, row] = root_of_q(fits, upper).t * block.scale[at]
                limits[1, row] = root_of_q(fits, lower).t * block.scale[at]
                empty[row] = q < lower
    low, high = limits.reshape(2, *outer[:-1])
    return TauSquaredInterval(low=low, high=high, empty=empty.reshape(outer[:-1]))
