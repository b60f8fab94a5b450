"""From evidence and manifest to the studies of an outcome: who is admitted, which number stands for each study.

A study gives one number to a fit, whatever its reports, arms and timepoints. Every row that is not used is set aside
with its reason. Where several numbers fit equally well and differ, none is used: choosing would be a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from livereview.descriptions import described, what_in_words
from livereview.evidence.schema import ONGOING, STUDIES
from livereview.manifest.models import Choose, Eligibility, Filter, Outcome
from livereview.pairing import Candidate, Row, candidates_of, unusable
from livereview.patients import sharing_patients
from livereview.ranking import best
from livereview.report import Excluded
from livereview.team.ratings import Judgements, by_study
from livereview.types import RowsNeeded

#: What both a study and a registered trial say of themselves.
REGISTERED = ("phase", "regimen", "comparator", "design", "setting", "population", "ph_status")
assert set(REGISTERED) <= {*STUDIES.names} & {*ONGOING.names}


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
    judgements: Mapping[str, Judgements] = field(default_factory=dict)
    """By study_id; a study's own fields have them too, as far as they hold for the study as a whole."""
    ongoing: tuple[Row, ...] = ()
    """Registered trials, where the review lists them."""
    vocabulary: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By column of ``ongoing`` that studies have too: the values that any study of the store has there."""
    flagged: tuple[str, ...] = ()
    """Ids of studies whose trustworthiness a person doubts."""

    def at(self, outcome: Outcome) -> Scope:
        """The scope as one outcome sees it: each study with the judgements that were made for this outcome."""
        if not self.judgements:
            return self
        judged = {name: scores.at(outcome.result) for name, scores in self.judgements.items()}
        if not judged:
            return self
        return replace(self, studies={name: {**row, **judged.get(name, {})} for name, row in self.studies.items()})


@dataclass(frozen=True, kw_only=True)
class Offers:
    """Every number that could stand for a study at one outcome, before it is known which give an effect."""

    candidates: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...]
    cautions: tuple[str, ...] = ()
    """Of numbers that could be used if people had not read them differently."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The numbers that stand for the studies of one outcome, one per study, and all that was set aside."""

    chosen: tuple[Candidate, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    cautions: tuple[str, ...] = ()


def scope_of(tables: Mapping[str, Iterable[Row]], eligibility: Eligibility) -> Scope:
    """The part of the evidence that an eligibility admits, each exclusion with its reason."""
    kept: dict[str, Row] = {}
    excluded: list[Excluded] = []
    for study in with_characteristics(tables):
        reasons = _failed(study, eligibility.filters)
        reasons += [
            item.reason for item in eligibility.exclude if item.study == study["study_id"] and not item.outcomes
        ]
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
        judgements={name: judged for name, judged in by_study(tables["appraisals"]).items() if name in kept},
        ongoing=tuple(tables["ongoing"]),
        vocabulary={name: frozenset(_values(tables["studies"], name)) for name in REGISTERED},
    )


def _values(rows: Iterable[Row], name: str) -> Iterator[str]:
    """Every value of a field, those of a field with several (separated by ;) each on its own."""
    for row in rows:
        yield from pieces(row.get(name))


def pieces(value: Any) -> set[str]:
    """The values of a cell that may have several, separated by ; and none where it is empty."""
    return {piece.strip() for piece in str(value).split(";")} if value not in (None, "") else set()


def with_characteristics(tables: Mapping[str, Iterable[Row]]) -> list[Row]:
    """The studies by id, each with its further characteristics under ``characteristics.NAME`` and its quality items
    under ``appraisals.INSTRUMENT.ITEM``."""
    extra: dict[str, dict[str, Any]] = {}
    for row in tables["characteristics"]:
        extra.setdefault(row["study_id"], {})["characteristics." + row["characteristic"]] = row["value"]
    for study_id, judged in by_study(tables["appraisals"]).items():
        extra.setdefault(study_id, {}).update(judged.overall())
    studies = sorted(tables["studies"], key=lambda row: str(row["study_id"]))
    return [{**row, **extra.get(row["study_id"], {})} for row in studies]


def passes(study: Row, item: Filter) -> bool:
    """Whether a study passes one filter; a field with several values (separated by ;) passes if one does."""
    value = study.get(item.field)
    if value is None or value == "":
        return item.missing == "include"
    if item.one_of is not None and not pieces(value) & set(item.one_of):
        return False
    if item.not_in is not None and pieces(value) & set(item.not_in):
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
    by_name = [(item.study, item.reason) for item in scope.eligibility.exclude if outcome.id in item.outcomes]
    by_name += (left_out or {}).items()
    candidates: list[Candidate] = []
    excluded: list[Excluded] = []
    cautions: list[str] = []
    for study_id, study in scope.studies.items():
        rows = [row for row in scope.results.get(study_id, ()) if row["outcome"] in outcome.result]
        if not rows:
            continue
        reasons = _failed(study, outcome.filters or ())
        reasons += [reason for name, reason in by_name if name == study_id]
        if reasons:
            excluded.append(_set_aside(study, outcome, "; ".join(reasons)))
            continue
        right = [row for row in rows if row["measure"] in needed.measures]
        if not right:
            kinds = ", ".join(sorted({str(row["measure"]) for row in rows}))
            excluded.append(_set_aside(study, outcome, f"another kind of number only: {kinds}"))
        why = {id(row): unusable(row, outcome, needed, scope.reports.get(row["report_id"])) for row in right}
        offered, left = candidates_of([row for row in right if not why[id(row)]], outcome, needed)
        candidates += offered
        refused = [(row, why[id(row)]) for row in right if why[id(row)]]
        excluded += [_set_aside(study, outcome, reason, described(row)) for row, reason in [*refused, *left]]
        blocked = [row for row, reason in refused if reason == row.get("blocked")]
        cautions += [f"{study['label']}, {what_in_words(row)}: {row['blocked']}." for row in blocked]
    return Offers(candidates=tuple(candidates), excluded=tuple(excluded), cautions=tuple(cautions))


def chosen(
    scope: Scope,
    outcome: Outcome,
    offered: Offers,
    no_effect: Mapping[Candidate, str],
    figures: Mapping[Candidate, tuple[float, ...]],
) -> Selection:
    """One number per study. ``no_effect`` maps candidates from which the measure gets no effect to the reason.

    The others are ranked by the outcome's criteria; a tie between numbers that differ in their ``figures`` (effect,
    variance, what they are computed from) sets the study aside. Of studies that share patients the one listed first is
    kept.
    """
    excluded = list(offered.excluded)
    cautions = list(offered.cautions)
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
        if caution:
            cautions.append(f"{study['label']}: {caution}.")
        first = best(wanted, outcome, scope.reports)
        if any(figures[other] != figures[first[0]] for other in first):
            tie = _tie(first)
            cautions.append(f"{study['label']}: {tie}.")
            excluded += [_set_aside(study, outcome, tie, other.words()) for other in candidates]
            continue
        picked[study_id] = first[0]
        why = f"used instead: {first[0].words()}"
        excluded += [_set_aside(study, outcome, why, other.words()) for other in candidates if other is not first[0]]
    shared = sharing_patients(picked, scope.eligibility, scope.studies, scope.reports)
    kept = tuple(candidate for study_id, candidate in picked.items() if study_id not in shared.dropped)
    excluded += [
        _set_aside(scope.studies[study_id], outcome, reason, picked[study_id].words())
        for study_id, reason in shared.dropped.items()
    ]
    return Selection(chosen=kept, excluded=tuple(excluded), cautions=(*cautions, *shared.cautions))


def _tie(tied: list[Candidate]) -> str:
    """What a person reads, and can do, where several numbers fit equally well and differ."""
    listed = "; ".join(candidate.words() for candidate in tied)
    places = {(candidate.report_id, candidate.population, candidate.timepoint) for candidate in tied}
    remedy = "name one under choose" if len(places) > 1 else "withdraw all but one, or give their arms an order"
    return f"set aside, since {len(tied)} numbers fit equally well and differ ({listed}); {remedy}"


def _asked_for(candidates: list[Candidate], outcome: Outcome) -> tuple[list[Candidate], str]:
    """The candidates that the manifest names for this study; all of them, with a caution, where none fits."""
    items = [item for item in outcome.choose if item.study == candidates[0].study_id]
    named = [candidate for candidate in candidates if any(_is_named(candidate, item) for item in items)]
    if named or not items:
        return named or candidates, ""
    reports = " and ".join(sorted({item.report for item in items}))
    return candidates, f"choose names {reports}, which offers no such number here; the criteria decide instead"


def _is_named(candidate: Candidate, item: Choose) -> bool:
    return (
        candidate.report_id == item.report
        and item.population in (None, candidate.population)
        and item.timepoint_months in (None, candidate.timepoint)
    )


def _set_aside(study: Row, outcome: Outcome, reason: str, detail: str = "") -> Excluded:
    return Excluded(study_id=study["study_id"], label=study["label"], reason=reason, outcome=outcome.id, detail=detail)
