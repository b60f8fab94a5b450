"""A page as SVG: the marks of the PNG, drawn to any size, with words that can be searched, tips and links.

Every text is as wide as it was measured, whatever typeface the reader has. Names, tips and links come from outside:
they are escaped here, and a link is an anchor of the page and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from livereview_figures.drawing.page import Line, Mark, Page, Shape, Text
from livereview_figures.drawing.typeface import legible, width_of

_ANCHORS = {"left": "start", "center": "middle", "right": "end"}
_FAMILY = "'DejaVu Sans', Verdana, 'Noto Sans', sans-serif"
_PLACE = re.compile(r"#[A-Za-z0-9_-]+")


def svg(page: Page, title: str, alt: str) -> bytes:
    """The page as one SVG element, with its title and what it shows for a reader who cannot see it."""
    width, height = _number(page.width), _number(page.height)
    texts = [mark for mark in page.marks if isinstance(mark, Text)]
    below = [mark for mark in page.marks if not isinstance(mark, Text)]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}pt" height="{height}pt" '
        f'role="img" aria-label={quoteattr(f"{title}. {alt}")} font-family={quoteattr(_FAMILY)}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#FFFFFF"/>',
        *(_linked(mark, element) for mark in (*below, *texts) for element in _element(mark)),
        "</svg>",
    ]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _linked(mark: Mark, element: str) -> str:
    href = "" if isinstance(mark, Line) else mark.href
    return f"<a href={quoteattr(href)}>{element}</a>" if _PLACE.fullmatch(href) else element


def _element(mark: Mark) -> Iterator[str]:
    if isinstance(mark, Text):
        if words := legible(mark.words):
            yield _text(mark, words)
    elif isinstance(mark, Shape):
        edge = f' stroke="{mark.edge}" stroke-width="0.5"' if mark.edge else ""
        yield _with_tip(f'polygon points="{_points(mark.points)}" fill="{mark.fill}"{edge}', mark.tip)
    else:
        dash = f' stroke-dasharray="{" ".join(map(_number, mark.dash))}"' if mark.dash else ""
        style = f'fill="none" stroke="{mark.colour}" stroke-width="{_number(mark.width)}"{dash}'
        yield f'<polyline points="{_points(mark.points)}" {style}/>'


def _text(mark: Text, words: str) -> str:
    wide = _number(width_of(words, mark.size, mark.bold))
    bold = ' font-weight="bold"' if mark.bold else ""
    start = (
        f'<text x="{_number(mark.x)}" y="{_number(mark.y)}" font-size="{_number(mark.size)}" fill="{mark.colour}" '
        f'text-anchor="{_ANCHORS[mark.align]}" textLength="{wide}" lengthAdjust="spacingAndGlyphs"{bold}>'
    )
    tip = f"<title>{escape(mark.tip)}</title>" if mark.tip else ""
    return f"{start}{tip}{escape(words)}</text>"


def _with_tip(element: str, tip: str) -> str:
    name = element.partition(" ")[0]
    return f"<{element}><title>{escape(tip)}</title></{name}>" if tip else f"<{element}/>"


def _points(points: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _number(value: float) -> str:
    """With two decimals at most: a hundredth of a point is not seen."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
