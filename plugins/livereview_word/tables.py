"""Tables: a header that is repeated on every page, columns as wide as what they hold, type that fits the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from livereview_document.blocks import Table
from livereview_document.words import Words
from livereview_word.pages import styled, width_of
from livereview_word.runs import Bookmarks, write

if TYPE_CHECKING:
    from docx.document import Document as Docx

_LETTER = 0.56
"""Width of a letter in ems."""
_PADDING, _NARROW = 13.0, 6.0
"""Points for the margins of a cell; where there are many columns."""
_MANY = 11
"""Columns."""
_LONGEST_WORD, _MOST = 18, 70
"""Letters of a word that stays whole, and of the widest column."""
_EMU = 12700
"""In a point."""


def add_table(document: Docx, table: Table, marks: Bookmarks) -> None:
    """The table at the end of the document."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    made = document.add_table(rows=1 + len(table.rows), cols=len(table.headers))
    made.style, made.alignment, made.autofit = "Report table", WD_TABLE_ALIGNMENT.LEFT, False
    size = _size(len(table.headers))
    if len(table.headers) >= _MANY:
        _narrow(made)
    widths = _widths(table, width_of(document), size)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width  # LibreOffice goes by the columns, Word by the cells
    for row, words in zip(made.rows, (table.headers, *table.rows), strict=True):
        for at, (cell, said) in enumerate(zip(row.cells, words, strict=True)):
            cell.width = widths[at]
            paragraph = styled(cell.paragraphs[0], "Table cell")
            if at in table.right:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.keep_with_next = True if words is table.headers and table.rows else None
            write(paragraph, said, marks, bold=words is table.headers, size=size)
    _repeat_header(made)
    styled(document.add_paragraph(), "After table")


def _size(columns: int) -> float:
    """Points: smaller where there are many columns."""
    return 9.0 if columns < 6 else 8.0 if columns < 8 else 7.0 if columns < _MANY else 6.0


def _widths(table: Table, whole: int, size: float) -> list[int]:
    """The width of the page shared out: to each column its longest word, and what is left by how much it holds.

    Where the page has no room for that, the longest words give way, so that numbers stay whole."""
    columns = list(zip(*(table.headers, *table.rows), strict=True))
    padding = _NARROW if len(columns) >= _MANY else _PADDING
    least = [max(_longest_word(words) for words in column) * _LETTER * size + padding for column in columns]
    wanted = [min(max(len(words.plain) for words in column), _MOST) * _LETTER * size + padding for column in columns]
    points = whole / _EMU
    least = _levelled(least, points)
    more = [max(want - need, 0.0) for want, need in zip(wanted, least, strict=True)]
    spare = max(points - sum(least), 0.0)
    widths = [need + (spare * extra / sum(more) if sum(more) else 0.0) for need, extra in zip(least, more, strict=True)]
    return [int(whole * width / sum(widths)) for width in widths]


def _levelled(widths: list[float], room: float) -> list[float]:
    """The widths, the largest of them cut to one length with which all fit."""
    left = room
    for place, width in enumerate(ordered := sorted(widths)):
        share = left / (len(ordered) - place)
        if width > share:
            return [min(one, share) for one in widths]
        left -= width
    return widths


def _longest_word(words: Words) -> int:
    return min(max((len(word) for word in words.plain.split()), default=0), _LONGEST_WORD)


def _narrow(made: Any) -> None:
    """Cells with hardly a margin at their sides."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(int(20 * (_NARROW - 2) / 2)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    made._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")


def _repeat_header(made: Any) -> None:
    """Word repeats the first row on every page, reads it as the header, and breaks no row across pages."""
    from docx.oxml import OxmlElement

    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in made.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
