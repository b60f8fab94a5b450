"""The forest plot of a replay: one row for each step, with what came in, the result as it stood, and the verdict.

It stands beside the timeline, which shows the same steps in true distances of time.
"""

from __future__ import annotations

import math

from livereview import Report, Timeline, TimelineStep
from livereview_figures.drawing.layout import LABEL, Column, Row
from livereview_figures.drawing.page import Page
from livereview_figures.drawing.plate import Plate, comparison
from livereview_figures.drawing.text import NO_BREAK, clean, model_phrase
from livereview_figures.drawing.typeface import wrapped
from livereview_figures.forest.paging import paged
from livereview_figures.forest.series import fit_row, framed, overall_row
from livereview_figures.forest.styles import ink
from livereview_figures.forest.subject import Subject
from livereview_figures.forest.tips import pool_tip

NO_DATE = "no date"
_NAMED = 3
"""Studies of one step that are named, at most; the CSV has all."""
_CAME_WIDTH, _CAME_LINES = 22.0, 3
"""Room for them: ems of the font, lines."""


def replayed(found: Timeline, size: float = 9.0, report: Report | None = None) -> list[Page]:
    """The pages of the plot. Needs two steps, one of them with an estimate."""
    subject = Subject(outcome=found.outcome, report=report, size=size)
    return [plate.page() for plate in paged(_plate(found, subject), subject)]


def came(step: TimelineStep) -> list[str]:
    """What a step brought, each with its sign: + came in, − no longer pooled, ~ another number of the study."""
    parts = [*(("+", label) for label in step.added), *(("−", label) for label, _ in step.removed)]
    parts += [("~", label) for label, _ in step.changed]
    return [f"{sign} {clean(label)}" for sign, label in parts]


def verdict_of(step: TimelineStep) -> str:
    """Whether the step mattered, in words; empty where nobody said."""
    return step.verdict.words if step.verdict else ""


def _plate(found: Timeline, subject: Subject) -> Plate:
    outcome = found.outcome
    told = "What this review would have said as evidence was published"
    compared = comparison(outcome)
    columns = [Column(name="came", title="What came in", align="left", gap=1.6, widest=_CAME_WIDTH)]
    label = Column(name=LABEL, title="Published by", align="left", least=7)
    table, spans = framed(subject, label, columns)
    if any(verdict_of(step) for step in found.steps):
        table.append(Column(name="verdict", title="Verdict", align="left", gap=1.6))
    overall = not math.isnan(outcome.pooled.shown.estimate)
    rows = [_row(subject, step, i) for i, step in enumerate(found.steps)]
    rows += [overall_row(subject, "overall", "Today")] if overall else []
    notes = ["+ came in; − no longer pooled; ~ another number of a study. Each result holds until the next row."]
    return Plate(
        outcome=outcome, subtitle=f"{compared}. {told}" if compared else told, columns=table, spans=spans, rows=rows,
        reference=subject.forward(outcome.pooled.shown.estimate) if overall else math.nan,
        footnotes=[*notes, model_phrase(outcome)], until="overall", size=subject.size, favours=subject.style.favours,
        bands=subject.style.bands, dashed=ink(subject.style),
    )  # fmt: skip


def _row(subject: Subject, step: TimelineStep, i: int) -> Row:
    parts = came(step)
    day = step.published_by or NO_DATE
    cells = {LABEL: day, "came": _told(parts, subject.size), "verdict": verdict_of(step)}
    tip = "\n".join([*parts, pool_tip(subject, day, step.pooled)])
    return fit_row(subject, f"{i}", cells, step.pooled, tip=tip, empty="no result")


def _told(parts: list[str], size: float) -> str:
    """As many of the studies as have room with their whole names, at least the first, and how many more there are."""

    def naming(count: int) -> str:
        more = [f"and {len(parts) - count} more"] if len(parts) > count else []
        # A sign stays on the line of its study.
        return "; ".join([*(part.replace(" ", NO_BREAK, 1) for part in parts[:count]), *more])

    def fits(words: str) -> bool:
        return len(wrapped(words, size, _CAME_WIDTH * size, lines=_CAME_LINES + 1)) <= _CAME_LINES

    told = [naming(count) for count in range(min(_NAMED, len(parts)), 0, -1)]
    return next(filter(fits, told), told[-1] if told else "")
