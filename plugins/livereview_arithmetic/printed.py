"""What a printed number can stand for: intervals of rounding, and arithmetic with them.

A span is a pair (lowest, highest). A number keeps no zeros (0.50 is 0.5), so digits are taken from its neighbours:
numbers that were printed together have as many decimals as each other, or as many significant digits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from livereview import decimals

Span = tuple[float, float]

#: What is left of binary fractions: far below any printed digit.
_DUST = 1e-9
#: The quantile of 95% as tables print it and as it is: intervals were made with either.
_Z95 = (1.9599639845, 1.96)


def together(numbers: Iterable[float | None]) -> int:
    """The most decimals among numbers that were printed side by side, without zeros that lead: 0.014 is like 0.33.

    >>> together((0.014, 0.33, 7.6, None))
    2
    """
    return max((decimals(number) - _leading(number) for number in numbers if number is not None), default=0)


def _leading(number: float) -> int:
    return int(-math.log10(abs(number)) + _DUST) if 0 < abs(number) < 0.1 else 0


def as_precise(value: float, printed: float) -> float:
    """A value that was made of a printed number, with as many significant digits as that has.

    >>> as_precise(1 / 0.31, 0.31), as_precise(0.0, 0.5)
    (3.2, 0.0)
    """
    digits = len(repr(abs(float(printed))).partition("e")[0].replace(".", "").strip("0")) or 1
    return float(f"{value:.{digits}g}")


def span(number: float, digits: int | None = None) -> Span:
    """What rounds to a number, half up or half even.

    ``digits`` are those of its neighbours. Of a number of 1 or more, as many may have been left away as it has before
    the point: 0.76 (0.40 to 1.5) has two significant digits everywhere.

    >>> [[round(edge, 6) for edge in span(number, 2)] for number in (0.5, 12.0)]
    [[0.495, 0.505], [11.5, 12.5]]
    """
    own = decimals(number)
    if digits is not None and digits > own:
        whole = len(str(int(abs(number)))) if abs(number) >= 1 else 0
        own = max(own, digits - whole)
    half = 0.5 * 10.0**-own
    half += _DUST * max(half, abs(number) * 1e-3)
    return number - half, number + half


def share(number: float) -> Span:
    """What rounds to a probability: printed in whole per cent at least."""
    return span(number, 2)


def rounds_to(printed: float, value: float, digits: int | None = None) -> bool:
    """Whether a value is printed so."""
    low, high = span(printed, digits)
    return low <= value <= high


def cut_to(printed: float, value: float) -> bool:
    """Whether a value is printed so where digits are cut off, not rounded."""
    step = 10.0 ** -decimals(printed)
    return abs(printed) - _DUST <= abs(value) < abs(printed) + step and printed * value >= 0


def meet(one: Span, other: Span) -> bool:
    """Whether two spans have a number in common."""
    return one[0] <= other[1] and other[0] <= one[1]


def logs(numbers: Span) -> Span:
    """The logarithms; of what reaches down to 0, from minus infinity."""
    return (
        math.log(numbers[0]) if numbers[0] > 0 else -math.inf,
        math.log(numbers[1]) if numbers[1] > 0 else -math.inf,
    )


def middle(low: Span, high: Span) -> Span:
    """Half of the way between two spans."""
    return (low[0] + high[0]) / 2, (low[1] + high[1]) / 2


def half_width(low: Span, high: Span) -> Span:
    """Half of the distance of two spans, at least 0."""
    return max(0.0, (high[0] - low[1]) / 2), (high[1] - low[0]) / 2


def quantiles(level: float) -> Span:
    """The normal quantile of a two-sided level; of 95% from its true value to 1.96."""
    from scipy.special import ndtri

    if abs(level - 0.95) < 1e-9:
        return _Z95
    exact = float(ndtri(0.5 + level / 2))
    return exact * (1 - 1e-9), exact * (1 + 1e-9)


def p_of(z: float) -> float:
    """The two-sided P value of a standard normal statistic.

    >>> round(p_of(1.96), 3)
    0.05
    """
    return math.erfc(abs(z) / math.sqrt(2))


def p_span(written: str) -> Span | None:
    """What a P value as written can stand for; None where it is no number.

    >>> p_span("<0.001")
    (0.0, 0.001)
    """
    sign = written[: len(written) - len(written.lstrip("<>=≤≥"))]
    try:
        value = float(written[len(sign) :])
    except ValueError:
        return None
    if sign.startswith(("<", "≤")):
        return 0.0, value
    if sign.startswith((">", "≥")):
        return value, 1.0
    low, high = span(value)
    return max(0.0, low), min(1.0, high)


def shown(number: float) -> str:
    """A number in a message: as it was typed, or to four significant digits where it was computed.

    >>> shown(12.0), shown(0.123456)
    ('12', '0.1235')
    """
    return f"{number:.4g}" if abs(number) < 1e4 else f"{number:.0f}"


def shares(numbers: Span) -> str:
    """A span in a message."""
    return f"{shown(numbers[0])} to {shown(numbers[1])}"
