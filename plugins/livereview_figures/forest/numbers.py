"""The numbers of forest, leave-one-out and cumulative plots as CSV: a line for each thing drawn, full precision."""

from __future__ import annotations

from collections.abc import Sequence

from livereview import OutcomeResult, StudyResult, SubgroupResult
from livereview.spreadsheet import Record, written
from livereview_figures.drawing.numbers import POOLED, pooled_record
from livereview_figures.drawing.text import clean, estimable, study_label
from livereview_figures.forest.arms import data_columns
from livereview_figures.forest.groups import own_numbers
from livereview_figures.forest.series import SeriesKind, steps_of


def forest_data(outcome: OutcomeResult, division: SubgroupResult | None = None) -> bytes:
    """A line for each study, then subtotals and the pooled result, as they stand in the figure."""
    columns = data_columns(outcome.studies)
    if division is None:
        records = [_study(study, columns) for study in outcome.studies]
    else:
        records = _divided(outcome, division, columns)
    records.append(pooled_record("pooled", outcome.pooled))
    fields = ["row", "subgroup", "study_id", "label", "year", "change", "statuses", *columns, "weight_percent"]
    fields += ["estimate", "ci_low", "ci_high", "k", *POOLED, "not_estimable"]
    return written(fields, records)


def _divided(outcome: OutcomeResult, division: SubgroupResult, columns: Sequence[str]) -> list[Record]:
    by_id = {study.study_id: study for study in outcome.studies}
    records, seen = list[Record](), set[str]()
    apart = own_numbers(outcome, division)
    for title, pooled, ids in division.groups:
        group: Record = {"subgroup": clean(title)}
        if not apart:
            seen.update(ids)
            records += [_study(by_id[name], columns) | group for name in ids]
        records.append(pooled_record("subtotal", pooled) | group)
    records += [_study(study, columns) for study in outcome.studies if study.study_id not in seen]
    test: Record = {"row": "subgroup-differences", "q": division.q_between, "q_df": division.df_between}
    return [*records, test | {"q_p": division.p_between}]


def _study(study: StudyResult, columns: Sequence[str]) -> Record:
    record: Record = {
        "row": "study", "study_id": study.study_id, "label": study_label(study), "year": study.year,
        "change": study.change, "statuses": "; ".join(sorted({row.status for row in study.rows})),
        "not_estimable": "" if estimable(study) else "yes",
    }  # fmt: skip
    record |= {name: study.data.get(name) for name in columns}
    if estimable(study):
        record |= {"weight_percent": study.weight, "estimate": study.shown.estimate}
        record |= {"ci_low": study.shown.low, "ci_high": study.shown.high}
    return record


def series_data(outcome: OutcomeResult, kind: SeriesKind) -> bytes:
    """A line for each fit, then one for all studies."""
    by_id = {study.study_id: study for study in outcome.studies}
    records = list[Record]()
    for step in steps_of(outcome, kind):
        study = by_id.get(step.study_id)
        label = clean(step.label) if study is None else study_label(study)
        published = None if study is None else study.published_on
        own: Record = {"study_id": step.study_id, "label": label, "published_on": published}
        records.append(pooled_record(kind, step.pooled) | own)
    records.append(pooled_record("overall", outcome.pooled) | {"label": "All studies"})
    fields = ["row", "study_id", "label", "published_on", "k", "estimate", "ci_low", "ci_high", *POOLED]
    return written(fields, records)
