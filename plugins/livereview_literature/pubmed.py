"""PubMed as a source: one search, each record that it finds, and what became of reports that are known.

New records are those with a new day of entry, of creation or of indexing. PubMed sets the day of entry of a record that
it takes in more than a year after publication back to the day of publication (NLM Tech Bull 2008;365:e1), and gives a
record its headings weeks after its entry: by the day of entry alone a search would find neither, ever.
"""

from __future__ import annotations

import os
from datetime import date
from urllib.parse import quote_plus

from livereview import Fetched, FetchRequest, PluginError, Problem, RawTable, Reference
from livereview_literature.entrez import Delivered, Entrez, Found
from livereview_literature.options import PubmedOptions
from livereview_literature.search import Search, ledger_tables, search_of, shortfall
from livereview_literature.watching import watched

_SITE = "https://pubmed.ncbi.nlm.nih.gov/"
_SHOWN = 50


def fetch(request: FetchRequest, options: PubmedOptions) -> Fetched:
    """What PubMed has that is new since the last search, and proposals for known reports that it calls retracted or
    corrected."""
    if request.network is None:
        raise PluginError("PubMed needs the network, and this command does not use it.")
    per_second = options.per_second or (10 if os.environ.get(options.api_key_env) else 3)
    session = request.network.session(options.base_url, per_second=per_second, secrets={"api_key": options.api_key_env})
    entrez = Entrez(session, today=request.today, email=options.email, progress=request.progress)
    tables: list[RawTable] = []
    left_out: list[Problem] = []
    notes: list[str] = []
    if options.query.strip():
        search = search_of(request, "PubMed", "pubmed", options.query, options.since)
        version = entrez.version()
        found = entrez.search(term(search.query if len(search.query) < 9_000 else options.query, search.start))
        records = entrez.records(found.pmids, "PubMed")
        references, complaints = _records(search, found, records)
        remarks = [
            f"PubMed read it as: {found.translation}" if found.translation else "",
            version and f"State: {version}.",
        ]
        tables += ledger_tables(
            search, references, hits=found.count, complete=len(found.pmids) == found.count, locator=_address(search),
            remarks=(*remarks, *found.remarks),
        )  # fmt: skip
        notes += (f'PubMed, "{search.query[:60]}": {remark}.' for remark in found.remarks)
        left_out += complaints
    if options.watch_reports:
        seen = watched(entrez, request.known.get("reports", ()), request.today)
        tables += seen.tables
        left_out += seen.left_out
        notes += seen.notes
    return Fetched(tables=tuple(tables), left_out=tuple(left_out), notes=tuple(notes))


def term(query: str, start: date | None) -> str:
    """The query as sent: as written, or limited to what was entered, created or given headings since a day."""
    if start is None:
        return query
    day = f'"{start:%Y/%m/%d}"'
    new = (f'({day}[Date - {name}] : "3000"[Date - {name}])' for name in ("Entry", "Create", "MeSH"))
    return f"({query}) AND ({' OR '.join(new)})"


def _address(search: Search) -> str:
    address = f"{_SITE}?term={quote_plus(search.query)}"
    return address if len(address) <= 2_000 else _SITE


def _records(search: Search, found: Found, delivered: Delivered) -> tuple[list[Reference], list[Problem]]:
    """The records, one for each number that was found: a number of which no record came stands with that number only,
    so that a person sees it."""
    references = [article.reference for article in delivered.articles.values()]
    complaints = []
    for pmid in delivered.missing:
        note = "PubMed found it and delivered no record: look it up."
        references.append(Reference(record_id=f"pmid:{pmid}", title="", pmid=pmid, url=f"{_SITE}{pmid}/", note=note))
    if delivered.missing:
        complaints.append(
            Problem(
                place="PubMed",
                found=_listed(delivered.missing),
                message=f"{len(delivered.missing):,} of {len(found.pmids):,} numbers that were found have no record",
                remedy="They stand in the ledger by number; look them up at pubmed.ncbi.nlm.nih.gov.",
            )
        )
    if len(found.pmids) != found.count:
        complaints.append(shortfall(search, found.count, len(found.pmids)))
    complaints += (
        Problem(
            place="PubMed",
            found=what,
            message="an answer holds something that cannot be used",
            remedy="Nothing else is lost.",
        )
        for what in delivered.odd
    )
    return references, complaints


def _listed(pmids: tuple[str, ...]) -> str:
    more = len(pmids) - _SHOWN
    return ", ".join(pmids[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
