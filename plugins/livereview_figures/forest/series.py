"""Leave-one-out and cumulative plots: one fit per row, each with its interval, against the result of all studies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from livereview import Interval, OutcomeResult, Pooled, Step
from livereview.printing import i2
from livereview_figures.drawing.axis import forward_of
from livereview_figures.drawing.layout import LABEL, PLOT, Column, Row
from livereview_figures.drawing.marks import Plotted
from livereview_figures.drawing.page import Page
from livereview_figures.drawing.plate import Plate, comparison, effect_columns, effect_span
from livereview_figures.drawing.text import clean, format_of, model_phrase, study_label
from livereview_figures.drawing.typeface import drawable
from livereview_figures.forest.forest import UNCONVERGED

SeriesKind = Literal["leave-one-out", "cumulative"]
POINT = 0.55
_WORDS = {
    "leave-one-out": ("Leave-one-out analysis: all studies but one", "Study left out"),
    "cumulative": ("Cumulative analysis: one more study in each row", "Study added"),
}


def steps_of(outcome: OutcomeResult, kind: SeriesKind) -> Sequence[Step]:
    """The fits of one series, in order; none where fewer than two have an estimate."""
    steps = outcome.leave_one_out if kind == "leave-one-out" else outcome.cumulative
    return steps if sum(not math.isnan(step.pooled.shown.estimate) for step in steps) > 1 else ()


def series(outcome: OutcomeResult, kind: SeriesKind, size: float = 9.0) -> Page:
    """The leave-one-out or cumulative plot of an outcome. Needs two fits with an estimate."""
    subtitle, header = _WORDS[kind]
    steps = steps_of(outcome, kind)
    compared = comparison(outcome)
    rows = [_row(outcome, step, i, kind, size) for i, step in enumerate(steps)]
    shown = outcome.pooled.shown
    overall = not math.isnan(shown.estimate)
    if overall:
        rows.append(_overall(outcome, size))
    forward = forward_of(outcome.display)
    return Plate(
        outcome=outcome, subtitle=f"{compared}. {subtitle}" if compared else subtitle, columns=_columns(header, kind),
        spans=[effect_span(outcome)], rows=rows, reference=forward(shown.estimate) if overall else math.nan,
        footnotes=_footnotes(outcome, steps),
        until="overall", size=size,
    ).page()  # fmt: skip


def _columns(header: str, kind: SeriesKind) -> list[Column]:
    columns = [Column(name=LABEL, title=header, align="left", least=11)]
    if kind == "cumulative":
        columns.append(Column(name="published", title="Published", align="left", gap=1.6))
    return [
        *columns,
        Column(name="k", title="Studies", gap=1.6),
        Column(name=PLOT, gap=1.8),
        *effect_columns(),
        Column(name="i2", title="I²", gap=1.6),
    ]


def _row(outcome: OutcomeResult, step: Step, i: int, kind: SeriesKind, size: float) -> Row:
    study = next((study for study in outcome.studies if study.study_id == step.study_id), None)
    label = clean(step.label) if study is None else study_label(study)
    cells = {LABEL: label if drawable(label) else clean(step.study_id)}
    if kind == "cumulative" and study is not None:
        cells["published"] = clean(study.published_on or "")
    if math.isnan(step.pooled.shown.estimate):
        return Row(name=f"{i}", cells=cells | {"k": str(step.pooled.k)}, remark="not estimable")
    plotted = _plotted(outcome, step.pooled.shown, "square", POINT * size)
    suffix = "" if step.pooled.converged else f" {UNCONVERGED}"
    return Row(name=f"{i}", cells=cells | _numbers(outcome, step.pooled), plotted=plotted, suffix=suffix)


def _overall(outcome: OutcomeResult, size: float) -> Row:
    cells = {LABEL: "All studies"} | _numbers(outcome, outcome.pooled)
    plotted = _plotted(outcome, outcome.pooled.shown, "diamond", size)
    return Row(name="overall", cells=cells, plotted=plotted, bold=True, before=0.5)


def _numbers(outcome: OutcomeResult, pooled: Pooled) -> dict[str, str]:
    estimate, low, high = format_of(outcome).parts(pooled.shown)
    return {"k": str(pooled.k), "estimate": estimate, "low": low, "high": high, "i2": i2(pooled.i2)}


def _plotted(outcome: OutcomeResult, shown: Interval, kind: Literal["square", "diamond"], size: float) -> Plotted:
    estimate, low, high = (forward_of(outcome.display)(v) for v in (shown.estimate, shown.low, shown.high))
    return Plotted(kind=kind, estimate=estimate, low=low, high=high, size=size)


def _footnotes(outcome: OutcomeResult, steps: Sequence[Step]) -> list[str]:
    notes = [model_phrase(outcome)]
    if not all(step.pooled.converged for step in steps):
        notes.append(f"{UNCONVERGED} the model did not converge: this estimate cannot be relied on")
    return notes
