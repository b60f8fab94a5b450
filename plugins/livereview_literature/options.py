"""What a manifest may say about searches of bibliographic databases."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from livereview import Options, doi_in

Word = Annotated[str, Field(min_length=1)]
_QUOTED = re.compile(r'"[^"]*"')
_SINCE = "First search only: the first day asked for, as YYYY-MM-DD; later searches go on where the last one ended."


def _whole(query: str) -> str:
    """A query whose quotes and brackets close: it is put in brackets to be limited to what is new, and a bracket that
    is missing would make another query of it. ValueError where one does not."""
    bare = _QUOTED.sub("", query)
    depth = 0
    for sign in bare:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            break
    if depth or '"' in bare:
        raise ValueError(f"the {'quotation marks' if depth == 0 else 'brackets'} of the query do not match")
    return query


class PubmedOptions(Options):
    """What to ask PubMed, and how fast."""

    query: str = Field(
        default="", description="The search as typed into PubMed; empty: known reports are watched only."
    )
    since: date | None = Field(default=None, description=f"{_SINCE} Empty: everything.")
    watch_reports: bool = Field(
        default=True,
        description="Look up every report of the evidence that has a PubMed number, and propose what PubMed says of "
        "its retraction or correction.",
    )
    email: str = Field(default="", description="Sent with each request, as the National Library of Medicine asks for.")
    api_key_env: str = Field(
        default="NCBI_API_KEY", min_length=1, description="Environment variable that holds an API key; it may be unset."
    )
    per_second: float | None = Field(
        default=None, gt=0, le=10, description="Requests a second; empty: 3, or 10 where an API key is set."
    )
    base_url: str = Field(
        default="https://eutils.ncbi.nlm.nih.gov/entrez/eutils", description="Address of the E-utilities."
    )

    @field_validator("query")
    @classmethod
    def _closed(cls, query: str) -> str:
        return _whole(query)

    @model_validator(mode="after")
    def _something_to_do(self) -> PubmedOptions:
        if not self.query.strip() and not self.watch_reports:
            raise ValueError("there is nothing to do: give a query, or set watch_reports = true")
        return self


class EuropePmcOptions(Options):
    """What to ask Europe PMC, and how fast."""

    query: str = Field(description="The search as typed into Europe PMC, e.g. blinatumomab AND SRC:PPR for preprints.")
    since: date | None = Field(default=None, description=f"{_SINCE} Empty: everything.")
    synonyms: bool = Field(default=False, description="Let Europe PMC add synonyms from MeSH and UniProt.")
    page_size: int = Field(default=100, ge=1, le=1000, description="Records per request.")
    per_second: float = Field(default=5, gt=0, le=10, description="Requests a second.")
    base_url: str = Field(
        default="https://www.ebi.ac.uk/europepmc/webservices/rest", description="Address of the articles API."
    )

    @field_validator("query")
    @classmethod
    def _some(cls, query: str) -> str:
        if not query.strip():
            raise ValueError("a search needs words to look for")
        return _whole(query)


class BiorxivOptions(Options):
    """Which preprints to look through, for which words, and how fast."""

    server: Literal["biorxiv", "medrxiv"] = Field(default="biorxiv", description="Which of the two to look through.")
    query: tuple[Word, ...] = Field(
        default=(),
        description="Words or phrases looked for in title and abstract, capitals and hyphens aside; they match whole "
        "words, and with * at the end the beginning of one.",
    )
    match: Literal["all", "any"] = Field(default="all", description="Whether all of them must be there, or any one.")
    since: date | None = Field(default=None, description=f"{_SINCE} Needed with a query.")
    dois: tuple[Word, ...] = Field(default=(), description="Preprints to look up in any case, by DOI.")
    publications: bool = Field(
        default=True, description="Look through the preprints that appeared in a journal in the same period, too."
    )
    per_second: float = Field(default=1, gt=0, le=5, description="Requests a second.")
    base_url: str = Field(default="https://api.biorxiv.org", description="Address of the API.")

    @field_validator("query")
    @classmethod
    def _words(cls, query: tuple[str, ...]) -> tuple[str, ...]:
        for words in query:
            if not words.strip().strip("*").strip():
                raise ValueError(f"{words!r} holds no word to look for")
        return query

    @field_validator("dois")
    @classmethod
    def _known(cls, dois: tuple[str, ...]) -> tuple[str, ...]:
        for doi in dois:
            if not doi_in(doi):
                raise ValueError(f"{doi!r} is no DOI; write it as 10.1101/2021.04.29.21256344")
        return tuple(doi_in(doi) for doi in dois)

    @model_validator(mode="after")
    def _complete(self) -> BiorxivOptions:
        if not self.query and not self.dois:
            raise ValueError("there is nothing to look for: give a query, or dois")
        if self.query and self.since is None:
            raise ValueError("a query needs since: bioRxiv is looked through day by day, from a first day on")
        return self
