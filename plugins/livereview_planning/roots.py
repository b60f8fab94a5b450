"""Where a function that is known at nodes changes its sign, also between nodes of one sign."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from livereview import Array

Index = npt.NDArray[np.intp]
#: Halvings between two nodes, and steps by which a peak between nodes is found (each leaves two thirds).
HALVINGS, STEPS = 42, 24


def roots(y: Array, value: Array, anew: Callable[[Array, Index, Index], Array]) -> tuple[Index, Index, Array]:
    """The places where functions change their sign (positive or not), each by row, function and y, (C,).

    ``y`` are ascending nodes, (T, N); ``value`` the functions there, (T, N, E); ``anew(y, row, function)`` computes
    them at other places, (C,). A change between two nodes is found by halving. Where a function has a peak at or below
    0 among three nodes, or a dip above it, its extremum is sought first, so that two changes between nodes are found
    too.
    """
    positive = value > 0
    row, node, function = np.nonzero(positive[:, 1:] != positive[:, :-1])
    left, right = y[row, node], y[row, node + 1]
    begins = positive[row, node, function]

    sign = np.where(positive, -1.0, 1.0)[:, 1:-1]
    before, here, after = (sign * value[:, i : value.shape[1] - 2 + i] for i in range(3))
    same = (positive[:, 1:-1] == positive[:, :-2]) & (positive[:, 1:-1] == positive[:, 2:])
    with np.errstate(over="ignore", invalid="ignore"):  # limits of ratios may be infinite
        highest = 2 * here - np.minimum(before, after)  # what a concave peak cannot exceed
    peak_row, peak_node, peak_function = np.nonzero(same & (here >= before) & (here >= after) & (highest > 0))
    low, high = y[peak_row, peak_node], y[peak_row, peak_node + 2]
    towards = sign[peak_row, peak_node, peak_function]
    top = _extremum(low, high, lambda at: towards * anew(at, peak_row, peak_function)) if peak_row.size else low
    crosses = towards * anew(top, peak_row, peak_function) > 0 if peak_row.size else np.zeros(0, dtype=bool)
    starts = towards[crosses] < 0

    rows = np.concatenate([row, peak_row[crosses], peak_row[crosses]])
    functions = np.concatenate([function, peak_function[crosses], peak_function[crosses]])
    lefts, rights = (
        np.concatenate([left, low[crosses], top[crosses]]),
        np.concatenate([right, top[crosses], high[crosses]]),
    )
    states = np.concatenate([begins, starts, ~starts])
    for _ in range(HALVINGS if rows.size else 0):
        middle = (lefts + rights) / 2
        unchanged = (anew(middle, rows, functions) > 0) == states
        lefts, rights = np.where(unchanged, middle, lefts), np.where(unchanged, rights, middle)
    return rows, functions, (lefts + rights) / 2


def _extremum(low: Array, high: Array, value: Callable[[Array], Array]) -> Array:
    """Where functions with one peak between ``low`` and ``high`` are largest."""
    for _ in range(STEPS):
        first, second = low + (high - low) / 3, high - (high - low) / 3
        rises = value(first) < value(second)
        low, high = np.where(rises, first, low), np.where(rises, high, second)
    return np.asarray((low + high) / 2)
