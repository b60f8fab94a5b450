"""PubMed's XML read: every field from where a record states its own, and nothing lost in silence."""

from __future__ import annotations

import pytest
from literature_servers import article, article_set, document, link

from livereview import PluginError, Reference
from livereview_literature.citations import Article, articles_in


def read(name: str) -> Article:
    [found] = articles_in(document(name)).articles
    return found


def reference(**parts: str) -> Reference:
    [found] = articles_in(article_set(article("1", **parts))).articles
    return found.reference


def test_a_trial_has_the_fields_that_pubmed_shows() -> None:
    found = read("22663011.xml").reference
    assert (found.record_id, found.pmid) == ("pmid:22663011", "22663011")
    assert found.title == "Improved survival with MEK inhibition in BRAF-mutated melanoma."
    assert found.journal == "The New England journal of medicine"
    assert (found.volume, found.issue, found.pages, found.year) == ("367", "2", "107-14", 2012)
    assert found.doi == "10.1056/nejmoa1203421"
    assert found.registry_ids == ("NCT01245062",)
    assert found.url == "https://pubmed.ncbi.nlm.nih.gov/22663011/"
    assert found.kind == ""  # a randomised trial; whether this is its primary report PubMed does not say
    assert "Randomized Controlled Trial" in found.note


def test_investigators_are_no_authors_and_a_group_is_one() -> None:
    found = read("22663011.xml").reference
    assert found.authors[0] == "Flaherty Keith T"
    assert found.authors[-1] == "METRIC Study Group"
    assert len(found.authors) == document("22663011.xml").count(b"<Author ")


def test_ids_of_cited_papers_are_not_its_own() -> None:
    content = document("36156117.xml")
    assert b"34905269" in content  # the PMID of a reference
    assert b"35794888" in content  # the PMID of the preprint
    found = read("36156117.xml").reference
    assert (found.pmid, found.doi) == ("36156117", "10.1093/cid/ciac769")


def test_a_doi_among_references_is_never_taken() -> None:
    cited = (
        '<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1000/cited</ArticleId></ArticleIdList>'
        "</Reference></ReferenceList>"
    )
    assert reference(data=cited).doi == ""
    own = '<ArticleIdList><ArticleId IdType="doi">10.1000/OWN</ArticleId></ArticleIdList>'
    assert reference(data=own + cited).doi == "10.1000/own"


def test_an_invalid_doi_is_left_aside_and_two_dois_are_told() -> None:
    invalid = '<ELocationID EIdType="doi" ValidYN="N">10.1000/wrong</ELocationID>'
    right = '<ELocationID EIdType="doi" ValidYN="Y">10.1000/right</ELocationID>'
    other = '<ArticleIdList><ArticleId IdType="doi">10.1000/other</ArticleId></ArticleIdList>'
    assert reference(more=invalid + right).doi == "10.1000/right"
    found = reference(more=right, data=other)
    assert found.doi == "10.1000/right"
    assert "more than one DOI: 10.1000/right, 10.1000/other" in found.note


def test_a_title_with_markup_keeps_every_letter() -> None:
    assert reference(title="<i>TERT</i> in CO<sub>2</sub>: a <b>b</b>&lt;c").title == "TERT in CO2: a b<c"


def test_a_title_in_brackets_brings_its_original() -> None:
    found = read("38048813.xml").reference
    assert found.title == "[A Broader Scope - Bio-Psycho-Social Medicine In Global Focus]."
    assert (
        "Language: ger. Original title: A Broader Scope – Bio-psycho-soziale Medizin im globalen Fokus." in found.note
    )
    assert found.kind == "other"


def test_a_record_without_a_title_has_that_of_its_own_language() -> None:
    assert reference(title="", more="<VernacularTitle>Ein Versuch</VernacularTitle>").title == "Ein Versuch"


def test_an_abstract_keeps_its_labels_and_its_markup_becomes_text() -> None:
    parts = (
        '<Abstract><AbstractText Label="METHODS">n&#160;= <i>113</i></AbstractText><AbstractText '
        'Label="UNLABELLED">Text in 10<sup>6</sup></AbstractText><AbstractText/>'
        "<CopyrightInformation>Me</CopyrightInformation></Abstract>"
    )
    assert reference(more=parts).abstract == "METHODS: n = 113\nText in 106"


@pytest.mark.parametrize(
    ("printed", "published", "year"),
    [
        ("<Year>2024</Year><Month>Jul</Month><Day>4</Day>", "2024-07-04", 2024),
        ("<Year>2024</Year><Month>07</Month>", "2024-07", 2024),
        ("<Year>1990</Year><Season>Spring</Season>", "1990", 1990),
        ("<Year>2013</Year><Season>Jan-Mar</Season>", "2013", 2013),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998-12", 1998),
        ("<MedlineDate>2001 Jul 4-11</MedlineDate>", "2001-07", 2001),
        ("<MedlineDate>Spring 1990</MedlineDate>", "1990", 1990),
        ("<MedlineDate>1976-1977</MedlineDate>", "1976", 1976),
        ("<MedlineDate>no date</MedlineDate>", "", None),
        ("<Year>1850</Year><Month>Jan</Month>", "", 1850),
        ("<Year>2023</Year><Month>Feb</Month><Day>31</Day>", "2023-02", 2023),
    ],
)
def test_a_date_is_as_exact_as_pubmed_states_it(printed: str, published: str, year: int | None) -> None:
    found = reference(date=printed)
    assert (found.published_on, found.year) == (published, year)


def test_an_article_was_known_when_it_appeared_online() -> None:
    online = "<ArticleDate><Year>2023</Year><Month>12</Month><Day>04</Day></ArticleDate>"
    found = reference(date="<Year>2024</Year><Month>Jan</Month>", more=online)
    assert (found.published_on, found.year) == ("2023-12-04", 2024)
    later = reference(date="<Year>2023</Year><Month>Mar</Month>", more=online)
    assert later.published_on == "2023-03"


def banks(*entries: tuple[str, str]) -> str:
    return "<DataBankList>" + "".join(
        f"<DataBank><DataBankName>{bank}</DataBankName><AccessionNumberList><AccessionNumber>{number}</AccessionNumber>"
        "</AccessionNumberList></DataBank>" for bank, number in entries
    ) + "</DataBankList>"  # fmt: skip


def test_numbers_of_every_register_are_read_and_of_other_data_banks_told() -> None:
    found = reference(
        more=banks(
            ("ClinicalTrials.gov", "NCT01207388"), ("ISRCTN", "83534241"), ("EudraCT", "2005-000123-12"),
            ("ANZCTR", "ACTRN12605000000001"), ("RPCEC", "RPCEC00000123"), ("GENBANK", "AF123456"),
        )
    )  # fmt: skip
    assert found.registry_ids == (
        "NCT01207388", "ISRCTN83534241", "2005-000123-12", "ACTRN12605000000001", "RPCEC00000123",
    )  # fmt: skip
    assert "Data banks: GENBANK AF123456." in found.note


def test_a_number_in_the_abstract_is_read_and_said_to_be_from_there() -> None:
    text = "<Abstract><AbstractText>Trial NCT02003222 followed NCT01207388.</AbstractText></Abstract>"
    found = reference(more=text + banks(("ClinicalTrials.gov", "NCT01207388")))
    assert found.registry_ids == ("NCT01207388", "NCT02003222")
    assert "in title or abstract only: NCT02003222." in found.note


def test_names_that_pubmed_has_put_right_stand_once() -> None:
    people = (
        '<AuthorList><Author ValidYN="N"><LastName>Mueler</LastName></Author><Author ValidYN="Y"><LastName>'
        "Müller</LastName><Initials>A</Initials><Suffix>Jr</Suffix></Author></AuthorList>"
    )
    assert reference(more=people).authors == ("Müller A Jr",)


@pytest.mark.parametrize(
    ("stated", "kind"),
    [
        ("Preprint", "preprint"), ("Systematic Review", "review"), ("Meta-Analysis", "review"), ("Editorial", "other"),
        ("Published Erratum", "other"), ("Letter", ""), ("Randomized Controlled Trial", ""),
    ],
)  # fmt: skip
def test_a_kind_is_what_publication_types_state_and_no_more(stated: str, kind: str) -> None:
    assert reference(types=f"<PublicationType>{stated}</PublicationType>").kind == kind


def test_a_chapter_of_a_book_is_a_record() -> None:
    book = (
        b"<PubmedBookArticle><BookDocument><PMID>20301295</PMID><ArticleIdList><ArticleId IdType='bookaccession'>NBK1"
        b"</ArticleId></ArticleIdList><Book><Publisher><PublisherName>A Press</PublisherName></Publisher>"
        b"<BookTitle>GeneReviews</BookTitle><PubDate><Year>1993</Year></PubDate><AuthorList Type='editors'><Author>"
        b"<LastName>Adam</LastName></Author></AuthorList></Book><ArticleTitle>A syndrome</ArticleTitle><AuthorList "
        b"Type='authors'><Author><LastName>Roe</LastName><ForeName>Jo</ForeName></Author></AuthorList><PublicationType>"
        b"Review</PublicationType><Abstract><AbstractText>Text.</AbstractText></Abstract></BookDocument>"
        b"<PubmedBookData/></PubmedBookArticle>"
    )
    [found] = articles_in(article_set(book)).articles
    told = found.reference
    assert (told.record_id, told.title, told.journal, told.year) == ("pmid:20301295", "A syndrome", "GeneReviews", 1993)
    assert (told.authors, told.abstract, told.kind) == (("Roe Jo",), "Text.", "review")


def test_the_empty_set_of_an_unknown_number_has_no_records() -> None:
    assert articles_in(document("37909814.xml")).articles == ()


def test_what_is_no_record_is_counted_and_named() -> None:
    nameless = article("1").replace(b'<PMID Version="1">1</PMID>', b"")
    found = articles_in(article_set(article("5"), nameless, b"<DeleteCitation><PMID>7</PMID></DeleteCitation>"))
    assert [each.pmid for each in found.articles] == ["5"]
    assert len(found.unread) == 2
    assert "entry 2" in found.unread[0]
    assert "<DeleteCitation>" in found.unread[1]


def test_of_a_record_that_comes_twice_the_later_counts() -> None:
    found = articles_in(article_set(article("5", title="Old"), article("5", title="New")))
    assert [each.reference.title for each in found.articles] == ["New"]


def test_links_are_told_and_citations_are_not() -> None:
    links = (
        link("Cites", "Lancet. 2001") + link("CommentIn", "BMJ. 2002", "9")
        + link("ErratumIn", "J. 2025 Mar;1(2):3", "8") + link("RetractionIn", "J. 2026 Jan 5;9:1")
    )  # fmt: skip
    [found] = articles_in(article_set(article("1", links=links))).articles
    assert [each.relation for each in found.notices] == ["RetractionIn", "ErratumIn"]
    assert found.reference.note == "Retracted in: J. 2026 Jan 5;9:1.\nCorrected in: J. 2025 Mar;1(2):3. PMID 8."


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "36156117.xml",
            "Update of: Res Sq. 2022 Jun 29:rs.3.rs-1800050. doi: 10.21203/rs.3.rs-1800050/v1. PMID 35794888.",
        ),
        ("38147649.xml", "Corrected in: Proc Natl Acad Sci U S A. 2025 Jan 7;122(1):e2424381121."),
        ("38962805.xml", "Correction of: AIDS Care. 2024 Jul;36(sup1):24-35. doi: 10.1080/09540121.2024.2308745."),
    ],
)
def test_recorded_links_read_as_sentences(name: str, sentence: str) -> None:
    assert read(name).reference.note.startswith(sentence)


def test_an_entity_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]><PubmedArticleSet>&b;</PubmedArticleSet>'
    with pytest.raises(PluginError, match="defines an entity"):
        articles_in(bomb)
