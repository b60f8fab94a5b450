"""What a reader sees of studies, reports and rows: each number with the way back to its report and locator."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from livereview.evidence.schema import STUDIES, WITHDRAWAL
from livereview.fits import CUT, shown_interval
from livereview.numbers import Numbers
from livereview.pairing import Row
from livereview.ranking import publication, published_on
from livereview.registered import remark
from livereview.report import Interval, Ongoing, OutcomeResult, ReportCard, SourceRow, StudyCard, StudyResult
from livereview.selection import Scope
from livereview.types import Array

_NOT_SHOWN = {"study_id", "label", *(column.name for column in WITHDRAWAL)}


def study_results(scope: Scope, numbers: Numbers, weights: Array, level: float) -> tuple[StudyResult, ...]:
    """The studies of an outcome with effect, weight (from shares 0-1) and source rows."""
    return tuple(
        _study_result(scope, numbers, index, float(weights[index]), level) for index in range(len(numbers.ids))
    )


def _study_result(scope: Scope, numbers: Numbers, index: int, weight: float, level: float) -> StudyResult:
    candidate = numbers.candidates[index]
    study = scope.studies[candidate.study_id]
    shown, cut = _shown(numbers, index, level)
    return StudyResult(
        study_id=candidate.study_id,
        label=study["label"],
        year=study.get("year"),
        published_on=publication(candidate, scope.reports) or None,
        effect=float(numbers.effects.effect[index]),
        variance=float(numbers.effects.variance[index]),
        shown=shown,
        weight=100 * weight,
        data=candidate.data,
        rows=tuple(_source_row(row, scope) for used in candidate.rows for row in used.get("readings", (used,))),
        notes=(
            *((candidate.note,) if candidate.note else ()),
            *numbers.effects.notes.get(index, ()),
            *((f"limits {CUT}",) if cut else ()),
            *(row["settled"] for row in candidate.rows if row.get("settled")),
        ),
    )


def _shown(numbers: Numbers, index: int, level: float) -> tuple[Interval, bool]:
    """A study's interval on the display scale, and whether it was cut: its measure's own, else effect ± z·√variance."""
    from scipy.special import ndtri

    effect, variance = float(numbers.effects.effect[index]), float(numbers.effects.variance[index])
    reach = float(ndtri((1 + level) / 2)) * math.sqrt(variance)
    n = numbers.studies.data.get("n")
    size = None if n is None else np.asarray(n[index])
    shown, cut = shown_interval(numbers, effect, effect - reach, effect + reach, size)
    low, high = numbers.effects.ci_low, numbers.effects.ci_high
    if low is None or high is None or not np.isfinite([low[index], high[index]]).all():
        return shown, cut
    return Interval(estimate=shown.estimate, low=float(low[index]), high=float(high[index])), False


def _source_row(row: Row, scope: Scope) -> SourceRow:
    report = scope.reports.get(row["report_id"], {"report_id": row["report_id"]})
    return SourceRow(
        row_id=row["row_id"],
        report_id=row["report_id"],
        citation=citation(report),
        doi=report.get("doi"),
        locator=row["locator"],
        status=row["status"],
        outcome=row["outcome"],
        timepoint_months=row.get("timepoint_months"),
        population=row.get("population") or "",
        arm=row["arm"],
        comparator=row.get("comparator"),
        note=row.get("note"),
        origin=row.get("origin") or "",
        extractor=row.get("extractor") or "",
        adjudicates=bool(row.get("adjudicates")),
    )


def citation(report: Row) -> str:
    """Journal, year and identifier of a report, as known."""
    place = " ".join(str(part) for part in (report.get("journal"), report.get("year")) if part)
    number = f"PMID {report['pmid']}" if report.get("pmid") else ""
    return ", ".join(part for part in (place or report["report_id"], number) if part)


def report_card(report: Row, used: bool) -> ReportCard:
    """A report as the reference list shows it."""
    return ReportCard(
        report_id=report["report_id"],
        citation=citation(report),
        kind=report.get("kind") or "",
        published_on=published_on(report) or None,
        status=report.get("status") or "active",
        doi=report.get("doi"),
        url=report.get("url"),
        used=used,
    )


def study_cards(scope: Scope, appraisals: Iterable[Row], outcomes: Iterable[OutcomeResult]) -> tuple[StudyCard, ...]:
    """The studies that enter at least one outcome, by label. ``appraisals`` are settled: one score for each item."""
    entered: dict[str, list[str]] = {}
    used: set[str] = set()
    for outcome in outcomes:
        for study in outcome.studies:
            entered.setdefault(study.study_id, []).append(outcome.id)
            used.update(row.report_id for row in study.rows)
    judged: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for row in sorted(appraisals, key=_in_sheet):
        item = f"{row['item']} ({row['outcome']})" if row.get("outcome") else row["item"]
        judged.setdefault(row["study_id"], {}).setdefault(row["instrument"], []).append((item, row["score"]))
    ordered = sorted(entered, key=lambda study_id: (scope.studies[study_id]["label"], study_id))
    return tuple(
        StudyCard(
            study_id=study_id,
            label=scope.studies[study_id]["label"],
            characteristics=_characteristics(scope.studies[study_id]),
            appraisals={name: tuple(items) for name, items in sorted(judged.get(study_id, {}).items())},
            reports=_reports_of(study_id, scope, used),
            outcomes=tuple(entered[study_id]),
        )
        for study_id in ordered
    )


def _in_sheet(row: Row) -> list[tuple[bool, int, str]]:
    """Sorts rows as the sheets have them: numbers in the origin by size, so that row 10 follows row 9."""
    parts = re.split(r"(\d+)", row.get("origin") or "")
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]


def _characteristics(study: Row) -> dict[str, Any]:
    own = {name: study.get(name) for name in STUDIES.names if name not in _NOT_SHOWN}
    extra = {name: value for name, value in sorted(study.items()) if name.startswith("characteristics.")}
    return {**own, **{name.removeprefix("characteristics."): value for name, value in extra.items()}}


def _reports_of(study_id: str, scope: Scope, used: set[str]) -> tuple[ReportCard, ...]:
    reports = [report for report in scope.reports.values() if report.get("study_id") == study_id]
    ordered = sorted(reports, key=lambda report: (published_on(report) or "9999", report["report_id"]))
    return tuple(report_card(report, report["report_id"] in used) for report in ordered)


def other_reports(scope: Scope, outcomes: Iterable[OutcomeResult]) -> tuple[ReportCard, ...]:
    """Reports that stand under no study of the review: those that gave a number of a main analysis, such as a review
    that quotes a trial, then all of the studies that enter only a subgroup or a sensitivity analysis."""
    listed = tuple(outcomes)
    studies = [study for outcome in listed for study in outcome.studies]
    included = {study.study_id for study in studies}
    used = {row.report_id for study in studies for row in study.rows}
    free = [name for name in sorted(used) if scope.reports[name].get("study_id") not in included]
    elsewhere = {study_id for outcome in listed for study_id in _in_further_fits(outcome)} - included
    theirs = [name for name, report in sorted(scope.reports.items()) if report.get("study_id") in elsewhere]
    return tuple(report_card(scope.reports[name], name in used) for name in dict.fromkeys((*free, *theirs)))


def _in_further_fits(outcome: OutcomeResult) -> Iterator[str]:
    """Ids of the studies in the subgroups and sensitivity analyses of an outcome."""
    for division in outcome.subgroups:
        for _, _, ids in division.groups:
            yield from ids
    for item in outcome.sensitivity:
        yield from item.studies


def ongoing_cards(rows: Iterable[Row], scope: Scope) -> tuple[Ongoing, ...]:
    """Registered trials, by registry number; those that the review does not admit say why."""
    return tuple(
        Ongoing(
            registry_id=row["registry_id"],
            phase=row.get("phase") or "",
            regimen=row.get("regimen") or "",
            target_enrollment=row.get("target_enrollment"),
            primary_endpoint=row.get("primary_endpoint") or "",
            source=row["source"],
            comparator=row.get("comparator") or "",
            design=row.get("design") or "",
            setting=row.get("setting") or "",
            expected_on=str(row.get("expected_on") or ""),
            recruitment=row.get("recruitment") or "",
            remark=remark(row, scope),
        )
        for row in sorted(rows, key=lambda row: str(row["registry_id"]))
    )
