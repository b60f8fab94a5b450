"""The audit check ``survival``: probabilities over time against each other, against medians and hazard ratios."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from livereview import AuditCheck, AuditCode, AuditFinding, AuditRequest, Options
from livereview_arithmetic import printed
from livereview_arithmetic.at_risk import AT_RISK, people_at_risk
from livereview_arithmetic.printed import Span
from livereview_arithmetic.repairs import other_digits
from livereview_arithmetic.rows import Row, finding, grouped, results

CODES = (
    AuditCode(code="survival-rises", severity="error", title="Survival rises in time, or an incidence falls"),
    AuditCode(code="survival-order", severity="error", title="Event-free survival above overall survival"),
    AuditCode(code="risks-do-not-add-up", severity="warning", title="Survival and competing risks do not add up to 1"),
    AT_RISK,
    AuditCode(code="median-against-survival", severity="warning", title="Median does not fit the survival"),
    AuditCode(code="ratio-against-curves", severity="warning", title="Hazard ratio does not fit the two curves"),
)
RISES, ORDER, ADD_UP, _, MEDIAN, CURVES = (code.code for code in CODES)

#: Events of the right are events of the left as well, so that fewer people are free of the left.
_BELOW = {"efs": ("os", "dfs", "rfs"), "pfs": ("os",), "dfs": ("os",), "rfs": ("os",)}
#: Those that are certain whoever is counted: others begin at a response, so that the people may differ.
_CERTAIN = (("efs", "os"), ("pfs", "os"))
_LOOK = "Look up both numbers, their times and the people they are of."
_GROUP = ("study_id", "report_id", "population", "arm", "variant", "extractor")


def findings(request: AuditRequest, options: Options) -> Iterator[AuditFinding]:
    """Probabilities that cannot all be right."""
    rows = [row for row in results(request) if row.get("estimate") is not None]
    of_time = [row for row in rows if row["measure"] in ("survival", "cumulative-incidence", "median-months")]
    for group in grouped(of_time, *_GROUP).values():
        timed = [row for row in group if row.get("timepoint_months") is not None and row["measure"] != "median-months"]
        yield from _in_time(timed)
        yield from people_at_risk(timed)
        yield from _between_outcomes(timed)
        yield from _competing(timed)
        yield from _medians(group, timed)
    yield from _ratios(rows)


def _digits(*rows: Row) -> int:
    return printed.together(row["estimate"] for row in rows)


def _in_time(rows: Sequence[Row]) -> Iterator[AuditFinding]:
    """Each outcome from time to time; where a value is out of order, with the digits that would be in order."""
    for (_, measure), group in grouped(rows, "outcome", "measure").items():
        ordered = sorted(group, key=lambda row: row["timepoint_months"])
        sign = 1 if measure == "survival" else -1
        for first, later in pairwise(ordered):
            low = printed.share(first["estimate"]), printed.share(later["estimate"])
            wrong = low[1][0] > low[0][1] if sign > 0 else low[1][1] < low[0][0]
            if wrong and later["timepoint_months"] > first["timepoint_months"]:
                message = (
                    f"{printed.shown(first['estimate'])} at "
                    f"{first['timepoint_months']:g} months and {printed.shown(later['estimate'])} at "
                    f"{later['timepoint_months']:g}{_typed(first, later, sign)}"
                )
                yield finding(RISES, message, _LOOK, (later, ("estimate",)), [(first, ("estimate",))])


def _typed(first: Row, later: Row, sign: int) -> str:
    """The exchanges of two digits that would put two values in order."""
    earlier, then = first["estimate"], later["estimate"]
    pairs = [(value, earlier, sign * (value - then)) for value in other_digits(earlier)]
    pairs += [(value, then, sign * (earlier - value)) for value in other_digits(then)]
    words = [f"{printed.shown(value)} for {printed.shown(old)}" for value, old, gap in pairs if gap >= 0 and value <= 1]
    return f": two digits may be exchanged, {' or '.join(words[:3])}" if words else ""


def _between_outcomes(rows: Sequence[Row]) -> Iterator[AuditFinding]:
    at = {(row["outcome"], row["timepoint_months"]): row for row in rows if row["measure"] == "survival"}
    for (outcome, time), row in at.items():
        for wider in _BELOW.get(outcome, ()):
            other = at.get((wider, time))
            if other is not None and printed.share(row["estimate"])[0] > printed.share(other["estimate"])[1]:
                message = (
                    f"{printed.shown(row['estimate'])}, and {printed.shown(other['estimate'])} for "
                    f"{wider}: everybody without the events of {outcome} is without those of {wider}"
                )
                severity = None if (outcome, wider) in _CERTAIN else "warning"
                also = [(other, ("estimate",))]
                yield finding(ORDER, message, _LOOK, (row, ("estimate",)), also, severity=severity)


def _competing(rows: Sequence[Row]) -> Iterator[AuditFinding]:
    """Relapse and death without it are what event-free survival lacks to 1, in the same people."""
    at = {(row["outcome"], row["timepoint_months"]): row for row in rows}
    for (outcome, time), row in at.items():
        parts = [at.get((name, time)) for name in ("cir", "nrm")]
        there = [part for part in parts if part is not None and part["measure"] == "cumulative-incidence"]
        if outcome not in ("dfs", "rfs", "efs") or row["measure"] != "survival" or len(there) != 2:
            continue
        all_three = [printed.span(part["estimate"], max(2, _digits(row, *there))) for part in (row, *there)]
        if not printed.meet((sum(low for low, _ in all_three), sum(high for _, high in all_three)), (1.0, 1.0)):
            words = " + ".join(f"{printed.shown(part['estimate'])} {part['outcome']}" for part in (row, *there))
            message = f"{words} is {sum(part['estimate'] for part in (row, *there)):.4g}, not 1"
            yield finding(ADD_UP, message, _LOOK, (row, ("estimate",)), [(part, ("estimate",)) for part in there])


def _medians(group: Sequence[Row], timed: Sequence[Row]) -> Iterator[AuditFinding]:
    """Before the median more than half are free of the event, after it at most half."""
    for median in group:
        if median["measure"] != "median-months":
            continue
        low, high = printed.span(median["estimate"])
        for row in timed:
            if row["measure"] != "survival" or row["outcome"] != median["outcome"].removesuffix("-median-months"):
                continue
            least, most = printed.share(row["estimate"])
            time = row["timepoint_months"]
            if (time > high and least > 0.5) or (time < low and most < 0.5):
                value, middle = printed.shown(row["estimate"]), printed.shown(median["estimate"])
                message = f"{value}, and the median is {middle} months"
                yield finding(MEDIAN, message, _LOOK, (row, ("estimate",)), [(median, ("estimate",))])


def _ratios(rows: Sequence[Row]) -> Iterator[AuditFinding]:
    """Hazard ratios against the curves of the same study, outcome and population; those of the same report first."""
    curves = grouped((row for row in rows if row["measure"] == "survival"), "study_id", "outcome", "population")
    for row in rows:
        if row["measure"] != "HR" or not row.get("ci_low") or not row.get("ci_high"):
            continue
        near = curves.get((row["study_id"], row["outcome"], row.get("population")), [])
        own = [other for other in near if other["report_id"] == row["report_id"]]
        found = _pair(row, own) or _pair(row, near)
        if found is not None:
            yield from _against(row, *found)


def _pair(row: Row, curves: Sequence[Row]) -> tuple[Row, Row] | None:
    """The latest time at which both arms have a survival between 0 and 1."""
    inside = [curve for curve in curves if curve.get("timepoint_months") is not None and 0 < curve["estimate"] < 1]
    by_time = grouped(inside, "report_id", "timepoint_months")
    for _, group in sorted(by_time.items(), key=lambda item: -item[0][1]):
        arms = {curve["arm"]: curve for curve in group}
        if row["arm"] in arms and row.get("comparator") in arms:
            return arms[row["arm"]], arms[row["comparator"]]
    return None


def _against(row: Row, arm: Row, other: Row) -> Iterator[AuditFinding]:
    """On the other side of 1 than the curves, which are outside the interval; the inverse is told where it fits."""
    ratio = _ratio(printed.share(arm["estimate"]), printed.share(other["estimate"]))
    if ratio[0] <= 1 <= ratio[1] or (ratio[0] - 1) * (row["estimate"] - 1) >= 0:
        return
    if printed.meet(ratio, (row["ci_low"], row["ci_high"])):
        return
    inverse = printed.meet(ratio, (1 / row["ci_high"], 1 / row["ci_low"]))
    message = (
        f"HR {printed.shown(row['estimate'])}, and survival of {printed.shown(arm['estimate'])} against "
        f"{printed.shown(other['estimate'])} at {arm['timepoint_months']:g} months is a ratio of about "
        f"{printed.shown(sum(ratio) / 2)}"
        f"{'. The ratio of comparator to arm would fit: it may be inverted' if inverse else ''}"
    )
    also = [(curve, ("estimate",)) for curve in (arm, other)]
    remedy = "Look up which arm the ratio is of, and whether the curves cross."
    yield finding(CURVES, message, remedy, (row, ("estimate", "ci_low", "ci_high")), also)


def _ratio(arm: Span, other: Span) -> Span:
    """The ratio of cumulative hazards: log S of the arm over that of the other."""
    hazards = [tuple(-math.log(min(max(edge, 1e-9), 1 - 1e-9)) for edge in curve) for curve in (arm, other)]
    (most, least), (most_other, least_other) = hazards
    return least / most_other, most / least_other


SURVIVAL = AuditCheck(
    name="survival",
    title="Survival and time",
    summary="Survival and incidence over time, overall against event-free, medians and hazard ratios against curves.",
    codes=CODES,
    find=findings,
)
