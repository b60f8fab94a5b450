"""Words as the runs, links and bookmarks of a Word paragraph.

python-docx writes every text as characters of XML, so nothing from outside becomes a field, markup or a formula; what
XML cannot hold is gone from ``Plain`` already. A bookmark has at most 40 characters: longer places get a hash.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from livereview_document.words import Break, Code, Emphasis, Link, Place, Plain, Span, Strong, Words

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST = 40
"""Characters of a bookmark's name in Word."""


class Bookmarks:
    """The places of one document, each with its number: Word wants both to be unique."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def start(self, paragraph: Paragraph, place: str) -> None:
        """A bookmark where the paragraph stands now; the second of a name is left out."""
        if not place or place in self._numbers:
            return
        number = self._numbers[place] = len(self._numbers) + 1
        for tag in ("bookmarkStart", "bookmarkEnd"):
            element = _element(
                f"w:{tag}", {"w:id": str(number)} | ({"w:name": name_of(place)} if "Start" in tag else {})
            )
            paragraph._p.append(element)


def name_of(place: str) -> str:
    """The bookmark of a place: letters, digits and underscores, starting with a letter."""
    name = "p_" + re.sub(r"[^A-Za-z0-9_]", lambda found: f"_{ord(found[0]):x}_", place)
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 17]}_{hashlib.sha256(place.encode()).hexdigest()[:16]}"


def write(
    paragraph: Paragraph, words: Words, marks: Bookmarks, *, bold: bool = False, size: float | None = None
) -> None:
    """The words at the end of the paragraph; ``size`` in points, None = that of the style."""
    for span in words.spans:
        _write(paragraph, paragraph._p, span, marks, bold=bold, italic=False, size=size)


def _write(
    paragraph: Paragraph, parent: Any, span: Span, marks: Bookmarks, *, bold: bool, italic: bool, size: float | None
) -> None:
    if isinstance(span, Place):
        marks.start(paragraph, span.name)
    elif isinstance(span, Break):
        _run(paragraph, parent, "", size).add_break()
    elif isinstance(span, Plain | Code):
        run = _run(paragraph, parent, span.text, size)
        run.bold, run.italic = bold or None, italic or None
        if isinstance(span, Code):
            run.font.name = "Courier New"
    elif isinstance(span, Link):
        link = _link(paragraph, span)
        parent.append(link)
        for part in span.inside.spans:
            _write(paragraph, link, part, marks, bold=bold, italic=italic, size=size)
    else:
        strong, slanted = bold or isinstance(span, Strong), italic or isinstance(span, Emphasis)
        for part in span.inside.spans:
            _write(paragraph, parent, part, marks, bold=strong, italic=slanted, size=size)


def _run(paragraph: Paragraph, parent: Any, text: str, size: float | None) -> Run:
    from docx.shared import Pt

    run = paragraph.add_run(plain(text))
    if parent is not paragraph._p:
        parent.append(run._r)
        run._r.style = "Hyperlink"
    if size is not None:
        run.font.size = Pt(size)
    return run


def plain(text: str) -> str:
    """The text without what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def _link(paragraph: Paragraph, link: Link) -> Any:
    """A link element without its words: to a bookmark, or to the web or a file beside the document."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    if link.kind == "place":
        return _element("w:hyperlink", {"w:anchor": name_of(link.target), "w:history": "1"})
    number = paragraph.part.relate_to(link.target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    return _element("w:hyperlink", {"r:id": number, "w:history": "1"})


def _element(tag: str, attributes: dict[str, str]) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(name), value)
    return element
