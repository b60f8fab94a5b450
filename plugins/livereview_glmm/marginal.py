"""The likelihood of a study whose true effect is normal between studies: adaptive Gauss-Hermite quadrature.

The effect of a study is mu + tau z with z standard normal. The integral over z is taken at points about the mode of the
integrand, scaled by its curvature there (Naylor and Smith 1982, 10.2307/2347995; Pinheiro and Bates 1995,
10.1080/10618600.1995.10474663); one point is Laplace's approximation. The likelihood is even in tau, which may have any
sign here, and tau = 0 is no special case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from livereview_estimation.packing import Array
from livereview_glmm.jets import Jet, pairs
from livereview_glmm.likelihoods import Likelihood

#: Steps towards a mode; Newton needs a handful, and the bracket is halved where it does not settle.
MODE_STEPS = 100
#: Length of the last Newton step to a mode, in standard deviations of z; the error left is about its square.
LAST_STEP = 1e-9


@dataclass(frozen=True, kw_only=True)
class Arm:
    """A likelihood whose predictor is ``coefficient`` times the study's effect, plus its intercept where it has one."""

    likelihood: Likelihood
    coefficient: float


@cache
def rule(points: int) -> tuple[Array, Array]:
    """Nodes in standard deviations, and log weights that include the inverse of the normal density."""
    nodes, weights = np.polynomial.hermite.hermgauss(points)
    return np.sqrt(2.0) * nodes, np.log(weights) + nodes**2 - np.log(np.pi) / 2


def predictors(arms: Sequence[Arm], effect: Jet, intercept: Jet | None) -> list[Jet]:
    """The predictor of each arm."""
    own = [effect.scaled(arm.coefficient) for arm in arms]
    return own if intercept is None else [predictor + intercept for predictor in own]


def mode(arms: Sequence[Arm], mu: Array, tau: Array, intercept: Array | float, start: Array) -> Array:
    """The z at which likelihood times normal density is highest; shapes (n, K, 1).

    Its derivative tau l' - z falls at least as fast as -z: so the mode lies between z and z plus that derivative.
    """

    def derivative(z: Array) -> tuple[Array, Array]:
        value, slope = -z, np.full(z.shape, -1.0)
        for arm in arms:
            c = arm.coefficient
            _, first, second = arm.likelihood.derivatives(c * (mu + tau * z) + intercept, 2)
            value, slope = value + tau * c * first, slope + (tau * c) ** 2 * second
        return value, slope

    z = start
    value, slope = derivative(z)
    low, high = np.minimum(z, z + value), np.maximum(z, z + value)
    for _ in range(MODE_STEPS):
        step = z - value / slope
        step = np.where((step >= low) & (step <= high), step, (low + high) / 2)
        done = np.abs(step - z) <= LAST_STEP * (1 + np.abs(z))
        z = step
        if done.all():
            break
        value, slope = derivative(z)
        low, high = np.where(value > 0, z, low), np.where(value > 0, high, z)
    return z


def marginal(
    arms: Sequence[Arm], points: int, mu: Array, tau: Array, intercept: Array | None, start: Array
) -> tuple[Jet, Array]:
    """Log-likelihood of each study (n, K) with its derivatives in mu, tau and its intercept, and the modes (n, K, 1).

    ``mu`` and ``tau`` have shape (n, 1, 1), ``intercept`` and ``start`` (modes to begin with) (n, K, 1).
    """
    z = mode(arms, mu, tau, 0.0 if intercept is None else intercept, start)
    count = 2 if intercept is None else 3
    centre, spread = Jet.parameter(mu, 0, count), Jet.parameter(tau, 1, count)
    own = None if intercept is None else Jet.parameter(intercept, 2, count)
    peak, width = _shape(arms, centre, spread, own, z)
    nodes, log_weights = rule(points)
    at = width.scaled(nodes) + peak
    height = (at * at).scaled(-0.5)
    for arm, predictor in zip(arms, predictors(arms, centre + spread * at, own), strict=True):
        height += predictor.through(*arm.likelihood.derivatives(np.asarray(predictor.value), 2))
    total = _log_sum(height, log_weights)
    log_width = width.through(np.log(width.value), 1 / width.value, -1 / np.square(width.value))
    return total + log_width.mapped(lambda part: part if isinstance(part, float) else part[..., 0]), z


def _shape(arms: Sequence[Arm], mu: Jet, tau: Jet, intercept: Jet | None, z: Array) -> tuple[Jet, Jet]:
    """Mode and width of the integrand with their derivatives, the mode's value ``z`` being known.

    A step of Newton's method with the slope held fixed makes one more order of derivatives exact.
    """
    peak = mu.constant(z)
    orders: list[tuple[Array, ...]] = []
    for _ in range(2):
        found = predictors(arms, mu + tau * peak, intercept)
        if not orders:
            orders = [
                arm.likelihood.derivatives(np.asarray(predictor.value), 4)
                for arm, predictor in zip(arms, found, strict=True)
            ]
            square = np.square(np.asarray(tau.value))
            slope = -1 + square * sum(arm.coefficient**2 * d[2] for arm, d in zip(arms, orders, strict=True))
        pull = mu.constant(0.0)
        for arm, predictor, d in zip(arms, found, orders, strict=True):
            pull += predictor.through(*d[1:4]).scaled(arm.coefficient)
        residual = tau * pull + peak.scaled(-1.0)
        peak = (peak + residual.scaled(-1 / slope)).with_value(z)
    bend = mu.constant(0.0)
    for arm, predictor, d in zip(arms, predictors(arms, mu + tau * peak, intercept), orders, strict=True):
        bend += predictor.through(*d[2:5]).scaled(arm.coefficient**2)
    curvature = mu.constant(1.0) + (tau * tau * bend).scaled(-1.0)
    root = np.sqrt(np.asarray(curvature.value))
    width = curvature.through(1 / root, -0.5 / root**3, 0.75 / root**5)
    return peak, width


def _log_sum(height: Jet, log_weights: Array) -> Jet:
    """log of the weighted sum over points of exp(height), with derivatives."""
    terms = np.asarray(height.value) + log_weights
    top = terms.max(axis=-1, keepdims=True)
    share = np.exp(terms - top)
    total = share.sum(axis=-1, keepdims=True)
    share /= total
    shape = terms.shape
    first = [np.broadcast_to(part, shape) for part in height.first]
    slope = [np.einsum("...p,...p->...", share, part) for part in first]
    second = [
        np.einsum("...p,...p->...", share, np.broadcast_to(part, shape) + first[i] * first[j]) - slope[i] * slope[j]
        for (i, j), part in zip(pairs(len(first)), height.second, strict=True)
    ]
    return Jet((top + np.log(total))[..., 0], tuple(slope), tuple(second))
