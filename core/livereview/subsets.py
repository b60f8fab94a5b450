"""Which studies each fit holds: masks of shape (fits, K), and nothing else.

Stack masks along the first axis, or combine them with ``&``, to fit many subsets in one call.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from livereview.types import Mask


def overall(present: Mask) -> Mask:
    """All present studies, as one fit without leading axes: a copy of ``present`` (K,)."""
    return np.array(present, dtype=bool)


def without_each(present: Mask) -> Mask:
    """Leave-one-out, (K, K): row i holds the present studies but study i.

    A row of a study that is not present equals ``overall``; index the result with ``present`` to leave such rows out.
    """
    present = np.asarray(present, dtype=bool)
    return np.asarray(present & ~np.eye(present.size, dtype=bool))


def cumulative(order: Sequence[int] | npt.NDArray[np.integer]) -> Mask:
    """Cumulative, (K, K): row i holds the first i + 1 studies in ``order``, a permutation of 0 ... K - 1.

    Raises ``ValueError`` for anything but a permutation.
    """
    at = np.asarray(order)
    if at.ndim != 1 or not np.array_equal(np.sort(at), np.arange(at.size)):
        raise ValueError(f"order is {at.tolist()}; it must name each of the {len(at)} studies once, from 0")
    rank = np.empty(at.size, dtype=np.intp)
    rank[at.astype(np.intp)] = np.arange(at.size)
    return np.asarray(rank <= np.arange(at.size)[:, None])


def groups(labels: Sequence[str | None]) -> tuple[tuple[str, ...], Mask]:
    """The distinct labels in order of first appearance, and (groups, K) of who has which.

    A study without a label (None) is in no group.
    """
    names = tuple(dict.fromkeys(label for label in labels if label is not None))
    number = {name: i for i, name in enumerate(names)}
    own = np.array([-1 if label is None else number[label] for label in labels], dtype=np.intp)
    return names, np.asarray(own == np.arange(len(names))[:, None])
