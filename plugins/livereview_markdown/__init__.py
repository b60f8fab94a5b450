"""Renderer: one Markdown page (GitHub flavour) of a review, for those who decide by it and those who check it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import Field

from livereview import Options, RenderedFile, Renderer, RenderRequest, hookimpl


class MarkdownOptions(Options):
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
    """The page ``report.md``; it embeds the figures and links the data files among the request's assets."""
    from livereview_document.document import document
    from livereview_markdown.writer import markdown

    page = markdown(document(request, options.characteristics, options.fold_above))
    return [
        RenderedFile(
            path="report.md",
            content=page.encode("utf-8"),
            kind="document",
            title=request.report.review.title,
        )
    ]


@hookimpl
def livereview_renderers() -> Iterable[Renderer]:
    """The Markdown renderer."""
    return [
        Renderer(
            name="markdown",
            summary="One Markdown page, report.md, with every number, its source and every choice.",
            options=MarkdownOptions,
            render=render,
            stage="document",
        )
    ]
