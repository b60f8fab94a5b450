"""Published pooled results beside ours: compared number by number, to the digits that were printed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_rows import Cells, ledger, number, result, row, study
from livereview.manifest.models import Manifest
from livereview.published_results import agree, decimals, published_comparisons
from livereview.report import OutcomeResult


def counts(name: str, *cells: int, **more: Any) -> list[Cells]:
    a, n1, c, n2 = cells
    drug = number(name, "count", events=a, n=n1, **more)
    return [study(name), drug, number(name, "count", arm="placebo", events=c, n=n2, **more)]


TABLES = ledger(*counts("a", 12, 100, 20, 98), *counts("b", 8, 60, 15, 62))


def manifest(**keys: Any) -> Manifest:
    given = {
        "id": "cr",
        "title": "CR",
        "result": "cr",
        "measure": "RR",
        "experimental": ["drug"],
        "control": ["placebo"],
    }
    question = {"population": "p", "intervention": "i"}
    review = {"id": "r", "title": "R", "question": question}
    return Manifest.model_validate({"review": review, "outcomes": [{**given, **keys}]})


def published(**cells: Any) -> Cells:
    given = {"report_id": "p", "outcome": "cr", "measure": "RR", "locator": "Figure 2", "model": "random-effects DL"}
    return row("published", **{**given, **cells})


@pytest.fixture(scope="module")
def pooled() -> OutcomeResult:
    return result(TABLES, measure="RR")


def compared(pooled: OutcomeResult, *rows: Cells, **keys: Any) -> list[tuple[str, bool]]:
    found = published_comparisons(manifest(**keys), [pooled], rows)
    return [(item.name, item.agrees) for one in found for item in one.numbers]


def test_what_both_state_is_compared_to_the_printed_digits(pooled: OutcomeResult) -> None:
    shown = pooled.pooled.shown
    cells = {
        "k": 2,
        "estimate": round(shown.estimate, 2),
        "ci_low": round(shown.low, 2),
        "ci_high": round(shown.high + 0.02, 2),
    }
    assert compared(pooled, published(**cells)) == [
        ("k", True), ("estimate", True), ("ci_low", True), ("ci_high", False),
    ]  # fmt: skip


def test_a_result_of_another_measure_outcome_or_time_is_not_held_against_it(pooled: OutcomeResult) -> None:
    others = [published(estimate=1.0, measure="OR"), published(estimate=1.0, outcome="os")]
    others += [published(estimate=1.0, timepoint_months=12), published(estimate=1.0, design_group="rct")]
    others += [published(estimate=1.0, subgroup="children")]
    assert compared(pooled, *others) == []


def test_an_outcome_of_one_subgroup_is_held_against_the_result_of_that_subgroup(pooled: OutcomeResult) -> None:
    shown = pooled.pooled.shown
    rows = [published(estimate=shown.estimate, subgroup="children"), published(estimate=9.0)]
    assert compared(pooled, *rows, population=["subgroup:children"]) == [("estimate", True)]


def test_a_published_result_that_is_not_reproduced_at_all_differs() -> None:
    nothing = result(TABLES, result="os", measure="RR")
    found = published_comparisons(manifest(), [nothing], [published(k=2, estimate=0.6)])
    assert [(item.name, item.ours, item.agrees) for one in found for item in one.numbers] == [
        ("k", 0, False), ("estimate", None, False),
    ]  # fmt: skip


def test_zeros_at_the_end_count_since_estimate_and_limits_are_printed_alike(pooled: OutcomeResult) -> None:
    shown = pooled.pooled.shown
    near = round(shown.low, 2)
    assert compared(pooled, published(estimate=round(shown.estimate, 1), ci_low=near)) == [
        ("estimate", round(shown.estimate, 1) == round(shown.estimate, 2)), ("ci_low", True),
    ]  # fmt: skip


@given(st.floats(1e-4, 1e4), st.integers(0, 6))
def test_a_number_agrees_with_itself_rounded(value: float, digits: int) -> None:
    assert agree(round(value, digits), value, digits)
    assert agree(value, value * (1 + 1e-10), 17)
    assert decimals(round(value, digits)) <= digits
    assert not agree(round(value, digits) + 2 * 10.0**-digits + 1e-6 * value, value, digits)
