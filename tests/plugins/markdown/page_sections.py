"""A report's page, as it is written and as a Markdown parser sees it."""

from __future__ import annotations

from typing import Any

from markdown_reading import Reading, reading

from livereview import Report
from livereview_markdown import MarkdownOptions, render
from living_review import request


def page(report: Report | None = None, **options: Any) -> str:
    """The page of a report, by default of the made-up living review."""
    (file,) = render(request(report), MarkdownOptions(**options))
    assert (file.path, file.kind) == ("report.md", "document")
    return file.content.decode("utf-8")


def seen(report: Report | None = None, **options: Any) -> Reading:
    """The same page, parsed."""
    return reading(page(report, **options))
