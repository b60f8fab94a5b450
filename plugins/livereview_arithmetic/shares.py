"""Percentages against the counts they are of, percentages and Kaplan-Meier values that were typed as counts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from livereview import AuditCode, AuditFinding
from livereview_arithmetic import printed
from livereview_arithmetic.rows import Row, counts, finding, grouped

PERCENTAGE = AuditCode(code="percentage-differs", severity="warning", title="Percentage is not that of its count")
NO_COUNT = AuditCode(code="no-count-gives-it", severity="warning", title="No count gives the percentage")
TYPED = AuditCode(code="percentage-as-count", severity="warning", title="Count looks like a percentage")
SURVIVAL = AuditCode(code="survival-as-count", severity="note", title="Count was made from a Kaplan-Meier value")
CODES = (PERCENTAGE, NO_COUNT, TYPED, SURVIVAL)

#: Percentages of a note; one that begins it, or stands in brackets, is that of the count where it is the only one.
_PERCENT = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d+)?)\s?%")
_OF_COUNT = re.compile(r"(?:^|\()(\d{1,3}(?:\.\d+)?)\s?%")
#: One that the note says was printed, with the number of people that it is of where the note has that too.
_PRINTED = re.compile(r"print(?:ed|s)(?: as)?(?: \d+ of \d+)? \(?(\d{1,3}(?:\.\d+)?)\s?%(?: of (\d+))?")
_SURVIVAL = ("os", "dfs", "efs", "pfs", "rfs", "death")
_OF_DEATH = "os"
_LOOK = "Look up count, denominator and percentage."


def findings(rows: Sequence[Row]) -> Iterator[AuditFinding]:
    """Counts and percentages that do not fit each other."""
    for row in rows:
        if row["measure"] == "count" and row.get("events") is not None:
            yield from _of_count(row)
        elif row["measure"] == "proportion" and row.get("n"):
            yield from _of_proportion(row)
    yield from _as_counts(rows)
    yield from _of_curves(rows)


def _of_count(row: Row) -> Iterator[AuditFinding]:
    events, n, share = row["events"], row.get("n"), row.get("estimate")
    if n and share is not None and not printed.rounds_to(share, events / n):
        cut = printed.cut_to(share, events / n)
        message = f"{events} of {n} is {events / n:.4f}, printed as {printed.shown(share)}"
        message += ": cut off, not rounded" if cut else _nearer(share, events, n)
        at = (row, ("estimate", "events", "n"))
        yield finding(PERCENTAGE.code, message, _LOOK, at, severity="note" if cut else None)
    if not n and share:
        yield from _without_n(row, events, share)
    written = noted(row) if share is None and n else None
    if written is not None and n:
        yield from _of_note(row, events, n, written)


def _nearer(share: float, events: int, n: int) -> str:
    """Which count of n, or n of the count, has the percentage; nothing where many have."""
    low, high = printed.span(share)
    whole = range(max(math.ceil(low * n), 0), min(math.floor(high * n), n) + 1)
    words = [f"{x} of {n}" for x in whole] if len(whole) < 3 else []
    ns = _denominators(events, share)
    words += [f"{events} of {m}" for m in ns] if len(ns) < 3 else []
    return f"; {' or '.join(words)} would be" if words else ""


def _denominators(events: int, share: float) -> range:
    """Every n of which so many events are a percentage as printed; none where that can be 0."""
    low, high = printed.span(share)
    return range(max(math.ceil(events / high), events, 1), math.floor(events / low) + 1) if low > 0 else range(0)


def noted(row: Row) -> str | None:
    """The percentage of a note that is that of the count, as written: one that was printed, or the only one."""
    note = str(row.get("note") or "")
    as_printed = _PRINTED.search(note)
    if as_printed:
        return None if as_printed[2] and int(as_printed[2]) != row["n"] else as_printed[1]
    found = _OF_COUNT.search(note)
    return found[1] if found and len(_PERCENT.findall(note)) == 1 else None


def _of_note(row: Row, events: int, n: int, written: str) -> Iterator[AuditFinding]:
    """A count whose note has another percentage."""
    value, percent = float(written), 100 * events / n
    digits = len(written.partition(".")[2])
    if abs(value - percent) <= 0.5 * 10.0**-digits + 1e-9 or int(percent * 10**digits) == round(value * 10**digits):
        return
    message = f"{events} of {n} is {percent:.{digits}f}%, and the note says {written}%"
    yield finding(PERCENTAGE.code, message, _LOOK, (row, ("events", "n", "note")), severity="note")


def _without_n(row: Row, events: int, share: float) -> Iterator[AuditFinding]:
    """A count whose percentage is that of no number of people."""
    if not events or not 0 < share <= 1 or printed.span(share)[0] <= 0 or _denominators(events, share):
        return
    below = max(math.floor(events / share), events)
    near = ", ".join(f"{events} of {n} is {events / n:.4f}" for n in (below, below + 1))
    cut = any(printed.cut_to(share, events / n) for n in (below, below + 1))
    message = f"{events} people are {printed.shown(share)} of no number: {near}"
    yield finding(NO_COUNT.code, message, _LOOK, (row, ("events", "estimate")), severity="note" if cut else None)


def _of_proportion(row: Row) -> Iterator[AuditFinding]:
    """A proportion of n people that no count of them has; a modelled one can be any number."""
    share, n = row["estimate"], row["n"]
    if share is None or row.get("se") or row.get("ci_low") is not None:
        return
    low, high = printed.span(share)
    near = round(share * n)
    if not any(low * n - 1e-9 <= x <= high * n + 1e-9 for x in (near - 1, near, near + 1)):
        cut = any(printed.cut_to(share, x / n) for x in (near, near + 1))
        counts_near = ", ".join(f"{x} of {n} is {x / n:.4f}" for x in sorted({int(share * n), int(share * n) + 1}))
        message = f"no count of {n} people is {printed.shown(share)}: {counts_near}"
        severity = "note" if cut else None
        yield finding(NO_COUNT.code, message, _LOOK, (row, ("estimate", "n")), severity=severity)


def _as_counts(rows: Sequence[Row]) -> Iterator[AuditFinding]:
    """A count that is the percentage of the same result elsewhere in the study, to the last digit."""
    key = ("study_id", "outcome", "population", "arm", "timepoint_months")
    for group in grouped((row for row in rows if row["measure"] in ("count", "proportion")), *key).values():
        for row in counts(group):
            for other in group:
                share = _share(other)
                if other is row or share is None or (other["measure"] == "count" and other.get("n") != row["n"]):
                    continue
                typed = round(100 * share) == row["events"] != round(share * row["n"]) and row["n"] != 100
                if typed and not printed.rounds_to(share, row["events"] / row["n"]):
                    message = (
                        f"{row['events']} of {row['n']}, and elsewhere {100 * share:.3g}%: "
                        f"{row['events']} looks like the percentage, {round(share * row['n'])} like the count"
                    )
                    suggestion = {"events": round(share * row["n"])}
                    also = [(other, ("events", "n", "estimate"))]
                    yield finding(TYPED.code, message, _LOOK, (row, ("events",)), also, suggestion=suggestion)
                    break


def _share(row: Row) -> float | None:
    if row["measure"] == "proportion":
        share = row.get("estimate")
        return None if share is None else float(share)
    return row["events"] / row["n"] if row.get("events") is not None and row.get("n") else None


def _of_curves(rows: Sequence[Row]) -> Iterator[AuditFinding]:
    """Counts of events or survivors that are n times a survival of the same arm, population and time."""
    of_curve = [row for row in rows if row["measure"] in ("survival", "count")]
    for group in grouped(of_curve, "study_id", "population", "arm", "timepoint_months").values():
        curves = [row for row in group if row["measure"] == "survival" and row.get("estimate") is not None]
        for row in counts(group) if curves else ():
            for curve in curves:
                if row["outcome"] in _SURVIVAL and _same_event(row, curve) and _made_of(row, curve["estimate"]):
                    yield _made(row, curve)
                    break


def _same_event(row: Row, curve: Row) -> bool:
    return bool(row["outcome"] == curve["outcome"] or (row["outcome"] == "death" and curve["outcome"] == _OF_DEATH))


def _made_of(row: Row, survival: float) -> bool:
    return row["timepoint_months"] is not None and row["events"] in (
        round(row["n"] * (1 - survival)), round(row["n"] * survival)
    )  # fmt: skip


def _made(row: Row, curve: Row) -> AuditFinding:
    share = curve["estimate"]
    of = share if row["events"] == round(row["n"] * share) else 1 - share
    message = (
        f"{row['events']} of {row['n']} is {row['n']} × {printed.shown(of)}, from the Kaplan-Meier value "
        f"{printed.shown(share)}: people who were censored were counted as if they had been followed"
    )
    remedy = (
        "Pool the survival, or a hazard ratio; look for the events that were counted. If this is the count, say so."
    )
    return finding(SURVIVAL.code, message, remedy, (row, ("events", "n")), [(curve, ("estimate",))])
