"""What PubMed links a record with: its retraction, its corrections, the preprint that it was, the article it became.

Comments and citations are left aside: they say nothing about whether the numbers of the record still stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element

from livereview import plain_text, pmid_in
from livereview_literature.wording import date_in

#: RefType of CommentsCorrections, and how a note says it. Those that bear on a report come first.
_TOLD = {
    "RetractionIn": "Retracted in",
    "RetractedandRepublishedIn": "Retracted and republished in",
    "PartialRetractionIn": "Retracted in part in",
    "ErratumIn": "Corrected in",
    "CorrectedandRepublishedIn": "Corrected and republished in",
    "ExpressionOfConcernIn": "Expression of concern in",
    "UpdateIn": "Updated in",
    "UpdateOf": "Update of",
    "RetractionOf": "Retraction of",
    "RetractedandRepublishedFrom": "Republished, after a retraction, from",
    "PartialRetractionOf": "Retraction of a part of",
    "ErratumFor": "Correction of",
    "CorrectedandRepublishedFrom": "Corrected and republished from",
    "ExpressionOfConcernFor": "Expression of concern about",
    "RepublishedIn": "Republished in",
    "RepublishedFrom": "Republished from",
}
_RETRACTING = ("RetractionIn", "RetractedandRepublishedIn")
_CORRECTING = ("ErratumIn", "CorrectedandRepublishedIn", "PartialRetractionIn")
#: The date in a citation as PubMed prints it: ``AIDS Care. 2024 Jul 28;36(1):24-35.``
_CITED = re.compile(r"(?<!\d)((?:19|20)\d{2}(?: [A-Z][a-z]{2}(?:-[A-Z][a-z]{2})?(?: \d{1,2})?)?)(?=[;:.]|$)")

Status = Literal["", "corrected", "retracted"]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One link to another publication."""

    relation: str
    """PubMed's RefType."""
    citation: str
    pmid: str

    @property
    def sentence(self) -> str:
        """As a line of a note."""
        number = f" PMID {self.pmid}." if self.pmid else ""
        return (
            f"{_TOLD[self.relation]}: {self.citation.rstrip('.') or 'a publication that PubMed does not cite'}.{number}"
        )

    @property
    def cited_on(self) -> str:
        """The date in the citation; "" if there is none."""
        found = _CITED.search(self.citation)
        return date_in(found[1]) if found else ""


def notices_in(citation: Element) -> tuple[Notice, ...]:
    """The links of a MedlineCitation that bear on the record, in the order of their weight."""
    found = [
        Notice(
            relation=each.get("RefType") or "",
            citation=plain_text(" ".join("".join(part.itertext()) for part in each.iterfind("RefSource"))),
            pmid=pmid_in(each.findtext("PMID") or ""),
        )
        for each in citation.iterfind("CommentsCorrectionsList/CommentsCorrections")
        if each.get("RefType") in _TOLD
    ]
    order = list(_TOLD)
    return tuple(sorted(found, key=lambda notice: order.index(notice.relation)))


def stated_status(notices: Iterable[Notice], types: Iterable[str]) -> tuple[Status, tuple[Notice, ...]]:
    """What PubMed says of a record's standing, and the notices that say it; "" where it says nothing.

    An expression of concern is neither: people judge it.
    """
    found = tuple(notices)
    retracting = tuple(notice for notice in found if notice.relation in _RETRACTING)
    if retracting or "Retracted Publication" in types:
        return "retracted", retracting
    correcting = tuple(notice for notice in found if notice.relation in _CORRECTING)
    return ("corrected", correcting) if correcting else ("", ())
