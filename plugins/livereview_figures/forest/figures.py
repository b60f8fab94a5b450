"""Which forest, leave-one-out, cumulative and replay plots there are, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from livereview import OutcomeResult, Report, SubgroupResult
from livereview_figures.drawing.figure import Figure, of_outcome
from livereview_figures.drawing.page import Page
from livereview_figures.drawing.text import clean
from livereview_figures.forest.forest import forest_pages
from livereview_figures.forest.numbers import forest_data, replay_data, series_data
from livereview_figures.forest.replayed import replayed
from livereview_figures.forest.series import SeriesKind, series_pages, steps_of
from livereview_figures.timelines.timeline import has_history, in_words

_SERIES: tuple[SeriesKind, ...] = ("leave-one-out", "cumulative")
REPLAY = "timeline-forest"


def forests(report: Report, outcome: OutcomeResult, size: float) -> Iterator[Figure]:
    """One forest, and where there are several subgroup divisions one more for each that parts the studies. Needs an
    estimable study."""
    divisions = outcome.subgroups
    only = divisions[0] if len(divisions) == 1 else None
    yield from _forest(report, outcome, only, size, "")
    for i, division in enumerate(divisions if only is None else (), start=1):
        if _parts(division):
            yield from _forest(report, outcome, division, size, f"-{i}")


def _parts(division: SubgroupResult) -> bool:
    """Whether two groups have studies: with one, its plot would be the first over again."""
    return sum(bool(ids) for _, _, ids in division.groups) > 1


def _forest(
    report: Report, outcome: OutcomeResult, division: SubgroupResult | None, size: float, suffix: str
) -> Iterator[Figure]:
    about = "" if division is None else f" by {clean(division.title)}"
    pages = forest_pages(outcome, division, size, report)
    return _paged(outcome, "forest", pages, forest_data(outcome, division, report), about=about, suffix=suffix)


def all_series(report: Report, outcome: OutcomeResult, size: float) -> Iterator[Figure]:
    """Leave-one-out and cumulative plots, where at least two fits have an estimate."""
    for kind in _SERIES:
        if steps_of(outcome, kind):
            yield from _paged(outcome, kind, series_pages(outcome, kind, size, report), series_data(outcome, kind))


def replays(report: Report, size: float) -> Iterator[Figure]:
    """A forest of the steps of each timeline in which there is anything to see over time."""
    for found in report.timelines:
        if has_history(found):
            pages = replayed(found, size, report)
            yield from _paged(found.outcome, REPLAY, pages, replay_data(found), alt=in_words(found))


def _paged(
    outcome: OutcomeResult, kind: str, pages: Sequence[Page], data: bytes, *, about: str = "", alt: str = "",
    suffix: str = "",
) -> Iterator[Figure]:  # fmt: skip
    """A figure for each page; the numbers of all stand beside the first."""
    for number, page in enumerate(pages, start=1):
        where = f", page {number} of {len(pages)}" if len(pages) > 1 else ""
        part = number if len(pages) > 1 else 0
        yield of_outcome(outcome, kind, page, data, about=f"{about}{where}", alt=alt, suffix=suffix, part=part)
