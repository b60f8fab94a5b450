"""One quantity that a paper prints twice, on two scales, or twice for the same patients."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

from livereview import AuditCode, AuditFinding, EvidenceRow, decimals
from livereview_printed.lines import crude, digits, family, graded, grouped, joined, number, place, told
from livereview_printed.spans import meet, span

TWICE = AuditCode(code="pool-printed-twice", severity="warning", title="One result is printed with different numbers")
SCALE = AuditCode(code="pool-scale-unstated", severity="warning", title="A printed result does not say its scale")
SAME = AuditCode(
    code="pool-same-patients", severity="warning", title="Results of the same patients pooled as independent"
)
GRADES = AuditCode(
    code="pool-grades", severity="error", title="Severe events are more frequent than events of any grade"
)

_LIMITS = ("estimate", "ci_low", "ci_high")
_MAIN = ("report_id", "outcome", "timepoint_months", "subgroup")
_Z = 1.959963984540054


def printed_twice(lines: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    """Lines about one thing on one scale whose numbers differ by more than rounding, from different places.

    Shares over a total are another thing than pooled proportions. What a line says of its designs is not held against
    it: an abstract calls single-arm what the text pools with arms of trials.
    """
    pooled = [line for line in lines if line.get("estimate") is not None and line.get("subgroup_by") != "comparison"]
    printed = digits(lines)
    for same in grouped(pooled, *_MAIN).values():
        known: set[frozenset[tuple[object, ...]]] = set()
        for one, other in combinations(same, 2):
            pair = frozenset(tuple(line.get(name) for name in _LIMITS) for line in (one, other))
            alike = family(one) == family(other) in ("ratio", "proportion", "difference")
            if not alike or one["measure"] != other["measure"] or _other_thing(one, other):
                continue
            fewest = min(printed[one["row_id"]], printed[other["row_id"]])
            differing = [name for name in _LIMITS if _differ(one.get(name), other.get(name), fewest)]
            if differing and pair not in known:
                known.add(pair)
                message = f"{number(one)} here, {number(other)} in {other['locator']}{_which(one, other)}"
                remedy = "Look up which the analysis gives; record the one that is right and note the other."
                yield told(TWICE, one, differing, message, remedy, also=(place(other, *differing),))


def _other_thing(one: EvidenceRow, other: EvidenceRow) -> bool:
    designs = {one.get("design_group"), other.get("design_group")} - {None, ""}
    comparison = "rct" in designs and len(designs) > 1
    return one["locator"] == other["locator"] or comparison or "crude" in str(one["measure"] + other["measure"])


def _differ(one: float | None, other: float | None, fewest: int) -> bool:
    """Whether two numbers are not one, printed with more and with fewer decimals; of limits, which have fewer than
    their estimate in some tables, those that they have count too."""
    if one is None or other is None:
        return False
    shown = min(fewest, max(decimals(one), decimals(other)))
    return not meet(span(one, shown), (other, other)) and not meet(span(other, shown), (one, one))


def _which(one: EvidenceRow, other: EvidenceRow) -> str:
    """Which of two intervals is centred on its estimate, where one is and the other is not."""
    from livereview_printed.intervals import of_one_line

    off = [any(found.code == "pool-not-centred" for found in of_one_line(line)) for line in (one, other)]
    if off[0] == off[1]:
        return ""
    centred = other if off[0] else one
    return f"; only the interval of {centred['locator']} is centred on its estimate"


def unstated(lines: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    """Lines without a scale: what they can and cannot be, and what else the paper prints of the outcome."""
    for line in lines:
        if family(line) != "unstated" or line.get("estimate") is None:
            continue
        numbers = [line[name] for name in _LIMITS if line.get(name) is not None]
        cannot = []
        if min(numbers) < 0 or max(numbers) > 1:
            cannot.append("no proportion")
        if min(numbers) <= 0:
            cannot.append("no ratio")
        be = f"; it is {' and '.join(cannot)}" if cannot else ""
        others = [
            other for other in lines
            if other["report_id"] == line["report_id"] and other["outcome"] == line["outcome"]
            and other.get("design_group") == line.get("design_group") and other is not line
            and family(other) in ("ratio", "proportion", "difference") and not other.get("subgroup")
        ]  # fmt: skip
        beside = f"; elsewhere the outcome has {joined([number(other) for other in others], 3)}" if others else ""
        off = "" if _centred(line) else "; its interval is not centred on it on a raw scale"
        remedy = "Look for the scale in the paper's methods or figure; without it the number says nothing."
        yield told(SCALE, line, ("measure", *_LIMITS), f"{number(line)}{be}{off}{beside}", remedy)


def _centred(line: EvidenceRow) -> bool:
    if line.get("ci_low") is None or line.get("ci_high") is None:
        return True
    low, high = span(line["ci_low"]), span(line["ci_high"])
    return meet(span(line["estimate"]), ((low[0] + high[0]) / 2, (low[1] + high[1]) / 2))


def same_patients(lines: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    """A pool over all times that is the pool of the printed results at each time: its patients count as often.

    Inverse variance of the logarithms of printed ratios, with standard errors from their intervals.
    """
    usable = [line for line in lines if family(line) == "ratio" and None not in [line.get(name) for name in _LIMITS]]
    for same in grouped(usable, "report_id", "outcome", "design_group", "subgroup", "measure").values():
        timed = [line for line in same if line.get("timepoint_months") is not None]
        overall = [line for line in same if line.get("timepoint_months") is None]
        if len(timed) < 2:
            continue
        for line in overall:
            pooled = _pooled(timed)
            if all(abs(math.log(line[name] / value)) <= 0.012 for name, value in zip(_LIMITS, pooled, strict=True)):
                times = joined([f"{one['timepoint_months']:g} months {number(one)}" for one in timed])
                gives = f"{pooled[0]:.3g} ({pooled[1]:.3g} to {pooled[2]:.3g})"
                message = f"{number(line)} is the pool of {times} ({gives}): patients of one trial count at each time"
                remedy = "Read one time; the interval of all of them together is too narrow."
                yield told(SAME, line, _LIMITS, message, remedy, also=[place(one, *_LIMITS) for one in timed])


def _pooled(lines: Sequence[EvidenceRow]) -> tuple[float, float, float]:
    weights = [(2 * _Z / math.log(line["ci_high"] / line["ci_low"])) ** 2 for line in lines]
    pairs = zip(weights, lines, strict=True)
    mean = sum(weight * math.log(line["estimate"]) for weight, line in pairs) / sum(weights)
    half = _Z / math.sqrt(sum(weights))
    return math.exp(mean), math.exp(mean - half), math.exp(mean + half)


def grades(lines: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    """Events of grade 3 or more above those of any grade, in one place of one report with one denominator."""
    shares = [line for line in lines if family(line) == "proportion" and line.get("estimate") is not None]
    for same in grouped(shares, "report_id", "subgroup_by", "subgroup", "n").values():
        by_code = {graded(line["outcome"]): line for line in same if crude(line) or line.get("n")}
        for (code, grade), line in by_code.items():
            every = by_code.get((code, "any"))
            if grade != "grade3plus" or every is None:
                continue
            if (line.get("events") or 0) > (every.get("events") or math.inf):
                message = f"{line['events']}/{line['n']} with grade 3 or more, {every['events']}/{every['n']} with any"
                remedy = "Look up both in the paper: a row may have been exchanged with another."
                yield told(GRADES, line, ("events",), message, remedy, also=(place(every, "events"),))
