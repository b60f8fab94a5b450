"""A document in blocks as the bytes of a Word file: the same blocks give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from livereview import RenderedFile, RenderRequest
from livereview_document import blocks as b
from livereview_document.places import places_in
from livereview_document.words import Words
from livereview_word import pages
from livereview_word.runs import Bookmarks, plain, write
from livereview_word.tables import add_table

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.text.paragraph import Paragraph

#: Kinds of figures that a document for a journal holds.
MAIN = ("flow", "risk-of-bias", "forest", "funnel")
_DAY = (1980, 1, 1, 0, 0, 0)
"""The first day that a ZIP file knows: the parts of the file have no time of their own."""


def written(told: b.Document, request: RenderRequest, figures: str, details: bool, paper: str) -> bytes:
    """The Word file of a report. ``figures`` are "main", "all" or "none"; ``details`` opens what is folded."""
    from docx import Document as new

    document = new()
    pages.prepare(document, paper)
    made = request.report.provenance
    _properties(document, told.title, made.published_on)
    pages.footer(document, f"{told.title} · " + (f"update {made.update}" if made.update else "rebuilt report"))
    pictures = {asset.path: asset for asset in request.assets if asset.path.endswith(".png")}
    _Writer(document, pictures, figures, details).blocks(told.blocks)
    out = io.BytesIO()
    document.save(out)
    return _without_times(out.getvalue())


class _Writer:
    """Writes blocks one below the other."""

    def __init__(self, document: Docx, pictures: Mapping[str, RenderedFile], figures: str, details: bool) -> None:
        self.document, self.pictures, self.figures, self.details = document, pictures, figures, details
        self.marks = Bookmarks()

    def blocks(self, blocks: Iterable[b.Block]) -> None:
        for block in blocks:
            self.block(block)

    def block(self, block: b.Block) -> None:
        match block:
            case b.Heading():
                self.heading(block)
            case b.Paragraph():
                self.paragraph(block.words)
            case b.Table():
                add_table(self.document, block, self.marks)
            case b.Bullets():
                for item in block.items:
                    self.paragraph(item, "List Bullet")
            case b.Numbered():
                for number, item in block.items:
                    self.numbered(number, item)
            case b.Quote():
                for item in block.items:
                    self.paragraph(item, "Caution")
            case b.Folded():
                self.folded(block)
            case b.Picture():
                self.picture(block)

    def heading(self, block: b.Heading) -> None:
        """The title of the document, or a heading of Word's own levels, so that its outline is the report's."""
        style = "Title" if block.level == 1 else f"Heading {block.level - 1}"
        paragraph = pages.styled(self.document.add_paragraph(), style)
        self.marks.start(paragraph, block.place)
        write(paragraph, block.words, self.marks)

    def paragraph(self, words: Words, style: str = "Normal") -> Paragraph:
        paragraph = pages.styled(self.document.add_paragraph(), style)
        write(paragraph, words, self.marks)
        return paragraph

    def numbered(self, number: int, words: Words) -> None:
        """An item with the number that it has in the report, whatever Word would count."""
        paragraph = pages.styled(self.document.add_paragraph(), "Numbered item")
        paragraph.add_run(f"{number}.\t")
        write(paragraph, words, self.marks)

    def folded(self, block: b.Folded) -> None:
        """Its line in bold, and below it what it folds; without details a line that says what is left out."""
        paragraph = pages.styled(self.document.add_paragraph(), "Folded")
        run = paragraph.add_run(plain(block.summary))
        if self.details:
            run.bold = True
            self.blocks(block.blocks)
        else:
            paragraph.add_run(": not printed here; see the other formats of this report.")
            for name in places_in(block.blocks):  # links to what is left out lead to where it would stand
                self.marks.start(paragraph, name)

    def picture(self, block: b.Picture) -> None:
        """The figure as wide as its own size or the page, with its title below and its words for who cannot see it."""
        asset = self.pictures.get(f"{block.stem}.png")
        if asset is None or self.figures == "none" or (self.figures == "main" and block.kind not in MAIN):
            return
        pages.add_picture(self.document, asset.content, block.alt)
        self.paragraph(block.title, "Caption")


def _properties(document: Docx, title: str, published_on: str) -> None:
    """Title and day of the update: no clock, no name of a machine or a person."""
    found = document.core_properties
    found.title, found.author, found.comments = plain(title)[:255], "livereview", ""
    day = datetime.fromisoformat(published_on) if published_on else datetime(*_DAY[:3])
    found.created = found.modified = day
    found.last_modified_by, found.revision, found.language = "livereview", 1, "en"


def _without_times(content: bytes) -> bytes:
    """The same file with no time in any of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as read, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for info in read.infolist():
            part: Any = zipfile.ZipInfo(info.filename, _DAY)
            part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            made.writestr(part, read.read(info.filename))
    return out.getvalue()
