"""Mechanical reasons why a printed number is not the recomputed one: signs, digits, other counts, intervals off centre.

Each finding is a guess at what happened, in words; the verdict does not rest on it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from livereview.printing import fixed, plain
from livereview.published_results import decimals
from livereview.replicating.digits import INTERVAL, Printed
from livereview.types import Array

_NAMES = {"ci_low": "lower limit", "ci_high": "upper limit", "estimate": "estimate"}
#: Scales on which an interval may be symmetric about its estimate.
_SCALES: Mapping[str, Callable[[float], float]] = {
    "natural": lambda x: x,
    "log": lambda x: math.log(x) if x > 0 else math.nan,
    "logit": lambda x: math.log(x / (1 - x)) if 0 < x < 1 else math.nan,
    "arcsine": lambda x: math.asin(math.sqrt(x)) if 0 <= x <= 1 else math.nan,
}


def misprints(printed: Mapping[str, Printed], values: Mapping[str, float]) -> list[str]:
    """What may have happened to the numbers that differ from the recomputed ``values`` (limits not cut)."""
    found: list[str] = []
    for name in INTERVAL:
        if name in printed and math.isfinite(values.get(name, math.nan)):
            number, value = printed[name], values[name]
            if not _holds(number, value):
                found += [text.format(_NAMES[name]) for text in _of_one(number, value)]
    return found


def _of_one(number: Printed, value: float) -> Iterator[str]:
    places = max(decimals(number.value), round(-math.log10(2 * number.half)) if number.half else 0)
    if value and _holds(number, -value):
        yield f"lost minus sign: {{}} {fixed(value, places)} printed as {number.text}"
    if _digits(number.value, places) != _digits(value, places) and sorted(_digits(number.value, places)) == sorted(
        _digits(value, places)
    ):
        yield f"digits exchanged: {{}} {fixed(value, places)} printed as {number.text}"
    step = 10.0**-places
    if abs(math.floor(abs(value) / step + 1e-9) * step - abs(number.value)) < step * 1e-6:
        yield f"cut off instead of rounded: {{}} {plain(value)} printed as {number.text}"


def _digits(value: float, places: int) -> str:
    return f"{abs(value):.{places}f}".replace(".", "")


def _holds(number: Printed, value: float) -> bool:
    return bool(number.holds(np.asarray(value)))


def another_count(printed: Mapping[str, Printed], intervals: Mapping[str, Array]) -> list[int]:
    """Numbers of events that give the printed estimate and limits; ``intervals`` are those of 0, 1, 2, ... events."""
    held = np.logical_and.reduce(
        [number.holds(intervals[name]) for name, number in printed.items() if name in INTERVAL]
    )
    return [int(events) for events in np.flatnonzero(held)]


def off_centre(printed: Mapping[str, Printed], *, proportion: bool) -> str:
    """Says so where an interval is centred on its estimate on no scale, beyond what rounding explains; else empty.

    Nothing is said of proportions whose limits touch 0 or 1, nor of intervals with a limit missing.
    """
    if not all(name in printed for name in INTERVAL):
        return ""
    middle, low, high = (printed[name] for name in INTERVAL)
    if proportion and (low.value <= 0 or high.value >= 1):
        return ""
    if any(_centred(scale, middle, low, high) for scale in _SCALES.values()):
        return ""
    if middle.value < 0 < high.value and _centred(_SCALES["natural"], middle, low, _negative(high)):
        return f"the interval is not centred on its estimate; it would be with an upper limit of −{high.text}"
    return "the interval is not centred on its estimate on the natural, log, logit or arcsine scale"


def _centred(scale: Callable[[float], float], middle: Printed, low: Printed, high: Printed) -> bool:
    """Whether (low + high) / 2 can be the estimate, each within its rounding."""
    ends = [(scale(number.low), scale(number.high)) for number in (middle, low, high)]
    if any(math.isnan(value) for end in ends for value in end):
        return False
    (m0, m1), (l0, l1), (h0, h1) = ends
    return (l0 + h0) / 2 <= m1 + 1e-12 and (l1 + h1) / 2 >= m0 - 1e-12


def _negative(number: Printed) -> Printed:
    return Printed(name=number.name, text=f"-{number.text}", value=-number.value, low=-number.high, high=-number.low)


def heterogeneity_contradiction(printed: Mapping[str, Printed], k: float) -> str:
    """Says so where the printed I² and P of Q cannot both be, for so many studies; empty where they can.

    Q = (k - 1) / (1 - I²); P is its tail of chi² with k - 1 degrees of freedom. I² of 0 allows every Q up to k - 1.
    """
    from scipy import special

    if "i2" not in printed or "q_p" not in printed or not k >= 2:
        return ""
    df, i2 = k - 1, printed["i2"]
    if i2.high >= 100:
        return ""
    least = 0.0 if i2.low <= 0 else df / (1 - i2.low / 100)
    most = df / (1 - max(i2.high, 0.0) / 100)
    low, high = float(special.chdtrc(df, most)), float(special.chdtrc(df, least))
    if low <= printed["q_p"].high + 1e-9 and high >= printed["q_p"].low - 1e-9:
        return ""
    between = plain(round(low, 4)) if abs(high - low) < 1e-4 else f"{plain(round(low, 4))} to {plain(round(high, 4))}"
    return f"I² {i2.text} with {k:g} studies has P = {between}, printed {printed['q_p'].text}"
