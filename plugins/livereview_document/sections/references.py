"""The reports behind the review, numbered; a retracted or corrected one is named as such wherever it is used."""

from __future__ import annotations

import re
from collections.abc import Sequence

from livereview import Report, ReportCard
from livereview.anchors import anchor
from livereview_document.blocks import Block, Numbered, heading, paragraph, stated
from livereview_document.citation import cited, identifiers
from livereview_document.index import Index, flag
from livereview_document.words import (
    Link,
    Words,
    doi_link,
    fill,
    joined,
    outer_link,
    place,
    prose,
    registry_link,
    strong,
)

OTHERS = "Reports of no study above: reviews, and studies that enter only a subgroup or a sensitivity analysis."


def references_section(report: Report, at: Index) -> list[Block]:
    """Reports study by study, then those that belong to no study."""
    blocks = [heading(2, "References", "references")]
    if not at.numbers:
        return [*blocks, paragraph("No report is recorded.")]
    blocks.append(paragraph("“Used” marks the reports from which a number of a main analysis comes."))
    told: set[str] = set()
    for study in report.studies:
        where = joined([at.outcome(name) for name in study.outcomes])
        line = fill("{} ({})", strong(prose(study.label)), at.study(study.study_id, "characteristics"))
        blocks.append(paragraph(fill("{}; enters {}", line, where) if study.outcomes else line))
        blocks += _listed(study.reports, told, at) or [paragraph("No report of this study is recorded.")]
    others = _listed(report.other_reports, told, at)
    return [*blocks, paragraph(OTHERS), *others] if others else blocks


def _listed(cards: Sequence[ReportCard], told: set[str], at: Index) -> list[Block]:
    """Reports in full the first time, by number where another study has listed them; ``told`` gains the new ones."""
    new = {card.report_id: card for card in cards if card.report_id not in told}
    again = [at.numbered(card.report_id) for card in cards if card.report_id in told]
    told.update(new)
    blocks: list[Block] = []
    if new:
        blocks.append(Numbered(tuple((at.numbers[name], _report(card, at)) for name, card in new.items())))
    return [*blocks, stated("Also {}, listed with another study.", joined(again))] if again else blocks


def _report(card: ReportCard, at: Index) -> Words:
    """A report as the database that found it describes it, else as its sheet cites it; then the ways to it."""
    here = place(anchor("report", card.report_id))
    record = at.records.get(card.report_id)
    given = (doi_link(card.doi), _identifier(card), *_pages(card), *(identifiers(record) if record else ()))
    ways: dict[str, Words] = {}
    for link in given:
        if link is not None:
            ways.setdefault(_target(link), link)
    facts = [card.kind or "kind not recorded", card.published_on or "date not recorded"]
    told = fill("{}{}{}", here, flag(card.status), cited(record) if record else prose(card.citation or card.report_id))
    told = fill("{} ({}).", told, ", ".join(facts))
    if ways:
        told = fill("{} {}.", told, joined(list(ways.values()), " · "))
    return fill("{} {}", told, fill("**Used.**" if card.used else "Not used."))


def _target(words: Words) -> str:
    """What tells two ways to a report apart: the address they lead to, or their text."""
    return next((span.target for span in words.spans if isinstance(span, Link)), words.plain)


def _identifier(card: ReportCard) -> Words | None:
    if card.report_id.startswith("doi:") and card.doi:
        return None
    return registry_link(card.report_id)


def _pages(card: ReportCard) -> list[Words]:
    """Links to the addresses of a report: sheets hold several, separated by semicolons, with remarks behind them."""
    found = []
    for part in re.split(r"\s*;\s*(?=https?://)", card.url or ""):
        url, _, remark = part.strip().partition(" ")
        if url:
            found.append(fill("{} {}", outer_link("page", url), prose(remark)) if remark else outer_link("page", url))
    return found


def retracted_in_use(report: Report, at: Index) -> list[Words]:
    """A line for each retracted report from which a pooled number comes, with the outcomes that rest on it."""
    lines = []
    for report_id, card in at.cards.items():
        if card.status != "retracted":
            continue
        resting = [
            outcome.id
            for outcome in report.outcomes
            if any(row.report_id == report_id for study in outcome.studies for row in study.rows)
        ]
        if resting or card.used:
            where = joined([at.outcome(name) for name in resting]) if resting else "no outcome's table of studies"
            lines.append(
                fill("**RETRACTED report in use:** {} ({}), in {}.", card.citation, at.numbered(report_id), where)
            )
    return lines
