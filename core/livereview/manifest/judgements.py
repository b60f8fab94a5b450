"""What a manifest says of judgements: how certain people are of an outcome, which changes matter where nobody says."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from livereview.manifest.values import Part, Texts, TriggerChoice, Words

#: When an update is consequential where nobody says. Shojania 2007 (10.7326/0003-4819-147-4-200708210-00179) took an
#: interval that comes to include no effect, or no longer does, and a relative change of 50 %, as signals to update.
TRIGGERS = tuple(
    TriggerChoice.model_validate(given)
    for given in (
        "result-comes-or-goes",
        "crosses-null",
        "prediction-interval-crosses",
        {"name": "estimate-moves", "by": 0.5, "display": "ratio"},
        "certainty-changes",
        "retraction",
    )
)


def _as_text(value: Any) -> Any:
    """A date of TOML (2026-11-25 without quotes) as text."""
    return value.isoformat() if type(value) is date else value


def _a_day(value: str) -> str:
    try:
        if date.fromisoformat(value).isoformat() == value:
            return value
    except ValueError:
        pass
    raise ValueError("write a day as year, month and day, e.g. 2026-11-25")


Day = Annotated[str, BeforeValidator(_as_text), AfterValidator(_a_day)]


class Certainty(Part):
    """The certainty of the evidence of an outcome (GRADE): a judgement, so it needs a name and a day."""

    level: Literal["high", "moderate", "low", "very low"] = Field(description="level of certainty", examples=["low"])
    reasons: Texts = Field(
        (), description="why it was rated down or up", examples=[["risk of bias: open label", "imprecision"]]
    )
    signed_by: Words = Field(description="who judged", examples=["A. Reviewer"])
    signed_on: Day = Field(description="on which day", examples=["2026-11-25"])
