"""Broken audit checks beside the right one that they were made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from broken import Broken

from livereview import AuditCheck, AuditCode, AuditFinding, AuditPlace, AuditRequest

CODE = AuditCode(code="no-label", severity="note", title="A study has no label")


def finding(row: Any, **other: Any) -> AuditFinding:
    given = {"code": CODE.code, "message": "the study has no label", "remedy": "Give it one.",
             "place": AuditPlace(table="studies", row_id=row["row_id"])}  # fmt: skip
    return AuditFinding(**(given | other))


def right(request: AuditRequest, options: Any) -> Iterator[AuditFinding]:
    for row in request.rows("studies"):
        if not row["label"]:
            yield finding(row)


RIGHT = AuditCheck(name="labels", title="Labels", summary="Studies without a label.", codes=(CODE,), find=right)

Find = Callable[[AuditRequest, Any], Any]


def of_each(made: Callable[[Any], Any]) -> Find:
    """A check that says something of every study."""
    return lambda request, options: [made(row) for row in request.rows("studies")]


def of_the_first(request: AuditRequest, options: Any) -> list[AuditFinding]:
    return [finding(row) for row in request.rows("studies")[:1] if row["study_id"] == "adams"]


#: The check of the kit that must see a defect, what is wrong, and the defect.
DEFECTS: tuple[tuple[str, str, Find], ...] = (
    ("usable-findings", "a code that it does not have", of_each(lambda row: finding(row, code="other"))),
    ("usable-findings", "no remedy", of_each(lambda row: finding(row, remedy=" "))),
    ("usable-findings", "no place", of_each(lambda row: finding(row, place=AuditPlace()))),
    ("usable-findings", "a row that is none", of_each(lambda row: finding(row, place=AuditPlace(row_id="none")))),
    ("usable-findings", "no findings but numbers", of_each(lambda row: row["n_total"] / 2)),
    ("usable-findings", "a table that may be missing", lambda request, options: [
        finding(row) for row in request.tables["studies"]]),
    ("nothing-to-find", "a finding about nothing", lambda request, options: [
        finding({"row_id": ""}, place=AuditPlace(key="audit"))]),
    ("order-of-rows", "the first row alone", of_the_first),
)  # fmt: skip
BROKEN = tuple(
    Broken(defect=f"audit check: {defect}", plugin=replace(RIGHT, find=find), twin=RIGHT) for _, defect, find in DEFECTS
)
