"""Which subsets of K studies are looked at: all of them, or a random sample, one bit for each study.

The rule: masks are unpacked a block at a time, so that a million subsets take some megabytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from livereview import Mask

#: Booleans unpacked at once.
UNPACKED = 1 << 18


@dataclass(frozen=True, kw_only=True)
class Subsets:
    """Non-empty subsets of ``k`` studies."""

    k: int
    bits: npt.NDArray[np.uint8]
    """(subsets, bytes): bit j of a row, least significant first, says whether study j is in."""
    exhaustive: bool

    @property
    def size(self) -> int:
        """Number of subsets."""
        return int(self.bits.shape[0])

    def blocks(self) -> Iterator[tuple[slice, Mask]]:
        """Positions and masks (n, K) of one block after another."""
        step = max(1, UNPACKED // max(self.k, 1))
        for start in range(0, self.size, step):
            part = slice(start, min(start + step, self.size))
            unpacked = np.unpackbits(self.bits[part], axis=1, count=self.k, bitorder="little")
            yield part, unpacked.astype(bool)

    def holding(self, study: int) -> Mask:
        """Which subsets hold a study, (subsets,)."""
        return np.asarray((self.bits[:, study >> 3] >> (study & 7)) & 1 == 1)


def every_subset(k: int) -> Subsets:
    """All 2^k - 1 non-empty subsets, k from 1 to 32, in the order of binary numbers; 4 bytes each."""
    codes = np.arange(1, 1 << k, dtype=np.dtype("<u4"))
    return Subsets(k=k, bits=codes.view(np.uint8).reshape(-1, 4), exhaustive=True)


def random_subsets(k: int, n: int, seed: int) -> Subsets:
    """n subsets drawn with equal probability from the non-empty ones, each study in with probability 1/2.

    One may be drawn more than once. The same ``seed`` gives the same subsets.
    """
    random = np.random.default_rng(seed)
    width = (k + 7) // 8
    used = np.full(width, 255, dtype=np.uint8)
    used[-1] = 255 >> (8 * width - k)
    bits = random.integers(0, 256, (n, width), dtype=np.uint8) & used
    while (empty := ~bits.any(axis=1)).any():
        bits[empty] = random.integers(0, 256, (int(empty.sum()), width), dtype=np.uint8) & used
    return Subsets(k=k, bits=bits, exhaustive=False)
