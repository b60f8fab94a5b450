"""Marks on a page, and the page as PNG or SVG.

Everything is in points (1/72 inch) from the top left corner, y downwards; the y of a text is its baseline. Text is
drawn as it stands, without mathematical markup. Same marks, same bytes: own settings instead of the user's, the font
that comes with matplotlib, no software name, no clock.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from livereview_figures.drawing.typeface import font, legible, width_of

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

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
    """Straight stretches from point to point; a dash pattern is in points."""

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

    def figure(self, dpi: int) -> Figure:
        """The page as a matplotlib figure of whole pixels."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        pixels = math.ceil(self.width * dpi / 72), math.ceil(self.height * dpi / 72)
        figure = Figure(figsize=(pixels[0] / dpi, pixels[1] / dpi), dpi=dpi, facecolor="white")
        FigureCanvasAgg(figure)
        place = Affine2D().scale(dpi / 72, -dpi / 72).translate(0, pixels[1])
        drawn = [mark for mark in self.marks if not isinstance(mark, Text)]
        for _, alike in groupby(drawn, key=_style):
            figure.add_artist(_patch(list(alike), place))
        figure.add_artist(_lettering([mark for mark in self.marks if isinstance(mark, Text)], dpi / 72))
        return figure

    def svg(self, title: str, alt: str) -> bytes:
        """The page as SVG."""
        from livereview_figures.drawing.svg import svg

        return svg(self, title, alt)

    def png(self, dpi: int) -> bytes:
        """The page as PNG, in a palette of 32 levels per colour: a third of the size, and no visible difference."""
        from PIL import Image

        canvas: Any = self.figure(dpi).canvas
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba())[..., :3]
        indices, palette = _palette(pixels)
        if len(palette) > 256:
            image = Image.fromarray(np.ascontiguousarray(pixels))
        else:
            image = Image.fromarray(indices)
            image.putpalette(palette.tobytes())
        out = io.BytesIO()
        image.save(out, "png", dpi=(dpi, dpi), compress_level=6)
        return out.getvalue()


def _palette(pixels: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Index of each pixel in a palette of shape (colours, 3), and the palette; only the first 256 have an index."""
    red, green, blue = (pixels[..., i].astype(np.uint16) >> 3 for i in range(3))
    packed = red << 10 | green << 5 | blue
    seen = np.zeros(1 << 15, dtype=np.bool_)
    seen[packed.ravel()] = True
    used = np.flatnonzero(seen)
    position = np.zeros(1 << 15, dtype=np.uint8)
    position[used[:256]] = np.arange(min(used.size, 256))
    levels = np.stack([used >> 10, used >> 5 & 31, used & 31], axis=1)
    return position[packed], np.round(levels * (255 / 31)).astype(np.uint8)


def _style(mark: Mark) -> tuple[Any, ...]:
    """What two neighbours must share to be drawn as one path."""
    if isinstance(mark, Line):
        return ("line", mark.width, mark.colour, mark.dash)
    if isinstance(mark, Shape) and not mark.edge:
        return ("shape", mark.fill)
    return (id(mark),)


def _patch(marks: list[Any], place: Any) -> Artist:
    """Neighbouring lines or shapes of one style as one path."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    first = marks[0]
    closed = isinstance(first, Shape)
    outline = Path.make_compound_path(*(_outline(mark.points, closed) for mark in marks))
    if isinstance(first, Shape):
        return PathPatch(
            outline, transform=place, facecolor=first.fill, edgecolor=first.edge or "none",
            linewidth=0.5 if first.edge else 0, joinstyle="miter",
        )  # fmt: skip
    style = (0, first.dash) if first.dash else "-"
    return PathPatch(
        outline, transform=place, facecolor="none", edgecolor=first.colour, linewidth=first.width, linestyle=style,
        capstyle="butt", joinstyle="miter",
    )  # fmt: skip


def _outline(points: tuple[tuple[float, float], ...], closed: bool) -> Any:
    from matplotlib.path import Path

    return Path(np.array([*points, points[0]] if closed else points), closed=closed)


def _lettering(marks: list[Text], scale: float) -> Artist:
    """All texts as one artist: half the time of an artist for each, whose layout measures every text twice."""
    from matplotlib.artist import Artist

    class Lettering(Artist):
        def draw(self, renderer: Any) -> None:
            context = renderer.new_gc()
            for mark in marks:
                words = legible(mark.words)
                shift = {"left": 0.0, "center": 0.5, "right": 1.0}[mark.align]
                x = mark.x - (shift * width_of(words, mark.size, mark.bold) if shift else 0.0)
                context.set_foreground(mark.colour)
                renderer.draw_text(context, x * scale, mark.y * scale, words, font(mark.size, mark.bold), 0.0, False)
            context.restore()

    lettering = Lettering()
    lettering.set_zorder(3)
    return lettering


@contextmanager
def own_settings() -> Iterator[None]:
    """Draw with matplotlib's own defaults, whatever the user's matplotlibrc says."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams["text.hinting"] = "no_hinting"
        yield
