"""Triggers: the rules that say when an update of a review is consequential.

An interval crosses no effect or an important difference, an estimate moves, evidence grows, heterogeneity or certainty
changes class, a report is retracted.
"""

from __future__ import annotations

from collections.abc import Iterable

from livereview import Trigger, hookimpl
from livereview_triggers.crossings import CROSSES_IMPORTANT_DIFFERENCE, CROSSES_NULL, PREDICTION_INTERVAL_CROSSES
from livereview_triggers.growth import PARTICIPANTS_GROW, STUDIES_GROW
from livereview_triggers.judged import CERTAINTY_CHANGES, RETRACTION
from livereview_triggers.size import ESTIMATE_MOVES, HETEROGENEITY_CHANGES, RESULT_COMES_OR_GOES

__all__ = [
    "CERTAINTY_CHANGES",
    "CROSSES_IMPORTANT_DIFFERENCE",
    "CROSSES_NULL",
    "ESTIMATE_MOVES",
    "HETEROGENEITY_CHANGES",
    "PARTICIPANTS_GROW",
    "PREDICTION_INTERVAL_CROSSES",
    "RESULT_COMES_OR_GOES",
    "RETRACTION",
    "STUDIES_GROW",
    "livereview_triggers",
]


@hookimpl
def livereview_triggers() -> Iterable[Trigger]:
    """The triggers of this package."""
    return [
        CERTAINTY_CHANGES,
        CROSSES_IMPORTANT_DIFFERENCE,
        CROSSES_NULL,
        ESTIMATE_MOVES,
        HETEROGENEITY_CHANGES,
        PARTICIPANTS_GROW,
        PREDICTION_INTERVAL_CROSSES,
        RESULT_COMES_OR_GOES,
        RETRACTION,
        STUDIES_GROW,
    ]
