"""Numbers needed to treat, with intervals that run through infinity where no effect is in them.

NNT = 1 / |risk difference|, rounded up. Altman 1998, BMJ, doi:10.1136/bmj.317.7168.1309: where the limits of the
difference have unlike signs, the NNT goes from one limit up to infinity (no difference) and down to the other limit.
"""

from __future__ import annotations

import math
from typing import Literal

EventIs = Literal["unwanted", "wanted", "unstated"]
INFINITE = "∞"


def whole(difference: float) -> float:
    """1 / |difference| rounded up, as Cochrane has it; infinite for no difference."""
    if difference == 0:
        return math.inf
    exact = 1 / abs(difference)
    return float(math.ceil(exact * (1 - 1e-9))) if exact < 1e15 else exact


def labelled(difference: float, event_is: EventIs) -> str:
    """``NNTB 17`` (to benefit) or ``NNTH 17`` (to harm); ``one fewer per 17`` where nobody said which an event is."""
    number = whole(difference)
    if math.isinf(number):
        return INFINITE
    fewer = difference < 0
    if event_is == "unstated":
        return f"one {'fewer' if fewer else 'more'} per {number:,.0f}"
    return f"{'NNTB' if fewer == (event_is == 'unwanted') else 'NNTH'} {number:,.0f}"


def number_needed(difference: float, low: float, high: float, event_is: EventIs) -> str:
    """The NNT with its interval, from the limits of the risk difference: ``NNTB 10 (NNTB 4 to ∞ to NNTH 20)``.

    The limit on the side of the estimate, further from no difference, comes first. Without limits the NNT alone.
    """
    middle = labelled(difference, event_is)
    if math.isnan(low) or math.isnan(high):
        return f"{middle} (no interval)"
    first, second = (low, high) if difference < 0 or (difference == 0 and -low >= high) else (high, low)
    ends = [labelled(first, event_is), labelled(second, event_is)]
    if low < 0 < high:
        ends.insert(1, INFINITE)
    return f"{middle} ({' to '.join(ends)})"
