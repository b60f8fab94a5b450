"""What a manifest says of the summary of findings: which outcomes, for whom, and by which domains certainty is drafted.

Nothing here is a rating: people sign those in [outcomes.certainty].
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from livereview.manifest.values import Array, Distinct, DomainChoice, Identifier, Part, Texts

#: The domains of GRADE, in its order: five that rate down, three that rate up.
DOMAINS = tuple(
    DomainChoice.model_validate(name)
    for name in (
        "risk-of-bias",
        "inconsistency",
        "indirectness",
        "imprecision",
        "publication-bias",
        "large-effect",
        "dose-response",
        "opposing-confounding",
    )
)
Share = Annotated[float, Field(gt=0, lt=1)]


class BaselineRisk(Part):
    """A baseline risk with its source."""

    risk: Share = Field(description="risk without the treatment, between 0 and 1", examples=[0.1])
    source: str = Field("", description="where it comes from", examples=["registry 2024"])


def _is_table(value: Any) -> str:
    return "table" if isinstance(value, dict | BaselineRisk) else "number"


#: A number, or a table with the source beside it.
Risk = Annotated[Annotated[Share, Tag("number")] | Annotated[BaselineRisk, Tag("table")], Discriminator(_is_table)]
Baselines = Annotated[
    Annotated[Literal["control-median", "control-pooled"], Tag("word")]
    | Annotated[tuple[Risk, ...], Array, Field(min_length=1), Tag("risks")],
    Discriminator(lambda value: "word" if isinstance(value, str) else "risks"),
]


class FindingsRow(Part):
    """One row of the summary of findings."""

    outcome: Identifier = Field(description="id of the outcome", examples=["os-hr"])
    title: str = Field("", description="name in the table; empty = the outcome's title", examples=["Death"])
    baseline: Baselines | None = Field(
        None,
        description="baseline risks: numbers between 0 and 1, tables with `risk` and `source`, or from the control "
        "arms of the data their median (`control-median`) or their events over their people (`control-pooled`); "
        "nothing = `control-median` where studies have counts; a hazard ratio needs one stated, and a `time`",
        examples=[[{"risk": 0.4, "source": "control arm of the largest trial"}]],
    )
    time: str = Field("", description="by when the baseline risk counts events", examples=["24 months"])
    event: str = Field(
        "", description="the event, as it stands in a sentence; empty = the title of the row", examples=["death"]
    )
    event_is: Literal["unwanted", "wanted", "unstated"] = Field(
        "unstated", description="whether the event is `unwanted` (death) or `wanted` (remission)", examples=["unwanted"]
    )
    ratio: Literal["RR", "OR", "HR"] | None = Field(
        None, description="which ratio the measure RATIO has pooled; not for other measures", examples=["HR"]
    )
    per: int = Field(1000, ge=1, description="people that absolute numbers refer to", examples=[100])
    important: float | None = Field(
        None,
        gt=0,
        description="the smallest difference that matters: people of `per` where the outcome is a risk or a "
        "proportion, else in the unit of the outcome; a smaller one is called little to no difference",
        examples=[50],
    )


class SummaryPart(Part):
    """The summary of findings: at most seven outcomes, since nobody weighs more at once."""

    title: str = Field(
        "", description="title of the table; empty = that of the review", examples=["Blinatumomab or chemotherapy"]
    )
    outcomes: Annotated[tuple[FindingsRow, ...], Array, Field(min_length=1, max_length=7)] = Field(
        description="the rows, in their order"
    )
    domains: Annotated[tuple[DomainChoice, ...], *Distinct] | None = Field(
        None,
        description="domains by which certainty is drafted; nothing = those of GRADE; empty = no draft",
        examples=[["risk-of-bias", {"name": "inconsistency", "moderate": 40}]],
    )
    randomised: Texts = Field(
        ("rct",),
        description="values of the column `design` that are randomised trials",
        examples=[["rct", "crossover"]],
    )
    non_randomised: Literal["low", "high-with-robins"] = Field(
        "high-with-robins",
        description="where comparisons that are not all randomised start: `low`, or `high` where every study was "
        "judged with ROBINS-I or ROBINS-E, which weigh confounding themselves",
        examples=["low"],
    )
    uncontrolled: Literal["low", "not-rated"] = Field(
        "low", description="where numbers of one arm start, which compare nothing", examples=["not-rated"]
    )

    @property
    def asked(self) -> tuple[DomainChoice, ...]:
        """The domains, those of GRADE where none are named."""
        return DOMAINS if self.domains is None else self.domains
