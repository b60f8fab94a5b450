"""The boxes of the flow diagram before they have places.

Every box has one number for each version that is shown, and its parts sum to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from livereview import Box
from livereview_figures.drawing.text import clean

Numbers = tuple[int | None, ...]
Style = Literal["main", "side", "waiting", "note"]

MOST_PARTS = 10
"""Longest list of sources or reasons in a box; a longer one ends in "and n more"."""
BANDS = ("Identification", "Screening", "Included")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a box, with a number for each version; None = that version has no such number."""

    words: str
    numbers: Numbers = ()
    part: bool = False


@dataclass(frozen=True, kw_only=True)
class Card:
    """One box of the diagram."""

    name: str
    entries: tuple[Entry, ...]
    style: Style = "main"
    full: tuple[Entry, ...] = ()
    """Every entry, also those that a long list leaves out; empty = ``entries`` are all."""

    @property
    def tip(self) -> str:
        """The whole box in words."""
        return "; ".join(f"{entry.words}: {told(entry.numbers)}" if entry.numbers else entry.words
                         for entry in self.full or self.entries)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Rank:
    """A box on the way down, and what leaves the way there."""

    key: str
    band: str
    main: Card
    sides: tuple[Card, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Stream:
    """The way of records that were found in one manner."""

    key: str
    title: str
    ranks: tuple[Rank, ...]


@dataclass(frozen=True, kw_only=True)
class Content:
    """A whole diagram without its places."""

    versions: tuple[tuple[str, str], ...]
    """Short name and title of each version that is shown, this one last."""
    streams: tuple[Stream, ...]
    total: Card
    note: Card | None
    """What the manifest does not admit of the store, beside the total; None where a stream has it, or there is none."""
    steps: tuple[Card, ...]
    """Previous version, new, no longer included, this version; empty where there is no previous one."""


def told(numbers: Numbers) -> str:
    """``1,204``; ``980, 1,100, 1,204`` for several versions."""
    return ", ".join("–" if number is None else f"{number:,}" for number in numbers)


def some(numbers: Numbers) -> bool:
    """Whether any version has more than nothing."""
    return any(numbers)


def reasons(name: str, words: str, boxes: Sequence[Box | None], style: Style) -> Card:
    """A box with its parts, those of this version first; of a long list the last ones are told together."""
    first = Entry(words=words, numbers=tuple(None if box is None else box.number for box in boxes))
    shares = [None if box is None else _added_up(box.parts) for box in boxes]
    names = dict.fromkeys(part for share in reversed(shares) if share is not None for part in share)
    parts = [
        Entry(words=clean(part) or "–", part=True,
              numbers=tuple(None if share is None else share.get(part, 0) for share in shares))
        for part in names
    ]  # fmt: skip
    kept = parts
    if len(parts) > MOST_PARTS:
        kept, rest = parts[: MOST_PARTS - 1], parts[MOST_PARTS - 1 :]
        numbers = tuple(
            None if share is None else sum(entry.numbers[at] or 0 for entry in rest) for at, share in enumerate(shares)
        )
        kept = [*kept, Entry(words=f"and {len(rest)} more, see the table", numbers=numbers, part=True)]
    return Card(name=name, entries=(first, *kept), style=style, full=(first, *parts))


def _added_up(parts: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Number by name; a reason that reads like a part of ours is added to it."""
    out: dict[str, int] = {}
    for name, number in parts:
        out[name] = out.get(name, 0) + number
    return out
