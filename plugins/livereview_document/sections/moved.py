"""The outcomes before and after: the verdict first, then what the number was and is, the certainty, and why.

Before and after are what two updates of the review said; nothing here is computed from the evidence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from livereview import Finding, Interval, OutcomeChange, OutcomeResult, Report, Verdict
from livereview.anchors import anchor
from livereview.printing import MISSING, counted, interval, limits
from livereview_document.blocks import Block, paragraph, table
from livereview_document.index import Index
from livereview_document.sections.verdicts import ORDER, is_listed, rank, verdict_cell, why_cell
from livereview_document.words import BREAK, Words, fill, inner_link, joined, text

#: An interval is called narrower or wider where its width changed by more than this share.
_WIDTH = 0.01


def moved_part(report: Report, at: Index) -> list[Block]:
    """How many outcomes changed, and those that did or that have a verdict to read, the weightiest verdict first."""
    changes = report.changes
    found = {change.id: change for change in changes.outcomes}
    verdicts = {verdict.id: verdict for verdict in changes.verdicts}
    changed = [change.id for change in changes.outcomes if differs(change)]
    known = {outcome.id: outcome for outcome in report.outcomes}
    summary = report.summary_of_findings
    findings = {finding.outcome_id: finding for finding in summary.findings} if summary else {}
    unchanged = len(set(known) - set(changed))
    listed = dict.fromkeys((*changed, *(verdict.id for verdict in changes.verdicts if is_listed(verdict))))
    if changed:
        count = f"{counted(len(changed), 'outcome')} changed, {unchanged} unchanged:"
    else:
        count = f"No outcome changed ({counted(unchanged, 'outcome')} unchanged)."
    if not listed:
        return [paragraph(count)]
    levels = {name: _levels(found.get(name), findings.get(name)) for name in listed}
    rated = any(level for pair in levels.values() for level in pair)
    order = sorted(listed, key=lambda name: rank(verdicts[name]) if name in verdicts else len(ORDER))
    headers = (
        *(["Verdict"] if verdicts else []), "Outcome", "Before", "Now", *(["Certainty"] if rated else []),
        "What differs", *(["Why"] if verdicts else []),
    )  # fmt: skip
    rows = [
        (
            *([_verdict(verdicts.get(name))] if verdicts else []),
            _title(name, found.get(name), verdicts.get(name), known),
            _told(found.get(name), "before"),
            _told(found.get(name), "after"),
            *([_certainty(*levels[name])] if rated else []),
            _remarks(found[name], known.get(name), at) if name in found else text(None),
            *([_why(verdicts.get(name))] if verdicts else []),
        )
        for name in order
    ]
    return [paragraph(count), table(headers, rows, role="changes")]


def _verdict(verdict: Verdict | None) -> Words:
    return text(None) if verdict is None else verdict_cell(verdict)


def _why(verdict: Verdict | None) -> Words:
    return text(None) if verdict is None else why_cell(verdict)


def _title(
    outcome_id: str, change: OutcomeChange | None, verdict: Verdict | None, known: Mapping[str, OutcomeResult]
) -> Words:
    title = change.title if change else verdict.title if verdict else outcome_id
    return inner_link(title, anchor("outcome", outcome_id)) if outcome_id in known else text(title)


def differs(change: OutcomeChange) -> bool:
    """Whether an outcome is not what it was: its number, its studies, its definition or its certainty."""
    return bool(
        change.definition_changed
        or change.studies_added
        or change.studies_removed
        or change.k_before != change.k_after
        or change.certainty_before != change.certainty_after
        or not _same(change.before, change.after)
    )


def _same(before: Interval | None, after: Interval | None) -> bool:
    # The last bits of a number may move with the version of a numerical library; that is no change of evidence.
    if before is None or after is None:
        return before is after
    pairs = ((before.estimate, after.estimate), (before.low, after.low), (before.high, after.high))
    return all(math.isclose(a, b, rel_tol=1e-9) or (math.isnan(a) and math.isnan(b)) for a, b in pairs)


def _told(change: OutcomeChange | None, when: str) -> Words:
    """The estimate with its interval and the number of studies, at one of the two updates."""
    if change is None:
        return text(None)
    value, k = (change.before, change.k_before) if when == "before" else (change.after, change.k_after)
    if value is None or math.isnan(value.estimate):
        return text("not in the review" if value is None and k is None else "no eligible result" if k == 0
                    else f"{MISSING} no number")  # fmt: skip
    estimate = interval(value, change.display)
    return text(estimate) if k is None else joined([estimate, counted(k, "study", "studies")], BREAK)


def _levels(change: OutcomeChange | None, finding: Finding | None) -> tuple[str, str]:
    """The certainty before and now: as people signed it, else as it was drafted; empty where it was neither."""
    before, after = (change.certainty_before, change.certainty_after) if change else ("", "")
    if finding is not None and finding.previous is not None and not finding.previous.signed:
        before = before or f"{finding.previous.level} (draft)"
    if finding is not None and finding.draft is not None and finding.draft.level is not None:
        after = after or f"{finding.draft.level} (draft)"
    return before, after


def _certainty(before: str, after: str) -> Words:
    """``low → moderate``, ``low, as before``, or that nobody rated it."""
    if before == after:
        return text(f"{after}, as before" if after else "not rated")
    return text(f"{before or 'not rated'} → {after or 'not rated'}")


def _remarks(change: OutcomeChange, outcome: OutcomeResult | None, at: Index) -> Words:
    parts: list[Words] = []
    if change.k_before is None and change.before is None:
        parts.append(text("new outcome"))
    elif outcome is None:
        parts.append(text("no longer in the manifest"))
    if change.definition_changed:
        parts.append(text("definition changed"))
    for word, names in (("added", change.studies_added), ("removed", change.studies_removed)):
        if names:
            parts.append(fill("{}: {}", word, joined([at.named(name) for name in names])))
    if change.before and change.after:
        parts += map(text, directions(change.before, change.after, change.display))
    if outcome is not None and outcome.null_shown is not None:
        parts += _null_crossed(change, outcome.null_shown)
    return joined(parts, "; ") if parts else text("same studies, other numbers")


def directions(before: Interval, after: Interval, display: str) -> Sequence[str]:
    """Where the estimate went and whether the interval became narrower or wider, as far as the printed digits tell."""
    if interval(before, display) == interval(after, display):
        return ["same to the digits shown"] if not math.isnan(after.estimate) else []
    found = []
    if interval(before, display).partition(" ")[0] != interval(after, display).partition(" ")[0]:
        found.append("↑ higher estimate" if after.estimate > before.estimate else "↓ lower estimate")
    if limits(before.low, before.high, display) != limits(after.low, after.high, display):
        was, now = (_width(value, display) for value in (before, after))
        if now < was * (1 - _WIDTH):
            found.append("narrower interval")
        elif now > was * (1 + _WIDTH):
            found.append("wider interval")
    return found


def _width(value: Interval, display: str) -> float:
    """How wide an interval looks on its axis: from limit to limit, for ratios the upper over the lower."""
    ratio = display == "ratio" and value.low > 0
    return value.high / value.low if ratio else value.high - value.low


def _null_crossed(change: OutcomeChange, null: float) -> Iterable[Words]:
    before, after = (_includes(value, null) for value in (change.before, change.after))
    if before is None or after is None or before == after:
        return []
    told = ("included", "does not now") if before else ("did not include", "does now")
    return [text(f"the interval {told[0]} no effect ({null:g}) before and {told[1]}")]


def _includes(value: Interval | None, null: float) -> bool | None:
    if value is None or math.isnan(value.low) or math.isnan(value.high):
        return None
    return value.low <= null <= value.high
