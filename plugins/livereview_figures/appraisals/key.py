"""The key below a figure of appraisals: what the columns ask, what the signs mean."""

from __future__ import annotations

from collections.abc import Iterable

from livereview_figures.appraisals.standing import Appraisal
from livereview_figures.drawing.judgements import Judgement, disc, key
from livereview_figures.drawing.layout import LINE, MARGIN
from livereview_figures.drawing.page import INK, SOFT, Page, Text
from livereview_figures.drawing.text import clean
from livereview_figures.drawing.typeface import width_of, wrapped

RADIUS = 0.62
"""Of a disc, in ems."""
LEAST = 7.0
"""Smallest symbol, in points."""
_SHORT = 4.6
"""Widest name that stands above a column, in ems."""


def headers(appraisal: Appraisal, size: float) -> dict[str, str]:
    """What stands above the column of each item: its name where all names are short, else a number."""
    names = {name: clean(name) for name in appraisal.columns}
    own = appraisal.instrument.overall
    if all(width_of(words, size, True) <= _SHORT * size for name, words in names.items() if name != own):
        return names | ({own: "Overall"} if own in names else {})
    numbers = {name: str(at) for at, name in enumerate(names, start=1) if name != own}
    return numbers | ({own: "Overall"} if own in names else {})


def questions(appraisal: Appraisal, heads: dict[str, str]) -> list[tuple[str, str]]:
    """What each item is called above its column and asks in words; those that say no more than their name are out."""
    out = []
    for name, title in appraisal.items:
        words = clean(title) or clean(name)
        points = appraisal.instrument.scores.get(name, ())
        if points and points[-1].replace(".", "", 1).isdigit():
            words = f"{words} ({points[0]} to {points[-1]})"
        if words != heads[name]:
            out.append((heads[name], words))
    return out


def asked(page: Page, appraisal: Appraisal, heads: dict[str, str], y: float, size: float) -> float:
    """Puts the questions on the page, in two columns where there is room; returns where they end."""
    lines = questions(appraisal, heads)
    room = page.width - 2 * MARGIN
    indent = max((width_of(f"{head} ", size, True) for head, _ in lines), default=0.0) + 0.4 * size
    columns = 2 if room > 56 * size and len(lines) > 3 else 1
    wide = (room - (columns - 1) * 2 * size) / columns
    each = -(-len(lines) // columns)
    bottom = y
    for column in range(columns):
        x, at = MARGIN + column * (wide + 2 * size), y
        for head, words in lines[column * each : (column + 1) * each]:
            page.add(Text(x=x, y=at + LINE * size, words=head, size=size, bold=True, name=f"asked:{head}"))
            for line in wrapped(words, size, wide - indent, lines=4):
                at += LINE * size
                page.add(Text(x=x + indent, y=at, words=line, size=size, name=f"asked:{head}"))
        bottom = max(bottom, at)
    return bottom


def signs(page: Page, judgements: Iterable[Judgement], y: float, size: float) -> float:
    """Puts every sign with its meaning on the page, as many in a line as there is room for; returns where they end."""
    found = key(judgements)
    x, base = MARGIN, y + 1.6 * size
    for one in found:
        room = page.width - 2 * MARGIN - 2 * RADIUS * size - 0.5 * size
        words = "; ".join(wrapped(one.words, size, room, lines=1))
        wide = 2 * RADIUS * size + 0.5 * size + width_of(words, size)
        if x > MARGIN and x + wide > page.width - MARGIN:
            x, base = MARGIN, base + 1.7 * size
        page.add(*disc(one, x + RADIUS * size, base - 0.36 * size, RADIUS * size, name=f"key:{one.words}",
                       size=max(1.45 * RADIUS * size, LEAST)))  # fmt: skip
        colour = SOFT if one.severity in ("missing", "disputed") else INK
        page.add(Text(x=x + 2 * RADIUS * size + 0.5 * size, y=base, words=words, size=size, colour=colour,
                      name=f"key:{one.words}"))  # fmt: skip
        x += wide + 1.6 * size
    return base + 0.4 * size if found else y
