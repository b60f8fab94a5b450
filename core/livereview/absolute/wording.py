"""An absolute effect in words that a clinician reads: so many of 1,000 people, so many fewer or more."""

from __future__ import annotations

import math


def people(number: float) -> str:
    """A number of people: whole from 10 up, else with a decimal where there is one; ``less than 0.1`` for a trace."""
    if number >= 9.95:
        return f"{number:,.0f}"
    if 0 < number < 0.05:
        return "less than 0.1"
    return f"{number:.1f}".removesuffix(".0")


def change(difference: float, per: int) -> str:
    """``62 fewer``, ``15 more``, ``no difference``."""
    if difference == 0:
        return "no difference"
    return f"{people(abs(difference) * per)} {'fewer' if difference < 0 else 'more'}"


def absolute_sentence(
    baseline: float, risk: tuple[float, float, float], *, per: int, level: float, event: str, time: str
) -> str:
    """One absolute effect in a sentence; ``risk`` with treatment: estimate and limits, NaN where there are none."""
    middle, low, high = (value - baseline for value in risk)
    by = f", by {time}" if time else ""
    limits, changes = "", ""
    if not math.isnan(low) and not math.isnan(high):
        limits = f" ({100 * level:g}% interval {people(risk[1] * per)} to {people(risk[2] * per)})"
        changes = f" ({change(low, per)} to {change(high, per)})"
    return (
        f"Of {per:,} people{by}, {people(baseline * per)} have {event} with the comparator and {people(risk[0] * per)}"
        f"{limits} with the treatment: {change(middle, per)}{changes}."
    )
