"""Rows that a review can see, and what was added, corrected or withdrawn between two states of them."""

from __future__ import annotations

from datetime import UTC, datetime

from evidence_rows import Row, Tables, count, ledger, report, row, scope, study
from livereview.changes import evidence_hash, recorded_through, report_changes, row_changes, seen
from livereview.manifest.models import Question, Review

FRONTLINE = {"filters": [{"field": "setting", "in": ["frontline"], "reason": "not first-line"}]}


def base() -> Tables:
    return ledger(
        study("a", setting="frontline"), study("b", setting="relapsed"), count("a", 3, 10), count("b", 3, 10),
        report("quote", None, kind="review"), count("a", 3, 10, report_id="quote"), report("unread", None),
        row("ongoing", registry_id="NCT1", source="search"),
    )  # fmt: skip


def visible(tables: Tables, ongoing: bool = False) -> Tables:
    question = Question(population="P", intervention="I")
    review = Review(id="r", title="R", question=question, ongoing=ongoing)
    return {name: list(rows) for name, rows in seen(tables, scope(tables, **FRONTLINE), review).items()}


def test_a_review_sees_the_searches_made_for_it_their_records_and_its_own_decisions() -> None:
    def search(name: str, review: str | None) -> Row:
        day = "2026-03-01"
        return row("searches", search_id=name, review=review, source="PubMed", kind="database", searched_on=day)

    def decision(record: str, review: str) -> Row:
        return row("decisions", record_id=record, review=review, stage="full-text", person="Ada", decision="include")

    tables = ledger(
        search("ours", "r"), search("everybody's", None), search("theirs", "other"),
        *(row("records", record_id=name, search_id=name, title=name) for name in ("ours", "everybody's", "theirs")),
        decision("everybody's", "r"), decision("everybody's", "other"),
    )  # fmt: skip
    found = visible(tables)
    assert [one["search_id"] for one in found["searches"]] == ["ours", "everybody's"]
    assert [one["record_id"] for one in found["records"]] == ["ours", "everybody's"]
    assert [one["review"] for one in found["decisions"]] == ["r"]


def test_a_record_that_another_review_found_is_seen_once_the_review_has_decided_on_it() -> None:
    theirs = row("searches", search_id="t", review="other", source="S", kind="database", searched_on="2026-03-01")
    records = [row("records", record_id=name, search_id="t", title=name) for name in ("a", "b")]
    said = row("decisions", record_id="a", review="r", stage="full-text", person="Ada", decision="include")
    found = visible(ledger(theirs, records, said))
    assert found["searches"] == []
    assert [one["record_id"] for one in found["records"]] == ["a"]


def test_a_review_sees_its_studies_their_results_and_the_reports_they_were_read_in() -> None:
    found = visible(base())
    assert [one["study_id"] for one in found["studies"]] == ["a"]
    assert [one["study_id"] for one in found["results"]] == ["a", "a"]
    assert {one["report_id"] for one in found["reports"]} == {"a-paper", "quote"}
    assert found["ongoing"] == []
    assert len(visible(base(), ongoing=True)["ongoing"]) == 1


def test_the_hash_depends_on_the_rows_seen_and_not_on_their_order() -> None:
    tables = base()
    turned = {name: rows[::-1] for name, rows in tables.items()}
    assert evidence_hash(visible(tables)) == evidence_hash(visible(turned))
    more = {**tables, "results": [*tables["results"], count("b", 9, 10, outcome="os")]}
    assert evidence_hash(visible(more)) == evidence_hash(visible(tables))
    more = {**tables, "results": [*tables["results"], count("a", 9, 10, outcome="os")]}
    assert evidence_hash(visible(more)) != evidence_hash(visible(tables))


def test_recorded_through_is_the_newest_row() -> None:
    first, last = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    rows = {"studies": [{"recorded_at": first}, {"recorded_at": last}], "results": [{"recorded_at": first}]}
    assert recorded_through(rows) == last
    assert recorded_through({"studies": []}) is None


def test_a_correction_names_the_cells_that_differ() -> None:
    before, after = base(), base()
    after["results"][0] = count("a", 4, 10, note="erratum")
    (change,) = row_changes(visible(before), visible(after))
    assert (change.change, change.table, change.study_id, change.study_label) == ("corrected", "results", "a", "A")
    assert change.what == "cr, ITT, drug: 4/10 [a-paper, Table 1]"
    assert (change.before, change.after) == ("events 3; note empty", "events 4; note erratum")


def test_rows_come_and_go() -> None:
    before, after = base(), base()
    gone = after["results"].pop(0)
    after["results"].append(count("a", 5, 10, outcome="os"))
    found = [(change.change, change.what) for change in row_changes(visible(before), visible(after))]
    assert found == [
        ("withdrawn", "cr, ITT, drug: 3/10 [a-paper, Table 1]"),
        ("added", "os, ITT, drug: 5/10 [a-paper, Table 1]"),
    ]
    assert gone["outcome"] == "cr"


def test_every_table_has_words_for_its_rows() -> None:
    added = {
        "studies": study("c", setting="frontline"),
        "reports": report("new", "a", journal="Lancet", year=2024),
        "appraisals": row("appraisals", study_id="a", instrument="RoB 2", item="Overall", score="low"),
        "characteristics": row("characteristics", study_id="a", characteristic="mean-blasts", value="40"),
        "ongoing": row("ongoing", registry_id="NCT2", source="search"),
    }
    after = base()
    for name, one in added.items():
        after[name].append(one)
    found = {change.table: change.what for change in row_changes(visible(base(), True), visible(after, True))}
    assert found == {
        "studies": "study c",
        "reports": "report new: Lancet 2024",
        "appraisals": "RoB 2, Overall: low",
        "characteristics": "mean-blasts: 40",
        "ongoing": "registered trial NCT2",
    }


def test_equal_states_have_no_changes_in_any_order() -> None:
    turned = {name: rows[::-1] for name, rows in base().items()}
    assert row_changes(visible(base()), visible(turned)) == ()


# --- withdrawals and reports --------------------------------------------------------------------------------------


def test_a_withdrawn_row_has_its_reason_and_one_that_is_only_out_of_sight_says_so() -> None:
    gone = {**count("b", 3, 10), "withdrawn": True, "withdrawn_reason": "first cycle only"}
    before, after = ledger(count("a", 3, 10), count("b", 3, 10)), ledger(count("a", 3, 10))
    withdrawals = {name: [] for name in before} | {"results": [gone]}
    found = {(change.table, change.what.split(" ")[0]): change for change in row_changes(before, after, withdrawals)}
    assert found["results", "cr,"].reason == "first cycle only"
    assert found["studies", "study"].reason == (
        "still in the evidence, but not of a study or report that the review admits"
    )
    assert all(change.reason == "" for change in row_changes(before, after))


def test_a_status_of_a_report_that_changed_is_told_with_its_numbers() -> None:
    before = ledger(count("a", 3, 10), count("a", 5, 10, outcome="os"), count("b", 1, 9))
    after = ledger(
        report("a-paper", "a", status="corrected", status_on="2026-10", note="Table 2"),
        count("a", 4, 10), count("b", 1, 9),
    )  # fmt: skip
    (change,) = report_changes(before, after)
    assert (change.report_id, change.study_label, change.before, change.after) == (
        "a-paper",
        "A",
        "active",
        "corrected",
    )
    assert (change.since, change.reason) == ("2026-10", "Table 2")
    corrected, withdrawn_number = change.numbers
    assert corrected.startswith("cr, ITT, drug: 3/10")
    assert "became cr, ITT, drug: 4/10" in corrected
    assert withdrawn_number.startswith("withdrawn: os, ITT, drug: 5/10")
    assert report_changes(before, before) == ()


def test_a_new_report_is_no_change_of_status_unless_it_comes_retracted() -> None:
    before = ledger(count("a", 3, 10))
    for status, told in (("corrected", 0), (None, 0), ("retracted", 1)):
        after = ledger(count("a", 3, 10), report("other", "a", status=status))
        assert len(report_changes(before, after)) == told
