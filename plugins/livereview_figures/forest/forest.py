"""The forest plot: studies, their weights and effects, the pooled diamond, the prediction interval, subgroups.

One figure may be too long for a page: ``forest_pages`` parts it, each page with the same columns and the same axis.
"""

from __future__ import annotations

import math
from dataclasses import replace

from livereview import OutcomeResult, Report, SubgroupResult
from livereview_figures.drawing.layout import LABEL, PLOT, Column, Row, Span
from livereview_figures.drawing.page import Page
from livereview_figures.drawing.plate import Plate, comparison
from livereview_figures.drawing.text import clean, model_phrase
from livereview_figures.forest.paging import paged
from livereview_figures.forest.phrases import notes_of, subgroup_test
from livereview_figures.forest.pooled import GHOST, UNCONVERGED, drawn
from livereview_figures.forest.rows import StudyRows, signs_of
from livereview_figures.forest.styles import effect_part, ink, plot_spans, weight_column
from livereview_figures.forest.subject import Subject

__all__ = ["GHOST", "UNCONVERGED", "forest", "forest_pages"]

_SIGNS = {
    "▲": "new since the previous update",
    "△": "changed since the previous update",
    "†": "rests on reconstructed or unverified results",
    UNCONVERGED: "the model did not converge: this estimate cannot be relied on",
}


def forest(
    outcome: OutcomeResult, division: SubgroupResult | None = None, size: float = 9.0, report: Report | None = None
) -> Page:
    """The forest plot of an outcome on one page, however long, divided into the given subgroups if any.

    Needs one estimable study. The report brings characteristics, appraisals and the previous result.
    """
    return _Forest(Subject(outcome=outcome, report=report, size=size), division).plate().page()


def forest_pages(
    outcome: OutcomeResult, division: SubgroupResult | None = None, size: float = 9.0, report: Report | None = None
) -> list[Page]:
    """The same, parted where it has more rows of studies than a page holds."""
    subject = Subject(outcome=outcome, report=report, size=size)
    return [plate.page() for plate in paged(_Forest(subject, division).plate(), subject)]


class _Forest:
    """The rows and columns of one forest plot."""

    def __init__(self, subject: Subject, division: SubgroupResult | None) -> None:
        self.subject, self.outcome, self.division = subject, subject.outcome, division
        self.made = StudyRows(subject)

    def plate(self) -> Plate:
        """The figure's rows, columns and notes."""
        outcome, style, division = self.outcome, self.subject.style, self.division
        subtitle = comparison(outcome)
        if division is not None:
            by = f"subgroups by {clean(division.title)}"
            subtitle = f"{subtitle}; {by}" if subtitle else by.capitalize()
        rows = self.made.studies(outcome.studies) if division is None else self.made.divided(division)
        columns, spans = self.table()
        rows = [*rows, *self.made.pools.rows(0.5 if division is None else 0.9), *self.between()]
        return Plate(
            outcome=outcome, subtitle=subtitle, columns=columns, spans=spans,
            rows=[_worded(row, columns) for row in rows],
            reference=self.subject.forward(outcome.pooled.shown.estimate) if drawn(outcome.pooled) else math.nan,
            footnotes=self.footnotes(), explained=self.explained(), until="pooled", size=self.subject.size,
            favours=style.favours, bands=style.bands, dashed=ink(style), key=self.made.appraised.key(),
        )  # fmt: skip

    def table(self) -> tuple[list[Column], list[Span]]:
        """Columns in the order of the layout, and the headings over them."""
        style, outcome = self.subject.style, self.outcome
        studies, appraised = self.made.columns, self.made.appraised
        label = Column(name=LABEL, title=style.study, align="left", least=11 if self.subject.arms.names else 17)
        columns, spans = [label], list(studies.spans())
        for part in style.parts:
            if part == "data":
                columns += studies.columns()
            elif part == "plot":
                columns.append(Column(name=PLOT, gap=1.8))
                spans += plot_spans(style, outcome)
            elif part == "effect":
                own, over = effect_part(style, outcome)
                columns, spans = [*columns, *own], [*spans, *over]
            elif self.subject.heaviest > 0:
                columns.append(weight_column(style))
        return [*columns, *appraised.columns()], [*spans, *appraised.spans()]

    def between(self) -> list[Row]:
        """The test between subgroups as a row, where the layout has it there."""
        words = subgroup_test(self.subject.style, self.division) if self.division else ""
        if not words or not self.subject.style.under:
            return []
        return [Row(name="between", heading=words, small=True)]

    def footnotes(self) -> list[str]:
        outcome, pooled, style, notes = self.outcome, self.outcome.pooled, self.subject.style, list[str]()
        division = self.division
        if drawn(pooled) and not style.under:
            notes += notes_of(style, outcome, pooled)
        if division is not None and not style.under:
            notes += [words] if (words := subgroup_test(style, division)) else []
        notes += [] if division is None else [clean(note) for note in division.notes]
        if drawn(pooled):
            notes.append(model_phrase(outcome, prediction=pooled.prediction_shown is not None))
        return [*notes, *self.explained()]

    def explained(self) -> list[str]:
        """What signs and headings of columns mean."""
        return [*self.legend(), *self.made.appraised.notes()]

    def legend(self) -> list[str]:
        """What the signs in the figure mean."""
        used = {sign for study in self.outcome.studies for sign in signs_of(study)}
        pools = [self.outcome.pooled, *(pooled for _, pooled, _ in (self.division.groups if self.division else ()))]
        pools += [item.pooled for item in self.outcome.sensitivity if item.title in self.outcome.forest.models]
        used |= {UNCONVERGED for pooled in pools if drawn(pooled) and not pooled.converged}
        line = "; ".join(f"{sign} {words}" for sign, words in _SIGNS.items() if sign in used)
        return [line] if line else []


def _worded(row: Row, columns: list[Column]) -> Row:
    """A remark as the text of the effect, where that is one column."""
    if row.remark and any(column.name == "effect" for column in columns):
        return replace(row, remark="", cells={**row.cells, "effect": row.remark})
    return row
