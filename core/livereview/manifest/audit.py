"""What a manifest says of the audit: which checks look, which findings a person left as they are and why."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from livereview.manifest.values import Array, AuditChoice, Distinct, Identifier, Part, Words

#: What looks where nobody says.
CHECKS = tuple(
    AuditChoice.model_validate(name)
    for name in (
        "counts",
        "estimates",
        "means",
        "survival",
        "scores",
        "printed-pools",
        "duplicates",
        "same-patients",
        "unlike-outcomes",
        "imputed",
        "method",
        "cell-influence",
        "trust",
    )
)


class Acknowledged(Part):
    """A finding that a person looked at and left as it is. All that is given must fit the finding."""

    code: Words = Field(description="code of the finding, as the audit lists it", examples=["percentage-differs"])
    reason: Words = Field(
        description="why it is left as it is, as the report prints it", examples=["The paper prints both numbers."]
    )
    by: str = Field("", description="who looked", examples=["A. Reviewer"])
    study: str = Field("", description="`study_id`", examples=["brown-2021"])
    outcome: str = Field("", description="id of an outcome of the manifest", examples=["os-hr"])
    table: str = Field("", description="table of the evidence", examples=["results"])
    row: str = Field(
        "", description="first characters of the row's identity, as the audit lists it", examples=["3f9a1c02"]
    )

    @model_validator(mode="after")
    def _somewhere(self) -> Acknowledged:
        if not (self.study or self.outcome or self.row or self.table):
            raise ValueError("say where: give study, outcome, table or row, so that later findings are not hidden")
        return self


class Protocol(Part):
    """Rules that the review set itself before it saw results; the check `method` holds outcomes against them."""

    random_above_i2: float | None = Field(
        None,
        ge=0,
        le=100,
        description="random effects where I² is above so many percent, a common effect elsewhere",
        examples=[50],
    )
    random_below_q_p: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="random effects where P of Cochran's Q is below this, a common effect elsewhere; with "
        "`random_above_i2` one of the two is enough",
        examples=[0.1],
    )
    bias_tests_from: int | None = Field(
        None, ge=3, description="fewest studies for which small-study effects are tested", examples=[10]
    )
    studies_from: int | None = Field(
        None, ge=2, description="fewest studies that are pooled; fewer are described", examples=[2]
    )


class AuditPart(Part):
    """How the review is audited."""

    checks: Annotated[tuple[AuditChoice, ...], *Distinct] | None = Field(
        None,
        description="what looks; nothing = every built-in check; empty = no audit",
        examples=[["trust", {"name": "cell-influence", "top": 10}]],
    )
    acknowledged: Annotated[tuple[Acknowledged, ...], Array] = Field(
        (), description="findings that a person looked at and left as they are"
    )
    protocol: Protocol = Field(
        default_factory=Protocol, description="rules that the review set itself, which its outcomes are held against"
    )
    flagged: Annotated[tuple[Identifier, ...], *Distinct] = Field(
        (),
        description="`study_id`s whose trustworthiness a person doubts: each outcome is shown again without them",
        examples=[["smith-2019"]],
    )

    @property
    def asked(self) -> tuple[AuditChoice, ...]:
        """The checks, the built-in ones where none are named."""
        return CHECKS if self.checks is None else self.checks
