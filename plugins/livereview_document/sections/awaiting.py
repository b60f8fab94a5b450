"""What waits for a person: records that searches found, and numbers that sources propose. Nothing of it is pooled."""

from __future__ import annotations

from collections import Counter

from livereview import ProposalCard, ReferenceCard, Report
from livereview.printing import counted
from livereview_document.blocks import Block, heading, long, paragraph, table
from livereview_document.citation import cited, identifiers
from livereview_document.index import Index
from livereview_document.words import CELL_LIMIT, Words, fill, joined, prose, text

#: Rows of a table; more are counted, and the study lists hold them all.
_MOST = 100


def awaits(report: Report) -> bool:
    """Whether anything waits."""
    return bool(report.proposals) or any(card.stands == "awaiting" for card in report.references)


def awaiting_section(report: Report, at: Index) -> list[Block]:
    """The records with what they wait for, then the proposals by study; nothing where nothing waits."""
    if not awaits(report):
        return []
    blocks = [heading(2, "Waiting for a person", "awaiting")]
    records = [card for card in report.references if card.stands == "awaiting"]
    if records:
        stages = Counter(card.stage for card in records)
        counts = "; ".join(f"{stage}: {number:,}" for stage, number in sorted(stages.items()))
        blocks += [heading(3, "Records"), paragraph(f"{counted(len(records), 'record')} ({counts}).")]
        rows = [_record(card) for card in records[:_MOST]]
        headers = ("Record", "Found in", "Waits for", "Numbers")
        blocks += [long(counted(len(rows), "record"), table(headers, rows, role="awaiting"), len(rows), at.fold_above)]
        blocks += _more(len(records))
    if report.proposals:
        said = f"{counted(len(report.proposals), 'row')} proposed by sources; nobody has accepted or declined them yet."
        blocks += [heading(3, "Proposed rows"), paragraph(said)]
        proposed = [_proposal(card) for card in report.proposals[:_MOST]]
        columns = ("Study", "What", "Proposed", "Accepted now", "To be set", "Where")
        listed = counted(len(proposed), "row")
        blocks += [long(listed, table(columns, proposed, role="awaiting"), len(proposed), at.fold_above)]
        blocks += _more(len(report.proposals))
    return blocks


def _more(number: int) -> list[Block]:
    return [paragraph(f"{number - _MOST:,} more are not listed here.")] if number > _MOST else []


def _record(card: ReferenceCard) -> tuple[Words, ...]:
    numbers = identifiers(card.reference)
    waits = text(card.stage.removeprefix("awaiting "))
    return (
        cited(card.reference, authors=1, limit=CELL_LIMIT),
        text(card.source),
        fill("{} ({})", waits, prose(card.reason)) if card.reason else waits,
        joined(numbers) if numbers else text(None),
    )


def _proposal(card: ProposalCard) -> tuple[Words, ...]:
    return (
        text(card.study or None),
        text(card.what, CELL_LIMIT),
        text(card.proposed, CELL_LIMIT),
        text(card.accepted or None, CELL_LIMIT),
        text(", ".join(card.unsettled) or None),
        text(card.locator, CELL_LIMIT),
    )
