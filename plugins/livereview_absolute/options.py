"""What a manifest may say of absolute effects: for whom, by when, and what kind of event."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from livereview import FromControls, Options
from livereview_absolute.needed_to_treat import EventIs


class StatedRisk(Options):
    """A baseline risk with its source."""

    risk: float = Field(gt=0, lt=1, description="Risk without the treatment, between 0 and 1.", examples=[0.1])
    source: str = Field(default="", description="Where it comes from.", examples=["registry 2024"])


Risk = Annotated[float, Field(gt=0, lt=1)]
Choice = FromControls | Annotated[tuple[Risk | StatedRisk, ...], Field(min_length=1)]


class AbsoluteOptions(Options):
    """For whom, by when, and what kind of event."""

    baseline: Choice = Field(
        default="control-median",
        description='Baseline risks: numbers between 0 and 1, or `{ risk = 0.1, source = "registry 2024" }`; or the'
        " median of the control arms in the data (`control-median`), or their events over their people"
        " (`control-pooled`).",
    )
    time: str = Field(
        default="", description='By when the baseline risk counts events, e.g. "24 months"; needed for a hazard ratio.'
    )
    event: str = Field(default="the event", description="The event, as it stands in a sentence.")
    event_is: EventIs = Field(
        default="unstated",
        description="Whether the event is `unwanted` (death) or `wanted` (remission): which of more and fewer is a"
        " benefit. Unstated: no number is called benefit or harm.",
    )
    ratio: Literal["RR", "OR", "HR"] | None = Field(
        default=None, description="Which ratio the measure RATIO has pooled; not for other measures."
    )
    per: int = Field(default=1000, ge=1, description="People that absolute numbers refer to.")
