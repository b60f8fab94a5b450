"""livereview: living systematic reviews from an evidence store, a manifest and plugins.

Everything that a plugin or a notebook needs is a name of this package; the modules behind it load when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from livereview.absolute.baselines import (
        Baseline,
        ControlArms,
        FromControls,
        baseline_remarks,
        baseline_risks,
        control_arms,
    )
    from livereview.absolute.measures import RELATIVE, Relative
    from livereview.absolute.risks import RISK_FORMULAS, risks_with_treatment
    from livereview.absolute.wording import absolute_sentence
    from livereview.api import PoolResult, Review, bias_test, effects, load, pool
    from livereview.audited import (
        SEVERITIES,
        AuditChange,
        AuditCode,
        AuditedFinding,
        AuditFinding,
        AuditPlace,
        AuditResult,
        Severity,
    )
    from livereview.audits import AuditCheck, Audited, AuditedOutcome, AuditRequest, EvidenceRow, Repooled
    from livereview.bibliography import (
        Reference,
        doi_in,
        partial_date,
        pmid_in,
        records_table,
        registry_ids_in,
        year_in,
    )
    from livereview.certainty import CertaintyDomain, CertaintyEvidence
    from livereview.descriptions import described
    from livereview.display import ForestDisplay
    from livereview.foreign import archive_files, decoded_text, plain_text, xml_root
    from livereview.further import (
        Analysed,
        AnalysisRequest,
        ChosenTest,
        Column,
        FurtherAnalysis,
        PlannedTrial,
        Plot,
        Preset,
        Series,
        Table,
        Value,
    )
    from livereview.hookspecs import hookimpl
    from livereview.inference import Inference, confidence_limits, derived
    from livereview.instruments import Instrument, InstrumentItem
    from livereview.judgements import (
        Certainty,
        ComparedNumber,
        Fired,
        PublishedComparison,
        ReportChange,
        Retraction,
        Verdict,
    )
    from livereview.likeness import named_together, telling
    from livereview.living import (
        Box,
        Flow,
        FlowColumn,
        FlowRow,
        FlowVersion,
        Freshness,
        ProposalCard,
        ReferenceCard,
        ReportingItem,
        Search,
        SearchedSource,
    )
    from livereview.outlines import Outline, OutlinedOutcome
    from livereview.people import AgreementLine, AppraisalCard, Disagreement, DoubleWork, InstrumentCard
    from livereview.published_results import decimals
    from livereview.rated import (
        AbsoluteEffect,
        DomainJudgement,
        DraftedCertainty,
        EarlierCertainty,
        EventIs,
        Finding,
        JudgedDomain,
        SummaryOfFindings,
    )
    from livereview.renderers import IndexedReview, IndexRequest, RenderedFile, Renderer, RenderRequest
    from livereview.replicated import (
        REPLICABILITY,
        PooledInput,
        PrintedNumber,
        RecipeTally,
        Reconstruction,
        ReplicatedLine,
        Replication,
    )
    from livereview.replication_words import (
        how_words,
        input_words,
        printed_words,
        recomputed_words,
        reconstruction_words,
        replication_counts,
        tried_words,
    )
    from livereview.report import (
        BiasResult,
        Changes,
        Excluded,
        Failure,
        FitTest,
        FurtherResult,
        Interval,
        Ongoing,
        OutcomeChange,
        OutcomeResult,
        Pooled,
        Provenance,
        Report,
        ReportCard,
        ReviewCard,
        RowChange,
        SensitivityResult,
        SourceRow,
        Step,
        StudyCard,
        StudyResult,
        SubgroupResult,
    )
    from livereview.sources import (
        Answer,
        DataSource,
        Fetched,
        FetchRequest,
        Network,
        Problem,
        RawTable,
        Session,
        SourceExample,
    )
    from livereview.timeline import Timeline, TimelineStep
    from livereview.triggers import Conclusion, Trigger
    from livereview.types import (
        HOOK_API,
        Array,
        BiasTest,
        BiasTestResult,
        Cell,
        Descriptor,
        EffectMeasure,
        EffectModel,
        Fit,
        HypothesisTest,
        Mask,
        Options,
        PluginError,
        RowsNeeded,
        Studies,
        StudyEffects,
    )

__version__ = "0.1.0"

__all__ = [
    "HOOK_API",
    "RELATIVE",
    "REPLICABILITY",
    "RISK_FORMULAS",
    "SEVERITIES",
    "AbsoluteEffect",
    "AgreementLine",
    "Analysed",
    "AnalysisRequest",
    "Answer",
    "AppraisalCard",
    "Array",
    "AuditChange",
    "AuditCheck",
    "AuditCode",
    "AuditFinding",
    "AuditPlace",
    "AuditRequest",
    "AuditResult",
    "Audited",
    "AuditedFinding",
    "AuditedOutcome",
    "Baseline",
    "BiasResult",
    "BiasTest",
    "BiasTestResult",
    "Box",
    "Cell",
    "Certainty",
    "CertaintyDomain",
    "CertaintyEvidence",
    "Changes",
    "ChosenTest",
    "Column",
    "ComparedNumber",
    "Conclusion",
    "ControlArms",
    "DataSource",
    "Descriptor",
    "Disagreement",
    "DomainJudgement",
    "DoubleWork",
    "DraftedCertainty",
    "EarlierCertainty",
    "EffectMeasure",
    "EffectModel",
    "EventIs",
    "EvidenceRow",
    "Excluded",
    "Failure",
    "FetchRequest",
    "Fetched",
    "Finding",
    "Fired",
    "Fit",
    "FitTest",
    "Flow",
    "FlowColumn",
    "FlowRow",
    "FlowVersion",
    "ForestDisplay",
    "Freshness",
    "FromControls",
    "FurtherAnalysis",
    "FurtherResult",
    "HypothesisTest",
    "IndexRequest",
    "IndexedReview",
    "Inference",
    "Instrument",
    "InstrumentCard",
    "InstrumentItem",
    "Interval",
    "JudgedDomain",
    "Mask",
    "Network",
    "Ongoing",
    "Options",
    "OutcomeChange",
    "OutcomeResult",
    "Outline",
    "OutlinedOutcome",
    "PlannedTrial",
    "Plot",
    "PluginError",
    "PoolResult",
    "Pooled",
    "PooledInput",
    "Preset",
    "PrintedNumber",
    "Problem",
    "ProposalCard",
    "Provenance",
    "PublishedComparison",
    "RawTable",
    "RecipeTally",
    "Reconstruction",
    "Reference",
    "ReferenceCard",
    "Relative",
    "RenderRequest",
    "RenderedFile",
    "Renderer",
    "ReplicatedLine",
    "Replication",
    "Repooled",
    "Report",
    "ReportCard",
    "ReportChange",
    "ReportingItem",
    "Retraction",
    "Review",
    "ReviewCard",
    "RowChange",
    "RowsNeeded",
    "Search",
    "SearchedSource",
    "SensitivityResult",
    "Series",
    "Session",
    "Severity",
    "SourceExample",
    "SourceRow",
    "Step",
    "Studies",
    "StudyCard",
    "StudyEffects",
    "StudyResult",
    "SubgroupResult",
    "SummaryOfFindings",
    "Table",
    "Timeline",
    "TimelineStep",
    "Trigger",
    "Value",
    "Verdict",
    "__version__",
    "absolute_sentence",
    "archive_files",
    "baseline_remarks",
    "baseline_risks",
    "bias_test",
    "confidence_limits",
    "control_arms",
    "decimals",
    "decoded_text",
    "derived",
    "described",
    "doi_in",
    "effects",
    "hookimpl",
    "how_words",
    "input_words",
    "load",
    "named_together",
    "partial_date",
    "plain_text",
    "pmid_in",
    "pool",
    "printed_words",
    "recomputed_words",
    "reconstruction_words",
    "records_table",
    "registry_ids_in",
    "replication_counts",
    "risks_with_treatment",
    "telling",
    "tried_words",
    "xml_root",
    "year_in",
]

_MODULES = (
    "types", "sources", "further", "instruments", "people", "judgements", "rated", "replicated", "living",
    "timeline", "report", "audited", "audits", "renderers", "triggers", "certainty", "hookspecs", "inference",
    "foreign", "bibliography", "descriptions", "likeness", "published_results", "outlines", "replication_words",
    "absolute.measures", "absolute.baselines", "absolute.risks", "absolute.wording", "api",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    """A public name, from the module that defines it."""
    if name in __all__:
        import_module("livereview.hook_api").warn_of(name)
        for module in _MODULES:
            found = import_module(f"livereview.{module}")
            if name in vars(found):
                return vars(found)[name]
    raise AttributeError(f"module 'livereview' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
