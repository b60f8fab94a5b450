"""Plots of all studies with the pooled result: drapery, L'Abbé and radial plot, as further analyses.

Each is the outcome's own model in another picture: none estimates anything anew.
"""

from __future__ import annotations

from collections.abc import Iterable

from livereview import FurtherAnalysis, hookimpl
from livereview_study_plots.drapery import DRAPERY
from livereview_study_plots.labbe import LABBE
from livereview_study_plots.radial import RADIAL

__all__ = ["DRAPERY", "LABBE", "RADIAL", "livereview_further_analyses"]


@hookimpl
def livereview_further_analyses() -> Iterable[FurtherAnalysis]:
    """The further analyses of this package."""
    return [DRAPERY, LABBE, RADIAL]
