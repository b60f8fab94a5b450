"""Baseline risks: stated in the manifest, or those of the control arms in the data.

A baseline risk is a choice about whom the result is for; where it comes from stands beside every number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from livereview import Array, Options, PluginError, Studies

STATE_ONE = "state one or more, e.g. baseline = [0.1, 0.2]"


class StatedRisk(Options):
    """A baseline risk with its source."""

    risk: float = Field(gt=0, lt=1, description="Risk without the treatment, between 0 and 1.", examples=[0.1])
    source: str = Field(default="", description="Where it comes from.", examples=["registry 2024"])


Risk = Annotated[float, Field(gt=0, lt=1)]
Stated = Annotated[tuple[Risk | StatedRisk, ...], Field(min_length=1)]
Choice = Literal["control-median", "control-pooled"] | Stated


@dataclass(frozen=True)
class Baseline:
    """One baseline risk, 0-1, and where it comes from."""

    risk: float
    source: str


def control_risks(studies: Studies) -> tuple[Array, Array]:
    """Events and people of the control arms whose numbers are known, studies with both only."""
    missing = np.full(studies.present.shape[-1], np.nan)
    events, n = (np.asarray(studies.data.get(name, missing), dtype=np.float64) for name in ("events_2", "n_2"))
    known = studies.present & np.isfinite(events) & (n > 0)
    return events[known], n[known]


def baselines(choice: str | Sequence[float | StatedRisk], studies: Studies) -> list[Baseline]:
    """The baseline risks chosen. ``PluginError`` where the data have no control arms, or give a risk of 0 or 1."""
    if not isinstance(choice, str):
        return [
            Baseline(item.risk, item.source or "stated") if isinstance(item, StatedRisk) else Baseline(item, "stated")
            for item in choice
        ]
    events, n = control_risks(studies)
    if not n.size:
        raise PluginError(
            f"no study has the counts of its control arm, so there is no baseline risk in the data; {STATE_ONE}"
        )
    arms = "1 control arm" if n.size == 1 else f"{n.size} control arms"
    if choice == "control-median":
        risk, source = float(np.median(events / n)), f"median of {arms}"
    else:
        risk, source = float(events.sum() / n.sum()), f"{arms} together: {events.sum():,.0f} of {n.sum():,.0f}"
    if not 0 < risk < 1:
        raise PluginError(
            f"the baseline risk is {risk:g} ({source}), for which a relative effect says nothing; {STATE_ONE}"
        )
    return [Baseline(risk, source)]


def remarks(choice: str | Sequence[float | StatedRisk], chosen: Sequence[Baseline], studies: Studies) -> list[str]:
    """How the baselines stand to the control arms of the data: their range, and risks beyond it."""
    events, n = control_risks(studies)
    if not n.size:
        return []
    risks, of = events / n, int(studies.present.sum())
    span = f"{100 * risks.min():.3g}% to {100 * risks.max():.3g}%"
    said = [f"Risks in the control arms of {n.size} of {of} studies: {span}."]
    beyond = [item for item in chosen if not risks.min() <= item.risk <= risks.max()]
    if beyond and not isinstance(choice, str):
        listed = ", ".join(f"{100 * item.risk:.3g}%" for item in beyond)
        said.append(f"No study had a control arm at {listed}: the effect there is an extrapolation.")
    return said
