"""The key below a timeline: a numbered line for each step with what came in and the numbers, then the footnotes."""

from __future__ import annotations

from collections.abc import Iterator

from livereview import Timeline, TimelineStep
from livereview.printing import i2
from livereview_figures.drawing.layout import LABEL, Column, Row, Table, arranged
from livereview_figures.drawing.plate import effect_columns, effect_span
from livereview_figures.drawing.text import NO_BREAK, clean, count, format_of, known, model_phrase

NO_DATE = "no date"


def key_of(found: Timeline, size: float, top: float) -> Table:
    """A numbered line for each step: what came in, and the numbers."""
    columns = [
        Column(name=LABEL, title="What came in", align="left", least=16),
        Column(name="by", title="Published by", align="left", gap=1.6),
        Column(name="k", title="Studies", gap=1.4),
        Column(name="people", title="People", gap=1.4),
        *effect_columns(),
        Column(name="i2", title="I²", gap=1.4),
    ]
    rows = [row for number, step in enumerate(found.steps, start=1) for row in _rows(found, number, step)]
    return arranged(columns, [effect_span(found.outcome)], rows, size=size, top=top)


def _rows(found: Timeline, number: int, step: TimelineStep) -> Iterator[Row]:
    """The line of a step, then one for each further study that came or went with it."""
    pooled, indent = step.pooled, NO_BREAK * 2
    first, *others = _came(step) or [""]
    cells = {LABEL: f"{number}{indent}{first}", "by": step.published_by or NO_DATE, "k": str(pooled.k)}
    remark = "" if known(pooled.shown.estimate) else "no result"
    if not remark:
        estimate, low, high = format_of(found.outcome).parts(pooled.shown)
        cells |= {"people": count(pooled.participants), "estimate": estimate, "low": low, "high": high}
        cells |= {"i2": i2(pooled.i2) if known(pooled.i2) else ""}
    yield Row(name=str(number), cells=cells, remark=remark, before=0.25)
    for at, words in enumerate(others, start=2):
        yield Row(name=f"{number}:{at}", cells={LABEL: indent * (len(str(number)) + 1) + words})


def _came(step: TimelineStep) -> list[str]:
    """Each study that came in, went, or has another number now."""
    return [
        *(f"+{NO_BREAK}{clean(label)}" for label in step.added),
        *(f"−{NO_BREAK}{clean(label)}" for label, _ in step.removed),
        *(f"~{NO_BREAK}{clean(label)}" for label, _ in step.changed),
    ]


def footnotes(found: Timeline) -> list[str]:
    notes = ["+ came in; − no longer pooled; ~ another number of a study. Each estimate holds until the next."]
    if not found.steps[-1].published_by:
        notes.append(
            f"{NO_DATE}: reports of which no date of publication is known, or whose month or year is not over."
        )
    return [*notes, model_phrase(found.outcome, prediction=True)]
