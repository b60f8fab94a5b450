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

Find = Callable[[AuditRequest, Any], Any]


def of_each(made: Callable[[Any], Any]) -> Find:
    """A check that says something of every study."""
    return lambda request, options: [made(row) for row in request.rows("studies")]


def of_the_first(request: AuditRequest, options: Any) -> list[AuditFinding]:
    return [finding(row) for row in request.rows("studies")[:1] if row["study_id"] == "adams"]


#: The check of the kit that must see a defect, and the defect.
BROKEN: list[tuple[str, Find]] = [
    ("usable-findings", of_each(lambda row: finding(row, code="other"))),
    ("usable-findings", of_each(lambda row: finding(row, remedy=" "))),
    ("usable-findings", of_each(lambda row: finding(row, place=AuditPlace()))),
    ("usable-findings", of_each(lambda row: finding(row, place=AuditPlace(row_id=row["study_id"])))),
    ("usable-findings", of_each(lambda row: row["n_total"] / 2)),
    ("usable-findings", lambda request, options: [finding(row) for row in request.tables["studies"]]),
    ("nothing-to-find", lambda request, options: [finding({"row_id": ""}, place=AuditPlace(key="audit"))]),
    ("order-of-rows", of_the_first),
]


def test_a_right_one_passes() -> None:
    conforms(RIGHT)


@pytest.mark.parametrize(("caught_by", "find"), BROKEN, ids=range(len(BROKEN)))
def test_a_planted_defect_is_caught(caught_by: str, find: Find) -> None:
    failed = [outcome.check for outcome in run(replace(RIGHT, find=find)) if outcome.failed]
    assert caught_by in failed


@pytest.mark.parametrize(
    "codes", [(), (CODE, CODE), (replace(CODE, code="No label"),), (replace(CODE, title=" "),)], ids=range(4)
)
def test_codes_that_cannot_be_are_caught(codes: tuple[AuditCode, ...]) -> None:
    failed = [outcome.check for outcome in run(replace(RIGHT, codes=codes)) if outcome.failed]
    assert "own-codes" in failed
