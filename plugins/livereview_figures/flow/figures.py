"""The flow diagram of a review as a figure."""

from __future__ import annotations

from collections.abc import Iterator

from livereview import Flow, Report
from livereview.printing import counted
from livereview_figures.drawing.figure import Figure
from livereview_figures.drawing.text import clean
from livereview_figures.flow.boxes import Content, told
from livereview_figures.flow.content import content
from livereview_figures.flow.diagram import diagram
from livereview_figures.flow.numbers import flow_data


def flows(report: Report, size: float) -> Iterator[Figure]:
    """One figure of the review, where its flow was counted."""
    if report.flow is None:
        return
    shown = content(report.flow)
    subtitle = f"PRISMA 2020 flow of records, reports and studies: {shown.versions[-1][1]}"
    yield Figure(
        kind="flow",
        page=diagram(shown, report.review.title, subtitle, footnotes(report.flow, shown), size),
        data=flow_data(report.flow),
        title=f"{clean(report.review.title)}: flow of records, reports and studies",
        alt=in_words(shown),
    )


def footnotes(flow: Flow, shown: Content) -> list[str]:
    """What the versions are, what a dashed box is, what does not add up."""
    notes = []
    if len(shown.versions) > 1:
        names = "; ".join(f"{name} = {title}" for name, title in shown.versions)
        notes.append(f"{names}. Each column is the whole ledger as it stood at that update.")
    cards = [card for stream in shown.streams for rank in stream.ranks for card in (rank.main, *rank.sides)]
    if any(card.style == "waiting" and card.entries[0].numbers for card in cards):
        notes.append("Dashed: what still awaits a decision, a full text or its extraction.")
    if flow.conflicts:
        notes.append(f"{counted(len(flow.conflicts), 'disagreement')} that nobody has settled: these records await.")
    if flow.doubts:
        notes.append(f"The ledger does not add up in {counted(len(flow.doubts), 'place')}; the report says where.")
    return notes


def in_words(shown: Content) -> str:
    """Every box of this version in order, then what changed, for a reader who cannot see the figure."""
    parts = []
    for stream in shown.streams:
        boxes = [card.entries[0] for rank in stream.ranks for card in (rank.main, *rank.sides)]
        boxes_told = [f"{e.words.lower()} {told(e.numbers[-1:])}" if e.numbers else e.words.rstrip(".") for e in boxes]
        parts.append(f"{stream.title}: {', '.join(boxes_told)}.")
    totals = [f"{entry.words.lower()} {told(entry.numbers[-1:])}" for entry in shown.total.entries]
    parts.append(f"The review: {', '.join(totals)}.")
    if shown.steps:
        steps = ["{} {} and {}".format(*(entry.words.lower() for entry in card.entries)) for card in shown.steps]
        parts.append(f"Since the previous version: {', '.join(steps)}.")
    return " ".join(parts)
