"""Registered trials: which a review admits, which have still to report an outcome, and what is told of the others."""

from __future__ import annotations

from typing import Any

import pytest

from evidence_rows import (
    Cells,
    count,
    ledger,
    outcome,
    plugins_with,
    real_manifest,
    real_tables,
    result,
    row,
    scope,
    study,
)
from livereview import Analysed, AnalysisRequest, FurtherAnalysis, Options
from livereview.cards import ongoing_cards
from livereview.evidence.rows import Row
from livereview.evidence.view import Evidence
from livereview.outlook import outlook
from livereview.registered import planned, remark
from livereview.selection import scope_of

FIRST_LINE = {"field": "setting", "in": ["relapse"], "reason": "first line"}
ALONE = {"field": "regimen", "not_in": ["alone"], "reason": "given alone"}


def registered(registry_id: str = "NCT1", **cells: Any) -> Cells:
    return row("ongoing", **{"registry_id": registry_id, "source": "search", **cells})


def admitted(*trials: Cells, **eligibility: Any) -> Any:
    """The scope of a store with three studies and these trials."""
    rows = [
        study("a", setting="relapse", regimen="alone; with-tki"), study("b", setting="frontline", regimen="with-tki"),
        count("a", 3, 20), count("b", 5, 20), study("c", setting="relapse", regimen="with-tki"),
    ]  # fmt: skip
    return scope(ledger(*rows, *trials), **eligibility)


def ids(found: Any, entered: tuple[str, ...] = (), **keys: Any) -> list[str]:
    return [one.registry_id for one in planned(found, outcome(**keys), entered)]


@pytest.mark.parametrize(
    ("cells", "stays"),
    [
        ({"setting": "relapse"}, True),
        ({"setting": "frontline"}, False),
        ({}, True),
        ({"setting": "first or later relapse"}, True),
        ({"setting": "relapse; frontline"}, True),
    ],
)
def test_a_filter_applies_to_what_an_entry_says_in_the_words_of_the_studies(cells: dict[str, str], stays: bool) -> None:
    assert ids(admitted(registered(**cells), filters=[FIRST_LINE])) == (["NCT1"] if stays else [])


def test_words_of_a_filter_count_as_known_though_no_study_has_them() -> None:
    unheard = {"field": "setting", "not_in": ["salvage"], "reason": "salvage"}
    assert ids(admitted(registered(setting="salvage"), filters=[unheard])) == []


def test_what_no_filter_could_test_is_told() -> None:
    found = admitted(registered(setting="relapse", regimen="Drug + something"), filters=[FIRST_LINE, ALONE])
    (trial,) = planned(found, outcome(), ())
    assert trial.untested == ("regimen: Drug + something",)
    (trial,) = planned(admitted(registered(setting="relapse", regimen="with-tki"), filters=[ALONE]), outcome(), ())
    assert trial.untested == ()


def test_filters_of_the_outcome_and_on_other_fields_are_heeded_as_far_as_they_go() -> None:
    found = admitted(registered("NCT1", setting="frontline"), registered("NCT2", setting="relapse"))
    assert ids(found, filters=[FIRST_LINE]) == ["NCT2"]
    assert ids(found, filters=[{"field": "year", "min": 2020, "reason": "old"}]) == ["NCT1", "NCT2"]


def test_a_trial_that_has_reported_is_no_longer_to_come() -> None:
    found = admitted(registered("NCT1", study_id="a"), registered("NCT2", study_id="c"), registered("NCT3"))
    assert ids(found, entered=("a",)) == ["NCT2", "NCT3"]
    assert ids(found) == ["NCT2", "NCT3"]  # its number may have been set aside: it has been heard all the same
    assert ids(found, result="os") == ["NCT1", "NCT2", "NCT3"]


def test_a_trial_whose_study_the_review_does_not_admit_is_not_waited_for() -> None:
    found = admitted(registered("NCT1", study_id="b"), filters=[FIRST_LINE])
    assert ids(found, result="os") == []
    assert [one.remark for one in ongoing_cards(found.ongoing, found)] == ["not admitted: first line"]


def test_trials_come_by_expected_date_then_number() -> None:
    dates = {"NCT4": "2027-03-31", "NCT3": None, "NCT2": "2027", "NCT1": None}
    found = admitted(*(registered(name, expected_on=day) for name, day in dates.items()))
    assert ids(found) == ["NCT2", "NCT4", "NCT1", "NCT3"]


def test_remarks_say_what_became_of_a_trial() -> None:
    found = admitted(
        registered("NCT1", study_id="a"),
        registered("NCT2", setting="frontline"),
        registered("NCT3"),
        filters=[FIRST_LINE],
    )
    assert {one["registry_id"]: remark(one, found) for one in found.ongoing} == {
        "NCT1": "has results: A", "NCT2": "not admitted: first line", "NCT3": "",
    }  # fmt: skip


def test_an_analysis_is_given_the_trials_and_what_it_needs_to_plan() -> None:
    seen: list[AnalysisRequest] = []

    def run(request: AnalysisRequest, options: Options) -> Analysed:
        seen.append(request)
        return Analysed()

    tables = ledger(
        count("a", 3, 20), count("b", 5, 20), registered("NCT1", target_enrollment=60, comparator="placebo")
    )
    look = FurtherAnalysis(name="look", title="A look", summary="Looks.", run=run)
    result(tables, plugins_with(look), measure="PLO", analyses=["look"], prediction="k-2")
    (request,) = seen
    assert [(one.registry_id, one.participants, one.comparator) for one in request.ongoing] == [("NCT1", 60, "placebo")]
    assert (request.participants, request.prediction, request.display) == ((20, 20), "k-2", "proportion")
    assert request.shown(request.studies.effect).tolist() == pytest.approx([3 / 20, 5 / 20])


def test_a_review_that_does_not_list_registered_trials_sees_none() -> None:
    listing = real_manifest("blina_combination")
    silent = listing.model_copy(update={"review": listing.review.model_copy(update={"ongoing": False})})
    evidence = Evidence.of([Row("ongoing", {"registry_id": "NCT1", "source": "search"})])
    assert [one["registry_id"] for one in outlook(listing, evidence).scope.ongoing] == ["NCT1"]
    assert outlook(silent, evidence).scope.ongoing == ()


def test_the_twenty_trials_of_the_combination_review_stay_and_say_what_was_not_tested() -> None:
    manifest = real_manifest("blina_combination")
    found = planned(scope_of(real_tables(), manifest.eligibility), manifest.outcome("cr"), ())
    assert len(found) == 20
    assert sum(one.participants or 0 for one in found) == 1485
    assert all(one.untested == (f"regimen: {one.regimen}",) for one in found)
    assert {one.expected_on for one in found} == {""}
