"""Instruments of appraisal against the designs that they were made for."""

from __future__ import annotations

from collections.abc import Iterator

from livereview import AuditCode, AuditFinding, AuditPlace, AuditRequest, EvidenceRow

INSTRUMENT = AuditCode(
    code="instrument-against-design",
    severity="warning",
    title="A study is appraised by an instrument for others",
)

#: What instruments are for; others are not judged.
_RANDOMISED = ("rob 2", "rob2", "rob", "cochrane rob", "jadad")
_OTHERS = ("nos", "newcastle-ottawa", "minors", "robins-i", "robins-e", "quips")
_TRIAL = "rct"


def appraised(request: AuditRequest) -> Iterator[AuditFinding]:
    """Randomised trials scored as cohorts, and cohorts judged as randomised trials; one finding per instrument.

    Sources: Wells 2000 (NOS); Slim 2003, doi:10.1046/j.1445-2197.2003.02748.x (MINORS); Sterne 2016,
    doi:10.1136/bmj.i4919 (ROBINS-I); Sterne 2019, doi:10.1136/bmj.l4898 (RoB 2).
    """
    designs = {row["study_id"]: str(row.get("design") or "") for row in request.rows("studies")}
    labels = {row["study_id"]: str(row["label"]) for row in request.rows("studies")}
    wrong: dict[str, dict[str, EvidenceRow]] = {}
    for row in request.rows("appraisals"):
        design, name = designs.get(row["study_id"], ""), str(row["instrument"])
        as_cohort = name.casefold() in _OTHERS and design == _TRIAL
        as_trial = name.casefold() in _RANDOMISED and design not in ("", _TRIAL)
        if as_cohort or as_trial:
            wrong.setdefault(name, {}).setdefault(row["study_id"], row)
    for name, rows in wrong.items():
        made_for = "randomised trials" if name.casefold() in _RANDOMISED else "studies that are not randomised"
        told = ", ".join(f"{labels[study]} ({designs[study]})" for study in rows)
        places = [
            AuditPlace(table="appraisals", row_id=row["row_id"], columns=("instrument",), study_id=study)
            for study, row in rows.items()
        ]
        yield AuditFinding(
            code=INSTRUMENT.code,
            message=f"{name} is for {made_for}; it was used on {told}",
            remedy="Appraise them by an instrument for their design, or say that another review's scores are shown.",
            place=places[0],
            also=tuple(places[1:]),
        )
