"""Renderer ``docx``: the report as a Word document, with its figures and tables, for journals and for co-authors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from livereview import Options, RenderedFile, Renderer, RenderRequest, hookimpl


class WordOptions(Options):
    """What a manifest may choose about the document."""

    figures: Literal["main", "all", "none"] = Field(
        default="main",
        description="Figures it holds: `main` the flow diagram, risk of bias, forest and funnel plots; `all`; `none`.",
    )
    details: bool = Field(
        default=False,
        description="Whether it holds what other formats fold away: every result row, every fit of a series, ...",
    )
    characteristics: tuple[str, ...] = Field(
        default=(),
        description="Columns of the characteristics table, in order; empty means a sensible choice.",
    )
    paper: Literal["A4", "letter"] = Field(default="A4", description="Size of the paper.")


def render(request: RenderRequest, options: WordOptions) -> Iterable[RenderedFile]:
    """The document ``report.docx``; it holds the PNG figures among the request's assets."""
    from livereview_document.document import document
    from livereview_word.document import written

    told = document(request, characteristics=options.characteristics)
    content = written(told, request, options.figures, options.details, options.paper)
    return [RenderedFile(path="report.docx", content=content, kind="document", title=request.report.review.title)]


@hookimpl
def livereview_renderers() -> Iterable[Renderer]:
    """The renderer of Word documents."""
    return [
        Renderer(
            name="docx",
            summary="The report as a Word document, report.docx, with figures and tables.",
            options=WordOptions,
            render=render,
            stage="document",
            embeds=("png",),
        )
    ]
