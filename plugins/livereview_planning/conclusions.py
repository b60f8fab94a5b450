"""What an interval says: where it lies to no effect and to each important difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from livereview import Array, Mask


class Relation(Enum):
    """Where a whole interval lies to a value; a limit on the value includes it."""

    BELOW = "lies below"
    INCLUDES = "includes"
    ABOVE = "lies above"


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """A value that a conclusion hangs on, on the display scale."""

    value: float
    name: str
    """In a sentence: "no effect (1)", "80%"."""


#: The relation to each threshold, in their order.
Conclusion = tuple[Relation, ...]


def margins(low: Array, high: Array, thresholds: Sequence[Threshold]) -> Array:
    """By how much intervals of shape (...) lie above each threshold, and below it, (..., 2 * thresholds): above and
    below the first, above and below the second, and so on; 0 or less where they do not. All on the display scale."""
    sides = [side for item in thresholds for side in (low - item.value, item.value - high)]
    return np.stack(sides, axis=-1) if sides else np.zeros((*np.shape(low), 0))


def exclusions(low: Array, high: Array, thresholds: Sequence[Threshold]) -> Mask:
    """Whether intervals lie above each threshold, and below it: where ``margins`` are positive."""
    return np.asarray(margins(low, high, thresholds) > 0)


def conclusion(excluded: Sequence[bool] | Mask) -> Conclusion:
    """The conclusion from one row of ``exclusions``."""
    pairs = zip(excluded[::2], excluded[1::2], strict=True)
    return tuple(Relation.ABOVE if above else Relation.BELOW if below else Relation.INCLUDES for above, below in pairs)


def in_words(found: Conclusion, thresholds: Sequence[Threshold]) -> str:
    """ "includes no effect (1) and lies below 1.5"."""
    return " and ".join(f"{relation.value} {item.name}" for relation, item in zip(found, thresholds, strict=True))
