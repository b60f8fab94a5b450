"""What a manifest may say: one review as TOML. Keys here are the keys of the file; descriptions go to its JSON Schema.

Manifests are archives: a key never changes its meaning. There is no expression language; filters are structured, so
that reading a manifest can never run code.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from livereview.manifest.audit import Acknowledged, AuditPart
from livereview.manifest.living import Living
from livereview.manifest.outcomes import (
    BUILT_IN,
    SERIES,
    Choices,
    Choose,
    Criterion,
    Defaults,
    Filter,
    Outcome,
    Sensitivity,
    Stability,
    StudySet,
    Subgroups,
    resolved,
    varied,
)
from livereview.manifest.people import Appraisal, Extraction, InstrumentPart
from livereview.manifest.replication import ReplicatedOutcome, ReplicationPart
from livereview.manifest.summary import FindingsRow, SummaryPart
from livereview.manifest.values import (
    IDENTIFIER,
    AnalysisChoice,
    Array,
    AuditChoice,
    BiasTestChoice,
    Choice,
    DomainChoice,
    Identifier,
    MeasureChoice,
    ModelChoice,
    Names,
    NearTimepoint,
    Part,
    PresetChoice,
    RendererChoice,
    SourceChoice,
    Texts,
    TriggerChoice,
    Words,
)

__all__ = [
    "BUILT_IN",
    "IDENTIFIER",
    "SERIES",
    "Acknowledged",
    "AnalysisChoice",
    "Appraisal",
    "AuditChoice",
    "AuditPart",
    "BiasTestChoice",
    "Choice",
    "Choices",
    "Choose",
    "Criterion",
    "Defaults",
    "DomainChoice",
    "Eligibility",
    "Extraction",
    "Filter",
    "FindingsRow",
    "InstrumentPart",
    "Living",
    "Manifest",
    "MeasureChoice",
    "ModelChoice",
    "NearTimepoint",
    "Outcome",
    "Part",
    "PresetChoice",
    "RendererChoice",
    "ReplicatedOutcome",
    "ReplicationPart",
    "Sensitivity",
    "SourceChoice",
    "Stability",
    "StudySet",
    "Subgroups",
    "SummaryPart",
    "TriggerChoice",
    "resolved",
    "varied",
]


class Exclusion(Part):
    """One study left out by name, with the reason."""

    study: Words = Field(description="`study_id`", examples=["algeri-2025"])
    reason: Words = Field(description="why, as the report prints it", examples=["every patient was transplanted"])
    outcomes: Names = Field(
        (), description="ids of the outcomes it is left out of; empty = the whole review", examples=[["hsct"]]
    )


class Overlap(Part):
    """Studies that share patients: where several have a number, only the first listed is pooled."""

    studies: Annotated[Names, Field(min_length=2)] = Field(
        description="`study_id`s, the preferred one first", examples=[["queudeville-2021", "schlegel-2014"]]
    )
    reason: Words = Field(
        description="how they overlap, as the report prints it",
        examples=["one centre; the later report covers ten years of it"],
    )


class Apart(Part):
    """Studies that look as if they shared patients, and do not."""

    studies: Annotated[Names, Field(min_length=2)] = Field(
        description="`study_id`s", examples=[["brown-2021", "hogan-2023"]]
    )
    reason: Words = Field(
        description="why no patient is in two of them", examples=["two randomisations of one trial, by risk"]
    )


class Eligibility(Part):
    """Which studies the review admits."""

    criteria: Texts = Field(
        (),
        description="the criteria in words, as the protocol has them; printed, never evaluated",
        examples=[["B-cell ALL, relapsed or refractory", "Any design"]],
    )
    filters: Annotated[tuple[Filter, ...], Array] = Field((), description="a study must pass every one")
    exclude: Annotated[tuple[Exclusion, ...], Array] = Field((), description="studies left out by name")
    overlaps: Annotated[tuple[Overlap, ...], Array] = Field((), description="studies that share patients")
    distinct: Annotated[tuple[Apart, ...], Array] = Field(
        (), description="studies that share a registry number or a row of a report, and no patient"
    )

    @model_validator(mode="after")
    def _not_both(self) -> Eligibility:
        for item in self.distinct:
            for other in self.overlaps:
                both = sorted(set(item.studies) & set(other.studies))
                if len(both) > 1:
                    raise ValueError(f"{' and '.join(both)} are named under overlaps and under distinct; keep one")
        return self


class Question(Part):
    """The review question."""

    population: Words = Field(description="who", examples=["Adults with B-cell ALL in relapse"])
    intervention: Words = Field(description="what is given", examples=["Blinatumomab"])
    comparator: str = Field("", description="compared with what", examples=["Chemotherapy"])
    outcomes: str = Field("", description="what is measured", examples=["Overall survival, remission"])
    designs: str = Field("", description="which designs", examples=["Randomised trials"])


class Review(Part):
    """What the review is."""

    id: Identifier = Field(
        description="names the review's history and report folders; lower-case, digits, `-` and `_`",
        examples=["blina_rr"],
    )
    title: Words = Field(
        description="title of the report", examples=["Blinatumomab for relapsed or refractory B-cell ALL"]
    )
    registration: str = Field("not registered", description="register and number", examples=["PROSPERO CRD42020000000"])
    notes: Texts = Field(
        (),
        description="what every reader of the report must know",
        examples=[["Two strata of one trial are two studies here."]],
    )
    ongoing: bool = Field(False, description="list the registered trials without results", examples=[True])
    question: Question = Field(description="the review question")


class Person(Part):
    """Who answers for the review."""

    name: Words = Field(description="name as printed", examples=["A. Reviewer"])
    role: Words = Field(description="e.g. `extraction`, `statistics`", examples=["extraction, statistics"])


class EvidencePlace(Part):
    """Where the store is."""

    store: Words = Field(
        "evidence",
        description="folder of the evidence store, relative to the manifest",
        examples=["../shared-evidence"],
    )


class NetworkSettings(Part):
    """Whether an update asks servers."""

    ask: Literal["when-asked", "always"] = Field(
        "when-asked",
        description="`when-asked`: sources that ask servers are asked by `livereview update --online` alone; `always`: "
        "by every update that is not `--offline`",
        examples=["always"],
    )

    @property
    def asking(self) -> Literal["off", "online"]:
        """What an update does that does not say."""
        return "online" if self.ask == "always" else "off"


class PluginSettings(Part):
    """Which plugins may load."""

    disable: Names = Field(
        (), description="entry points that are not loaded, as `livereview plugins` lists them", examples=[["figures"]]
    )


class Manifest(Part):
    """One review."""

    requires: Texts = Field(
        (),
        description="distributions that must be installed, with their versions; nothing runs without them",
        examples=[["livereview>=0.1", "livereview-uwls>=0.1"]],
    )
    review: Review = Field(description="what the review is")
    people: Annotated[tuple[Person, ...], Array] = Field((), description="who answers for the review")
    evidence: EvidencePlace = Field(EvidencePlace(), description="where the store is")
    plugins: PluginSettings = Field(PluginSettings(), description="which plugins may load")
    sources: Annotated[tuple[SourceChoice, ...], Array] = Field(
        (),
        description="where evidence comes from; empty = the review reads what is in the store",
        examples=[[{"plugin": "sheets", "path": "extractions"}]],
    )
    network: NetworkSettings = Field(NetworkSettings(), description="whether an update asks servers")
    living: Living = Field(Living(), description="how the review is kept alive; empty = without a schedule")
    extraction: Extraction = Field(Extraction(), description="what becomes of a result that several people have read")
    appraisal: Appraisal = Field(Appraisal(), description="how strictly appraisals are held to their instruments")
    instruments: Annotated[tuple[InstrumentPart, ...], Array] = Field(
        (), description="appraisal instruments of the review's own"
    )
    eligibility: Eligibility = Field(Eligibility(), description="which studies the review admits; empty = all")
    defaults: Defaults = Field(Defaults(), description="what holds for every outcome that does not say otherwise")
    outcomes: Annotated[tuple[Outcome, ...], Array, Field(min_length=1)] = Field(description="the pooled questions")
    summary_of_findings: SummaryPart | None = Field(
        None, description="the outcomes that a panel reads first, with absolute effects and drafted certainty"
    )
    audit: AuditPart = Field(AuditPart(), description="what looks for mistakes, and what was found to be none")
    replication: ReplicationPart | None = Field(
        None, description="published meta-analyses whose printed values are recomputed"
    )
    renderers: Annotated[tuple[RendererChoice, ...], Array] = Field(
        (RendererChoice.model_validate("png"), RendererChoice.model_validate("markdown")),
        description="what writes the report",
        examples=[["markdown", {"plugin": "png", "dpi": 300}]],
    )

    @property
    def replicated(self) -> tuple[str, ...]:
        """The reports whose printed values are recomputed."""
        return () if self.replication is None else self.replication.reports

    def outcome(self, outcome_id: str) -> Outcome:
        """The outcome of that id with every default filled in; KeyError if there is none."""
        for outcome in self.outcomes:
            if outcome.id == outcome_id:
                return resolved(outcome, self.defaults)
        raise KeyError(outcome_id)
