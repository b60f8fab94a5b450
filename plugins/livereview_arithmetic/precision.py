"""Whether an estimate is more precise than its number of people can make it, or far less.

Of n people, a probability S has at best the standard error √(S(1 − S)/n); censoring only adds to it (Greenwood 1926).
The logarithm of a hazard ratio has at best 2/√N, that of an odds ratio 4/√N: as if every one of N people had the event,
or half of them, in arms of equal size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from livereview import AuditFinding, EvidenceRow
from livereview_arithmetic import printed
from livereview_arithmetic.intervals import precision, spans
from livereview_arithmetic.printed import Span
from livereview_arithmetic.rows import PROBABILITIES, Row, finding

#: Intervals of a probability that are not Wald's may be narrower than it near 0 and 1.
_NARROWER = 0.8
#: Censoring and few at risk widen an interval; this is as if one of 25 people had been followed, but two at least.
_WIDER, _TWO = 5.0, 0.7
#: Below so many expected events or non-events no approximation is worth holding anything against.
_FEW = 3.0
_REMEDY = "Look up estimate, interval and n: is n that of this analysis, is it an SE or an SD, is a decimal lost?"


def imprecise(rows: Iterable[Row], studies: Iterable[EvidenceRow]) -> Iterator[AuditFinding]:
    """Estimates too precise for their n, or that of the study, and probabilities that are far too imprecise."""
    totals = {row["study_id"]: row.get("n_total") for row in studies}
    for row in rows:
        if row.get("estimate") is None:
            continue
        if row["measure"] in PROBABILITIES:
            yield from _of_probability(row, totals)
        elif row["measure"] in ("HR", "OR"):
            yield from _of_ratio(row, totals)


def _error(row: Row) -> Span | None:
    """The standard error of a probability as what it can stand for: as printed, or from the width of the interval."""
    if row.get("se"):
        low, high = printed.span(row["se"])
        return max(low, 0.0), high
    lower, upper = row.get("ci_low"), row.get("ci_high")
    if lower is None or upper is None or lower <= 0 or upper >= 1:
        return None
    digits = printed.together((row["estimate"], lower, upper))
    half = printed.half_width(printed.span(lower, digits), printed.span(upper, digits))
    z = printed.quantiles(float(row.get("ci_level") or 0.95))
    return half[0] / z[1], half[1] / z[0] / _NARROWER


def _of_probability(row: Row, totals: Mapping[str, int | None]) -> Iterator[AuditFinding]:
    share, error = row["estimate"], _error(row)
    n = row.get("n") or totals.get(row["study_id"])
    if error is None or not n or min(share, 1 - share) * n < _FEW:
        return
    columns = ("estimate", "se") if row.get("se") else ("estimate", "ci_low", "ci_high")
    low, high = (math.sqrt(max(edge * (1 - edge), 0.0) / n) for edge in printed.span(share))
    least, most = min(low, high), max(low, high)
    if error[1] < least:
        at = (row, (*columns, "n") if row.get("n") else columns)
        yield finding("too-precise", _words(row, n, least, "at least"), _REMEDY, at)
    elif row.get("n") and error[0] > most * min(_WIDER, _TWO * math.sqrt(n)):
        yield finding("too-imprecise", _words(row, n, most, "about"), _REMEDY, (row, (*columns, "n")))


def _words(row: Row, n: int, error: float, least: str) -> str:
    return (
        f"{printed.shown(row['estimate'])} with {precision(row)}; {n} people give an SE of {least} "
        f"{printed.shown(error)}"
    )


def _of_ratio(row: Row, totals: Mapping[str, int | None]) -> Iterator[AuditFinding]:
    n, found = row.get("n") or totals.get(row["study_id"]), spans(row)
    if not n:
        return
    if row.get("se"):
        error = printed.span(row["se"])[1]
    elif found.half is not None:
        error = found.half[1] / printed.quantiles(found.level)[0]
    else:
        return
    least = (2 if row["measure"] == "HR" else 4) / math.sqrt(n)
    if error < least * 0.99:
        message = (
            f"{row['measure']} {printed.shown(row['estimate'])} with {precision(row)}; if every one of "
            f"{n} people had the event, the SE of its logarithm would be {printed.shown(least)}, "
            f"not {printed.shown(error)}"
        )
        columns = [name for name in ("se", "ci_low", "ci_high", "n") if row.get(name) is not None]
        yield finding("too-precise", message, _REMEDY, (row, columns))
