"""Renderers that hand a review over: RevMan's data package, and lists of studies as RIS and CSV.

Names and texts of a review are data: they become neither file names, nor markup, nor formulas, nor further fields.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import Field

from livereview import Options, RenderedFile, Renderer, RenderRequest, hookimpl


class PackageOptions(Options):
    """What a manifest may choose about the package for RevMan."""

    id: str = Field(
        default="",
        pattern=r"^([A-Za-z0-9][A-Za-z0-9_-]{0,79})?$",
        description="Number that Cochrane or RevMan gave the review, e.g. CD009532: it names the files of the package. "
        "Empty = the id of the review.",
    )


class ListOptions(Options):
    """What a manifest may choose about the lists of studies."""

    abstracts: bool = Field(default=True, description="Whether abstracts are written too, where they are known.")
    screened_out: bool = Field(
        default=False,
        description="Whether the excluded also hold records that were excluded on title and abstract or removed before "
        "screening. If not, they hold those excluded at full text, and what the manifest does not admit.",
    )


def packaged(request: RenderRequest, options: Any) -> Iterable[RenderedFile]:
    """``ID-data-package.zip``; nothing where the report holds no results (a replay)."""
    from livereview_handover.package import packed

    report = request.report
    if report.timelines and not report.outcomes:
        return []
    name = options.id or report.review.id
    return [
        RenderedFile(
            path=f"{name}-data-package.zip",
            content=packed(report, name),
            kind="data",
            title=f"Data package for RevMan: {report.review.title}",
        )
    ]


def in_lists(request: RenderRequest, options: Any) -> Iterable[RenderedFile]:
    """Two files for each of included, excluded, awaiting and ongoing, below ``study-lists/``."""
    from livereview_handover.lists import listed

    return listed(request.report, options.abstracts, options.screened_out)


@hookimpl
def livereview_renderers() -> Iterable[Renderer]:
    """The renderers of this package."""
    return [
        Renderer(
            name="revman-package",
            summary="The data package of RevMan (version 2) with studies, numbers, settings and results, zipped.",
            options=PackageOptions,
            render=packaged,
        ),
        Renderer(
            name="study-lists",
            summary="Included, excluded, awaiting and ongoing studies as RIS and CSV.",
            options=ListOptions,
            render=in_lists,
        ),
    ]
