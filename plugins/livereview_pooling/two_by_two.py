"""The two-by-two tables of the studies: four cells each, checked, and corrected where a model asks for it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from livereview import Array, Mask, PluginError, Studies

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


def tables(studies: Studies) -> Tables:
    """The table of every study that a fit holds; of the others four ones, which no fit sees.

    PluginError, naming the studies, for columns of another shape than (K,) and for counts that cannot be: missing,
    nobody in an arm, fewer events than none or more than people.
    """
    size = studies.present.shape[-1]
    used = studies.present.reshape(-1, size).any(axis=0)
    columns = [np.asarray(studies.data[name], dtype=np.float64) for name in COLUMNS]
    if any(column.shape != (size,) for column in columns):
        shapes = ", ".join(f"{name} {column.shape}" for name, column in zip(COLUMNS, columns, strict=True))
        raise PluginError(f"Counts must have one value per study, shape ({size},); found {shapes}")
    events_1, n_1, events_2, n_2 = columns
    good = np.isfinite(columns).all(axis=0)
    for events, n in ((events_1, n_1), (events_2, n_2)):
        good &= (n > 0) & (events >= 0) & (events <= n)
    bad = np.flatnonzero(used & ~good)
    if bad.size:
        found = "; ".join(_described(studies.labels, int(at), columns) for at in bad)
        raise PluginError(
            f"Counts that cannot be: {found}. Each arm needs at least one person and from 0 to that many events"
        )
    return Tables(*(np.where(used, cell, 1.0) for cell in (events_1, n_1 - events_1, events_2, n_2 - events_2)))


def _described(labels: tuple[str, ...], at: int, columns: list[Array]) -> str:
    label = labels[at] if at < len(labels) else f"study {at + 1}"
    events_1, n_1, events_2, n_2 = (f"{column[at]:g}" for column in columns)
    return f"{label} ({events_1}/{n_1} against {events_2}/{n_2})"
