"""Pairs of records that are one publication, that are two, and that a person must see."""

from __future__ import annotations

import pytest
from bibliographic_records import FULL, PRINTED, compared, record

from livereview.ledger.likeness import Outcome

SAME, DOUBTFUL, DIFFERENT = Outcome.SAME, Outcome.DOUBTFUL, Outcome.DIFFERENT
TITLE = str(FULL["title"])
SHORT = TITLE.partition(":")[0]

#: One publication, as it is printed elsewhere.
ONE: dict[str, dict[str, object]] = {
    "capitals and a full stop": {"title": TITLE.upper() + "."},
    "British spelling": {"title": TITLE.replace("leukemia", "leukaemia")},
    "HTML entities and tags": {"title": TITLE.replace("acute", "<i>acute</i>").replace(":", "&#58;")},
    "a misprint": {"title": TITLE.replace("chemotherapy", "chemotheraphy")},
    "no subtitle": {"title": SHORT},
    "the end cut off": {"title": TITLE[:-9]},
    "two words joined": {"title": TITLE.replace("for advanced", "foradvanced")},
    "a remark about an erratum": {"title": TITLE + " [Erratum appears in N Engl J Med. 2017;376(12):1200]"},
    "a remark that was cut off": {"title": TITLE + " [erratum appears in N Engl J Med. 20"},
    "a mark of retraction": {"title": "RETRACTED: " + TITLE},
    "an abbreviated journal": {"journal": "N Engl J Med"},
    "a journal by its initials": {"journal": "NEJM"},
    "a journal with its society": {"journal": "N Engl J Med : official journal of the society"},
    "shortened pages": {"pages": "836-47"},
    "an en dash in pages": {"pages": "pp. 836–847"},
    "the first page only": {"pages": "836"},
    "no pages": {"pages": ""},
    "pages that a spreadsheet made a date": {"pages": "08-Mar"},
    "a volume with its supplement": {"volume": "376 (Suppl 1)"},
    "the end of a broken volume": {"volume": "9)"},
    "initials first": {"authors": "H. Kantarjian; A. Stein; N. Goekbuget"},
    "et al.": {"authors": "Kantarjian H; et al."},
    "a group for its members": {"authors": "TOWER Study Group"},
    "no authors": {"authors": ""},
    "nobody for authors": {"authors": "Anonymous"},
    "ahead of print, the year before": {"year": 2016, "volume": "", "issue": "", "pages": ""},
    "ahead of print, pages from 1": {"year": 2016, "volume": "", "issue": "", "pages": "1-12"},
    "no place of publication": {"journal": "", "volume": "", "issue": "", "pages": ""},
    "no year": {"year": None},
}  # fmt: skip


@pytest.mark.parametrize("how", ONE)
def test_one_publication_is_found_however_it_is_printed(how: str) -> None:
    assert compared(PRINTED, record("b", **ONE[how])) is SAME


#: Two publications under one title, or under one that looks like it.
TWO: dict[str, dict[str, object]] = {
    "a correction": {"title": "Correction: " + TITLE, "pages": "1200"},
    "an erratum": {"title": "Erratum to: " + TITLE},
    "a correction as Web of Science has it": {"title": TITLE + " (vol 376, pg 836, 2017)", "pages": "900"},
    "a correction by number": {"title": TITLE + " (vol 376, e0251071, 2017)", "pages": ""},
    "a correction at the end": {"title": TITLE + " - Corrigendum"},
    "a retraction": {"title": "Retraction of: " + TITLE},
    "a reply": {"title": "Reply to " + TITLE, "pages": ""},
    "the authors' reply": {"title": "Authors' reply: " + TITLE, "pages": ""},
    "a comment": {"title": "Comment on: " + TITLE, "pages": ""},
    "a letter": {"title": "Letter to the editor: " + TITLE, "pages": ""},
    "the protocol": {"title": TITLE + " - study protocol", "pages": ""},
    "another year and page": {"year": 2012, "volume": "340", "pages": "12-20", "journal": "Blood"},
    "a part of two": {"title": TITLE + ". Part 2", "pages": ""},
    "the conference abstract before it": {"journal": "Blood", "volume": "128", "pages": "S12", "year": 2016},
    "other authors elsewhere": {"authors": "Wang, Li; Zhao, Min", "journal": "Blood", "pages": "12"},
    "another title": {"title": "Inotuzumab ozogamicin versus standard therapy for acute lymphoblastic leukemia"},
}  # fmt: skip


@pytest.mark.parametrize("how", TWO)
def test_two_publications_stay_two(how: str) -> None:
    assert compared(PRINTED, record("b", **TWO[how])) is DIFFERENT


#: What only a person can tell.
ASKED: dict[str, dict[str, object]] = {
    "one letter off, and no page": {"title": TITLE.replace("advanced", "advancet"), "pages": ""},
    "another drug in the title": {"title": TITLE.replace("Blinatumomab", "Alinatumomab"), "pages": ""},
    "the end of the title, without a page": {"title": TITLE + " of three years", "pages": ""},
    "the year before, the end of a broken volume": {"year": 2016, "volume": "9)", "pages": ""},
    "the year after, without a volume": {"year": 2018, "volume": "", "issue": "", "pages": ""},
    "women in the title": {"title": TITLE + " in women", "pages": ""},
    "another page of the volume": {"pages": "900-901"},
    "another volume": {"volume": "377"},
    "the next year in the same journal": {"year": 2018, "volume": "378", "pages": ""},
    "a conference abstract by its kind": {"kind": "abstract", "pages": ""},
    "a preprint": {"journal": "medRxiv", "year": 2016, "volume": "", "issue": "", "pages": ""},
    "a preprint by its DOI": {"journal": "", "volume": "", "pages": "", "doi": "10.1101/2016.05.03.20052100"},
    "a preprint by its kind, two years before": {
        "journal": "A server", "volume": "", "issue": "", "pages": "", "year": 2015, "kind": "preprint",
    },
    "only a title": {"authors": "", "year": None, "journal": "", "volume": "", "issue": "", "pages": ""},
    "a letter and its reply on one page": {"authors": "Wang, Li; Zhao, Min"},
    "other authors in the same journal": {"authors": "Wang, Li; Zhao, Min", "pages": ""},
}  # fmt: skip


@pytest.mark.parametrize("how", ASKED)
def test_what_rules_cannot_tell_is_asked(how: str) -> None:
    assert compared(PRINTED, record("b", **ASKED[how])) is DOUBTFUL


def test_a_doi_is_one_whatever_its_capitals_and_the_address_before_it() -> None:
    bare = {"title": SHORT, "doi": "https://doi.org/10.1056/NEJMoa1609783"}
    assert compared(FULL, bare) is SAME
    assert compared(FULL, {**bare, "doi": "http://dx.doi.org/10.1056%2FNEJMoa1609783"}) is SAME


def test_a_pubmed_number_joins_what_is_printed_otherwise() -> None:
    assert compared(FULL, {"title": SHORT, "pmid": "PMID: 28249141", "year": 2016}) is SAME


def test_a_translated_title_with_the_number_and_page_of_the_original_is_it() -> None:
    german = {**FULL, "title": "Blinatumomab gegen Chemotherapie bei akuter lymphatischer Leukämie"}
    english = {**FULL, "title": "[Blinatumomab or chemotherapy in ALL]."}
    assert compared(german, english) is SAME
    without = {"doi": "", "pmid": ""}
    assert compared({**german, **without}, {**english, **without}) is DOUBTFUL


def test_two_pubmed_numbers_are_never_joined_by_rule() -> None:
    assert compared(FULL, {**FULL, "pmid": "28249142"}) is DOUBTFUL
    assert compared(FULL, {**FULL, "pmid": "28249142", "doi": ""}) is DOUBTFUL


def test_one_number_on_two_titles_is_a_mistake_that_a_person_must_see() -> None:
    other = {
        **FULL,
        "title": "Ponatinib in chronic myeloid leukemia: five years",
        "pages": "1-9",
        "authors": "Cortes J",
    }
    assert compared(FULL, {**other, "doi": ""}) is DOUBTFUL


def test_the_doi_of_a_whole_supplement_joins_none_of_its_abstracts() -> None:
    supplement = {"doi": "10.1007/s00125-018-4693-0", "journal": "Diabetologia", "volume": "61", "year": 2018}
    one = {**supplement, "title": "Empagliflozin suppresses lesions in mice", "authors": "Matsumura T", "pages": "S10"}
    other = {
        **supplement,
        "title": "Bioenergetics of angiogenic cells in damage",
        "authors": "Fantuzzi F",
        "pages": "S57",
    }
    beside = {**other, "pages": "S10"}
    assert compared(one, other) is DIFFERENT
    assert compared(one, beside) is DIFFERENT
    assert compared(one, {**other, "authors": "Matsumura T", "pages": "S10"}) is DOUBTFUL


def test_a_doi_shared_by_a_paper_and_its_correction_is_asked() -> None:
    assert compared(FULL, {**FULL, "title": "Correction: " + TITLE, "pmid": ""}) is DOUBTFUL


def test_chapters_of_one_book_are_two() -> None:
    book = {
        "journal": "Handbook of leukemia",
        "year": 2015,
        "doi": "10.1007/978-3-030-12345-6",
        "accession": "978-3-030",
    }
    one = {**book, "title": "Antibodies in lymphoblastic leukemia", "authors": "Stein A", "pages": "12-40"}
    other = {**book, "title": "Transplantation in first remission", "authors": "Ram R", "pages": "41-60"}
    assert compared(one, other) is DIFFERENT


def test_an_updated_cochrane_review_is_asked() -> None:
    review = {
        "title": "Air versus oxygen for resuscitation of infants at birth", "authors": "Tan A; Schulze A",
        "journal": "Cochrane Database Syst Rev", "pages": "Cd002273",
    }  # fmt: skip
    old = {**review, "year": 2004, "issue": "3", "doi": "10.1002/14651858.CD002273.pub2"}
    new = {**review, "year": 2005, "issue": "2", "doi": "10.1002/14651858.CD002273.pub3"}
    assert compared(old, new) is DOUBTFUL
    assert compared({**old, "doi": ""}, {**old, "pages": "CD002273"}) is SAME


@pytest.mark.parametrize("title", ["Editorial", "Correction", "Reply", "Abstracts", "[no title]", "Sore throat"])
def test_a_title_that_many_have_says_nothing_without_its_place(title: str) -> None:
    bare = {"title": title, "year": 2017, "journal": "Lancet"}
    assert compared(bare, bare) is DIFFERENT
    assert compared({**PRINTED, "title": title}, {**PRINTED, "title": title}) is SAME
    assert compared({**PRINTED, "title": title}, {**PRINTED, "title": title, "pages": "900"}) is DIFFERENT


def test_annual_reports_of_one_group_are_two() -> None:
    title = {"title": "Annual report of the national transplant registry group"}
    assert (
        compared({**PRINTED, **title}, {**PRINTED, **title, "year": 2019, "volume": "378", "pages": "12"}) is DIFFERENT
    )
    assert (
        compared({**PRINTED, **title}, {**PRINTED, **title, "year": 2018, "volume": "378", "pages": "12"}) is DIFFERENT
    )


def test_a_registry_number_makes_no_two_publications_of_a_trial_one() -> None:
    one = {**PRINTED, "registry_id": "NCT02013167"}
    other = {
        **one,
        "title": "Health-related quality of life with blinatumomab in leukemia",
        "pages": "2906",
        "year": 2018,
    }
    assert compared(one, other) is DIFFERENT


def test_entries_of_registries_are_told_by_their_own_number() -> None:
    entry = {
        "record_id": "nct:NCT02013167",
        "title": "Study of blinatumomab",
        "registry_id": "NCT02013167; 2013-000536-10",
    }
    again = {"record_id": "ictrp:7", "title": "TOWER", "kind": "registry", "registry_id": "nct02013167"}
    europe = {"record_id": "ctis:1", "title": "TOWER", "kind": "registry", "registry_id": "2013-000536-10"}
    other = {"record_id": "nct:NCT02000427", "title": "Study of blinatumomab", "registry_id": "NCT02000427"}
    assert compared(entry, again) is SAME
    assert compared(entry, europe) is DOUBTFUL
    assert compared(entry, other) is DIFFERENT
    assert compared(entry, {**PRINTED, "title": "Study of blinatumomab", "registry_id": "NCT02013167"}) is DIFFERENT
