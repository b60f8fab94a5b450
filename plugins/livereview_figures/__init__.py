"""Renderer ``png``: forest, funnel and series plots, those of further analyses, and timelines, each with its numbers.

It computes no statistics: every number comes from the report, and only positions on the page are worked out here. An
outcome without an estimable study has no figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import Field

from livereview import (
    Options,
    OutcomeResult,
    PluginError,
    RenderedFile,
    Renderer,
    RenderRequest,
    SubgroupResult,
    Timeline,
    hookimpl,
)
from livereview.printing import i2
from livereview_figures.arms import estimable
from livereview_figures.chart import chart, drawable
from livereview_figures.data import forest_data, funnel_data, plot_data, series_data, timeline_data
from livereview_figures.forest import forest
from livereview_figures.funnel import MINIMUM, funnel, points_of
from livereview_figures.page import Page, own_settings
from livereview_figures.series import SeriesKind, series, steps_of
from livereview_figures.text import clean, format_of, known, study_label
from livereview_figures.timeline import has_history, in_words, timeline

_SERIES: tuple[SeriesKind, ...] = ("leave-one-out", "cumulative")


class Figures(Options):
    """How the figures look."""

    dpi: int = Field(200, ge=72, le=600, description="resolution in dots per inch")
    font_size: float = Field(9.0, ge=8.0, le=14.0, description="size of text in points; axes and notes are 1 smaller")
    funnel: bool = Field(True, description=f"whether to draw funnel plots, from {MINIMUM} studies on")


def render(request: RenderRequest, options: Figures) -> Iterable[RenderedFile]:
    """PNG and CSV files of every outcome, under ``figures/``."""
    report = request.report
    _check_ids((*report.outcomes, *(found.outcome for found in report.timelines)))
    with own_settings():
        of_outcomes = [file for outcome in report.outcomes for file in _files(outcome, options)]
        return [*of_outcomes, *(file for found in report.timelines for file in _timeline_files(found, options))]


def _check_ids(outcomes: Iterable[OutcomeResult]) -> None:
    bad = [outcome.id for outcome in outcomes if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", outcome.id)]
    if bad:
        raise PluginError(
            f"Outcome ids name the files of figures: {', '.join(map(repr, bad))} cannot. "
            "Use letters, digits, hyphens, dots and underscores."
        )


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """One figure with its numbers, before it is a file."""

    kind: str
    page: Page
    data: bytes
    suffix: str = ""
    about: str = ""
    alt: str = ""
    """What it shows; empty = the result of the outcome."""


def _files(outcome: OutcomeResult, options: Figures) -> Iterator[RenderedFile]:
    """A picture and its CSV for every figure of an outcome."""
    for drawing in _drawings(outcome, options):
        yield from _pair(outcome, drawing, f"{drawing.kind} plot{drawing.about}", options)


def _timeline_files(found: Timeline, options: Figures) -> Iterator[RenderedFile]:
    """A picture and its CSV; nothing where there is nothing to see over time."""
    if has_history(found):
        page, alt = timeline(found, options.font_size), in_words(found)
        drawing = Drawing(kind="timeline", page=page, data=timeline_data(found), alt=alt)
        yield from _pair(found.outcome, drawing, "timeline", options)


def _pair(outcome: OutcomeResult, drawing: Drawing, called: str, options: Figures) -> Iterator[RenderedFile]:
    path, title = f"figures/{outcome.id}-{drawing.kind}{drawing.suffix}", f"{clean(outcome.title)}: {called}"
    picture, alt = drawing.page.png(options.dpi), f"{title}. {drawing.alt or summary(outcome)}"
    yield RenderedFile(path=f"{path}.png", content=picture, kind=drawing.kind, outcome=outcome.id, title=title, alt=alt)
    yield RenderedFile(
        path=f"{path}.csv", content=drawing.data, kind="data", outcome=outcome.id, title=f"Numbers of {title}"
    )


def _drawings(outcome: OutcomeResult, options: Figures) -> Iterator[Drawing]:
    """The figures of an outcome: none without an estimable study, a forest for each of several subgroup divisions."""
    if not any(estimable(study) for study in outcome.studies):
        return
    size, divisions = options.font_size, outcome.subgroups
    only = divisions[0] if len(divisions) == 1 else None
    yield Drawing(kind="forest", page=forest(outcome, only, size), data=forest_data(outcome, only), about=_by(only))
    for i, division in enumerate(divisions if only is None else (), start=1):
        page, data = forest(outcome, division, size), forest_data(outcome, division)
        yield Drawing(kind="forest", page=page, data=data, suffix=f"-{i}", about=_by(division))
    if options.funnel and len(points_of(outcome)) >= MINIMUM:
        yield Drawing(kind="funnel", page=funnel(outcome, size), data=funnel_data(outcome))
    for kind in _SERIES:
        if steps_of(outcome, kind):
            yield Drawing(kind=kind, page=series(outcome, kind, size), data=series_data(outcome, kind))
    yield from _charts(outcome, size)


def _charts(outcome: OutcomeResult, size: float) -> Iterator[Drawing]:
    """The plots of further analyses; of an analysis that is done twice, the second has a number."""
    for number, result in enumerate(outcome.further):
        before = sum(other.name == result.name for other in outcome.further[:number])
        kind = result.name + (f"-{before + 1}" if before else "")
        for plot in result.plots:
            if drawable(plot):
                page, data = chart(outcome, result, plot, size), plot_data(plot)
                yield Drawing(
                    kind=kind,
                    page=page,
                    data=data,
                    suffix=f"-{plot.name}",
                    about=f": {clean(plot.title)}",
                    alt=clean(plot.alt),
                )


def _by(division: SubgroupResult | None) -> str:
    return "" if division is None else f" by {clean(division.title)}"


def summary(outcome: OutcomeResult) -> str:
    """The result in a sentence: number of studies, measure, estimate with its interval, I²."""
    pooled = outcome.pooled
    measure = clean(outcome.measure_title)
    if pooled.k < 2 or not known(pooled.shown.estimate):
        alone = [study for study in outcome.studies if estimable(study)]
        if len(alone) > 1:
            return f"{measure}: {len(alone)} studies, no pooled estimate."
        effect = format_of(outcome).sentence(alone[0].shown, outcome.level)
        return f"{measure}: one study, {study_label(alone[0])}, {effect}; nothing pooled."
    spread = f"; I² {i2(pooled.i2)}" if known(pooled.i2) else ""
    return f"{measure}: {pooled.k} studies, pooled {format_of(outcome).sentence(pooled.shown, outcome.level)}{spread}."


@hookimpl
def livereview_renderers() -> Iterable[Renderer]:
    """The renderer ``png``."""
    return [
        Renderer(
            name="png", summary="Forest, funnel, leave-one-out and cumulative plots with their numbers as CSV.",
            render=render, options=Figures, stage="asset",
        )
    ]  # fmt: skip
