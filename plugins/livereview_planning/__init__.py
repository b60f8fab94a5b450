"""What next: what registered trials would do to an outcome, and how large a new trial must be.

Registered as ``next-trials``.
"""

from __future__ import annotations

from collections.abc import Iterable

from livereview import FurtherAnalysis, hookimpl
from livereview_planning.analysis import NEXT_TRIALS

__all__ = ["NEXT_TRIALS", "livereview_further_analyses"]


@hookimpl
def livereview_further_analyses() -> Iterable[FurtherAnalysis]:
    """The analysis of this package."""
    return [NEXT_TRIALS]
