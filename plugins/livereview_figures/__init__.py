"""Renderers ``png`` and ``svg``: every figure of a report, each with its numbers as CSV.

They compute no statistics: every number comes from the report, and only positions on the page are worked out here. An
outcome without an estimable study has no figures. Each room has its kinds of figures, listed here in their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pydantic import Field

from livereview import Options, OutcomeResult, PluginError, RenderedFile, Renderer, RenderRequest, Report, hookimpl
from livereview_figures.appraisals.figures import outcome_appraisals, review_appraisals
from livereview_figures.charts.figures import charts
from livereview_figures.drawing.figure import Figure
from livereview_figures.drawing.text import estimable
from livereview_figures.flow.figures import flows
from livereview_figures.forest.figures import all_series, forests, replays
from livereview_figures.funnel.figures import funnels
from livereview_figures.funnel.funnel import MINIMUM
from livereview_figures.timelines.figures import timelines


class Figures(Options):
    """How the figures look."""

    font_size: float = Field(9.0, ge=8.0, le=14.0, description="size of text in points; axes and notes are 1 smaller")
    funnel: bool = Field(True, description=f"whether to draw funnel plots, from {MINIMUM} studies on")
    flow: bool = Field(True, description="whether to draw the PRISMA 2020 flow diagram")
    risk_of_bias: bool = Field(
        True, description="whether to draw appraisals: a traffic light and a summary of each instrument"
    )


class Pictures(Figures):
    """How the figures look as PNG."""

    dpi: int = Field(200, ge=72, le=600, description="resolution in dots per inch")


def render_png(request: RenderRequest, options: Pictures) -> Iterable[RenderedFile]:
    """PNG and CSV files of every figure, under ``figures/``."""
    return [
        file
        for figure in figures(request.report, options)
        for file in (_picture(figure, ".png", figure.page.png(options.dpi)), *_numbers(figure))
    ]


def render_svg(request: RenderRequest, options: Figures) -> Iterable[RenderedFile]:
    """SVG files of every figure, under ``figures/``; their numbers too, unless another renderer wrote them."""
    there = {asset.path for asset in request.assets}
    drawn = list(figures(request.report, options))
    files = [_picture(figure, ".svg", figure.page.svg(figure.title, figure.alt)) for figure in drawn]
    return [*files, *(file for one in drawn for file in _numbers(one) if file.path not in there)]


def figures(report: Report, options: Figures) -> Iterator[Figure]:
    """Every figure of a report: of the review as a whole, then outcome by outcome."""
    _check_ids((*report.outcomes, *(found.outcome for found in report.timelines)))
    size = options.font_size
    if options.flow:
        yield from flows(report, size)
    if options.risk_of_bias:
        yield from review_appraisals(report, size)
    for outcome in report.outcomes:
        if any(estimable(study) for study in outcome.studies):
            yield from forests(report, outcome, size)
            if options.funnel:
                yield from funnels(report, outcome, size)
            yield from all_series(report, outcome, size)
            yield from charts(report, outcome, size)
            if options.risk_of_bias:
                yield from outcome_appraisals(report, outcome, size)
    yield from timelines(report, size)
    yield from replays(report, size)


def _check_ids(outcomes: Iterable[OutcomeResult]) -> None:
    bad = [outcome.id for outcome in outcomes if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", outcome.id)]
    if bad:
        raise PluginError(
            f"Outcome ids name the files of figures: {', '.join(map(repr, bad))} cannot. "
            "Use letters, digits, hyphens, dots and underscores."
        )


def _picture(figure: Figure, ending: str, content: bytes) -> RenderedFile:
    alt = f"{figure.title}. {figure.alt}"
    return RenderedFile(
        path=figure.path + ending,
        content=content,
        kind=figure.kind,
        outcome=figure.outcome,
        title=figure.title,
        alt=alt,
    )


def _numbers(figure: Figure) -> Iterator[RenderedFile]:
    """The CSV beside a figure; one for all its pages."""
    if figure.part <= 1:
        title = f"Numbers of {figure.title.removesuffix(', page 1 of ' + figure.title.rpartition(' ')[2])}"
        yield RenderedFile(
            path=f"{figure.whole}.csv", content=figure.data, kind="data", outcome=figure.outcome, title=title
        )


@hookimpl
def livereview_renderers() -> Iterable[Renderer]:
    """The renderers ``png`` and ``svg``."""
    what = "Flow diagram, risk of bias, forest, funnel, leave-one-out and cumulative plots with their numbers as CSV"
    return [
        Renderer(name="png", summary=f"{what}.", render=render_png, options=Pictures, stage="asset", replays=True),
        Renderer(
            name="svg",
            summary=f"{what}, drawn to any size.",
            render=render_svg,
            options=Figures,
            stage="asset",
            replays=True,
        ),
    ]
