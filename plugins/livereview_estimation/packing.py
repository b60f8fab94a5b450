"""How fits are laid out for estimating tau²: in blocks, studies on the first axis, scaled to the most precise study.

A block holds fits of about equally many studies, so that padding costs little and each operation runs along the
contiguous axis of fits in cache. Effects are taken from that of the most precise study and divided by its standard
error, variances are divided by its variance: every tolerance is then relative to the data, and the differences
that cancel when one study dominates never have to be formed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]

#: Numbers per array of a block: few enough for the processor's cache, enough to make numpy's cost per call small.
ELEMENTS = 1 << 16
#: Numbers per array looked at together to form blocks of like size; bounds memory when there are millions of fits.
TOGETHER = 1 << 22
#: Largest distance between effects, in standard errors of the most precise study, whose square is still a number.
FARTHEST = 1e150


@dataclass(frozen=True, kw_only=True)
class Block:
    """n fits of at least two studies, each scaled so that its most precise study has effect 0 and variance 1.

    That study is not stored; ``y`` and ``v`` of shape (K - 1, n) hold the others. Padding has y = 0 and v = inf,
    hence weight 0.
    """

    fits: Index
    """Positions among all fits, leading axes flattened."""
    k: Array
    scale: Array
    """Variance of the most precise study, in the units of the data."""
    y: Array
    v: Array
    representable: Mask
    """False where effects or variances differ by more than floating point can hold the squares of; y is then 0."""


def rows(y: Array, v: Array, present: Mask) -> tuple[Array, Array, Mask]:
    """Effects, variances and mask as (fits, K), leading axes flattened; views where numpy can."""
    shape = np.broadcast_shapes(y.shape, v.shape, present.shape)
    flat = (-1, shape[-1]) if shape[-1] else (int(np.prod(shape[:-1])), 0)
    return (
        np.broadcast_to(y, shape).reshape(flat),
        np.broadcast_to(v, shape).reshape(flat),
        np.broadcast_to(present, shape).reshape(flat),
    )


def row_slices(present: Mask, per_study: int = 1) -> Iterator[slice]:
    """Parts of the rows of a mask (fits, K), each small enough for ``per_study`` numbers per study and fit."""
    fits, studies = present.shape
    step = max(1, ELEMENTS // max(studies * per_study, 1))
    return (slice(start, start + step) for start in range(0, fits, step))


def blocks(y: Array, v: Array, present: Mask) -> Iterator[Block]:
    """Blocks that together hold every fit of at least two studies; arrays of shape (fits, K)."""
    step = max(1, TOGETHER // max(present.shape[-1], 1))
    for start in range(0, present.shape[0], step):
        part = slice(start, start + step)
        yield from _of_like_size(start, y[part], v[part], present[part])


def _of_like_size(offset: int, y: Array, v: Array, present: Mask) -> Iterator[Block]:
    """Blocks of these fits, the first of which has position ``offset``."""
    k = np.count_nonzero(present, axis=-1)
    taken = None if present.all() else _Taken(y=y[present], v=v[present], start=np.cumsum(k) - k)
    order = np.flatnonzero(k >= 2)
    sizes = k[order]
    if sizes.size and sizes.min() != sizes.max():
        by_size = np.argsort(sizes, kind="stable")
        order, sizes = order[by_size], sizes[by_size]
    small = order.size * k.max(initial=0) <= ELEMENTS
    start = 0
    while start < order.size:
        first = int(sizes[start])
        alike = order.size if small else int(np.searchsorted(sizes, first + first // 4 + 1, side="right"))
        stop = min(alike, start + max(1, ELEMENTS // first))
        fits = order[start:stop]
        own = (y[fits], v[fits]) if taken is None else taken.filled(fits, sizes[start:stop])
        yield _packed(fits + offset, sizes[start:stop], *own)
        start = stop


@dataclass(frozen=True, kw_only=True)
class _Taken:
    """The present studies of all fits, one after another."""

    y: Array
    v: Array
    start: Index
    """Where each fit begins."""

    def filled(self, fits: Index, k: Index) -> tuple[Array, Array]:
        """Effects and variances of fits of at most k[-1] studies, (n, k[-1]), padded at the end."""
        slot = np.arange(k[-1])
        at = self.start[fits][:, None] + slot
        np.minimum(at, self.y.size - 1, out=at)
        y, v = self.y.take(at), self.v.take(at)
        if k[0] != k[-1]:
            v[slot >= k[:, None]] = np.inf
        return y, v


def _packed(fits: Index, k: Index, y: Array, v: Array) -> Block:
    """The block of these fits; ``y`` and ``v`` of shape (n, K) are its own to change, absent studies have v = inf."""
    every = np.arange(fits.size)
    most_precise = v.argmin(axis=-1)
    scale, origin = v[every, most_precise], y[every, most_precise]
    y[every, most_precise], v[every, most_precise] = y[:, 0], v[:, 0]
    others_y, others_v = np.ascontiguousarray(y[:, 1:].T), np.ascontiguousarray(v[:, 1:].T)
    others_y -= origin
    others_y /= np.sqrt(scale)
    others_v /= scale
    absent = np.isinf(others_v)
    representable = np.ones(fits.size, dtype=bool)
    if k[0] != k[-1]:
        others_y[absent] = 0.0
    if np.count_nonzero(absent) > (k[-1] - k).sum() or not np.abs(others_y).max() < FARTHEST:
        representable = (absent.sum(axis=0) == k[-1] - k) & (np.abs(others_y).max(axis=0) < FARTHEST)
        others_y[:, ~representable] = 0.0
    return Block(fits=fits, k=k.astype(np.float64), scale=scale, y=others_y, v=others_v, representable=representable)
