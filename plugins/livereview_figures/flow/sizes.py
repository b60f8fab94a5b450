"""How large the boxes of the flow diagram are: each as high as its text, all of a kind equally wide.

A box is a small table: words on the left, a column of numbers for each version on the right, so that what adds up
stands in one line. Lengths are in ems of the font size; positions in points.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from livereview_figures.drawing.layout import LINE, MARGIN
from livereview_figures.drawing.typeface import width_of, wrapped
from livereview_figures.flow.boxes import Card, Content, Entry

PAD = 0.6
"""Between a box and its text."""
GAP = 0.75
"""Before each column of numbers."""
BETWEEN = 1.9
"""Between a box and the one beside it."""
BELOW = 1.7
"""Between a box and the next one below."""
STACKED = 0.7
"""Between boxes that leave the same way."""
INDENT = 0.7
SPACE = 0.22
"""Between the entries of a box."""
_WORDS = {1: (13.5, 20.0), 2: (10.5, 12.5)}
"""Room for words in a box on the way and one beside it, by number of streams."""
_LINES = 4


@dataclass(frozen=True)
class Sizes:
    """Widths that the boxes of one diagram share."""

    content: Content
    size: float

    @property
    def small(self) -> float:
        """Font size of parts, headings of columns and footnotes."""
        return self.size - 1

    @cached_property
    def columns(self) -> tuple[float, ...]:
        """Width of each column of numbers."""
        cards = [card for stream in self.content.streams for rank in stream.ranks for card in (rank.main, *rank.sides)]
        cards += [self.content.total, *([self.content.note] if self.content.note else [])]
        out = []
        for at, (name, _) in enumerate(self.content.versions):
            widest = width_of(name, self.small, True)
            for entry in (entry for card in cards for entry in card.entries if entry.numbers):
                widest = max(widest, width_of(self.number(entry, at), self.font(entry), self.bold(entry, at)))
            out.append(widest)
        return tuple(out)

    def font(self, entry: Entry) -> float:
        """Size of an entry's text."""
        return self.small if entry.part else self.size

    def bold(self, entry: Entry, at: int) -> bool:
        """Whether a number is bold: that of this version, in the first line of a box."""
        return not entry.part and at == len(self.content.versions) - 1

    def number(self, entry: Entry, at: int) -> str:
        """A number as printed; with one version, a box says what PRISMA has it say: n = 1,204."""
        number = entry.numbers[at]
        words = "–" if number is None else f"{number:,}"
        return f"n\u00a0=\u00a0{words}" if len(self.content.versions) == 1 and not entry.part else words

    @property
    def numbers(self) -> float:
        """Width of all columns of numbers with the gaps before them."""
        return sum(self.columns) + len(self.columns) * GAP * self.size

    @property
    def main(self) -> float:
        """Width of a box on the way."""
        return (_WORDS[len(self.content.streams)][0] + 2 * PAD) * self.size + self.numbers

    @property
    def side(self) -> float:
        """Width of a box beside the way."""
        return (_WORDS[len(self.content.streams)][1] + 2 * PAD) * self.size + self.numbers

    @property
    def stream(self) -> float:
        """Width of a stream."""
        return self.main + BETWEEN * self.size + self.side

    @property
    def width(self) -> float:
        """Of the page, margins included."""
        streams = len(self.content.streams)
        return 2 * MARGIN + streams * self.stream + (streams - 1) * BETWEEN * self.size

    def left(self, stream: int) -> float:
        """Where a stream begins."""
        return MARGIN + stream * (self.stream + BETWEEN * self.size)

    def way(self, stream: int) -> float:
        """Where the arrows of a stream run: down the middle of its boxes, or before their numbers where those have
        headings, which the arrows must not cross."""
        if len(self.content.versions) == 1:
            return self.left(stream) + self.main / 2
        return self.left(stream) + self.main - self.numbers - 0.3 * self.size

    def lines(self, entry: Entry, width: float) -> list[str]:
        """The words of an entry in a box of that width."""
        room = width - 2 * PAD * self.size - (INDENT * self.size if entry.part else 0.0)
        room -= self.numbers if entry.numbers else 0.0
        return wrapped(entry.words, self.font(entry), room, lines=_LINES)

    def height(self, card: Card, width: float) -> float:
        """Of a box of that width."""
        heights = (len(self.lines(entry, width)) * LINE * self.font(entry) for entry in card.entries)
        return sum(heights) + (2 * PAD + (len(card.entries) - 1) * SPACE) * self.size
