"""The plots of an outcome's further analyses as figures."""

from __future__ import annotations

from collections.abc import Iterator

from livereview import FurtherResult, OutcomeResult, Plot, Report
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
                    called=_called(result, plot),
                    alt=clean(plot.alt),
                    suffix=f"-{plot.name}",
                )


def _called(result: FurtherResult, plot: Plot) -> str:
    """The analysis and its plot, where the plot has another name."""
    analysis, own = clean(result.title), clean(plot.title)
    return analysis if own in analysis else own if analysis in own else f"{analysis}: {own}"
