"""Which funnel plots an outcome has."""

from __future__ import annotations

from collections.abc import Iterator

from livereview import OutcomeResult, Report
from livereview_figures.drawing.figure import Figure, of_outcome
from livereview_figures.funnel.funnel import MINIMUM, funnel, in_words, points_of
from livereview_figures.funnel.numbers import funnel_data


def funnels(report: Report, outcome: OutcomeResult, size: float, *, contours: bool = True) -> Iterator[Figure]:
    """One funnel, from ``MINIMUM`` studies on."""
    if len(points_of(outcome)) >= MINIMUM:
        page = funnel(outcome, size, contours=contours)
        yield of_outcome(outcome, "funnel", page, funnel_data(outcome), alt=in_words(outcome))
