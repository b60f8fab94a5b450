"""Known reports looked up again: what PubMed says of retractions and corrections, as proposals.

A proposal changes the status, its date and the note, and only to what PubMed states; a person accepts or declines it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce

from livereview import Cell, Problem, RawTable, doi_in, plain_text, pmid_in
from livereview_literature.citations import Article
from livereview_literature.entrez import Entrez
from livereview_literature.notices import Notice, Status, stated_status
from livereview_literature.wording import earlier

#: Of a known row: all that the table of reports holds. A row that is in use is not withdrawn.
COLUMNS = (
    "report_id", "study_id", "pmid", "doi", "journal", "year", "published_on", "kind", "status", "status_on", "url",
    "note",
)  # fmt: skip
_WEIGHT: Mapping[Cell, int] = {None: 0, "": 0, "active": 0, "corrected": 1, "retracted": 2}
#: Links that change no status: told until the note of the report names them.
_LINKED = ("ExpressionOfConcernIn", "UpdateIn", "RepublishedIn", "RetractionOf")

Known = Mapping[str, Cell]


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What looking known reports up brought."""

    tables: tuple[RawTable, ...]
    left_out: tuple[Problem, ...]
    notes: tuple[str, ...]


@dataclass
class _Watch:
    tables: list[RawTable] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def watched(entrez: Entrez, reports: Iterable[Known], today: date) -> Watched:
    """Proposals for each report that PubMed calls retracted or corrected and the evidence does not."""
    numbered = [(pmid, row) for row in reports if (pmid := pmid_of(row))]
    found = _Watch()
    if numbered:
        delivered = entrez.records((pmid for pmid, _ in numbered), "PubMed, known reports")
        found.left_out += (_unknown(pmid, row) for pmid, row in numbered if pmid in delivered.missing)
        news = []
        known = {pmid for pmid, _ in numbered}
        for pmid, row in numbered:
            if article := delivered.articles.get(pmid):
                status, notices = stated_status(article.notices, article.types)
                found.notes += _told(row, article, status, notices, known)
                if _WEIGHT[status] > _WEIGHT.get(row.get("status"), 0):
                    news.append((row, article, status, notices))
        days = _days(entrez, [notice.pmid for *_, notices in news for notice in notices if notice.pmid])
        for row, article, status, notices in news:
            dates = (days.get(notice.pmid) or notice.cited_on for notice in notices)
            begun = reduce(earlier, (each for each in dates if each <= today.isoformat()[: len(each)]), "")
            found.tables.append(_proposal(row, article, status, notices, begun or None))
    return Watched(tables=tuple(found.tables), left_out=tuple(found.left_out), notes=tuple(found.notes))


def pmid_of(row: Known) -> str:
    """The PubMed number of a known report: of its own column, else of its id; "" if it has none."""
    stated = pmid_in(str(row.get("pmid") or ""))
    name = str(row["report_id"])
    return stated or (pmid_in(name[5:]) if name.startswith("pmid:") else "")


def _unknown(pmid: str, row: Known) -> Problem:
    return Problem(
        place=f"report {row['report_id']}",
        column="pmid",
        found=pmid,
        message="PubMed has no record of this number, so nobody watches whether the report is retracted",
        remedy="Compare the number with the paper and correct it.",
    )


def _days(entrez: Entrez, pmids: list[str]) -> Mapping[str, str]:
    """When each notice appeared, by its number."""
    if not pmids:
        return {}
    delivered = entrez.records(pmids, "PubMed, notices")
    return {pmid: article.reference.published_on for pmid, article in delivered.articles.items()}


def _proposal(row: Known, article: Article, status: Status, notices: tuple[Notice, ...], begun: str | None) -> RawTable:
    """The known row with what PubMed states in place of its status, status_on (``begun``) and note.

    An issue is often dated ahead: a notice of next month has no day yet, since no day to come can be recorded.
    """
    told = [notice.sentence for notice in notices] or ["PubMed lists it as a retracted publication."]
    unsettled: tuple[str, ...] = ()
    if mismatch := _other_paper(row, article):
        told.append(mismatch)
        unsettled = ("pmid",)
    note = "\n".join(filter(None, (str(row.get("note") or ""), *told)))
    changed = {
        "status": status, "status_on": begun, "note": plain_text(note, prose=True),
    }  # fmt: skip
    return RawTable(
        table="reports",
        place=f"PubMed PMID {article.pmid}, report {row['report_id']}",
        columns=COLUMNS,
        rows=(tuple(changed[name] if name in changed else row.get(name) for name in COLUMNS),),
        row_numbers=(2,),
        kind="proposed",
        unsettled={0: unsettled} if unsettled else {},
    )


def _other_paper(row: Known, article: Article) -> str:
    """Says that a known row and PubMed's record have different DOIs: then its number may be that of another paper."""
    ours, theirs = doi_in(str(row.get("doi") or "")), article.reference.doi
    if not ours or not theirs or doi_in(theirs) == ours:
        return ""
    return f"PubMed's record of PMID {article.pmid} has the DOI {theirs}, the report has {ours}: is it the same paper?"


def _told(
    row: Known, article: Article, status: Status, notices: tuple[Notice, ...], known: Collection[str]
) -> Iterable[str]:
    """What a person should know of a report besides a new status. ``known`` are the numbers of all reports."""
    name = f"Report {row['report_id']}"
    note = str(row.get("note") or "")
    if mismatch := _other_paper(row, article):
        yield f"{name}: {mismatch}"
    for notice in article.notices:
        preprint = notice.relation == "UpdateOf" and notice.pmid in known
        if (preprint or notice.relation in _LINKED) and not _named(notice, note):
            yield f"{name}: {notice.sentence}" + (" Both are reports of the evidence." if preprint else "")
    if status and _WEIGHT[status] <= _WEIGHT.get(row.get("status"), 0):
        for notice in notices:
            if not _named(notice, note):
                yield f"{name} is {row['status']}, and its note does not name a notice of PubMed. {notice.sentence}"


def _named(notice: Notice, note: str) -> bool:
    """Whether a note names a notice, by its number or, where it has none, as PubMed cites it."""
    if notice.pmid:
        return re.search(rf"(?<!\d){notice.pmid}(?!\d)", note) is not None
    return bool(notice.citation) and notice.citation.rstrip(".") in note
