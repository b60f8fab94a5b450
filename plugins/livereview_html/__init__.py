"""Renderer: one HTML page of a review that stands alone, figures and sources in it: a file to open, keep or send."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import Field

from livereview import IndexRequest, Options, RenderedFile, Renderer, RenderRequest, hookimpl


class PageOptions(Options):
    """What a manifest may choose about the page."""

    characteristics: tuple[str, ...] = Field(
        default=(),
        description="Columns of the characteristics table, in order; empty means a sensible choice.",
    )
    fold_above: int = Field(
        default=12,
        ge=0,
        description="Tables and lists with more rows than this are folded; the tables of studies never are.",
    )


def render(request: RenderRequest, options: Any) -> Iterable[RenderedFile]:
    """The page ``report.html``, with the figures among the request's assets in it."""
    from livereview_html.review import review_page

    content = review_page(request, options.characteristics, options.fold_above)
    return [RenderedFile(path="report.html", content=content, kind="document", title=request.report.review.title)]


def render_index(request: IndexRequest) -> Iterable[RenderedFile]:
    """The page ``index.html`` of all reviews of a folder."""
    from livereview_html.index import index_page

    return index_page(request)


@hookimpl
def livereview_renderers() -> Iterable[Renderer]:
    """The HTML renderer."""
    return [
        Renderer(
            name="html",
            summary="One HTML page, report.html, that stands alone: figures to point at, sources, what changed.",
            options=PageOptions,
            render=render,
            stage="document",
            embeds=("svg",),
            replays=True,
            index=render_index,
        )
    ]
