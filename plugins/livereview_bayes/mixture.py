"""What is known given tau, at every node of a rule: a mixture of normals, with its distribution and its quantiles."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from livereview import Array

#: Steps of a search for a quantile: every fourth halves its bracket.
STEPS = 300


@dataclass(frozen=True, kw_only=True)
class Conditional:
    """What is known given tau, at every node; (fits, panels, nodes)."""

    mean: Array
    variance: Array
    share: Array
    """Posterior mass of the node; sums to 1 by fit."""
    log_tau: Array


def below(nodes: Conditional, variance: Array, value: Array) -> Array:
    """The distribution function of a mixture of normals, one value for each fit."""
    from scipy.special import ndtr

    z = (value[:, None, None] - nodes.mean) / np.sqrt(variance)
    return np.asarray((nodes.share * ndtr(z)).sum(axis=(1, 2)))


def quantile_of(nodes: Conditional, variance: Array, level: float) -> Array:
    """The quantile of a mixture of normals, to 1e-13 of its narrowness.

    Newton steps inside a bracket that is widened until it holds the quantile; a step that leaves it, and every fourth,
    is replaced by the middle.
    """
    sd = np.sqrt(variance)
    unit = 1 / (nodes.share / sd).sum(axis=(1, 2))
    value = (nodes.share * nodes.mean).sum(axis=(1, 2))
    low, high = np.full(value.shape, -np.inf), np.full(value.shape, np.inf)
    reach = unit
    for step in range(STEPS):
        excess = below(nodes, variance, value) - level
        low, high = np.where(excess < 0, value, low), np.where(excess < 0, high, value)
        z = (value[:, None, None] - nodes.mean) / sd
        slope = (nodes.share * np.exp(-0.5 * z * z) / sd).sum(axis=(1, 2)) / math.sqrt(2 * math.pi)
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = value - excess / slope
        open_ended = np.isinf(low) | np.isinf(high)
        reach = np.where(open_ended, 2 * reach, reach)
        moved = np.where(open_ended, np.clip(moved, value - reach, value + reach), moved)
        inside = (moved >= low) & (moved <= high) & (open_ended | (step % 4 != 3))
        with np.errstate(invalid="ignore"):
            moved = np.where(inside, moved, low / 2 + high / 2)
        close = np.abs(moved - value) <= 1e-13 * unit
        value = moved
        if close.all():
            break
    return np.asarray(value)
