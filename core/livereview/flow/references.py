"""The references of a review: what its searches found and the reports of its studies, each once, with where it stands.

A report has neither title nor authors; those of the record that became it are used. Nothing else is taken for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from livereview.bibliography import Reference
from livereview.changes import Tables
from livereview.flow.fates import Fate, Stop
from livereview.living import ReferenceCard, Stands
from livereview.pairing import Row
from livereview.selection import Scope

WITHOUT_RECORD = "report without a record"
#: Which list a record belongs to by where it stopped; a duplicate belongs to none, since its original does.
_STANDS: Mapping[Stop, Stands] = {
    "removed": "excluded",
    "awaiting screening": "awaiting",
    "excluded": "excluded",
    "awaiting retrieval": "awaiting",
    "not retrieved": "awaiting",
    "awaiting assessment": "awaiting",
    "excluded at full text": "excluded",
    "awaiting extraction": "awaiting",
    "not admitted": "excluded",
    "same report": "included",
    "report": "included",
}
#: Stops at which the record counts as the report that it became.
_BECAME: tuple[Stop, ...] = ("not admitted", "same report", "report")


def reference_cards(fates: Iterable[Fate], rows: Tables, scope: Scope) -> tuple[ReferenceCard, ...]:
    """The records of a review by id, then the reports of its studies that no record describes, by id."""
    labels = {item.study_id: item.label for item in scope.excluded}
    labels |= {study_id: study["label"] for study_id, study in scope.studies.items()}
    cards = [_found(fate, scope, labels) for fate in fates if fate.stop in _STANDS]
    described = {card.report_id for card in cards if card.stands == "included"}
    reports = sorted(rows["reports"], key=lambda row: str(row["report_id"]))
    own = (row for row in reports if row["study_id"] in scope.studies and row["report_id"] not in described)
    return (*cards, *(_unfound(row, labels) for row in own))


def _found(fate: Fate, scope: Scope, labels: Mapping[str, str]) -> ReferenceCard:
    record = fate.record
    report = scope.reports.get(record["report_id"] or "") if fate.stop in _BECAME else None
    reference = _of_record(record)
    if report is not None:
        known = _of_report(report)
        missing = {name: getattr(known, name) for name in _SHARED if not getattr(reference, name)}
        reference = replace(reference, **missing)
    return ReferenceCard(
        reference=reference,
        stands=_STANDS[fate.stop],
        stage=fate.stop,
        reason=fate.reason,
        source=fate.source,
        **_study(report, labels),
    )


def _unfound(report: Row, labels: Mapping[str, str]) -> ReferenceCard:
    reference = _of_report(report)
    return ReferenceCard(reference=reference, stands="included", stage=WITHOUT_RECORD, **_study(report, labels))


def _study(report: Row | None, labels: Mapping[str, str]) -> dict[str, str]:
    """Report, its status, its study and the label, as far as there are any; also of one that is not admitted."""
    if report is None:
        return {}
    study_id = report["study_id"] or ""
    status = report["status"] if report["status"] not in (None, "active") else ""
    about = {"report_id": report["report_id"], "status": status}
    return {**about, "study_id": study_id, "study": labels.get(study_id, "")}


#: What both a record and a report have.
_SHARED = ("year", "journal", "doi", "pmid", "url", "published_on", "kind")


def _of_record(record: Row) -> Reference:
    return Reference(
        record_id=record["record_id"],
        title=record["title"],
        authors=_pieces(record.get("authors")),
        volume=record.get("volume") or "",
        issue=record.get("issue") or "",
        pages=record.get("pages") or "",
        registry_ids=_pieces(record.get("registry_id")),
        abstract=record.get("abstract") or "",
        accession=record.get("accession") or "",
        note=record.get("note") or "",
        **_shared(record),
    )


def _of_report(report: Row) -> Reference:
    return Reference(record_id=report["report_id"], title="", note=report.get("note") or "", **_shared(report))


def _shared(row: Row) -> dict[str, Any]:
    texts = {name: str(row.get(name) or "") for name in _SHARED if name != "year"}
    return {"year": row.get("year"), **texts}


def _pieces(cell: str | None) -> tuple[str, ...]:
    """The parts of a cell that are separated by semicolons."""
    return tuple(part.strip() for part in (cell or "").split(";") if part.strip())
