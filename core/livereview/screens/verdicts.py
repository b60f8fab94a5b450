"""What the commands show of verdicts: which outcome an update means something for, and why. Computes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from livereview.console import say, table
from livereview.judgements import ReportChange, Verdict
from livereview.printing import counted


def verdicts(found: Sequence[Verdict]) -> None:
    """Each outcome with something new, with the verdict and every reason; the others are counted."""
    new = [verdict for verdict in found if verdict.kind != "no-new-evidence" or verdict.notes]
    rows = [
        [verdict.words if first else "", verdict.id if first else "", reason]
        for verdict in new
        for first, reason in _numbered(verdict.why or _nothing(verdict))
    ]
    if rows:
        table("Verdicts", ["verdict", "outcome", "why"], rows)
    same = len(found) - len(new)
    if same:
        say(f"No new evidence for {counted(same, 'outcome')}.")


def _numbered(reasons: Iterable[str]) -> Iterable[tuple[bool, str]]:
    """Each reason, and whether it is the first."""
    return ((number == 0, reason) for number, reason in enumerate(reasons))


def _nothing(verdict: Verdict) -> tuple[str, ...]:
    if verdict.kind == "first":
        return ("there is nothing to compare it with",)
    return (f"none of {counted(len(verdict.triggers), 'trigger')} fired",)


def reports(found: Iterable[ReportChange]) -> None:
    """Reports that were retracted or corrected, with the numbers that changed with them."""
    for change in found:
        since = f" since {change.since}" if change.since else ""
        name = f"{change.study_label}, {change.citation}" if change.study_label else change.citation
        say(f"Report {change.after}{since} (before: {change.before}): {name} [{change.report_id}]"
            + (f": {change.reason}" if change.reason else ""))  # fmt: skip
        for number in change.numbers:
            say(f"  {number}")


def fatal(found: Iterable[Verdict], kinds: Sequence[str]) -> list[str]:
    """A line for each verdict that the caller asked to fail on."""
    return [
        f"failing on {verdict.kind}: {verdict.id}: {_in_short(verdict)}" for verdict in found if verdict.kind in kinds
    ]


def _in_short(verdict: Verdict) -> str:
    return "; ".join([*verdict.redefined, *(f"{item.trigger}: {item.reason}" for item in verdict.fired)])
