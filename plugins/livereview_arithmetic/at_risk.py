"""Kaplan-Meier values against the people at risk: a curve says how many there can be at most.

Of n people who are at risk at one time, d have the event by the next and c are censored. The curve falls by the factors
1 - d / n, and n - d - c is at most n (1 - d / n): so from one time to a later one the people at risk fall at least as
far as the curve does (Kaplan and Meier 1958, 10.1080/01621459.1958.10501452). Where other events compete, 1 less the
incidence falls no faster than the survival without any event, so that the same holds of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from livereview import AuditCode, AuditFinding
from livereview_arithmetic import printed
from livereview_arithmetic.printed import Span
from livereview_arithmetic.rows import Row, finding, grouped

AT_RISK = AuditCode(code="at-risk-above-curve", severity="error", title="More people at risk than the curve leaves")
_LOOK = "Look up the number below the curve, its time, and the survival there."


def people_at_risk(timed: Sequence[Row]) -> Iterator[AuditFinding]:
    """Rows of one arm with more people at risk than the start, or an earlier time, leaves."""
    for group in grouped(timed, "outcome", "measure").values():
        known = sorted(
            (row for row in group if row.get("at_risk") is not None), key=lambda row: row["timepoint_months"]
        )
        first = known[0] if known else None
        if first is not None and first.get("n"):
            yield from _from_start(first)
        for earlier, later in pairwise(known):
            yield from _between(earlier, later)


def free_of_event(row: Row) -> Span:
    """What a printed probability can stand for, as the share of people without the event."""
    low, high = printed.share(row["estimate"])
    low, high = max(0.0, low), min(1.0, high)
    return (low, high) if row["measure"] == "survival" else (1 - high, 1 - low)


def _from_start(row: Row) -> Iterator[AuditFinding]:
    most = row["n"] * free_of_event(row)[1]
    if row["at_risk"] > most:
        message = (
            f"{row['at_risk']} of {row['n']} at risk at {row['timepoint_months']:g} months, and "
            f"{printed.shown(row['estimate'])} leaves {most:.4g} at most"
        )
        yield finding(AT_RISK.code, message, _LOOK, (row, ("at_risk", "estimate")))


def _between(earlier: Row, later: Row) -> Iterator[AuditFinding]:
    """From one time to the next; nothing where nobody was free of the event at the first."""
    before, after = free_of_event(earlier), free_of_event(later)
    factor = min(1.0, after[1] / before[0]) if before[0] > 0 else 1.0
    most = earlier["at_risk"] * factor
    if later["at_risk"] > most and later["timepoint_months"] > earlier["timepoint_months"]:
        message = (
            f"{earlier['at_risk']} at risk at {earlier['timepoint_months']:g} months and {later['at_risk']} at "
            f"{later['timepoint_months']:g}; between them the curve ({printed.shown(earlier['estimate'])}, "
            f"{printed.shown(later['estimate'])}) leaves {most:.4g} at most"
        )
        also = [(earlier, ("at_risk", "estimate"))]
        yield finding(AT_RISK.code, message, _LOOK, (later, ("at_risk", "estimate")), also)
