"""What one study does to the result: influence diagnostics, Baujat plot, all subsets of the studies (GOSH).

Registered as ``influence``, ``baujat`` and ``gosh``. All use the outcome's own model, fitted anew to the studies that
are left.
"""

from __future__ import annotations

from collections.abc import Iterable

from livereview import FurtherAnalysis, hookimpl
from livereview_influence.baujat import BAUJAT
from livereview_influence.gosh import GOSH
from livereview_influence.influence import INFLUENCE

__all__ = ["BAUJAT", "GOSH", "INFLUENCE", "livereview_further_analyses"]


@hookimpl
def livereview_further_analyses() -> Iterable[FurtherAnalysis]:
    """The analyses of this package."""
    return [INFLUENCE, BAUJAT, GOSH]
