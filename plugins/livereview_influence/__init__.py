"""What one study does to the result: influence diagnostics, Baujat plot, all subsets of the studies (GOSH).

Registered as ``influence``, ``baujat`` and ``gosh``. All use the outcome's own model, fitted anew to the studies that
are left. The audit check ``cell-influence`` says what one cell of the evidence does to it.
"""

from __future__ import annotations

from collections.abc import Iterable

from livereview import AuditCheck, FurtherAnalysis, hookimpl
from livereview_influence.baujat import BAUJAT
from livereview_influence.cell_influence import CELL_INFLUENCE
from livereview_influence.gosh import GOSH
from livereview_influence.influence import INFLUENCE

__all__ = [
    "BAUJAT",
    "CELL_INFLUENCE",
    "GOSH",
    "INFLUENCE",
    "livereview_audit_checks",
    "livereview_further_analyses",
]


@hookimpl
def livereview_further_analyses() -> Iterable[FurtherAnalysis]:
    """The analyses of this package."""
    return [INFLUENCE, BAUJAT, GOSH]


@hookimpl
def livereview_audit_checks() -> Iterable[AuditCheck]:
    """The audit check of this package."""
    return [CELL_INFLUENCE]
