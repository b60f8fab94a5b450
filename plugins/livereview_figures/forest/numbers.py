"""The numbers of forest, leave-one-out and cumulative plots as CSV: a line for each thing drawn, full precision."""

from __future__ import annotations

from collections.abc import Sequence

from livereview import OutcomeResult, Report, StudyResult, SubgroupResult, Timeline
from livereview.spreadsheet import Record, written
from livereview_figures.drawing.numbers import POOLED, pooled_record
from livereview_figures.drawing.text import clean, estimable, study_label
from livereview_figures.forest.appraised import Appraised
from livereview_figures.forest.arms import data_columns
from livereview_figures.forest.columns import named, value_of
from livereview_figures.forest.groups import own_numbers
from livereview_figures.forest.pooled import ghost_title
from livereview_figures.forest.replayed import came, verdict_of
from livereview_figures.forest.series import SeriesKind, steps_of
from livereview_figures.forest.subject import Subject


def forest_data(outcome: OutcomeResult, division: SubgroupResult | None = None, report: Report | None = None) -> bytes:
    """A line for each study, then subtotals, the pooled result, further models and the previous one, as drawn."""
    subject = Subject(outcome=outcome, report=report)
    columns = [*_own_fields(subject), *data_columns(outcome.studies)]
    own = {study.study_id: _own(subject, study) for study in outcome.studies}
    if division is None:
        records = [_study(study, columns) for study in subject.ordered(outcome.studies)]
    else:
        records = _divided(subject, division, columns)
    records = [record | own.get(str(record.get("study_id", "")), {}) for record in records]
    records.append(pooled_record("pooled", outcome.pooled))
    records += _further(subject)
    fields = ["row", "subgroup", "study_id", "label", "year", "change", "statuses", *columns, "weight_percent"]
    fields += ["estimate", "ci_low", "ci_high", "k", *POOLED, "not_estimable"]
    return written(fields, records)


def _own_fields(subject: Subject) -> list[str]:
    """Columns that the manifest names, whole, and the judgements beside the studies."""
    appraised = Appraised(subject).words(subject.outcome.studies[0]) if subject.outcome.studies else {}
    return [*(f"column: {name}" for name in named(subject)), *appraised]


def _own(subject: Subject, study: StudyResult) -> Record:
    own: Record = {f"column: {name}": value_of(subject, study, name) for name in named(subject)}
    return own | dict(Appraised(subject).words(study))


def _further(subject: Subject) -> list[Record]:
    """Models side by side, and the result of the previous update."""
    outcome, change = subject.outcome, subject.ghost
    by_title = {item.title: item for item in outcome.sensitivity}
    found: list[Record] = [
        pooled_record("model", by_title[title].pooled) | {"label": clean(title)}
        for title in outcome.forest.models if title in by_title
    ]  # fmt: skip
    if change is not None and change.before is not None:
        found.append(
            {"row": "previous", "label": ghost_title(subject, change), "k": change.k_before,
             "estimate": change.before.estimate, "ci_low": change.before.low, "ci_high": change.before.high}
        )  # fmt: skip
    return found


def _divided(subject: Subject, division: SubgroupResult, columns: Sequence[str]) -> list[Record]:
    outcome = subject.outcome
    by_id = {study.study_id: study for study in outcome.studies}
    records, seen = list[Record](), set[str]()
    apart = own_numbers(outcome, division)
    for title, pooled, ids in division.groups:
        group: Record = {"subgroup": clean(title)}
        if not apart:
            seen.update(ids)
            members = subject.ordered([by_id[name] for name in ids])
            records += [_study(study, columns) | group for study in members]
        records.append(pooled_record("subtotal", pooled) | group)
    rest = [study for study in outcome.studies if study.study_id not in seen]
    records += [_study(study, columns) for study in subject.ordered(rest)]
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


def replay_data(found: Timeline) -> bytes:
    """A line for each step of a replay, then the result of today."""
    records: list[Record] = [
        pooled_record("step", step.pooled)
        | {"published_by": step.published_by, "came": "; ".join(came(step)), "verdict": verdict_of(step)}
        for step in found.steps
    ]
    records.append(pooled_record("overall", found.outcome.pooled))
    fields = ["row", "published_by", "came", "verdict", "k", "estimate", "ci_low", "ci_high", *POOLED]
    return written(fields, records)
