"""What a manifest says of the living mode: how often, which sources are searched, whether and why it was left."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from livereview.manifest.values import Names, Part

LivingStatus = Literal["active", "suspended", "retired"]


def _a_day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError('write a day as "2026-11-25"') from None


#: A day written 2026-11-25.
Day = Annotated[str, AfterValidator(_a_day)]


class Living(Part):
    """How the review is kept alive."""

    every_months: int | None = Field(
        None, ge=1, le=120, description="months between updates; empty = no schedule", examples=[3]
    )
    search_every_months: int | None = Field(
        None, ge=1, le=120, description="months between searches; empty = as `every_months`", examples=[1]
    )
    sources: Names = Field(
        (),
        description="what the protocol has searched, each named as in the searches table; one that is not found there "
        "is reported as never searched",
        examples=[["PubMed", "ClinicalTrials.gov"]],
    )
    due_on: Day | None = Field(
        None,
        description="day of the next update, in place of the schedule's; it holds until an update has been recorded "
        "on that day or later",
        examples=["2026-12-15"],
    )
    status: LivingStatus = Field(
        "active", description="`suspended` = paused, `retired` = no longer updated", examples=["suspended"]
    )
    reason: str = Field(
        "", description="why it is suspended or retired; required then", examples=["No trial is running any more"]
    )
    since: Day | None = Field(
        None, description="day on which it was suspended or retired; required then", examples=["2026-05-01"]
    )
    rationale: str = Field(
        "",
        description="why the review is kept living, as the report prints it",
        examples=["Trials are running whose results may change the conclusion"],
    )
    retirement: str = Field(
        "",
        description="when it is to be retired, as the protocol has it",
        examples=["When every trial listed as ongoing has reported"],
    )

    @model_validator(mode="after")
    def _explained(self) -> Living:
        missing = [key for key in ("reason", "since") if not getattr(self, key)]
        given = [key for key in ("reason", "since") if getattr(self, key)]
        if self.status != "active" and missing:
            raise ValueError(f'status = "{self.status}" needs {" and ".join(missing)}')
        if self.status == "active" and given:
            words = "belongs" if len(given) == 1 else "belong"
            raise ValueError(f"{' and '.join(given)} {words} to a suspended or retired review; this one is active")
        return self
