"""The JSON of bioRxiv and medRxiv read: postings, publications in journals, and one record for each preprint.

What is missing is the text ``NA``; whether anything was found is said in free text. Versions of one preprint are one
record: the latest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from livereview import Reference, doi_in, partial_date, plain_text, year_in
from livereview_literature.wording import registered, without_markup

_NOTHING = re.compile(r"no (?:posts|articles|papers|results|records)\b|not found|nothing found", re.IGNORECASE)
_DASHES = re.compile("[-\u2010-\u2015\u2212]")


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One version of a preprint."""

    doi: str
    version: int
    title: str
    authors: tuple[str, ...]
    abstract: str
    posted_on: str
    published_doi: str
    server: str
    about: str
    """Kind of result and subject, in the words of the server."""


@dataclass(frozen=True, kw_only=True)
class Publication:
    """The article in a journal that a preprint became."""

    doi: str
    """Of the preprint."""
    published_doi: str
    journal: str
    published_on: str
    title: str
    authors: tuple[str, ...]
    abstract: str
    posted_on: str
    """When the first version of the preprint was posted."""

    @property
    def sentence(self) -> str:
        """As a line of a note."""
        where = f" in {self.journal}" if self.journal else ""
        when = f" on {self.published_on}" if self.published_on else ""
        return f"Published as doi:{self.published_doi or '?'}{where}{when}."


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of an answer."""

    entries: tuple[Mapping[str, Any], ...]
    total: int
    """Of the whole period, as the server counts."""


def fault(data: Any, cursor: int | None = None) -> str | None:
    """What is wrong with a page that may be right when asked again; None if nothing is.

    Nothing found is an answer; any other text in place of ``ok`` is a fault, and so is a page that is not the one asked
    for, or holds less than it says.
    """
    if not isinstance(data, dict) or not isinstance(data.get("collection", []), list):
        return "the answer is not what the server gives"
    message = _message(data)
    status, entries = _said(message, "status"), data.get("collection", [])
    if not entries and _NOTHING.search(status):
        return None
    if status.lower() != "ok":
        return f"the server says {status or 'nothing'!r}"
    if _said(message, "count").isdecimal() and int(_said(message, "count")) != len(entries):
        return f"the page says that it holds {_said(message, 'count')} preprints and holds {len(entries)}"
    if cursor is not None and _said(message, "cursor").isdecimal() and int(_said(message, "cursor")) != cursor:
        return f"the page begins at {_said(message, 'cursor')}, {cursor} was asked for"
    return None


def page_in(data: Mapping[str, Any]) -> Page:
    """A page that has no fault."""
    entries = tuple(each for each in data.get("collection", []) if isinstance(each, dict))
    total = _said(_message(data), "total")
    return Page(entries=entries, total=int(total) if total.isdecimal() else len(entries))


def posting_of(entry: Mapping[str, Any]) -> Posting | None:
    """An entry of ``/details``; None without a DOI."""
    doi = doi_in(_said(entry, "doi"))
    version = _said(entry, "version")
    about = (("Type", _said(entry, "type")), ("Subject", _said(entry, "category")))
    return None if not doi else Posting(
        doi=doi,
        version=int(version) if version.isdecimal() else 1,
        title=without_markup(_said(entry, "title")).replace("\n", " "),
        authors=_people(_said(entry, "authors")),
        abstract=without_markup(_said(entry, "abstract")),
        posted_on=partial_date(_said(entry, "date")),
        published_doi=doi_in(_said(entry, "published")),
        server=_said(entry, "server"),
        about=" ".join(f"{name}: {text}." for name, text in about if text),
    )  # fmt: skip


def publication_of(entry: Mapping[str, Any]) -> Publication | None:
    """An entry of ``/pubs``; None without the DOI of the preprint."""
    doi = doi_in(_said(entry, "preprint_doi") or _said(entry, "biorxiv_doi"))
    return None if not doi else Publication(
        doi=doi,
        published_doi=doi_in(_said(entry, "published_doi")),
        journal=_said(entry, "published_journal"),
        published_on=partial_date(_said(entry, "published_date")),
        title=without_markup(_said(entry, "preprint_title")).replace("\n", " "),
        authors=_people(_said(entry, "preprint_authors")),
        abstract=without_markup(_said(entry, "preprint_abstract")),
        posted_on=partial_date(_said(entry, "preprint_date")),
    )  # fmt: skip


def records(postings: Iterable[Posting], publications: Iterable[Publication], server: str) -> list[Reference]:
    """One record for each preprint, in the order in which they were first met."""
    versions: dict[str, dict[int, Posting]] = {}
    for posting in postings:
        versions.setdefault(posting.doi, {})[posting.version] = posting
    appeared = {each.doi: each for each in publications}
    found = [_record(seen, appeared.get(doi), server) for doi, seen in versions.items()]
    return found + [_published(each, server) for doi, each in appeared.items() if doi not in versions]


def _record(versions: Mapping[int, Posting], appeared: Publication | None, server: str) -> Reference:
    latest = versions[max(versions)]
    first = versions[1].posted_on if 1 in versions else appeared.posted_on if appeared else ""
    ids, told = registered((), latest.title, latest.abstract)
    published = appeared.sentence if appeared else f"Published as doi:{latest.published_doi}."
    name = latest.server or server
    return Reference(
        record_id=f"doi:{latest.doi}",
        title=latest.title,
        authors=latest.authors,
        year=year_in(first),
        journal=name,
        doi=latest.doi,
        registry_ids=ids,
        url=f"https://www.{server.lower()}.org/content/{latest.doi}v{latest.version}",
        abstract=latest.abstract,
        published_on=first,
        kind="preprint",
        note="\n".join(filter(None, (
            published if appeared or latest.published_doi else "",
            f"Version {latest.version}, posted on {latest.posted_on or 'an unknown day'}.", latest.about, told,
        ))),
    )  # fmt: skip


def _published(appeared: Publication, server: str) -> Reference:
    ids, told = registered((), appeared.title, appeared.abstract)
    return Reference(
        record_id=f"doi:{appeared.doi}",
        title=appeared.title,
        authors=appeared.authors,
        year=year_in(appeared.posted_on),
        journal=server,
        doi=appeared.doi,
        registry_ids=ids,
        url=f"https://doi.org/{appeared.doi}",
        abstract=appeared.abstract,
        published_on=appeared.posted_on,
        kind="preprint",
        note="\n".join(filter(None, (appeared.sentence, told))),
    )


class Wanted:
    """Words and phrases that a preprint must hold in its title or abstract. Capitals and hyphens make no difference."""

    def __init__(self, words: Iterable[str], match: Literal["all", "any"]) -> None:
        self._words = tuple(plain_text(each) for each in words)
        self._match = match
        self._patterns = [_pattern(each) for each in self._words]

    @property
    def written(self) -> str:
        """As the ledger records it."""
        return (" AND " if self._match == "all" else " OR ").join(f'"{each}"' for each in self._words)

    def stand_in(self, *texts: str) -> bool:
        """Whether they stand there: all of them, or any."""
        text = _compared(" \n ".join(texts))
        found = (pattern.search(text) is not None for pattern in self._patterns)
        return all(found) if self._match == "all" else any(found)


def _pattern(words: str) -> re.Pattern[str]:
    stem = words.endswith("*")
    parts = (re.escape(part) for part in _compared(words.rstrip("*")).split())
    return re.compile(r"(?<!\w)" + r"\s+".join(parts) + ("" if stem else r"(?!\w)"))


def _compared(text: str) -> str:
    return _DASHES.sub(" ", unicodedata.normalize("NFKC", text)).casefold()


def _message(data: Mapping[str, Any]) -> Mapping[str, Any]:
    found = data.get("messages")
    first = found[0] if isinstance(found, list) and found else found
    return first if isinstance(first, dict) else {"status": first} if isinstance(first, str) else {}


def _said(entry: Mapping[str, Any], name: str) -> str:
    """A cell as text; the server writes NA for what it does not have."""
    found = entry.get(name)
    text = "" if found is None or isinstance(found, dict | list) else plain_text(str(found), prose=True)
    return "" if text == "NA" else text


def _people(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in text.split(";"))))
