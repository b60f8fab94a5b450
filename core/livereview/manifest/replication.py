"""What a manifest says of replication: which published meta-analyses are recomputed, and what their outcomes may be."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from livereview.manifest.values import Array, Identifier, Names, Part


class ReplicatedOutcome(Part):
    """What an outcome of a published meta-analysis may be in the evidence."""

    outcome: Identifier = Field(description="outcome code of the table `published`", examples=["os"])
    result: Names = Field(
        (), description="codes of results that it stands for; empty = the same code", examples=[["os", "death"]]
    )
    without: Names = Field(
        (), description="codes whose counts are of people without the event, such as deaths for survival",
        examples=[["death"]],
    )  # fmt: skip
    related: Names = Field(
        (), description="codes of other outcomes that could have been pooled as if they were the same",
        examples=[["efs"]],
    )  # fmt: skip

    @model_validator(mode="after")
    def _says_something(self) -> ReplicatedOutcome:
        if not (self.result or self.without or self.related):
            raise ValueError("it says nothing: give result, without or related")
        twice = sorted(set(self.codes) & set(self.related))
        if twice:
            raise ValueError(f"{', '.join(twice)}: a code is either in result or in related")
        return self

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that it stands for."""
        return self.result or (self.outcome,)


class ReplicationPart(Part):
    """Which published meta-analyses are recomputed."""

    reports: Annotated[Names, Field(min_length=1)] = Field(
        description="`report_id`s of the table `published`", examples=[["chen-2023"]]
    )
    outcomes: Annotated[tuple[ReplicatedOutcome, ...], Array] = Field(
        (), description="outcomes whose code is another in the results, or that others could have been pooled with"
    )

    @model_validator(mode="after")
    def _each_once(self) -> ReplicationPart:
        names = [item.outcome for item in self.outcomes]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"named twice under outcomes: {', '.join(twice)}")
        return self

    def of(self, code: str) -> ReplicatedOutcome:
        """What an outcome may be; one that is not named stands for its own code."""
        found = next((item for item in self.outcomes if item.outcome == code), None)
        return found or ReplicatedOutcome.model_construct(outcome=code, result=(code,), without=(), related=())
