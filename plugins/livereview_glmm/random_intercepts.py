"""The likelihood of two arms whose studies' intercepts are random: Laplace's approximation in two dimensions.

The predictors of a study are alpha + sigma x + c (mu + tau z), x and z standard normal and independent, c the
coefficient of the arm. The integral over x and z is the integrand at its mode times 2 pi over the root of the
determinant of its curvature there (Tierney and Kadane 1986, 10.1080/01621459.1986.10478240; for this model Turner et
al. 2000, 10.1002/1097-0258(20001230)19:24<3417::AID-SIM614>3.0.CO;2-L). It is even in sigma and in tau, which may have
any sign here, and 0 is no special case of either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from livereview_estimation.packing import Array, Index, Mask
from livereview_glmm.jets import Jet, Part, pairs
from livereview_glmm.likelihoods import Likelihood
from livereview_glmm.marginal import LAST_STEP, MODE_STEPS, Arm
from livereview_glmm.objective import Point, Value, profiled

#: Promised gain of a step below which rounding hides whether it climbs.
BLIND = 1e-10


@dataclass(frozen=True, kw_only=True)
class Effects:
    """The four parameters, as numbers of shape (n, 1, 1) or (n, K, 1), or as jets of these."""

    alpha: Jet
    mu: Jet
    sigma: Jet
    tau: Jet

    def predictors(self, arms: Sequence[Arm], x: Jet, z: Jet) -> list[Jet]:
        """The predictor of each arm at random effects."""
        intercept, effect = self.alpha + self.sigma * x, self.mu + self.tau * z
        return [intercept + effect.scaled(arm.coefficient) for arm in arms]


def curvature(arms: Sequence[Arm], second: Sequence[Array], sigma: Array, tau: Array) -> tuple[Array, Array, Array]:
    """Minus the second derivatives of the log integrand in (x, x), (x, z) and (z, z), from those of the arms."""
    xx, xz, zz = np.ones(second[0].shape), np.zeros(second[0].shape), np.ones(second[0].shape)
    for arm, bend in zip(arms, second, strict=True):
        c = arm.coefficient
        xx, xz, zz = xx - sigma**2 * bend, xz - sigma * tau * c * bend, zz - (tau * c) ** 2 * bend
    return xx, xz, zz


def modes(arms: Sequence[Arm], effects: Effects, start: Array) -> Array:
    """The x and z, (n, K, 2), at which likelihood times normal density is highest.

    Its logarithm is strictly concave: Newton's steps, halved where they do not climb, end at the only maximum.
    """
    alpha, mu, sigma, tau = (np.asarray(jet.value) for jet in (effects.alpha, effects.mu, effects.sigma, effects.tau))

    def height(x: Array, z: Array) -> tuple[Array, ...]:
        """The log integrand, and its derivatives in x and z, and the step of Newton's method."""
        value, in_x, in_z = -(x**2 + z**2) / 2, -x, -z
        second = []
        for arm in arms:
            c = arm.coefficient
            own, first, bend = arm.likelihood.derivatives(alpha + sigma * x + c * (mu + tau * z), 2)
            value, in_x, in_z = value + own, in_x + sigma * first, in_z + tau * c * first
            second.append(bend)
        xx, xz, zz = curvature(arms, second, sigma, tau)
        determinant = xx * zz - xz**2
        step_x, step_z = (zz * in_x - xz * in_z) / determinant, (xx * in_z - xz * in_x) / determinant
        return value, step_x, step_z, step_x * in_x + step_z * in_z

    x, z = start[..., :1], start[..., 1:]
    value, step_x, step_z, gain = height(x, z)
    scale = np.ones(value.shape)
    for _ in range(MODE_STEPS):
        tried = height(x + scale * step_x, z + scale * step_z)
        climbs = (tried[0] >= value + 1e-4 * scale * gain) | (gain < BLIND)
        done = (np.abs(step_x) <= LAST_STEP * (1 + np.abs(x))) & (np.abs(step_z) <= LAST_STEP * (1 + np.abs(z)))
        x, z = np.where(climbs, x + scale * step_x, x), np.where(climbs, z + scale * step_z, z)
        value, step_x, step_z, gain = (
            np.where(climbs, new, old) for new, old in zip(tried, (value, step_x, step_z, gain), strict=True)
        )
        scale = np.where(climbs, 1.0, scale / 2)
        if (done | ~np.isfinite(gain)).all():
            break
    return np.concatenate([x, z], axis=-1)


def laplace(arms: Sequence[Arm], effects: Effects, start: Array) -> tuple[Jet, Array]:
    """Log-likelihood of each study (n, K) with its derivatives in the parameters of the jets, and the modes (n, K, 2).

    As in ``marginal``: a step of Newton's method with the curvature held fixed makes one more order of the modes'
    derivatives exact.
    """
    found = modes(arms, effects, start)
    at = (found[..., :1], found[..., 1:])
    x, z = (effects.mu.constant(value) for value in at)
    sigma, tau = np.asarray(effects.sigma.value), np.asarray(effects.tau.value)
    orders = [
        arm.likelihood.derivatives(np.asarray(predictor.value), 4)
        for arm, predictor in zip(arms, effects.predictors(arms, x, z), strict=True)
    ]
    xx, xz, zz = curvature(arms, [d[2] for d in orders], sigma, tau)
    determinant = xx * zz - xz**2
    for _ in range(2):
        pull, turn = effects.mu.constant(0.0), effects.mu.constant(0.0)
        for arm, predictor, d in zip(arms, effects.predictors(arms, x, z), orders, strict=True):
            slope = predictor.through(*d[1:4])
            pull, turn = pull + slope, turn + slope.scaled(arm.coefficient)
        in_x, in_z = effects.sigma * pull + x.scaled(-1.0), effects.tau * turn + z.scaled(-1.0)
        step_x = in_x.scaled(zz / determinant) + in_z.scaled(-xz / determinant)
        step_z = in_x.scaled(-xz / determinant) + in_z.scaled(xx / determinant)
        x, z = (x + step_x).with_value(at[0]), (z + step_z).with_value(at[1])
    height = (x * x + z * z).scaled(-0.5)
    bends = []
    for predictor, d in zip(effects.predictors(arms, x, z), orders, strict=True):
        height += predictor.through(*d[:3])
        bends.append(predictor.through(*d[2:5]))
    (one, other), (c, e) = bends, (arm.coefficient for arm in arms)
    s2, t2 = effects.sigma * effects.sigma, effects.tau * effects.tau
    # The determinant multiplied out, in which nothing cancels.
    volume = effects.mu.constant(1.0) + (s2 * (one + other) + t2 * (one.scaled(c**2) + other.scaled(e**2))).scaled(-1.0)
    volume += (s2 * t2 * one * other).scaled((c - e) ** 2)
    size = np.asarray(volume.value)
    total = height + volume.through(np.log(size), 1 / size, -1 / size**2).scaled(-0.5)
    return total.mapped(lambda part: part if isinstance(part, float) else part[..., 0]), found


@dataclass(frozen=True, kw_only=True)
class RandomIntercepts:
    """The likelihood of n fits in mu, tau and, shared by all studies, alpha and sigma."""

    likelihoods: Sequence[Likelihood]
    """One per arm, of all studies (K,)."""
    coefficients: tuple[float, ...]
    index: Index
    """(n, K): which studies each fit holds."""
    here: Mask
    """(n, K): False is padding."""

    def at(self, chosen: Mask | Index) -> Self:
        return replace(self, index=self.index[chosen], here=self.here[chosen])

    def without_heterogeneity(self) -> Self:
        return self

    def arms(self) -> list[Arm]:
        """The arms of the fits."""
        return [
            Arm(likelihood=likelihood.taken(self.index), coefficient=coefficient)
            for likelihood, coefficient in zip(self.likelihoods, self.coefficients, strict=True)
        ]

    def value(self, point: Point) -> Value:
        assert point.shared is not None
        parameters = (point.mu, point.tau, point.shared[:, 0], point.shared[:, 1])
        mu, tau, alpha, sigma = (Jet.parameter(value[:, None, None], i, 4) for i, value in enumerate(parameters))
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            jet, found = laplace(self.arms(), Effects(alpha=alpha, mu=mu, sigma=sigma, tau=tau), point.modes)

        def held(part: Part) -> Array:
            return np.where(self.here, np.broadcast_to(part, self.here.shape), 0.0)

        hessian = np.empty((point.mu.size, 4, 4))
        for (i, j), part in zip(pairs(4), map(held, jet.second), strict=True):
            hessian[:, i, j] = hessian[:, j, i] = part.sum(axis=-1)
        return Value(
            total=held(jet.value).sum(axis=-1),
            gradient=np.stack([held(part).sum(axis=-1) for part in jet.first], axis=-1),
            hessian=hessian,
            information=np.maximum(-held(jet.second[0]), 0.0),
            modes=found,
        )


@dataclass(frozen=True, kw_only=True)
class OneEffectPerStudy(RandomIntercepts):
    """The likelihood where every study has an effect of its own: what one common effect is tested against.

    The predictors are alpha + sigma x + effect in the first arm and alpha + sigma x in the second, as metafor has it:
    the level of the second arm is what is random. ``Point.mu`` is alpha here, ``Point.tau`` sigma, and
    ``Point.intercepts`` the effects of the studies. An effect is infinite where the first arm lies at an end.
    """

    def arms(self) -> list[Arm]:
        return [replace(arm, coefficient=c) for arm, c in zip(RandomIntercepts.arms(self), (1.0, 0.0), strict=True)]

    def value(self, point: Point) -> Value:
        assert point.intercepts is not None
        parameters = (point.mu[:, None, None], point.tau[:, None, None], point.intercepts[..., None])
        alpha, sigma, mu = (Jet.parameter(value, i, 3) for i, value in enumerate(parameters))
        tau = mu.constant(np.zeros((1, 1, 1)))
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            jet, found = laplace(self.arms(), Effects(alpha=alpha, mu=mu, sigma=sigma, tau=tau), point.modes)
            return profiled(jet, self.here, found)
