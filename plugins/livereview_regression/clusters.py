"""Results grouped by study: where each stands, sums within studies, and blocks of equal size with padding.

The rule: results are in the order of their studies, so that a study's results are neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from livereview import Array, Mask

Index = npt.NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """C studies with K results in all; ``order`` puts results in the order that every method here expects."""

    order: Index
    """(K,): positions of the results, those of a study next to each other, in the order given within it."""
    sizes: Index
    """(C,): results of each study, at least 1."""

    @classmethod
    def of(cls, study: Sequence[int]) -> Clusters:
        """From the study of each result."""
        study_of = np.asarray(study, dtype=np.intp)
        _, sizes = np.unique(study_of, return_counts=True)
        return cls(order=np.argsort(study_of, kind="stable"), sizes=sizes.astype(np.intp))

    @cached_property
    def starts(self) -> Index:
        """(C,): where each study begins."""
        return np.concatenate([[0], np.cumsum(self.sizes)[:-1]]).astype(np.intp)

    @cached_property
    def of_result(self) -> Index:
        """(K,): the study of each result."""
        return np.repeat(np.arange(self.sizes.size), self.sizes)

    @cached_property
    def slots(self) -> tuple[Index, Mask]:
        """(C, m): position of each study's results, m being the most there are, and which slots are filled."""
        place = np.arange(self.sizes.max())
        filled = place < self.sizes[:, None]
        return np.where(filled, self.starts[:, None] + place, 0), filled

    def sums(self, values: Array) -> Array:
        """Sums within studies: (..., K) to (..., C)."""
        return np.add.reduceat(values, self.starts, axis=-1)

    def spread(self, values: Array) -> Array:
        """To each result its study's value: (..., C) to (..., K)."""
        return np.asarray(values[..., self.of_result])
