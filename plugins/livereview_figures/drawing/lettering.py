"""Texts as pixels: how much of each pixel a text covers, 0 to 255.

A text starts at a whole pixel, so that the same words are drawn once for all figures of a report; its letters stand at
quarters of a pixel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from livereview_figures.drawing.face import directed, face, kerning, letter_advance, letter_by_letter

_FINE = 4
"""Each letter is drawn so many times as large and then averaged: the parts of a pixel at which it may start."""


class Bitmap(NamedTuple):
    """Covered pixels; the first is so far right of the start of the baseline and so far above it."""

    covered: npt.NDArray[np.uint8]
    left: int
    above: int


_NOTHING = Bitmap(np.zeros((0, 0), dtype=np.uint8), 0, 0)


@lru_cache(maxsize=1 << 13)
def bitmap(words: str, size: float, bold: bool, scale: float) -> Bitmap:
    """The words, of which the typeface has every character; size in points, scale in pixels per point."""
    return _letters(words, size, bold, scale) if letter_by_letter(words) else _shaped(words, size, bold, scale)


def _letters(words: str, size: float, bold: bool, scale: float) -> Bitmap:
    em, x, before, placed = size * scale, 0.0, "", list[tuple[Bitmap, int]]()
    for char in words:
        x += kerning(before, char, bold) * em if before else 0.0
        pixel, part = divmod(round(x * _FINE), _FINE)
        drawn = _letter(char, size, bold, scale, part)
        if drawn.covered.size:
            placed.append((drawn, pixel + drawn.left))
        x += letter_advance(char, bold) * em
        before = char
    return _joined(placed)


def _joined(placed: Sequence[tuple[Bitmap, int]]) -> Bitmap:
    """Letters on one baseline as one bitmap; each with the pixel at which it starts."""
    if not placed:
        return _NOTHING
    left, above = min(start for _, start in placed), max(drawn.above for drawn, _ in placed)
    right = max(start + drawn.covered.shape[1] for drawn, start in placed)
    below = max(drawn.covered.shape[0] - drawn.above for drawn, _ in placed)
    out = np.zeros((above + below, right - left), dtype=np.uint8)
    for drawn, start in placed:
        height, width = drawn.covered.shape
        top = above - drawn.above
        part = out[top : top + height, start - left : start - left + width]
        np.maximum(part, drawn.covered, out=part)
    return Bitmap(out, left, above)


@cache
def _drawing(bold: bool, size: float, scale: float) -> Any:
    made = face(bold)
    made.set_size(size, 72 * scale)
    return made


@cache
def _letter(char: str, size: float, bold: bool, scale: float, part: int) -> Bitmap:
    """One letter that starts so many parts right of a pixel's edge."""
    from matplotlib.ft2font import LoadFlags

    fine = _drawing(bold, size, scale * _FINE)
    glyph = fine.load_char(ord(char), flags=LoadFlags.NO_HINTING)
    low, bottom, high, top = (edge / 64 for edge in glyph.bbox)
    if low >= high or bottom >= top:
        return _NOTHING
    left, right = math.floor((low + part) / _FINE), math.ceil((high + part) / _FINE)
    above, below = math.ceil(top / _FINE), math.floor(bottom / _FINE)
    canvas = np.zeros(((above - below) * _FINE, (right - left) * _FINE), dtype=np.uint8)
    x, y = part - left * _FINE, above * _FINE - math.ceil(top)
    fine.draw_glyph_to_bitmap(canvas, x, y, glyph, antialiased=True)
    blocks = canvas.reshape(above - below, _FINE, right - left, _FINE).sum(axis=(1, 3), dtype=np.uint32)
    return Bitmap(((blocks + _FINE * _FINE // 2) // (_FINE * _FINE)).astype(np.uint8), left, above)


def _shaped(words: str, size: float, bold: bool, scale: float) -> Bitmap:
    """Words that join, stack or run from right to left."""
    from matplotlib.ft2font import LoadFlags

    drawing = _drawing(bold, size, scale)
    drawing.set_text(directed(words), 0.0, flags=LoadFlags.NO_HINTING)
    drawing.draw_glyphs_to_bitmap(antialiased=True)
    covered = np.array(drawing.get_image(), dtype=np.uint8)
    below = math.ceil(drawing.get_descent() / 64)
    return Bitmap(covered, math.floor(drawing.get_bitmap_offset()[0] / 64), covered.shape[0] - below)
