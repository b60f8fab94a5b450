"""The audit check ``trust``: what is known against the reports that numbers were read in."""

from __future__ import annotations

from collections.abc import Iterator

from livereview import AuditCheck, AuditCode, AuditFinding, AuditPlace, AuditRequest, Options

RETRACTED = AuditCode(code="retracted-report", severity="error", title="A report was retracted")
CORRECTED = AuditCode(code="corrected-report", severity="warning", title="A report was corrected")


def findings(request: AuditRequest, options: Options) -> Iterator[AuditFinding]:
    """Reports with results that were retracted or corrected, each once."""
    read = {row["report_id"] for row in request.rows("results")}
    for row in request.rows("reports"):
        if row["report_id"] not in read or row["status"] not in ("retracted", "corrected"):
            continue
        since = f" on {row['status_on']}" if row["status_on"] else ", date not recorded"
        reason = f": {row['note']}" if row["note"] else ""
        place = AuditPlace(table="reports", row_id=row["row_id"], columns=("status",), study_id=row["study_id"] or "")
        if row["status"] == "retracted":
            message = f"{row['report_id']} was retracted{since}{reason}; results were read in it"
            remedy = "Main analyses leave it out. Look for another report of the study, and read the notice."
            yield AuditFinding(code=RETRACTED.code, message=message, remedy=remedy, place=place)
        else:
            message = f"{row['report_id']} was corrected{since}{reason}; results were read in it"
            remedy = "Hold each number that was read in it against the correction."
            yield AuditFinding(code=CORRECTED.code, message=message, remedy=remedy, place=place)


TRUST = AuditCheck(
    name="trust",
    title="Trust",
    summary="Retracted and corrected reports.",
    codes=(RETRACTED, CORRECTED),
    find=findings,
    family="trust",
)
