"""The kit on audit checks: a right one passes, each planted defect is caught by the check that is about it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from broken_audits import CODE, DEFECTS, RIGHT, Find

from livereview import AuditCode
from livereview.testing import conforms, run


def test_a_right_one_passes() -> None:
    conforms(RIGHT)


@pytest.mark.parametrize(("caught_by", "defect", "find"), DEFECTS, ids=[defect for _, defect, _ in DEFECTS])
def test_a_planted_defect_is_caught(caught_by: str, defect: str, find: Find) -> None:
    failed = [outcome.check for outcome in run(replace(RIGHT, find=find)) if outcome.failed]
    assert caught_by in failed


@pytest.mark.parametrize(
    "codes", [(), (CODE, CODE), (replace(CODE, code="No label"),), (replace(CODE, title=" "),)], ids=range(4)
)
def test_codes_that_cannot_be_are_caught(codes: tuple[AuditCode, ...]) -> None:
    failed = [outcome.check for outcome in run(replace(RIGHT, codes=codes)) if outcome.failed]
    assert "own-codes" in failed
