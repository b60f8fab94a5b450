"""The paper, the styles, the footer, and figures that fit the page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from livereview_word.runs import plain

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.text.paragraph import Paragraph

_SIZES = {"A4": (210.0, 297.0), "letter": (215.9, 279.4)}
"""Width and height in millimetres."""
_MARGIN = 18.0
_TALLEST = 0.82
"""Share of the height between the margins that a figure may take: its title stands below."""
_FONT = "Calibri"


def prepare(document: Docx, paper: str) -> None:
    """Paper, margins and styles of an empty document."""
    from docx.shared import Mm

    section = document.sections[0]
    width, height = _SIZES[paper]
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN)
    _styles(document)


def _styles(document: Docx) -> None:
    """Styles with names of their own, so that a journal can set each to its house style at once."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt, RGBColor

    styles: Any = document.styles
    styles["Normal"].font.name, styles["Normal"].font.size = _FONT, Pt(10)
    styles["Normal"].paragraph_format.space_after = Pt(6)
    for name, parent, space in (("Table cell", "Normal", 1), ("After table", "Normal", 4), ("Folded", "Normal", 6)):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles[parent]
        style.paragraph_format.space_after = Pt(space)
    styles["After table"].font.size = Pt(4)
    caption = styles["Caption"].font  # not the colour of a heading: it is no title of what comes next
    caption.color.rgb, caption.size = RGBColor(0x44, 0x44, 0x44), Pt(9)
    _caution(styles)
    numbered = styles.add_style("Numbered item", WD_STYLE_TYPE.PARAGRAPH)
    numbered.base_style = styles["Normal"]
    numbered.paragraph_format.left_indent, numbered.paragraph_format.first_line_indent = Cm(1.0), Cm(-1.0)
    numbered.paragraph_format.tab_stops.add_tab_stop(Cm(1.0))
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb, link.font.underline = RGBColor(0x05, 0x4A, 0x91), True
    table = styles.add_style("Report table", WD_STYLE_TYPE.TABLE)
    table.base_style = styles["Table Grid"]


def _caution(styles: Any) -> None:
    """What must be read before what follows: a bar at its left."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm

    style = styles.add_style("Caution", WD_STYLE_TYPE.PARAGRAPH)
    style.base_style, style.paragraph_format.left_indent = styles["Normal"], Cm(0.4)
    borders, bar = OxmlElement("w:pBdr"), OxmlElement("w:left")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "8"), ("color", "B5631A")):
        bar.set(qn(f"w:{name}"), value)
    borders.append(bar)
    style.element.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc")


def width_of(document: Docx) -> int:
    """What lies between the margins, in EMU."""
    section = document.sections[0]
    return int(section.page_width or 0) - int(section.left_margin or 0) - int(section.right_margin or 0)


def _height_of(document: Docx) -> int:
    section = document.sections[0]
    return int(section.page_height or 0) - int(section.top_margin or 0) - int(section.bottom_margin or 0)


def footer(document: Docx, words: str) -> None:
    """The words at the foot of every page, and its number."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.add_run(f"{plain(words)[:120]} · page ")
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def styled(paragraph: Paragraph, style: str) -> Paragraph:
    """The paragraph in a style by name. python-docx looks through all styles for each name; Word goes by the id, which
    is the name without its spaces."""
    paragraph._p.style = style.replace(" ", "")
    return paragraph


def add_picture(document: Docx, content: bytes, alt: str) -> None:
    """A figure at its own size, made smaller where the page is, with its words for a reader who cannot see it."""
    paragraph = document.add_paragraph()
    shape: Any = paragraph.add_run().add_picture(io.BytesIO(content))
    scale = min(1.0, width_of(document) / shape.width, _TALLEST * _height_of(document) / shape.height)
    shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
    shape._inline.docPr.set("descr", plain(alt))
    paragraph.paragraph_format.keep_with_next = True
