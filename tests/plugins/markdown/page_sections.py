"""A report's page, or the section of one outcome of it, as a Markdown parser sees it."""

from __future__ import annotations

from typing import Any

from markdown_reading import Reading, reading

import builders
from livereview import OutcomeResult, RenderedFile, Report
from livereview_markdown import MarkdownOptions, render
from living_review import request


def section(outcome: OutcomeResult, assets: tuple[RenderedFile, ...] = (), **options: Any) -> Reading:
    """The part of the page between the outcome's heading and the included studies."""
    page = next(iter(render(request(builders.report([outcome]), assets), MarkdownOptions(**options)))).content.decode()
    return reading(page[page.index('### <a id="outcome-') : page.index('## <a id="studies"')])


def sentence(seen: Reading, start: str) -> str:
    """The first line of text that starts so."""
    return next(line for line in seen.text if line.startswith(start))


def page(report: Report | None = None, **options: Any) -> str:
    """The page of a report, by default of the made-up living review."""
    (file,) = render(request(report), MarkdownOptions(**options))
    assert (file.path, file.kind) == ("report.md", "document")
    return file.content.decode("utf-8")


def seen(report: Report | None = None, **options: Any) -> Reading:
    """The same page, parsed."""
    return reading(page(report, **options))
