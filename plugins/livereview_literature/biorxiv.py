"""bioRxiv and medRxiv as a source: the preprints of a period, of which those with given words are records.

These servers have no search: every preprint of the period is looked at here, and the ledger says how many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from livereview import Answer, Fetched, FetchRequest, PluginError, Problem, Session, doi_in
from livereview_literature.options import BiorxivOptions
from livereview_literature.preprints import (
    Page,
    Posting,
    Publication,
    Wanted,
    fault,
    page_in,
    posting_of,
    publication_of,
    records,
)
from livereview_literature.search import Search, ledger_tables, search_of, shortfall

_NAMES = {"biorxiv": "bioRxiv", "medrxiv": "medRxiv"}

Entry = TypeVar("Entry", Posting, Publication)


@dataclass(frozen=True, kw_only=True)
class Period(Generic[Entry]):
    """Everything that a server has of a period, one of its lists."""

    entries: tuple[Entry, ...]
    """Each once; of one that changed between pages the later."""
    total: int
    """As the server counts."""
    came: int
    """How many came, those without a DOI among them."""
    odd: tuple[Problem, ...]


def fetch(request: FetchRequest, options: BiorxivOptions) -> Fetched:
    """Preprints posted, and published in a journal, since the last search, and those that are named by DOI."""
    if request.network is None:
        raise PluginError("bioRxiv needs the network, and this command does not use it.")
    server = _Server(request.network.session(options.base_url, per_second=options.per_second), options.server, request)
    wanted = Wanted(options.query, options.match)
    query = wanted.written or f"DOIs: {', '.join(options.dois)}"
    search = search_of(request, server.name, options.server, query, options.since)
    postings: list[Posting] = []
    publications: tuple[Publication, ...] = ()
    left_out: list[Problem] = []
    remarks: list[str] = []
    notes: list[str] = []
    complete = True
    if options.query and search.start is not None:
        posted = server.period("details", search.start, posting_of)
        postings = [each for each in posted.entries if wanted.stand_in(each.title, each.abstract)]
        remarks.append(f"Preprints posted: looked through {posted.came:,}, of which {len(postings):,} match.")
        complete = _checked(search, "details", posted, left_out)
        if options.publications:
            appeared = server.period("pubs", search.start, publication_of)
            publications = tuple(each for each in appeared.entries if wanted.stand_in(each.title, each.abstract))
            remarks.append(
                f"Preprints that a journal printed: looked through {appeared.came:,}, "
                f"of which {len(publications):,} match."
            )
            complete = _checked(search, "pubs", appeared, left_out) and complete
            notes += _known_that_appeared(request, appeared.entries)
        postings += server.first_versions(postings)
    for doi in options.dois:
        postings += server.versions(doi, left_out)
    references = records(postings, publications, server.name)
    tables = ledger_tables(
        search, references, hits=len(references), complete=complete, locator=f"https://www.{options.server}.org",
        remarks=remarks, asked="" if options.query else "named preprints",
    )  # fmt: skip
    told = (f"{server.name}: {each}" for each in (*remarks, *notes))
    return Fetched(tables=tables, left_out=tuple(left_out), notes=tuple(told))


def _checked(search: Search, listed: str, period: Period[Any], left_out: list[Problem]) -> bool:
    """Whether all came that the server counts; what did not is named."""
    left_out += period.odd
    if period.came != period.total:
        left_out.append(shortfall(search, period.total, period.came, f"entries of /{listed}"))
    return period.came >= period.total


def _known_that_appeared(request: FetchRequest, publications: Iterable[Publication]) -> Iterable[str]:
    """Lines on known reports that are preprints and have appeared in a journal."""
    appeared = {each.doi: each for each in publications}
    for row in request.known.get("reports", ()):
        doi = doi_in(str(row.get("doi") or "")) or doi_in(str(row["report_id"]))
        if doi in appeared:
            yield f"report {row['report_id']} is a preprint that has appeared in a journal. {appeared[doi].sentence}"


class _Server:
    """Questions to one of the two servers."""

    def __init__(self, session: Session, server: str, request: FetchRequest) -> None:
        self._session = session
        self._server = server
        self._request = request
        self.name = _NAMES[server]

    def period(self, listed: str, first: date, read: Callable[[Mapping[str, Any]], Entry | None]) -> Period[Entry]:
        """Every entry of a list from a day until today, page by page, stepping by what each page holds."""
        days = f"{listed}/{self._server}/{first.isoformat()}/{self._request.today.isoformat()}"
        entries: dict[tuple[str, str], Entry] = {}
        odd: list[Problem] = []
        cursor = total = 0
        while True:
            page = self._page(f"{days}/{cursor}/json", cursor)
            before = len(entries) + len(odd)
            for number, each in enumerate(page.entries, start=cursor):
                found = read(each)
                if found is None:
                    odd.append(self._nameless(listed, number, each))
                else:
                    entries[found.doi, self._told_apart(found)] = found
            cursor += len(page.entries)
            total = page.total if page.entries else total  # a page behind the last one says that there is nothing
            came = len(entries) + len(odd)
            self._request.progress(f"{self.name}, {listed}", came, total)
            if cursor >= total or not page.entries or came == before:
                return Period(entries=tuple(entries.values()), total=total, came=came, odd=tuple(odd))

    def versions(self, doi: str, left_out: list[Problem]) -> list[Posting]:
        """Every version of one preprint; what the server does not have, or gives in its place, is named."""
        page = self._page(f"details/{self._server}/{quote(doi, safe='/')}/na/json", None)
        found = [posting for posting in map(posting_of, page.entries) if posting is not None]
        others = [posting.doi for posting in found if posting.doi != doi]
        if not page.entries or others:
            left_out.append(
                Problem(
                    place=self.name,
                    found=", ".join(dict.fromkeys(others)) or None,
                    message=f"asked for {doi}, the server gave another preprint" if others else f"there is no {doi}",
                    remedy="Compare the DOI with the preprint; the other server may have it.",
                )
            )
        return [posting for posting in found if posting.doi == doi]

    def first_versions(self, postings: list[Posting]) -> list[Posting]:
        """All versions of those of which only a later one was posted in the period: the world knew the first."""
        first = {each.doi for each in postings if each.version == 1}
        later = dict.fromkeys(each.doi for each in postings if each.doi not in first)
        return [version for doi in later for version in self.versions(doi, [])]

    def _page(self, path: str, cursor: int | None) -> Page:
        def wrong(answer: Answer) -> str | None:
            try:
                return fault(answer.json(), cursor)
            except ValueError:
                return "the answer is no JSON"

        return page_in(self._session.get(path, fault=wrong).json())

    def _told_apart(self, found: Posting | Publication) -> str:
        return str(found.version) if isinstance(found, Posting) else found.published_doi

    def _nameless(self, listed: str, number: int, entry: Mapping[str, Any]) -> Problem:
        return Problem(
            place=f"{self.name}, entry {number} of /{listed}",
            found=str(entry.get("title") or entry.get("preprint_title") or "")[:80],
            message="an entry has no DOI",
            remedy="Look it up by its title.",
        )
