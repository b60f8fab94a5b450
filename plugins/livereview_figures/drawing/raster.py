"""A page as pixels and as PNG.

Lines and shapes are drawn by the renderer of matplotlib, texts are laid over them. The PNG has a palette of 32 levels
per colour: a third of the size, and no visible difference.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from livereview_figures.drawing.lettering import bitmap
from livereview_figures.drawing.page import Line, Page, Shape, Text
from livereview_figures.drawing.typeface import drawn_width, legible

Pixels = npt.NDArray[np.uint8]
_WHITE = 0xFFFFFF
_SHIFT = {"left": 0.0, "center": 0.5, "right": 1.0}


def png(page: Page, dpi: int) -> bytes:
    """The page as a PNG file."""
    from PIL import Image

    drawn = pixels(page, dpi)
    indices, palette = _palette(drawn)
    if len(palette) > 256:
        image = Image.fromarray(np.ascontiguousarray(drawn[..., :3]))
    else:
        image = Image.fromarray(indices)
        image.putpalette(palette.tobytes())
    out = io.BytesIO()
    image.save(out, "png", dpi=(dpi, dpi), compress_level=4)
    return out.getvalue()


def pixels(page: Page, dpi: int) -> Pixels:
    """Red, green, blue and an unused fourth of every pixel, from the top left."""
    from matplotlib.backends import backend_agg

    scale = dpi / 72
    width, height = math.ceil(page.width * scale), math.ceil(page.height * scale)
    agg: Any = backend_agg
    renderer = agg.RendererAgg(width, height, dpi)
    right, bottom = page.width + 1, page.height + 1
    _filled(renderer, [Shape(points=((0, 0), (right, 0), (right, bottom), (0, bottom)), fill="#FFFFFF")], scale)
    for _, alike in groupby((mark for mark in page.marks if not isinstance(mark, Text)), key=_style):
        marks: list[Any] = list(alike)
        (_filled if isinstance(marks[0], Shape) else _stroked)(renderer, marks, scale)
    drawn = np.array(renderer.buffer_rgba(), dtype=np.uint8)
    for mark in page.marks:
        if isinstance(mark, Text):
            _lettered(drawn, mark, scale)
    return drawn


# --- lines and shapes ---------------------------------------------------------------------------------------------


def _style(mark: Line | Shape) -> tuple[object, ...]:
    """What two neighbours must share to be drawn as one path."""
    if isinstance(mark, Line):
        return ("line", mark.width, mark.colour, mark.dash)
    return ("shape", mark.fill) if not mark.edge else (id(mark),)


def _filled(renderer: Any, shapes: Sequence[Shape], scale: float) -> None:
    first, context = shapes[0], renderer.new_gc()
    context.set_joinstyle("miter")
    context.set_linewidth(0.5 if first.edge else 0)
    context.set_foreground(_colour(first.edge or first.fill), isRGBA=True)
    renderer.draw_path(context, _outline(shapes, scale, renderer.height), _as_it_is(), _colour(first.fill))


def _stroked(renderer: Any, lines: Sequence[Line], scale: float) -> None:
    first, context = lines[0], renderer.new_gc()
    context.set_joinstyle("miter")
    context.set_capstyle("butt")
    context.set_linewidth(first.width)
    context.set_foreground(_colour(first.colour), isRGBA=True)
    if first.dash:
        # A dash pattern is a multiple of the width of its line.
        context.set_dashes(0, [part * first.width for part in first.dash])
    renderer.draw_path(context, _outline(lines, scale, renderer.height), _as_it_is())


def _outline(marks: Sequence[Line | Shape], scale: float, height: float) -> Any:
    """Marks as one path in pixels from the bottom left."""
    from matplotlib.path import Path

    parts, codes = list[tuple[float, float]](), list[Any]()
    for mark in marks:
        parts += mark.points
        codes += [Path.MOVETO, *[Path.LINETO] * (len(mark.points) - 1)]
        if isinstance(mark, Shape):
            parts.append(mark.points[0])
            codes.append(Path.CLOSEPOLY)
    corners = np.array(parts, dtype=np.float64) * (scale, -scale) + (0.0, height)
    path = Path(corners, np.array(codes, dtype=np.uint8))
    # Else the settings of the user would say which corners of a long line are left out.
    path.should_simplify = False
    return path


def _as_it_is() -> Any:
    from matplotlib.transforms import IdentityTransform

    return IdentityTransform()


def _colour(colour: str) -> tuple[float, float, float, float]:
    red, green, blue = _levels(colour)
    return red / 255, green / 255, blue / 255, 1.0


def _levels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of a colour written ``#RRGGBB``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


# --- texts ---------------------------------------------------------------------------------------------------------


def _lettered(drawn: Pixels, mark: Text, scale: float) -> None:
    """Lays a text over the pixels; what lies beyond their edge is cut."""
    words = legible(mark.words)
    covered, left, above = bitmap(words, mark.size, mark.bold, scale)
    shift = _SHIFT[mark.align]
    start = mark.x - (shift * drawn_width(words, mark.size, mark.bold) if shift else 0.0)
    x, y = round(start * scale) + left, round(mark.y * scale) - above
    height, width = covered.shape
    if not (-height < y < drawn.shape[0] and -width < x < drawn.shape[1]):
        return
    top, left = max(y, 0), max(x, 0)
    covered = covered[top - y : drawn.shape[0] - y, left - x : drawn.shape[1] - x]
    # Rows of levels, four a pixel: long rows are quick.
    under = drawn[top : y + height].reshape(-1, drawn.shape[1] * 4)[:, left * 4 : (x + width) * 4]
    share = np.repeat(covered, 4, axis=1).astype(np.uint16)
    mixed = under * (255 - share)
    mixed += share * np.tile(np.array((*_levels(mark.colour), 255), dtype=np.uint16), covered.shape[1])
    # Divided by 255 and rounded, exactly so for all that 16 bits hold here.
    mixed += 128
    mixed += mixed >> 8
    under[...] = mixed >> 8


# --- palette -------------------------------------------------------------------------------------------------------


def _palette(drawn: Pixels) -> tuple[Pixels, Pixels]:
    """Index of each pixel in a palette of shape (colours, 3), and the palette; only the first 256 have an index."""
    whole = np.ascontiguousarray(drawn).view("<u4")[..., 0].ravel() & _WHITE
    other = np.flatnonzero(whole != _WHITE)
    found = whole[other]
    packed = (found & 0xF8) << 7 | (found >> 6) & 0x3E0 | found >> 19
    seen = np.zeros(1 << 15, dtype=np.bool_)
    seen[packed] = True
    seen[-1] = True
    used = np.flatnonzero(seen)
    position = np.zeros(1 << 15, dtype=np.uint8)
    position[used[:256]] = np.arange(min(used.size, 256))
    levels = np.stack([used >> 10, used >> 5 & 31, used & 31], axis=1)
    indices = np.full(whole.size, position[-1], dtype=np.uint8)
    indices[other] = position[packed]
    return indices.reshape(drawn.shape[:2]), np.round(levels * (255 / 31)).astype(np.uint8)
