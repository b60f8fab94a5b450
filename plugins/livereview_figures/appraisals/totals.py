"""Totals of points: as they were given, and the sum of the items beside the most that those items could have."""

from __future__ import annotations

import math

from livereview.printing import plain
from livereview_figures.appraisals.standing import Appraisal, Appraised
from livereview_figures.drawing.text import clean

COMPUTED = "Sum"
"""Header of the sum of the items."""


def total_columns(appraisal: Appraisal) -> list[str]:
    """Names of the totals: those given, then the sum of the items; none for an instrument without points."""
    given = dict.fromkeys(name for row in appraisal.rows for card in row.cards[:1] for name, _ in card.totals)
    return [*given, *([COMPUTED] if appraisal.instrument.has_total else [])]


def total_text(appraisal: Appraisal, row: Appraised, column: str) -> str:
    """A total as printed: ``14``; the sum of the items with the most they could have, ``7 of 9``."""
    card = row.cards[0] if row.cards else None
    if card is None:
        return "–"
    if column != COMPUTED:
        return clean(dict(card.totals).get(column, "")) or "–"
    if card.computed is None:
        return "–"
    most = maximum(appraisal, row)
    return plain(card.computed) + (f" of {plain(most)}" if math.isfinite(most) else "")


def maximum(appraisal: Appraisal, row: Appraised) -> float:
    """The most points that the scored items could have; NaN where that is not known."""
    card = row.cards[0] if row.cards else None
    scored = [name for name in appraisal.columns if card is not None and name in card.scores]
    most = [appraisal.instrument.scores.get(name, ("",))[-1] for name in scored]
    try:
        return math.fsum(float(value) for value in most) if most else math.nan
    except ValueError:
        return math.nan


def total_title(column: str) -> str:
    """A header: ``total-printed`` becomes ``Total printed``."""
    words = clean(column.replace("-", " ").replace("_", " "))
    return words[:1].upper() + words[1:]


def differs(row: Appraised, column: str) -> bool:
    """Whether a total was given that is not the sum of the items."""
    card = row.cards[0] if row.cards else None
    if card is None or card.computed is None or column == COMPUTED or column not in dict(card.totals):
        return False
    try:
        return float(dict(card.totals)[column]) != card.computed
    except ValueError:
        return True
