"""PubMed's XML read: bytes of an answer of EFetch to records.

Ids are taken from where a record states its own, never from its list of references, which holds the ids of others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from livereview import Reference, doi_in, plain_text, pmid_in, registry_ids_in, xml_root, year_in
from livereview_literature.notices import Notice, notices_in
from livereview_literature.search import storable_date
from livereview_literature.wording import date_in, date_of, earlier, kind_of, registered, told_types

#: Registers of trials as DataBankName spells them; other data banks hold sequences, structures and data sets.
_REGISTERS = frozenset((
    "clinicaltrials.gov", "isrctn", "eudract", "ctis", "euctr", "anzctr", "chictr", "cris", "ctri", "drks", "irct",
    "japiccti", "jmacct", "jprn", "jrct", "lbctr", "ntr", "pactr", "rebec", "repec", "rpcec", "slctr", "tctr",
    "umin ctr", "umin-ctr", "itmctr", "phrr", "kct", "ictrp",
))  # fmt: skip
_UNLABELLED = frozenset(("", "UNLABELLED", "UNASSIGNED"))


@dataclass(frozen=True, kw_only=True)
class Article:
    """One record of PubMed."""

    pmid: str
    reference: Reference
    types: tuple[str, ...]
    """Publication types as PubMed spells them."""
    notices: tuple[Notice, ...]
    """What PubMed links it with: retractions, corrections, versions."""


@dataclass(frozen=True, kw_only=True)
class ArticleSet:
    """What one answer holds."""

    articles: tuple[Article, ...]
    unread: tuple[str, ...]
    """What in it is no record that can be used, in words."""


def articles_in(content: bytes, place: str = "PubMed") -> ArticleSet:
    """Every record of an answer of EFetch; PluginError where it is no PubmedArticleSet.

    Of two versions of one record the later in the answer counts.
    """
    root = xml_root(content, place)
    articles: dict[str, Article] = {}
    unread: list[str] = []
    for number, element in enumerate(root, start=1):
        reader = {"PubmedArticle": _article, "PubmedBookArticle": _book}.get(element.tag)
        found = reader(element) if reader else None
        if found is None:
            unread.append(
                f"entry {number} of the answer, <{element.tag}>" + (", has no PubMed number" if reader else "")
            )
        else:
            articles[found.pmid] = found
    return ArticleSet(articles=tuple(articles.values()), unread=tuple(unread))


def _text(element: Element | None, path: str = ".") -> str:
    """All text of the first element at a path, whatever markup stands in it."""
    found = None if element is None else element.find(path)
    return "" if found is None else plain_text("".join(found.itertext()))


def _article(element: Element) -> Article | None:
    citation = element.find("MedlineCitation")
    article = None if citation is None else citation.find("Article")
    pmid = pmid_in(_text(citation, "PMID"))
    if not pmid or citation is None:
        return None
    journal = None if article is None else article.find("Journal")
    published = earlier(_date(journal, "JournalIssue/PubDate"), _date(article, "ArticleDate"))
    printed = _date(journal, "JournalIssue/PubDate") or published
    dois = _dois(article, element.find("PubmedData"))
    types = _types(article)
    notices = notices_in(citation)
    title = _text(article, "ArticleTitle")
    abstract, foreign = _abstract(citation, article)
    numbers, banks = _banks(article)
    ids, told = registered(numbers, title, abstract)
    reference = Reference(
        record_id=f"pmid:{pmid}",
        title=title or _text(article, "VernacularTitle"),
        authors=_authors(article, "AuthorList"),
        year=year_in(printed),
        journal=_text(journal, "Title") or _text(citation, "MedlineJournalInfo/MedlineTA"),
        volume=_text(journal, "JournalIssue/Volume"),
        issue=_text(journal, "JournalIssue/Issue"),
        pages=_pages(article),
        doi=dois[0] if dois else "",
        pmid=pmid,
        registry_ids=ids,
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/",
        abstract=abstract,
        published_on=storable_date(published),
        kind=kind_of(types),
        note=_lines((
            *(notice.sentence for notice in notices), _retracted(types), _language(article), told_types(types), foreign,
            f"PubMed states more than one DOI: {', '.join(dois)}." if len(dois) > 1 else "", told, banks,
        )),
    )  # fmt: skip
    return Article(pmid=pmid, reference=reference, types=types, notices=notices)


def _book(element: Element) -> Article | None:
    document = element.find("BookDocument")
    book = None if document is None else document.find("Book")
    pmid = pmid_in(_text(document, "PMID"))
    if not pmid or document is None:
        return None
    published = _date(book, "PubDate")
    whole = _text(book, "BookTitle")
    title = _text(document, "ArticleTitle") or whole
    types = _types(document)
    abstract, foreign = _abstract(document, document)
    ids, told = registered((), title, abstract)
    dois = [doi_in(_text(each)) for each in document.iterfind("ArticleIdList/ArticleId[@IdType='doi']")]
    reference = Reference(
        record_id=f"pmid:{pmid}",
        title=title or _text(document, "VernacularTitle"),
        authors=_authors(document, "AuthorList") or _authors(book, "AuthorList"),
        year=year_in(published),
        journal=whole,
        volume=_text(book, "Volume"),
        pages=_text(document, "Pagination/MedlinePgn"),
        doi=next(filter(None, dois), ""),
        pmid=pmid,
        registry_ids=ids,
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/",
        abstract=abstract,
        published_on=storable_date(published),
        kind=kind_of(types),
        note=_lines((
            "A book or a chapter of one.", _text(book, "Publisher/PublisherName"), told_types(types), foreign, told,
        )),
    )  # fmt: skip
    return Article(pmid=pmid, reference=reference, types=types, notices=())


def _lines(sentences: Iterable[str]) -> str:
    return "\n".join(filter(None, sentences))


def _date(element: Element | None, path: str) -> str:
    found = None if element is None else element.find(path)
    if found is None:
        return ""
    if medline := _text(found, "MedlineDate"):
        return date_in(medline)
    return date_of(_text(found, "Year"), _text(found, "Month"), _text(found, "Day"))


def _dois(article: Element | None, data: Element | None) -> list[str]:
    """The DOIs of the article itself, each once: the one that the publisher states first."""
    own = () if article is None else article.iterfind("ELocationID[@EIdType='doi']")
    listed = () if data is None else data.iterfind("ArticleIdList/ArticleId[@IdType='doi']")
    found = [doi_in(_text(each)) for each in (*own, *listed) if each.get("ValidYN") != "N"]
    return list(dict.fromkeys(filter(None, found)))


def _types(element: Element | None) -> tuple[str, ...]:
    found = (
        ()
        if element is None
        else (*element.iterfind("PublicationTypeList/PublicationType"), *element.iterfind("PublicationType"))
    )
    return tuple(filter(None, (_text(each) for each in found)))


def _authors(element: Element | None, path: str) -> tuple[str, ...]:
    """Authors as ``Family Given`` or the name of a group; names that PubMed has put right stand once."""
    names = []
    for author in () if element is None else element.iterfind(f"{path}/Author"):
        if author.get("ValidYN") == "N":
            continue
        given = _text(author, "ForeName") or _text(author, "Initials")
        person = (_text(author, "LastName"), given, _text(author, "Suffix"))
        names.append(_text(author, "CollectiveName") or " ".join(filter(None, person)))
    return tuple(filter(None, names))


def _abstract(record: Element, article: Element | None) -> tuple[str, str]:
    """The abstract with its labels, one part a line, and a note where it is in another language than English."""
    own = [] if article is None else article.findall("Abstract")
    other = record.findall("OtherAbstract")
    note = ""
    if not own and other:
        own = other[:1]
        language = other[0].get("Language") or other[0].get("Type") or "of another origin"
        note = f"Not the article's own abstract: {language}."
    lines = []
    for part in (part for abstract in own for part in abstract.iterfind("AbstractText")):
        label = plain_text(part.get("Label") or "")
        text = _text(part)
        if text:
            lines.append(text if label.upper() in _UNLABELLED else f"{label}: {text}")
    return "\n".join(lines), note


def _pages(article: Element | None) -> str:
    pages = _text(article, "Pagination/MedlinePgn")
    ends = (_text(article, "Pagination/StartPage"), _text(article, "Pagination/EndPage"))
    return pages or "-".join(filter(None, ends)) or _text(article, "ELocationID[@EIdType='pii']")


def _banks(article: Element | None) -> tuple[list[str], str]:
    """Registry numbers that PubMed states, and a note of entries in data banks that are no registers."""
    numbers: list[str] = []
    others: list[str] = []
    for bank in () if article is None else article.iterfind("DataBankList/DataBank"):
        name = _text(bank, "DataBankName")
        for each in bank.iterfind("AccessionNumberList/AccessionNumber"):
            accession = _text(each)
            spelt = registry_ids_in(accession, f"{name}{accession}")
            if spelt:
                numbers += spelt[:1]
            elif accession and name.lower() in _REGISTERS:
                numbers.append(accession.replace(";", ","))
            elif accession:
                others.append(f"{name} {accession}")
    return numbers, f"Data banks: {'; '.join(others)}." if others else ""


def _retracted(types: tuple[str, ...]) -> str:
    return "PubMed lists it as a retracted publication." if "Retracted Publication" in types else ""


def _language(article: Element | None) -> str:
    """Its languages where not English alone, and its title in them."""
    languages = [] if article is None else [_text(each) for each in article.iterfind("Language")]
    vernacular = _text(article, "VernacularTitle")
    told = [f"Language: {', '.join(languages)}."] if languages and languages != ["eng"] else []
    return " ".join([*told, *([f"Original title: {vernacular}"] if vernacular else [])])
