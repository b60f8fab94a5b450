"""PubMed, Web of Science, BibTeX, EndNote XML and JSON: each record is brought or named, with what the format says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reference_files import fetched, only, rows, titles

PUBMED = """
PMID- 22663011
OWN - NLM
IS  - 1756-1833 (Electronic)
VI  - 5
IP  - 2
DP  - 2012 Jun 4
TI  - A trial of statins that has a long
      title.
PG  - 10-9
LID - S0140-6736(12)1 [pii]
LID - 10.1000/Stroke.5 [doi]
AB  - First part
      second part.
CI  - Copyright
FAU - Ray, Ana
AU  - Ray A
CN  - The BEST Group
PT  - Journal Article
PT  - Meta-Analysis
JT  - Journal of tests
TA  - J Test
SI  - ClinicalTrials.gov/NCT01245062
RIN - J Test. 2013;1:2. PMID: 23657305

PMID- 23657305
TI  - Another
"""
WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Ray, A
   Sen, B
AF Ray, Ana
   Sen, Ben
TI Do statins
   help?
SO J TEST
AB Text of an abstract
   on two lines.
PY 2019
PD MAR 15
VL 5
BP 1
EP 9
DI 10.1000/wos.1
UT WOS:000455039600059
PM 30529964
ER

PT B
TI A book
ER

EF"""
ENDNOTE = """<?xml version="1.0" encoding="UTF-8"?>
<xml><records>
<record><database name="x">x</database><ref-type name="Journal Article">0</ref-type>
<contributors><authors><author><style face="normal">Ray, Ana</style></author><author>Sen, Ben</author></authors>
</contributors><titles><title><style face="italic">Statins</style><style> after stroke</style></title>
<secondary-title>J Test</secondary-title></titles><pages>1-9</pages><volume>5</volume><number>2</number>
<dates><year><style>2019</style></year></dates><accession-num>L99</accession-num>
<electronic-resource-num>https://doi.org/10.1000/X</electronic-resource-num><abstract>Text</abstract></record>
<record><titles><title>Two</title></titles></record>
</records></xml>"""


def test_a_record_of_pubmed_has_what_its_tags_say(tmp_path: Path) -> None:
    found = fetched(tmp_path, PUBMED, search={"source": "PubMed", "searched_on": "2026-03-01"})
    assert found.problems == found.left_out == ()
    assert rows(found) == [
        {
            "line": 2, "record_id": "pmid:22663011", "search_id": "pubmed-2026-03-01",
            "title": "A trial of statins that has a long title.", "authors": "Ray, Ana; The BEST Group", "year": 2012,
            "journal": "Journal of tests", "volume": "5", "issue": "2", "pages": "10-9", "doi": "10.1000/stroke.5",
            "pmid": "22663011", "registry_id": "NCT01245062", "abstract": "First part second part.",
            "published_on": "2012-06-04", "kind": "review", "note": "Retraction in: J Test. 2013;1:2. PMID: 23657305",
        },
        {
            "line": 26, "record_id": "pmid:23657305", "search_id": "pubmed-2026-03-01", "title": "Another",
            "pmid": "23657305",
        },
    ]  # fmt: skip


def test_pubmed_without_blank_lines_and_with_pmc_first_is_parted_all_the_same(tmp_path: Path) -> None:
    text = "PMC - PMC1\nPMID- 11\nTI  - One\nPMC - PMC2\nTI  - Two\nPMC - PMC3\nPMID- 33\nTI  - Three\n"
    found = fetched(tmp_path, text)
    assert [row["record_id"] for row in rows(found)] == ["pmid:11", "embase:PMC2", "pmid:33"]
    # the file's own mark is PMID, of which the second record has none
    assert "by its own marks the file has 2 records" in found.left_out[0].message


def test_web_of_science_is_read_with_its_continuation_lines(tmp_path: Path) -> None:
    found = fetched(tmp_path, WOS)
    assert found.left_out == ()
    assert rows(found)[0] == {
        "line": 3, "record_id": "embase:WOS:000455039600059", "search_id": "embase-2026-03-01",
        "title": "Do statins help?", "authors": "Ray, Ana; Sen, Ben", "year": 2019, "journal": "J TEST", "volume": "5",
        "pages": "1-9", "doi": "10.1000/wos.1", "pmid": "30529964", "abstract": "Text of an abstract on two lines.",
        "published_on": "2019-03-15", "accession": "WOS:000455039600059",
    }  # fmt: skip
    assert titles(found)[1] == "A book"


def test_bibtex_is_read_as_the_text_that_it_prints(tmp_path: Path) -> None:
    text = (
        "@string{jt = {J Test}}\n"
        "@article{ray2019,\n title = {Statins for {M}\\\"uller's $p$ 95\\% \\textit{in vitro}},\n"
        ' author = {Ray, Ana and {Research and Care Group} and M{\\"u}ller, Eva},\n journal = jt,\n'
        " year = 2019, month = mar,\n pages = {1--9},\n volume = {5}, number = {2}, doi = {10.1000/a_b}\n}\n"
    )
    row = only(fetched(tmp_path, text))
    assert row["title"] == "Statins for Müller's p 95% in vitro"
    assert row["authors"] == "Ray, Ana; Research and Care Group; Müller, Eva"
    assert (row["journal"], row["year"], row["published_on"], row["pages"]) == ("J Test", 2019, "2019-03", "1-9")
    assert (row["volume"], row["issue"], row["doi"], row["line"]) == ("5", "2", "10.1000/a_b", 2)


def test_bibtex_records_of_one_key_are_all_brought(tmp_path: Path) -> None:
    text = "@article{a, title={One}}\n@article(a, title={Two})\n@comment{x}\n@ARTICLE{a,\n title={Three}}\n"
    found = fetched(tmp_path, text)
    assert titles(found) == ["One", "Two", "Three"]
    assert found.left_out == ()


def test_a_bibtex_record_that_is_broken_off_is_named(tmp_path: Path) -> None:
    found = fetched(tmp_path, "@article{a, title={One}}\n@article{b, title={Two\n")
    assert titles(found) == ["One"]
    assert [problem.row for problem in found.left_out] == [2]
    assert found.problems == ()


def test_endnote_xml_is_read_with_the_text_inside_its_styles(tmp_path: Path) -> None:
    found = fetched(tmp_path, ENDNOTE)
    assert rows(found)[0] == {
        "line": 3, "record_id": "embase:L99", "search_id": "embase-2026-03-01", "title": "Statins after stroke",
        "authors": "Ray, Ana; Sen, Ben", "year": 2019, "journal": "J Test", "volume": "5", "issue": "2", "pages": "1-9",
        "doi": "10.1000/x", "abstract": "Text", "published_on": "2019", "accession": "L99",
    }  # fmt: skip
    assert [row["line"] for row in rows(found)] == [3, 9]


def test_endnote_xml_on_one_line_is_numbered_by_its_records(tmp_path: Path) -> None:
    found = fetched(tmp_path, ENDNOTE.replace("\n", ""))
    assert [row["line"] for row in rows(found)] == [1, 2]


@pytest.mark.parametrize(
    "entity",
    ['<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">', '<!ENTITY a SYSTEM "file:///etc/passwd">'],
)
def test_xml_that_defines_entities_is_refused(tmp_path: Path, entity: str) -> None:
    text = ENDNOTE.replace("<xml>", f"<!DOCTYPE xml [{entity}]><xml>", 1).replace("Two", "&a;")
    found = fetched(tmp_path, text)
    assert "defines an entity" in found.problems[0].message
    assert rows(found) == []


def test_broken_xml_is_a_problem_and_not_a_crash(tmp_path: Path) -> None:
    assert "the XML is broken" in fetched(tmp_path, ENDNOTE[:400]).problems[0].message


def test_csl_json_is_read_with_names_and_dates_in_parts(tmp_path: Path) -> None:
    items = [
        {
            "id": "x", "type": "article-journal", "title": "Statins", "container-title": "J Test", "page": "1-9",
            "volume": 5, "issue": "2", "DOI": "10.1000/X", "PMID": "123", "abstract": "Text",
            "author": [{"family": "Berg", "given": "Ana", "non-dropping-particle": "van den"}, {"literal": "WHO"}],
            "issued": {"date-parts": [["2019", 3, 4]]},
        },
        {"title": "Two", "issued": {"raw": "2020 Jun 13 [epub]"}},
        "no record",
        {"title": "Three", "authors": "Ray A, Sen B", "year": 2021.0, "journal": "J"},
    ]  # fmt: skip
    found = fetched(tmp_path, json.dumps(items))
    assert rows(found)[0] | {"record_id": ""} == {
        "line": 1, "record_id": "", "search_id": "embase-2026-03-01", "title": "Statins", "year": 2019,
        "authors": "van den Berg, Ana; WHO", "journal": "J Test", "volume": "5", "issue": "2", "pages": "1-9",
        "doi": "10.1000/x", "pmid": "123", "abstract": "Text", "published_on": "2019-03-04",
    }  # fmt: skip
    assert (rows(found)[1]["year"], rows(found)[1]["published_on"]) == (2020, "2020-06-13")
    assert (rows(found)[2]["year"], rows(found)[2]["authors"]) == (2021, "Ray A; Sen B")
    assert [(problem.row, problem.found) for problem in found.left_out] == [(3, '"no record"')]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"%PDF-1.7 ...", "it is a PDF"),
        (b"<html><body>Sign in</body></html>", "it is a web page"),
        (b"<?xml version='1.0'?><PubmedArticleSet><PubmedArticle/></PubmedArticleSet>", "it is PubMed's XML"),
        (b'{"cases": []}', "neither a list of records nor one record"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[1, 2", "the JSON is broken"),
        (b"Dear Ana, here are the records.", "in none of the formats"),
        (b"\x00\x01\x02TY  - JOUR", "in none of the formats"),
    ],
)
def test_what_is_no_file_of_references_is_a_problem_that_says_so(tmp_path: Path, content: bytes, said: str) -> None:
    found = fetched(tmp_path, content)
    assert len(found.problems) == 1
    assert said in str(found.problems[0])
