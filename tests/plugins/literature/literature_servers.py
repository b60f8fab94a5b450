"""Small databases that answer as PubMed, Europe PMC and bioRxiv do, on top of a ``FakeServer``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from fake_sources import FakeServer, Request, Response, json_page, xml_page
from livereview import Cell, Fetched, RawTable
from livereview.evidence.cells import value
from livereview.evidence.schema import TABLES

DOCUMENTS = Path(__file__).parent / "documents"
TODAY = date(2026, 11, 29)

#: Asks a source by its name, with what is known and its options; the fixture ``ask``.
Ask = Callable[..., Fetched]


def rows(fetched: Fetched, name: str) -> list[dict[str, Cell]]:
    """The rows of a table that a source brought, each of which the store takes as it is."""
    tables = [table for table in fetched.tables if table.table == name]
    return [row for table in tables for row in stored(table)]


def stored(table: RawTable) -> list[dict[str, Cell]]:
    """Rows as the store reads them: it refuses none of their cells."""
    schema = TABLES[table.table]
    assert len(table.rows) == len(table.row_numbers)
    found = []
    for row in table.rows:
        cells = {name: value(cell, schema.column(name)) for name, cell in zip(table.columns, row, strict=True)}
        assert all(cells.get(column.name) for column in schema.columns if column.required), cells
        found.append({column: cells.get(column) for column in schema.names})
    return found


def searched(through: str, source: str, query: str, review: str = "blina") -> dict[str, tuple[dict[str, Cell], ...]]:
    """What is known after an earlier search."""
    row: dict[str, Cell] = dict.fromkeys(TABLES["searches"].names)
    row |= {"source": source, "query": query, "review": review, "searched_on": through, "through": through}
    return {"searches": (row,)}


def report(report_id: str, **cells: Cell) -> dict[str, Cell]:
    """A known report."""
    return {**dict.fromkeys(TABLES["reports"].names), "report_id": report_id, **cells}


# --- PubMed ------------------------------------------------------------------------------------------------------

_HEAD = b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
_RANGE = re.compile(r'"(\d{4})/(\d\d)/(\d\d)"\[Date - (Entry|Create|MeSH)\]')


def article_set(*articles: bytes) -> bytes:
    """A whole answer of EFetch."""
    return _HEAD + b"<PubmedArticleSet>" + b"".join(articles) + b"</PubmedArticleSet>"


def document(name: str) -> bytes:
    """A recorded answer."""
    return (DOCUMENTS / name).read_bytes()


def recorded(name: str) -> bytes:
    """The one record of a recorded answer."""
    content = document(name)
    return content[content.index(b"<PubmedArticle>") : content.index(b"</PubmedArticleSet>")]


def article(
    pmid: str,
    *,
    title: str = "A trial",
    links: str = "",
    types: str = "",
    more: str = "",
    data: str = "",
    date: str = "",
) -> bytes:
    """A small record in PubMed's layout; ``more`` goes into Article, ``data`` into PubmedData."""
    text = (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><Journal><JournalIssue><PubDate>'
        f"{date or '<Year>2026</Year>'}</PubDate></JournalIssue><Title>J</Title></Journal>"
        f"<ArticleTitle>{title}</ArticleTitle>{more}<PublicationTypeList>"
        f"<PublicationType>Journal Article</PublicationType>{types}</PublicationTypeList></Article>"
        f"<CommentsCorrectionsList>{links}</CommentsCorrectionsList></MedlineCitation>"
        f"<PubmedData>{data}</PubmedData></PubmedArticle>"
    )
    return text.encode()


def link(relation: str, citation: str, pmid: str = "") -> str:
    """One entry of CommentsCorrectionsList."""
    number = f'<PMID Version="1">{pmid}</PMID>' if pmid else ""
    cited = f"<RefSource>{escape(citation)}</RefSource>"
    return f'<CommentsCorrections RefType="{relation}">{cited}{number}</CommentsCorrections>'


@dataclass
class Pubmed:
    """A PubMed of some records, each with its days of entry, creation and indexing."""

    records: dict[str, bytes] = field(default_factory=dict)
    entered: dict[str, date] = field(default_factory=dict)
    created: dict[str, date] = field(default_factory=dict)
    indexed: dict[str, date] = field(default_factory=dict)
    """When it was given headings, where that was later than its entry."""
    lost: set[str] = field(default_factory=set)
    """Numbers that ESearch finds and EFetch does not know."""
    extra: bytes = b""
    """What EFetch adds to each answer."""
    errors: Mapping[str, Any] = field(default_factory=dict)
    page: int = 9_999
    """The most that one answer lists."""

    def put(self, pmid: str, record: bytes, entered: date, created: date | None = None) -> None:
        """Enter a record."""
        self.records[pmid], self.entered[pmid], self.created[pmid] = record, entered, created or entered

    def serve(self, server: FakeServer) -> None:
        """Answer on a server."""
        server.answer("/einfo.fcgi", json_page({"einforesult": {"dbinfo": [
            {"dbname": "pubmed", "dbbuild": "Build-2026.11.28.22.01", "lastupdate": "2026/11/28 22:01"}
        ]}}))  # fmt: skip
        server.answer("/esearch.fcgi", lambda asked: json_page(self.search(asked.parameters)))
        server.answer("/efetch.fcgi", lambda asked: xml_page(self.fetch(asked.parameters)))

    def search(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """As ESearch answers: numbers as text, errors within status 200."""
        start, most = int(asked["retstart"]), min(int(asked["retmax"]), self.page)
        if start > 9_998:
            found: dict[str, Any] = json.loads(document("error_retstart_9999.json"))
            return found
        hits = [pmid for pmid in self.records if self._fits(pmid, asked)]
        result = {
            "count": str(len(hits)), "retmax": str(most), "retstart": str(start), "idlist": hits[start : start + most],
            "translationset": [], "querytranslation": f"{asked['term']}[All Fields]", **self.errors,
        }  # fmt: skip
        return {"header": {"type": "esearch", "version": "0.3"}, "esearchresult": result}

    def fetch(self, asked: Mapping[str, str]) -> bytes:
        """As EFetch answers: what it does not know is not there."""
        wanted = asked["id"].split(",")
        assert len(wanted) <= 200
        known = [self.records[pmid] for pmid in wanted if pmid in self.records and pmid not in self.lost]
        return article_set(*known, self.extra)

    def _fits(self, pmid: str, asked: Mapping[str, str]) -> bool:
        if "mindate" in asked:
            low, high = (date(*map(int, asked[name].split("/"))) for name in ("mindate", "maxdate"))
            if not low <= self.entered[pmid] <= high:
                return False
        days = {name: date(int(year), int(month), int(day)) for year, month, day, name in _RANGE.findall(asked["term"])}
        indexed = self.indexed.get(pmid, self.entered[pmid])
        dated = {"Entry": self.entered[pmid], "Create": self.created[pmid], "MeSH": indexed}
        return not days or any(dated[name] >= day for name, day in days.items())


# --- Europe PMC --------------------------------------------------------------------------------------------------


def result(number: str, database: str = "MED", **more: Any) -> dict[str, Any]:
    """A record of Europe PMC in its full form."""
    own = {"pmid": number} if database == "MED" else {}
    return {
        "id": number, "source": database, **own, "title": f"Record {number}.", "pubYear": "2026",
        "firstPublicationDate": "2026-11-20", "firstIndexDate": "2026-11-25", **more,
    }  # fmt: skip


@dataclass
class EuropePmc:
    """A Europe PMC that gives its records page by page."""

    records: list[dict[str, Any]] = field(default_factory=list)
    hits: int | None = None
    """What it says that it has, where it says something else."""
    between: Callable[[EuropePmc], None] = lambda self: None
    """What happens to it after each page."""
    endless: bool = False
    """Whether the last page gives its own cursor again, as some versions do."""

    def serve(self, server: FakeServer) -> None:
        """Answer on a server."""
        for path in ("/search", "/searchPOST"):
            server.answer(path, lambda asked: json_page(self.page(asked.parameters)))

    def page(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """One page."""
        start = 0 if asked["cursorMark"] == "*" else int(asked["cursorMark"].removeprefix("AoI"))
        size = int(asked["pageSize"])
        day = re.search(r"FIRST_IDATE:\[(\S+) TO", asked["query"])
        fitting = [each for each in self.records if day is None or each["firstIndexDate"] >= day[1]]
        found = fitting[start : start + size]
        hits = len(fitting) if self.hits is None else self.hits
        following = (
            f"AoI{start + size:06}" if start + size < len(fitting) else asked["cursorMark"] if self.endless else ""
        )
        self.between(self)
        return {
            "version": "6.9", "hitCount": hits, **({"nextCursorMark": following} if following else {}),
            "request": {"queryString": asked["query"], "resultType": "core", "cursorMark": asked["cursorMark"]},
            "resultList": {"result": found},
        }  # fmt: skip


# --- bioRxiv and medRxiv -----------------------------------------------------------------------------------------


def posting(doi: str, version: int = 1, posted: str = "2026-11-20", **more: str) -> dict[str, str]:
    """One version of a preprint in the layout of /details."""
    return {
        "title": f"Preprint {doi}", "authors": "Loe, A.; Roe, B. C.", "doi": doi, "date": posted,
        "version": str(version), "type": "new results", "license": "cc_by", "category": "hematology",
        "abstract": "On blinatumomab.", "funder": "NA", "published": "NA", "server": "bioRxiv", **more,
    }  # fmt: skip


def publication(doi: str, published: str, **more: str) -> dict[str, str]:
    """One preprint that appeared in a journal, in the layout of /pubs."""
    return {
        "preprint_doi": doi, "published_doi": published, "published_journal": "Blood", "preprint_platform": "bioRxiv",
        "preprint_title": f"Preprint {doi}", "preprint_authors": "Loe, A.; Roe, B. C.", "preprint_date": "2026-02-03",
        "published_date": "2026-11-21", "preprint_abstract": "On blinatumomab.", **more,
    }  # fmt: skip


@dataclass
class Biorxiv:
    """A server of preprints that gives 30 postings and 100 publications a page."""

    postings: list[dict[str, str]] = field(default_factory=list)
    publications: list[dict[str, str]] = field(default_factory=list)
    sizes: Mapping[str, int] = field(default_factory=lambda: {"details": 30, "pubs": 100})
    total: int | None = None
    between: Callable[[Biorxiv], None] = lambda self: None

    def answer(self, asked: Request) -> Response:
        """One page, or the versions of one preprint."""
        _, listed, _, first, *rest = asked.path.split("/")
        every = self.postings if listed == "details" else self.publications
        if rest[-2] == "na":
            doi = "/".join((first, *rest[:-2]))
            return json_page(self._page([each for each in every if each["doi"] == doi], 0, 1_000))
        last, cursor = rest[0], int(rest[1])
        day = "date" if listed == "details" else "published_date"
        page = self._page([each for each in every if first <= each[day] <= last], cursor, self.sizes[listed])
        self.between(self)
        return json_page(page)

    def _page(self, fitting: list[dict[str, str]], cursor: int, size: int) -> dict[str, Any]:
        found = fitting[cursor : cursor + size]
        if not found:
            return {"messages": [{"status": "no posts found"}], "collection": []}
        total = len(fitting) if self.total is None else self.total
        message = {"status": "ok", "cursor": cursor, "count": len(found), "total": str(total)}
        return {"messages": [message], "collection": found}

    def serve(self, server: FakeServer, paths: Iterable[str]) -> None:
        """Answer on a server under these paths."""
        for path in paths:
            server.answer(path, self.answer)


def changed(response: Response, content: bytes) -> Response:
    """The same answer with another content."""
    return replace(response, content=content)
