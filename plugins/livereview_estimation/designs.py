"""How regressions are laid out for estimating tau²: in blocks, studies before fits, relative to p pivot studies.

As ``packing`` measures effects from the most precise study, here they are measured from the plane through p studies,
the pivots, and columns are combined so that the pivots' rows are the identity matrix. Pivots are the most precise
studies whose rows are independent (Gaussian elimination with partial pivoting on rows weighted by 1 / standard error),
so that nothing cancels when few studies have all the weight, nor where a column such as the year is far from 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from livereview_estimation.packing import ELEMENTS, FARTHEST, Array, Index, Mask

#: A difference this small beside what it was taken of, in units of machine precision, is rounding.
ROUNDING = 8 * np.finfo(np.float64).eps
#: Part of a column, relative to its largest entry, that must lie outside the span of the columns before it.
INDEPENDENT = 1e-12


@dataclass(frozen=True, kw_only=True)
class DesignBlock:
    """n regressions of at most K studies on p columns; variances are in units of the smallest of each fit.

    Padding has weight 0: v = inf. A fit that is not ``usable`` holds zeros.
    """

    fits: slice
    """Positions among all fits, leading axes flattened."""
    k: Array
    scale: Array
    """The smallest variance, in the units of the data."""
    columns: Array
    """(p, K - p, n): the combined columns of the studies that are not pivots."""
    y: Array
    """(K - p, n): their distance from the plane through the pivots."""
    v: Array
    """(K - p, n)."""
    pivot_v: Array
    """(p, n)."""
    pivot_y: Array
    """(p, n): effects of the pivots, in the units of ``y``: coefficients of the plane through them."""
    combination: Array
    """(p, p, n): coefficients of the given columns are this times those of the combined columns."""
    squares: Array
    """Sum of squares of the effects about their plain mean."""
    usable: Mask
    """At least p studies, whose columns are independent, and differences that floating point can hold."""
    dependent: Index
    """The first column that depends on those before it, -1 for none; meant for messages."""


def design_blocks(y: Array, v: Array, design: Array, present: Mask) -> Iterator[DesignBlock]:
    """Blocks that together hold every fit, in order: ``y``, ``v``, ``present`` (fits, K), ``design`` (fits, K, p)."""
    n, studies = present.shape
    step = max(1, ELEMENTS // max(studies, 1))
    for start in range(0, n, step):
        part = slice(start, min(start + step, n))
        yield _block(part, y[part], v[part], design[part], present[part])


def _block(fits: slice, y: Array, v: Array, design: Array, present: Mask) -> DesignBlock:
    p = design.shape[-1]
    short = max(p - present.shape[1], 0)
    here = np.pad(present, ((0, 0), (0, short))).T
    padding = ((0, short), (0, 0))
    y = np.where(here, np.pad(y.T, padding), 0.0)
    v = np.where(here, np.pad(v.T, padding), np.inf)
    x = np.where(here, np.pad(design.transpose(2, 1, 0), ((0, 0), *padding)), 0.0)
    k = np.count_nonzero(here, axis=0)
    scale = np.where(k > 0, v.min(axis=0), 1.0)
    y /= np.sqrt(scale)
    v /= scale
    mean = y.sum(axis=0) / np.maximum(k, 1)
    squares = np.where(here, (y - mean) ** 2, 0.0).sum(axis=0)
    combination, dependent = _eliminated(x, y, v)
    plane = y[:p].copy()
    rest, others = _from_plane(y[p:], x[:, p:], plane), v[p:]
    lost = np.count_nonzero(np.isinf(v), axis=0) > here.shape[0] - k
    far = ~(np.abs(rest).max(axis=0, initial=0.0) < FARTHEST) | ~np.isfinite(combination).all(axis=(0, 1))
    usable = (k >= p) & (dependent < 0) & ~lost & ~far
    unusable = np.flatnonzero(~usable)
    x[:, p:, unusable], rest[:, unusable], plane[:, unusable] = 0.0, 0.0, 0.0
    v[:p, unusable], combination[:, :, unusable] = 1.0, 0.0
    return DesignBlock(
        fits=fits,
        k=k.astype(np.float64),
        scale=scale,
        columns=x[:, p:],
        y=rest,
        v=others,
        pivot_v=v[:p],
        pivot_y=plane,
        combination=combination,
        squares=squares,
        usable=usable,
        dependent=dependent,
    )


def _eliminated(x: Array, y: Array, v: Array) -> tuple[Array, Index]:
    """Column operations, in place, that make the first p rows the identity; rows of x, y and v are swapped on the way.

    Returns the operations (p, p, n) and the first dependent column, -1 for none.
    """
    p, _, n = x.shape
    every = np.arange(n)
    combination = np.tile(np.eye(p)[:, :, None], n)
    dependent = np.full(n, -1, dtype=np.intp)
    reach = np.abs(x).max(axis=1, initial=0.0)
    precision = 1 / np.sqrt(v)
    for c in range(p):
        outside = np.abs(x[c]).max(axis=0, initial=0.0)
        lost = (dependent < 0) & ~(outside > INDEPENDENT * reach[c])
        dependent[lost] = c
        pivot = (np.abs(x[c]) * precision).argmax(axis=0)
        for rows in (*x, y, v, precision):
            rows[c], rows[pivot, every] = rows[pivot, every], rows[c].copy()
        divisor = np.where(x[c, c] != 0, x[c, c], 1.0)
        x[c] /= divisor
        combination[:, c] /= divisor
        for other in range(p):
            if other != c:
                factor = x[other, c].copy()
                taken = factor * x[c]
                left = x[other] - taken
                left[np.abs(left) <= ROUNDING * np.abs(taken)] = 0.0
                x[other] = left
                combination[:, other] -= factor * combination[:, c]
    return combination, dependent


def _from_plane(y: Array, x: Array, plane: Array) -> Array:
    """Effects less the plane with these coefficients; 0 where what is left is rounding."""
    size = np.abs(y)
    rest = y.copy()
    for column, coefficient in zip(x, plane, strict=True):
        part = column * coefficient
        rest -= part
        size += np.abs(part)
    rest[np.abs(rest) <= ROUNDING * size] = 0.0
    return rest
