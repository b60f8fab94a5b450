"""The rows under the studies: pooled result, prediction interval, further models, the result of the previous update."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from livereview import Interval, OutcomeChange, OutcomeResult, Pooled, SensitivityResult, StudyResult
from livereview.printing import counted, level
from livereview_figures.drawing.layout import LABEL, Row
from livereview_figures.drawing.page import SOFT
from livereview_figures.drawing.text import clean, estimable, fixed, known
from livereview_figures.forest.columns import StudyColumns
from livereview_figures.forest.phrases import notes_of
from livereview_figures.forest.styles import pool_title
from livereview_figures.forest.subject import Subject
from livereview_figures.forest.tips import pool_tip

UNCONVERGED = "‡"
DIAMOND = 1.0
GHOST, FURTHER = "#737373", "#73A5D6"
"""Colours of the previous result and of further models."""


def drawn(pooled: Pooled) -> bool:
    """Whether there is something pooled to draw: one study is not."""
    return pooled.k > 1 and not math.isnan(pooled.shown.estimate)


def weight_text(value: float, sign: bool = True) -> str:
    """A weight with one decimal, and its sign where the heading does not have it."""
    return f"{fixed(value, 1)}{'%' if sign else ''}" if known(value) else ""


class PooledRows:
    """Diamonds of one figure."""

    def __init__(self, subject: Subject, columns: StudyColumns) -> None:
        self.subject, self.columns, self.style = subject, columns, subject.style

    def row(self, name: str, pooled: Pooled, members: Sequence[StudyResult], *, subtotal: bool) -> Row:
        """One diamond with its numbers."""
        totals = self.columns.totals(members)
        title = pool_title(self.style, self.subject.outcome, subtotal)
        if not title:
            counts = any(cell.startswith(("n", "joined")) for cell in totals)
            people = "" if counts or pooled.participants is None else f" (n = {pooled.participants})"
            title = f"{'Subtotal' if subtotal else 'Pooled'}, {pooled.k} studies{people}"
        if self.style.events_apart:
            totals = {cell: words for cell, words in totals.items() if not cell.startswith("events")}
        cells = {LABEL: title, **totals, **self.subject.cells(pooled.shown)}
        weights = [study.weight for study in members if estimable(study) and known(study.weight)]
        if self.subject.heaviest > 0 and weights:
            cells["weight"] = weight_text(math.fsum(weights), not self.style.counted)
        diamond = self.subject.plotted(
            "diamond", pooled.shown, DIAMOND * self.subject.size, fill=self.style.diamond, edge=self.style.edge,
            tip=pool_tip(self.subject, title, pooled),
        )  # fmt: skip
        suffix = "" if pooled.converged else f" {UNCONVERGED}"
        return Row(name=name, cells=cells, bold=True, suffix=suffix, plotted=diamond, runs=not any(totals.values()))

    def events(self, name: str, members: Sequence[StudyResult]) -> list[Row]:
        """The row of the sums of events, where the layout has one."""
        cells = {cell: words for cell, words in self.columns.totals(members).items() if cell.startswith("events")}
        if not self.style.events_apart or not cells:
            return []
        return [Row(name=f"{name}:events", cells={LABEL: "Total events"} | cells)]

    def under(self, name: str, pooled: Pooled) -> list[Row]:
        """Heterogeneity and the test of no effect as rows, where the layout has them there."""
        notes = notes_of(self.style, self.subject.outcome, pooled) if self.style.under else []
        return [Row(name=f"{name}:note-{i}", heading=words, small=True, colour=SOFT) for i, words in enumerate(notes)]

    def rows(self, before: float) -> list[Row]:
        """Everything under the studies."""
        outcome = self.subject.outcome
        previous = self.ghost()
        if not drawn(outcome.pooled):
            one = sum(estimable(study) for study in outcome.studies) == 1
            words = "One study: nothing pooled" if one else "No pooled estimate"
            return [Row(name="pooled", heading=words, bold=True, before=before), *self.models(), *previous]
        pooled = replace(self.row("pooled", outcome.pooled, outcome.studies, subtotal=False), before=before)
        predicted = self.prediction()
        limits = outcome.pooled.prediction_shown
        if predicted and self.style.through and pooled.plotted is not None and limits is not None:
            reach = (self.subject.forward(limits[0]), self.subject.forward(limits[1]))
            pooled = replace(pooled, plotted=replace(pooled.plotted, reach=reach))
        events = self.events("pooled", outcome.studies)
        return [pooled, *events, *predicted, *previous, *self.models(), *self.under("pooled", outcome.pooled)]

    def prediction(self) -> list[Row]:
        """The prediction interval: a bar, or words alone where a line through the diamond shows it."""
        pooled = self.subject.outcome.pooled
        limits = pooled.prediction_shown
        if limits is None or any(math.isnan(v) for v in limits):
            return []
        shown = Interval(estimate=pooled.shown.estimate, low=limits[0], high=limits[1])
        cells = self.subject.cells(shown)
        if "effect" in cells:
            start = self.subject.format.value(shown.estimate)
            cells = {"effect": cells["effect"].removeprefix(start).strip()}
        else:
            cells = {name: words for name, words in cells.items() if name != "estimate"}
        title = "Prediction interval"
        if self.style.name == "revman":
            title = f"{level(self.subject.outcome.level)} prediction interval"
        if self.style.through:
            return [Row(name="prediction", cells={LABEL: title} | cells, runs=True)]
        bar = self.subject.plotted("bar", shown, 0.33 * self.subject.size, fill=self.style.bar, tip=title)
        return [Row(name="prediction", cells={LABEL: title} | cells, plotted=bar, runs=True)]

    def models(self) -> list[Row]:
        """The results of other models, as the manifest names them, in its order."""
        outcome = self.subject.outcome
        by_title = {item.title: item for item in outcome.sensitivity}
        found = [by_title[title] for title in outcome.forest.models if title in by_title]
        return [self._model(i, item, outcome) for i, item in enumerate(found)]

    def _model(self, i: int, item: SensitivityResult, outcome: OutcomeResult) -> Row:
        pooled = item.pooled
        studies = "" if pooled.k == outcome.pooled.k else f", {counted(pooled.k, 'study', 'studies')}"
        cells = {LABEL: f"{clean(item.title)}{studies}"}
        if math.isnan(pooled.shown.estimate):
            return Row(name=f"model-{i}", cells=cells, remark="not estimable", runs=True)
        tip = pool_tip(self.subject, clean(item.title), pooled).rpartition("\n")[0] + f"\n{clean(item.choice)}"
        diamond = self.subject.plotted("diamond", pooled.shown, 0.8 * self.subject.size, fill=FURTHER, tip=tip)
        suffix = "" if pooled.converged else f" {UNCONVERGED}"
        cells |= self.subject.cells(pooled.shown)
        return Row(name=f"model-{i}", cells=cells, plotted=diamond, suffix=suffix, runs=True)

    def ghost(self) -> list[Row]:
        """The result of the previous update, hollow, where it differs."""
        change = self.subject.ghost
        if change is None or change.before is None:
            return []
        title = ghost_title(self.subject, change)
        diamond = self.subject.plotted("ghost", change.before, 0.9 * self.subject.size, fill=GHOST, tip=title)
        cells = {LABEL: title} | self.subject.cells(change.before)
        return [Row(name="previous", cells=cells, plotted=diamond, colour=SOFT, runs=True)]


def ghost_title(subject: Subject, change: OutcomeChange) -> str:
    """``Previous (update 3 of 2026-11-20), 5 studies``."""
    named = clean(subject.report.changes.previous or "") if subject.report else ""
    studies = "" if change.k_before is None else f", {counted(change.k_before, 'study', 'studies')}"
    return f"Previous ({named}){studies}"
