"""What writes the files of a report: renderers, what they get, what they return."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from livereview.report import Report
from livereview.types import Descriptor


@dataclass(frozen=True, kw_only=True)
class RenderedFile:
    """One file of a report. The core writes it; a renderer never touches the disk."""

    path: str
    """Relative to the review's report folder, with forward slashes, e.g. ``figures/os-hr-forest.png``."""
    content: bytes
    kind: str = "document"
    """"document", "forest", "funnel", "leave-one-out", "cumulative", "data"..."""
    outcome: str | None = None
    """Id of the outcome it shows; None = the review as a whole."""
    title: str = ""
    alt: str = ""
    """What a reader who cannot see the figure needs to know."""


@dataclass(frozen=True, kw_only=True)
class RenderRequest:
    """What a renderer gets: the report, and the files that earlier stages made."""

    report: Report
    assets: tuple[RenderedFile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Renderer(Descriptor):
    """Writes files of a report: ``render(request, options)``. Renderers compute no statistics.

    Assets (figures, tables) are made before documents, so that a document can embed those that exist.
    """

    kind: ClassVar[str] = "renderer"
    render: Callable[[RenderRequest, Any], Iterable[RenderedFile]]
    stage: Literal["asset", "document"] = "document"
    embeds: tuple[str, ...] = ()
    """Renderers of assets whose files a document puts into itself. One that the manifest does not list is run for this
    document alone, with its default options, and its files are not written; those of the kind "data" are not handed
    over either, since they would be linked to."""
    replays: bool = False
    """Whether it wants ``Report.timelines``: every outcome as it stood on each day that brought other numbers."""
