"""What the review leaves out, each with its reason: reports excluded at full text, studies that the eligibility does
not admit, eligible studies that gave no number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from livereview import Excluded, ReferenceCard, Report
from livereview.printing import counted
from livereview_document.blocks import Block, heading, long, paragraph, stated, table
from livereview_document.citation import cited, identifiers
from livereview_document.index import Index
from livereview_document.words import CELL_LIMIT, Words, fill, joined, text

#: Stages of the selection as ``ReferenceCard.stage`` names them.
AT_FULL_TEXT, ON_ABSTRACT = "excluded at full text", "excluded"
NO_REASON = "no reason recorded"


def excluded_section(report: Report, at: Index) -> list[Block]:
    """Reports excluded by people, studies that the eligibility did not admit, eligible ones that gave no number."""
    blocks = [heading(2, "Excluded studies", "excluded")]
    read = _read(report.references, at)
    if read:
        blocks += [*read, heading(3, "Not admitted by the eligibility criteria")]
    blocks += _reasons(report.excluded, "Studies that the eligibility criteria did not admit", at)
    blocks.append(heading(3, "Eligible but unused"))
    return [*blocks, *_reasons(report.unused, "Eligible studies that gave no number to any outcome", at)]


def _read(references: Iterable[ReferenceCard], at: Index) -> list[Block]:
    """The reports that people read and excluded, those with the commonest reason first; others are counted."""
    listed = list(references)
    unread = sum(card.stage == ON_ABSTRACT for card in listed)
    cards = [card for card in listed if card.stage == AT_FULL_TEXT]
    if not (cards or unread):
        return []
    blocks = [heading(3, "Excluded by people")]
    if cards:
        reasons = Counter(card.reason or NO_REASON for card in cards)
        tally = [f"{reason} ({number})" for reason, number in reasons.most_common()]
        blocks.append(stated("Reports excluded at full text: {}. By reason: {}.", len(cards), joined(tally, "; ")))
        order = [reason for reason, _ in reasons.most_common()]
        rows = [_record(card) for card in sorted(cards, key=lambda card: order.index(card.reason or NO_REASON))]
        headers = ("Reason", "Report", "Numbers", "Found in")
        listing = table(headers, rows, role="excluded")
        blocks.append(long(f"All {counted(len(rows), 'report')}", listing, len(rows), at.fold_above))
    if unread:
        flow = "flow" in at.sections
        where = fill("; {}", at.section("the flow of records has the reasons", "flow")) if flow else Words()
        blocks.append(stated("Excluded on title and abstract: {}{}.", counted(unread, "record"), where))
    return blocks


def _record(card: ReferenceCard) -> tuple[Words, ...]:
    numbers = identifiers(card.reference)
    return (
        text(card.reason or NO_REASON, CELL_LIMIT),
        cited(card.reference, limit=CELL_LIMIT),
        joined(numbers) if numbers else text(None),
        text(card.source or None),
    )


def _reasons(items: Sequence[Excluded], title: str, at: Index) -> list[Block]:
    if not items:
        return [paragraph(f"{title}: none.")]
    rows = [_reason(item, at) for item in items]
    detailed = any(item.detail for item in items)
    headers = ("Study", "Reason", "Detail") if detailed else ("Study", "Reason")
    block = table(headers, [row if detailed else row[:2] for row in rows], role="excluded")
    return [paragraph(f"{title}: {len(rows)}."), long(f"All {len(rows)}", block, len(rows), at.fold_above)]


def _reason(item: Excluded, at: Index) -> tuple[Words, ...]:
    reason = text(item.reason or NO_REASON, CELL_LIMIT)
    if item.outcome:
        reason = fill("{} (at {})", reason, at.outcome(item.outcome))
    return (at.study(item.study_id, item.label), reason, text(item.detail, CELL_LIMIT))
