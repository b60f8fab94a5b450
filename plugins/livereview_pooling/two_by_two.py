"""The two-by-two tables of the studies: four cells each, checked, and corrected where a model asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from livereview import Array, Mask, PluginError, Studies
from livereview_estimation import arm_counts

COLUMNS = ("events_1", "n_1", "events_2", "n_2")


class Tables(NamedTuple):
    """Cells of shape (K,): with and without the event in the experimental arm (a, b) and the control arm (c, d)."""

    a: Array
    b: Array
    c: Array
    d: Array

    @property
    def n1(self) -> Array:
        return self.a + self.b

    @property
    def n2(self) -> Array:
        return self.c + self.d

    @property
    def n(self) -> Array:
        return self.n1 + self.n2

    @property
    def with_empty_cell(self) -> Mask:
        return np.asarray(np.equal(self, 0).any(axis=0))

    @property
    def without_event(self) -> Mask:
        """No event in either arm."""
        return np.equal(self.a, 0) & np.equal(self.c, 0)

    @property
    def all_event(self) -> Mask:
        """Everybody in both arms had the event."""
        return np.equal(self.b, 0) & np.equal(self.d, 0)

    def plus(self, added: Array) -> Tables:
        """The tables with something added to every cell of a study."""
        return Tables(*(cell + added for cell in self))


def checked_counts(studies: Studies, names: Sequence[str], *, people: bool = True) -> tuple[list[Array], Mask]:
    """Columns of counts (K,), and which studies any fit holds; PluginError for what cannot be (see ``arm_counts``)."""
    found = arm_counts(studies.data, names, studies.present, studies.labels, people=people)
    if found.problem:
        raise PluginError(found.problem)
    return found.columns, found.used


def tables(studies: Studies) -> Tables:
    """The table of every study that a fit holds; of the others four ones, which no fit sees.

    PluginError, naming the studies, for columns of another shape than (K,) and for counts that cannot be: missing,
    nobody in an arm, fewer events than none or more than people.
    """
    (events_1, n_1, events_2, n_2), used = checked_counts(studies, COLUMNS)
    return Tables(*(np.where(used, cell, 1.0) for cell in (events_1, n_1 - events_1, events_2, n_2 - events_2)))
