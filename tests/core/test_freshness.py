"""How fresh a review is: searched through, integrated through, next due."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_rows import Cells, ledger, row, scope
from livereview.flow.boxes import ledger_of
from livereview.freshness import freshness_of, months_later, next_due
from livereview.living import Freshness
from livereview.manifest.models import Living

SUSPENDED: dict[str, Any] = {"status": "suspended", "reason": "no funds", "since": "2026-05-01"}


def search(name: str, source: str, on: str, through: str | None = None, kind: str = "database") -> Cells:
    return row("searches", search_id=name, source=source, kind=kind, searched_on=on, through=through)


def record(name: str, found_by: str, decision: str | None = None) -> list[Cells]:
    rows = [row("records", record_id=name, search_id=found_by, title=name)]
    said = {"record_id": name, "review": "r", "stage": "title-abstract", "person": "Ada", "decision": decision}
    return [*rows, row("decisions", **said)] if decision else rows


def fresh(*rows: Any, on: str = "2026-11-25", **living: Any) -> Freshness:
    tables = ledger(*rows)
    return freshness_of(Living.model_validate(living), ledger_of(tables, scope(tables), (), ""), on)


# --- searched through ------------------------------------------------------------------------------------------


def test_a_source_is_searched_through_its_newest_search() -> None:
    first, second = search("a", "PubMed", "2026-03-01"), search("b", "PubMed", "2026-09-03", "2026-08-31")
    [source] = fresh(second, first).sources
    assert (source.name, source.searched_on, source.through) == ("PubMed", "2026-09-03", "2026-08-31")


def test_sources_of_the_manifest_come_first_and_one_that_was_never_searched_is_said_so() -> None:
    found = fresh(
        search("a", "embase", "2026-03-01"), search("b", "CENTRAL", "2026-03-01"), sources=["PubMed", "Embase"]
    )
    assert [(source.name, source.searched_on) for source in found.sources] == [
        ("PubMed", None), ("Embase", "2026-03-01"), ("CENTRAL", "2026-03-01"),
    ]  # fmt: skip
    assert found.integrated_through is None
    assert found.not_integrated == "PubMed was never searched"


def test_without_a_search_nothing_is_integrated() -> None:
    found = fresh()
    assert (found.sources, found.integrated_through, found.not_integrated) == ((), None, "no search is recorded")


def test_a_search_dated_after_the_update_is_not_believed() -> None:
    found = fresh(search("a", "PubMed", "2026-03-01"), search("b", "PubMed", "2027-03-01"))
    assert found.sources[0].through == "2026-03-01"
    assert fresh(search("a", "PubMed", "2026-11-26")).sources[0].through == "2026-11-26"


# --- integrated through ----------------------------------------------------------------------------------------


def test_a_review_is_integrated_through_the_earliest_day_of_its_sources() -> None:
    assert (
        fresh(search("a", "PubMed", "2026-03-01"), search("b", "Embase", "2026-02-10")).integrated_through
        == "2026-02-10"
    )


def test_a_month_is_earlier_than_a_day_in_it_since_that_is_all_that_is_known() -> None:
    found = fresh(search("a", "PubMed", "2026-03"), search("b", "Embase", "2026-03-20"))
    assert found.integrated_through == "2026-03"


def test_a_search_whose_records_await_is_not_integrated_nor_is_a_later_one() -> None:
    searches = [search("a", "PubMed", "2026-03-01"), search("b", "PubMed", "2026-06-01")]
    searches.append(search("c", "PubMed", "2026-09-01"))
    found = fresh(searches, record("p", "a", "exclude"), record("q", "b"))
    assert found.integrated_through == "2026-03-01"
    assert (found.sources[0].through, found.sources[0].awaiting) == ("2026-09-01", 1)
    none = fresh(searches, record("p", "a"))
    assert none.not_integrated == "records of PubMed await a decision or extraction"


def test_of_two_searches_on_one_day_each_must_be_done_with() -> None:
    same_day = [search("a", "PubMed", "2026-03-01"), search("b", "PubMed", "2026-03-01")]
    assert fresh(same_day, record("p", "b")).integrated_through is None
    assert fresh(same_day, record("p", "b", "exclude")).integrated_through == "2026-03-01"


def test_what_is_searched_once_holds_nothing_back_and_is_never_due() -> None:
    lists = search("b", "Reference lists", "2020-01-01", kind="citation")
    found = fresh(search("a", "PubMed", "2026-11-01"), lists, every_months=3)
    assert found.integrated_through == "2026-11-01"
    assert {source.name: source.due_on for source in found.sources} == {"PubMed": "2027-02-01", "Reference lists": None}
    # Named in the manifest, it is searched again and again; a database that is not named no longer is.
    named = fresh(search("a", "PubMed", "2026-11-01"), lists, every_months=3, sources=["Reference lists"])
    assert named.integrated_through == "2020-01-01"
    assert {source.name: source.due_on for source in named.sources} == {"Reference lists": "2020-04-01", "PubMed": None}
    assert fresh(lists).not_integrated == "no database or register was searched"


# --- next due --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-11-25", 3, "2027-02-25"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-01-31", 12, "2027-01-31"),
    ],
)
def test_months_are_those_of_the_calendar(day: str, months: int, later: str) -> None:
    assert months_later(day, months) == later


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 120))
def test_a_later_day_is_in_the_month_so_many_later_and_never_on_a_later_day_of_it(day: date, months: int) -> None:
    later = date.fromisoformat(months_later(day.isoformat(), months))
    assert later.year * 12 + later.month - day.year * 12 - day.month == months
    assert later.day <= day.day
    assert later.day == day.day or (later.day < day.day and date.fromordinal(later.toordinal() + 1).day == 1)


def test_the_next_update_is_due_by_the_schedule_or_on_the_day_that_the_manifest_sets() -> None:
    def due(on: str, **living: Any) -> str | None:
        return next_due(Living.model_validate(living), on)

    assert due("2026-11-25", every_months=3) == "2027-02-25"
    assert due("2026-11-25") is None
    assert due("2026-11-25", every_months=3, due_on="2026-12-15") == "2026-12-15"
    # An update has been recorded on that day, so the schedule holds again.
    assert due("2026-12-15", every_months=3, due_on="2026-12-15") == "2027-03-15"
    assert due("2026-11-25", every_months=3, **SUSPENDED) is None


def test_a_search_is_due_as_often_as_the_manifest_says() -> None:
    found = fresh(search("a", "PubMed", "2026-11-01"), every_months=3, search_every_months=1)
    assert found.sources[0].due_on == "2026-12-01"
    assert fresh(search("a", "PubMed", "2026-11-01"), every_months=3).sources[0].due_on == "2027-02-01"
    assert fresh(search("a", "PubMed", "2026-11"), every_months=3).sources[0].due_on is None
    assert fresh(search("a", "PubMed", "2026-11-01"), every_months=3, **SUSPENDED).sources[0].due_on is None
