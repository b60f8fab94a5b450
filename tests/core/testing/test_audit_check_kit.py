"""The kit on audit checks: a right one passes, each planted defect is caught by the check that is about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from livereview import AuditCheck, AuditCode, AuditFinding, AuditPlace, AuditRequest
from livereview.testing import conforms, run

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

#: What was done to the right one, and the check that must see it.
BROKEN: list[tuple[str, Callable[[AuditRequest, Any], Any]]] = [
    ("usable-findings", lambda request, options: [finding(row, code="other") for row in request.rows("studies")]),
    ("usable-findings", lambda request, options: [finding(row, remedy=" ") for row in request.rows("studies")]),
    ("usable-findings", lambda request, options: [finding(row, place=AuditPlace()) for row in request.rows("studies")]),
    (
        "usable-findings",
        lambda request, options: [finding(row, place=AuditPlace(row_id=row["study_id"])) for row in request.rows("studies")],
    ),
    ("usable-findings", lambda request, options: [row["n_total"] / 2 for row in request.rows("studies")]),
    ("usable-findings", lambda request, options: [finding(row) for row in request.tables["studies"]]),
    ("nothing-to-find", lambda request, options: [finding({"row_id": ""}, place=AuditPlace(key="audit"))]),
    ("order-of-rows", lambda request, options: [finding(row) for row in request.rows("studies") if row["study_id"] == "adams"
                                                and row == request.rows("studies")[0]]),
]  # fmt: skip


def test_a_right_one_passes() -> None:
    conforms(RIGHT)


@pytest.mark.parametrize(("caught_by", "find"), BROKEN, ids=range(len(BROKEN)))
def test_a_planted_defect_is_caught(caught_by: str, find: Callable[[AuditRequest, Any], Any]) -> None:
    failed = [outcome.check for outcome in run(replace(RIGHT, find=find)) if outcome.failed]
    assert caught_by in failed


@pytest.mark.parametrize(
    "codes", [(), (CODE, CODE), (replace(CODE, code="No label"),), (replace(CODE, title=" "),)], ids=range(4)
)
def test_codes_that_cannot_be_are_caught(codes: tuple[AuditCode, ...]) -> None:
    failed = [outcome.check for outcome in run(replace(RIGHT, codes=codes)) if outcome.failed]
    assert "own-codes" in failed
