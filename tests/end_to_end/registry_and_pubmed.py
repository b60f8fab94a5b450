"""A ClinicalTrials.gov and a PubMed with a few pages, for tests of whole reviews. Their numbers are made up.

Every trial that is asked for exists and has no results, but for those that a test puts there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fake_sources import FakeServer, Request, Response, json_page, xml_page

VERSION = {"apiVersion": "2.0.5", "dataTimestamp": "2026-11-27T09:00:05"}


def trial(number: str, title: str, status: str = "RECRUITING", **sections: Any) -> dict[str, Any]:
    """A document of version 2 with what every trial has."""
    return {
        "protocolSection": {
            "identificationModule": {"nctId": number, "briefTitle": title},
            "statusModule": {
                "overallStatus": status,
                "studyFirstPostDateStruct": {"date": "2025-03-02"},
                "resultsFirstPostDateStruct": {"date": "2026-11-01"},
                "lastUpdatePostDateStruct": {"date": "2026-11-20"},
            },
            "designModule": {"phases": ["PHASE3"], "enrollmentInfo": {"count": 120, "type": "ESTIMATED"}},
        },
        **sections,
    }


def deaths(*groups: tuple[str, int, int]) -> dict[str, Any]:
    """Posted results that hold deaths and serious adverse events of each group: title, affected, at risk."""
    posted = [
        {
            "id": f"EG{at:03d}", "title": title, "deathsNumAffected": affected, "deathsNumAtRisk": at_risk,
            "seriousNumAffected": affected + 10, "seriousNumAtRisk": at_risk,
        }
        for at, (title, affected, at_risk) in enumerate(groups)
    ]  # fmt: skip
    return {
        "hasResults": True,
        "resultsSection": {"adverseEventsModule": {"frequencyThreshold": "5", "eventGroups": posted}},
    }


def article(pmid: str, title: str, *, retracted_by: str = "") -> str:
    """A record in PubMed's layout."""
    link = (
        '<CommentsCorrections RefType="RetractionIn"><RefSource>J Made Up. 2026 Nov 10;1(1):1.</RefSource>'
        f"<PMID>{retracted_by}</PMID></CommentsCorrections>"
    )
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><Journal><JournalIssue><PubDate>'
        f"<Year>2026</Year></PubDate></JournalIssue><Title>Journal of Tests</Title></Journal>"
        f"<ArticleTitle>{title}</ArticleTitle><AuthorList><Author><LastName>Maker</LastName><Initials>A</Initials>"
        "</Author></AuthorList><PublicationTypeList><PublicationType>Journal Article</PublicationType>"
        f"</PublicationTypeList></Article><CommentsCorrectionsList>{link if retracted_by else ''}"
        "</CommentsCorrectionsList></MedlineCitation><PubmedData></PubmedData></PubmedArticle>"
    )


@dataclass
class Registry:
    """ClinicalTrials.gov: what a search finds, two trials a page, and what each trial has posted."""

    found: list[dict[str, Any]] = field(default_factory=list)
    posted: dict[str, dict[str, Any]] = field(default_factory=dict)

    def serve(self, server: FakeServer) -> None:
        """Answer on a server."""
        server.answer("/api/v2/version", json_page(VERSION))
        server.answer("/api/v2/studies", self._page)

    def follow(self, server: FakeServer, *numbers: str) -> None:
        """Know these trials."""
        for number in numbers:
            document = self.posted.get(number, trial(number, f"Trial {number}", "COMPLETED"))
            server.answer(f"/api/v2/studies/{number}", json_page(document))

    def _page(self, asked: Request) -> Response:
        start = int(asked.query.get("pageToken", "t0")[1:])
        page: dict[str, Any] = {"studies": self.found[start : start + 2]}
        if start == 0:
            page["totalCount"] = len(self.found)
        if start + 2 < len(self.found):
            page["nextPageToken"] = f"t{start + 2}"
        return json_page(page)


@dataclass
class Pubmed:
    """PubMed: what a search finds, and every record that can be fetched."""

    found: list[str] = field(default_factory=list)
    records: dict[str, str] = field(default_factory=dict)

    def serve(self, server: FakeServer) -> None:
        """Answer on a server."""
        build = {"dbname": "pubmed", "dbbuild": "Build-2026.11.28", "lastupdate": "2026/11/28 22:01"}
        server.answer("/eutils/einfo.fcgi", json_page({"einforesult": {"dbinfo": [build]}}))
        server.answer("/eutils/esearch.fcgi", self._search)
        server.answer("/eutils/efetch.fcgi", self._fetch)

    def _search(self, asked: Request) -> Response:
        start, most = (int(asked.parameters.get(name, "0")) for name in ("retstart", "retmax"))
        result = {
            "count": str(len(self.found)), "retmax": str(most), "retstart": str(start),
            "idlist": self.found[start : start + most], "translationset": [], "querytranslation": "blinatumomab",
        }  # fmt: skip
        return json_page({"esearchresult": result})

    def _fetch(self, asked: Request) -> Response:
        wanted = asked.parameters["id"].split(",")
        known = "".join(self.records.get(pmid, article(pmid, f"Report {pmid}")) for pmid in wanted)
        return xml_page(f'<?xml version="1.0"?><PubmedArticleSet>{known}</PubmedArticleSet>'.encode())
