"""What an update means: the verdict on each outcome with its reasons, reports retracted or corrected, certainty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from livereview import Certainty, OutcomeResult, Report, ReportChange, Retraction, Verdict
from livereview.printing import counted, interval
from livereview_document.blocks import Block, bullets, paragraph, stated
from livereview_document.cells import has_number
from livereview_document.index import Index
from livereview_document.words import BREAK, Words, fill, joined, prose, text

#: In the order in which a reader wants them.
ORDER = ("consequential", "redefined", "undecided", "first", "not-consequential", "no-new-evidence")
_RULES = (
    "The rules are among the choices of each outcome. They compare it with the previous update, and with the one at "
    "which it was last consequential, so that small steps add up."
)


def rank(verdict: Verdict) -> int:
    """Its place among the verdicts, the weightiest first."""
    return ORDER.index(verdict.kind)


def is_listed(verdict: Verdict) -> bool:
    """Whether a verdict is listed: all but those that say that nothing is new."""
    return verdict.kind != "no-new-evidence" or bool(verdict.notes)


def tally_part(verdicts: Iterable[Verdict]) -> list[Block]:
    """How many outcomes have which verdict."""
    found = Counter(verdict.words for verdict in sorted(verdicts, key=rank))
    if not found:
        return []
    tally = [f"{words} {number}" for words, number in found.items()]
    return [stated("**Verdicts** on {}: {}.", counted(found.total(), "outcome"), joined(tally))]


def rules_part(verdicts: Iterable[Verdict]) -> list[Block]:
    """What the verdicts rest on, where one is listed."""
    return [paragraph(_RULES)] if any(map(is_listed, verdicts)) else []


def verdict_cell(verdict: Verdict) -> Words:
    """The verdict in a word, bold where a reader must look."""
    strong = verdict.kind in ("consequential", "redefined", "undecided")
    return fill("**{}**" if strong else "{}", verdict.words)


def why_cell(verdict: Verdict) -> Words:
    """Every reason of a verdict, a line each."""
    if not verdict.why:
        none = f"none of {counted(len(verdict.triggers), 'trigger')} fired"
        return text("nothing to compare it with" if verdict.kind == "first" else none)
    fired = [fill("*{}*, against {}: {}", item.trigger, item.against, prose(item.reason)) for item in verdict.fired]
    return joined([*map(prose, verdict.redefined), *fired, *map(prose, verdict.notes)], BREAK)


def reports_part(changes: Iterable[ReportChange], at: Index) -> list[Block]:
    """Reports that were retracted or corrected since the previous update, with the numbers that changed with them."""
    lines = []
    for change in changes:
        study = at.study(change.study_id, change.study_label) if change.study_id else text("no study")
        line = fill("**{}{}:** {} ({}). {} Status before: {}.", change.after.capitalize(), _since(change.since),
                    prose(change.citation), study, _reason(change.reason), change.before)  # fmt: skip
        numbers = [prose(number) for number in change.numbers]
        lines.append(fill("{} Numbers that changed with it: {}.", line, joined(numbers, "; ")) if numbers else line)
    return [paragraph("Reports whose status changed:"), bullets(lines)] if lines else []


def _since(day: str) -> Words:
    return fill(" since {}", day) if day else text(", date not recorded")


def _reason(reason: str) -> Words:
    return fill("Reason: {}.", prose(reason.rstrip("."))) if reason else text("No reason is recorded.")


def retraction_lines(report: Report, at: Index) -> list[Words]:
    """A line for each retracted report with a number for an outcome: each such outcome without it and with it."""
    touched: dict[tuple[str, str], tuple[Retraction, list[Words]]] = {}
    for outcome in report.outcomes:
        for item in outcome.retracted:
            place = touched.setdefault((item.study_id, item.report_id), (item, []))
            place[1].append(_both(outcome, at))
    return [
        fill("**RETRACTED{}, left out:** {} ({}). {} {}.", _since(item.since), prose(item.citation),
             at.study(item.study_id, item.label), _reason(item.reason), joined(outcomes, "; "))
        for item, outcomes in touched.values()
    ]  # fmt: skip


def _both(outcome: OutcomeResult, at: Index) -> Words:
    """The outcome without its retracted reports, and with them."""
    again = [item.pooled for item in outcome.sensitivity if item.kind == "with-retracted"]
    without, besides = (
        interval(pooled.shown, outcome.display) if has_number(pooled) else "no number"
        for pooled in (outcome.pooled, again[0] if again else outcome.pooled)
    )
    many = "it" if len(outcome.retracted) == 1 else f"the {len(outcome.retracted)} retracted reports"
    told = f"with {many} {besides}" if again else f"with {many} it could not be analysed"
    return fill("{} {}, {}", at.outcome(outcome.id), without, told)


def certainty_line(rated: Certainty | None) -> list[Block]:
    """The certainty of the evidence with who signed it, when and why; nothing where nobody did."""
    if rated is None:
        return []
    signed = fill("**Certainty of the evidence (GRADE):** {}, signed by {} on {}.", rated.level, prose(rated.signed_by),
                  rated.signed_on)  # fmt: skip
    reasons = prose("; ".join(rated.reasons))
    return [paragraph(fill("{} Reasons: {}.", signed, reasons) if rated.reasons else signed)]
