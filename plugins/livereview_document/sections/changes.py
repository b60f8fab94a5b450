"""What changed since the previous update: studies, rows, estimates, choices. It opens the report."""

from __future__ import annotations

from collections.abc import Iterable

from livereview import Changes, Report, RowChange
from livereview_document.blocks import Block, bullets, heading, long, paragraph, stated, table
from livereview_document.index import Index
from livereview_document.sections.audit import audit_changes
from livereview_document.sections.moved import differs, moved_part
from livereview_document.sections.verdicts import reports_part, rules_part, tally_part
from livereview_document.words import CELL_LIMIT, fill, inner_link, joined, text

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
    changed = any(differs(change) for change in changes.outcomes)
    previous = changes.previous or "the previous update (not named)"
    seen = (changes.rows, changes.studies_added, changes.studies_removed, changes.other, changes.audit)
    if not (changed or any(seen)):
        return [*blocks, stated("Nothing changed since {}.", previous)]
    blocks.append(stated("Compared with {}.", previous))
    blocks += tally_part(changes.verdicts)
    blocks += moved_part(report, at)
    blocks += rules_part(changes.verdicts)
    blocks += reports_part(changes.reports, at)
    blocks += _studies(changes, at)
    blocks += _rows(changes.rows, at)
    blocks += audit_changes(changes.audit)
    if changes.other:
        blocks += [paragraph("Other changes:"), bullets(changes.other)]
    return blocks


def _studies(changes: Changes, at: Index) -> list[Block]:
    lines = []
    for word, studies in (("added", changes.studies_added), ("removed", changes.studies_removed)):
        names = joined([at.study(study_id, label) for study_id, label in studies])
        lines.append(fill("**Studies {}:** {}", word, names if studies else "none"))
    return [bullets(lines)]


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
    block = table(("Change", "Study", "Table", "Row", "Before", "After"), cells, role="records")
    return [*blocks, long(f"All {len(listed)} changed rows", block, len(listed), at.fold_above)]
