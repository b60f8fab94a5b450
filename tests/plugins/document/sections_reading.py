"""A report's document, or the section of one outcome of it, as a reader finds it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from document_reading import every_block, links, places, plain_rows, words_of

import builders
from livereview import OutcomeResult, RenderedFile, RenderRequest, Report
from livereview_document.blocks import Block, Document, Folded, Heading, Picture, Table
from livereview_document.document import document
from living_review import request


@dataclass(frozen=True)
class Reading:
    """What is in a document or a part of it."""

    whole: Document

    @property
    def text(self) -> list[str]:
        """What each heading, paragraph, item and cell says, in order."""
        return [words.plain for block in every_block(self.whole.blocks) for words in words_of(block)]

    @property
    def headings(self) -> list[str]:
        """Every heading."""
        return [block.words.plain for block in every_block(self.whole.blocks) if isinstance(block, Heading)]

    @property
    def tables(self) -> list[list[list[str]]]:
        """Every table as it reads, its headers first."""
        return [plain_rows(block) for block in every_block(self.whole.blocks) if isinstance(block, Table)]

    def table(self, *headers: str) -> list[list[str]]:
        """Rows of the first table that has all these headers."""
        for rows in self.tables:
            if set(headers) <= set(rows[0]):
                return rows[1:]
        raise AssertionError(f"no table with {headers}; there are {[rows[0] for rows in self.tables]}")

    @property
    def links(self) -> list[tuple[str, str]]:
        """Text and target; a place has a number sign before it."""
        signs = {"place": "#", "web": "", "file": ""}
        return [(link.inside.plain, signs[link.kind] + link.target) for link in links(self.whole)]

    @property
    def places(self) -> list[str]:
        """Names of all places."""
        return places(self.whole)

    @property
    def pictures(self) -> list[Picture]:
        """Every figure."""
        return [block for block in every_block(self.whole.blocks) if isinstance(block, Picture)]

    @property
    def folded(self) -> list[str]:
        """The lines that open what is folded."""
        return [block.summary for block in every_block(self.whole.blocks) if isinstance(block, Folded)]


def reading(request: RenderRequest, **options: Any) -> Reading:
    """The document of a request."""
    return Reading(document(request, **options))


def seen(report: Report | None = None, **options: Any) -> Reading:
    """The document of a report, by default of the made-up living review."""
    return reading(request(report), **options)


def section(outcome: OutcomeResult, assets: tuple[RenderedFile, ...] = (), **options: Any) -> Reading:
    """The part of the document between the outcome's heading and the included studies."""
    whole = document(request(builders.report([outcome]), assets), **options)
    return Reading(Document("", tuple(_between(whole.blocks))))


def _between(blocks: Iterable[Block]) -> Iterable[Block]:
    inside = False
    for block in blocks:
        if isinstance(block, Heading) and block.place:
            inside = (inside or block.place.startswith("outcome-")) and block.place != "studies"
        if inside:
            yield block


def sentence(found: Reading, start: str) -> str:
    """The first line of text that starts so."""
    return next(line for line in found.text if line.startswith(start))
