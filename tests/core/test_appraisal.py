"""Appraisals held to their instruments: real ones as a review printed them, and each rule on a small sheet."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_rows import Cells, real_manifest, real_tables, row
from livereview.evidence.schema import TABLES
from livereview.manifest.models import InstrumentPart, Manifest
from livereview.plugins import installed
from livereview.team.appraisal import Instruments, discrepancies, item_of, sheets, sum_of, title_of
from livereview.team.ratings import by_study, judged, standing_scores

KNOWN = Instruments(real_manifest("blina_rr"), installed())


def scores(instrument: str, rater: str | None = None, outcome: str | None = None, **items: str) -> list[Cells]:
    """The rows of one sheet of the study ``a``."""
    return [
        row("appraisals", number, study_id="a", instrument=instrument, item=item, score=score, rater=rater,
            outcome=outcome)
        for number, (item, score) in enumerate(items.items(), start=2)
    ]  # fmt: skip


def minors(**changed: str) -> list[Cells]:
    return scores("MINORS", **{**{f"Q{i}": "2" for i in range(1, 9)}, **changed})


def rob(**changed: str) -> list[Cells]:
    return scores("RoB 2", outcome="os", **{**{f"D{i}": "Low" for i in range(1, 6)}, "Overall": "Low", **changed})


def said(rows: list[Cells], known: Instruments = KNOWN) -> list[str]:
    return [
        item.message
        for sheet in sheets(rows)
        for item in discrepancies(sheet, known.find(sheet.instrument))  # type: ignore[arg-type]
    ]


# --- as a published review printed them ----------------------------------------------------------------------------


def test_the_totals_that_a_published_review_misprinted_are_found_and_no_others() -> None:
    found = [
        (item.row["study_id"], item.message)
        for sheet in sheets(real_tables()["appraisals"])
        for item in discrepancies(sheet, KNOWN.find(sheet.instrument))  # type: ignore[arg-type]
        if "add up" in item.message
    ]
    message = "total-printed is 16, its items add up to 14"
    assert sorted(found) == [("foa-2020", message), ("jabbour-2023-ponatinib", message)]


def test_stars_that_the_newcastle_ottawa_scale_does_not_have_are_found() -> None:
    nos = [row for row in real_tables()["appraisals"] if row["instrument"] == "NOS"]
    found = sorted(message for message in said(nos))
    half = [f"Q{i} of NOS is 0.5, and can be {'0, 1, 2' if i == 5 else '0, 1'}" for i in (1, 5, 6)]
    assert found == sorted([*half, *["Q7 of NOS is 2, and can be 0, 1"] * 4])


@pytest.mark.parametrize(
    ("instrument", "most", "items"), [("NOS", 9, 8), ("NOS case-control", 9, 8), ("MINORS", 24, 12)]
)
def test_the_points_of_an_instrument_are_those_of_its_authors(instrument: str, most: int, items: int) -> None:
    # Wells et al.: nine stars in eight items. Slim 2003: 12 items of 0 to 2, 24 for comparative studies, 16 for others.
    found = KNOWN.find(instrument)
    assert found is not None
    assert len(found.items) == items
    assert sum(max(map(int, item.scores)) for item in found.items) == most
    if instrument == "MINORS":
        assert sum(max(map(int, item.scores)) for item in found.items if not item.part) == 16


# --- each rule -----------------------------------------------------------------------------------------------------


def test_a_sheet_in_order_is_left_alone() -> None:
    assert said(minors(total="16")) == []
    assert said(rob()) == []


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (minors(Q3="3"), "Q3 of MINORS is 3, and can be 0, 1, 2"),
        (minors(Q13="1"), "MINORS has no such item"),
        (minors(total="15"), "total is 15, its items add up to 16"),
        (minors(total="sixteen"), "a total is a number, not sixteen"),
        (minors(Q9="1"), "3 items are missing: Q10, Q11, Q12"),
        (rob(D2="Medium"), "D2 of RoB 2 is Medium, and can be Low, Some concerns, High"),
        (rob(D2="High"), "Overall is Low, although D2 is High"),
        (rob(D2="Some concerns", D4="some concerns"), "Overall is Low, although D2, D4 are Some concerns"),
        (rob(Overall="High"), "Overall is High, more severe than every item (at worst Low)"),
    ],
)
def test_what_an_instrument_does_not_allow_is_said(rows: list[Cells], message: str) -> None:
    assert message in said(rows)


def test_a_more_severe_overall_judgement_with_a_note_is_a_judgement() -> None:
    rows = [{**one, "note": "several concerns"} if one["item"] == "Overall" else one for one in rob(Overall="High")]
    assert said(rows) == []


def test_no_information_is_outside_the_order_of_severity() -> None:
    domains = {**{f"D{i}": "Moderate" for i in range(1, 8)}, "D3": "No information"}
    assert said(scores("ROBINS-I", outcome="os", **domains, Overall="Moderate")) == []


def test_studies_of_exposures_are_judged_in_seven_domains_up_to_very_high_risk() -> None:
    domains = {f"D{i}": "Low risk of bias" for i in range(1, 8)} | {"D2": "Very high risk of bias"}
    assert said(scores("ROBINS-E", outcome="os", **domains, Overall="Very high risk of bias")) == []
    assert said(scores("ROBINS-E", outcome="os", **domains, Overall="High risk of bias")) == [
        "Overall is High risk of bias, although D2 is Very high risk of bias"
    ]
    assert said(scores("ROBINS E", outcome="os", **{**domains, "D2": "Critical"}, Overall="High risk of bias")) == [
        "D2 of ROBINS-E is Critical, and can be Low risk of bias, Some concerns, High risk of bias, "
        "Very high risk of bias",
        "Overall is High risk of bias, more severe than every item (at worst Low risk of bias)",
    ]


def test_a_tool_that_judges_results_asks_for_the_outcome() -> None:
    domains = {f"D{i}": "Low" for i in range(1, 6)}
    assert said(scores("RoB 2", **domains, Overall="Low")) == ["RoB 2 judges a result, and no outcome is named"]


#: As RevMan names the domains of its first tool for risk of bias, in its two editions.
ROB_1_2011 = (
    "Random sequence generation (selection bias)",
    "Allocation concealment (selection bias)",
    "Blinding of participants and personnel (performance bias): All outcomes",
    "Blinding of outcome assessment (detection bias): Subjective outcomes",
    "Blinding of outcome assessment (detection bias): Death",
    "Incomplete outcome data (attrition bias): All outcomes",
    "Selective reporting (reporting bias)",
    "Other bias",
)
ROB_1_2008 = (
    "Adequate sequence generation?", "Allocation concealment?", "Blinding?: All outcomes",
    "Incomplete outcome data addressed?: All outcomes", "Free of selective reporting?", "Free of other bias?",
)  # fmt: skip


@pytest.mark.parametrize("domains", [ROB_1_2011, ROB_1_2008])
@pytest.mark.parametrize("score", ["Low risk", "Unclear risk", "High risk"])
def test_cochrane_s_first_tool_is_known_as_revman_writes_it(domains: tuple[str, ...], score: str) -> None:
    assert said(scores("RoB 1", **dict.fromkeys(domains, score))) == []


def test_a_domain_of_cochrane_s_first_tool_that_is_missing_or_unknown_is_said() -> None:
    rows = scores("RoB 1", **dict.fromkeys(ROB_1_2011[:3] + ROB_1_2011[5:], "Low risk"))
    assert said(rows) == ["1 item is missing: Blinding of outcome assessment"]
    domains = dict.fromkeys(ROB_1_2011, "Low risk")
    assert said(scores("RoB 1", **domains, **{"Baseline: All outcomes": "Low risk"})) == ["RoB 1 has no such item"]
    (found,) = said(scores("RoB 1", **{**domains, "Other bias": "Some concerns"}))
    assert found == "Other bias of RoB 1 is Some concerns, and can be Low risk, Unclear risk, High risk"


def test_a_group_of_outcomes_stays_in_the_words_of_an_item() -> None:
    found = KNOWN.find("RoB 1")
    assert found is not None
    assert title_of(found, "blinding of outcome assessment: Death") == (
        "Blinding of outcome assessment (detection bias): Death"
    )
    assert (title_of(found, "other bias"), title_of(found, "none such: Death")) == ("Other bias", "")
    whole = KNOWN.find("RoB 2")
    assert whole is not None
    assert item_of(whole, "D1: Death") is None


def test_capitals_and_the_words_of_a_question_are_understood() -> None:
    found = KNOWN.find("rob 2")
    assert found is not None
    assert item_of(found, "bias due to missing outcome data") is item_of(found, "d3")
    assert said(rob(D1="low")) == []


def test_an_adjudication_has_only_the_items_in_dispute() -> None:
    rows = [{**one, "adjudicates": True} for one in scores("MINORS", rater="cara", Q1="1")]
    assert said(rows) == []


def test_an_instrument_that_nobody_defines_is_said_with_the_near_name() -> None:
    assert KNOWN.find("MINOR") is None
    assert KNOWN.unknown("MINOR").endswith('Did you mean "MINORS"?')


def test_a_manifest_defines_an_instrument_of_its_own_and_goes_before_a_plugin() -> None:
    half = InstrumentPart.model_validate(
        {"name": "NOS", "scores": ["0", "0.5", "1"], "items": [{"name": "Q1"}], "total": "total"}
    )
    manifest: Manifest = real_manifest("blina_rr").model_copy(update={"instruments": (half,)})
    own = Instruments(manifest, installed())
    assert said(scores("NOS", Q1="0.50", total="0.5"), own) == []
    assert said(scores("NOS", Q1="0.5", Q2="1"), own) == ["NOS has no such item"]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"items": [{"name": "Q1"}, {"name": "q1"}], "scores": ["0"]}, "named twice: q1"),
        ({"items": [{"name": "Q1"}]}, "no scores for Q1"),
        ({"items": [{"name": "Q1"}], "scores": ["low"], "total": "total"}, "numbers, not low"),
        ({"items": [{"name": "Q1"}], "scores": ["low"], "rule": "worst"}, "rule needs overall"),
    ],
)
def test_an_instrument_that_could_not_be_used_is_refused(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        InstrumentPart.model_validate({"name": "own", **keys})


@given(st.lists(st.sampled_from(["0", "1", "2"]), min_size=8, max_size=8))
def test_the_sum_is_that_of_the_items_whatever_their_order(points: list[str]) -> None:
    found = KNOWN.find("MINORS")
    assert found is not None
    given_scores = {f"Q{i}": score for i, score in enumerate(points, start=1)}
    backwards = dict(reversed(given_scores.items()))
    assert sum_of(found, given_scores) == sum_of(found, backwards) == sum(map(int, points))
    assert said(minors(**given_scores, total=str(sum(map(int, points))))) == []


def test_no_sum_is_made_of_an_incomplete_sheet() -> None:
    found = KNOWN.find("MINORS")
    assert found is not None
    assert sum_of(found, {"Q1": "2"}) is None


# --- several raters, several outcomes --------------------------------------------------------------------------------


def settled(*sheets_of: list[Cells]) -> dict[str, str]:
    rows = [one for sheet in sheets_of for one in sheet]
    return by_study(standing_scores(rows, judged(rows)))["a"].overall()


def test_an_item_on_which_raters_differ_stands_for_nothing_until_it_is_adjudicated() -> None:
    anna, ben = scores("MINORS", "anna", Q1="2", Q2="1"), scores("MINORS", "ben", Q1="2", Q2="2")
    assert settled(anna, ben) == {"appraisals.MINORS.Q1": "2"}
    cara = [{**one, "adjudicates": True} for one in scores("MINORS", "cara", Q2="1")]
    assert settled(anna, ben, cara) == {"appraisals.MINORS.Q1": "2", "appraisals.MINORS.Q2": "1"}


def test_an_outcome_sees_its_own_judgement_and_else_that_of_the_study() -> None:
    rows = [*scores("RoB 2", Overall="High"), *scores("RoB 2", outcome="os", Overall="Low")]
    found = by_study(rows)["a"]
    assert found.at(["os"]) == {"appraisals.RoB 2.Overall": "Low"}
    assert found.at(["cr"]) == {"appraisals.RoB 2.Overall": "High"}
    assert found.overall() == {"appraisals.RoB 2.Overall": "High"}


def test_a_judgement_of_another_outcome_is_none_of_this_one() -> None:
    found = by_study(scores("RoB 2", outcome="os", Overall="Low"))["a"]
    assert found.at(["cr"]) == {"appraisals.RoB 2.Overall": None}


def test_outcome_and_rater_are_parts_of_the_key_of_an_appraisal() -> None:
    assert {"outcome", "rater"} <= set(TABLES["appraisals"].key)
