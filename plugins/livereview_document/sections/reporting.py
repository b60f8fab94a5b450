"""The items that PRISMA-LSR adds for living reviews: answered from the data, or open for the team."""

from __future__ import annotations

from collections.abc import Sequence

from livereview import ReportingItem
from livereview_document.blocks import Block, bullets, heading, paragraph, table
from livereview_document.index import Index
from livereview_document.words import Words, fill, text

SOURCE = (
    "The items that PRISMA-LSR adds for living reviews (Akl et al., BMJ 2024;387:e079183), in our words. The answers "
    "come from what is recorded; whether they are enough is for the team and its readers to judge."
)


def reporting_section(items: Sequence[ReportingItem], at: Index) -> list[Block]:
    """A table of the answers, then the items that are open."""
    if not items:
        return []
    answered = [item for item in items if item.answer]
    rows = [(item.number, item.item, _answer(item, at)) for item in answered]
    waiting = [fill("{}: {}", item.number, item.item) for item in items if not item.answer]
    blocks = [heading(2, "Reporting items for living reviews", "reporting"), paragraph(SOURCE)]
    blocks.append(table(("Item", "What is asked", "Answer"), rows))
    return [*blocks, paragraph(f"Open for the team ({len(waiting)}):"), bullets(waiting)] if waiting else blocks


def _answer(item: ReportingItem, at: Index) -> Words:
    return fill("{} ({})", item.answer, at.section("more", item.section)) if item.section else text(item.answer)
