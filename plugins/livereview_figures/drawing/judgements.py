"""Judgements of an appraisal as signs: a disc with the colour of its severity and a symbol, since colour is not enough.

Colours are those that readers know from robvis (McGuinness and Higgins 2021, doi:10.1002/jrsm.1411): green low, yellow
some concerns, red high, dark red critical, blue no information. Points are shaded by their share of the maximum. What
is missing is an empty disc, what raters have not settled an empty dashed one. Nothing is judged here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from livereview import AppraisalCard, InstrumentCard
from livereview_figures.drawing.page import INK, SOFT, Line, Mark, Shape, Text
from livereview_figures.drawing.text import clean

Severity = Literal[
    "low", "concerns", "high", "critical", "graded", "points", "outside", "unknown", "missing", "disputed"
]

LOW, CONCERNS, HIGH, CRITICAL = "#02C100", "#E2DF07", "#BF0000", "#820000"
NO_INFORMATION = "#4EA1F7"
NOT_APPLICABLE = "#CECECE"
_WHITE = "#FFFFFF"
_MOST = "#195A9C"
"""Of points: the maximum; none is white."""

_COLOURS: dict[Severity, str] = {"low": LOW, "concerns": CONCERNS, "high": HIGH, "critical": CRITICAL}
_SYMBOLS: dict[Severity, str] = {"low": "+", "concerns": "−", "high": "×", "critical": "!"}
#: Severity classes of a scale with so many judgements, the best first.
_SCALES: dict[int, tuple[Severity, ...]] = {
    1: ("low",),
    2: ("low", "high"),
    3: ("low", "concerns", "high"),
    4: ("low", "concerns", "high", "critical"),
}
#: Severity by the word with which a judgement begins, for an instrument that nobody defines.
_WORDS: tuple[tuple[str, Severity], ...] = (
    ("low", "low"), ("some concerns", "concerns"), ("moderate", "concerns"), ("unclear", "concerns"),
    ("very high", "critical"), ("critical", "critical"), ("high", "high"), ("serious", "high"),
)  # fmt: skip
_UNCLEAR = "unclear"
_NOT_APPLICABLE = ("not applicable", "n/a", "na")


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One judgement as it is drawn."""

    words: str
    """As the sheet writes it; in words of our own where there is none."""
    severity: Severity
    symbol: str
    fill: str
    """Colour of the disc; empty = an outline alone."""
    ink: str = INK
    """Colour of the symbol."""
    rank: float = 0.0
    """Where it stands in a key: the best judgement first, then what is outside the order, disputed, missing."""


MISSING = Judgement(words="not judged", severity="missing", symbol="", fill="", rank=1e6 + 2)
DISPUTED = Judgement(words="raters differ, not settled", severity="disputed", symbol="", fill="", rank=1e6 + 1)


def judgement_of(instrument: InstrumentCard, card: AppraisalCard | None, item: str) -> Judgement:
    """What stands for one study and item; ``MISSING`` without a card or a score."""
    if card is None:
        return MISSING
    if item in card.disputed:
        return DISPUTED
    score = card.scores.get(item, "")
    return judged(score, instrument.scores.get(item, ()), instrument.outside)


def judged(score: str, order: Sequence[str], outside: Sequence[str] = ()) -> Judgement:
    """A score as it is drawn. ``order``: of points the least first, of judgements the best first; empty = not known."""
    written = clean(score)
    folded = written.casefold()
    if not written:
        return MISSING
    if folded in _NOT_APPLICABLE:
        return Judgement(words=written, severity="outside", symbol="", fill=NOT_APPLICABLE, rank=1e6)
    if folded in {one.casefold() for one in outside} or folded == "no information":
        return Judgement(words=written, severity="outside", symbol="?", fill=NO_INFORMATION, rank=1e5)
    points = _number(written)
    if points is not None:
        return _points(written, points, order)
    names = [one.casefold() for one in order]
    if folded in names:
        return _ordered(written, names.index(folded), len(names))
    for words, severity in _WORDS:
        if folded.startswith(words):
            return _of_severity(written, severity, list(_COLOURS).index(severity))
    return Judgement(words=written, severity="unknown", symbol=written[:1].upper(), fill=NOT_APPLICABLE, rank=1e4)


def _ordered(words: str, at: int, many: int) -> Judgement:
    """A judgement by its place in the order: the classes of robvis up to four, shades with their number beyond."""
    if many in _SCALES:
        return _of_severity(words, _SCALES[many][at], at)
    place = at / (many - 1) * 3
    stops = list(_COLOURS.values())
    fill = _mixed(stops[min(int(place), 2)], stops[min(int(place), 2) + 1], place - min(int(place), 2))
    return Judgement(words=words, severity="graded", symbol=str(at + 1), fill=fill, ink=_ink_on(fill), rank=at)


def _of_severity(words: str, severity: Severity, rank: float) -> Judgement:
    symbol = "?" if words.casefold().startswith(_UNCLEAR) else _SYMBOLS[severity]
    fill = _COLOURS[severity]
    return Judgement(words=words, severity=severity, symbol=symbol, fill=fill, ink=_ink_on(fill), rank=rank)


def _points(words: str, points: float, order: Sequence[str]) -> Judgement:
    """Points, shaded by their share of the most that the item may have; white where that is not known."""
    most = max((value for one in order if (value := _number(one)) is not None), default=math.nan)
    share = min(max(points / most, 0.0), 1.0) if most > 0 else 0.0
    fill = _mixed(_WHITE, _MOST, share)
    return Judgement(words=words, severity="points", symbol=words, fill=fill, ink=_ink_on(fill), rank=-points)


def _number(words: str) -> float | None:
    try:
        value = float(words)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def key(judgements: Iterable[Judgement]) -> list[Judgement]:
    """Each judgement once, as a key lists them; points need none, since they are printed."""
    distinct = {(one.symbol, one.fill, one.words.casefold()): one for one in judgements if one.severity != "points"}
    return sorted(distinct.values(), key=lambda one: (one.rank, one.words))


def disc(judgement: Judgement, x: float, y: float, radius: float, *, name: str, tip: str = "", href: str = "",
         size: float = 0.0) -> list[Mark]:  # fmt: skip
    """The disc with its symbol, its middle at (x, y); ``size`` of the symbol in points, by default fitting."""
    around = _circle(x, y, radius)
    if not judgement.fill:
        dash = (1.6, 1.4) if judgement.severity == "disputed" else ()
        outline = Line(points=(*around, around[0]), width=0.7, colour=SOFT, dash=dash, name=f"disc:{name}")
        # Under the outline stands a white disc, so that pointing anywhere inside tells what it is.
        return [Shape(points=around, fill=_WHITE, name=f"under:{name}", tip=tip, href=href), outline]
    out: list[Mark] = [Shape(points=around, fill=judgement.fill, edge=SOFT, name=f"disc:{name}", tip=tip, href=href)]
    if judgement.symbol:
        size = size or 1.45 * radius
        out.append(Text(x=x, y=y + 0.36 * size, words=judgement.symbol, size=size, bold=True, align="center",
                        colour=judgement.ink, name=f"symbol:{name}", tip=tip, href=href))  # fmt: skip
    return out


def _circle(x: float, y: float, radius: float, corners: int = 24) -> tuple[tuple[float, float], ...]:
    angles = [2 * math.pi * i / corners for i in range(corners)]
    return tuple((x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mixed(first: str, second: str, share: float) -> str:
    """A colour between two, 0 = the first."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def _luminance(colour: str) -> float:
    """Relative luminance, 0-1 (WCAG 2.1)."""
    linear = [c / 12.92 if (c := value / 255) <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
              for value in _channels(colour)]  # fmt: skip
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast of two colours, 1-21 (WCAG 2.1)."""
    a, b = sorted((_luminance(first), _luminance(second)))
    return (b + 0.05) / (a + 0.05)


def _ink_on(fill: str) -> str:
    return max((INK, _WHITE), key=lambda ink: contrast(ink, fill))
