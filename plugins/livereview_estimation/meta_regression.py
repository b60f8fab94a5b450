"""Mixed-effects meta-regression for any number of fits at once: effects on the columns of a design, plus tau².

The rule: the design holds every column, that of ones for the intercept too; nothing is added.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np

from livereview_estimation.design_profile import DesignProfile
from livereview_estimation.designs import DesignBlock, design_blocks
from livereview_estimation.estimators import ESTIMATORS, Estimator, Solved
from livereview_estimation.packing import Array, Index, Mask, rows
from livereview_estimation.small_matrices import product

Interval = Literal["wald", "t", "hartung-knapp", "hartung-knapp-adhoc"]
#: An estimator of the residual tau², or EE: tau² = 0.
Residual = Estimator | Literal["EE"]


@dataclass(frozen=True, kw_only=True)
class MetaRegression:
    """Meta-regressions; leading axes are those of the fits. NaN where a fit has fewer studies than columns, or columns
    that depend on each other linearly, or numbers too far apart."""

    coefficients: Array
    """(..., p)."""
    covariance: Array
    """(..., p, p): inverse of X'WX with w = 1 / (v + tau²), times ``scale``."""
    scale: Array
    """Factor on the covariance: 1, or y'Py / (k - p), or the larger of the two; NaN where k = p leaves none."""
    df: Array
    """Of the t distribution of the coefficients, k - p; infinite = normal."""
    tau2: Array
    """Residual between-study variance."""
    q: Array
    """Residual heterogeneity QE = y'Py at tau² = 0, chi² with k - p degrees of freedom."""
    k: Array
    residual_df: Array
    """k - p."""
    typical_variance: Array
    """(k - p) / tr P at tau² = 0."""
    log_likelihood: Array
    """Of the data, with all constants, at this tau²; comparable between designs where tau² is the ML estimate."""
    restricted_log_likelihood: Array
    """With log det X'X, hence the same whatever the units of the columns."""
    converged: Mask
    bisected: Mask
    """Newton steps for tau² did not settle; solved by bisection to full precision."""
    several_maxima: Mask
    """The likelihood has more than one maximum in tau²; the highest was taken."""
    dependent: Index
    """The first column that is a combination of those before it; -1 = none."""


def meta_regression(
    y: Array,
    v: Array,
    design: Array,
    present: Mask,
    tau2: Residual | Array | float = "REML",
    interval: Interval = "wald",
) -> MetaRegression:
    """Regressions of effects (..., K) with variances (..., K) on designs (..., K, p); ``present`` (..., K).

    coefficients = (X'WX)⁻¹X'Wy with w = 1 / (v + tau²). ``tau2``: an estimator (``estimators``; EE: 0), or values of
    the shape of the fits. With P = W - WX(X'WX)⁻¹X'W, the estimators are those of ``tau_squared`` with k - p in place
    of k - 1 and this P; SJ starts at the plain variance of the effects whatever the columns.

    ``interval``: wald, normal quantiles; t, k - p degrees of freedom; hartung-knapp, the same with the covariance
    times y'Py / (k - p); hartung-knapp-adhoc, that factor at least 1. k = p: tau² = 0, only wald has intervals.
    Sources: Berkey et al. 1995 (10.1002/sim.4780140406); Thompson and Higgins 2002 (10.1002/sim.1187); Knapp and
    Hartung 2003 (10.1002/sim.1482); Raudenbush 2009 in The Handbook of Research Synthesis, ch. 16.
    """
    design = np.asarray(design, dtype=np.float64)
    p = design.shape[-1]
    outer = np.broadcast_shapes(np.shape(y), np.shape(v), np.shape(present), design.shape[:-1])
    y, v, here = rows(np.asarray(y, dtype=np.float64), np.asarray(v, dtype=np.float64), np.broadcast_to(present, outer))
    n = here.shape[0]
    x = np.broadcast_to(design, (*outer, p)).reshape(n, outer[-1], p)
    given = np.zeros(n) if isinstance(tau2, str) else np.broadcast_to(tau2, outer[:-1]).reshape(-1)
    estimator = tau2 if isinstance(tau2, str) and tau2 != "EE" else None
    found = _empty(n, p)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for block in design_blocks(y, v, x, here):
            solved = _solved(block, p, given[block.fits] / block.scale, estimator)
            for name, value in _fitted(block, p, solved, interval).items():
                getattr(found, name)[block.fits] = value
    shaped = {}
    for field in fields(MetaRegression):
        value = getattr(found, field.name)
        shaped[field.name] = value.reshape((*outer[:-1], *value.shape[1:]))
    return MetaRegression(**shaped)


def _empty(n: int, p: int) -> MetaRegression:
    """To be filled, block by block."""
    arrays: dict[str, Any] = {field.name: np.empty(n) for field in fields(MetaRegression)}
    arrays |= {"coefficients": np.empty((n, p)), "covariance": np.empty((n, p, p))}
    arrays |= {name: np.zeros(n, dtype=bool) for name in ("converged", "bisected", "several_maxima")}
    return MetaRegression(**arrays | {"dependent": np.empty(n, dtype=np.intp)})


def _solved(block: DesignBlock, p: int, fixed: Array, estimator: Estimator | None) -> Solved:
    """tau² of the fits of a block, in units of the smallest variance; ``fixed`` where there is nothing to estimate."""
    if estimator is None:
        return Solved(t=fixed)
    free = np.flatnonzero(block.usable & (block.k > p))
    t, bisected, several = fixed, np.zeros(fixed.size, dtype=bool), np.zeros(fixed.size, dtype=bool)
    if free.size:
        fits, k = DesignProfile.of_block(block), block.k[free]
        solved = ESTIMATORS[estimator](fits if free.size == fixed.size else fits.of(free), k, k - p)
        t[free], bisected[free], several[free] = np.maximum(solved.t, 0.0), solved.bisected, solved.several
    return Solved(t=t, bisected=bisected, several=several)


def _fitted(block: DesignBlock, p: int, solved: Solved, interval: Interval) -> dict[str, Array | Mask | Index]:
    """Every field of the result, for the fits of a block."""
    fits, t, k = DesignProfile.of_block(block), solved.t, block.k
    found, df = fits.coefficients(t), k - p
    combination, root = block.combination, np.sqrt(block.scale)
    coefficients = np.einsum("abn,bn->na", combination, found.coefficients + block.pivot_y) * root[:, None]
    half = product(combination, found.covariance)
    covariance = np.einsum("abn,cbn->nac", half, combination) * block.scale[:, None, None]
    scale = _scale(found.q, df, interval)
    q, trace = fits.moments()
    constant = np.log(2 * np.pi * block.scale) / 2
    numbers = {
        "coefficients": coefficients,
        "covariance": covariance * scale[:, None, None],
        "scale": scale,
        "tau2": t * block.scale,
        "q": q,
        "typical_variance": np.where(df > 0, df / trace, np.nan) * block.scale,
        "log_likelihood": found.log_likelihood - k * constant,
        "restricted_log_likelihood": found.log_likelihood - df * constant + found.log_determinants,
    }
    for value in numbers.values():
        value[~block.usable] = np.nan
    return numbers | {
        "df": np.full(k.shape, np.inf) if interval == "wald" else df,
        "k": k,
        "residual_df": df,
        "converged": block.usable & np.isfinite(numbers["tau2"]),
        "bisected": np.asarray(solved.bisected),
        "several_maxima": np.asarray(solved.several),
        "dependent": block.dependent,
    }


def _scale(q: Array, df: Array, interval: Interval) -> Array:
    """Factor on the covariance; see ``MetaRegression.scale``."""
    if not interval.startswith("hartung-knapp"):
        return np.ones_like(q)
    factor = np.where(df > 0, q / np.maximum(df, 1), np.nan)
    return np.maximum(factor, 1.0) if interval == "hartung-knapp-adhoc" else factor
