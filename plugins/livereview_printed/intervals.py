"""Estimate, limits, P and counts of one printed line against each other."""

from __future__ import annotations

import math
from collections.abc import Iterator

from livereview import AuditCode, AuditFinding, EvidenceRow, decimals
from livereview_printed.lines import crude, family, number, scales, told
from livereview_printed.spans import Span, cut_to, meet, on, p_span, prints_as, span

OUTSIDE = AuditCode(code="pool-outside-scale", severity="error", title="A printed result is outside its scale")
LIMITS = AuditCode(code="pool-outside-limits", severity="error", title="A printed estimate is outside its limits")
CENTRE = AuditCode(
    code="pool-not-centred", severity="warning", title="A printed interval is not centred on its estimate"
)
P_VALUE = AuditCode(code="pool-p-interval", severity="warning", title="A printed P does not fit its interval")
SHARE = AuditCode(code="pool-percentage", severity="warning", title="A printed percentage is not that of its counts")
SINGLE = AuditCode(
    code="pool-single-interval", severity="warning", title="A printed interval of one study fits no usual method"
)

_LIMITS = ("estimate", "ci_low", "ci_high")
_PAPER = "Hold it against the paper; a figure or a table there may print it otherwise."
_Z = 1.959963984540054
#: Largest study that is tried where an interval of one study comes without counts.
_LARGEST = 400


def of_one_line(line: EvidenceRow, digits: int | None = None) -> Iterator[AuditFinding]:
    """Findings about a line on its own; the first that holds of its interval. ``digits`` are those with which its
    estimate is printed, where they are known."""
    yield from _percentage(line, digits)
    if line.get("estimate") is None or line.get("ci_low") is None or line.get("ci_high") is None:
        return
    yield from [*_outside(line)] or [*_beyond_limits(line)] or [*_off_centre(line)] or [*_p_value(line)]


def _spans(line: EvidenceRow) -> tuple[Span, Span, Span]:
    return span(line["estimate"]), span(line["ci_low"]), span(line["ci_high"])


def _outside(line: EvidenceRow) -> Iterator[AuditFinding]:
    sort = family(line)
    numbers = [line[name] for name in _LIMITS]
    if sort == "proportion" and not all(0 <= one <= 1 for one in numbers):
        yield told(OUTSIDE, line, _LIMITS, f"{number(line)}; a proportion lies between 0 and 1", _PAPER)
    if sort == "ratio" and not all(one > 0 for one in numbers):
        yield told(OUTSIDE, line, _LIMITS, f"{number(line)}; a ratio is above 0", _PAPER)


def _beyond_limits(line: EvidenceRow) -> Iterator[AuditFinding]:
    estimate, low, high = _spans(line)
    if estimate[1] < low[0] or estimate[0] > high[1]:
        yield told(LIMITS, line, _LIMITS, f"{number(line)}: the estimate is not between the limits", _PAPER)


def _off_centre(line: EvidenceRow) -> Iterator[AuditFinding]:
    """An interval centred on its estimate on no scale on which it may have been made. Limits cut at 0 or 1 say nothing,
    and a single study may have an exact interval."""
    estimate, low, high = _spans(line)
    cut = family(line) == "proportion" and (line["ci_low"] <= 0 or line["ci_high"] >= 1)
    if cut or family(line) == "unstated":
        return
    middles: dict[str, float] = {}
    for name, scale in scales(line).items():
        centre, ends = on(scale, estimate), (on(scale, low), on(scale, high))
        if centre is None or ends[0] is None or ends[1] is None:
            return
        middle = ((ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2)
        if meet(centre, middle):
            return
        middles[name] = (ends[0][0] + ends[0][1] + ends[1][0] + ends[1][1]) / 4
    if crude(line):
        yield from _single(line)
        return
    below, above = line["estimate"] - line["ci_low"], line["ci_high"] - line["estimate"]
    sides = f"the limits are {below:.3g} below and {above:.3g} above the estimate"
    message = f"{number(line)}: {sides}, which is even on no usual scale ({', '.join(middles)})"
    yield told(CENTRE, line, _LIMITS, message + _misprint(line), _PAPER)


def _misprint(line: EvidenceRow) -> str:
    """A misprint that would explain an interval off its centre: a lost minus sign, two digits exchanged; else empty."""
    estimate, low, high = line["estimate"], line["ci_low"], line["ci_high"]
    wanted = (2 * span(estimate)[0] - span(high)[1], 2 * span(estimate)[1] - span(high)[0])
    if low > 0 and meet(wanted, span(-low)):
        return f"; with {-low:g} in place of {low:g}, a minus sign lost, it would be"
    swapped = [float(text) for text in _exchanged(f"{low:g}")]
    fitting = [other for other in swapped if meet(wanted, span(other)) and not meet(span(other), span(low))]
    return f"; with {fitting[0]:g} in place of {low:g}, two digits exchanged, it would be" if fitting else ""


def _exchanged(text: str) -> list[str]:
    """A number with two digits exchanged."""
    at = [index for index, letter in enumerate(text) if letter.isdigit()]
    found = []
    for one in at:
        for other in at:
            if one < other:
                letters = list(text)
                letters[one], letters[other] = letters[other], letters[one]
                found.append("".join(letters))
    return found


def _p_value(line: EvidenceRow) -> Iterator[AuditFinding]:
    """P of no effect against estimate and interval, on the scale of the measure."""
    said = p_span(line.get("p_value"))
    if said is None or family(line) not in ("ratio", "difference"):
        return
    scale = next(iter(scales(line).values()))
    estimate, low, high = (on(scale, one) for one in _spans(line))
    if estimate is None or low is None or high is None:
        return
    errors = [max((high[0] - low[1]) / (2 * _Z), 1e-12), (high[1] - low[0]) / (2 * _Z)]
    sizes = (0.0 if estimate[0] <= 0 <= estimate[1] else min(map(abs, estimate)), max(map(abs, estimate)))
    possible = (_p(sizes[1] / errors[0]), _p(sizes[0] / errors[1]))
    if not meet(said, possible):
        message = f"{number(line)} and P {line['p_value']}: the interval gives P {possible[0]:.2g} to {possible[1]:.2g}"
        yield told(P_VALUE, line, ("p_value",), message, "Look up of which test P is; a log-rank P differs a little.")


def _p(z: float) -> float:
    return math.erfc(z / math.sqrt(2))


def _percentage(line: EvidenceRow, digits: int | None) -> Iterator[AuditFinding]:
    """A crude percentage against its counts."""
    events, n, printed = line.get("events"), line.get("n"), line.get("estimate")
    if events is None or not n or printed is None or not crude(line):
        return
    if events > n:
        yield told(OUTSIDE, line, ("events", "n"), f"{events} of {n} people", _PAPER)
    elif not prints_as(events / n, printed, digits):
        shown = max(0, (decimals(printed) if digits is None else digits) - 2)
        share = f"{events}/{n} is {100 * events / n:.2f}%, printed as {100 * printed:.{shown}f}%"
        if cut_to(events / n, printed, digits):
            remedy = "Nothing is to be done; other percentages of the paper may be cut off too."
            yield told(SHARE, line, ("estimate", "events"), f"{share}: cut off, not rounded", remedy, severity="note")
            return
        tried = range(max(0, events - 2), min(n, events + 2) + 1)
        near = [other for other in tried if prints_as(other / n, printed)]
        other = f"; {near[0]}/{n} would be" if near else ""
        yield told(SHARE, line, ("estimate", "events"), share + other, _PAPER)


def _single(line: EvidenceRow) -> Iterator[AuditFinding]:
    """An interval of one study that is neither symmetric nor exact (Clopper-Pearson) nor Wilson's, for its counts or,
    where none are printed, for any study of up to 400 people."""
    events, n = line.get("events"), line.get("n")
    if family(line) != "proportion" or str(line["measure"]).startswith("survival"):
        return
    if not _fits(line, None if events is None or not n else (int(events), int(n))):
        message = f"{number(line)}: no usual interval of one study gives these limits"
        yield told(SINGLE, line, ("ci_low", "ci_high"), message, _PAPER)


def _fits(line: EvidenceRow, counts: tuple[int, int] | None) -> bool:
    import numpy as np
    from scipy.special import betaincinv

    if counts is not None:
        x, n = np.array([counts[0]], dtype=float), np.array([counts[1]], dtype=float)
    else:
        sizes = np.arange(1, _LARGEST + 1)
        n = np.repeat(sizes, sizes + 1).astype(float)
        x = np.concatenate([np.arange(size + 1) for size in sizes]).astype(float)
        near = np.abs(x / n - line["estimate"]) <= span(line["estimate"])[1] - line["estimate"]
        x, n = x[near], n[near]
    tail = (1 - 0.95) / 2
    exact = (
        np.where(x == 0, 0.0, betaincinv(np.maximum(x, 0.5), n - x + 1, tail)),
        np.where(x == n, 1.0, betaincinv(x + 1, np.maximum(n - x, 0.5), 1 - tail)),
    )
    middle, half = (x + _Z**2 / 2) / (n + _Z**2), _Z / (n + _Z**2) * np.sqrt(x * (n - x) / n + _Z**2 / 4)
    low, high = span(line["ci_low"]), span(line["ci_high"])
    return any(
        bool(np.any((a >= low[0]) & (a <= low[1]) & (b >= high[0]) & (b <= high[1])))
        for a, b in (exact, (middle - half, middle + half))
    )
