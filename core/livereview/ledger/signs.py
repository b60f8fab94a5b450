"""Two records field by field: each agrees, differs, or one of the two does not say.

What is not said is never held against a pair, nor for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from livereview.ledger.citations import Citation, Names
from livereview.ledger.titles import Alike, alike
from livereview.ledger.venues import is_damaged, same_journal, same_page


class Sign(IntEnum):
    """What one field says of a pair."""

    DIFFERS = -1
    UNKNOWN = 0
    """One of the two does not say."""
    NEAR = 1
    """Years one apart."""
    AGREES = 2


@dataclass(frozen=True, slots=True)
class Pair:
    """The signs of all fields of one pair."""

    a: Citation
    b: Citation
    title: Alike
    doi: Sign
    pmid: Sign
    authors: Sign
    year: Sign
    journal: Sign
    volume: Sign
    pages: Sign
    issue: Sign

    @property
    def little(self) -> bool:
        """Whether the title says too little to tell a publication."""
        return self.a.title.says_little or self.b.title.says_little

    @property
    def placed(self) -> bool:
        """Whether volume and page agree and the year does not speak against it: one place in print.

        Without volumes, a long page number such as CD002273 or e1001446 must be of one year and issue: an updated
        Cochrane review keeps its number.
        """
        if self.pages is not Sign.AGREES or self.year is Sign.DIFFERS:
            return False
        if self.volume is not Sign.UNKNOWN:
            return self.volume is Sign.AGREES
        return len(self.a.first_page) >= 5 and self.year is Sign.AGREES and self.issue is not Sign.DIFFERS

    @property
    def ahead_of_print(self) -> bool:
        """Whether the earlier record is of a publication that had no volume, issue and pages yet, and the later has."""
        earlier, later = sorted((self.a, self.b), key=lambda citation: citation.year or 0)
        return self.year is Sign.NEAR and earlier.ahead_of_print and not later.ahead_of_print

    @property
    def reports(self) -> str:
        """Why two records with one title are two reports of a study; "" where nothing says so."""
        if self.a.preprint != self.b.preprint:
            return "one is a preprint"
        kinds = {self.a.kind, self.b.kind}
        if len(kinds) == 2 and "" not in kinds and "abstract" in kinds:
            return "one is a conference abstract"
        return ""


def pair_of(a: Citation, b: Citation) -> Pair:
    """Two records side by side."""
    return Pair(
        a, b, alike(a.title, b.title), _equal(a.doi, b.doi), _equal(a.pmid, b.pmid), _authors(a, b), _years(a, b),
        _journals(a, b), _equal(a.volume, b.volume), _pages(a, b), _equal(a.issue, b.issue),
    )  # fmt: skip


def _equal(a: str, b: str) -> Sign:
    if not a or not b:
        return Sign.UNKNOWN
    return Sign.AGREES if a == b else Sign.DIFFERS


def _years(a: Citation, b: Citation) -> Sign:
    if a.year is None or b.year is None:
        return Sign.UNKNOWN
    apart = abs(a.year - b.year)
    return Sign.AGREES if apart == 0 else Sign.NEAR if apart == 1 else Sign.DIFFERS


def _journals(a: Citation, b: Citation) -> Sign:
    if not a.journal or not b.journal:
        return Sign.UNKNOWN
    return Sign.AGREES if same_journal(a.journal, b.journal) else Sign.DIFFERS


def _pages(a: Citation, b: Citation) -> Sign:
    if not a.first_page or not b.first_page:
        return Sign.UNKNOWN
    if same_page(a.first_page, b.first_page):
        return Sign.AGREES
    provisional = any(citation.first_page == "1" and citation.ahead_of_print for citation in (a, b))
    damaged = is_damaged(a.first_page) or is_damaged(b.first_page)
    return Sign.UNKNOWN if provisional or damaged else Sign.DIFFERS


def _authors(a: Citation, b: Citation) -> Sign:
    """Whether the first author of one is an author of the other, or half of the shorter list is in the longer."""
    if not a.authors or not b.authors:
        return Sign.UNKNOWN
    if not set(a.authors[0]).isdisjoint(b.authors[0]):
        return Sign.AGREES
    if _shares_half(a.authors, b.authors) or _shares_half(b.authors, a.authors):
        return Sign.AGREES
    if a.group or b.group:
        return Sign.UNKNOWN
    return Sign.DIFFERS


def _shares_half(some: tuple[Names, ...], others: tuple[Names, ...]) -> bool:
    names = {part for name in others for part in name}
    return len(some) > 1 and 2 * sum(not names.isdisjoint(name) for name in some) >= len(some)
