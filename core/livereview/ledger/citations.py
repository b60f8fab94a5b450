"""One record as it is compared with another: its identifiers, title, authors and place, each in one normal form.

Made from a row of ``records``. An absent field is an empty string, never a guess: what is not said can neither
agree nor differ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from sys import intern

from livereview.bibliography import doi_in, pmid_in
from livereview.ledger.titles import Title, folded, title_of
from livereview.ledger.venues import Journal, first_page_of, journal_of, volume_of

Row = Mapping[str, object]
#: The parts of one person's name that are no initials.
Names = tuple[str, ...]

_NAME = re.compile(r"[^\W_]+")
#: Words of a group that wrote as one; databases name it, its members, or both.
_GROUP = frozenset(
    ("group", "groups", "collaborators", "collaborative", "collaboration", "investigators", "consortium", "committee",
     "team", "network", "society", "association", "council", "trialists", "study", "trial")
)  # fmt: skip
_NOBODY = frozenset(("anonymous", "anon", "unknown", "no authors listed", "n a", "na", "none", "et al", "et al."))
#: Servers of preprints: words of their names, and the prefixes of their DOIs.
_PREPRINT_SERVERS = frozenset(
    ("medrxiv", "biorxiv", "arxiv", "chemrxiv", "psyarxiv", "ssrn", "preprints", "osf", "preprint", "authorea")
)
_PREPRINT_DOI = re.compile(
    r"10\.(?:1101/\d|64898/|21203/rs|20944/preprints|31219/|31234/|48550/|2139/ssrn|22541/|26434/)"
)
_RESEARCH_SQUARE = ("research", "square")
_CLEAN_DOI = re.compile(r"10\.\d{4,9}/[a-z0-9._;()/:-]*[a-z0-9]")
_AUTHORS = 20
_COUNTED = ("title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "registry_id", "abstract",
            "published_on", "url", "kind")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Citation:
    """One record, ready to be compared."""

    record_id: str
    title: Title
    authors: tuple[Names, ...]
    """The first twenty: lists of hundreds say no more."""
    group: bool
    """Whether the first author is a group."""
    year: int | None
    journal: Journal
    volume: str
    issue: str
    first_page: str
    doi: str
    pmid: str
    registered: str
    """The number of a registry entry; empty for publications, whatever trial they belong to."""
    numbers: frozenset[str]
    """All numbers of a registry entry."""
    kind: str
    preprint: bool
    ahead_of_print: bool
    """Whether it has no volume and issue yet, and no page, or pages that begin with 1."""
    filled: int
    """How many fields it has: the most complete record of a publication stands for it."""


def text_of(row: Row, column: str) -> str:
    """A cell as text; "" where it is empty."""
    value = row.get(column)
    return "" if value is None else str(value)


def identifiers(row: Row) -> tuple[str, str, str]:
    """The DOI, PMID and own registry number of a record; "" for each it has not.

    Only an entry of a registry has a number of its own: two publications of one trial share its number and are two.
    """
    doi = text_of(row, "doi")
    pmid = text_of(row, "pmid")
    return (
        _doi(doi) if doi else "",
        pmid_in(pmid) if pmid else "",
        _registered(row)[0] if _is_entry(row) else "",
    )


def _doi(text: str) -> str:
    lower = text.lower()
    if _CLEAN_DOI.fullmatch(lower):
        return lower
    if "%" in text:
        text = re.sub(r"%([0-7][0-9A-Fa-f])", lambda found: chr(int(found[1], 16)), text)
    return doi_in(text)


def _is_entry(row: Row) -> bool:
    return row.get("kind") == "registry" or text_of(row, "record_id")[:4].lower() == "nct:"


def _registered(row: Row) -> tuple[str, ...]:
    """The numbers of a registry entry, its own first."""
    name = text_of(row, "record_id")
    own = (name[4:],) if name[:4].lower() == "nct:" else ()
    said = (part.strip() for part in text_of(row, "registry_id").split(";"))
    return tuple(dict.fromkeys(number.upper() for number in (*own, *said) if number)) or ("",)


def citation(row: Row) -> Citation:
    """A record as it is compared."""
    doi, pmid, registered = identifiers(row)
    journal = journal_of(text_of(row, "journal"))
    authors = _authors(text_of(row, "authors"))
    page = first_page_of(text_of(row, "pages"))
    year = row.get("year")
    kind = text_of(row, "kind")
    preprint = (
        kind == "preprint"
        or _PREPRINT_DOI.match(doi) is not None
        or not _PREPRINT_SERVERS.isdisjoint(journal)
        or journal[:2] == _RESEARCH_SQUARE
    )
    return Citation(
        text_of(row, "record_id"),
        title_of(text_of(row, "title")),
        authors,
        bool(authors) and not _GROUP.isdisjoint(authors[0]),
        int(year) if isinstance(year, int | float) else None,
        journal,
        volume_of(text_of(row, "volume")),
        volume_of(text_of(row, "issue")),
        page,
        doi,
        pmid,
        registered,
        frozenset(_registered(row)) if registered else frozenset(),
        kind,
        preprint,
        page in ("", "1") and not text_of(row, "volume") and not text_of(row, "issue"),
        sum(bool(text_of(row, column)) for column in _COUNTED),
    )


def _authors(text: str) -> tuple[Names, ...]:
    names = (names_in(part) for part in text.split(";", _AUTHORS)[:_AUTHORS])
    return tuple(name for name in names if name)


def names_in(author: str) -> Names:
    """The parts of one author's name that are no initials, without marks; German ue is u, as half of the databases
    print it. Empty for nobody (``Anonymous``, ``et al.``)."""
    plain = folded(author).strip().strip("[]")
    if plain in _NOBODY:
        return ()
    words = [intern(word) for word in _NAME.findall(_unmarked(plain))]
    return tuple(word for word in words if len(word) > 1) or tuple(words)


def _unmarked(plain: str) -> str:
    return plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def first_family(text: str) -> str:
    """The first part of the first author's name that is neither an initial nor a particle: the family name in most
    spellings; "" where nobody is named."""
    plain = folded(text.partition(";")[0])
    words = _NAME.findall(_unmarked(plain))
    return next((word for word in words if len(word) > 2), next((word for word in words if len(word) > 1), ""))
