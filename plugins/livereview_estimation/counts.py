"""Counts that models need beside effects: read from the columns of the studies, and checked.

Arms are pairs of columns: events and people, or events and person-time. What studies hold that no fit holds is never
looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from livereview_estimation.packing import Array, Mask

_PEOPLE = "Each arm needs at least one person and from 0 to that many events"
_TIME = "Each arm needs a positive person-time and a number of events of at least 0"
_WHOLE = "Exact likelihoods need whole numbers of events and people"


class ArmCounts(NamedTuple):
    """The columns as arrays (K,), which studies any fit holds, and what is wrong with them, in words, if anything."""

    columns: list[Array]
    used: Mask
    problem: str | None


def arm_counts(
    data: Mapping[str, Array],
    names: Sequence[str],
    present: Mask,
    labels: Sequence[str],
    *,
    people: bool = True,
    whole: bool = False,
) -> ArmCounts:
    """The named columns of the studies, in pairs, events first.

    ``people``: the second of a pair is a number of people, at least as large as the events; else a person-time.
    ``whole``: only whole numbers. A problem, with the studies named, are columns of another shape than (K,), and counts
    of a study in use that are missing or cannot be.
    """
    size = present.shape[-1]
    used = np.asarray(present.reshape(-1, size).any(axis=0))
    columns = [np.asarray(data[name], dtype=np.float64) for name in names]
    if any(column.shape != (size,) for column in columns):
        shapes = ", ".join(f"{name} {column.shape}" for name, column in zip(names, columns, strict=True))
        problem = f"Counts must have one value per study, shape ({size},); found {shapes}"
        return ArmCounts(columns, used, problem)
    possible = np.asarray(np.isfinite(columns).all(axis=0))
    for events, total in zip(columns[::2], columns[1::2], strict=True):
        possible &= (total > 0) & (events >= 0)
        if people:
            possible &= events <= total
    bad, remedy = used & ~possible, _PEOPLE if people else _TIME
    if whole and not bad.any():
        bad, remedy = used & np.not_equal(np.mod(columns, 1), 0).any(axis=0), _WHOLE
    if not bad.any():
        return ArmCounts(columns, used, None)
    found = "; ".join(_described(labels, int(at), columns) for at in np.flatnonzero(bad))
    return ArmCounts(columns, used, f"Counts that cannot be: {found}. {remedy}")


def _described(labels: Sequence[str], at: int, columns: list[Array]) -> str:
    label = labels[at] if at < len(labels) else f"study {at + 1}"
    arms = [f"{events[at]:g}/{total[at]:g}" for events, total in zip(columns[::2], columns[1::2], strict=True)]
    return f"{label} ({' against '.join(arms)})"
