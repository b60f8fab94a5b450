"""Records matched: who stands for whom, what people said, what the store holds, and what is asked."""

from __future__ import annotations

import pytest
from bibliographic_records import FULL, PRINTED, pair, record

from livereview.ledger.blocks import pairs
from livereview.ledger.matching import Matches, matched, undecided_pairs

TITLE = str(FULL["title"])


def asked(found: Matches) -> list[tuple[str, str]]:
    return [(doubt.record_id, doubt.other_id) for doubt in found.doubtful]


def test_the_most_complete_record_stands_for_the_others() -> None:
    rows = [record("a", {"title": TITLE, "doi": FULL["doi"]}), record("b", FULL), record("c")]
    found = matched(rows)
    assert found.duplicate_of == {"a": "b", "c": "b"}
    assert found.why == {
        "a": "same DOI and title",
        "c": "same title, authors, year, journal, volume and pages",
    }
    assert found.doubtful == ()


def test_of_equally_complete_records_the_first_by_id_stands_for_the_others() -> None:
    assert matched([record("b"), record("a"), record("c")]).duplicate_of == {"b": "a", "c": "a"}


def test_a_known_record_stands_for_a_new_one_however_little_it_says() -> None:
    found = matched([record("new", FULL)], [record("old", {"title": TITLE, "doi": FULL["doi"]})])
    assert found.duplicate_of == {"new": "old"}


def test_a_new_record_like_a_known_repeat_repeats_what_that_one_repeats() -> None:
    known = [record("root", {**FULL, "title": "Another title that stands in the store"}),
             record("repeat", FULL, doi="", duplicate_of="root")]  # fmt: skip
    found = matched([record("new", PRINTED)], known)
    assert found.duplicate_of == {"new": "root"}
    assert found.why["new"] == "same title, authors, year, journal, volume and pages as repeat"


def test_a_record_whose_id_is_known_is_not_looked_at() -> None:
    again = matched([record("a", PRINTED), record("b", PRINTED)], [record("a"), record("b", duplicate_of="a")])
    assert (again.duplicate_of, again.doubtful, again.released) == ({}, (), ())


def test_two_known_records_stay_two_and_are_asked_when_a_new_one_matches_both() -> None:
    known = [record("a", FULL), record("b", FULL, pmid="")]
    found = matched([record("c", PRINTED)], known)
    assert found.duplicate_of == {"c": "a"}
    assert asked(found) == [("b", "c")]
    assert "the store has them as two" in str(found.doubtful[0])


def test_a_record_between_two_that_contradict_each_other_goes_to_the_one_it_fits_best() -> None:
    first = record("a", pages="836-847")
    other = record("b", pages="12-20", journal="")
    between = record("c", pages="", issue="")
    found = matched([first, other, between])
    assert found.duplicate_of == {"c": "a"}
    assert asked(found) == [("b", "c")]
    assert "they are on different pages" in str(found.doubtful[0])


def test_a_letter_and_its_reply_on_one_page_are_not_joined_by_a_record_without_authors() -> None:
    letter, reply, between = record("a"), record("b", authors="Wang, Li"), record("c", authors="")
    found = matched([letter, reply, between])
    assert found.duplicate_of == {"c": "a"}
    assert [str(doubt.other_id) for doubt in found.doubtful] == ["c"]
    assert "their fullest records have other authors" in str(found.doubtful[0])


def test_two_pubmed_numbers_are_not_joined_by_way_of_a_third_record() -> None:
    rows = [record("a", FULL, pmid="1"), record("b", FULL, pmid="2"), record("c", FULL, pmid="")]
    found = matched(rows)
    assert found.duplicate_of == {"c": "a"}
    assert asked(found) == [("b", "c")]
    assert found.doubtful[0].reason == "each matches others, and PubMed has them as two"


# --- what people said -------------------------------------------------------------------------------------------------


def test_two_records_that_a_person_called_different_are_two() -> None:
    rows = [record("a", FULL), record("b", FULL)]
    found = matched(rows, told={("a", "b"): "different"})
    assert (found.duplicate_of, found.doubtful) == ({}, ())


def test_two_records_that_a_person_called_the_same_are_one() -> None:
    rows = [record("a", FULL), record("b", {"title": "Nothing of the kind"})]
    found = matched(rows, told={("a", "b"): "same"})
    assert found.duplicate_of == {"b": "a"}
    assert found.why == {"b": "a person called it the same publication"}


def test_a_verdict_holds_by_way_of_others_and_what_contradicts_it_is_asked() -> None:
    rows = [record("a", FULL), record("b", FULL), record("c", FULL)]
    found = matched(rows, told={("a", "b"): "different"})
    assert list(found.duplicate_of) == ["c"]
    assert len(found.doubtful) == 1
    assert "a and b were called different" in str(found.doubtful[0])
    settled = matched(rows, told={("a", "b"): "different", ("a", "c"): "same", ("b", "c"): "different"})
    assert (settled.duplicate_of, settled.doubtful) == ({"c": "a"}, ())


def test_verdicts_that_contradict_each_other_are_asked_again() -> None:
    rows = [record("a", FULL), record("b", FULL), record("c", FULL)]
    found = matched(rows, told={("a", "b"): "same", ("b", "c"): "same", ("a", "c"): "different"})
    assert found.duplicate_of == {"b": "a"}
    assert asked(found) == [("b", "c")]
    assert "a and c were called different" in str(found.doubtful[0])


def test_a_verdict_about_a_record_that_is_not_there_changes_nothing() -> None:
    rows = [record("a", FULL), record("b", FULL)]
    assert matched(rows, told={("a", "gone"): "different", ("a", "a"): "different"}).duplicate_of == {"b": "a"}


def test_a_repeat_of_the_store_that_a_person_calls_different_is_released() -> None:
    known = [record("a", FULL), record("b", FULL, duplicate_of="a")]
    found = matched([], known, told={("a", "b"): "different"})
    assert found.released == ("b",)
    assert (found.duplicate_of, found.doubtful) == ({}, ())


def test_two_known_records_that_a_person_calls_the_same_are_one() -> None:
    known = [record("a", PRINTED), record("b", FULL), record("c", PRINTED, duplicate_of="a")]
    found = matched([], known, told={("a", "b"): "same"})
    assert found.duplicate_of == {"a": "b", "c": "b"}
    assert (
        matched([], [known[0] | {"duplicate_of": "b"}, known[1], known[2] | {"duplicate_of": "b"}]).duplicate_of == {}
    )


def test_of_two_known_records_the_one_that_became_a_report_stands_for_the_other() -> None:
    known = [record("a", FULL), record("b", PRINTED, report_id="pmid:28249141")]
    assert matched([], known, told={("a", "b"): "same"}).duplicate_of == {"a": "b"}


def test_a_repeat_that_a_person_gives_to_another_record_leaves_the_first() -> None:
    known = [record("a", FULL), record("b", FULL, pmid="7", doi=""), record("c", PRINTED, duplicate_of="a")]
    found = matched([], known, told={("a", "c"): "different", ("b", "c"): "same"})
    assert found.duplicate_of == {"c": "b"}
    assert found.released == ()


def test_a_chain_of_repeats_in_the_store_ends_at_one_record() -> None:
    known = [record("a", FULL), record("b", FULL, duplicate_of="a"), record("c", FULL, duplicate_of="b")]
    assert matched([], known).duplicate_of == {"c": "a"}
    circle = [record("a", FULL, duplicate_of="b"), record("b", FULL, duplicate_of="a")]
    assert matched([], circle).duplicate_of == {}
    assert matched([], circle).released == ("a",)


def test_a_repeat_of_a_record_that_is_not_there_stands_for_itself() -> None:
    assert matched([record("b", FULL)], [record("a", FULL, duplicate_of="gone")]).duplicate_of == {"b": "a"}


# --- what is asked ----------------------------------------------------------------------------------------------------


def test_a_doubt_says_what_agrees_and_what_differs() -> None:
    [doubt] = pair({}, {"pages": "900-901"}).doubtful
    assert (doubt.record_id, doubt.other_id) == ("a:1", "b:2")
    assert doubt.agrees == ("title", "authors", "year", "journal", "volume")
    assert doubt.differs == ("pages",)
    assert doubt.score == pytest.approx(9 / 11, abs=5e-4)
    assert str(doubt) == "same title, authors, year, journal and volume; other pages"


def test_a_preprint_and_its_paper_are_asked_with_the_reason() -> None:
    [doubt] = pair({}, {"journal": "medRxiv", "volume": "", "issue": "", "pages": "", "year": 2016}).doubtful
    assert doubt.reason == "one is a preprint"


def test_doubts_stay_open_until_a_person_has_decided() -> None:
    rows = [record("a"), record("b", pages="900-901")]
    first = matched(rows).doubtful
    assert len(first) == 1
    assert undecided_pairs(rows) == first
    assert undecided_pairs(rows, {("a", "b"): "different"}) == ()
    assert undecided_pairs([rows[0], rows[1] | {"duplicate_of": "a"}]) == ()


def test_of_doubts_that_follow_from_one_another_the_strongest_are_asked() -> None:
    rows = [record(name, {"title": TITLE}) for name in "abcd"]
    assert len(matched(rows).doubtful) == 3
    decided = {("a", "b"): "same", ("a", "c"): "same"}
    assert len(matched(rows, told=decided).doubtful) == 1
    assert matched(rows, told=decided | {("a", "d"): "different"}).doubtful == ()


def test_a_doi_that_was_not_believed_is_told() -> None:
    found = pair({"title": "Empagliflozin suppresses lesions in mice", "authors": "Matsumura T", "pages": "S10"},
                 {"title": "Bioenergetics of angiogenic cells in damage", "authors": "Fantuzzi F", "pages": "S57"},
                 FULL | {"pmid": ""})  # fmt: skip
    assert (found.duplicate_of, found.doubtful) == ({}, ())
    assert found.shared_dois == (str(FULL["doi"]),)


# --- many records -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["Editorial", TITLE])
def test_a_crowd_with_one_title_is_not_compared_each_with_each(title: str) -> None:
    rows = [{"record_id": f"r:{number:05d}", "title": title} for number in range(1000)]
    assert len(list(pairs(rows, (), []))) < 13 * len(rows)  # each with each are 499,500
    found = matched(rows)
    assert found.duplicate_of == {}
    assert [(crowd.title, crowd.records) for crowd in found.crowded] == [(title, 1000)]
    assert len(found.doubtful) == (0 if title == "Editorial" else 999)


def test_what_repeats_in_a_crowd_is_found_by_its_place() -> None:
    crowd = [
        {
            "record_id": f"r:{n:04d}",
            "title": "Editorial",
            "journal": "Lancet",
            "year": 2000,
            "volume": str(n),
            "pages": "1",
        }
        for n in range(200)
    ]
    again = [{**row, "record_id": f"s:{n:04d}"} for n, row in enumerate(crowd)]
    found = matched([*crowd, *again])
    assert found.duplicate_of == {f"s:{n:04d}": f"r:{n:04d}" for n in range(200)}


def test_nothing_is_made_of_nothing() -> None:
    assert matched([]) == matched([{"record_id": "a", "title": ""}]) == Matches(duplicate_of={}, why={}, doubtful=())
    assert matched([{"record_id": "a", "title": None}, {"record_id": "b"}]).duplicate_of == {}
