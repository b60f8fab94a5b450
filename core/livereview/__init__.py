"""livereview: living systematic reviews from an evidence store, a manifest and plugins.

Everything a plugin or a notebook needs is a name of this package; modules load when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "livereview.types": (
        "Array", "BiasTest", "BiasTestResult", "Cell", "DataSource", "Descriptor", "EffectMeasure", "EffectModel",
        "Fetched", "FetchRequest", "Fit", "HOOK_API", "Mask", "Options", "PluginError", "Problem", "RawTable",
        "RowsNeeded", "Studies", "StudyEffects",
    ),
    "livereview.report": (
        "BiasResult", "Changes", "Excluded", "Failure", "Interval", "Ongoing", "OutcomeChange", "OutcomeResult",
        "Pooled", "Provenance", "RenderedFile", "Renderer", "RenderRequest", "Report", "ReportCard", "ReviewCard",
        "RowChange", "SensitivityResult", "SourceRow", "Step", "StudyCard", "StudyResult", "SubgroupResult",
    ),
    "livereview.hookspecs": ("hookimpl",),
    "livereview.api": ("load", "effects", "pool", "bias_test", "Review"),
}  # fmt: skip
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}
__all__ = sorted([*_MODULE_OF, "__version__"])

if TYPE_CHECKING:
    from livereview.api import Review, bias_test, effects, load, pool
    from livereview.hookspecs import hookimpl
    from livereview.report import *  # noqa: F403
    from livereview.types import *  # noqa: F403


def __getattr__(name: str) -> Any:
    """Load a public name on first use, so that ``import livereview`` costs nothing."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'livereview' has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name]), name)


def __dir__() -> list[str]:
    return __all__
