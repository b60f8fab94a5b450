"""CSV of databases, and the exports of Covidence, Rayyan and ASReview with what people decided in them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import ValidationError
from reference_files import again, fetched, only, options, rows, titles

COVIDENCE = next(csv.reader([
    "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,Accession Number,DOI,Ref,"
    "Covidence #,Study,Notes,Tags"
]))  # fmt: skip
RAYYAN = next(csv.reader([
    "key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,publisher,location,abstract,notes,"
    "doi,keywords,pubmed_id,pmc_id"
]))  # fmt: skip


def table(columns: Sequence[str], *records: dict[str, str]) -> str:
    """A table as CSV."""
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, columns, restval="")
    writer.writeheader()
    writer.writerows(records)
    return written.getvalue()


# --- tables of databases -------------------------------------------------------------------------------------------


def test_a_table_of_embase_is_read_with_its_source_in_one_cell(tmp_path: Path) -> None:
    text = table(
        ["Title", "Author Names", "Source", "Abstract", "Clinical Trial Numbers"],
        {
            "Title": "Statins", "Author Names": "Ray A., van den Berg S.-J.", "Abstract": "TEST\n\nText",
            "Source": "J of Test (2014) 3:3 (152-160). Date of Publication: 25 Aug 2014",
            "Clinical Trial Numbers": "ClinicalTrials.gov (NCT01234567)",
        },
        {"Title": "Two", "Author Names": "The BEST, Group", "Source": "Cancer (2004)"},
    )  # fmt: skip
    found = fetched(tmp_path, text)
    assert rows(found)[0] | {"record_id": ""} == {
        "line": 2, "record_id": "", "search_id": "embase-2026-03-01", "title": "Statins",
        "authors": "Ray A.; van den Berg S.-J.", "year": 2014, "journal": "J of Test", "volume": "3", "issue": "3",
        "pages": "152-160", "abstract": "TEST\n\nText", "published_on": "2014-08-25", "registry_id": "NCT01234567",
    }  # fmt: skip
    assert rows(found)[1]["line"] == 5
    assert (rows(found)[1]["authors"], rows(found)[1]["journal"], rows(found)[1]["year"]) == (
        "The BEST, Group", "Cancer", 2004,
    )  # fmt: skip
    assert found.left_out == ()


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_sign_between_columns_is_found_and_blanks_around_names_make_no_difference(
    tmp_path: Path, sign: str
) -> None:
    header = sign.join(["abstract ", " Title", "publication_year", "authors"])
    text = header + "\n" + sign.join(["Text", "Statins", "2014//", "\"['Ray, A', 'Sen, B']\""]) + "\n"
    row = only(fetched(tmp_path, text))
    assert (row["title"], row["year"], row["authors"]) == ("Statins", 2014, "Ray, A; Sen, B")


def test_zotero_keeps_the_pubmed_number_in_extra(tmp_path: Path) -> None:
    extra = "Place: Basel PMID: 35319117  PMCID: PMC9151451"
    record = {"Key": "ACS", "Title": "One", "Author": "Ray, A; Sen, B", "Extra": extra}
    text = table(list(record), record)
    row = only(fetched(tmp_path, text))
    assert (row["pmid"], row["authors"]) == ("35319117", "Ray, A; Sen, B")


def test_numbers_of_pubmed_are_ids_only_where_pubmed_was_searched(tmp_path: Path) -> None:
    text = table(["PMID", "Title", "Authors"], {"PMID": "35319117", "Title": "One", "Authors": "Ray A, Sen BC."})
    assert only(fetched(tmp_path, text))["record_id"].startswith("embase:")
    search = {"source": "PubMed", "searched_on": "2026-03-01"}
    row = only(fetched(tmp_path, text, search=search))
    assert (row["record_id"], row["authors"]) == ("pmid:35319117", "Ray A; Sen BC.")


def test_a_row_that_cannot_be_read_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    text = 'title,authors,year\nOne,Ray,2019\nTwo,Sen,2020,more\n"Three"x,Das,2021\n,,2022\n\nFour,Rao,2023\n'
    found = fetched(tmp_path, text)
    assert titles(found) == ["One", "Four"]
    assert [problem.row for problem in found.left_out if problem.row] == [3, 4, 5]
    assert found.problems == ()


def test_rows_that_a_stray_quote_ran_together_are_told(tmp_path: Path) -> None:
    text = 'title,authors,year,doi\nOne,"Ray,2019,\nTwo,Sen,2020,\nThree,Das",2021,\nFour,Rao,2022,\n'
    found = fetched(tmp_path, text)
    assert titles(found) == ["Four"]
    assert [(problem.row, problem.found) for problem in found.left_out] == [(2, "Two,Sen,2020,")]


def test_a_quote_that_never_ends_is_named_with_its_line(tmp_path: Path) -> None:
    found = fetched(tmp_path, 'title,authors,year\nOne,Ray,2019\nTwo,"Sen,2020\nThree,Das,2021\n')
    assert titles(found) == ["One"]
    assert found.left_out[0].row == 3


# --- Covidence -----------------------------------------------------------------------------------------------------


def test_covidence_gives_its_number_the_pubmed_number_and_the_reason(tmp_path: Path) -> None:
    text = table(
        COVIDENCE,
        {
            "Title": "Statins", "Authors": "Ray A; Sen B", "Published Year": "2019", "Published Month": "Nov",
            "Accession Number": "ClinicalTrials.gov/NCT03790358", "Ref": "31331617", "Covidence #": "#28451",
            "Study": "Ray 2019", "Notes": "Exclusion reason: Not an RCT; ", "Tags": "",
        },
        {
            "Title": "Two", "Covidence #": "28452", "Accession Number": "WOS:A1994",
            "Notes": "Exclusion reason: Animals (rats); ",
        },
    )  # fmt: skip
    found = fetched(tmp_path, text, search={"source": "Covidence", "searched_on": "2026-03-01", "kind": "other"})
    assert rows(found)[0] == {
        "line": 2, "record_id": "covidence:28451", "search_id": "covidence-2026-03-01", "title": "Statins",
        "authors": "Ray A; Sen B", "year": 2019, "published_on": "2019-11", "pmid": "31331617", "accession": "28451",
        "registry_id": "NCT03790358", "note": "Accession number: ClinicalTrials.gov/NCT03790358",
    }  # fmt: skip
    assert rows(found, "decisions") == [
        {
            "line": 2, "record_id": "covidence:28451", "review": "statins", "stage": "full-text",
            "person": "Covidence consensus", "decision": "exclude", "reason": "Not an RCT",
        },
        {
            "line": 3, "record_id": "covidence:28452", "review": "statins", "stage": "full-text",
            "person": "Covidence consensus", "decision": "exclude", "reason": "Animals (rats)",
        },
    ]  # fmt: skip


def test_a_list_of_covidence_without_reasons_decides_nothing_by_itself(tmp_path: Path) -> None:
    text = table(COVIDENCE, {"Title": "Statins", "Covidence #": "#1", "Notes": '""'})
    found = fetched(tmp_path, text, name="review_included.csv")
    assert rows(found, "decisions") == []
    assert any("does not say what was decided: set decision and stage" in note for note in found.notes)
    found = again(tmp_path, "review_included.csv", decision="include", stage="full-text", person="Ana and Ben")
    assert only(found, "decisions") | {"line": 0} == {
        "line": 0, "record_id": "embase:1", "review": "statins", "stage": "full-text", "person": "Ana and Ben",
        "decision": "include",
    }  # fmt: skip


def test_a_decision_needs_its_stage() -> None:
    with pytest.raises(ValidationError, match="decision needs a stage"):
        options(decision="include")


def test_rows_of_several_reviewers_in_an_extraction_are_one_record(tmp_path: Path) -> None:
    columns = ["Covidence #", "Study ID", "Title", "Reviewer Name", "DOI", "Trial Registry Number", "Outcomes"]
    record = {
        "Covidence #": "30267",
        "Study ID": "Ray 2019",
        "Title": "Statins",
        "Trial Registry Number": "NL-OMON55178",
    }
    text = table(columns, record | {"Reviewer Name": "Ana"}, record | {"Reviewer Name": "Consensus"})
    found = fetched(tmp_path, text)
    row = only(found)
    assert (row["record_id"], row["registry_id"]) == ("embase:30267", "NL-OMON55178")
    assert any("data extraction" in note for note in found.notes)
    assert rows(found, "decisions") == []


# --- Rayyan --------------------------------------------------------------------------------------------------------


def rayyan(notes: str, **more: str) -> str:
    return table(RAYYAN, {"key": "rayyan-264552525", "title": "Statins", "notes": notes, **more})


def test_rayyan_gives_each_persons_decision_and_conflicts_stay(tmp_path: Path) -> None:
    notes = (
        'A note of before. | RAYYAN-INCLUSION: {"Ana"=>"Included", "Ben"=>"Excluded", "Eva"=>"Maybe"} | '
        "RAYYAN-LABELS: qualitative,Québec | RAYYAN-EXCLUSION-REASONS: wrong population,background article | "
        'USER-NOTES: {"Ben"=>["check later", "say \\"no\\""], "Zoe"=>["hm"]}'
    )
    found = fetched(
        tmp_path,
        rayyan(notes, year="2021", month="5", day="1", pubmed_id="31331617", authors="Lévesque, É. and Smith, J"),
    )
    assert only(found) == {
        "line": 2, "record_id": "embase:rayyan-264552525", "search_id": "embase-2026-03-01", "title": "Statins",
        "authors": "Lévesque, É.; Smith, J", "year": 2021, "published_on": "2021-05-01", "pmid": "31331617",
        "accession": "rayyan-264552525",
        "note": "A note of before.\nRayyan labels: qualitative; Québec\nNote of Zoe: hm",
    }  # fmt: skip
    decisions = [
        (row["person"], row["decision"], row.get("reason"), row.get("note")) for row in rows(found, "decisions")
    ]
    assert decisions == [
        ("Ana", "include", None, None),
        ("Ben", "exclude", "wrong population; background article", 'check later; say "no"'),
        ("Eva", "unsure", None, None),
    ]
    assert {row["stage"] for row in rows(found, "decisions")} == {"title-abstract"}


def test_the_stage_of_rayyans_decisions_is_that_of_the_manifest(tmp_path: Path) -> None:
    found = fetched(tmp_path, rayyan('RAYYAN-INCLUSION: {"Ana"=>"Included"}'), stage="full-text")
    assert only(found, "decisions")["stage"] == "full-text"


@pytest.mark.parametrize("notes", ['RAYYAN-INCLUSION: {"Ana"=>"Undecided"}', "RAYYAN-INCLUSION: {Ana, Included}"])
def test_a_decision_that_cannot_be_read_is_named_and_not_guessed(tmp_path: Path, notes: str) -> None:
    found = fetched(tmp_path, rayyan(notes))
    assert titles(found) == ["Statins"]
    assert rows(found, "decisions") == []
    assert [problem.row for problem in found.left_out] == [2]


def test_rayyans_zip_is_read_and_its_log_politely_left_out(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("articles.csv", rayyan('RAYYAN-INCLUSION: {"Ana"=>"Included"}'))
        archive.writestr(
            "customizations_log.csv", "article_id,created_at,key,value,user_email\n1,2026,included,1,a@b.c\n"
        )
    found = again(tmp_path, "export.zip")
    assert titles(found) == ["Statins"]
    assert [(problem.place, "log of events" in problem.message) for problem in found.left_out] == [
        ("export.zip/customizations_log.csv", True)
    ]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("../out.ris", b"TY  - JOUR", "leads out of the archive"),
        ("bomb.ris", b"0" * 50_000_000, "unpacks to"),
        ("[Content_Types].xml", b"<x/>", "workbook or document of Office"),
    ],
)
def test_archives_that_could_do_harm_are_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    with zipfile.ZipFile(tmp_path / "file.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    found = again(tmp_path, "file.zip")
    assert [said in problem.message for problem in found.problems] == [True]
    assert rows(found) == []


def test_two_contradicting_decisions_of_one_person_about_one_record_are_both_left_out(tmp_path: Path) -> None:
    one = {"key": "rayyan-1", "title": "Statins", "notes": 'RAYYAN-INCLUSION: {"Ana"=>"Included", "Ben"=>"Included"}'}
    two = one | {"notes": one["notes"].replace('"Ana"=>"Included"', '"Ana"=>"Excluded"')}
    found = fetched(tmp_path, table(RAYYAN, one, two))
    assert [(row["person"], row["decision"]) for row in rows(found, "decisions")] == [("Ben", "include")]
    assert "Ana decided differently" in found.left_out[0].message


# --- ASReview ------------------------------------------------------------------------------------------------------

LABELLED = "".join(
    f"TY  - GEN\nTI  - {title}\nN1  - {label}\nER  - \n"
    for title, label in (("One", "ASReview_relevant"), ("Two", "ASReview_irrelevant"), ("Three", "ASReview_not_seen"))
)


def test_labels_of_asreview_are_decisions_of_the_person_whom_the_manifest_names(tmp_path: Path) -> None:
    found = fetched(tmp_path, LABELLED, person="Ana")
    assert [(row["person"], row["decision"]) for row in rows(found, "decisions")] == [
        ("Ana", "include"),
        ("Ana", "exclude"),
    ]
    unnamed = again(tmp_path, "file.txt")
    assert rows(unnamed, "decisions") == []
    assert any("say in person whose decisions they are" in note for note in unnamed.notes)
    assert rows(unnamed)[0]["note"] == "ASReview_relevant"
