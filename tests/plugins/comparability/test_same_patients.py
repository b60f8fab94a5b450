"""Two studies that may hold the same people."""

from __future__ import annotations

from typing import Any

import pytest

import audit_requests as ar
import evidence_rows as ev
from livereview import AuditFinding
from livereview_comparability import SAME_PATIENTS
from livereview_comparability.patients import findings


def found(*rows: ev.Cells, eligibility: dict[str, Any] | None = None, pooled: bool = True) -> list[AuditFinding]:
    outcomes = ({},) if pooled else ()
    return list(findings(ar.request(ev.ledger(*rows), *outcomes, eligibility=eligibility), SAME_PATIENTS.options()))


def two(first: dict[str, Any], second: dict[str, Any]) -> list[ev.Cells]:
    """Studies a and b, each with a count of its own."""
    return [ev.study("a", **first), ev.study("b", **second), ev.count("a", 5, 12), ev.count("b", 8, 14)]


def test_one_registry_number_in_two_studies_of_one_outcome_is_a_warning() -> None:
    [finding] = found(*two({"registry_id": "NCT02101853"}, {"registry_id": "EudraCT 2010-1; nct02101853"}))
    assert (finding.code, finding.severity) == ("same-patients", "warning")
    assert "both are registered as NCT02101853" in finding.message
    assert "cr pools both" in finding.message


def test_where_no_outcome_pools_both_it_is_a_note() -> None:
    [finding] = found(*two({"registry_id": "NCT02101853"}, {"registry_id": "NCT02101853"}), pooled=False)
    assert finding.severity == "note"


@pytest.mark.parametrize("key", ["overlaps", "distinct"])
def test_a_pair_that_the_manifest_names_is_settled(key: str) -> None:
    rows = two({"registry_id": "NCT02101853"}, {"registry_id": "NCT02101853"})
    assert found(*rows, eligibility={key: [{"studies": ["b", "a"], "reason": "known"}]}) == []


def test_a_note_that_names_the_other_study_is_quoted() -> None:
    by_id = two({"note": "mean age 10; may overlap b (same hospital)"}, {})
    assert 'the note of a says "may overlap b (same hospital)"' in found(*by_id)[0].message
    label = {"label": "Schlegel 2014", "year": 2014}
    by_label = two({"note": "same centre as Schlegel 2014, so nine may be counted twice"}, label)
    assert "same centre as Schlegel 2014" in found(*by_label)[0].message


def test_a_note_on_another_paper_of_an_author_names_nobody() -> None:
    assert found(*two({"note": "cited by Schlegel 2019"}, {"label": "Schlegel 2014", "year": 2014})) == []


PLACE = {
    "country": "USA",
    "setting": "frontline",
    "regimen": "plus-tki",
    "ph_status": "positive",
    "population": "adult",
}


def test_one_first_author_place_period_and_treatment_are_one_programme() -> None:
    first, second = ({**PLACE, "label": f"Jabbour {year}", "year": year} for year in (2021, 2023))
    assert "both are by Jabbour, in USA, with plus-tki" in found(*two(first, second))[0].message


@pytest.mark.parametrize(
    "other",
    [{"year": 2012, "label": "Jabbour 2012"}, {"country": "Italy"}, {"regimen": "monotherapy"}, {"label": "Foa 2023"}],
)
def test_an_author_at_another_time_or_place_with_another_treatment_is_not(other: dict[str, Any]) -> None:
    one = {**PLACE, "label": "Jabbour 2021", "year": 2021}
    assert found(*two(one, {**one, "label": "Jabbour 2023", "year": 2023, **other})) == []


def test_one_size_in_one_place_and_time_is_told() -> None:
    one = {**PLACE, "n_total": 80}
    rows = two({**one, "label": "One 2021", "year": 2021}, {**one, "label": "Two 2022", "year": 2022})
    assert "both have 80 patients" in found(*rows)[0].message


def test_numbers_of_two_studies_read_in_one_report_link_them_unless_it_is_a_review() -> None:
    for kind, told in (("primary", 1), ("review", 0), ("regulatory", 0)):
        counts = [ev.count("a", 5, 12, report_id="both"), ev.count("b", 8, 14, report_id="both")]
        links = found(ev.report("both", kind=kind), *counts)
        assert [one.severity for one in links] == ["note"] * told


def test_a_report_of_many_studies_links_none_of_them() -> None:
    counts = [ev.count(name, 5 + i, 12, report_id="all") for i, name in enumerate("abc")]
    assert found(ev.report("all"), *counts) == []


def test_the_real_reviews_name_the_pairs_that_people_must_judge() -> None:
    rr = list(findings(ar.real_request("blina_rr"), SAME_PATIENTS.options()))
    told = {frozenset({one.place.study_id, one.also[0].study_id}) for one in rr}
    pairs = [{"brown-2021", "hogan-2023"}, {"horai-expansion-2022", "horibe-2020"}]
    declared = ar.real_request("blina_rr").eligibility["distinct"]
    wanted = {frozenset(pair) for pair in pairs if not any(pair <= set(item["studies"]) for item in declared)}
    assert told == wanted
    combined = list(findings(ar.real_request("blina_combination"), SAME_PATIENTS.options()))
    assert "both are registered as NCT01371630" in combined[0].message
