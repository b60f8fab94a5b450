"""What a reader sees of studies, reports and rows: each number with the way back to its report and locator."""

from __future__ import annotations

from evidence_rows import (
    count,
    ledger,
    outcome,
    real_manifest,
    real_result,
    real_tables,
    report,
    result,
    row,
    scope,
    study,
)
from livereview.analysis import analysed
from livereview.cards import citation, ongoing_cards, other_reports, study_cards
from livereview.plugins import installed
from livereview.selection import scope_of


def test_a_source_row_says_where_a_number_stands() -> None:
    paper = report("a-paper", "a", journal="Lancet", year=2021, pmid="123", doi="10.1/x")
    (one,) = result(ledger(paper, count("a", 3, 10, timepoint_months=3.0, note="after cycle 2"))).studies
    (source,) = one.rows
    assert (source.citation, source.doi, source.locator) == ("Lancet 2021, PMID 123", "10.1/x", "Table 1")
    assert (source.outcome, source.timepoint_months, source.population, source.arm) == ("cr", 3, "ITT", "drug")
    assert (source.status, source.note, source.origin) == ("verified", "after cycle 2", "sheets/results.csv, row 2")


def test_a_citation_uses_what_is_known() -> None:
    assert citation(report("x", journal="Lancet", year=2021)) == "Lancet 2021"
    assert citation(report("x", year=2021)) == "2021"
    assert citation(report("x", pmid="9")) == "x, PMID 9"
    assert citation(report("x")) == "x"


def test_a_study_lists_its_reports_by_date_and_which_of_them_gave_a_number() -> None:
    reports = [
        report("undated", "a"), report("new", "a", published_on="2022-01", status="corrected"),
        report("old", "a", published_on="2020", url="https://example.org"), report("other", "b"),
    ]  # fmt: skip
    tables = ledger(
        reports, count("a", 3, 10, report_id="new"), count("b", 3, 10, report_id="other", status="unverified")
    )
    admitted = scope(tables)
    found = analysed(admitted, outcome(), installed())
    (card,) = study_cards(admitted, [], [found])
    assert (card.study_id, card.outcomes) == ("a", ("cr",))
    assert [(one.report_id, one.used, one.status, one.published_on) for one in card.reports] == [
        ("old", False, "active", "2020"), ("new", True, "corrected", "2022-01"), ("undated", False, "active", None),
    ]  # fmt: skip
    assert other_reports(admitted, [found]) == ()


def test_a_report_of_nobody_or_of_a_study_outside_the_review_is_still_listed_where_it_gave_a_number() -> None:
    tables = ledger(
        report("review", None, kind="review"), report("elsewhere", "b"), study("b"),
        count("a", 3, 10, report_id="review"), count("c", 4, 10, report_id="elsewhere"),
    )  # fmt: skip
    admitted = scope(tables)
    found = analysed(admitted, outcome(), installed())
    assert [card.report_id for card in other_reports(admitted, [found])] == ["elsewhere", "review"]


def test_the_reports_of_a_study_that_enters_only_a_sensitivity_analysis_are_listed_as_not_used() -> None:
    tables = ledger(
        report("main", "a"), report("recalled", "b"), report("nobody", "c"), study("c"),
        count("a", 3, 10, report_id="main"), count("b", 4, 10, report_id="recalled", status="unverified"),
    )  # fmt: skip
    admitted = scope(tables)
    statuses = ("verified", "unverified")
    found = analysed(admitted, outcome(sensitivity=[{"title": "With recalled", "statuses": statuses}]), installed())
    assert [study_id for item in found.sensitivity for study_id in item.studies] == ["a", "b"]
    assert [(card.report_id, card.used) for card in other_reports(admitted, [found])] == [("recalled", False)]


def test_appraisals_stand_in_the_order_of_the_sheet() -> None:
    items = [(2, "Selection"), (9, "Comparability"), (10, "Assessment"), (11, "Blinding")]
    rows = [row("appraisals", number, study_id="a", instrument="NOS", item=item, score="1") for number, item in items]
    tables = ledger(count("a", 3, 10), sorted(rows, key=lambda one: str(one["item"])))
    admitted = scope(tables)
    (card,) = study_cards(admitted, tables["appraisals"], [analysed(admitted, outcome(), installed())])
    assert [item for item, _ in card.appraisals["NOS"]] == [item for _, item in items]


def test_further_characteristics_follow_the_columns_of_the_studies_table() -> None:
    tables = ledger(
        study("a", phase="2", note="n"), count("a", 3, 10),
        row("characteristics", study_id="a", characteristic="mean-blasts", value="40"),
    )  # fmt: skip
    admitted = scope(tables)
    (card,) = study_cards(admitted, [], [analysed(admitted, outcome(), installed())])
    assert list(card.characteristics)[-1] == "mean-blasts"
    assert (card.characteristics["phase"], card.characteristics["mean-blasts"]) == ("2", "40")
    assert not {"study_id", "label", "withdrawn", "withdrawn_reason"} & set(card.characteristics)


def test_registered_trials_come_by_number_with_empty_cells_as_empty_text() -> None:
    rows = [row("ongoing", registry_id=name, source="search") for name in ("NCT2", "NCT1")]
    assert [(one.registry_id, one.phase, one.target_enrollment) for one in ongoing_cards(rows, scope(ledger()))] == [
        ("NCT1", "", None), ("NCT2", "", None),
    ]  # fmt: skip


def test_every_report_that_gave_a_number_of_a_real_review_is_listed_somewhere() -> None:
    manifest = real_manifest("blina_rr")
    admitted = scope_of(real_tables(), manifest.eligibility)
    results = [real_result("blina_rr", one.id) for one in manifest.outcomes]
    cards = study_cards(admitted, real_tables()["appraisals"], results)
    listed = {one.report_id for card in cards for one in card.reports if one.used}
    listed |= {one.report_id for one in other_reports(admitted, results)}
    assert listed == {r.report_id for found in results for one in found.studies for r in one.rows}
