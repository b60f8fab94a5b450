"""Standard errors of estimates of tau²: from exact moments, or from the expected information of the likelihood.

They are asymptotic, and tell little where tau² is near 0 or studies are few; an interval tells more.
"""

from __future__ import annotations

import numpy as np

from livereview_estimation.estimators import ESTIMATORS, Estimator
from livereview_estimation.heterogeneity import QEstimator
from livereview_estimation.packing import Array, Block, Mask, blocks, rows
from livereview_estimation.profile import Profile
from livereview_estimation.weighted_q import QWeights


def tau_squared_error(
    y: Array,
    v: Array,
    present: Mask,
    tau2: Array,
    estimator: Estimator | QEstimator,
    q_weights: QWeights = "inverse-variance",
) -> Array:
    """Standard error of each tau² (...) that ``tau_squared`` found for effects and variances (..., K).

    With weights a, P = diag(a) - aa' / sum a and S = diag(v + tau²), the variance of y'Py is 2 tr PSPS:

    - DL, HE, GENQ, GENQM: sqrt(2 tr PSPS) / tr P with a = 1 / v, 1 or the given weights; DL2: a = 1 / (v + DL), taken
      as fixed.
    - HS: sqrt(2 tr PSPS) / sum a with a = 1 / v; HSk: that times k / (k - 1).
    - SJ: t0 sqrt(2 tr PSPS) / (k - 1) with a = 1 / (v + t0), t0 = sum (y - mean)² / k, taken as fixed.
    - PM, EB, PMM: sqrt(2 k² / (k - 1)) / sum w with w = 1 / (v + tau²); ML: sqrt(2 / sum w²); REML: sqrt(2 / tr PP)
      with a = w.

    NaN for fewer than two studies. Sources: Viechtbauer 2005, 10.3102/10769986030003261; DerSimonian and Kacker 2007,
    10.1016/j.cct.2006.04.004; Sidik and Jonkman 2005, 10.1111/j.1467-9876.2005.00489.x.
    """
    shape = np.broadcast_shapes(np.shape(y), np.shape(v), np.shape(present))[:-1]
    y, v, present = rows(np.asarray(y, dtype=np.float64), np.asarray(v, dtype=np.float64), np.asarray(present))
    t = np.broadcast_to(tau2, shape).reshape(-1)
    error = np.full(t.shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for block in blocks(y, v, present):
            found = _error(block, t[block.fits] / block.scale, estimator, q_weights)
            error[block.fits] = np.where(block.representable, found * block.scale, np.nan)
    return error.reshape(shape)


def _error(block: Block, t: Array, estimator: Estimator | QEstimator, q_weights: QWeights) -> Array:
    """In units of the smallest variance."""
    k, v = block.k, np.concatenate([np.ones((1, block.k.size)), block.v])
    w = 1 / (v + t)
    if estimator in ("PM", "EB", "PMM"):
        return np.asarray(k * np.sqrt(2 / (k - 1)) / w.sum(axis=0))
    if estimator == "ML":
        return np.asarray(np.sqrt(2 / (w**2).sum(axis=0)))
    if estimator == "REML":
        return np.asarray(np.sqrt(2 / _traces(w, np.ones_like(w))[1]))
    start = _fixed(block, estimator)
    a = 1 / (v + start)
    if estimator == "HE":
        a = np.where(np.isinf(v), 0.0, 1.0)
    elif estimator in ("GENQ", "GENQM") and q_weights == "inverse-standard-error":
        a = np.sqrt(a)
    trace, squares = _traces(a, np.where(np.isinf(v), 0.0, v + t))
    root = np.sqrt(2 * squares)
    if estimator in ("HS", "HSk"):
        return np.asarray(root / a.sum(axis=0) * (k / (k - 1) if estimator == "HSk" else 1.0))
    return np.asarray(start * root / (k - 1) if estimator == "SJ" else root / trace)


def _fixed(block: Block, estimator: Estimator | QEstimator) -> Array:
    """The tau² in the weights of the estimator itself, taken as fixed; 0 for most."""
    fits = Profile(block.y, block.v)
    if estimator == "SJ":
        return fits.squares() / block.k
    if estimator == "DL2":
        return np.maximum(ESTIMATORS["DL"](fits, block.k, block.k - 1).t, 0.0)
    return np.zeros(block.k.shape)


def _traces(a: Array, s: Array) -> tuple[Array, Array]:
    """tr P and tr PSPS of weights ``a`` and variances ``s``, (K, n), as sums of positive terms: the first weight may be
    nearly all of their sum."""
    others, product = a[1:], a**2 * s
    rest = others.sum(axis=0)
    total = a[0] + rest
    own = a * np.concatenate([rest[None], total - others]) / total
    trace = own.sum(axis=0)
    more = product[1:].sum(axis=0)
    pairs = 2 * product[0] * more + (more**2 - (product[1:] ** 2).sum(axis=0))
    return trace, ((own * s) ** 2).sum(axis=0) + pairs / total**2
