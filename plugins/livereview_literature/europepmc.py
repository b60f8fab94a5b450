"""Europe PMC as a source: one search, page by page, and each record that it finds.

New records are those with a new day of indexing (``FIRST_IDATE``), whenever they were published.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from livereview import Answer, Fetched, FetchRequest, PluginError, Problem, Reference, Session, plain_text
from livereview_literature.options import EuropePmcOptions
from livereview_literature.results import page_in, record_of
from livereview_literature.search import ledger_tables, search_of, shortfall

#: Europe PMC asks for queries of less than 1,500 characters in an address.
_LONG = 1_400


def fetch(request: FetchRequest, options: EuropePmcOptions) -> Fetched:
    """What Europe PMC has indexed since the last search."""
    if request.network is None:
        raise PluginError("Europe PMC needs the network, and this command does not use it.")
    search = search_of(request, "Europe PMC", "europe-pmc", options.query, options.since)
    session = request.network.session(options.base_url, per_second=options.per_second)
    asked = sent(search.query if len(search.query) < 9_000 else options.query, search.start)
    pages = _Pages(session, asked, options, request)
    pages.read()
    if len(pages.results) < pages.hits:  # records that move between pages while they are read come with a second look
        pages.read()
    references = _references(pages.results)
    left_out = list(pages.odd)
    if len(pages.results) != pages.hits:
        left_out.append(shortfall(search, pages.hits, len(pages.results)))
    tables = ledger_tables(
        search, references, hits=pages.hits, complete=len(pages.results) >= pages.hits, locator="https://europepmc.org",
        remarks=(f"Europe PMC read it as: {pages.understood}" if pages.understood else "", *pages.versions),
    )  # fmt: skip
    return Fetched(tables=tables, left_out=tuple(left_out))


def sent(query: str, start: date | None) -> str:
    """The query as sent: as written, or limited to what was indexed since a day."""
    query = " ".join(query.split())
    return query if start is None else f"({query}) AND (FIRST_IDATE:[{start.isoformat()} TO 3000-12-31])"


def search_fault(answer: Answer) -> str | None:
    """What is wrong with an answer that may be right when asked again; None also where asking changes nothing."""
    try:
        data = answer.json()
    except ValueError:
        return "the answer is no JSON"
    if not isinstance(data, dict):
        return "the answer is not what a search gives"
    if "errCode" in data or "errMsg" in data:
        lasting = str(data.get("errCode", "")).startswith("4")
        return None if lasting else f"{data.get('errCode')}: {plain_text(str(data.get('errMsg')))}"
    if not isinstance(data.get("hitCount"), int) or not isinstance(data.get("resultList"), dict):
        return "the answer does not say how many records there are"
    return None


class _Pages:
    """The pages of one search, read until Europe PMC has no further one."""

    def __init__(self, session: Session, query: str, options: EuropePmcOptions, request: FetchRequest) -> None:
        self._session = session
        self._request = request
        self._form = {
            "query": query, "format": "json", "resultType": "core", "pageSize": str(options.page_size),
            "synonym": "true" if options.synonyms else "false",
        }  # fmt: skip
        self.hits = 0
        self.understood = ""
        self.versions: dict[str, None] = {}
        self.results: dict[tuple[str, str], Mapping[str, Any]] = {}
        """By database and number in it; of one that changed between pages the later."""
        self.odd: tuple[Problem, ...] = ()

    def read(self) -> None:
        """Every page from the first; what came before stays where a page no longer has it."""
        cursor, seen, odd = "*", {"*"}, []
        while True:
            page = page_in(self._page(cursor))
            self.hits = page.hits
            self.understood = page.understood
            if page.version:
                self._session.note_version(page.version)
                self.versions[f"Version of the service: {page.version}."] = None
            for result in page.results:
                key = (str(result.get("source") or ""), str(result.get("id") or ""))
                if all(key):
                    self.results[key] = result
                else:
                    odd.append(_nameless(result))
            self._request.progress("Europe PMC", len(self.results), self.hits)
            if not page.results or not page.cursor or page.cursor in seen:
                self.odd = tuple(odd)
                return
            cursor = page.cursor
            seen.add(cursor)

    def _page(self, cursor: str) -> Any:
        form = {**self._form, "cursorMark": cursor}
        if len(self._form["query"]) > _LONG:
            return self._session.post("searchPOST", form, fault=search_fault).json()
        return self._session.get("search", form, fault=search_fault).json()


def _nameless(result: Mapping[str, Any]) -> Problem:
    return Problem(
        place="Europe PMC",
        found=plain_text(str(result.get("title") or result))[:80],
        message="a record has no number of its own",
        remedy="Look it up by its title.",
    )


def _references(results: Mapping[tuple[str, str], Mapping[str, Any]]) -> list[Reference]:
    """The records, each once: of several with one PubMed number that of MEDLINE counts."""
    found: dict[str, Reference] = {}
    for (database, _), result in results.items():
        reference = record_of(result)
        if reference.record_id not in found or database == "MED":
            found[reference.record_id] = reference
    return list(found.values())
