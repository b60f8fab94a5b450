"""Whether a manifest can reach anything in the evidence: filters, studies, arms and outcome codes that do not exist."""

from __future__ import annotations

from collections.abc import Iterable

from livereview.changes import Tables
from livereview.evidence.schema import STUDIES
from livereview.manifest.mistakes import Mistake, among, nearest
from livereview.manifest.models import Filter, Manifest, Outcome, Subgroups
from livereview.manifest.places import Path
from livereview.selection import Scope, passes, with_characteristics

_RESULT_POPULATION = "result.population"


def out_of_reach(manifest: Manifest, tables: Tables, scope: Scope) -> tuple[list[Mistake], tuple[str, ...]]:
    """Mistakes that make a part of the manifest meaningless, and hints at names that nothing in the evidence has.

    An empty store gives neither: a review may be written before its first study.
    """
    if not tables["studies"]:
        return [], ()
    fields = _fields(tables)
    mistakes = [*_eligibility(manifest, tables, scope, fields)]
    for index, outcome in enumerate(manifest.outcomes):
        mistakes += _in_outcome(("outcomes", index), outcome, tables, fields)
    mistakes += _parts(("defaults",), manifest.defaults.filters, manifest.defaults.subgroups, tables, fields)
    return mistakes, tuple(_hints(manifest, tables))


def _fields(tables: Tables) -> list[str]:
    own = sorted({f"characteristics.{row['characteristic']}" for row in tables["characteristics"]})
    return [*STUDIES.names, *own]


def _eligibility(manifest: Manifest, tables: Tables, scope: Scope, fields: list[str]) -> list[Mistake]:
    eligibility, ids = manifest.eligibility, [str(row["study_id"]) for row in tables["studies"]]
    found = [
        mistake
        for index, item in enumerate(eligibility.filters)
        for mistake in _filter(("eligibility", "filters", index), item, tables, fields)
    ]
    if not found and not scope.studies:
        message = f"no study passes: the store has {len(ids)} studies and the eligibility admits none of them."
        found.append(Mistake(path=("eligibility",), message=message))
    named = [((*_at("exclude", i), "study"), item.study) for i, item in enumerate(eligibility.exclude)]
    named += [
        ((*_at("overlaps", i), "studies"), study)
        for i, overlap in enumerate(eligibility.overlaps)
        for study in overlap.studies
    ]
    return found + [_unknown_study(path, study, ids) for path, study in named if study not in ids]


def _at(part: str, index: int) -> Path:
    return ("eligibility", part, index)


def _in_outcome(path: Path, outcome: Outcome, tables: Tables, fields: list[str]) -> list[Mistake]:
    ids = [str(row["study_id"]) for row in tables["studies"]]
    reports = [str(row["report_id"]) for row in tables["reports"]]
    found = _parts(path, outcome.filters, outcome.subgroups, tables, fields)
    for index, item in enumerate(outcome.sensitivity or ()):
        at = (*path, "sensitivity", index)
        found += _parts(at, item.filters, None, tables, fields)
        found += [_unknown_study((*at, "exclude"), study, ids) for study in item.exclude if study not in ids]
    for index, choice in enumerate(outcome.choose):
        at = (*path, "choose", index)
        if choice.study not in ids:
            found.append(_unknown_study((*at, "study"), choice.study, ids))
        if choice.report not in reports:
            message = f'no report is called "{choice.report}".{nearest(choice.report, reports)}'
            found.append(Mistake(path=(*at, "report"), message=message))
    return found


def _parts(
    path: Path,
    filters: Iterable[Filter] | None,
    subgroups: Iterable[Subgroups] | None,
    tables: Tables,
    fields: list[str],
) -> list[Mistake]:
    found: list[Mistake] = []
    for index, item in enumerate(filters or ()):
        found += _filter((*path, "filters", index), item, tables, fields)
    for index, division in enumerate(subgroups or ()):
        if division.by not in (*fields, _RESULT_POPULATION):
            message = f'no study has the field "{division.by}".{nearest(division.by, [*fields, _RESULT_POPULATION])}'
            found.append(Mistake(path=(*path, "subgroups", index, "by"), message=message))
    return found


def _filter(path: Path, item: Filter, tables: Tables, fields: list[str]) -> list[Mistake]:
    """A filter on a field that does not exist, or that no study of the whole store can pass."""
    if item.field not in fields:
        message = f'no study has the field "{item.field}".{nearest(item.field, fields)} Fields: {among(fields)}.'
        return [Mistake(path=(*path, "field"), message=message)]
    studies = with_characteristics(tables)
    if any(passes(study, item) for study in studies):
        return []
    values = sorted({str(study[item.field]) for study in studies if study.get(item.field) is not None})
    near = nearest((item.one_of or ("",))[0], values)
    message = f"no study can pass this filter.{near} Values of {item.field} in the store: {among(values)}."
    return [Mistake(path=path, message=message)]


def _unknown_study(path: Path, study: str, ids: list[str]) -> Mistake:
    return Mistake(path=path, message=f'no study is called "{study}".{nearest(study, ids)}')


def _hints(manifest: Manifest, tables: Tables) -> list[str]:
    """Names that no row of the store has: not mistakes, since the evidence may come later, but often misspelt."""
    codes = {str(row["outcome"]) for row in tables["results"]}
    populations = {str(row["population"]) for row in tables["results"] if row.get("population")}
    arms = {str(row["arm"]) for row in tables["results"]}
    found: list[str] = []
    for outcome in manifest.outcomes:
        whole = manifest.outcome(outcome.id)
        for what, names, known in (
            ("outcome code", whole.result, codes),
            ("population", whole.population or (), populations),
            ("arm", (*(whole.experimental or ()), *(whole.control or ())), arms),
        ):
            for name in names:
                near = nearest(name, known)
                if name not in known and near:
                    found.append(f'outcome {outcome.id}: no result has the {what} "{name}".{near}')
    return found
