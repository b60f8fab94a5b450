"""Leave-one-out and cumulative plots: one fit per row, each with its interval, against the result of all studies.

They follow the layout and the columns of the outcome's forest plot; the raw numbers of arms are left out, since a row
is a pooled result.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from livereview import OutcomeResult, Pooled, Report, Step, StudyResult
from livereview.printing import i2
from livereview_figures.drawing.layout import LABEL, PLOT, Column, Row, Span
from livereview_figures.drawing.page import Page
from livereview_figures.drawing.plate import Plate, comparison
from livereview_figures.drawing.text import clean, known, model_phrase, study_label
from livereview_figures.drawing.typeface import drawable
from livereview_figures.forest.columns import StudyColumns, named
from livereview_figures.forest.paging import paged
from livereview_figures.forest.pooled import UNCONVERGED
from livereview_figures.forest.styles import effect_part, ink, plot_spans, square_colour
from livereview_figures.forest.subject import Subject
from livereview_figures.forest.tips import pool_tip

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


def series(outcome: OutcomeResult, kind: SeriesKind, size: float = 9.0, report: Report | None = None) -> Page:
    """The leave-one-out or cumulative plot of an outcome on one page. Needs two fits with an estimate."""
    return _plate(Subject(outcome=outcome, report=report, size=size), kind).page()


def series_pages(
    outcome: OutcomeResult, kind: SeriesKind, size: float = 9.0, report: Report | None = None
) -> list[Page]:
    """The same, parted where it is too long for a page."""
    subject = Subject(outcome=outcome, report=report, size=size)
    return [plate.page() for plate in paged(_plate(subject, kind), subject)]


def _plate(subject: Subject, kind: SeriesKind) -> Plate:
    outcome = subject.outcome
    subtitle, header = _WORDS[kind]
    compared = comparison(outcome)
    steps = _ordered(subject, kind)
    own = StudyColumns(subject, data=False)
    columns = own.columns()
    if kind == "cumulative" and "published" not in named(subject):
        columns.insert(0, Column(name="published", title="Published", align="left", gap=1.6))
    table, spans = framed(subject, Column(name=LABEL, title=header, align="left", least=11), columns)
    rows = [_row(subject, step, i, own) for i, step in enumerate(steps)]
    overall = not math.isnan(outcome.pooled.shown.estimate)
    if overall:
        rows.append(overall_row(subject, "overall", "All studies"))
    shown = outcome.pooled.shown
    return Plate(
        outcome=outcome, subtitle=f"{compared}. {subtitle}" if compared else subtitle, columns=table, spans=spans,
        rows=rows, reference=subject.forward(shown.estimate) if overall else math.nan,
        footnotes=_footnotes(outcome, steps), until="overall", size=subject.size, favours=subject.style.favours,
        bands=subject.style.bands, dashed=ink(subject.style),
    )  # fmt: skip


def framed(subject: Subject, label: Column, columns: Sequence[Column]) -> tuple[list[Column], list[Span]]:
    """The columns of a plot whose rows are fits, in the order of the layout, with the headings over them."""
    found, spans = [label, *columns, Column(name="k", title="Studies", gap=1.6)], list[Span]()
    for part in subject.style.parts:
        if part == "plot":
            found.append(Column(name=PLOT, gap=1.8))
            spans += plot_spans(subject.style, subject.outcome)
        elif part == "effect":
            own, over = effect_part(subject.style, subject.outcome)
            found, spans = [*found, *own], [*spans, *over]
    return [*found, Column(name="i2", title="I²", gap=1.6)], spans


def _ordered(subject: Subject, kind: SeriesKind) -> Sequence[Step]:
    """Cumulative steps have their own order; those that leave a study out follow that of the studies."""
    steps = steps_of(subject.outcome, kind)
    if kind == "cumulative":
        return steps
    places = {study.study_id: i for i, study in enumerate(subject.ordered(subject.outcome.studies))}
    return sorted(steps, key=lambda step: places.get(step.study_id, len(places)))


def _study(outcome: OutcomeResult, step: Step) -> StudyResult | None:
    return next((study for study in outcome.studies if study.study_id == step.study_id), None)


def _row(subject: Subject, step: Step, i: int, own: StudyColumns) -> Row:
    study = _study(subject.outcome, step)
    label = clean(step.label) if study is None else study_label(study)
    cells = {LABEL: label if drawable(label) else clean(step.study_id)}
    if study is not None:
        cells |= {"published": clean(study.published_on or "")} | own.cells(study)
    href = subject.href(step.study_id)
    return fit_row(subject, f"{i}", cells, step.pooled, tip=pool_tip(subject, cells[LABEL], step.pooled), href=href)


def fit_row(
    subject: Subject, name: str, cells: dict[str, str], pooled: Pooled, *, tip: str, href: str = "", empty: str = ""
) -> Row:
    """A row of one fit; ``empty`` is what it says without an estimate."""
    if math.isnan(pooled.shown.estimate):
        words = empty or "not estimable"
        one_text = {"effect": words} if subject.style.together else {}
        cells = cells | {"k": str(pooled.k)} | one_text
        return Row(name=name, cells=cells, remark="" if one_text else words, href=href, tip=cells[LABEL])
    colour = square_colour(subject.style, subject.arms.names)
    plotted = subject.plotted("square", pooled.shown, POINT * subject.size, fill=colour, tip=tip, href=href)
    suffix = "" if pooled.converged else f" {UNCONVERGED}"
    cells = cells | _numbers(subject, pooled)
    return Row(name=name, cells=cells, plotted=plotted, suffix=suffix, tip=tip, href=href)


def overall_row(subject: Subject, name: str, label: str) -> Row:
    """The diamond of the main result."""
    pooled, style = subject.outcome.pooled, subject.style
    diamond = subject.plotted(
        "diamond", pooled.shown, subject.size, fill=style.diamond, edge=style.edge, tip=pool_tip(subject, label, pooled)
    )
    return Row(name=name, cells={LABEL: label} | _numbers(subject, pooled), plotted=diamond, bold=True, before=0.5)


def _numbers(subject: Subject, pooled: Pooled) -> dict[str, str]:
    spread = i2(pooled.i2) if known(pooled.i2) else "–"
    return {"k": str(pooled.k), **subject.cells(pooled.shown), "i2": spread}


def _footnotes(outcome: OutcomeResult, steps: Sequence[Step]) -> list[str]:
    notes = [model_phrase(outcome)]
    if not all(step.pooled.converged for step in steps):
        notes.append(f"{UNCONVERGED} the model did not converge: this estimate cannot be relied on")
    return notes
