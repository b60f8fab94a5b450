"""The likelihood of many fits at once, with gradient and Hessian in mu and tau; intercepts of studies profiled out.

Where each study has an intercept of its own, the Hessian in all parameters is an arrow: a small block for mu and tau,
bordered by one row per study. Its Schur complement is the Hessian of the likelihood that is highest in the intercepts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np

from livereview_estimation.packing import Array, Index, Mask
from livereview_glmm.batch import Batch
from livereview_glmm.jets import Jet, Part
from livereview_glmm.likelihoods import Likelihood
from livereview_glmm.marginal import Arm, marginal


@dataclass(frozen=True, kw_only=True)
class Point(Batch):
    """Parameters of n fits of at most K studies."""

    mu: Array
    tau: Array
    """Of either sign: the likelihood is even."""
    intercepts: Array | None
    """(n, K), or None for likelihoods without."""
    modes: Array
    """(n, K), or (n, K, 2) where two effects of a study are random: where the search for the modes begins."""
    shared: Array | None = None
    """(n, q): parameters of all studies besides mu and tau, or None for likelihoods without."""


@dataclass(frozen=True, kw_only=True)
class Value(Batch):
    """The log-likelihood of n fits at a point, relative to what fits all counts exactly."""

    total: Array
    gradient: Array
    """(n, 2 + q) in mu, tau and what is shared, intercepts being profiled out."""
    hessian: Array
    """(n, 2 + q, 2 + q), likewise."""
    information: Array
    """(n, K): what each study adds to the information on mu, at this tau."""
    modes: Array
    own_gradient: Array | None = None
    """(n, K), in the intercepts."""
    own_curvature: Array | None = None
    own_crossed: Array | None = None
    """(n, K, 2): second derivatives in an intercept and mu or tau."""


class Objective(Protocol):
    """The likelihood of n fits."""

    @property
    def here(self) -> Mask:
        """(n, K): False is padding."""

    def at(self, chosen: Mask | Index) -> Self:
        """Some of the fits."""

    def without_heterogeneity(self) -> Self:
        """The same where tau = 0, with two derivatives in tau, at less cost."""

    def value(self, point: Point) -> Value:
        """The log-likelihood with its derivatives."""


@dataclass(frozen=True, kw_only=True)
class NormalEffects:
    """The likelihood of n fits whose effects are normal between studies, from the counts of all studies."""

    likelihoods: Sequence[Likelihood]
    """One per arm, of all studies (K,)."""
    coefficients: tuple[float, ...]
    """How the effect enters the predictor of each arm."""
    index: Index
    """(n, K): which studies each fit holds."""
    here: Mask
    """(n, K): False is padding."""
    points: int
    """Points of the quadrature."""

    def at(self, chosen: Mask | Index) -> NormalEffects:
        return replace(self, index=self.index[chosen], here=self.here[chosen])

    def without_heterogeneity(self) -> NormalEffects:
        return replace(self, points=1)

    def value(self, point: Point) -> Value:
        arms = [
            Arm(likelihood=likelihood.taken(self.index), coefficient=coefficient)
            for likelihood, coefficient in zip(self.likelihoods, self.coefficients, strict=True)
        ]
        own = None if point.intercepts is None else point.intercepts[..., None]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            jet, modes = marginal(
                arms, self.points, point.mu[:, None, None], point.tau[:, None, None], own, point.modes[..., None]
            )
            return profiled(jet, self.here, modes[..., 0])


def profiled(jet: Jet, here: Mask, modes: Array) -> Value:
    """Sums over studies, of likelihoods that are highest in the intercepts where there are any."""

    def held(part: Part) -> Array:
        return np.where(here, np.broadcast_to(part, here.shape), 0.0)

    first, second = list(map(held, jet.first)), list(map(held, jet.second))
    own: dict[str, Array] = {}
    if len(first) == 2:
        mm, mt, tt = second
    else:
        mm, mt, mo, tt, to, oo = second
        curvature = np.where(here & (oo < 0), oo, -1.0)
        slope = first.pop()
        own = {"own_gradient": slope, "own_curvature": curvature, "own_crossed": np.stack([mo, to], axis=-1)}
        first = [first[0] - mo * slope / curvature, first[1] - to * slope / curvature]
        mm, mt, tt = mm - mo**2 / curvature, mt - mo * to / curvature, tt - to**2 / curvature
    return Value(
        total=held(jet.value).sum(axis=-1),
        gradient=np.stack(first, axis=-1).sum(axis=1),
        hessian=np.stack([mm, mt, mt, tt], axis=-1).sum(axis=1).reshape(-1, 2, 2),
        information=np.maximum(-mm, 0.0),
        modes=modes,
        **own,
    )
