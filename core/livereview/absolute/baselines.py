"""Baseline risks: stated in the manifest, or those of the control arms in the data.

A baseline risk is a choice about whom the result is for; where it comes from stands beside every number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from livereview.types import Array, Mask, PluginError

STATE_ONE = "state one or more, e.g. baseline = [0.1, 0.2]"

FromControls = Literal["control-median", "control-pooled"]


class Stated(Protocol):
    """A baseline risk with its source, as somebody wrote it."""

    @property
    def risk(self) -> float: ...
    @property
    def source(self) -> str: ...


@dataclass(frozen=True)
class Baseline:
    """One baseline risk, 0-1, and where it comes from."""

    risk: float
    source: str


@dataclass(frozen=True, eq=False)
class ControlArms:
    """Events and people of the control arms whose numbers are known, among so many studies."""

    events: Array
    n: Array
    studies: int


def control_arms(data: Mapping[str, Array], present: Mask) -> ControlArms:
    """The control arms of studies: columns ``events_2`` and ``n_2`` of shape ``(K,)``, where both are known."""
    missing = np.full(present.shape[-1], np.nan)
    events, n = (np.asarray(data.get(name, missing), dtype=np.float64) for name in ("events_2", "n_2"))
    known = present & np.isfinite(events) & (n > 0)
    return ControlArms(events[known], n[known], int(present.sum()))


def baseline_risks(choice: FromControls | Sequence[float | Stated], arms: ControlArms) -> list[Baseline]:
    """The baseline risks chosen. ``PluginError`` where the data have no control arms, or give a risk of 0 or 1."""
    if not isinstance(choice, str):
        return [
            Baseline(item, "stated") if isinstance(item, float | int) else Baseline(item.risk, item.source or "stated")
            for item in choice
        ]
    events, n = arms.events, arms.n
    if not n.size:
        raise PluginError(
            f"no study has the counts of its control arm, so there is no baseline risk in the data; {STATE_ONE}"
        )
    counted = "1 control arm" if n.size == 1 else f"{n.size} control arms"
    if choice == "control-median":
        risk, source = float(np.median(events / n)), f"median of {counted}"
    else:
        together = counted if n.size == 1 else f"{counted} together"
        risk, source = float(events.sum() / n.sum()), f"{together}: {events.sum():,.0f} of {n.sum():,.0f}"
    if not 0 < risk < 1:
        raise PluginError(
            f"the baseline risk is {risk:g} ({source}), for which a relative effect says nothing; {STATE_ONE}"
        )
    return [Baseline(risk, source)]


def baseline_remarks(
    choice: FromControls | Sequence[float | Stated], chosen: Sequence[Baseline], arms: ControlArms
) -> list[str]:
    """How the baselines stand to the control arms of the data: their range, and risks beyond it."""
    if not arms.n.size:
        return []
    risks = arms.events / arms.n
    span = f"{100 * risks.min():.3g}% to {100 * risks.max():.3g}%"
    said = [f"Risks in the control arms of {arms.n.size} of {arms.studies} studies: {span}."]
    beyond = [item for item in chosen if not risks.min() <= item.risk <= risks.max()]
    if beyond and not isinstance(choice, str):
        listed = ", ".join(f"{100 * item.risk:.3g}%" for item in beyond)
        said.append(f"No study had a control arm at {listed}: the effect there is an extrapolation.")
    return said
