"""The plots of an outcome's further analyses as figures."""

from __future__ import annotations

from collections.abc import Iterator

from livereview import OutcomeResult, Report
from livereview_figures.charts.chart import chart, drawable
from livereview_figures.charts.numbers import plot_data
from livereview_figures.drawing.figure import Figure, of_outcome
from livereview_figures.drawing.text import clean


def charts(report: Report, outcome: OutcomeResult, size: float) -> Iterator[Figure]:
    """Every plot with anything to draw; of an analysis that is done twice, the second has a number."""
    for number, result in enumerate(outcome.further):
        before = sum(other.name == result.name for other in outcome.further[:number])
        kind = result.name + (f"-{before + 1}" if before else "")
        for plot in result.plots:
            if drawable(plot):
                yield of_outcome(
                    outcome,
                    kind,
                    chart(outcome, result, plot, size),
                    plot_data(plot),
                    about=f": {clean(plot.title)}",
                    alt=clean(plot.alt),
                    suffix=f"-{plot.name}",
                )
