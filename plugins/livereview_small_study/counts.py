"""Counts of events behind the effects, for tests that do not rest on the effects' own standard errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import Array, Mask, PluginError, Studies
from livereview_small_study.study_size import stated


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
    """The counts of both arms; ``PluginError`` where a study does not state them."""
    given = {name: studies.data.get(name) for name in ("events_1", "n_1", "events_2", "n_2")}
    # One is added to the events for the check alone, since no events is a statement too.
    for arm in ("1", "2"):
        events = given[f"events_{arm}"]
        stated(studies, None if events is None else events + 1, test, "number of events of both arms")
        stated(studies, given[f"n_{arm}"], test, "number of participants of both arms")
    return Counts(**{name: np.asarray(values, dtype=np.float64) for name, values in given.items()})


def overall_counts(studies: Studies, test: str) -> tuple[Array, Array]:
    """Events and participants of each study: of both arms together, or of its one arm."""
    if "events_1" in studies.data:
        counts = two_arm_counts(studies, test)
        return counts.events, counts.n
    events = studies.data.get("events")
    known = stated(studies, None if events is None else events + 1, test, "number of events") - 1
    return known, stated(studies, studies.data.get("n"), test, "number of participants")


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
