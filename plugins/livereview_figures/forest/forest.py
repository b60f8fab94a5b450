"""The forest plot: studies, their weights and effects, the pooled diamond, the prediction interval, subgroups.

Signs after a label: ▲ new, △ changed since the previous update, † rests on reconstructed or unverified rows,
‡ the model did not converge.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from livereview import Interval, OutcomeResult, Pooled, StudyResult, SubgroupResult
from livereview_figures.drawing.axis import forward_of
from livereview_figures.drawing.layout import LABEL, PLOT, Column, Row, Span
from livereview_figures.drawing.marks import Plotted
from livereview_figures.drawing.page import SOFT, Page
from livereview_figures.drawing.plate import Plate, comparison, effect_columns, effect_span
from livereview_figures.drawing.text import (
    Format,
    chi2_phrase,
    clean,
    estimable,
    fixed,
    format_of,
    heterogeneity,
    known,
    model_phrase,
    statistic_phrase,
    study_label,
    weak,
)
from livereview_figures.drawing.typeface import drawable
from livereview_figures.forest.arms import Arms
from livereview_figures.forest.groups import own_numbers

UNCONVERGED = "‡"
SQUARE = 0.95
LONE = 0.6
"""Side of a square that has no weight in the pool."""
DIAMOND = 1.0
_SIGNS = {
    "▲": "new since the previous update",
    "△": "changed since the previous update",
    "†": "rests on reconstructed or unverified results",
    UNCONVERGED: "the model did not converge: this estimate cannot be relied on",
}


def forest(outcome: OutcomeResult, division: SubgroupResult | None = None, size: float = 9.0) -> Page:
    """The forest plot of an outcome, divided into the given subgroups if any. Needs one estimable study."""
    return _Forest(outcome, division, size).plate().page()


class _Forest:
    """The rows and columns of one forest plot."""

    def __init__(self, outcome: OutcomeResult, division: SubgroupResult | None, size: float) -> None:
        self.outcome, self.division, self.size = outcome, division, size
        self.format: Format = format_of(outcome)
        self.forward = forward_of(outcome.display)
        self.heaviest = max((s.weight for s in outcome.studies if known(s.weight)), default=0.0)
        self.arms = Arms(outcome.studies)

    def plate(self) -> Plate:
        """The figure's rows, columns and notes."""
        outcome = self.outcome
        subtitle = comparison(outcome)
        if self.division is not None:
            by = f"subgroups by {clean(self.division.title)}"
            subtitle = f"{subtitle}; {by}" if subtitle else by.capitalize()
        rows = self.study_rows(outcome.studies) if self.division is None else self.divided(self.division)
        pooled = self.pooled_rows()
        shown = outcome.pooled.shown
        several = self.drawn_pool(outcome.pooled)
        return Plate(
            outcome=outcome, subtitle=subtitle, columns=self.columns(), spans=self.spans(), rows=[*rows, *pooled],
            reference=self.forward(shown.estimate) if several else math.nan,
            footnotes=self.footnotes(), until="pooled", size=self.size,
        )  # fmt: skip

    def columns(self) -> list[Column]:
        """Label and data on the left, the plot, weight and effect on the right."""
        names = self.arms.names
        starts = (names[:1], [name for name in names if name.endswith("_2")][:1])
        columns = [
            Column(name=LABEL, title="Study", align="left", least=11 if names else 17),
            *(Column(name=n, title=self.arms.title(n), gap=1.8 if [n] in starts else 1.1) for n in names),
            Column(name=PLOT, gap=1.8),
        ]
        if self.heaviest > 0:
            columns.append(Column(name="weight", title="Weight", gap=1.4))
        return [*columns, *effect_columns()]

    def spans(self) -> list[Span]:
        """Names of the arms over their columns; one arm needs none, since the subtitle names it."""
        spans = []
        for arm, title in (("_1", self.outcome.experimental), ("_2", self.outcome.control)):
            inside = [name for name in self.arms.names if name.endswith(arm)]
            if inside and clean(title):
                spans.append(Span(first=inside[0], last=inside[-1], title=clean(title)))
        return [*spans, effect_span(self.outcome)]

    def study_rows(self, studies: Sequence[StudyResult], prefix: str = "") -> list[Row]:
        return [self.study_row(study, prefix) for study in studies]

    def study_row(self, study: StudyResult, prefix: str = "") -> Row:
        label = study_label(study)
        label = label if drawable(label) else clean(study.study_id)
        cells = {LABEL: label} | self.arms.cells(study)
        signs = " ".join(signs_of(study))
        suffix = f" {signs}" if signs else ""
        name = prefix + study.study_id
        if not estimable(study):
            return Row(name=name, cells=cells, suffix=suffix, remark="not estimable")
        cells |= _effect_cells(self.format, study.shown)
        if self.heaviest > 0:
            cells["weight"] = weight_text(study.weight)
        return Row(name=name, cells=cells, suffix=suffix, plotted=self.square(study))

    def square(self, study: StudyResult) -> Plotted:
        """A square whose area is proportional to the weight; the heaviest study has the largest."""
        share = study.weight / self.heaviest if self.heaviest > 0 and known(study.weight) else 0.25
        return self.plotted("square", study.shown, SQUARE * self.size * math.sqrt(max(share, 0.0)))

    def plotted(self, kind: str, shown: Interval, size: float) -> Plotted:
        estimate, low, high = (self.forward(v) for v in (shown.estimate, shown.low, shown.high))
        return Plotted(kind=kind, estimate=estimate, low=low, high=high, size=size)  # type: ignore[arg-type]

    def divided(self, division: SubgroupResult) -> list[Row]:
        """The studies under the headings of their groups, each with its own pooled result."""
        if own_numbers(self.outcome, division):
            return self.parted(division)
        by_id = {study.study_id: study for study in self.outcome.studies}
        rows, seen = list[Row](), set[str]()
        for i, (title, pooled, ids) in enumerate(division.groups):
            members = [by_id[study_id] for study_id in ids if study_id in by_id]
            seen.update(ids)
            rows += self.group(f"group-{i}", clean(title), members, pooled)
        rest = [study for study in self.outcome.studies if study.study_id not in seen]
        if rest:
            rows.append(Row(name="no-group", heading="In no subgroup", bold=True, before=0.7 if rows else 0.0))
            rows += self.study_rows(rest, "no-group:")
        return rows

    def group(self, name: str, title: str, members: Sequence[StudyResult], pooled: Pooled) -> list[Row]:
        rows = [Row(name=name, heading=title, bold=True, before=0.0 if name == "group-0" else 0.7)]
        rows += self.study_rows(members, f"{name}:")
        if self.drawn_pool(pooled):
            rows.append(self.pool_row(f"{name}:subtotal", "Subtotal", pooled, members))
            phrase = heterogeneity(pooled, self.outcome.i2_basis)
            if phrase:
                rows.append(Row(name=f"{name}:heterogeneity", heading=phrase, small=True, colour=SOFT))
        return rows

    def parted(self, division: SubgroupResult) -> list[Row]:
        """The results of groups with numbers of their own, then the main analysis beside them."""
        labels = {study.study_id: study_label(study) for study in self.outcome.studies}
        rows = list[Row]()
        for i, (title, pooled, ids) in enumerate(division.groups):
            name = f"group-{i}"
            rows.append(Row(name=name, heading=clean(title), bold=True, before=0.7 if i else 0.0))
            if self.drawn_pool(pooled):
                rows.append(self.pool_row(f"{name}:subtotal", "Subtotal", pooled, ()))
                rows.append(Row(name=f"{name}:heterogeneity", heading=heterogeneity(pooled, self.outcome.i2_basis),
                                small=True, colour=SOFT))  # fmt: skip
            else:
                rows.append(self.lone(f"{name}:study", " ".join(labels.get(one, one) for one in ids), pooled))
        rows.append(Row(name="main", heading="Main analysis", bold=True, before=0.7))
        return rows if self.drawn_pool(self.outcome.pooled) else [*rows, *self.study_rows(self.outcome.studies)]

    def lone(self, name: str, label: str, pooled: Pooled) -> Row:
        """A group that is a part of one study, with the effect of that part."""
        cells = {LABEL: label if drawable(label) else clean(label)}
        if math.isnan(pooled.shown.estimate):
            return Row(name=name, cells=cells, remark="no eligible result" if pooled.k == 0 else "not estimable")
        if self.arms.names == ["n"] and pooled.participants is not None:
            cells["n"] = self.arms.text("n", pooled.participants)
        cells |= _effect_cells(self.format, pooled.shown)
        return Row(name=name, cells=cells, plotted=self.plotted("square", pooled.shown, LONE * self.size))

    def drawn_pool(self, pooled: Pooled) -> bool:
        """Whether there is something pooled to draw: one study is not."""
        return pooled.k > 1 and not math.isnan(pooled.shown.estimate)

    def pool_row(self, name: str, title: str, pooled: Pooled, members: Sequence[StudyResult]) -> Row:
        totals = self.arms.totals(members)
        people = "" if any(n.startswith("n") for n in totals) else participants(pooled)
        cells = {LABEL: f"{title}, {pooled.k} studies{people}", **totals, **_effect_cells(self.format, pooled.shown)}
        weights = [study.weight for study in members if estimable(study) and known(study.weight)]
        if self.heaviest > 0 and weights:
            cells["weight"] = weight_text(math.fsum(weights))
        diamond = self.plotted("diamond", pooled.shown, DIAMOND * self.size)
        suffix = "" if pooled.converged else f" {UNCONVERGED}"
        return Row(name=name, cells=cells, bold=True, suffix=suffix, plotted=diamond)

    def pooled_rows(self) -> list[Row]:
        outcome = self.outcome
        before = 0.5 if self.division is None else 0.9
        if not self.drawn_pool(outcome.pooled):
            one = sum(estimable(study) for study in outcome.studies) == 1
            words = "One study: nothing pooled" if one else "No pooled estimate"
            return [Row(name="pooled", heading=words, bold=True, before=before)]
        rows = [replace(self.pool_row("pooled", "Pooled", outcome.pooled, outcome.studies), before=before)]
        limits = outcome.pooled.prediction_shown
        if limits is not None and not any(math.isnan(v) for v in limits):
            shown = Interval(estimate=outcome.pooled.shown.estimate, low=limits[0], high=limits[1])
            _, low, high = self.format.parts(shown)
            cells = {LABEL: "Prediction interval", "low": low, "high": high}
            rows.append(Row(name="prediction", cells=cells, plotted=self.plotted("bar", shown, 0.33 * self.size)))
        return rows

    def footnotes(self) -> list[str]:
        outcome, pooled, notes = self.outcome, self.outcome.pooled, list[str]()
        if self.drawn_pool(pooled):
            phrase = heterogeneity(pooled, outcome.i2_basis)
            notes += [f"Heterogeneity: {phrase}"] if phrase else []
            if known(pooled.p_value):
                name = "z" if pooled.df is None or math.isinf(pooled.df) else "t"
                phrase = statistic_phrase(name, pooled.statistic, pooled.df, pooled.p_value)
                notes.append(f"Test for overall effect: {phrase}")
        division = self.division
        if division is not None and division.q_between is not None and known(division.q_between):
            phrase = chi2_phrase(division.q_between, division.df_between, division.p_between)
            notes.append(f"Test for subgroup differences: {phrase}")
        notes += [] if division is None else [clean(note) for note in division.notes]
        if self.drawn_pool(pooled):
            notes.append(model_phrase(outcome, prediction=pooled.prediction_shown is not None))
        return [*notes, *self.legend()]

    def legend(self) -> list[str]:
        """What the signs in the figure mean."""
        used = {sign for study in self.outcome.studies for sign in signs_of(study)}
        pools = [self.outcome.pooled, *(pooled for _, pooled, _ in (self.division.groups if self.division else ()))]
        used |= {UNCONVERGED for pooled in pools if self.drawn_pool(pooled) and not pooled.converged}
        line = "; ".join(f"{sign} {words}" for sign, words in _SIGNS.items() if sign in used)
        return [line] if line else []


def _effect_cells(style: Format, shown: Interval) -> dict[str, str]:
    return dict(zip(("estimate", "low", "high"), style.parts(shown), strict=True))


def weight_text(value: float) -> str:
    """A weight with one decimal and its sign."""
    return f"{fixed(value, 1)}%" if known(value) else ""


def signs_of(study: StudyResult) -> list[str]:
    """The signs after a study's label."""
    change = {"new": ["▲"], "changed": ["△"]}.get(study.change, [])
    return [*change, *(["†"] if weak(study) else [])]


def participants(pooled: Pooled) -> str:
    """Number of participants in brackets, where it is known."""
    return "" if pooled.participants is None else f" (n = {pooled.participants})"
