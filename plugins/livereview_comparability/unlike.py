"""The audit check ``unlike-outcomes``: rows that are pooled as one thing and are not.

What an outcome pools is told from its rows: outcome codes with their grades, populations, timepoints, kinds of numbers.
A manifest may want each of these mixtures; then it is a note, or a person acknowledges it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from livereview import (
    AuditCheck,
    AuditCode,
    AuditedOutcome,
    AuditFinding,
    AuditPlace,
    AuditRequest,
    EvidenceRow,
    Options,
    Severity,
)
from livereview_comparability.rows import grouped, listed, place, several

GRADES = AuditCode(code="grades-mixed", severity="warning", title="Grades of severity are pooled together")
CODES = AuditCode(code="endpoints-mixed", severity="note", title="Different endpoints are pooled together")
PARTS = AuditCode(code="windows-mixed", severity="warning", title="Part of the treatment is pooled with all of it")
POPULATIONS = AuditCode(code="populations-mixed", severity="note", title="Different denominators are pooled together")
TIMES = AuditCode(code="timepoints-mixed", severity="note", title="Different times are pooled together")
KINDS = AuditCode(code="kinds-mixed", severity="warning", title="Different kinds of numbers are pooled together")
SURVIVORS = AuditCode(code="survivors-as-events", severity="warning", title="Survivors stand where events are counted")
MEDIANS = AuditCode(code="median-as-mean", severity="warning", title="A median is pooled as a mean")

#: What the end of an outcome code says of the grade.
_GRADE = re.compile(r"(?:^|-)(any|all-grades?|grade-?\d(?:plus|-\d)?|g\d(?:plus)?|severe|serious|fatal)$")
_WINDOW = re.compile(r"\b(cycle|course|block|week|day)s?\b[ -]?(\d+)", re.IGNORECASE)
#: Populations by whom they leave out.
_DENOMINATOR = {"itt": "everybody", "safety": "treated", "evaluable": "evaluable", "per-protocol": "per protocol"}
#: Stated times are unlike if the latest is more than so many times the earliest.
_APART = 1.5
#: How survival is counted: its codes count failures in some sheets, people alive in others.
_SURVIVAL = ("os", "dfs", "efs", "pfs", "rfs")
#: How many studies of a part are named.
_NAMED = 4
#: How much nearer a share of events must be to survival than to its complement.
_CLEARLY = 0.15


@dataclass(frozen=True, kw_only=True)
class Used:
    """A row that the main fit of an outcome rests on."""

    study: str
    label: str
    weight: float
    row: EvidenceRow


def findings(request: AuditRequest, options: Options) -> Iterator[AuditFinding]:
    """What each outcome mixes; an outcome of one study mixes nothing."""
    by_id = {row["row_id"]: row for row in request.rows("results")}
    curves = _curves(request.rows("results"))
    for outcome in request.outcomes:
        used = [
            Used(study=study.study_id, label=study.label, weight=study.weight, row=by_id[row.row_id])
            for study in outcome.result.studies
            for row in study.rows
            if row.row_id in by_id
        ]
        if len({one.study for one in used}) > 1:
            for look in _LOOKS:
                yield from look(outcome, used)
        yield from _survivors(outcome, used, curves)


def _mixture(
    code: AuditCode, outcome: AuditedOutcome, parts: Mapping[str, Sequence[Used]], what: str, remedy: str,
    severity: Severity | None = None,
) -> AuditFinding:  # fmt: skip
    """A finding on parts of an outcome, each with its studies and its share of the weight."""
    told = "; ".join(f"{name}: {_studies(used)}" for name, used in parts.items())
    every = [one.row for used in parts.values() for one in used]
    return AuditFinding(
        code=code.code,
        severity=severity,
        message=f"{what}: {told}",
        remedy=remedy,
        place=AuditPlace(outcome_id=outcome.result.id, key="outcomes.result"),
        also=tuple(place(row, outcome_id=outcome.result.id) for row in every),
    )


def _studies(used: Sequence[Used]) -> str:
    weights = {one.study: one.weight for one in used}
    share = sum(weights.values())
    of = f" ({share:.0f}% of the weight)" if share == share else ""
    return listed((one.label for one in used), _NAMED) + of


def _parted(used: Iterable[Used], name: Callable[[EvidenceRow], str]) -> dict[str, list[Used]]:
    parts: dict[str, list[Used]] = {}
    for one in used:
        parts.setdefault(name(one.row), []).append(one)
    return parts


def grade(code: str) -> str:
    """What an outcome code says of the grade; empty = nothing.

    >>> grade("crs-any"), grade("crs-grade3plus"), grade("cr")
    ('any', 'grade3plus', '')
    """
    found = _GRADE.search(code)
    return found[1] if found else ""


def _codes(outcome: AuditedOutcome, used: Sequence[Used]) -> Iterator[AuditFinding]:
    grades = _parted(used, lambda row: grade(row["outcome"]))
    if len(grades) > 1:
        named = {name or "no grade stated": those for name, those in grades.items()}
        yield _mixture(GRADES, outcome, named, "Grades are mixed", "Pool one grade, or give each its own outcome.")
        return
    codes = _parted(used, lambda row: str(row["outcome"]))
    if len(codes) > 1:
        remedy = "Say in the outcome's note how they differ, or show it again for each of them."
        yield _mixture(CODES, outcome, codes, "Outcome codes are mixed", remedy)


def _populations(outcome: AuditedOutcome, used: Sequence[Used]) -> Iterator[AuditFinding]:
    windows = _parted(used, lambda row: window(str(row.get("population") or "")))
    if len(windows) > 1 and "" in windows:
        named = {name or "all of the treatment": those for name, those in windows.items()}
        remedy = "Events of a part are fewer than those of the whole: pool like with like, or acknowledge it."
        yield _mixture(PARTS, outcome, named, "Some studies count a part of the treatment, others all of it", remedy)
        used = windows[""]
    parts = _parted(used, lambda row: denominator(str(row.get("population") or "")))
    if len(parts) > 1:
        remedy = "Those who cannot be evaluated are failures in one and missing in the other: show it again with one "
        remedy += "denominator."
        apart = outcome.layout == "two-arms" and {"treated", "everybody"} <= set(parts)
        yield _mixture(POPULATIONS, outcome, parts, "Denominators differ", remedy, "warning" if apart else None)


def window(population: str) -> str:
    """The part of the treatment that a population is named for: "cycle 1"; empty = all of it."""
    found = _WINDOW.search(population)
    return f"{found[1].lower()} {found[2]}" if found else ""


def denominator(population: str) -> str:
    """Who is counted: everybody, those treated, those evaluable, a part of the study."""
    known = _DENOMINATOR.get(population.casefold())
    return known or ("not stated" if not population else population.replace("subgroup:", "part: "))


def _times(outcome: AuditedOutcome, used: Sequence[Used]) -> Iterator[AuditFinding]:
    stated = [one for one in used if one.row.get("timepoint_months") is not None]
    months = [one.row["timepoint_months"] for one in stated]
    if len({one.study for one in stated}) > 1 and min(months) > 0 and max(months) / min(months) > _APART:
        parts = _parted(stated, lambda row: f"{row['timepoint_months']:g} months")
        remedy = "Say under timepoint which time is meant and how far from it a number may be."
        yield _mixture(TIMES, outcome, parts, "Times differ", remedy)


def _kinds(outcome: AuditedOutcome, used: Sequence[Used]) -> Iterator[AuditFinding]:
    kinds = _parted(used, lambda row: str(row["measure"]))
    remedy = "Shares of everybody and values of a curve, which allow for censoring, are not one thing: pool them apart."
    if len(kinds) > 1:
        yield _mixture(KINDS, outcome, kinds, "Kinds of numbers are mixed", remedy)
    means = [one for one in used if one.row["measure"] == "mean" and _says_median(one.row)]
    if means:
        remedy = "Look up whether it is a median; if so, leave it out or convert it, and say how."
        yield _mixture(MEDIANS, outcome, {"median": means}, "Pooled as means", remedy)


def _says_median(row: EvidenceRow) -> bool:
    said = f"{row.get('note') or ''} {row.get('locator') or ''} {row['outcome']}".casefold()
    return "median" in said and "mean" not in str(row.get("note") or "").casefold()


_LOOKS = (_codes, _populations, _times, _kinds)


def _curves(rows: Iterable[EvidenceRow]) -> dict[tuple[object, ...], list[EvidenceRow]]:
    survival = [row for row in rows if row["measure"] == "survival" and row.get("estimate") is not None]
    return grouped(survival, "study_id", "outcome", "arm")


def _survivors(
    outcome: AuditedOutcome, used: Sequence[Used], curves: Mapping[tuple[object, ...], Sequence[EvidenceRow]]
) -> Iterator[AuditFinding]:
    """Counts of a survival endpoint of which some are events and some people alive, by the curve of the same arm."""
    by_way: dict[str, list[tuple[Used, EvidenceRow, float]]] = {}
    for one in used:
        row = one.row
        if row["measure"] != "count" or row["outcome"] not in _SURVIVAL or not row.get("n"):
            continue
        share = row["events"] / row["n"]
        for curve in curves.get((row["study_id"], row["outcome"], row["arm"]), ()):
            alive, failed = abs(share - curve["estimate"]), abs(share - (1 - curve["estimate"]))
            if abs(alive - failed) > _CLEARLY:
                by_way.setdefault("alive" if alive < failed else "events", []).append((one, curve, share))
                break
    if len(by_way) < 2:
        return
    for one, curve, share in by_way["alive"]:
        others = several(sorted({other.label for other, _, _ in by_way["events"]}))
        yield AuditFinding(
            code=SURVIVORS.code,
            message=f"{one.row['events']}/{one.row['n']} ({share:.1%}) is near the survival of {curve['estimate']:g} "
            f"at {curve['timepoint_months'] or 0:g} months, so people alive seem to be counted; in {others} events are",
            remedy="Look up what was counted; events are what fails.",
            place=place(one.row, ("events",), outcome.result.id),
            also=(place(curve),),
            suggestion={"events": one.row["n"] - one.row["events"]},
        )


UNLIKE = AuditCheck(
    name="unlike-outcomes",
    title="Unlike outcomes under one label",
    summary="Grades, denominators, times and kinds of numbers that one outcome mixes.",
    codes=(GRADES, CODES, PARTS, POPULATIONS, TIMES, KINDS, SURVIVORS, MEDIANS),
    find=findings,
    family="comparability",
)
