"""What a printed number can have been: spans of what rounds to it, and scales on which intervals are symmetric.

A span is (lowest, highest). A number does not keep its zeros, so 0.5 may be 0.50: its span is then wider than need be,
which raises no finding that is not there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from livereview import decimals

Span = tuple[float, float]
Scale = Callable[[float], float]

#: Above what binary fractions leave.
_DUST = 1e-9


def span(number: float, digits: int | None = None) -> Span:
    """Every number that is printed so, with so many decimals or with those that it has.

    >>> span(0.5, 2)
    (0.494999999, 0.505000001)
    """
    half = 0.5 * 10.0 ** -(decimals(number) if digits is None else digits) + _DUST
    return round(number - half, 12), round(number + half, 12)


def meet(one: Span, other: Span) -> bool:
    """Whether two spans have a number in common."""
    return one[0] <= other[1] and other[0] <= one[1]


def prints_as(value: float, printed: float, digits: int | None = None) -> bool:
    """Whether a value is printed so, rounded half up or half to even."""
    return meet(span(printed, digits), (value, value))


def cut_to(value: float, printed: float, digits: int | None = None) -> bool:
    """Whether a value is printed so where further digits are cut off."""
    step = 10.0 ** -(decimals(printed) if digits is None else digits)
    return printed - _DUST <= value < printed + step


def p_span(written: str | float | None) -> Span | None:
    """What a P value as written can be; None where there is none. The smallest number that can be printed with so many
    decimals, 0.001, is often printed for anything below it.

    >>> p_span("<0.001"), p_span("0.001")[0], p_span("0")
    ((0.0, 0.001), 0.0, (0.0, 0.001))
    """
    if written is None:
        return None
    text = str(written).strip()
    number = float(text.lstrip("<>=≤≥ "))
    if text[0] in "<≤":
        return 0.0, number
    if text[0] in ">≥":
        return number, 1.0
    if number == 0:
        return 0.0, 0.001
    low, high = span(number)
    return (0.0 if number <= 10.0 ** -decimals(number) and number <= 0.001 else max(low, 0.0)), min(high, 1.0)


def _logit(p: float) -> float:
    return math.log(p / (1 - p))


def _arcsine(p: float) -> float:
    return math.asin(math.sqrt(p))


def _log_log(p: float) -> float:
    return -math.log(-math.log(p))


def _same(x: float) -> float:
    return x


RATIO: Mapping[str, Scale] = {"log": math.log}
DIFFERENCE: Mapping[str, Scale] = {"identity": _same}
#: Raw, logit, log, arcsine and log-log: what packages pool proportions and survival on.
PROPORTION: Mapping[str, Scale] = {
    "raw": _same, "logit": _logit, "log": math.log, "arcsine": _arcsine, "log-log": _log_log,
}  # fmt: skip


def on(scale: Scale, values: Span) -> Span | None:
    """A span on a scale; None where it reaches beyond what the scale has."""
    try:
        return scale(values[0]), scale(values[1])
    except ValueError:
        return None
    except ZeroDivisionError:
        return None
