"""How likely a study with a given P value is to be published: selection functions w(p), relative to some P value.

The rule: every function is written as values W(delta) on cells of z = effect / standard error, the same cells for all
studies. A cell is an interval with one weight, or a node of Gauss-Legendre quadrature; so the chance of a study to be
published is sum W K, with K from the normal distribution alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from livereview import Array
from livereview_estimation.packing import Index

Shape = Literal["step", "beta", "half-normal", "negative-exponential", "logistic", "power"]
Alternative = Literal["greater", "less", "two-sided"]
#: P values nearer to 0 or 1 count as this near. Beta and power functions have poles or zeros there (Citkowicz and Vevea
#: 2017 take 1e-5); the others are constant to the last digit beyond.
SMALLEST_P = {"beta": 1e-5, "power": 1e-5, "half-normal": 1e-16, "negative-exponential": 1e-16, "logistic": 1e-16}
#: Nodes of quadrature on each side of z = 0.
NODES = 64


class Weights(NamedTuple):
    """Log weights with their derivatives by the m free parameters."""

    log: Array
    """(..., Q)."""
    first: Array
    """(..., Q, m)."""
    second: Array
    """(..., Q, m, m)."""


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Cells of the z axis."""

    low: Array
    """(Q,): lower end of an interval, or the node."""
    high: Array
    """(Q,): upper end, or the node."""
    factor: Array
    """(Q,): quadrature weight of a node; 0 for an interval."""
    p: Array
    """(Q,): P value that the weight of the cell is taken at."""
    step: Index
    """(Q,): number of the step that the cell lies in, of a step function."""


@dataclass(frozen=True, kw_only=True)
class SelectionFunction:
    """A selection function with m free parameters, in the terms of ``metafor``'s selmodel:

    - step: w = delta_j between the P values a_(j-1) < p <= a_j, delta_1 = 1 (Hedges 1992, 10.1214/ss/1177011364; Vevea
      and Hedges 1995, 10.1007/BF02294384);
    - beta: p^(delta_1 - 1) (1 - p)^(delta_2 - 1) (Citkowicz and Vevea 2017, 10.1037/met0000119);
    - half-normal exp(-delta p²), negative-exponential exp(-delta p), logistic 2 exp(-delta p) / (1 + exp(-delta p)),
      power (1 - p)^delta (Preston, Ashby and Smyth 2004, 10.1111/j.1365-2753.2003.00457.x).
    """

    shape: Shape
    alternative: Alternative
    steps: tuple[float, ...] = ()
    """Of a step function: ascending P values between 0 and 1, the last below 1."""

    @property
    def size(self) -> int:
        """Free parameters."""
        return {"step": len(self.steps), "beta": 2}.get(self.shape, 1)

    @property
    def neutral(self) -> float:
        """Value of the parameters at which there is no selection."""
        return 1.0 if self.shape in ("step", "beta") else 0.0

    def p_values(self, z: Array) -> Array:
        """P of each study's effect against 0: one-sided, or two-sided."""
        from scipy.special import ndtr

        if self.alternative == "two-sided":
            return np.asarray(2 * ndtr(-np.abs(z)))
        return np.asarray(ndtr(-z if self.alternative == "greater" else z))

    def step_of(self, p: Array) -> Index:
        """Number of the step, 0 first, that each P value lies in."""
        return np.searchsorted(np.asarray(self.steps), p, side="left")

    def cells(self) -> Cells:
        """The cells of the z axis."""
        return self._intervals() if self.shape == "step" else self._nodes()

    def _intervals(self) -> Cells:
        from scipy.special import ndtri

        steps = np.array(self.steps)
        if self.alternative == "two-sided":
            cut = -ndtri(steps / 2)
            edges = np.concatenate([[-np.inf], -cut, cut[::-1], [np.inf]])
            number = np.concatenate([np.arange(steps.size + 1), np.arange(steps.size)[::-1]])
        elif self.alternative == "greater":
            edges = np.concatenate([[-np.inf], -ndtri(steps[::-1]), [np.inf]])
            number = np.arange(steps.size + 1)[::-1]
        else:
            edges = np.concatenate([[-np.inf], ndtri(steps), [np.inf]])
            number = np.arange(steps.size + 1)
        none = np.zeros(number.size)
        return Cells(low=edges[:-1], high=edges[1:], factor=none, p=none, step=number)

    def _nodes(self) -> Cells:
        """Nodes between the ends of the z axis where P counts as 0 or 1, and an interval beyond each end.

        A two-sided P of 1 lies at z = 0, where weights with a pole or zero are constant up to ``SMALLEST_P``: nodes are
        laid between powers of ten from there on.
        """
        from scipy.special import ndtri

        smallest, two_sided = SMALLEST_P[self.shape], self.alternative == "two-sided"
        end = -float(ndtri(smallest / 2 if two_sided else smallest))
        start = -float(ndtri((1 - smallest) / 2)) if two_sided and self.shape in ("beta", "power") else 0.0
        graded = [start, *(10.0**power for power in range(-4, 0) if 10.0**power > start), end] if start else [0.0, end]
        pieces = [_gauss(low, high) for low, high in pairwise(graded)]
        half, factor = (np.concatenate(part) for part in zip(*pieces, strict=True))
        z = np.concatenate([-half[::-1], half])
        middle = np.array([start] if start else [])
        low = np.concatenate([[-np.inf], z, [end], -middle])
        high = np.concatenate([[-end], z, [np.inf], middle])
        at = np.concatenate([[-end], z, [end], middle])
        none = np.zeros(1)
        return Cells(
            low=low,
            high=high,
            factor=np.concatenate([none, factor[::-1], factor, none, 0 * middle]),
            p=self.p_values(at),
            step=np.zeros(low.size, dtype=np.intp),
        )

    def weights(self, delta: Array, p: Array, step: Index) -> Weights:
        """Log weights at P values (..., Q) or, for a step function, in steps (..., Q); ``delta`` (..., m)."""
        if self.shape == "step":
            return self._steps(delta, step)
        smallest = SMALLEST_P[self.shape]
        return _smooth(self.shape, delta, np.clip(p, smallest, 1 - smallest))

    def _steps(self, delta: Array, step: Index) -> Weights:
        m = self.size
        own = (step[..., None] == np.arange(1, m + 1)).astype(np.float64)
        log = (own * np.log(delta)[..., None, :]).sum(axis=-1)
        first = own / delta[..., None, :]
        second = -(first**2)[..., None] * np.eye(m)
        return Weights(log=log, first=first, second=second)


def _gauss(low: float, high: float) -> tuple[Array, Array]:
    """Nodes and weights of Gauss-Legendre quadrature, the more the longer the interval."""
    node, factor = np.polynomial.legendre.leggauss(NODES if high - low > 1 else NODES // 4)
    return low + (high - low) * (node + 1) / 2, factor * (high - low) / 2


def _smooth(shape: Shape, delta: Array, p: Array) -> Weights:
    """Log weights of functions other than steps; their logs are linear in delta but for the logistic one."""
    if shape == "beta":
        slope = np.stack([np.log(p), np.log1p(-p)], axis=-1)
        log = (slope * (delta - 1)[..., None, :]).sum(axis=-1)
    elif shape == "logistic":
        d = delta * np.ones_like(p)
        share = np.exp(-np.logaddexp(0.0, d * p))
        # log(2 exp(-dp) / (1 + exp(-dp))) = log 2 - log(1 + exp(dp)); its slope is -p (1 - share).
        log, slope = np.log(2.0) - np.logaddexp(0.0, d * p), (-p * (1 - share))[..., None]
        return Weights(log=log, first=slope, second=(-(p**2) * share * (1 - share))[..., None, None])
    else:
        slope = {"half-normal": -(p**2), "negative-exponential": -p, "power": np.log1p(-p)}[shape][..., None]
        log = (slope * delta[..., None, :]).sum(axis=-1)
    slope = np.broadcast_to(slope, (*log.shape, slope.shape[-1]))
    return Weights(log=log, first=slope, second=np.zeros((*slope.shape, slope.shape[-1])))
