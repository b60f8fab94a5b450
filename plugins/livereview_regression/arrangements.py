"""Arrangements of studies for a permutation test, all or random, in batches: sign flips, or orders of design rows.

The rule: arrangements are numbered, and each batch is made from its numbers, so that memory does not grow with their
count. Arrangements that give the same data are one arrangement.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import factorial, prod

import numpy as np
import numpy.typing as npt

from livereview import Array

Index = npt.NDArray[np.int64]

#: Numbers per batch of arrangements; with the designs made of them some tens of megabytes.
ELEMENTS = 1 << 20


def distinct_rows(design: Array) -> tuple[Array, Index]:
    """The different rows (groups, p) of a design, and which of them each study has (K,)."""
    rows, group = np.unique(design, axis=0, return_inverse=True)
    return rows, group.reshape(-1).astype(np.int64)


def number_of_orders(group: Index) -> int:
    """Different orders of rows: K! / prod (size of each group)!."""
    return factorial(group.size) // prod(factorial(int(size)) for size in np.bincount(group))


def all_orders(group: Index) -> Iterator[Index]:
    """Batches (n, K) that together hold every different order of the groups once; their number below 2^63 / K."""
    total, sizes = number_of_orders(group), np.bincount(group)
    kind = np.int32 if total * group.size < 2**31 else np.int64
    for ranks in _ranks(total, group.size):
        yield _order(ranks.astype(kind), total, sizes.astype(kind), group.size)


def random_orders(group: Index, n: int, seed: int) -> Iterator[Index]:
    """Batches (m, K) of n random orders in all; the same for the same seed."""
    generator = np.random.default_rng(seed)
    for ranks in _ranks(n, group.size):
        yield generator.permuted(np.tile(group, (ranks.size, 1)), axis=1)


def all_signs(k: int) -> Iterator[Array]:
    """Batches (n, K) of the 2^(k-1) sign flips in which the first study keeps its sign: the others mirror them."""
    for ranks in _ranks(2 ** (k - 1), k):
        yield 1.0 - 2.0 * ((ranks[:, None] >> np.arange(-1, k - 1).clip(0)) & (np.arange(k) > 0))


def random_signs(k: int, n: int, seed: int) -> Iterator[Array]:
    """Batches (m, K) of n random sign flips in all; the same for the same seed."""
    generator = np.random.default_rng(seed)
    for ranks in _ranks(n, k):
        yield generator.choice([-1.0, 1.0], (ranks.size, k))


def _ranks(total: int, k: int) -> Iterator[Index]:
    """0, 1, ... total - 1 in batches."""
    step = max(1, ELEMENTS // k)
    for start in range(0, total, step):
        yield np.arange(start, min(start + step, total), dtype=np.int64)


def _order(rank: Index, total: int, sizes: Index, k: int) -> Index:
    """The orders of these ranks (n,), in lexicographic order of the groups.

    Of the arrangements of what is left, the share that continues with a group is its size over the number left.
    """
    order = np.empty((k, rank.size), dtype=np.int64)
    left = np.tile(sizes[:, None], (1, rank.size))
    ways = np.full_like(rank, total)
    every = np.arange(rank.size)
    for place in range(k):
        continued = ways * left // (k - place)
        upto = np.cumsum(continued, axis=0, dtype=rank.dtype)
        chosen = order[place] = (upto <= rank).sum(axis=0)
        ways = continued[chosen, every]
        rank = rank - upto[chosen, every] + ways
        left[chosen, every] -= 1
    return order.T
