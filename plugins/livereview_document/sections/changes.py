"""What changed since the previous update: studies, rows, estimates, choices. It opens the report."""

from __future__ import annotations

import math
from collections.abc import Iterable

from livereview import Changes, Interval, OutcomeChange, OutcomeResult, Report, RowChange
from livereview.anchors import anchor
from livereview.printing import counted, interval
from livereview_document.blocks import Block, bullets, heading, long, paragraph, stated, table
from livereview_document.index import Index
from livereview_document.sections.verdicts import reports_part, verdicts_part
from livereview_document.words import CELL_LIMIT, Words, fill, inner_link, joined, text

#: Tables whose rows come by the thousand with a search; many of them are counted, not listed.
SELECTION = ("records", "decisions")


def changes_section(report: Report, at: Index) -> list[Block]:
    """Everything that differs from the previous update, or that nothing does."""
    changes = report.changes
    blocks = [heading(2, "What changed", "changes")]
    if changes.first:
        return [*blocks, paragraph("This is the first update of this review: there is nothing to compare it with.")]
    if not report.provenance.update:
        return [
            *blocks,
            paragraph("This report was rebuilt from a past state of the evidence: compared with none."),
        ]
    changed = [change for change in changes.outcomes if differs(change)]
    previous = changes.previous or "the previous update (not named)"
    if not (changed or changes.rows or changes.studies_added or changes.studies_removed or changes.other):
        return [*blocks, stated("Nothing changed since {}.", previous)]
    blocks.append(stated("Compared with {}.", previous))
    blocks += verdicts_part(changes.verdicts)
    blocks += reports_part(changes.reports, at)
    blocks += _studies(changes, at)
    blocks += _outcomes(changed, report.outcomes, at)
    blocks += _rows(changes.rows, at)
    if changes.other:
        blocks += [paragraph("Other changes:"), bullets(changes.other)]
    return blocks


def differs(change: OutcomeChange) -> bool:
    """Whether an outcome is not what it was: its number, its studies or its definition."""
    return bool(
        change.definition_changed
        or change.studies_added
        or change.studies_removed
        or change.k_before != change.k_after
        or not _same(change.before, change.after)
    )


def _same(before: Interval | None, after: Interval | None) -> bool:
    # The last bits of a number may move with the version of a numerical library; that is no change of evidence.
    if before is None or after is None:
        return before is after
    pairs = ((before.estimate, after.estimate), (before.low, after.low), (before.high, after.high))
    return all(math.isclose(a, b, rel_tol=1e-9) or (math.isnan(a) and math.isnan(b)) for a, b in pairs)


def _studies(changes: Changes, at: Index) -> list[Block]:
    lines = []
    for word, studies in (("added", changes.studies_added), ("removed", changes.studies_removed)):
        names = joined([at.study(study_id, label) for study_id, label in studies])
        lines.append(fill("**Studies {}:** {}", word, names if studies else "none"))
    return [bullets(lines)]


def _outcomes(changed: list[OutcomeChange], outcomes: tuple[OutcomeResult, ...], at: Index) -> list[Block]:
    unchanged = len({outcome.id for outcome in outcomes} - {change.id for change in changed})
    if not changed:
        return [paragraph(f"No outcome changed ({counted(unchanged, 'outcome')} unchanged).")]
    known = {outcome.id: outcome for outcome in outcomes}
    rows = [
        (
            inner_link(change.title, anchor("outcome", change.id)) if change.id in known else text(change.title),
            change.k_before,
            _estimate(change.before, change.k_before, change.display),
            change.k_after,
            _estimate(change.after, change.k_after, change.display),
            _remarks(change, known.get(change.id), at),
        )
        for change in changed
    ]
    headers = ("Outcome", "Studies before", "Estimate (CI) before", "Studies now", "Estimate (CI) now", "What differs")
    return [
        paragraph(f"{counted(len(changed), 'outcome')} changed, {unchanged} unchanged:"),
        table(headers, rows, right=(1, 3)),
    ]


def _estimate(value: Interval | None, k: int | None, display: str) -> str:
    if value is None or math.isnan(value.estimate):
        return "not in the review" if value is None and k is None else "no eligible result" if k == 0 else "– no number"
    return interval(value, display)


def _remarks(change: OutcomeChange, outcome: OutcomeResult | None, at: Index) -> Words:
    parts: list[Words] = []
    if change.k_before is None and change.before is None:
        parts.append(text("new outcome"))
    elif outcome is None:
        parts.append(text("no longer in the manifest"))
    if change.definition_changed:
        parts.append(text("definition changed"))
    for word, ids in (("added", change.studies_added), ("removed", change.studies_removed)):
        if ids:
            parts.append(fill("{}: {}", word, at.studies(ids)))
    if outcome is not None and outcome.null_shown is not None:
        parts += _null_crossed(change, outcome.null_shown)
    both = change.before, change.after
    if both[0] and both[1] and interval(both[0], change.display) == interval(both[1], change.display):
        parts.append(text("same to the digits shown"))
    elif not parts:
        parts.append(text("same studies, other numbers"))
    return joined(parts, "; ")


def _null_crossed(change: OutcomeChange, null: float) -> list[Words]:
    before, after = (_includes(value, null) for value in (change.before, change.after))
    if before is None or after is None or before == after:
        return []
    told = ("included", "does not now") if before else ("did not include", "does now")
    return [text(f"the interval {told[0]} no effect ({null:g}) before and {told[1]}")]


def _includes(value: Interval | None, null: float) -> bool | None:
    if value is None or math.isnan(value.low) or math.isnan(value.high):
        return None
    return value.low <= null <= value.high


def _rows(rows: Iterable[RowChange], at: Index) -> list[Block]:
    listed = list(rows)
    if not listed:
        return [paragraph("No row of evidence was added, corrected or withdrawn.")]
    tally = joined(
        [f"{sum(row.change == word for row in listed)} {word}" for word in ("added", "corrected", "withdrawn")]
    )
    blocks = [stated("Rows of evidence: {}.", tally)]
    selection = [row for row in listed if row.table in SELECTION]
    if len(selection) > at.fold_above:
        numbers = " and ".join(f"{sum(row.table == name for row in selection):,} in {name}" for name in SELECTION)
        blocks.append(stated("Of these {}: {}.", numbers, inner_link("what became of them", "flow")))
        listed = [row for row in listed if row.table not in SELECTION]
    if not listed:
        return blocks
    cells = [
        (
            row.change,
            at.study(row.study_id, row.study_label) if row.study_id else text(row.study_label or "–"),
            row.table,
            text(row.what, CELL_LIMIT),
            text(row.before, CELL_LIMIT),
            fill("reason: {}", text(row.reason, CELL_LIMIT)) if row.reason else text(row.after, CELL_LIMIT),
        )
        for row in listed
    ]
    block = table(("Change", "Study", "Table", "Row", "Before", "After"), cells)
    return [*blocks, long(f"All {len(listed)} changed rows", block, len(listed), at.fold_above)]
