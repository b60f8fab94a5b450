"""Colours of a figure that a page which holds it may change, as in the dark.

The file has them as they are printed, since not every program reads another notation. A colour that carries meaning by
itself (a series, a judgement) is the same everywhere, and so is a text that stands on it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from livereview_figures.drawing.page import ACCENT, INK, RULE, SOFT, Line, Shape, Text

FOLLOWING = frozenset({INK, SOFT, RULE, ACCENT, "#FFFFFF", "#8C8C8C"})
"""Ink, rules, accent, paper and prediction."""
_PALE = 0xCC
"""From this level of red, green and blue on a colour is a pale ground."""


def follows(colour: str) -> bool:
    """Whether a page may change the colour: not one with a meaning of its own."""
    return colour.upper() in FOLLOWING or all(int(colour[i : i + 2], 16) >= _PALE for i in (1, 3, 5))


class Grounds:
    """What the texts of a page stand on."""

    def __init__(self, marks: Sequence[Line | Shape]) -> None:
        shapes = [mark for mark in marks if isinstance(mark, Shape)]
        self._fills = [shape.fill for shape in shapes]
        ends = [(*np.min(shape.points, axis=0), *np.max(shape.points, axis=0)) for shape in shapes]
        self._boxes = np.array(ends, dtype=np.float64).reshape(-1, 4)
        self._any = any(not follows(fill) for fill in self._fills)

    def follows(self, text: Text) -> bool:
        """Whether the text changes its colour with the page: not where it stands on a colour that does not.

        White is the colour of paper, of a text it is a colour chosen for its ground.
        """
        if text.colour.upper() == "#FFFFFF":
            return False
        if not self._any:
            return True
        boxes, y = self._boxes, text.y - 0.35 * text.size
        x = text.x + {"left": 0.3, "center": 0.0, "right": -0.3}[text.align] * text.size
        under = (boxes[:, 0] <= x) & (x <= boxes[:, 2]) & (boxes[:, 1] <= y) & (y <= boxes[:, 3])
        found = np.flatnonzero(under)
        return not found.size or follows(self._fills[found[-1]])
