"""The same analysis by other programs: R metafor, where R is there, and statsmodels, where it is installed.

Registered as ``engine-concordance``. Neither program is needed to load or to use anything else.
"""

from __future__ import annotations

from livereview import FurtherAnalysis, hookimpl
from livereview_concordance.analysis import ENGINE_CONCORDANCE

__all__ = ["ENGINE_CONCORDANCE", "livereview_further_analyses"]


@hookimpl
def livereview_further_analyses() -> list[FurtherAnalysis]:
    """The analyses of this package."""
    return [ENGINE_CONCORDANCE]
