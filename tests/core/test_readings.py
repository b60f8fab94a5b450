"""Readings of several people: agreeing ones count as one, differing ones block, an adjudication settles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_rows import Cells, count, ledger, number, outcome, ratio, trial
from livereview.analysis import analysed
from livereview.evidence.schema import RESULTS, TABLES
from livereview.manifest.models import Eligibility, Extraction
from livereview.plugins import installed
from livereview.report import OutcomeResult
from livereview.selection import scope_of
from livereview.team.adjudication import DECIDING, PERSON, comparable
from livereview.team.readings import read, resolved

OTHERS = [*trial("brown", (12, 40), (20, 41)), *trial("costa", (9, 33), (15, 30))]
EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def pooled(*rows: Cells, extraction: dict[str, Any] | None = None, **keys: Any) -> OutcomeResult:
    """The analysis of rows of the study ``a`` together with two other trials."""
    rule = Extraction.model_validate(extraction or {})
    tables = ledger(*OTHERS, *rows)
    tables["results"] = [dict(row) for row in resolved(tables["results"], read(tables["results"], rule), rule)]
    return analysed(scope_of(tables, Eligibility()), outcome(**keys), installed())


def by(person: str | None, events: int = 10, **cells: Any) -> Cells:
    return count("a", events, 50, extractor=person, **cells)


def number_of(found: OutcomeResult) -> tuple[float, float, int]:
    return found.pooled.estimate, found.pooled.standard_error, found.pooled.k


def blocked(found: OutcomeResult) -> list[str]:
    return [item.reason for item in found.excluded if item.study_id == "a" and "another arm" not in item.reason]


# --- agreement ---------------------------------------------------------------------------------------------------


def test_two_readings_that_agree_pool_exactly_like_one() -> None:
    assert number_of(pooled(by("anna"), by("ben"))) == number_of(pooled(by(None)))


def test_both_readings_stay_traceable() -> None:
    found = pooled(by("anna"), by("ben", locator="Figure 2"))
    [study] = [study for study in found.studies if study.study_id == "a"]
    assert [(row.extractor, row.locator) for row in study.rows] == [("anna", "Table 1"), ("ben", "Figure 2")]


def test_remarks_may_differ() -> None:
    assert blocked(pooled(by("anna", note="typed twice"), by("ben", locator="p. 4"))) == []


def test_equal_numbers_written_differently_agree() -> None:
    rows = [ratio("a", 0.5, 0.3, 0.8, extractor="anna", p_value="0.050"),
            ratio("a", 0.50, 0.3, 0.8, extractor="ben", p_value="0.05", ci_level=0.95)]  # fmt: skip
    assert blocked(pooled(*rows, measure="HR")) == []


@pytest.mark.parametrize(("one", "other"), [("<0.001", "0.001"), ("<0.01", "<=0.01"), ("0.04", "0.05")])
def test_a_bound_is_not_the_number_itself(one: str, other: str) -> None:
    assert comparable("p_value", one) != comparable("p_value", other)


def test_of_readings_that_agree_the_weakest_status_counts() -> None:
    found = pooled(by("anna"), by("ben", status="unverified"))
    assert blocked(found) == ["status unverified: pooled only where the manifest asks for it"]


def test_every_column_of_a_result_is_part_of_the_key_or_a_value_or_a_remark() -> None:
    apart = {"status", "at_risk", "locator", "note", "adjudicates", "withdrawn", "withdrawn_reason"}
    assert {*RESULTS.key, *DECIDING["results"], *apart} == set(RESULTS.names)
    assert all(PERSON[name] in TABLES[name].key for name in PERSON)


# --- disagreement ------------------------------------------------------------------------------------------------


def test_readings_that_differ_block_their_result_and_name_cells_and_people() -> None:
    found = pooled(by("anna", 10), by("ben", 11))
    assert found.pooled.k == 2
    assert blocked(found) == ["read differently and not adjudicated: events 10 (anna), 11 (ben)"]
    [aside] = [item for item in found.excluded if item.study_id == "a"]
    assert "10/50 (anna) or 11/50 (ben)" in aside.detail
    assert "A, cr, ITT, drug: read differently and not adjudicated: events 10 (anna), 11 (ben)." in found.cautions


def test_a_cell_that_one_left_empty_differs() -> None:
    rows = [number("a", "mean", estimate=3, sd=1, n=9, extractor="anna"),
            number("a", "mean", estimate=3, n=9, extractor="ben")]  # fmt: skip
    [result] = read(rows, Extraction())
    assert (result.state, result.differing) == ("open", ("sd",))


def test_the_number_of_the_team_is_a_reading_like_any_other() -> None:
    assert blocked(pooled(by(None, 10), by("ben", 11)))[0].endswith("events 10 (the team), 11 (ben)")


def test_a_third_row_adjudicates() -> None:
    found = pooled(by("anna", 10), by("ben", 11), by("cara", 11, adjudicates=True))
    assert number_of(found) == number_of(pooled(by(None, 11)))
    [study] = [study for study in found.studies if study.study_id == "a"]
    assert [(row.extractor, row.adjudicates) for row in study.rows] == [
        ("anna", False), ("ben", False), ("cara", True),
    ]  # fmt: skip
    assert "read differently: events 10 (anna), 11 (ben); adjudicated by cara" in study.notes


def test_the_manifest_may_prefer_somebody_and_the_report_says_so() -> None:
    prefer = {"disagreements": "prefer", "prefer": ["ben", "anna"]}
    found = pooled(by("anna", 10), by("ben", 11), extraction=prefer)
    assert number_of(found) == number_of(pooled(by(None, 11)))
    [study] = [study for study in found.studies if study.study_id == "a"]
    assert study.notes == ("read differently: events 10 (anna), 11 (ben); the manifest prefers ben",)


def test_nobody_preferred_has_read_it_so_it_stays_blocked() -> None:
    prefer = {"disagreements": "prefer", "prefer": ["dora"]}
    assert pooled(by("anna", 10), by("ben", 11), extraction=prefer).pooled.k == 2


def test_an_adjudication_goes_before_a_preference() -> None:
    prefer = {"disagreements": "prefer", "prefer": ["anna"]}
    rows = (by("anna", 10), by("ben", 11), by("cara", 12, adjudicates=True))
    assert number_of(pooled(*rows, extraction=prefer)) == number_of(pooled(by(None, 12)))


@pytest.mark.parametrize(("missing", "k"), [("warn", 3), ("set-aside", 2)])
def test_a_manifest_may_require_two_readings(missing: str, k: int) -> None:
    rule = {"required": 2, "missing": missing}
    assert pooled(by("anna"), extraction=rule).pooled.k == k
    assert pooled(by("anna"), by("ben"), extraction=rule).pooled.k == 3
    assert pooled(by(None), extraction=rule).pooled.k == 3


# --- adjudications that do not fit -------------------------------------------------------------------------------


def doubts(*rows: Cells) -> list[str]:
    [result] = read(rows, Extraction())
    return [doubt.message for doubt in result.doubts]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([by("cara", adjudicates=True)], "the row adjudicates, but there is no reading of it to settle"),
        ([by("anna"), by("cara", 11, adjudicates=True)],
         "the row adjudicates, but there is only one reading of it, that of anna"),
        ([by("anna"), by("ben"), by("cara", 11, adjudicates=True)],
         "the row adjudicates, but the readings of anna and ben agree"),
        ([by("anna"), by("ben", 11), by("cara", adjudicates=True), by("dora", 11, adjudicates=True)],
         "two adjudications differ: events 10 (cara), 11 (dora)"),
    ],
)  # fmt: skip
def test_an_adjudication_that_does_not_fit_is_named_and_settles_nothing(rows: list[Cells], told: str) -> None:
    assert doubts(*rows) == [told]
    assert pooled(*rows).pooled.k == 2
    assert blocked(pooled(*rows))[0] == f"not settled: {told}"


def test_a_reading_recorded_after_its_adjudication_is_named() -> None:
    rows = [{**by("anna"), "recorded_at": EARLY}, {**by("ben", 12), "recorded_at": LATE},
            {**by("cara", adjudicates=True), "recorded_at": EARLY}]  # fmt: skip
    assert doubts(*rows) == ["the reading of ben was recorded on 2026-02-01, after it was adjudicated"]


# --- whatever the rows -------------------------------------------------------------------------------------------

people = st.sampled_from([None, "anna", "ben", "cara"])
cells = st.tuples(people, st.integers(8, 10), st.booleans())


@st.composite
def readings(draw: st.DrawFn) -> list[Cells]:
    """Rows of one result, each person once."""
    drawn = {person: (events, judge) for person, events, judge in draw(st.lists(cells, min_size=1, max_size=6))}
    return [by(person, events, adjudicates=judge or None) for person, (events, judge) in drawn.items()]


@given(readings(), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(rows: list[Cells], chance: Any) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)
    assert [told(one) for one in read(rows, Extraction())] == [told(one) for one in read(mixed, Extraction())]


def told(result: Any) -> Any:
    plain = replace(result, doubts=())
    return plain.state, plain.differing, plain.used, [doubt.message for doubt in result.doubts]


@given(readings())
def test_a_number_that_stands_is_one_that_somebody_wrote(rows: list[Cells]) -> None:
    rule = Extraction()
    [row] = resolved(rows, read(rows, rule), rule)
    if not row.get("blocked"):
        assert any(row["row_id"] == one["row_id"] and row["events"] == one["events"] for one in rows)
    else:
        assert len({one["events"] for one in rows}) > 1 or any(one["adjudicates"] for one in rows)


@given(st.integers(1, 49), st.integers(1, 49), st.integers(1, 49))
def test_an_adjudication_restores_exactly_its_number(first: int, second: int, third: int) -> None:
    rows = [by("anna", first), by("ben", second), by("cara", third, adjudicates=True)]
    rule = Extraction()
    [row] = resolved(rows, read(rows, rule), rule)
    if first != second:
        assert (row["events"], row.get("blocked")) == (third, None)


def test_what_only_the_team_recorded_passes_untouched() -> None:
    rows = list(OTHERS)
    assert resolved(rows, read(rows, Extraction()), Extraction()) == rows
