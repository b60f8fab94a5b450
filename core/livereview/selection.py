"""From evidence and manifest to the studies of an outcome: who is admitted, which number stands for each study.

A study gives one number to a fit, whatever its reports, arms and timepoints. Every row that is not used is set aside
with its reason. Where several numbers fit equally well and differ, none is used: choosing would be a guess.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from livereview.evidence.schema import REPORT_KINDS, STATUSES
from livereview.manifest.models import Choose, Criterion, Eligibility, Filter, NearTimepoint, Outcome
from livereview.pairing import Candidate, Row, candidates_of, described, unusable
from livereview.report import Excluded
from livereview.types import RowsNeeded


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What one review can see of the evidence: the studies its eligibility admits, their results, all reports."""

    studies: Mapping[str, Row]
    """By study_id; further characteristics stand under ``characteristics.NAME``."""
    reports: Mapping[str, Row]
    results: Mapping[str, tuple[Row, ...]]
    """By study_id."""
    excluded: tuple[Excluded, ...]
    eligibility: Eligibility


@dataclass(frozen=True, kw_only=True)
class Offers:
    """Every number that could stand for a study at one outcome, before it is known which give an effect."""

    candidates: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...]


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The numbers that stand for the studies of one outcome, one per study, and all that was set aside."""

    chosen: tuple[Candidate, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    cautions: tuple[str, ...] = ()


def scope_of(tables: Mapping[str, Iterable[Row]], eligibility: Eligibility) -> Scope:
    """The part of the evidence that an eligibility admits, each exclusion with its reason."""
    by_name = {item.study: item.reason for item in eligibility.exclude if not item.outcomes}
    kept: dict[str, Row] = {}
    excluded: list[Excluded] = []
    for study in with_characteristics(tables):
        reasons = _failed(study, eligibility.filters)
        if study["study_id"] in by_name:
            reasons.append(by_name[study["study_id"]])
        if reasons:
            excluded.append(Excluded(study_id=study["study_id"], label=study["label"], reason="; ".join(reasons)))
        else:
            kept[study["study_id"]] = study
    results: dict[str, list[Row]] = {}
    for row in tables["results"]:
        if row["study_id"] in kept:
            results.setdefault(row["study_id"], []).append(row)
    return Scope(
        studies=kept,
        reports={row["report_id"]: row for row in tables["reports"]},
        results={study_id: tuple(rows) for study_id, rows in results.items()},
        excluded=tuple(excluded),
        eligibility=eligibility,
    )


def with_characteristics(tables: Mapping[str, Iterable[Row]]) -> list[Row]:
    """The studies by id, each with its further characteristics under ``characteristics.NAME``."""
    extra: dict[str, dict[str, Any]] = {}
    for row in tables["characteristics"]:
        extra.setdefault(row["study_id"], {})["characteristics." + row["characteristic"]] = row["value"]
    studies = sorted(tables["studies"], key=lambda row: str(row["study_id"]))
    return [{**row, **extra.get(row["study_id"], {})} for row in studies]


def passes(study: Row, item: Filter) -> bool:
    """Whether a study passes one filter; a field with several values (separated by ;) passes if one does."""
    value = study.get(item.field)
    if value is None or value == "":
        return item.missing == "include"
    pieces = {piece.strip() for piece in str(value).split(";")}
    if item.one_of is not None and not pieces & set(item.one_of):
        return False
    if item.not_in is not None and pieces & set(item.not_in):
        return False
    if item.min is None and item.max is None:
        return True
    try:
        number = float(value)
    except ValueError:
        return item.missing == "include"
    return (item.min is None or number >= item.min) and (item.max is None or number <= item.max)


def _failed(study: Row, filters: Iterable[Filter]) -> list[str]:
    return [item.reason for item in filters if not passes(study, item)]


# --- numbers of one outcome ------------------------------------------------------------------------------------


def offers(scope: Scope, outcome: Outcome, needed: RowsNeeded, left_out: Mapping[str, str] | None = None) -> Offers:
    """Every number that could stand for a study at a resolved outcome; the other rows with the reason.

    ``left_out`` maps studies that this analysis leaves out to the reason.
    """
    reasons_by_name = {
        item.study: item.reason for item in scope.eligibility.exclude if outcome.id in item.outcomes
    } | dict(left_out or {})
    candidates: list[Candidate] = []
    excluded: list[Excluded] = []
    for study_id, study in scope.studies.items():
        rows = [row for row in scope.results.get(study_id, ()) if row["outcome"] in outcome.result]
        if not rows:
            continue
        reasons = _failed(study, outcome.filters or ())
        if study_id in reasons_by_name:
            reasons.append(reasons_by_name[study_id])
        if reasons:
            excluded.append(_set_aside(study, outcome, "; ".join(reasons)))
            continue
        right = [row for row in rows if row["measure"] in needed.measures]
        if not right:
            kinds = ", ".join(sorted({str(row["measure"]) for row in rows}))
            excluded.append(_set_aside(study, outcome, f"another kind of number only: {kinds}"))
        why = {id(row): unusable(row, outcome, needed) for row in right}
        offered, left = candidates_of([row for row in right if not why[id(row)]], outcome, needed)
        candidates += offered
        refused = [(row, why[id(row)]) for row in right if why[id(row)]]
        excluded += [_set_aside(study, outcome, reason, described(row)) for row, reason in [*refused, *left]]
    return Offers(candidates=tuple(candidates), excluded=tuple(excluded))


def chosen(scope: Scope, outcome: Outcome, offered: Offers, no_effect: Mapping[Candidate, str]) -> Selection:
    """One number per study. ``no_effect`` maps candidates from which the measure gets no effect to the reason.

    The others are ranked by the outcome's criteria; a tie between different numbers sets the study aside. Of studies
    that share patients the one listed first is kept.
    """
    excluded = list(offered.excluded)
    cautions: list[str] = []
    picked: dict[str, Candidate] = {}
    by_study: dict[str, list[Candidate]] = {}
    for candidate in offered.candidates:
        if candidate in no_effect:
            study = scope.studies[candidate.study_id]
            excluded.append(_set_aside(study, outcome, no_effect[candidate], candidate.words()))
        else:
            by_study.setdefault(candidate.study_id, []).append(candidate)
    for study_id, candidates in by_study.items():
        study = scope.studies[study_id]
        wanted, caution = _asked_for(candidates, outcome)
        best = _best(wanted, outcome, scope.reports)
        if any(other.data != best[0].data for other in best):
            listed = "; ".join(other.words() for other in best)
            caution = f"{len(best)} numbers fit equally well and differ ({listed}); name one under choose"
            excluded.append(_set_aside(study, outcome, caution))
        else:
            picked[study_id] = best[0]
            excluded += [
                _set_aside(study, outcome, f"used instead: {best[0].words()}", other.words())
                for other in candidates
                if other is not best[0]
            ]
        if caution:
            cautions.append(f"{study['label']}: {caution}.")
    shared = _sharing_patients(picked, scope, outcome)
    kept = tuple(candidate for study_id, candidate in picked.items() if study_id not in shared)
    return Selection(chosen=kept, excluded=(*excluded, *shared.values()), cautions=tuple(cautions))


def _asked_for(candidates: list[Candidate], outcome: Outcome) -> tuple[list[Candidate], str]:
    """The candidates that the manifest names for this study; all of them, with a caution, where none fits."""
    for item in outcome.choose:
        if item.study == candidates[0].study_id:
            named = [candidate for candidate in candidates if _is_named(candidate, item)]
            return (named, "") if named else (candidates, f"choose names {item.report}, which offers no usable number")
    return candidates, ""


def _is_named(candidate: Candidate, item: Choose) -> bool:
    return (
        candidate.report_id == item.report
        and item.population in (None, candidate.population)
        and item.timepoint_months in (None, candidate.timepoint)
    )


def _best(candidates: list[Candidate], outcome: Outcome, reports: Mapping[str, Row]) -> list[Candidate]:
    """The candidates that rank first by every criterion in turn; equal numbers are ordered by report."""
    ranks = _ranks(outcome, reports)
    order: tuple[Callable[[Candidate], Any], ...] = (
        lambda candidate: outcome.result.index(candidate.rows[0]["outcome"]),
        *(ranks[criterion] for criterion in outcome.prefer or ()),
        lambda candidate: candidate.arm_rank,
    )
    scored = [(tuple(rank(candidate) for rank in order), candidate) for candidate in candidates]
    first = min(score for score, _ in scored)
    tied = [candidate for score, candidate in scored if score == first]
    return sorted(tied, key=lambda candidate: [str(row["row_id"]) for row in candidate.rows])


def _ranks(outcome: Outcome, reports: Mapping[str, Row]) -> dict[Criterion, Callable[[Candidate], Any]]:
    """How each criterion ranks a candidate; lower comes first."""

    def report(candidate: Candidate) -> Row:
        return reports.get(candidate.report_id, {})

    def population(candidate: Candidate) -> int:
        return outcome.population.index(candidate.population) if outcome.population else 0

    def timepoint(candidate: Candidate) -> float:
        rule, stated = outcome.timepoint, candidate.timepoint
        if isinstance(rule, NearTimepoint):
            return abs((stated or 0.0) - rule.at)
        if rule in ("latest", "earliest"):
            return math.inf if stated is None else -stated if rule == "latest" else stated
        return 0.0

    def latest(candidate: Candidate) -> tuple[int, ...]:
        return tuple(-part for part in known_since(candidate, reports))

    def kind(candidate: Candidate) -> int:
        return (*REPORT_KINDS, None).index(report(candidate).get("kind"))

    def status(candidate: Candidate) -> int:
        return STATUSES.index(candidate.status)

    return {"population": population, "timepoint": timepoint, "status": status, "latest": latest, "report": kind}


def publication(candidate: Candidate, reports: Mapping[str, Row]) -> str:
    """When the world could know a number: "2021", "2021-03" or "2021-03-02"; empty where nobody knows.

    A review only relays what a report of the study printed, so its numbers have the date of the study's first report.
    """
    report = reports.get(candidate.report_id, {})
    if report.get("kind") == "review":
        own = [item for item in reports.values() if item.get("study_id") == candidate.study_id]
        dates = [_date(item) for item in own if item.get("kind") != "review"]
        return min((date for date in dates if date), default=_date(report))
    return _date(report)


def known_since(candidate: Candidate, reports: Mapping[str, Row]) -> tuple[int, int, int]:
    """Year, month and day of publication as numbers; 0 where it is not known as precisely."""
    parts = [int(part) for part in publication(candidate, reports).split("-") if part]
    year, month, day = (*parts, 0, 0, 0)[:3]
    return year, month, day


def _date(report: Row) -> str:
    return str(report.get("published_on") or report.get("year") or "")


def _sharing_patients(picked: Mapping[str, Candidate], scope: Scope, outcome: Outcome) -> dict[str, Excluded]:
    """Studies to drop because one listed before them in an overlap has a number here, by id."""
    dropped: dict[str, Excluded] = {}
    for overlap in scope.eligibility.overlaps:
        present = [study_id for study_id in overlap.studies if study_id in picked and study_id not in dropped]
        for study_id in present[1:]:
            study, kept = scope.studies[study_id], scope.studies[present[0]]["label"]
            reason = f"shares patients with {kept}, which is used: {overlap.reason}"
            dropped[study_id] = _set_aside(study, outcome, reason, picked[study_id].words())
    return dropped


def _set_aside(study: Row, outcome: Outcome, reason: str, detail: str = "") -> Excluded:
    return Excluded(study_id=study["study_id"], label=study["label"], reason=reason, outcome=outcome.id, detail=detail)
