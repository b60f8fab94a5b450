"""One row against itself: estimate, limits, standard error and P on the scale on which they were made.

Each rule says what does not fit, or nothing. Ratios are symmetric on the log scale, differences and means on their own;
the interval of a probability is symmetric on one of several scales, or exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from livereview_arithmetic import printed
from livereview_arithmetic.binomial import binomial_intervals, clopper_pearson_fits
from livereview_arithmetic.printed import Span
from livereview_arithmetic.rows import PROBABILITIES, RATIOS, Row, says

DIFFERENCES = ("RD", "MD", "SMD", "RMST", "mean")
#: How far two tests of one effect may lie apart, as standard normal statistics: a log-rank, score or exact test is not
#: the Wald test. The larger of a fixed and a relative distance.
_OTHER_TEST = (0.4, 0.15)
#: Newcombe's, score and exact intervals of a risk difference lean toward no difference: Newcombe's by less than this
#: share of half of their width in 0.81 of all tables of 50 against 48 people. Where they lean farther, it is a note.
_LEANS = 0.25

_SCALES: Mapping[str, Callable[[float], float]] = {
    "plain": lambda p: p,
    "log": lambda p: math.log(p) if p > 0 else -math.inf,
    "log-log": lambda p: math.log(-math.log(p)) if 0 < p < 1 else math.copysign(math.inf, 0.5 - p),
    "logit": lambda p: math.log(p / (1 - p)) if 0 < p < 1 else math.copysign(math.inf, p - 0.5),
    "arcsine": lambda p: math.asin(math.sqrt(min(max(p, 0.0), 1.0))),
}  # fmt: skip


@dataclass(frozen=True)
class Mismatch:
    """Numbers that do not fit each other."""

    code: str
    columns: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Spans:
    """Estimate and limits of a row on the scale of its measure, each as what it can stand for; None where it is not."""

    estimate: Span | None
    low: Span | None
    high: Span | None
    level: float
    log: bool

    @property
    def middle(self) -> Span | None:
        """Half of the way between the limits."""
        return None if self.low is None or self.high is None else printed.middle(self.low, self.high)

    @property
    def half(self) -> Span | None:
        """Half of the distance of the limits."""
        return None if self.low is None or self.high is None else printed.half_width(self.low, self.high)


def spans(row: Row) -> Spans:
    """The numbers of a row of a ratio, a difference or a mean."""
    log = row["measure"] in RATIOS
    names = ("estimate", "ci_low", "ci_high")
    digits = printed.together(row.get(name) for name in names)
    estimate, low, high = (_on(log, row.get(name), digits) for name in names)
    return Spans(estimate, low, high, float(row.get("ci_level") or 0.95), log)


def _on(log: bool, number: float | None, digits: int) -> Span | None:
    if number is None:
        return None
    as_printed = printed.span(number, digits)
    return printed.logs(as_printed) if log else as_printed


def mismatches(row: Row) -> Iterator[Mismatch]:
    """Everything in one row that does not fit the rest of it."""
    measure = row.get("measure")
    if measure in RATIOS or measure in DIFFERENCES:
        found = spans(row)
        yield from _centre(row, found)
        yield from _standard_error(row, found)
        yield from _p_value(row, found)
    elif measure in PROBABILITIES:
        yield from _probability(row)
    if measure == "mean":
        yield from _deviation(row)


def _centre(row: Row, found: Spans) -> Iterator[Mismatch]:
    if found.middle is None or found.estimate is None or printed.meet(found.middle, found.estimate):
        return
    if row["measure"] == "RD" and _leans_to_no_difference(row):
        return
    scale = "on the log scale" if found.log else "between the limits"
    back = math.exp if found.log else float
    middle = tuple(back(min(value, 700.0)) for value in found.middle)
    message = (
        f"estimate {printed.shown(row['estimate'])} is not in the middle of {interval(row)} {scale}, "
        f"which is {printed.shares((middle[0], middle[1]))}"
    )
    yield Mismatch("interval-off-centre", ("estimate", "ci_low", "ci_high"), message)


def _leans_to_no_difference(row: Row) -> bool:
    """Whether the interval of a risk difference is off centre as score and exact ones are: a little, toward 0."""
    middle, half = (row["ci_low"] + row["ci_high"]) / 2, (row["ci_high"] - row["ci_low"]) / 2
    return bool(abs(middle) <= abs(row["estimate"]) and abs(middle - row["estimate"]) <= _LEANS * half)


def _standard_error(row: Row, found: Spans) -> Iterator[Mismatch]:
    """SE against half of the interval: a normal quantile, or one of t where n is known."""
    error, half = row.get("se"), found.half
    if error is None or half is None:
        return
    low, high = printed.span(error)
    smallest, largest = quantiles(row, found.level)
    if not printed.meet((max(low, 0.0) * smallest, high * largest), half):
        implied = half[0] / largest, half[1] / smallest
        scale = " of the logarithm" if found.log else ""
        message = (
            f"SE {printed.shown(error)}{scale} does not give {interval(row)}, which needs {printed.shares(implied)}"
        )
        yield Mismatch("se-differs-from-interval", ("se", "ci_low", "ci_high"), message)


def quantiles(row: Row, level: float) -> Span:
    """Normal to t quantile: of n - 2 degrees of freedom, of n - 1 for a mean; the normal one where n is not known."""
    from scipy.special import stdtrit

    smallest, largest = printed.quantiles(level)
    n, measure = row.get("n"), row["measure"]
    if n is not None and measure in ("MD", "SMD", "mean") and n > 2:
        largest = max(largest, float(stdtrit(n - (1 if measure == "mean" else 2), 0.5 + level / 2)))
    return smallest, largest * (1 + 1e-9)


def statistic(row: Row, found: Spans) -> Span | None:
    """The distance of the estimate from no effect in standard errors, as what it can stand for, at least 0."""
    if found.estimate is None or row["measure"] == "mean":
        return None
    if row.get("se"):
        low, high = printed.span(row["se"])
    elif found.half is not None and found.half[1] > 0:
        smallest, largest = printed.quantiles(found.level)
        low, high = found.half[0] / largest, found.half[1] / smallest
    else:
        return None
    low = max(low, 1e-12)
    nearest = 0.0 if found.estimate[0] <= 0 <= found.estimate[1] else min(abs(edge) for edge in found.estimate)
    return nearest / high, max(abs(edge) for edge in found.estimate) / low


def _p_value(row: Row, found: Spans) -> Iterator[Mismatch]:
    """P against estimate and interval: two-sided, or one-sided; another test may have been made."""
    z, p = statistic(row, found), printed.p_span(str(row.get("p_value") or ""))
    if z is None or p is None or row.get("o_minus_e") is not None:
        return
    implied = printed.p_of(z[1]), printed.p_of(z[0])
    if printed.meet(implied, p):
        return
    sides = (1, 2) if says(row, "one-sided", "one sided", "1-sided") else (1,)
    distance = min(_apart(z, _normal(p, side)) for side in sides)
    if distance <= max(_OTHER_TEST[0], _OTHER_TEST[1] * z[0]):
        return
    one = printed.meet((implied[0] / 2, implied[1] / 2), p)
    message = (
        f"P {row['p_value']} does not fit {printed.shown(row['estimate'])} with {precision(row)}, which give about "
        f"P {printed.shown(printed.p_of(sum(z) / 2))}{'; half of it fits: a one-sided P' if one else ''}"
    )
    yield Mismatch("p-differs", ("p_value", "estimate"), message)


def _normal(p: Span, sides: int) -> Span:
    from scipy.special import ndtri

    low, high = (min(max(value * sides, 1e-300), 1.0) for value in p)
    return float(-ndtri(high / 2)), float(-ndtri(low / 2))


def _apart(one: Span, other: Span) -> float:
    return max(0.0, one[0] - other[1], other[0] - one[1])


def _probability(row: Row) -> Iterator[Mismatch]:
    """Limits of a probability: symmetric on a scale in use, or an interval of a binomial count of n."""
    estimate, low, high = row.get("estimate"), row.get("ci_low"), row.get("ci_high")
    if estimate is None or low is None or high is None:
        return
    digits = printed.together((estimate, low, high))
    edges = [printed.span(value, digits) for value in (estimate, low, high)]
    clipped = low <= 0 or high >= 1
    if clipped or any(_symmetric(scale, edges) for scale in _SCALES.values()):
        return
    n = row.get("n")
    if n and any(
        printed.meet(edges[1], (lower, lower)) and printed.meet(edges[2], (upper, upper))
        for _, lower, upper in binomial_intervals(estimate, n, float(row.get("ci_level") or 0.95))
    ):
        return
    if n is None and clopper_pearson_fits(estimate, edges[1], edges[2], float(row.get("ci_level") or 0.95)):
        return
    message = f"{interval(row)} about {printed.shown(estimate)} is symmetric on no scale that is in use"
    yield Mismatch("interval-off-centre", ("estimate", "ci_low", "ci_high"), message)


def _symmetric(scale: Callable[[float], float], edges: list[Span]) -> bool:
    estimate, low, high = (sorted((scale(edge[0]), scale(edge[1]))) for edge in edges)
    below, above = sorted((low, high))
    middle = (below[0] + above[0]) / 2, (below[1] + above[1]) / 2
    return bool(middle[0] <= estimate[1] and estimate[0] <= middle[1])


def _deviation(row: Row) -> Iterator[Mismatch]:
    """SD, SE and n of a mean; and its interval, from SD and n."""
    deviation, error, n = row.get("sd"), row.get("se"), row.get("n")
    if deviation is None or not n:
        return
    low, high = (max(edge, 0.0) / math.sqrt(n) for edge in printed.span(deviation))
    if error is not None and not printed.meet((low, high), printed.span(error)):
        message = (
            f"SD {printed.shown(deviation)} of {n} people gives an SE of {printed.shares((low, high))}, "
            f"not {printed.shown(error)}"
        )
        yield Mismatch("sd-differs-from-se", ("sd", "se", "n"), message)
    half = spans(row).half
    if error is None and half is not None:
        smallest, largest = quantiles(row, float(row.get("ci_level") or 0.95))
        if not printed.meet((low * smallest, high * largest), half):
            message = f"SD {printed.shown(deviation)} of {n} people does not give {interval(row)}"
            yield Mismatch("sd-differs-from-se", ("sd", "ci_low", "ci_high", "n"), message)


def interval(row: Mapping[str, Any]) -> str:
    """The interval of a row in a message."""
    level = float(row.get("ci_level") or 0.95)
    words = [printed.shown(row[name]) if row.get(name) is not None else "?" for name in ("ci_low", "ci_high")]
    return f"{'the interval' if abs(level - 0.95) < 1e-9 else f'the {level:.0%} interval'} {words[0]} to {words[1]}"


def precision(row: Mapping[str, Any]) -> str:
    """What says how precise an estimate is, in a message."""
    return f"SE {printed.shown(row['se'])}" if row.get("se") else interval(row)
