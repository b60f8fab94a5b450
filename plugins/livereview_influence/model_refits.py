"""An effect model fitted to all studies and again without each one, whatever the model."""

from __future__ import annotations

import numpy as np

from livereview import Array, Fit, Mask, Studies
from livereview_estimation import Refits, pooled, without_each

#: Weights times variances that differ by less than this part are inverse-variance weights up to rounding.
ALIKE = 1e-8


def left_out(studies: Studies) -> Studies:
    """The fits without each study: the studies with masks of one more axis, (..., K, K)."""
    return Studies(
        effect=studies.effect[..., None, :],
        variance=studies.variance[..., None, :],
        present=without_each(studies.present),
        data=studies.data,
        measure=studies.measure,
        labels=studies.labels,
    )


def of_fits(studies: Studies, whole: Fit, without: Fit) -> Refits:
    """Refits of an effect model: ``whole`` of shape (...), ``without`` of shape (..., K) from ``left_out(studies)``.

    Hat values are the model's weights. Its scale is standard error² over sum s² (v + tau²), s being the weights, where
    these are inverse-variance or equal weights, else 1: the standard error of a Mantel-Haenszel estimate or of a
    likelihood is no multiple of that sum.
    """
    present, shape = studies.present, studies.present.shape
    tau2, without_tau2 = _or_zero(whole.tau2, shape[:-1]), _or_zero(without.tau2, shape)
    inner, total = left_out(studies), _total(studies, tau2)
    others = 1.0 - np.eye(shape[-1])
    # 1 - s as a sum, so that nothing cancels where one study has all the weight.
    rest = np.einsum("...j,ij->...i", whole.weights, others)
    return Refits(
        effect=np.broadcast_to(studies.effect, shape),
        variance=np.broadcast_to(studies.variance, shape),
        present=present,
        design=np.ones((*shape, 1)),
        tau2=tau2,
        coefficients=whole.estimate[..., None],
        covariance=whole.standard_error[..., None, None] ** 2,
        hat=np.where(present, whole.weights, np.nan),
        residual_variance=rest**2 * total + np.einsum("...j,ij->...i", whole.weights**2 * total, others),
        without_tau2=without_tau2,
        without_coefficients=without.estimate[..., None],
        without_covariance=without.standard_error[..., None, None] ** 2,
        without_scale=_scale(without, inner, without_tau2),
        without_q=pooled(inner.effect, inner.variance, inner.present).q if without.q is None else without.q,
        reweighted=_reweighted(studies, whole, without_tau2)[..., None],
    )


def plain(studies: Studies, weights: Array, tau2: Array) -> Mask:
    """Which fits have inverse-variance weights or equal ones; a fit of one study has both."""
    total = _total(studies, tau2)
    return _alike(weights * total, studies.present) | _alike(weights, studies.present)


def _alike(values: Array, present: Mask) -> Mask:
    largest = np.where(present, values, -np.inf).max(axis=-1, initial=-np.inf)
    least = np.where(present, values, np.inf).min(axis=-1, initial=np.inf)
    return np.asarray(~present.any(axis=-1) | (least >= (1 - ALIKE) * largest))


def _scale(fit: Fit, studies: Studies, tau2: Array) -> Array:
    expected = np.einsum("...j,...j,...j->...", fit.weights, fit.weights, _total(studies, tau2))
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = fit.standard_error**2 / expected
    return np.asarray(np.where(plain(studies, fit.weights, tau2), scale, 1.0))


def _reweighted(studies: Studies, whole: Fit, without_tau2: Array) -> Array:
    """Variance of the estimate of all studies at tau² without each, (..., K), without the scale."""
    if whole.tau2 is None:
        unscaled = whole.standard_error**2 / _scale(whole, studies, np.zeros(whole.standard_error.shape))
        return np.asarray(np.broadcast_to(unscaled[..., None], without_tau2.shape))
    present = studies.present
    inverse = _alike(whole.weights * _total(studies, whole.tau2), present).all()
    given = None if inverse else whole.weights[..., None, :]
    effect, variance = studies.effect[..., None, :], studies.variance[..., None, :]
    everyone = np.broadcast_to(present[..., None, :], (*present.shape, present.shape[-1]))
    return pooled(effect, variance, everyone, without_tau2, given).variance


def _total(studies: Studies, tau2: Array) -> Array:
    """v + tau², (..., K); 0 for studies that are not present."""
    return np.asarray(np.where(studies.present, studies.variance + tau2[..., None], 0.0))


def _or_zero(tau2: Array | None, shape: tuple[int, ...]) -> Array:
    return np.zeros(shape) if tau2 is None else np.asarray(tau2, dtype=np.float64)
