"""The flow diagram of PRISMA 2020 as a page: streams of boxes from top to bottom, straight arrows between them.

Boxes at one stage stand at one height in all streams. What leaves the way stands beside it; an arrow to a box that
begins below the one it leaves starts from the way itself. A dashed box holds what still awaits something.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from livereview_figures.drawing.layout import LINE, MARGIN
from livereview_figures.drawing.page import INK, RULE, SOFT, Line, Mark, Page, Shape, Text
from livereview_figures.drawing.plate import footnoted, titled
from livereview_figures.flow.boxes import BANDS, Card, Content, Rank
from livereview_figures.flow.sizes import BELOW, BETWEEN, GAP, INDENT, PAD, SPACE, STACKED, Sizes

_BAND = "#DEE6EF"
_FILLS = {"main": "#FFFFFF", "side": "#FFFFFF", "waiting": "#FFFFFF", "note": "#F7F7F7"}
_HEAD = 4.2
"""Length of an arrow head in points."""
_STRIP = 1.75
"""Height of the strip that names a band, in ems."""


def diagram(content: Content, title: str, subtitle: str, footnotes: Sequence[str], size: float = 9.0) -> Page:
    """The whole diagram."""
    sizes = Sizes(content, size)
    page = Page(sizes.width, 0)
    y = titled(page, title, subtitle, page.width, size)
    drawing = _Diagram(page, content, sizes)
    y = drawing.streams(y)
    y = drawing.total(y)
    if content.steps:
        y = drawing.steps(y + BELOW * size)
    page.height = footnoted(page, footnotes, y, page.width, sizes.small) + MARGIN
    return page


@dataclass(frozen=True)
class _Placed:
    """A box where it stands."""

    card: Card
    left: float
    top: float
    right: float
    bottom: float


class _Diagram:
    """Puts the boxes of one diagram on its page, from top to bottom."""

    def __init__(self, page: Page, content: Content, sizes: Sizes) -> None:
        self.page, self.content, self.sizes, self.size = page, content, sizes, sizes.size
        self.above: dict[int, float] = {}
        """By stream: where the way goes on from the last box."""

    # --- streams ------------------------------------------------------------------------------------------------

    def streams(self, y: float) -> float:
        """Titles, bands and the boxes of every stream; returns where they end."""
        for at, stream in enumerate(self.content.streams):
            middle = self.sizes.left(at) + self.sizes.stream / 2
            self.page.add(Text(x=middle, y=y + self.size, words=stream.title, size=self.size, bold=True, align="center",
                               name=f"stream:{stream.key}"))  # fmt: skip
        y += 1.9 * self.size
        for band in BANDS:
            keys = dict.fromkeys(rank.key for s in self.content.streams for rank in s.ranks if rank.band == band)
            if keys or band == "Included":
                y = self.strip(band, y)
            for key in keys:
                y = self.level(key, y) + BELOW * self.size
        return y

    def strip(self, band: str, y: float) -> float:
        """The bar that names a band and, with several versions, the columns of numbers; returns where boxes begin."""
        size, small, bottom = self.size, self.sizes.small, y + _STRIP * self.size
        corners = ((MARGIN, y), (self.page.width - MARGIN, y), (self.page.width - MARGIN, bottom), (MARGIN, bottom))
        self.page.add(Shape(points=corners, fill=_BAND, name=f"band:{band}"))
        base = y + 1.2 * size
        self.page.add(Text(x=MARGIN + 0.5 * size, y=base, words=band, size=size, bold=True, name=f"band:{band}"))
        if len(self.content.versions) > 1:
            for at in range(len(self.content.streams)):
                left = self.sizes.left(at)
                for right in (left + self.sizes.main, left + self.sizes.stream):
                    for words, x in zip(self.content.versions, self.columns(right), strict=True):
                        self.page.add(Text(x=x, y=base, words=words[0], size=small, align="right", colour=SOFT,
                                           name=f"version:{band}"))  # fmt: skip
        return bottom + 0.9 * size

    def columns(self, right: float) -> list[float]:
        """Where the columns of numbers of a box end, from the left."""
        out, x = list[float](), right - PAD * self.size
        for width in reversed(self.sizes.columns):
            out.insert(0, x)
            x -= width + GAP * self.size
        return out

    def level(self, key: str, y: float) -> float:
        """The boxes of one stage in every stream; returns where the lowest ends."""
        bottom = y
        for at, stream in enumerate(self.content.streams):
            for rank in (rank for rank in stream.ranks if rank.key == key):
                bottom = max(bottom, self.rank(rank, at, y))
        return bottom

    def rank(self, rank: Rank, at: int, y: float) -> float:
        """A box on the way with those beside it."""
        left, way = self.sizes.left(at), self.sizes.way(at)
        main = self.card(rank.main, left, y, self.sizes.main)
        self.down(way, main.top, at)
        self.above[at] = main.bottom
        end = main.bottom
        x, top = left + self.sizes.main + BETWEEN * self.size, y
        for card in rank.sides:
            side = self.card(card, x, top, self.sizes.side)
            height = side.top + (PAD + LINE / 2) * self.size
            self.page.add(*_arrow(main.right if height < main.bottom - 1 else way, height, x, f"out:{card.name}"))
            end, top = side.bottom, side.bottom + STACKED * self.size
        return max(end, main.bottom)

    def down(self, way: float, y: float, at: int) -> None:
        """The arrow to a box from the one above it."""
        if at in self.above:
            above = self.above[at]
            head = ((way, y), (way - _HEAD * 0.55, y - _HEAD), (way + _HEAD * 0.55, y - _HEAD))
            self.page.add(Line(points=((way, above), (way, y - _HEAD + 0.3)), width=0.9, name=f"way:{at}"),
                          Shape(points=head, fill=INK, name=f"head:{at}"))  # fmt: skip

    # --- the review ---------------------------------------------------------------------------------------------

    def total(self, y: float) -> float:
        """Studies and reports of the review, beside them what the manifest does not admit; returns where they end."""
        last = len(self.content.streams) - 1
        width = self.sizes.left(last) + self.sizes.main - MARGIN
        box = self.card(self.content.total, MARGIN, y, width)
        for at in range(last + 1):
            self.down(self.sizes.way(at), y, at)
        if self.content.note is None:
            return box.bottom
        x = box.right + BETWEEN * self.size
        return max(box.bottom, self.card(self.content.note, x, y, self.sizes.side).bottom)

    def steps(self, y: float) -> float:
        """Previous version + new − no longer included = this version; returns where they end."""
        size, steps = self.size, self.content.steps
        gap = 2.2 * size
        width = min((self.page.width - 2 * MARGIN - gap * (len(steps) - 1)) / len(steps), 14 * size)
        bottom = y
        for at, (card, sign) in enumerate(zip(steps, ("", "+", "−", "="), strict=True)):
            left = MARGIN + at * (width + gap)
            placed = self.card(card, left, y, width)
            bottom = max(bottom, placed.bottom)
            if sign:
                middle = (placed.top + placed.bottom) / 2 + 0.4 * size
                self.page.add(Text(x=left - gap / 2, y=middle, words=sign, size=size + 2, bold=True, align="center",
                                   name=f"sign:{card.name}"))  # fmt: skip
        return bottom

    # --- one box ------------------------------------------------------------------------------------------------

    def card(self, card: Card, left: float, top: float, width: float) -> _Placed:
        """A box with its words and numbers."""
        right, bottom = left + width, top + self.sizes.height(card, width)
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        name, dashed = f"box:{card.name}", card.style == "waiting"
        edge = "" if dashed else RULE if card.style == "note" else INK
        self.page.add(Shape(points=corners, fill=_FILLS[card.style], edge=edge, name=name, tip=card.tip))
        if dashed:
            self.page.add(Line(points=(*corners, corners[0]), width=0.8, colour=SOFT, dash=(3, 2), name=name))
        self.page.add(*self.entries(card, left, top, width))
        return _Placed(card, left, top, right, bottom)

    def entries(self, card: Card, left: float, top: float, width: float) -> Iterator[Mark]:
        """The words of a box and, in the last line of each entry, its numbers."""
        y = top + PAD * self.size
        for entry in card.entries:
            font = self.sizes.font(entry)
            x = left + (PAD + (INDENT if entry.part else 0.0)) * self.size
            colour = SOFT if card.style == "note" else INK
            lines = self.sizes.lines(entry, width)
            for i, words in enumerate(lines):
                base = y + (i * LINE + 1.0) * font
                yield Text(x=x, y=base, words=words, size=font, colour=colour, name=f"words:{card.name}")
            last = y + ((len(lines) - 1) * LINE + 1.0) * font
            for at, right in enumerate(self.columns(left + width) if entry.numbers else ()):
                yield Text(x=right, y=last, words=self.sizes.number(entry, at), size=font,
                           bold=self.sizes.bold(entry, at), align="right", colour=colour,
                           name=f"number:{card.name}")  # fmt: skip
            y += len(lines) * LINE * font + SPACE * self.size


def _arrow(start: float, y: float, end: float, name: str) -> list[Mark]:
    """A straight arrow to the right."""
    head = ((end, y), (end - _HEAD, y - _HEAD * 0.55), (end - _HEAD, y + _HEAD * 0.55))
    return [Line(points=((start, y), (end - _HEAD + 0.3, y)), width=0.9, name=name),
            Shape(points=head, fill=INK, name=f"head:{name}")]  # fmt: skip
