"""Counts that models need beside effects: read from the columns of the studies, checked, and refused by name.

Arms are pairs of columns: events and people, or events and person-time. What studies hold that no fit holds is never
looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from livereview import PluginError, Studies
from livereview_estimation.packing import Array, Mask

_PEOPLE = "Each arm needs at least one person and from 0 to that many events"
_TIME = "Each arm needs a positive person-time and a number of events of at least 0"
_WHOLE = "Exact likelihoods need whole numbers of events and people"


def arm_counts(
    studies: Studies, columns: Sequence[str], *, people: bool = True, whole: bool = False
) -> tuple[list[Array], Mask]:
    """The columns as arrays (K,), and which studies any fit holds; columns come in pairs, events first.

    ``people``: the second of a pair is a number of people, at least as large as the events; else a person-time.
    ``whole``: only whole numbers. ``PluginError``, naming the studies, for columns of another shape than (K,), and for
    counts of a study in use that are missing or cannot be.
    """
    size = studies.present.shape[-1]
    used = np.asarray(studies.present.reshape(-1, size).any(axis=0))
    values = [np.asarray(studies.data[name], dtype=np.float64) for name in columns]
    if any(value.shape != (size,) for value in values):
        shapes = ", ".join(f"{name} {value.shape}" for name, value in zip(columns, values, strict=True))
        raise PluginError(f"Counts must have one value per study, shape ({size},); found {shapes}")
    possible = np.asarray(np.isfinite(values).all(axis=0))
    for events, total in zip(values[::2], values[1::2], strict=True):
        possible &= (total > 0) & (events >= 0)
        if people:
            possible &= events <= total
    _refuse(studies.labels, values, used & ~possible, _PEOPLE if people else _TIME)
    if whole:
        _refuse(studies.labels, values, used & np.not_equal(np.mod(values, 1), 0).any(axis=0), _WHOLE)
    return values, used


def _refuse(labels: tuple[str, ...], values: list[Array], bad: Mask, remedy: str) -> None:
    if bad.any():
        found = "; ".join(_described(labels, int(at), values) for at in np.flatnonzero(bad))
        raise PluginError(f"Counts that cannot be: {found}. {remedy}")


def _described(labels: tuple[str, ...], at: int, values: list[Array]) -> str:
    label = labels[at] if at < len(labels) else f"study {at + 1}"
    arms = [f"{events[at]:g}/{total[at]:g}" for events, total in zip(values[::2], values[1::2], strict=True)]
    return f"{label} ({' against '.join(arms)})"
