"""The summary of appraisals: for each domain a bar of the whole, parted by judgement.

The whole is the studies, each counting once, or the weights of the outcome's model; the subtitle says which.
"""

from __future__ import annotations

from livereview_figures.appraisals.key import signs
from livereview_figures.appraisals.standing import Appraisal
from livereview_figures.drawing.judgements import Judgement
from livereview_figures.drawing.layout import LINE, MARGIN
from livereview_figures.drawing.page import INK, SOFT, Line, Page, Shape, Text
from livereview_figures.drawing.plate import footnoted, titled
from livereview_figures.drawing.text import clean
from livereview_figures.drawing.typeface import width_of, wrapped

_LABEL, _BAR = 21.0, 30.0
_HEIGHT = 1.5
"""Of a bar, in ems."""
_UNFILLED = "#FFFFFF"


def summary(appraisal: Appraisal, title: str, subtitle: str, size: float = 9.0) -> Page:
    """A bar for each item, the one that judges the whole last and apart."""
    small = size - 1
    page = Page(2 * MARGIN + (_LABEL + 1.2 + _BAR) * size, 0)
    y = titled(page, title, subtitle, page.width, size) + 0.3 * size
    for item in appraisal.columns:
        y = _bar(page, appraisal, item, y, size)
    y = _axis(page, y, small, size)
    every = [one for item in appraisal.columns for one, _, _ in appraisal.shares(item)]
    y = signs(page, every, y + 0.2 * small, small)
    points = any(one.severity == "points" for one in every)
    notes = ["Numbers before a colon are points; the darker, the nearer to the most that the item can have."]
    page.height = footnoted(page, notes if points else [], y, page.width, small) + MARGIN
    return page


def _bar(page: Page, appraisal: Appraisal, item: str, y: float, size: float) -> float:
    """One item with its bar; returns where it ends."""
    whole = item == appraisal.instrument.overall
    titles = dict(appraisal.instrument.items)
    words = "Overall" if whole else clean(titles.get(item, "")) or clean(item)
    lines = wrapped(words, size, _LABEL * size, lines=3, bold=whole)
    y += 0.6 * size if whole and len(appraisal.columns) > 1 else 0.0
    height = max(_HEIGHT + 0.35, len(lines) * LINE + 0.35) * size
    middle = y + height / 2
    for i, line in enumerate(lines):
        base = middle + 0.36 * size + (i - (len(lines) - 1) / 2) * LINE * size
        page.add(Text(x=MARGIN + _LABEL * size, y=base, words=line, size=size, bold=whole, align="right",
                      name=f"label:{item}"))  # fmt: skip
    at = 0.0
    for one, studies, share in appraisal.shares(item):
        _part(page, one, studies, (at, at + share), middle, words, size)
        at += share
    return y + height


def _part(
    page: Page, one: Judgement, studies: int, ends: tuple[float, float], middle: float, asks: str, size: float
) -> None:
    """The part of a bar from share to share, with its sign and percentage where they fit."""
    start, half = MARGIN + (_LABEL + 1.2) * size, _HEIGHT / 2 * size
    left, right = (start + end * _BAR * size for end in ends)
    if right - left < 1e-9:
        return
    share = f"{100 * (ends[1] - ends[0]):.0f}%"
    corners = ((left, middle - half), (right, middle - half), (right, middle + half), (left, middle + half))
    tip = f"{asks}; {clean(one.words)}: {studies} {'study' if studies == 1 else 'studies'}, {share}"
    name = f"{asks}:{one.words}"
    page.add(Shape(points=corners, fill=one.fill or _UNFILLED, edge=SOFT if one.fill else "", name=f"part:{name}",
                   tip=tip))  # fmt: skip
    if not one.fill:
        dash = (1.6, 1.4) if one.severity == "disputed" else ()
        page.add(Line(points=(*corners, corners[0]), width=0.7, colour=SOFT, dash=dash, name=f"around:{name}"))
    sign = f"{one.symbol}: " if one.severity == "points" else f"{one.symbol} " if one.symbol else ""
    for words in (f"{sign}{share}", one.symbol):
        if words and width_of(words, size, True) + 0.5 * size <= right - left:
            page.add(Text(x=(left + right) / 2, y=middle + 0.36 * size, words=words, size=size, bold=True,
                          align="center", colour=one.ink, name=f"share:{name}", tip=tip))  # fmt: skip
            return


def _axis(page: Page, y: float, small: float, size: float) -> float:
    """From 0% to 100%; returns where it ends."""
    start = MARGIN + (_LABEL + 1.2) * size
    y += 0.3 * size
    page.add(Line(points=((start, y), (start + _BAR * size, y)), width=0.8, name="axis"))
    for percent in (0, 25, 50, 75, 100):
        x = start + percent / 100 * _BAR * size
        page.add(Line(points=((x, y), (x, y + 0.35 * small)), width=0.8, colour=INK, name="tick"))
        page.add(Text(x=x, y=y + 1.35 * small, words=f"{percent}%", size=small, name=f"tick:{percent}",
                      align="right" if percent == 100 else "center"))  # fmt: skip
    return y + 1.6 * small
