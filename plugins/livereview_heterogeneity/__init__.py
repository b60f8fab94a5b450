"""How much true effects vary, with an interval: tau², tau, I² and H².

Registered as ``heterogeneity-interval``.
"""

from __future__ import annotations

from livereview import FurtherAnalysis, hookimpl
from livereview_heterogeneity.interval import HETEROGENEITY_INTERVAL

__all__ = ["HETEROGENEITY_INTERVAL", "livereview_further_analyses"]


@hookimpl
def livereview_further_analyses() -> list[FurtherAnalysis]:
    """The analyses of this package."""
    return [HETEROGENEITY_INTERVAL]
