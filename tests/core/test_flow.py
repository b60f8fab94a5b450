"""The flow of records, counted by hand on small ledgers; and that the boxes of any ledger add up."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_rows import Cells, report, study
from livereview.flow.boxes import NO_REASON
from livereview.flow.fates import ELSEWHERE
from livereview.flow.rows import flow_rows
from livereview.living import Box, FlowColumn, FlowVersion
from screening_ledgers import ELIGIBLE, counted, decision, find, ledgers, path, record, search

# --- a ledger counted by hand ----------------------------------------------------------------------------------

#: Twelve records: ten of PubMed and CENTRAL, two of reference lists.
BY_HAND = (
    search("pubmed", hits=8), search("central", hits=3), search("references", "citation"),
    record("p1"), record("p2"), record("p3"), record("p4"), record("p5"), record("p6"), record("p7"), record("p8"),
    record("c1", "central", duplicate_of="p1"), record("c2", "central"), record("x1", "references"),
    record("x2", "references", report_id="brown-paper"),
    decision("p8", "before-screening", "exclude", reason="flagged as animal study"),
    path("p1", "exclude", reason="no trial"), path("p2", "exclude", reason="no trial"),
    path("p3", "include", "exclude", reason="no full text found"),
    path("p4", "include", "include", "exclude", reason="no control"),
    path("p5", "include", "include", "include"), path("p6", "include", "include"),
    path("c2", "include"), decision("x2", "full-text", "include"),
    study("brown"), report("brown-paper", "brown"), study("adams"), report("adams-paper", "adams"),
)  # fmt: skip


def test_a_record_that_a_second_source_found_is_identified_twice_and_a_duplicate_once() -> None:
    found = counted(search("pubmed"), search("central"), record("p1"), record("p2"), find("p1", "central"))
    databases = found.version.databases
    assert databases is not None
    assert databases.identified == Box(number=3, parts=(("Pubmed", 2), ("Central", 1)))
    assert (databases.duplicates, databases.awaiting_screening) == (1, 2)


def test_a_record_that_a_second_search_of_its_source_found_is_identified_once() -> None:
    later = search("pubmed-2", searched_on="2026-04-01", source="Pubmed")
    databases = counted(search("pubmed"), later, record("p1"), find("p1", "pubmed-2")).version.databases
    assert databases is not None
    assert (databases.identified.number, databases.duplicates) == (1, 0)


def test_a_record_that_another_review_found_first_counts_for_the_search_of_this_one_that_found_it() -> None:
    databases = counted(search("central"), record("p1", "theirs"), find("p1", "central")).version.databases
    assert databases is not None
    assert databases.identified == Box(number=1, parts=(("Central", 1),))
    assert (databases.duplicates, databases.awaiting_screening) == (0, 1)


def test_a_ledger_counted_by_hand() -> None:
    found = counted(*BY_HAND, pooled=["brown"])
    databases, others = found.version.databases, found.version.others
    # p7 has no decision; p1, p2 excluded; p3, p4, p5, p6, c2 go on; p8 and c1 were removed before.
    assert databases == FlowColumn(
        identified=Box(number=10, parts=(("Pubmed", 8), ("Central", 2))),
        duplicates=1,
        removed=Box(number=1, parts=(("flagged as animal study", 1),)),
        awaiting_screening=1,
        unscreened=0,
        screened=7,
        excluded=Box(number=2, parts=(("no trial", 2),)),
        sought=5,
        not_retrieved=Box(number=1, parts=(("no full text found", 1),)),
        awaiting_retrieval=1,
        awaiting_assessment=1,
        assessed=2,
        excluded_full_text=Box(number=1, parts=(("no control", 1),)),
        included=1,
        awaiting_extraction=1,
        not_admitted=Box(number=0),
        same_report=0,
        reports=0,
    )
    assert others is not None
    assert (others.identified.number, others.awaiting_screening, others.unscreened, others.sought) == (2, 1, 1, 1)
    assert (others.assessed, others.included, others.reports) == (1, 1, 1)
    assert found.version.studies == ("adams", "brown")
    assert found.version.pooled == ("brown",)
    assert found.version.reports == ("adams-paper", "brown-paper")
    assert found.version.reports_without_record == 1
    assert found.doubts == ()


def test_without_a_search_nothing_is_said_of_records_and_studies_are_still_counted() -> None:
    found = counted(
        study("brown"), report("brown-paper", "brown"), study("costa", setting="other"),
        filters=[{"field": "setting", "not_in": ["other"], "reason": "another disease", "missing": "include"}],
    )  # fmt: skip
    assert found.version.databases is None
    assert found.version.others is None
    assert found.version.reports_without_record == 1
    assert found.version.not_eligible == Box(number=1, parts=(("another disease", 1),))


def test_a_conflict_awaits_at_its_stage() -> None:
    rows = [search("pubmed"), record("a"), record("b")]
    rows += [decision("a", "title-abstract", "include"), decision("a", "title-abstract", "exclude", "Ben")]
    rows += [*path("b", "include", "include", "include"), decision("b", "full-text", "exclude", "Ben", reason="x")]
    found = counted(rows)
    column = found.version.databases
    assert column is not None
    assert (column.awaiting_screening, column.awaiting_assessment, column.assessed) == (1, 1, 0)
    assert len(found.conflicts) == 2


def test_an_exclusion_without_a_reason_is_counted_as_such() -> None:
    column = counted(search("pubmed"), record("a"), path("a", "exclude")).version.databases
    assert column is not None
    assert column.excluded == Box(number=1, parts=((NO_REASON, 1),))


def test_what_the_manifest_does_not_admit_is_told_with_its_reason() -> None:
    eligibility = {"exclude": [{"study": "brown", "reason": "wrong disease"}]}
    rows = [search("pubmed"), record("a", report_id="brown-paper"), record("b", report_id="overview")]
    rows += [*path("a", "include", "include", "include"), *path("b", "include", "include", "include")]
    rows += [study("brown"), report("brown-paper", "brown"), report("overview", None, kind="review")]
    column = counted(rows, **eligibility).version.databases
    assert column is not None
    assert column.not_admitted == Box(number=2, parts=(("its report is of no single study", 1), ("wrong disease", 1)))
    assert column.included == 2


def test_two_records_of_one_report_count_it_once_and_are_named() -> None:
    rows = [search("pubmed"), study("brown"), report("brown-paper", "brown")]
    for name in ("a", "b"):
        rows += [record(name, report_id="brown-paper"), *path(name, "include", "include", "include")]
    found = counted(rows)
    column = found.version.databases
    assert column is not None
    assert (column.included, column.reports, column.same_report) == (2, 1, 1)
    assert found.version.reports_without_record == 0
    assert found.doubts == ("record b: became brown-paper, as an earlier record did; is it a duplicate?",)


def test_an_excluded_record_whose_report_is_used_is_named() -> None:
    rows = [search("pubmed"), study("brown"), report("brown-paper", "brown"), record("a", report_id="brown-paper")]
    found = counted(rows, path("a", "exclude"))
    assert found.doubts == ("record a: excluded, yet brown-paper, which it became, is used.",)
    assert found.version.reports_without_record == 1


def test_a_decision_of_a_later_stage_after_an_exclusion_is_named_and_the_exclusion_counts() -> None:
    found = counted(search("pubmed"), record("a"), path("a", "exclude", "include", "include"))
    assert found.version.databases is not None
    assert found.version.databases.excluded.number == 1
    assert "excluded on title and abstract, yet there is a decision of a later stage" in found.doubts[0]


def test_duplicates_in_a_circle_await_and_are_named_once() -> None:
    circle = [record("a", duplicate_of="b"), record("b", duplicate_of="a"), record("c", duplicate_of="b")]
    found = counted(search("pubmed"), circle)
    assert found.version.databases is not None
    assert (found.version.databases.awaiting_screening, found.version.databases.duplicates) == (2, 1)
    assert found.doubts == ("records a, b: each is named a duplicate of another of them.",)


def test_a_duplicate_of_what_the_review_does_not_see_is_counted_itself_and_named() -> None:
    found = counted(search("pubmed"), record("a", duplicate_of="far"))
    assert found.version.databases is not None
    assert found.version.databases.awaiting_screening == 1
    assert "repeats far" in found.doubts[0]


def test_a_record_that_another_review_found_counts_among_other_methods() -> None:
    found = counted(record("a", "theirs"), path("a", "exclude"))
    assert found.version.others is not None
    assert found.version.others.identified == Box(number=1, parts=((ELSEWHERE, 1),))


def test_fewer_hits_than_records_cannot_be_and_unlisted_hits_of_the_first_search_are_told() -> None:
    records = [record("a"), record("b")]
    assert "returned 1 record, and 2 are listed" in counted(search("pubmed", hits=1), records).doubts[0]
    assert "returned 9 records, and 2 are listed" in counted(search("pubmed", hits=9), records).doubts[0]
    later = search("update", hits=9, searched_on="2026-06-01")
    assert counted(search("pubmed", hits=2), later, records).doubts == ()


# --- any ledger ------------------------------------------------------------------------------------------------


@settings(max_examples=300)
@given(ledgers())
def test_the_boxes_of_any_ledger_add_up(rows: list[Cells]) -> None:
    found = counted(rows, **ELIGIBLE)
    version = found.version
    assert version.databases is not None
    assert version.others is not None
    for column in (version.databases, version.others):
        _adds_up(column)
    finders: dict[str, set[str]] = {}
    for one in rows:
        if set(one) >= {"record_id", "search_id"}:
            finders.setdefault(one["record_id"], set()).add(one["search_id"])
    records = sum(max(1, len(found_by - {"theirs"})) for found_by in finders.values())
    assert version.databases.identified.number + version.others.identified.number == records == len(found.fates)
    reached = version.databases.reports + version.others.reports
    assert reached + version.reports_without_record == len(version.reports)


def _adds_up(c: FlowColumn) -> None:
    before = c.duplicates + c.removed.number + c.awaiting_screening
    assert c.identified.number == before + c.unscreened + c.screened
    assert c.sought == c.unscreened + c.screened - c.excluded.number
    assert c.sought == c.awaiting_retrieval + c.not_retrieved.number + c.awaiting_assessment + c.assessed
    assert c.assessed == c.excluded_full_text.number + c.included
    assert c.included == c.awaiting_extraction + c.not_admitted.number + c.same_report + c.reports
    for box in (c.identified, c.removed, c.excluded, c.not_retrieved, c.excluded_full_text, c.not_admitted):
        assert sum(number for _, number in box.parts) == box.number


@given(ledgers(), st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows: list[Cells], random: Any) -> None:
    turned = list(rows)
    random.shuffle(turned)
    assert counted(rows, **ELIGIBLE) == counted(turned, **ELIGIBLE)


# --- versions side by side -------------------------------------------------------------------------------------


def test_a_row_tells_what_came_and_what_went() -> None:
    before = counted(study("a"), study("b")).version
    after = counted(study("b"), study("c"), study("d"), search("pubmed"), record("p")).version
    rows = {(row.column, row.name): row for row in flow_rows(before, before, after)}
    studies = rows["The review", "Studies included"]
    assert (studies.base, studies.previous, studies.this, studies.added, studies.removed) == (2, 2, 3, 2, 1)
    records = rows["Databases and registers", "Records identified"]
    assert (records.previous, records.this, records.added) == (None, 1, None)
    assert ("Other methods", "Records identified") not in rows


def test_a_part_that_only_an_earlier_version_had_stays_listed() -> None:
    before = counted(search("pubmed"), record("a"), path("a", "exclude", reason="old")).version
    after = counted(search("pubmed"), record("a"), path("a", "exclude", reason="new")).version
    parts = {row.name: row for row in flow_rows(before, before, after) if row.part}
    assert (parts["old"].this, parts["old"].removed) == (0, 1)
    assert (parts["new"].previous, parts["new"].added) == (0, 1)


def test_a_first_version_compares_with_nothing() -> None:
    version: FlowVersion = counted(study("a")).version
    assert all(row.added is None and row.previous is None for row in flow_rows(None, None, version))
