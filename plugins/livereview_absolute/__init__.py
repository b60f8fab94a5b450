"""Absolute effects: what a pooled relative effect means for people with a stated baseline risk.

Registered as ``absolute-effects``.
"""

from __future__ import annotations

from collections.abc import Iterable

from livereview import FurtherAnalysis, hookimpl
from livereview_absolute.analysis import ABSOLUTE_EFFECTS

__all__ = ["ABSOLUTE_EFFECTS", "livereview_further_analyses"]


@hookimpl
def livereview_further_analyses() -> Iterable[FurtherAnalysis]:
    """The analysis of this package."""
    return [ABSOLUTE_EFFECTS]
