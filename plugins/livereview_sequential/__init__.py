"""Looking again and again: trial sequential analysis, and e-values with confidence sequences.

Registered as ``trial-sequential`` and ``anytime-valid``. Both are sensitivity analyses and say so.
"""

from __future__ import annotations

from collections.abc import Iterable

from livereview import FurtherAnalysis, hookimpl
from livereview_sequential.anytime_valid import ANYTIME_VALID
from livereview_sequential.trial_sequential import TRIAL_SEQUENTIAL

__all__ = ["ANYTIME_VALID", "TRIAL_SEQUENTIAL", "livereview_further_analyses"]


@hookimpl
def livereview_further_analyses() -> Iterable[FurtherAnalysis]:
    """The analyses of this package."""
    return [TRIAL_SEQUENTIAL, ANYTIME_VALID]
