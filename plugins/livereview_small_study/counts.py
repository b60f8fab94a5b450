"""Counts of events behind the effects, for tests that do not rest on the effects' own standard errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import Array, Mask, PluginError, Studies
from livereview_estimation import arm_counts


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Events and participants of two arms, each of shape ``(K,)``."""

    events_1: Array
    n_1: Array
    events_2: Array
    n_2: Array

    @property
    def n(self) -> Array:
        """Participants of both arms."""
        return self.n_1 + self.n_2

    @property
    def events(self) -> Array:
        """Events of both arms."""
        return self.events_1 + self.events_2


def two_arm_counts(studies: Studies, test: str) -> Counts:
    """The counts of both arms; ``PluginError`` for fewer than 3 studies, and where counts are missing or cannot be."""
    values = _stated(studies, ("events_1", "n_1", "events_2", "n_2"), test)
    return Counts(events_1=values[0], n_1=values[1], events_2=values[2], n_2=values[3])


def overall_counts(studies: Studies, test: str) -> tuple[Array, Array]:
    """Events and participants of each study: of both arms together, or of its one arm."""
    if "events_1" in studies.data:
        counts = two_arm_counts(studies, test)
        return counts.events, counts.n
    events, n = _stated(studies, ("events", "n"), test)
    return events, n


def _stated(studies: Studies, columns: tuple[str, ...], test: str) -> list[Array]:
    if studies.effect.size < 3:
        raise PluginError(f"{test} needs at least 3 studies; there are {studies.effect.size}.")
    if not set(columns) <= studies.data.keys():
        raise PluginError(f"{test} needs the numbers of events and participants of every study, which are not stated.")
    found = arm_counts(studies.data, columns, studies.present, studies.labels)
    if found.problem is not None:
        raise PluginError(found.problem)
    return found.columns


def left_out(studies: Studies, usable: Mask, test: str, why: str) -> tuple[str, ...]:
    """A note naming the studies that a test cannot use; ``PluginError`` where fewer than 3 remain."""
    if usable.all():
        return ()
    names = [studies.labels[i] if i < len(studies.labels) else f"study {i + 1}" for i in np.flatnonzero(~usable)]
    if usable.sum() < 3:
        raise PluginError(
            f"{test} needs at least 3 studies; {int(usable.sum())} remain without {', '.join(names)} ({why})."
        )
    return (f"left out ({why}): {', '.join(names)}",)
