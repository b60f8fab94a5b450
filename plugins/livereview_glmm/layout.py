"""How fits are laid out: in blocks of about equally many studies, each holding positions among all studies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from livereview_estimation.packing import Index, Mask

#: Numbers per array of a block: a jet has some forty arrays, which should stay in the cache together.
ELEMENTS = 1 << 14


@dataclass(frozen=True, kw_only=True)
class Block:
    """n fits of at most K studies."""

    fits: Index
    """Positions among the rows of the mask."""
    index: Index
    """(n, K): studies, the present ones first."""
    here: Mask
    """(n, K): False is padding."""


def blocks(present: Mask, per_study: int) -> Iterator[Block]:
    """Blocks that hold every row of a mask (fits, studies) with a study in it, so small that an array of
    ``per_study`` numbers per study stays small."""
    k = present.sum(axis=-1)
    order = np.argsort(k, kind="stable")
    order = order[k[order] > 0]
    start = 0
    while start < order.size:
        least = int(k[order[start]])
        alike = int(np.searchsorted(k[order], least + least // 4 + 1, side="right"))
        stop = min(alike, start + max(1, ELEMENTS // (least * per_study)))
        fits = order[start:stop]
        most = int(k[fits[-1]])
        index = np.argsort(~present[fits], axis=-1, kind="stable")[:, :most]
        yield Block(fits=fits, index=index, here=np.take_along_axis(present[fits], index, axis=-1))
        start = stop
