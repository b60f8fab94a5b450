"""The page as a whole: order, traceability, what changed, studies, references, what an empty one says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sections_reading import seen

import builders
from livereview import AgreementLine, Changes, Disagreement, DoubleWork, Interval, Ongoing, OutcomeChange
from livereview_document.blocks import Numbered
from livereview_document.sections.moved import differs
from living_review import living_review


def test_the_page_goes_from_what_changed_to_provenance() -> None:
    top = [
        "What changed", "Question", "Summary of results", "Outcomes", "Included studies", "Excluded studies",
        "Ongoing trials", "References", "Methods", "Provenance",
    ]  # fmt: skip
    headings = seen().headings
    assert [name for name in headings if name in top] == top
    assert headings[0] == "New drug for relapsed or refractory disease"


def test_the_status_line_names_update_evidence_snapshot_and_size() -> None:
    assert seen().text[1:3] == [
        "Update 4 · evidence through 2026-11-18 · snapshot 3f9ac2d13f9a · 12 studies · 7 outcomes (5 with a result)",
        "Review: new-drug-rr",
    ]


def test_every_link_within_the_page_has_a_place_and_every_place_one_name() -> None:
    whole = seen()
    targets = {target[1:] for _, target in whole.links if target.startswith("#")}
    assert targets <= set(whole.places)
    assert len(whole.places) == len(set(whole.places))


def test_every_table_has_as_many_cells_in_each_row_as_it_has_heads() -> None:
    tables = seen().tables
    assert len(tables) > 30
    assert all(len({len(row) for row in rows}) == 1 for rows in tables)


def test_every_printed_study_effect_leads_to_a_report_in_the_references() -> None:
    report = living_review()
    whole = seen(report)
    numbers = {f"ref {i}" for i in range(1, 15)}
    for outcome in report.outcomes:
        for study in outcome.studies:
            for row in study.rows:
                place = f"#report-{row.report_id.replace(':', '_3a_')}"
                assert any(target == place and label in numbers for label, target in whole.links)


def test_failures_and_warnings_stand_above_everything_else() -> None:
    lines = seen().text[:8]
    assert "Failed: pooling at Early death." in lines
    assert "Warning: Source sheets: 2 rows without a publication date are treated as known." in lines


def test_the_summary_has_a_row_per_outcome_under_the_heading_of_its_group() -> None:
    whole = seen()
    assert [name for name in whole.headings if name in ("Survival", "Response", "Safety")] == [
        "Survival", "Response", "Safety",
    ]  # fmt: skip
    tables = [rows for rows in whole.tables if rows[0][-1] == "Read with"]
    assert [[row[0] for row in rows[1:]] for rows in tables] == [
        ["Overall survival"],
        ["Remission", "MRD negative"],
        ["CRS", "Neurotoxicity", "Days in hospital", "Early death"],
    ]  # fmt: skip


def test_an_outcome_without_a_result_has_no_number_in_the_summary() -> None:
    rows = {row[0]: row for rows in seen().tables if rows[0][-1] == "Read with" for row in rows[1:]}
    assert rows["Neurotoxicity"][2:] == ["0", "–", "no eligible result", "–", "–", "–", ""]
    assert rows["Early death"][4] == "no number: see the failed section"
    assert rows["Overall survival"][-1] == "1 caution"


def test_outcomes_of_different_levels_carry_their_own() -> None:
    made = [builders.outcome(3, id="a"), builders.outcome(3, id="b", level=0.9)]
    rows = next(rows for rows in seen(builders.report(made)).tables if rows[0][-1] == "Read with")
    assert rows[0][4] == "Estimate (CI)"
    assert [row[4][-6:] for row in rows[1:]] == ["95% CI", "90% CI"]


def test_the_first_update_says_that_there_is_nothing_to_compare() -> None:
    assert any("This is the first update" in line for line in seen(builders.report()).text)


def test_an_update_without_changes_says_that_nothing_changed() -> None:
    still = replace(living_review(), changes=Changes(first=False, previous="update 3 of 2026-10-02"))
    assert "Nothing changed since update 3 of 2026-10-02." in seen(still).text


def test_only_outcomes_that_changed_are_listed_and_the_others_counted() -> None:
    rows = seen().table("Outcome", "Before", "What differs")
    assert [row[0] for row in rows] == ["Overall survival"]
    assert rows[0][1] == "0.81 (0.66 to 1.02) 11 studies"
    assert rows[0][3] == (
        "added: Dubois 2004; ↓ lower estimate; narrower interval; "
        "the interval included no effect (1) before and does not now"
    )
    assert any(line.startswith("1 outcome changed, 6 unchanged") for line in seen().text)


def test_corrected_rows_show_what_they_were_and_what_they_are() -> None:
    rows = {row[0]: row for row in seen().table("Change", "Before", "After")}
    assert rows["corrected"][3:] == ["mrd, count, cycle 1", "33/103", "31/103"]
    assert rows["withdrawn"][4:] == ["0.80 (0.60 to 1.07)", ""]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, False),
        ({"after": Interval(estimate=0.8 * (1 + 1e-14), low=0.6, high=1.1)}, False),
        ({"after": Interval(estimate=0.81, low=0.6, high=1.1)}, True),
        ({"after": None}, True),
        ({"k_after": 4}, True),
        ({"studies_removed": ("x",)}, True),
        ({"definition_changed": True}, True),
        ({"certainty_before": "low"}, True),
    ],
)
def test_an_outcome_differs_by_number_studies_or_definition(change: dict[str, Any], expected: bool) -> None:
    same = Interval(estimate=0.8, low=0.6, high=1.1)
    plain = OutcomeChange(id="a", title="A", display="ratio", before=same, after=same, k_before=3, k_after=3)
    assert differs(replace(plain, **change)) is expected


def test_new_and_removed_outcomes_are_named_as_such() -> None:
    value = Interval(estimate=0.8, low=0.6, high=1.1)
    made = (
        OutcomeChange(id="os-hr", title="Overall survival", display="ratio", before=None, after=value, k_before=None,
                      k_after=12),
        OutcomeChange(id="gone", title="Gone", display="ratio", before=value, after=None, k_before=3, k_after=None),
    )  # fmt: skip
    changed = replace(living_review(), changes=replace(living_review().changes, outcomes=made))
    rows = seen(changed).table("Outcome", "Before", "What differs")
    assert [row[1:] for row in rows] == [
        ["not in the review", "0.80 (0.60 to 1.10) 12 studies", "new outcome"],
        ["0.80 (0.60 to 1.10) 3 studies", "not in the review", "no longer in the manifest"],
    ]


def test_a_long_list_of_rows_is_folded() -> None:
    assert "All 3 changed rows" in seen(fold_above=2).folded
    assert "All 3 changed rows" not in seen(fold_above=3).folded


def test_characteristics_show_the_sensible_columns_and_then_all_others() -> None:
    whole = seen()
    first = whole.table("Study", "Design", "Median follow-up (months)")
    assert first[4] == [
        "Eriksen 2005", "rct", "relapsed-refractory", "adult", "negative", "monotherapy", "188", "41.5", "–", "2005",
    ]  # fmt: skip
    assert whole.table("Registry", "Mean blasts")[0] == ["Adams 2001", "3", "France; Italy", "NCT02000000", "60%"]
    assert "Costa 2003: Two cohorts of one centre." in whole.text


def test_a_manifest_chooses_the_columns_and_a_wrong_name_is_told() -> None:
    whole = seen(characteristics=["country", "mean-blast"])
    assert whole.table("Study", "Country", "Mean blast")[0] == ["Adams 2001", "France; Italy", "–"]
    told = next(line for line in whole.text if line.startswith("No study has the characteristic mean-blast"))
    assert "Near names: mean-blasts." in told


def test_appraisals_are_a_matrix_per_instrument_and_name_who_was_not_judged() -> None:
    plain = builders.report()
    question = "Was the follow-up long enough for outcomes to occur?"
    scores = ({"Q1": "1", question: "0"}, {"Q1": "1"})
    cards = [builders.appraisal(card, scores=one) for card, one in zip(plain.studies, scores, strict=False)]
    card = builders.instrument_card(cards, title="NOS", items=(("Q1", ""), (question, "")), known=False)
    whole = seen(replace(plain, instruments=(card,)))
    assert whole.table("Item 1", "Item 2") == [["Adams 2001", "1", "0"], ["Brown 2002", "1", "–"]]
    assert f"Item 2: {question}" in whole.text
    assert "Not appraised with NOS: Costa 2003, Dubois 2004, Eriksen 2005." in whole.text
    assert any(line.startswith("Nobody defines this instrument") for line in whole.text)


def test_a_total_that_is_not_the_sum_stands_beside_the_sum_with_what_is_wrong() -> None:
    plain = builders.report()
    doubt = "total-printed is 16, its items add up to 14"
    given = {"scores": {"Q1": "2"}, "totals": (("total-printed", "16"),), "computed": 14.0, "doubts": (doubt,)}
    who = {"people": ("anna", "ben"), "dates": ("2026-11",), "places": ("Table II",)}
    card = builders.appraisal(plain.studies[0], **given, **who)
    whole = seen(replace(plain, instruments=(builders.instrument_card([card], items=(("Q1", ""),), has_total=True),)))
    headers = ("Study", "Q1", "total-printed", "Sum of the items", "Judged by", "On", "Where")
    assert whole.table(*headers) == [["Adams 2001", "2", "16", "14", "anna, ben", "2026-11", "Table II"]]
    assert f"Adams 2001: {doubt}." in whole.text


def test_double_extraction_shows_agreement_and_every_cell_that_differs() -> None:
    plain = builders.report()
    assert "Double extraction" not in seen(plain).text
    first = plain.studies[0]
    cell = Disagreement(
        table="results", study_id=first.study_id, study_label=first.label, report_id="pmid:1", outcome="os",
        what="os, ITT, drug", column="events", values=(("anna", "12"), ("ben", "21")), state="open",
        places=("a.csv, row 2", "b.csv, row 2"),
    )  # fmt: skip
    words = AgreementLine(
        table="appraisals", instrument="MINORS", column="Q1", people="anna, ben", kind="category", compared=8, agreed=7,
        kappa=0.6, kappa_low=0.2, kappa_high=1.0, method="Cohen, linear weights",
    )  # fmt: skip
    double = DoubleWork(
        rule="Nothing is pooled.", read_by_several=1, read_by_one=2, judged_by_several=8, lines=(words,),
        disagreements=(cell,), doubts=("no pair",),
    )  # fmt: skip
    whole = seen(replace(plain, double=double))
    assert whole.table("What", "People", "Compared", "Agree") == [
        ["MINORS, Q1", "anna, ben", "8", "7", "87.5%", "0.60 (0.20 to 1.00)", "Cohen, linear weights"]
    ]
    assert whole.table("Study", "What", "Cell", "Values", "State") == [
        ["Adams 2001", "os, ITT, drug [pmid:1]", "events", "12 (anna), 21 (ben)", "open", "a.csv, row 2; b.csv, row 2"]
    ]
    assert "Adjudication in doubt: no pair" in whole.text
    assert ("Double extraction", "#double") in whole.links


def test_an_item_in_dispute_is_said_to_be() -> None:
    plain = builders.report()
    card = builders.appraisal(plain.studies[0], scores={"D1": "Low"}, disputed=("Overall",), outcome="os")
    whole = seen(replace(plain, instruments=(builders.instrument_card([card]),)))
    assert whole.table("Study", "Outcome", "D1", "Overall") == [["Adams 2001", "os", "Low", "in dispute"]]


def test_excluded_unused_and_ongoing_are_listed_with_reasons() -> None:
    whole = seen()
    assert [["Study", "Reason"], ["Lambda 2018", "setting: frontline"]] in whole.tables
    assert "Eligible studies that gave no number to any outcome: 1." in whole.text
    assert whole.table("Registry", "Planned participants")[0][:4] == ["NCT02744768", "II", "New drug + dasatinib", "60"]
    assert any(line.startswith("When results are expected is not known of ") for line in whole.text)


def test_of_a_registered_trial_what_is_known_is_shown_and_why_it_is_not_admitted() -> None:
    plain = builders.report()
    trial = Ongoing(
        registry_id="NCT1", phase="", regimen="", target_enrollment=None, primary_endpoint="", source="search",
        comparator="placebo", setting="frontline", expected_on="2027-03", remark="not admitted: first line",
    )  # fmt: skip
    (row,) = seen(replace(plain, ongoing=(trial,))).table("Registry", "Results expected")
    assert row == ["NCT1", "–", "–", "placebo", "frontline", "–", "–", "2027-03", "not admitted: first line", "search"]


def test_references_are_numbered_through_and_a_retraction_is_loud() -> None:
    listed = [block for block in seen().whole.blocks if isinstance(block, Numbered)]
    assert [number for block in listed for number, _ in block.items] == list(range(1, 15))
    assert any(
        line.startswith("RETRACTED: Blood (abstract) 2018 (abstract, 2018-12).") and line.endswith("Not used.")
        for line in seen().text
    )
    assert ("PubMed 36703737", "https://pubmed.ncbi.nlm.nih.gov/36703737/") in seen().links


def test_several_addresses_with_remarks_are_several_links() -> None:
    plain = builders.report()
    url = "https://a.example/t1 ; https://b.example/t2 (opening only)"
    card = replace(plain.studies[0].reports[0], url=url, report_id="pmc:PMC7926287")
    whole = seen(replace(plain, studies=(replace(plain.studies[0], reports=(card,)), *plain.studies[1:])))
    assert ("page", "https://a.example/t1") in whole.links
    assert ("page", "https://b.example/t2") in whole.links
    assert ("PMC7926287", "https://pmc.ncbi.nlm.nih.gov/articles/PMC7926287/") in whole.links
    assert any(line.endswith("page (opening only). Used.") for line in whole.text)


def test_a_report_of_two_studies_has_one_number() -> None:
    plain = builders.report()
    shared = plain.studies[0].reports
    cards = (plain.studies[0], replace(plain.studies[1], reports=shared), *plain.studies[2:])
    whole = seen(replace(plain, studies=cards))
    assert "Also ref 1, listed with another study." in whole.text


def test_an_empty_review_is_still_a_page() -> None:
    whole = seen(builders.report([]))
    assert "The review has no outcome." in whole.text
    assert "No study gives a number to any outcome." in whole.text
    assert "No report is recorded." in whole.text
