"""Numbers of one fit that are not independent, or not counts: a control arm used twice, curves read as counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from livereview import AuditCode, AuditedOutcome, AuditFinding, AuditPlace, EvidenceRow, StudyResult, described

SHARED = AuditCode(code="dependent-estimates", severity="warning", title="Dependent estimates pooled as independent")
CURVES = AuditCode(code="curve-as-count", severity="warning", title="Values of a curve entered as counts")

#: What a note says of a count that was made from a Kaplan-Meier curve.
_FROM_CURVE = re.compile(r"kaplan|\bKM\b|survival curve|digiti[sz]ed|n ?[x×*] ?\(1 ?[-−] ?", re.IGNORECASE)
Curves = Mapping[tuple[str, str, str], Sequence[EvidenceRow]]
#: Outcome codes whose events are the failures of a survival outcome.
_FAILS = {"death": "os"}


def shared_arms(outcome: AuditedOutcome, rows: Mapping[str, EvidenceRow]) -> Iterator[AuditFinding]:
    """Two studies of a fit that were compared with one and the same arm of a report."""
    if outcome.layout == "one-arm":
        return
    for one, other in combinations(outcome.result.studies, 2):
        arms = [_second_arm(study, rows) for study in (one, other)]
        if arms[0] is None or arms[1] is None:
            continue
        same = [
            arms[0][name] == arms[1][name] for name in ("report_id", "arm", "population", "events", "n", "estimate")
        ]
        if all(same) and arms[0]["row_id"] != arms[1]["row_id"] and (arms[0].get("n") or 0) > 0:
            yield AuditFinding(
                code=SHARED.code,
                message=f"{one.label} and {other.label} are compared with one arm: {described(arms[0])}. Its patients "
                "count twice, and the two estimates are correlated",
                remedy="Put the experimental arms together (arms = \"combine\"), divide the shared arm, or use one.",
                place=AuditPlace(outcome_id=outcome.result.id, study_id=other.study_id, table="results",
                                 row_id=arms[1]["row_id"], columns=("events", "n")),
                also=(AuditPlace(table="results", row_id=arms[0]["row_id"], study_id=one.study_id),),
            )  # fmt: skip


def _second_arm(study: StudyResult, rows: Mapping[str, EvidenceRow]) -> EvidenceRow | None:
    """The row of the control arm, where the study has one of each."""
    return rows.get(study.rows[1].row_id) if len(study.rows) == 2 else None


def survival_by_arm(rows: Sequence[EvidenceRow]) -> Curves:
    """Values of survival curves by study, outcome and arm."""
    found: dict[tuple[str, str, str], list[EvidenceRow]] = {}
    for row in rows:
        if row["measure"] == "survival" and row.get("estimate") is not None:
            found.setdefault((row["study_id"], row["outcome"], row["arm"]), []).append(row)
    return found


def curves(outcome: AuditedOutcome, rows: Mapping[str, EvidenceRow], survival: Curves) -> Iterator[AuditFinding]:
    """Counts of a fit that come from a curve: by their notes, or since they are n times its value, rounded."""
    found: list[tuple[StudyResult, EvidenceRow, str]] = []
    for study in outcome.result.studies:
        for used in study.rows:
            row = rows.get(used.row_id)
            if row is not None and row["measure"] == "count" and row.get("n"):
                why = _from_curve(row, survival)
                found += [(study, row, why)] if why else []
    if not found:
        return
    share = sum({study.study_id: study.weight for study, _, _ in found}.values())
    told = "; ".join(f"{study.label}, {row['arm']} {row['events']}/{row['n']}: {why}" for study, row, why in found)
    yield AuditFinding(
        code=CURVES.code,
        message=f"{share:.0f}% of the weight is on counts made from curves, which do not know who was censored: {told}",
        remedy="Pool the hazard ratio, or survival at a time with its standard error; or say so at the outcome.",
        place=AuditPlace(outcome_id=outcome.result.id, key="outcomes.result"),
        also=tuple(
            AuditPlace(table="results", row_id=row["row_id"], study_id=study.study_id, columns=("events",))
            for study, row, _ in found
        ),
    )


def _from_curve(row: EvidenceRow, survival: Curves) -> str:
    """Why a count is held to come from a curve; empty = it is not."""
    note = str(row.get("note") or "")
    said = _FROM_CURVE.search(note)
    if said:
        return f'its note says "{said[0].strip()}"'
    if row["status"] != "derived":
        return ""
    code = str(_FAILS.get(row["outcome"], row["outcome"]))
    for curve in survival.get((row["study_id"], code, row["arm"]), ()):
        for share in (1 - curve["estimate"], curve["estimate"]):
            if abs(row["events"] - row["n"] * share) <= 0.5:
                at = f" at {curve['timepoint_months']:g} months" if curve.get("timepoint_months") else ""
                return f"it is {row['n']} times {share:.3g}, from the survival of {curve['estimate']:g}{at}"
    return ""
