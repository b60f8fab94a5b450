"""What writes the files of a report: renderers, what they get, what they return."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from livereview.judgements import Verdict
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
class IndexedReview:
    """One review in the index of a folder, as its newest record has it."""

    review: str
    """Its id, which is the name of its folder below that of the index."""
    title: str
    trouble: str = ""
    """Why nothing else is known of it: its history is damaged; empty = all is well."""
    record: str = ""
    """Name of the record."""
    manifest: str = ""
    """File name."""
    store: str = ""
    """The evidence store as the manifest names it: the studies of two reviews with one store can be the same."""
    page: str = ""
    """What to open, relative to the index, e.g. ``os/report.html``; empty = the report has no document."""
    update: int = 0
    published_on: str = ""
    """Day on which the update was recorded."""
    status: Literal["active", "suspended", "retired"] = "active"
    """Whether it is kept up, as the manifest of the update says."""
    reason: str = ""
    """Why it is not."""
    due_on: str | None = None
    """Day of the next update; None = none is planned."""
    studies: tuple[tuple[str, str], ...] = ()
    """Ids and labels of the studies that are included in an outcome."""
    came: tuple[str, ...] = ()
    """Labels of those that the update before did not have."""
    gone: tuple[str, ...] = ()
    """Labels of those that only the update before had."""
    outcomes: int = 0
    verdicts: tuple[Verdict, ...] = ()
    """Of the update, by outcome."""
    failed: tuple[str, ...] = ()
    """Sections that failed, with the reason."""


@dataclass(frozen=True, kw_only=True)
class IndexRequest:
    """What the maker of an index gets: the reviews of a folder, by id."""

    reviews: tuple[IndexedReview, ...]


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
    index: Callable[[IndexRequest], Iterable[RenderedFile]] | None = None
    """Makes the index of all reviews of a folder, in the folder above their reports: files with plain names, without
    options, so that it comes out the same whichever review was updated."""
