"""Documents for tests of the writer: a small report in blocks, with every kind of block and span."""

from __future__ import annotations

from livereview import OutcomeResult, Report, StudyResult
from livereview.anchors import anchor
from livereview.printing import interval, weight
from livereview_document.blocks import (
    Block,
    Bullets,
    Document,
    Numbered,
    Paragraph,
    Picture,
    Quote,
    Table,
    folded,
    heading,
    table,
)
from livereview_document.words import Words, code, doi_link, fill, inner_link, joined, outer_link, place, text


def document_of(report: Report) -> Document:
    """The report in blocks: less than its sections say, but each kind of block."""
    cards = [card for study in report.studies for card in study.reports]
    items = tuple(
        (n, place(anchor("report", card.report_id)) + fill("{}. {}", card.citation, doi_link(card.doi) or "no DOI"))
        for n, card in enumerate(cards, start=1)
    )
    blocks: list[Block] = [
        heading(1, report.review.title),
        Paragraph(joined([fill("**Update {}**", 4), fill("snapshot {}", code("abc123"))], " · ")),
        Paragraph(inner_link("What changed", "changes"), role="contents"),
        Quote((fill("**Warning:** {}", "something to read first"),)),
        heading(2, "What changed", "changes"),
        Paragraph(fill("Compared with {}.", report.changes.previous or "nothing")),
        heading(2, "Summary of results", "summary"),
        _summary(report),
        heading(2, "Outcomes", "outcomes"),
        *(block for outcome in report.outcomes for block in _outcome(outcome)),
        heading(2, "Included studies", "studies"),
        Bullets(tuple(place(anchor("study", card.study_id)) + text(card.label) for card in report.studies)),
        heading(2, "References", "references"),
        Numbered(items),
        heading(2, "Provenance", "provenance"),
        Paragraph(fill("Registered as {}.", outer_link("the protocol", "https://example.org/protocol?a=1&b=2"))),
    ]
    return Document(report.review.title, tuple(blocks))


def _summary(report: Report) -> Table:
    rows = [
        (
            inner_link(outcome.title, anchor("outcome", outcome.id)),
            outcome.pooled.k,
            interval(outcome.pooled.shown, outcome.display),
        )
        for outcome in report.outcomes
    ]
    return table(("Outcome", "Studies", "Estimate (95% CI)"), rows, right=(1,), role="summary")


def _outcome(outcome: OutcomeResult) -> list[Block]:
    stem = f"figures/{outcome.id}-forest"
    sources = [
        (
            place(anchor("from", outcome.id, study.study_id)) + text(study.label) if not n else text(study.label),
            row.status,
            row.locator,
            code(row.row_id[:12]),
        )
        for study in outcome.studies
        for n, row in enumerate(study.rows)
    ]
    return [
        heading(3, outcome.title, anchor("outcome", outcome.id)),
        Paragraph(fill("*{}*", outcome.group or "All outcomes")),
        Picture(
            stem, (".png", ".svg"), f"{outcome.title}. Forest plot.", text(outcome.title), (f"{stem}.csv",), "forest"
        ),
        heading(4, "Studies"),
        _studies(outcome),
        folded(
            f"Every result row behind these numbers ({len(sources)})",
            [table(("Study", "Status", "Place", "Row"), sources, role="sources")],
        ),
    ]


def _studies(outcome: OutcomeResult) -> Table:
    return Table(
        headers=tuple(map(text, ("Study", "Estimate (95% CI)", "Weight", "Change"))),
        rows=tuple(_study(study, outcome) for study in outcome.studies),
        right=frozenset({2}),
        role="studies",
        keys=tuple((study.label, study.shown.estimate, study.weight, study.change) for study in outcome.studies),
    )


def _study(study: StudyResult, outcome: OutcomeResult) -> tuple[Words, ...]:
    source = anchor("from", outcome.id, study.study_id)
    return (
        inner_link(study.label, anchor("study", study.study_id)),
        inner_link(interval(study.shown, outcome.display), source),
        text(weight(study.weight)),
        text(study.change),
    )
