"""livereview: living systematic reviews from an evidence store, a manifest and plugins.

Everything that a plugin or a notebook needs is a name of this package; the modules behind it load when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from livereview.api import PoolResult, Review, bias_test, effects, load, pool
    from livereview.further import (
        Analysed,
        AnalysisRequest,
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
    from livereview.inference import confidence_limits
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
        RenderedFile,
        Renderer,
        RenderRequest,
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
    from livereview.types import (
        HOOK_API,
        Array,
        BiasTest,
        BiasTestResult,
        Cell,
        DataSource,
        Descriptor,
        EffectMeasure,
        EffectModel,
        Fetched,
        FetchRequest,
        Fit,
        HypothesisTest,
        Mask,
        Options,
        PluginError,
        Problem,
        RawTable,
        RowsNeeded,
        Studies,
        StudyEffects,
    )

__version__ = "0.1.0"

__all__ = [
    "HOOK_API",
    "Analysed",
    "AnalysisRequest",
    "Array",
    "BiasResult",
    "BiasTest",
    "BiasTestResult",
    "Cell",
    "Changes",
    "Column",
    "DataSource",
    "Descriptor",
    "EffectMeasure",
    "EffectModel",
    "Excluded",
    "Failure",
    "FetchRequest",
    "Fetched",
    "Fit",
    "FitTest",
    "FurtherAnalysis",
    "FurtherResult",
    "HypothesisTest",
    "Interval",
    "Mask",
    "Ongoing",
    "Options",
    "OutcomeChange",
    "OutcomeResult",
    "PlannedTrial",
    "Plot",
    "PluginError",
    "PoolResult",
    "Pooled",
    "Preset",
    "Problem",
    "Provenance",
    "RawTable",
    "RenderRequest",
    "RenderedFile",
    "Renderer",
    "Report",
    "ReportCard",
    "Review",
    "ReviewCard",
    "RowChange",
    "RowsNeeded",
    "SensitivityResult",
    "Series",
    "SourceRow",
    "Step",
    "Studies",
    "StudyCard",
    "StudyEffects",
    "StudyResult",
    "SubgroupResult",
    "Table",
    "Value",
    "__version__",
    "bias_test",
    "confidence_limits",
    "effects",
    "hookimpl",
    "load",
    "pool",
]

_MODULES = ("types", "further", "report", "hookspecs", "inference", "api")


def __getattr__(name: str) -> Any:
    """A public name, from the module that defines it."""
    if name in __all__:
        for module in _MODULES:
            found = import_module(f"livereview.{module}")
            if name in vars(found):
                return vars(found)[name]
    raise AttributeError(f"module 'livereview' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
