"""Between-study variance tau² by thirteen estimators, for any number of fits at once.

All are floored at 0 and defined for every input that ``livereview.Studies`` admits; k = 1 gives 0, k = 0 NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from livereview_estimation.estimators import ESTIMATORS, Estimator, Solved
from livereview_estimation.packing import Array, Block, Mask, blocks, rows
from livereview_estimation.profile import Profile
from livereview_estimation.weighted_q import QWeights, WeightedQ

#: Estimators that need weights which do not depend on tau².
QEstimator = Literal["GENQ", "GENQM"]


@dataclass(frozen=True, kw_only=True)
class TauSquared:
    """tau² of each fit, and how it was found; arrays of the shape of the fits."""

    value: Array
    converged: Mask
    bisected: Mask
    """Newton steps did not settle; solved by bisection to full precision."""
    several_maxima: Mask
    """The likelihood has more than one maximum; the highest was taken."""


def tau_squared(
    y: Array,
    v: Array,
    present: Mask,
    estimator: Estimator | QEstimator = "REML",
    q_weights: QWeights = "inverse-variance",
) -> TauSquared:
    """tau² of each fit: effects and variances (..., K) or (K,), ``present`` (..., K), result (...).

    With w = 1 / v, P as in ``profile``, k studies and Q = y'Py at tau² = 0:

    - DL: (Q - (k - 1)) / tr P. DerSimonian and Laird 1986, 10.1016/0197-2456(86)90046-2.
    - DL2: the same with the weights 1 / (v + DL), t + (y'P(t)y - (k - 1)) / tr P(t) with t = DL. DerSimonian and Kacker
      2007, 10.1016/j.cct.2006.04.004.
    - GENQ: (Q_a - tr P_a V) / tr P_a, Q_a and P_a with the weights a of ``q_weights`` in place of w. The same source.
    - GENQM: where the probability of a smaller Q_a than observed is 1/2 (exact distribution; see ``quadratic_form``).
      Viechtbauer 2021, European Congress of Methodology.
    - HE: sample variance of y less the mean of v. Hedges 1983, 10.1037/0033-2909.93.2.388.
    - HS: (Q - k) / sum w. Hunter and Schmidt 2004, 10.4135/9781412985031.
    - HSk: (Q k / (k - 1) - k) / sum w. Brannick et al. 2019, 10.1177/1094428117741966.
    - SJ: t0 y'P(t0)y / (k - 1) with t0 = sum (y - mean)² / k. Sidik and Jonkman 2005, 10.1111/j.1467-9876.2005.00489.x.
    - PM, also known as EB: the root of y'P(t)y = k - 1. Paule and Mandel 1982, 10.6028/jres.087.022;
      Morris 1983, 10.1080/01621459.1983.10477920.
    - PMM: the root of y'P(t)y = median of chi² with k - 1 degrees of freedom. The same source as GENQM.
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
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for block in blocks(y, v, present):
            solved = _solved(block, estimator, q_weights)
            value[block.fits] = np.where(block.representable, np.maximum(solved.t, 0.0) * block.scale, np.nan)
            bisected[block.fits], several[block.fits] = solved.bisected, solved.several
    return TauSquared(
        value=value.reshape(shape),
        converged=np.isfinite(value).reshape(shape),
        bisected=bisected.reshape(shape),
        several_maxima=several.reshape(shape),
    )


def _solved(block: Block, estimator: Estimator | QEstimator, q_weights: QWeights) -> Solved:
    """tau² in units of the smallest variance."""
    if estimator in get_args(Estimator):
        return ESTIMATORS[estimator](Profile(block.y, block.v), block.k, block.k - 1)  # type: ignore[index]
    fits = WeightedQ(block.y, block.v, q_weights)
    if estimator == "GENQ":
        return Solved(t=fits.moment())
    t, bisected = fits.tau2_at(0.5)
    return Solved(t=t, bisected=bisected)
