"""Marks on a page, and the page as PNG or SVG.

Everything is in points (1/72 inch) from the top left corner, y downwards; the y of a text is its baseline. Text is
drawn as it stands, without mathematical markup. Same marks, same bytes: own settings instead of the user's, the font
that comes with matplotlib, no software name, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

# Multiples of 255/31, which the palette of the PNG keeps exactly.
INK = "#191919"
SOFT = "#525252"
RULE = "#B5B5B5"
ACCENT = "#195A9C"
"""Prints as a dark grey, so that squares and diamonds stand out without colour."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """One line of text."""

    x: float
    y: float
    words: str
    size: float
    bold: bool = False
    align: Literal["left", "center", "right"] = "left"
    colour: str = INK
    name: str = ""
    tip: str = ""
    """What a reader is told who points at it, in SVG."""
    href: str = ""
    """Where it leads, in SVG: an anchor of the page, ``#...``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """Straight stretches from point to point; a dash pattern is in widths of the line."""

    points: tuple[tuple[float, float], ...]
    width: float = 0.8
    colour: str = INK
    dash: tuple[float, ...] = ()
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """A filled polygon."""

    points: tuple[tuple[float, float], ...]
    fill: str = ACCENT
    edge: str = ""
    name: str = ""
    tip: str = ""
    """What a reader is told who points at it, in SVG."""
    href: str = ""
    """Where it leads, in SVG: an anchor of the page, ``#...``."""


Mark = Text | Line | Shape


@dataclass
class Page:
    """A page of so many points, on which marks are put in the order in which they cover each other."""

    width: float
    height: float
    marks: list[Mark] = field(default_factory=list)

    def add(self, *marks: Mark) -> None:
        """Put marks on top of the others; texts always lie above lines and shapes."""
        self.marks.extend(marks)

    def svg(self, title: str, alt: str) -> bytes:
        """The page as SVG."""
        from livereview_figures.drawing.svg import svg

        return svg(self, title, alt)

    def png(self, dpi: int) -> bytes:
        """The page as PNG."""
        from livereview_figures.drawing.raster import png

        return png(self, dpi)
