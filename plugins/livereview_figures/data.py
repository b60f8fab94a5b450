"""The numbers of each figure as CSV: one line for each thing drawn, in full precision.

Effects and limits are on the display scale (ratios, proportions 0-1), ``effect`` and ``standard_error`` on the analysis
scale; an empty cell = no number. Text that a spreadsheet would read as a formula is disarmed, see ``delimited``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from livereview import OutcomeResult, Plot, Pooled, StudyResult, SubgroupResult
from livereview.delimited import Value, written
from livereview_figures.arms import data_columns, estimable
from livereview_figures.funnel import points_of
from livereview_figures.groups import own_numbers
from livereview_figures.series import SeriesKind, steps_of
from livereview_figures.text import clean, study_label

Record = dict[str, Value]


def forest_data(outcome: OutcomeResult, division: SubgroupResult | None = None) -> bytes:
    """A line for each study, then subtotals and the pooled result, as they stand in the figure."""
    columns = data_columns(outcome.studies)
    if division is None:
        records = [_study(study, columns) for study in outcome.studies]
    else:
        records = _divided(outcome, division, columns)
    records.append(_pooled("pooled", outcome.pooled))
    fields = ["row", "subgroup", "study_id", "label", "year", "change", "statuses", *columns, "weight_percent"]
    fields += ["estimate", "ci_low", "ci_high", "k", *_POOLED, "not_estimable"]
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
        records.append(_pooled("subtotal", pooled) | group)
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


_POOLED = ("participants", "prediction_low", "prediction_high", "tau2", "q", "q_df", "q_p", "i2_percent",
           "statistic", "df", "p_value")  # fmt: skip


def _pooled(row: str, pooled: Pooled) -> Record:
    low, high = pooled.prediction_shown or (None, None)
    return {
        "row": row, "k": pooled.k, "participants": pooled.participants, "estimate": pooled.shown.estimate,
        "ci_low": pooled.shown.low, "ci_high": pooled.shown.high, "prediction_low": low, "prediction_high": high,
        "tau2": pooled.tau2, "q": pooled.q, "q_df": pooled.q_df, "q_p": pooled.q_p, "i2_percent": pooled.i2,
        "statistic": pooled.statistic, "df": pooled.df, "p_value": pooled.p_value,
    }  # fmt: skip


def series_data(outcome: OutcomeResult, kind: SeriesKind) -> bytes:
    """A line for each fit, then one for all studies."""
    by_id = {study.study_id: study for study in outcome.studies}
    records = list[Record]()
    for step in steps_of(outcome, kind):
        study = by_id.get(step.study_id)
        label = clean(step.label) if study is None else study_label(study)
        published = None if study is None else study.published_on
        own: Record = {"study_id": step.study_id, "label": label, "published_on": published}
        records.append(_pooled(kind, step.pooled) | own)
    records.append(_pooled("overall", outcome.pooled) | {"label": "All studies"})
    fields = ["row", "study_id", "label", "published_on", "k", "estimate", "ci_low", "ci_high", *_POOLED]
    return written(fields, records)


def funnel_data(outcome: OutcomeResult) -> bytes:
    """A line for each point, one for the pooled estimate, one for each test of small-study effects."""
    records: list[Record] = [
        {
            "row": "study", "study_id": study.study_id, "label": study_label(study), "effect": study.effect,
            "standard_error": math.sqrt(study.variance), "estimate": study.shown.estimate,
        }
        for study in points_of(outcome)
    ]  # fmt: skip
    pooled = outcome.pooled
    records.append({"row": "pooled", "effect": pooled.estimate, "standard_error": pooled.standard_error,
                    "estimate": pooled.shown.estimate})  # fmt: skip
    records += [
        {
            "row": "bias-test", "label": clean(test.name), "statistic": test.statistic, "df": test.df,
            "p_value": test.p_value, "refused": clean(test.refused),
        }
        for test in outcome.bias
    ]  # fmt: skip
    numbers = ("effect", "standard_error", "estimate", "statistic", "df", "p_value")
    return written(["row", "study_id", "label", *numbers, "refused"], records)


def plot_data(plot: Plot) -> bytes:
    """A line for each point of each series, on the scale of its axis (analysis scale for effects)."""
    records = list[Record]()
    for series in plot.series:
        for i in range(series.x.size):
            record: Record = {"series": clean(series.name), "style": series.style, "x": float(series.x[i])}
            record["label"] = clean(series.labels[i]) if series.labels else ""
            columns = {"y": None if series.style == "band" else series.y, "low": series.low, "high": series.high}
            columns["size"] = series.size
            record |= {name: float(array[i]) for name, array in columns.items() if array is not None}
            records.append(record)
    return written(["series", "style", "label", "x", "y", "low", "high", "size"], records)
