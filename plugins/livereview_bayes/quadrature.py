"""Integrals over tau by Gauss-Legendre panels on a stretched axis, for any number of fits at once.

The axis is z with log tau = centre + width sinh z: fine about the centre, doubly exponential towards 0 and infinity, so
that priors with heavy tails are integrated to their ends. Arrays are (fits, panels, nodes).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from livereview import Array

Index = npt.NDArray[np.intp]

#: Nodes of a panel; a polynomial of twice that degree is integrated exactly.
NODES = 12
#: Farthest that log tau lies from the centre: the integrand is smaller than rounding there under every prior offered.
REACH = 600.0
#: Largest log tau in units of the data, so that tau² is still a number.
HIGHEST = 345.0
HALVINGS = 60


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Where to evaluate, and what each value counts; both (fits, panels, nodes)."""

    log_tau: Array
    log_weight: Array
    """Log of the length of z that a node stands for, times d log tau / dz."""


@lru_cache(maxsize=1)
def _legendre() -> tuple[Array, Array, Array]:
    """Nodes and weights on -1 to 1, and the matrix from values at the nodes to coefficients of Legendre polynomials."""
    from scipy.special import eval_legendre, roots_legendre

    x, w = roots_legendre(NODES)
    order = np.arange(NODES)
    values = eval_legendre(order[:, None], x)
    return np.asarray(x), np.asarray(w), (order[:, None] + 0.5) * values * w


def rule(centre: Array, width: Array, highest: Array, panels: int) -> Rule:
    """The rule of each fit; ``centre``, ``width`` and ``highest`` (the largest log tau) have shape (fits,)."""
    x, w, _ = _legendre()
    highest = np.minimum(highest, np.minimum(centre + REACH, HIGHEST))
    top = np.arcsinh((highest - centre) / width)
    bottom = -np.arcsinh(REACH / width)
    edges = bottom[:, None] + (top - bottom)[:, None] * np.linspace(0, 1, panels + 1)
    half = np.diff(edges, axis=1)[..., None] / 2
    z = (edges[:, :-1, None] + edges[:, 1:, None]) / 2 + half * x
    log_tau = centre[:, None, None] + width[:, None, None] * np.sinh(z)
    return Rule(log_tau=log_tau, log_weight=np.log(half * w * width[:, None, None] * np.cosh(z)))


def quantile(rule: Rule, share: Array, level: float) -> Array:
    """The log tau below which ``level`` of the mass lies; ``share`` is the mass of each node, summing to 1 by fit.

    Inside its panel the density is the polynomial through its nodes, integrated exactly; solved by bisection.
    """
    x, w, to_coefficients = _legendre()
    mass = share.sum(axis=-1)
    below = np.cumsum(mass, axis=1)
    at = np.minimum((below < level).sum(axis=1), mass.shape[1] - 1)
    row = np.arange(len(at))
    left = level - np.where(at > 0, below[row, np.maximum(at - 1, 0)], 0.0)
    coefficients = (share[row, at] / w) @ to_coefficients.T
    low, high = np.full(len(at), -1.0), np.ones(len(at))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = _integral(coefficients, middle) > left
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return _position(rule, row, at, (low + high) / 2, x)


def _integral(coefficients: Array, to: Array) -> Array:
    """Integral from -1 of the Legendre series of each fit: that of P_n is (P_{n+1} - P_{n-1}) / (2 n + 1)."""
    from scipy.special import eval_legendre

    order = np.arange(NODES)
    above, below = (eval_legendre(np.maximum(order + step, 0), to[:, None]) for step in (1, -1))
    value = (above - below) / (2 * order + 1)
    value[:, 0] = to + 1
    return np.asarray((coefficients * value).sum(axis=1))


def _position(rule: Rule, row: Index, at: Index, t: Array, x: Array) -> Array:
    """log tau at the place t (-1 to 1) of a panel, from the positions of its nodes."""
    inside = rule.log_tau[row, at]
    # The positions are analytic in t: the polynomial through twelve of them is exact to rounding.
    differences = t[:, None] - x
    hit = differences == 0
    weights = np.prod(np.where(np.eye(NODES, dtype=bool), 1.0, x[:, None] - x), axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = 1 / (weights * differences)
        value = (terms * inside).sum(axis=1) / terms.sum(axis=1)
    return np.asarray(np.where(hit.any(axis=1), (inside * hit).sum(axis=1), value))
