"""The rows of a forest plot above its pooled result: studies, and studies under the headings of their groups.

Signs after a label: ▲ new, △ changed since the previous update, † rests on reconstructed or unverified rows,
‡ the model did not converge.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from livereview import Pooled, StudyResult, SubgroupResult
from livereview_figures.drawing.layout import LABEL, Row
from livereview_figures.drawing.page import SOFT
from livereview_figures.drawing.text import clean, estimable, known, study_label, weak
from livereview_figures.drawing.typeface import drawable
from livereview_figures.forest.appraised import Appraised
from livereview_figures.forest.columns import StudyColumns
from livereview_figures.forest.groups import own_numbers
from livereview_figures.forest.phrases import heterogeneity_words, notes_of
from livereview_figures.forest.pooled import PooledRows, drawn, weight_text
from livereview_figures.forest.styles import square_colour
from livereview_figures.forest.subject import Subject
from livereview_figures.forest.tips import study_tip

SQUARE = 0.95
LONE = 0.6
"""Side of a square that has no weight in the pool."""
CHANGED = "#C66308"
"""Colour of the square of a new or changed study, in every layout."""
NOT_ESTIMABLE = "not estimable"


class StudyRows:
    """Rows of studies and of their groups."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.style, self.outcome = subject, subject.style, subject.outcome
        self.columns = StudyColumns(subject)
        self.appraised = Appraised(subject)
        self.pools = PooledRows(subject, self.columns)
        self.square = square_colour(subject.style, subject.arms.names)

    def studies(self, studies: Sequence[StudyResult], prefix: str = "") -> list[Row]:
        """A row for each study, in the order that the manifest asks for."""
        return [self.study(study, prefix) for study in self.subject.ordered(studies)]

    def study(self, study: StudyResult, prefix: str = "") -> Row:
        subject, tip = self.subject, study_tip(self.subject, study)
        cells = {LABEL: label_of(study)} | self.columns.cells(study)
        signs = " ".join(signs_of(study))
        remark, plotted = NOT_ESTIMABLE, None
        href = subject.href(study.study_id)
        if estimable(study):
            share = study.weight / subject.heaviest if subject.heaviest > 0 and known(study.weight) else 0.25
            # A square whose area is proportional to the weight; the heaviest study has the largest.
            side = SQUARE * subject.size * math.sqrt(max(share, 0.0))
            fill = CHANGED if study.change else self.square
            plotted = subject.plotted("square", study.shown, side, fill=fill, tip=tip, href=href)
            cells |= subject.cells(study.shown)
            cells |= {"weight": weight_text(study.weight, not self.style.counted)} if subject.heaviest > 0 else {}
            remark = ""
        return Row(
            name=prefix + study.study_id, cells=cells, suffix=f" {signs}" if signs else "", remark=remark,
            plotted=plotted, discs=self.appraised.discs(study), tip=tip, href=href,
        )  # fmt: skip

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
            rows += self.studies(rest, "no-group:")
        return rows

    def group(self, name: str, title: str, members: Sequence[StudyResult], pooled: Pooled) -> list[Row]:
        rows = [Row(name=name, heading=title, bold=True, before=0.0 if name == "group-0" else 0.7)]
        rows += self.studies(members, f"{name}:")
        return [*rows, *self.subtotal(name, members, pooled)] if drawn(pooled) else rows

    def subtotal(self, name: str, members: Sequence[StudyResult], pooled: Pooled) -> list[Row]:
        """The diamond of a group, with its heterogeneity."""
        rows = [self.pools.row(f"{name}:subtotal", pooled, members, subtotal=True)]
        rows += self.pools.events(f"{name}:subtotal", members)
        words = heterogeneity_words(self.style, pooled, self.outcome.i2_basis)
        if self.style.name == "livereview":
            words = words.removeprefix("Heterogeneity: ")
        lines = notes_of(self.style, self.outcome, pooled) if self.style.name == "revman" else [words] if words else []
        names = [f"{name}:heterogeneity", f"{name}:effect"]
        return [
            *rows,
            *(Row(name=n, heading=line, small=True, colour=SOFT) for n, line in zip(names, lines, strict=False)),
        ]

    def parted(self, division: SubgroupResult) -> list[Row]:
        """The results of groups with numbers of their own, then the main analysis beside them."""
        labels = {study.study_id: study_label(study) for study in self.outcome.studies}
        rows = list[Row]()
        for i, (title, pooled, ids) in enumerate(division.groups):
            name = f"group-{i}"
            rows.append(Row(name=name, heading=clean(title), bold=True, before=0.7 if i else 0.0))
            if drawn(pooled):
                rows += self.subtotal(name, (), pooled)
            else:
                rows.append(self.lone(f"{name}:study", " ".join(labels.get(one, one) for one in ids), pooled))
        rows.append(Row(name="main", heading="Main analysis", bold=True, before=0.7))
        return rows if drawn(self.outcome.pooled) else [*rows, *self.studies(self.outcome.studies)]

    def lone(self, name: str, label: str, pooled: Pooled) -> Row:
        """A group that is a part of one study, with the effect of that part."""
        cells = {LABEL: label if drawable(label) else clean(label)}
        if math.isnan(pooled.shown.estimate):
            return Row(name=name, cells=cells, remark="no eligible result" if pooled.k == 0 else NOT_ESTIMABLE)
        if self.subject.arms.names == ["n"] and pooled.participants is not None:
            cells["n"] = self.subject.arms.text("n", pooled.participants)
        cells |= self.subject.cells(pooled.shown)
        square = self.subject.plotted("square", pooled.shown, LONE * self.subject.size, fill=self.square)
        return Row(name=name, cells=cells, plotted=square)


def label_of(study: StudyResult) -> str:
    """The study's label; its id where the typeface lacks a character of it."""
    label = study_label(study)
    return label if drawable(label) else clean(study.study_id)


def signs_of(study: StudyResult) -> list[str]:
    """The signs after a study's label."""
    change = {"new": ["▲"], "changed": ["△"]}.get(study.change, [])
    return [*change, *(["†"] if weak(study) else [])]
