"""What a renderer receives and returns: one review with every number already computed.

Numbers keep full precision; renderers round for display and compute nothing. Fields that end in ``_shown`` are on
the display scale (ratio, proportion 0-1, ...); the others are on the analysis scale. None or NaN = there is no number,
and a note or a failure says why. Text may come from outside: a renderer escapes it for its own format.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from livereview.audited import AuditChange, AuditResult
from livereview.display import ForestDisplay
from livereview.further import Plot, Series, Table
from livereview.judgements import Certainty, PublishedComparison, ReportChange, Retraction, Verdict
from livereview.living import Flow, Freshness, ProposalCard, ReferenceCard, ReportingItem
from livereview.people import DoubleWork, InstrumentCard
from livereview.rated import SummaryOfFindings
from livereview.timeline import Timeline


@dataclass(frozen=True, kw_only=True)
class Interval:
    """An estimate with its limits."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class FitTest:
    """A further test that the method of a fit brings, e.g. Breslow-Day."""

    name: str
    statistic: float
    statistic_name: str
    df: float | None
    p_value: float


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """One fit, with all that the core derives from it. ``k`` = 0: no number; 1: the study's own effect."""

    k: int
    estimate: float
    standard_error: float
    ci_low: float
    ci_high: float
    df: float | None
    """Degrees of freedom of the estimate's t distribution; None = normal."""
    statistic: float
    p_value: float | None
    """P of no effect; None where the measure has no null (proportions)."""
    tau2: float | None
    q: float | None
    """Cochran's Q about the inverse-variance common-effect mean, or about the estimate of a model that says so."""
    q_df: int | None
    q_p: float | None
    i2: float | None
    """Percent, 0-100, by ``OutcomeResult.i2_basis``."""
    h2: float | None
    prediction_low: float | None
    prediction_high: float | None
    prediction_df: str
    """Name of the convention: "k-1", "k-2", "normal", "model", "own" (the model gives the interval itself), or "" where
    there is no prediction interval."""
    shown: Interval
    """Estimate and confidence interval on the display scale."""
    prediction_shown: tuple[float, float] | None
    participants: int | None
    """People in the studies of this fit, where known."""
    converged: bool
    notes: tuple[str, ...] = ()
    tests: tuple[FitTest, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)
    """Further numbers of the method by name, e.g. the studies that trim-and-fill adds."""


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """One result row that a number came from: the way back to the paper."""

    row_id: str
    report_id: str
    citation: str
    """Journal, year, identifier, as known."""
    doi: str | None
    locator: str
    """Table, figure, page."""
    status: str
    """verified, derived, from-review, reconstructed, unverified."""
    outcome: str
    timepoint_months: float | None
    population: str
    arm: str
    comparator: str | None
    note: str | None
    origin: str
    """Sheet and row it was typed into."""
    extractor: str = ""
    """Who read it, where people are named; all readings of one result are listed."""
    adjudicates: bool = False
    """Whether it settles what others read differently."""


@dataclass(frozen=True, kw_only=True)
class StudyResult:
    """One study in one outcome."""

    study_id: str
    label: str
    year: int | None
    published_on: str | None
    """When the report used became public, as precise as known: 2023, 2023-11 or 2023-11-04."""
    effect: float
    variance: float
    shown: Interval
    weight: float
    """Percent of the main fit, 0-100."""
    data: Mapping[str, float]
    """Raw columns: ``events_1, n_1, events_2, n_2`` or ``events, n`` or ``estimate, ci_low...``."""
    rows: tuple[SourceRow, ...]
    notes: tuple[str, ...] = ()
    """What was done to its numbers (zero cells, SE from P)."""
    change: Literal["", "new", "changed"] = ""
    """Against the previous update."""


@dataclass(frozen=True, kw_only=True)
class Excluded:
    """A study, or a row of one, that was set aside, with the reason."""

    study_id: str
    label: str
    reason: str
    outcome: str | None = None
    detail: str = ""
    """The row set aside, in words."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One fit of leave-one-out or cumulative analysis."""

    label: str
    study_id: str
    pooled: Pooled


@dataclass(frozen=True, kw_only=True)
class SubgroupResult:
    """One division into subgroups, each pooled by the model of the outcome, with the test between them."""

    title: str
    groups: tuple[tuple[str, Pooled, tuple[str, ...]], ...]
    """Name, pooled result, ids of its studies."""
    q_between: float | None
    df_between: int | None
    p_between: float | None
    notes: tuple[str, ...] = ()
    """E.g. studies without the characteristic."""


@dataclass(frozen=True, kw_only=True)
class SensitivityResult:
    """The outcome again under one other choice."""

    title: str
    choice: str
    """The choice in words, e.g. "statuses: verified, derived"."""
    pooled: Pooled
    studies: tuple[str, ...]
    notes: tuple[str, ...] = ()
    kind: Literal["", "with-retracted"] = ""
    """"with-retracted": retracted reports are counted as if they were not; added where there are any."""
    adjusted: bool = False
    """Whether its model adjusts for missing studies, where that of the outcome does not."""


@dataclass(frozen=True, kw_only=True)
class BiasResult:
    """A small-study-effect test, or the reason why it was refused."""

    name: str
    summary: str
    refused: str = ""
    """Why it was not run; empty = it ran."""
    statistic: float | None = None
    statistic_name: str = ""
    df: float | None = None
    p_value: float | None = None
    estimate: float | None = None
    standard_error: float | None = None
    method: str = ""
    notes: tuple[str, ...] = ()
    line: tuple[float, float] | None = None
    """The line of the test through the funnel: the effect at a standard error of 0, and its change with the standard
    error; None where the test has none, one of another predictor, or was run on another effect measure."""


@dataclass(frozen=True, kw_only=True)
class FurtherResult:
    """A further analysis of an outcome, or the reason why it was refused."""

    name: str
    title: str
    options: str
    """Every option, given or default, in words."""
    refused: str = ""
    """Why it was not done; empty = it was."""
    tables: tuple[Table, ...] = ()
    """Cells of the kinds "effect" and "contrast" on the analysis scale."""
    shown: tuple[Table, ...] = ()
    """The same tables with these cells on the display scale."""
    plots: tuple[Plot, ...] = ()
    notes: tuple[str, ...] = ()
    funnel: tuple[Series, ...] = ()
    """What it adds to the outcome's funnel plot: ``x`` effects on the analysis scale, ``y`` standard errors."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A section that failed because a plugin did; everything else went on."""

    section: str
    plugin: str
    provider: str
    """Distribution and version."""
    message: str


@dataclass(frozen=True, kw_only=True)
class OutcomeResult:
    """One outcome: its choices, its studies, every analysis of it."""

    id: str
    title: str
    measure: str
    measure_title: str
    scale: str
    display: str
    """How to print effects: "ratio", "proportion", "difference", "rate", "mean", "correlation"."""
    null_shown: float | None
    """No effect on the display scale (1 for ratios)."""
    model: str
    choices: Mapping[str, str]
    """Every resolved choice in words, by name (model, tau2, interval, prediction, level, zero cells...)."""
    level: float
    i2_basis: str
    """"Q" or "tau2"."""
    favours: tuple[str, str]
    """Words under the axis: left, right; empty for one-arm measures."""
    experimental: str
    control: str
    studies: tuple[StudyResult, ...]
    pooled: Pooled
    leave_one_out: tuple[Step, ...] = ()
    cumulative: tuple[Step, ...] = ()
    subgroups: tuple[SubgroupResult, ...] = ()
    sensitivity: tuple[SensitivityResult, ...] = ()
    bias: tuple[BiasResult, ...] = ()
    further: tuple[FurtherResult, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    """Studies and rows set aside at this outcome."""
    statuses: Mapping[str, int] = field(default_factory=dict)
    """Number of studies that rest on rows of each status."""
    cautions: tuple[str, ...] = ()
    """What must be read with the number: the manifest's caution, weak statuses pooled, unconverged fits."""
    failures: tuple[Failure, ...] = ()
    unit: str = ""
    """Unit of a difference or a mean, e.g. "days"."""
    group: str = ""
    """Heading under which the manifest puts the outcome."""
    references: tuple[str, ...] = ()
    """Literature of the measures, models and bias tests that gave a number, each once."""
    certainty: Certainty | None = None
    """As people signed it; None = nobody rated it."""
    retracted: tuple[Retraction, ...] = ()
    """Retracted reports that have a number for the outcome. The main analysis leaves them out; the sensitivity
    analysis of the kind "with-retracted" has them."""
    forest: ForestDisplay = field(default_factory=ForestDisplay)
    """How its forest plot is to look; records of updates do not keep it."""


def failures_of(outcomes: Iterable[OutcomeResult]) -> tuple[Failure, ...]:
    """Sections that failed within outcomes, which their sections name."""
    return tuple(
        replace(failure, section=f"outcome {outcome.id}, {failure.section}")
        for outcome in outcomes
        for failure in outcome.failures
    )


@dataclass(frozen=True, kw_only=True)
class OutcomeChange:
    """One outcome before and after."""

    id: str
    title: str
    display: str
    before: Interval | None
    after: Interval | None
    k_before: int | None
    k_after: int | None
    studies_added: tuple[str, ...] = ()
    studies_removed: tuple[str, ...] = ()
    definition_changed: bool = False
    certainty_before: str = ""
    """Level that a person signed; empty = nobody did."""
    certainty_after: str = ""


@dataclass(frozen=True, kw_only=True)
class RowChange:
    """One evidence row that was added, corrected or withdrawn since the previous update."""

    change: Literal["added", "corrected", "withdrawn"]
    table: str
    study_id: str | None
    study_label: str
    what: str
    """The row in words."""
    before: str = ""
    after: str = ""
    reason: str = ""
    """Why a row was withdrawn."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What changed against the previous update of this review."""

    first: bool
    """Whether this is the first update of the review."""
    previous: str | None
    """Name of the previous update, e.g. "update 3 of 2026-11-20"; None for the first, and for a rebuilt report."""
    studies_added: tuple[tuple[str, str], ...] = ()
    """Id and label."""
    studies_removed: tuple[tuple[str, str], ...] = ()
    rows: tuple[RowChange, ...] = ()
    outcomes: tuple[OutcomeChange, ...] = ()
    other: tuple[str, ...] = ()
    """Manifest or version changes, in words."""
    verdicts: tuple[Verdict, ...] = ()
    """One for each outcome, in their order; also where this is the first update."""
    reports: tuple[ReportChange, ...] = ()
    """Reports whose status changed."""
    audit: tuple[AuditChange, ...] = ()
    """Findings of the audit that came or went; none where the previous update was not audited."""


@dataclass(frozen=True, kw_only=True)
class StudyCard:
    """A study that the review includes, as the characteristics table shows it."""

    study_id: str
    label: str
    characteristics: Mapping[str, str | int | float | None]
    """Columns of the studies table, then own characteristics."""
    appraisals: Mapping[str, tuple[tuple[str, str], ...]]
    """By instrument: item and score, in the order of the sheet."""
    reports: tuple[ReportCard, ...]
    outcomes: tuple[str, ...]
    """Ids of the outcomes it enters."""


@dataclass(frozen=True, kw_only=True)
class ReportCard:
    """A publication, registry posting or abstract."""

    report_id: str
    citation: str
    kind: str
    published_on: str | None
    status: str
    doi: str | None
    url: str | None
    used: bool
    """Whether a pooled number comes from it."""


@dataclass(frozen=True, kw_only=True)
class Ongoing:
    """A registered trial without results."""

    registry_id: str
    phase: str
    regimen: str
    target_enrollment: int | None
    primary_endpoint: str
    source: str
    comparator: str = ""
    design: str = ""
    setting: str = ""
    expected_on: str = ""
    """When results are expected, as precise as known."""
    recruitment: str = ""
    remark: str = ""
    """Why the review does not admit it, or the study it became."""


@dataclass(frozen=True, kw_only=True)
class ReviewCard:
    """The review as the manifest describes it."""

    id: str
    title: str
    question: Mapping[str, str]
    """population, intervention, comparator, outcomes, ..."""
    registration: str
    people: tuple[tuple[str, str], ...]
    """Name and role."""
    notes: tuple[str, ...]
    eligibility: tuple[str, ...]
    """Each criterion in words."""


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """From what the report was made. Of times it has those of the evidence, and the day on which this update was
    recorded: made again, an update keeps its own, so the same evidence gives the same bytes."""

    snapshot: str
    """Hash of the batches."""
    batches: int
    evidence_hash: str
    """Hash of the rows that this review can see."""
    evidence_through: str
    """Newest recording time among those rows."""
    manifest: str
    """File name."""
    manifest_hash: str
    versions: Mapping[str, str]
    """livereview, Python and each library and plugin distribution used."""
    sources: tuple[str, ...]
    """Each source in words."""
    update: int
    """Number of this update in the review's history; 0 = none: the report of a past state that was rebuilt."""
    published_on: str = ""
    """Day on which this update was recorded, e.g. 2026-11-25."""
    as_of: str = ""
    """Of a rebuilt report: until when evidence was recorded, as it was asked for; empty = all."""
    published_by: str = ""
    """Of a rebuilt report: until when evidence had been published, as it was asked for; empty = all."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """A review with all its results."""

    review: ReviewCard
    provenance: Provenance
    changes: Changes
    outcomes: tuple[OutcomeResult, ...]
    studies: tuple[StudyCard, ...]
    """Included in at least one outcome."""
    other_reports: tuple[ReportCard, ...] = ()
    """Reviews and other reports that belong to no study but gave a number."""
    excluded: tuple[Excluded, ...] = ()
    """Studies that the eligibility did not admit, with reasons."""
    unused: tuple[Excluded, ...] = ()
    """Eligible studies that gave no number to any outcome."""
    ongoing: tuple[Ongoing, ...] = ()
    failures: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()
    freshness: Freshness | None = None
    flow: Flow | None = None
    published: tuple[PublishedComparison, ...] = ()
    """Results that imported meta-analyses printed, beside ours."""
    proposals: tuple[ProposalCard, ...] = ()
    """What sources propose and nobody has decided on; nothing of it is pooled."""
    reporting: tuple[ReportingItem, ...] = ()
    """Items of PRISMA-LSR."""
    timelines: tuple[Timeline, ...] = ()
    """Of each outcome that ever had a result, where a renderer asks for them (``Renderer.replays``); in a replay there
    are timelines and no outcomes."""

    @property
    def every_failure(self) -> tuple[Failure, ...]:
        """Sections that failed, then those within outcomes, which their sections name."""
        return (*self.failures, *failures_of(self.outcomes))

    double: DoubleWork | None = None
    """What several people recorded of the same things; None where nobody signed anything."""
    instruments: tuple[InstrumentCard, ...] = ()
    """How the admitted studies were appraised, by instrument."""
    references: tuple[ReferenceCard, ...] = ()
    """Records of the searches, duplicates left out, then reports of admitted studies that no record describes."""
    summary_of_findings: SummaryOfFindings | None = None
    """None where the manifest asks for none."""
    audit: AuditResult | None = None
    """None where nothing was audited."""
