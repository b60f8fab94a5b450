"""The timelines of a replay as figures."""

from __future__ import annotations

from collections.abc import Iterator

from livereview import Report
from livereview_figures.drawing.figure import Figure, of_outcome
from livereview_figures.timelines.numbers import timeline_data
from livereview_figures.timelines.timeline import has_history, in_words, timeline


def timelines(report: Report, size: float) -> Iterator[Figure]:
    """One figure for each timeline in which there is anything to see over time."""
    for found in report.timelines:
        if has_history(found):
            yield of_outcome(
                found.outcome, "timeline", timeline(found, size), timeline_data(found), alt=in_words(found)
            )
