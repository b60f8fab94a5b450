"""Which forest, leave-one-out and cumulative plots an outcome has."""

from __future__ import annotations

from collections.abc import Iterator

from livereview import OutcomeResult, Report, SubgroupResult
from livereview_figures.drawing.figure import Figure, of_outcome
from livereview_figures.drawing.text import clean
from livereview_figures.forest.forest import forest
from livereview_figures.forest.numbers import forest_data, series_data
from livereview_figures.forest.series import SeriesKind, series, steps_of

_SERIES: tuple[SeriesKind, ...] = ("leave-one-out", "cumulative")


def forests(report: Report, outcome: OutcomeResult, size: float) -> Iterator[Figure]:
    """A forest for each of several subgroup divisions, else one. Needs an estimable study."""
    divisions = outcome.subgroups
    only = divisions[0] if len(divisions) == 1 else None
    yield of_outcome(outcome, "forest", forest(outcome, only, size), forest_data(outcome, only), about=_by(only))
    for i, division in enumerate(divisions if only is None else (), start=1):
        page, data = forest(outcome, division, size), forest_data(outcome, division)
        yield of_outcome(outcome, "forest", page, data, about=_by(division), suffix=f"-{i}")


def all_series(report: Report, outcome: OutcomeResult, size: float) -> Iterator[Figure]:
    """Leave-one-out and cumulative plots, where at least two fits have an estimate."""
    for kind in _SERIES:
        if steps_of(outcome, kind):
            yield of_outcome(outcome, kind, series(outcome, kind, size), series_data(outcome, kind))


def _by(division: SubgroupResult | None) -> str:
    return "" if division is None else f" by {clean(division.title)}"
