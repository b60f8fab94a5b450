"""A page as SVG: the marks of the PNG, drawn to any size, with words that can be searched, tips and links.

Every text is as wide as it was measured, whatever typeface the reader has. Colours are those of the print, which every
program reads; ``data-colours="page"`` says that a page which holds the figure may change those of ``colours``, and
``data-colours="own"`` that a text on a colour with a meaning keeps its own. Names, tips and links come from outside:
they are escaped here, and a link is an anchor of the page and nothing else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from livereview_figures.drawing.colours import Grounds, follows
from livereview_figures.drawing.face import letter_by_letter
from livereview_figures.drawing.page import Line, Mark, Page, Shape, Text
from livereview_figures.drawing.script import natural

_ANCHORS = {"left": "", "center": ' text-anchor="middle"', "right": ' text-anchor="end"'}
_FAMILY = "'DejaVu Sans', Verdana, 'Noto Sans', sans-serif"
_PLACE = re.compile(r"#[A-Za-z0-9_-]+")
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML has no place for."""
_GROUP = re.compile(r"(group-\d+|no-group|main):(.+)", re.DOTALL)
_NO_ROW = frozenset(
    ["tick", "y", "se", "header", "span", "band", "line", "swatch", "number", "leader", "estimate", "limits"]
)


def svg(page: Page, title: str, alt: str) -> bytes:
    """The page as one SVG element, with its title and what it shows for a reader who cannot see it.

    A page with links or tips is a group, since the parts of an image cannot be reached; what they do not concern is
    then hidden from readers of the screen, who have been told it by the label.
    """
    width, height = _number(page.width), _number(page.height)
    told = any(_reached(mark) for mark in page.marks)
    texts = [mark for mark in page.marks if isinstance(mark, Text) and _finite([(mark.x, mark.y)])]
    below = [mark for mark in page.marks if not isinstance(mark, Text) and _finite(mark.points)]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}pt" height="{height}pt" '
        f'role="{"group" if told else "img"}" aria-label={_quoted(f"{title}. {alt}")} font-family={_quoted(_FAMILY)} '
        'data-colours="page">',
        f"<title>{_escaped(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#FFFFFF"/>',
        *_drawn(below),
        *_lettered(texts, Grounds(below), ' aria-hidden="true"' if told else ""),
        "</svg>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _reached(mark: Mark) -> bool:
    """Whether a reader can point at the mark or follow it."""
    return not isinstance(mark, Line) and bool(mark.tip or _PLACE.fullmatch(mark.href))


def _finite(points: Sequence[tuple[float, float]]) -> bool:
    return all(math.isfinite(value) for point in points for value in point)


# --- lines and shapes ---------------------------------------------------------------------------------------------


def _drawn(marks: Sequence[Line | Shape]) -> Iterator[str]:
    """Neighbours of one style, row, tip and link as one path."""
    for style, alike in groupby(marks, key=lambda mark: (_style(mark), _row(mark.name), *_told(mark))):
        outline = "".join(_outline(mark) for mark in alike)
        look, row, tip, href = style
        yield _linked(href, _with_tip("path", f'{row} d="{outline}"{look}', tip))


def _style(mark: Line | Shape) -> str:
    if isinstance(mark, Shape):
        edge = f' stroke="{mark.edge}" stroke-width="0.5"' if mark.edge else ""
        return f' fill="{mark.fill}"{edge}'
    dash = " ".join(_number(part * mark.width) for part in mark.dash)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f' fill="none" stroke="{mark.colour}" stroke-width="{_number(mark.width)}"{dashed}'


def _told(mark: Mark) -> tuple[str, str]:
    """Tip and link of a mark."""
    return ("", "") if isinstance(mark, Line) else (mark.tip, mark.href)


def _outline(mark: Line | Shape) -> str:
    points = " ".join(f"{_number(x)} {_number(y)}" for x, y in mark.points)
    return f"M{points}{'Z' if isinstance(mark, Shape) else ''}"


# --- texts --------------------------------------------------------------------------------------------------------


def _lettered(marks: Sequence[Text], grounds: Grounds, hidden: str) -> Iterator[str]:
    """Neighbours of one look in one group, inside it those of one row."""

    def look(mark: Text) -> str:
        bold = ' font-weight="bold"' if mark.bold else ""
        own = ' data-colours="own"' if follows(mark.colour) and not grounds.follows(mark) else ""
        return f' font-size="{_number(mark.size)}"{bold} fill="{mark.colour}"{own}'

    def place(mark: Text) -> tuple[str, bool]:
        return _row(mark.name), _reached(mark)

    for style, alike in groupby((mark for mark in marks if _allowed(mark.words)), key=look):
        parts = [
            part
            for (row, reached), near in groupby(alike, key=place)
            for part in _grouped("" if reached else hidden, row, [_text(mark) for mark in near])
        ]
        yield from _grouped("", style, parts)


def _grouped(first: str, second: str, parts: Sequence[str]) -> Iterator[str]:
    """The parts in one group with these attributes; without attributes, as they are."""
    yield from [f"<g{first}{second}>", *parts, "</g>"] if first or second else parts


def _text(mark: Text) -> str:
    wide = _number(mark.size * natural(mark.words, mark.bold))
    start = f'x="{_number(mark.x)}" y="{_number(mark.y)}"{_ANCHORS[mark.align]}'
    fitted = f' textLength="{wide}"' if wide != "0" else ""
    if fitted and not letter_by_letter(mark.words):
        # Letters that join must be stretched, not moved apart.
        fitted += ' lengthAdjust="spacingAndGlyphs"'
    return _linked(mark.href, _with_tip("text", f" {start}{fitted}", mark.tip, mark.words))


# --- names, tips, links -------------------------------------------------------------------------------------------


def _row(name: str) -> str:
    """Attributes that say which row a mark belongs to: ``label:adams``, in a subgroup ``label:group-0:adams``."""
    kind, _, row = name.partition(":")
    if not row or kind in _NO_ROW or (kind == "point" and row.isdigit()):
        return ""
    match = _GROUP.fullmatch(row)
    group = f' data-group="{match[1]}"' if match else ""
    return f" data-row={_quoted(match[2] if match else row)}{group}"


def _linked(href: str, element: str) -> str:
    return f"<a href={_quoted(href)}>{element}</a>" if _PLACE.fullmatch(href) else element


def _with_tip(tag: str, attributes: str, tip: str, words: str = "") -> str:
    inside = (f"<title>{_escaped(tip)}</title>" if tip else "") + _escaped(words)
    return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"


def _allowed(words: str) -> str:
    return _FORBIDDEN.sub("", words)


def _escaped(words: str) -> str:
    return escape(_allowed(words))


def _quoted(words: str) -> str:
    return quoteattr(_allowed(words))


def _number(value: float) -> str:
    """With two decimals at most: a hundredth of a point is not seen."""
    return f"{value:z.2f}".rstrip("0").rstrip(".")
