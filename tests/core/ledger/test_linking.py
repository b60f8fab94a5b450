"""What the review knows of a record already: its report, its trials."""

from __future__ import annotations

from livereview.ledger.linking import Known, Link, linked

REPORTS = [
    {"report_id": "pmid:28249141", "study_id": "tower", "pmid": "28249141", "doi": "10.1056/nejmoa1609783"},
    {"report_id": "doi:10.1016/S1470-2045(14)71170-2", "study_id": "topp-2015"},
    {"report_id": "nct:NCT02013167", "study_id": "tower"},
    {"report_id": "asco-2016", "study_id": None, "doi": "10.1007/s00125-018-4693-0"},
]
STUDIES = [
    {"study_id": "tower", "registry_id": "NCT02013167; 2013-000536-10"},
    {"study_id": "brown-2021", "registry_id": "NCT02101853"},
    {"study_id": "hogan-2023", "registry_id": "NCT02101853"},
    {"study_id": "old", "registry_id": None},
]
ONGOING = [
    {"registry_id": "NCT03914625", "study_id": None},
    {"registry_id": "NCT02013167", "study_id": "tower"},
]


def link(**cells: object) -> Link | None:
    return linked([{"record_id": "r", "title": "A trial", **cells}], REPORTS, STUDIES, ONGOING).get("r")


def found(**cells: object) -> Link:
    one = link(**cells)
    assert one is not None
    return one


def test_a_publication_is_the_report_with_its_number_or_doi() -> None:
    assert found(pmid="28249141").report_id == "pmid:28249141"
    assert found(pmid="28249141").reports == (Known(id="pmid:28249141", why="same PMID"),)
    assert found(doi="10.1016/s1470-2045(14)71170-2").report_id == "doi:10.1016/S1470-2045(14)71170-2"
    both = found(pmid="28249141", doi="https://doi.org/10.1056/NEJMoa1609783")
    assert both.reports == (Known(id="pmid:28249141", why="same DOI and PMID"),)
    assert both.study_id == "tower"
    assert both.studies == (Known(id="tower", why="its report pmid:28249141"),)


def test_an_entry_of_a_registry_is_the_report_with_its_number() -> None:
    entry = linked([{"record_id": "nct:NCT02013167", "title": "TOWER"}], REPORTS, STUDIES, ONGOING)["nct:NCT02013167"]
    assert entry.report_id == "nct:NCT02013167"
    assert entry.study_id == "tower"
    assert entry.ongoing == (Known(id="NCT02013167", why="NCT02013167"),)


def test_a_registry_number_makes_no_publication_a_report() -> None:
    other = found(registry_id="NCT02013167")
    assert (other.report_id, other.reports) == ("", ())
    assert other.studies == (Known(id="tower", why="NCT02013167"),)


def test_of_several_studies_with_one_number_none_is_chosen() -> None:
    shared = found(registry_id="nct02101853")
    assert [study.id for study in shared.studies] == ["brown-2021", "hogan-2023"]
    assert shared.study_id == ""


def test_a_european_number_is_one_with_its_country_and_version() -> None:
    assert found(registry_id="2013-000536-10-DE").study_id == "tower"


def test_a_registered_trial_without_results_is_named() -> None:
    assert found(registry_id="ISRCTN12345678; NCT03914625").ongoing == (Known(id="NCT03914625", why="NCT03914625"),)


def test_identifiers_that_lead_to_two_reports_choose_none() -> None:
    torn = found(pmid="28249141", doi="10.1016/s1470-2045(14)71170-2")
    assert len(torn.reports) == 2
    assert torn.report_id == ""
    assert torn.uncertain == "its identifiers lead to several reports"


def test_a_report_with_another_identifier_is_named_and_not_chosen() -> None:
    other = found(pmid="28249141", doi="10.1000/other")
    assert other.report_id == ""
    assert other.uncertain == "the report has another DOI"
    assert [report.id for report in other.reports] == ["pmid:28249141"]


def test_a_doi_that_several_publications_have_chooses_no_report() -> None:
    rows = [
        {"record_id": "a", "title": "Empagliflozin suppresses lesions", "doi": "10.1007/s00125-018-4693-0"},
        {"record_id": "b", "title": "Bioenergetics of cells", "doi": "10.1007/s00125-018-4693-0"},
    ]
    links = linked(rows, REPORTS, STUDIES, ONGOING)
    assert [links[name].report_id for name in "ab"] == ["", ""]
    assert links["a"].uncertain == "several publications have this DOI"
    repeated = [rows[0], {**rows[1], "duplicate_of": "a"}]
    assert linked(repeated, REPORTS, STUDIES, ONGOING)["a"].report_id == "asco-2016"


def test_a_record_of_which_nothing_is_known_has_no_link() -> None:
    assert link(pmid="1", doi="10.1000/none", registry_id="NCT99999999") is None
    assert linked([], [], [], []) == {}
    assert linked([{"record_id": "r"}], [{"report_id": "r1"}], [{"study_id": "s"}], [{"registry_id": ""}]) == {}
