"""How far each study lies from the others, and how much the result moves without it.

The rule: everything compares the fit of all studies with the fit without one study, tau² estimated anew each time.
Source: Viechtbauer and Cheung 2010, 10.1002/jrsm.11; Belsley, Kuh and Welsch 1980, 10.1002/0471725153.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview_estimation.packing import Array, Mask
from livereview_estimation.refits import Refits

#: Size of an externally studentised residual that makes a study an outlier: two-sided 5% of the normal.
OUTLYING = 1.959963984540054


@dataclass(frozen=True, kw_only=True)
class Diagnostics:
    """One number for each study, (..., K); NaN where a fit could not be made or has no standard error."""

    rstudent: Array
    """Externally studentised residual: (y - x b₋ᵢ) / sqrt(s₋ᵢ (v + tau²₋ᵢ) + x Var(b₋ᵢ) x')."""
    rstudent_residual: Array
    rstudent_se: Array
    rstandard: Array
    """Internally standardised residual: (y - x b) / standard error of that difference, without the scale."""
    rstandard_residual: Array
    rstandard_se: Array
    dffits: Array
    """(x b - x b₋ᵢ) / sqrt(s₋ᵢ h (v + tau²₋ᵢ))."""
    cooks_distance: Array
    """(b - b₋ᵢ)' Var(b)⁻¹ (b - b₋ᵢ), not divided by p."""
    covariance_ratio: Array
    """det Var(b₋ᵢ) / det Var(b): below 1 = the estimate is more precise without the study."""
    tau2_deleted: Array
    q_deleted: Array
    hat: Array
    dfbetas: Array
    """(..., K, p): (b - b₋ᵢ) / its standard error at tau²₋ᵢ."""
    outlier: Mask
    """|rstudent| above 1.96."""
    influential: Mask
    """metafor's rule; see ``influential``."""


def diagnostics(refits: Refits) -> Diagnostics:
    """Diagnostics of every study, by the formulas at the fields of ``Diagnostics``.

    s is the scale of the fit (1 unless Hartung-Knapp or the like), h the hat value. Where standard errors are 0 (all
    effects equal, Hartung-Knapp) what divides by them is NaN.
    """
    x, present = refits.design, refits.present
    change = refits.coefficients[..., None, :] - refits.without_coefficients
    fitted = np.einsum("...kp,...p->...k", x, refits.coefficients)
    predicted = np.einsum("...kp,...kp->...k", x, refits.without_coefficients)
    effect = np.where(present, refits.effect, np.nan)
    variance = np.where(present, refits.variance, np.nan)
    spread = refits.without_scale * (variance + refits.without_tau2)
    outside = np.einsum("...kp,...kpq,...kq->...k", x, refits.without_covariance, x)
    rstudent_se = np.sqrt(spread + outside)
    rstandard_se = np.sqrt(np.where(present, refits.residual_variance, np.nan))
    with np.errstate(divide="ignore", invalid="ignore"):
        rstudent = _ratio(effect - predicted, rstudent_se)
        dffits = _ratio(fitted - predicted, np.sqrt(refits.hat * spread))
        scale = np.sqrt(refits.without_scale[..., None] * refits.reweighted)
        dfbetas = np.where(present[..., None], _ratio(change, scale), np.nan)
        cook, ratio = _distances(change, refits)
    cook, ratio = np.where(present, cook, np.nan), np.where(present, ratio, np.nan)
    return Diagnostics(
        rstudent=rstudent,
        rstudent_residual=effect - predicted,
        rstudent_se=rstudent_se,
        rstandard=_ratio(effect - fitted, rstandard_se),
        rstandard_residual=effect - fitted,
        rstandard_se=rstandard_se,
        dffits=dffits,
        cooks_distance=cook,
        covariance_ratio=ratio,
        tau2_deleted=np.where(present, refits.without_tau2, np.nan),
        q_deleted=np.where(present, refits.without_q, np.nan),
        hat=refits.hat,
        dfbetas=dfbetas,
        outlier=np.abs(rstudent) > OUTLYING,
        influential=influential(dffits, cook, refits.hat, dfbetas, present.sum(axis=-1)),
    )


def influential(dffits: Array, cook: Array, hat: Array, dfbetas: Array, k: Array) -> Mask:
    """metafor's rule: |DFFITS| > 3 sqrt(p / (k - p)), Cook's distance above the median of chi² with p degrees of
    freedom, hat > 3 p / k, or any |DFBETAS| > 1. What is NaN flags nothing."""
    from scipy.special import chdtri

    p = dfbetas.shape[-1]
    k = np.asarray(k, dtype=np.float64)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.abs(dffits) > 3 * np.sqrt(p / np.maximum(k - p, 0))
        heavy = hat > 3 * p / k
    return np.asarray(moved | (cook > chdtri(p, 0.5)) | heavy | (np.abs(dfbetas) > 1).any(axis=-1))


def _ratio(part: Array, whole: Array) -> Array:
    """NaN in place of a number over 0."""
    usable = whole > 0
    return np.asarray(np.where(usable, part / np.where(usable, whole, 1.0), np.nan))


def _distances(change: Array, refits: Refits) -> tuple[Array, Array]:
    """Cook's distance and the ratio of the determinants."""
    if change.shape[-1] == 1:
        variance = refits.covariance[..., 0]
        return _ratio(change[..., 0] ** 2, variance), _ratio(refits.without_covariance[..., 0, 0], variance)
    root = np.sqrt(np.diagonal(refits.covariance, axis1=-2, axis2=-1))
    correlation = refits.covariance / (root[..., :, None] * root[..., None, :])
    relative = change / root[..., None, :]
    solved = np.linalg.solve(correlation[..., None, :, :], relative[..., None])[..., 0]
    shared = root[..., None, :, None] * root[..., None, None, :]
    ratio = np.linalg.det(refits.without_covariance / shared) / np.linalg.det(correlation)[..., None]
    return np.einsum("...kp,...kp->...k", relative, solved), ratio


@dataclass(frozen=True, kw_only=True)
class Shrunken:
    """Best linear unbiased predictions of the studies' own true effects, (..., K)."""

    effect: Array
    standard_error: Array


def shrunken(refits: Refits) -> Shrunken:
    """Study effects drawn towards the fitted value: l y + (1 - l) x b, l = tau² / (tau² + v).

    Standard error: sqrt(l v s + (1 - l)² x Var(b) x'). With tau² = 0 all are the fitted value.
    Source: Raudenbush and Bryk 1985, 10.3102/10769986010002075.
    """
    present, tau2 = refits.present, refits.tau2[..., None]
    variance = np.where(present, refits.variance, np.nan)
    share = tau2 / (tau2 + variance)
    fitted = np.einsum("...kp,...p->...k", refits.design, refits.coefficients)
    error = np.einsum("...kp,...pq,...kq->...k", refits.design, refits.covariance, refits.design)
    return Shrunken(
        effect=share * np.where(present, refits.effect, 0.0) + (1 - share) * fitted,
        standard_error=np.sqrt(share * variance + (1 - share) ** 2 * error),
    )
