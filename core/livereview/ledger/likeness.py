"""Two records side by side: what agrees, what differs, and whether they are the same publication.

Identifiers come first and are believed only where nothing else contradicts them. Without one, a title must agree and
so must its place (volume and page) or its author, year and journal. What neither holds nor fails is for a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from livereview.ledger.citations import Citation
from livereview.ledger.signs import Pair, Sign, pair_of
from livereview.ledger.titles import Alike, similarity


class Outcome(IntEnum):
    """What two records are to each other."""

    DIFFERENT = 0
    DOUBTFUL = 1
    SAME = 2


#: What agreement in a field is worth in the score, in the order in which it is told.
WEIGHTS = {"DOI": 4, "PMID": 4, "title": 4, "authors": 2, "year": 1, "journal": 1, "volume": 1, "pages": 2}


@dataclass(frozen=True, slots=True)
class Likeness:
    """The judgement on one pair. It is the same whichever of the two comes first."""

    outcome: Outcome
    score: float
    """Share of what both say that agrees, 0 to 1, weighted by ``WEIGHTS``."""
    agrees: tuple[str, ...]
    differs: tuple[str, ...]
    reason: str = ""
    """Why it is doubtful, where that is not plain from what differs."""
    firm: bool = False
    """Whether they share an identifier, or volume and page."""
    identified: bool = False
    """Whether they share an identifier."""


def likeness(a: Citation, b: Citation) -> Likeness:
    """What two records are to each other, and why."""
    if a.registered or b.registered:
        return _of_entries(a, b)
    pair = pair_of(a, b)
    outcome, reason = _judged(pair)
    return _told(pair, outcome, reason)


def _of_entries(a: Citation, b: Citation) -> Likeness:
    """Entries of registries: the same where their own numbers are."""
    if not a.registered or not b.registered:
        return Likeness(Outcome.DIFFERENT, 0.0, (), ("kind",))
    if a.registered == b.registered:
        return Likeness(Outcome.SAME, 1.0, ("registry number",), (), firm=True, identified=True)
    if a.numbers & b.numbers:
        reason = "two entries of registries that share a number"
        return Likeness(Outcome.DOUBTFUL, 0.5, ("a registry number",), ("own registry number",), reason)
    return Likeness(Outcome.DIFFERENT, 0.0, (), ("registry number",))


def _judged(pair: Pair) -> tuple[Outcome, str]:
    if pair.pmid is Sign.AGREES or pair.doi is Sign.AGREES:
        return _identified(pair)
    if pair.title is Alike.UNLIKE:
        return _renamed(pair)
    if pair.a.title.sort != pair.b.title.sort or pair.a.title.planned != pair.b.title.planned:
        return Outcome.DIFFERENT, ""
    outcome, reason = _titled(pair)
    if outcome is Outcome.SAME and pair.reports:
        return Outcome.DOUBTFUL, pair.reports
    if outcome is Outcome.SAME and pair.pmid is Sign.DIFFERS:
        return Outcome.DOUBTFUL, "PubMed has them as two"
    return outcome, reason


def _identified(pair: Pair) -> tuple[Outcome, str]:
    """A shared DOI or PMID: believed unless the rest contradicts it."""
    name = "PMID" if pair.pmid is Sign.AGREES else "DOI"
    if Sign.DIFFERS in (pair.pmid, pair.doi) and name == "DOI":
        return Outcome.DOUBTFUL, "one DOI, two numbers of PubMed"
    if pair.a.title.sort != pair.b.title.sort and pair.title is not Alike.EQUAL:
        sorts = " and ".join(sorted({pair.a.title.sort, pair.b.title.sort} - {""}))
        return Outcome.DOUBTFUL, f"one {name}, but by its title one is: {sorts}"
    if pair.title is Alike.UNLIKE:
        if name == "DOI" and Sign.DIFFERS in (pair.authors, pair.pages):
            return Outcome.DIFFERENT, ""  # the DOI of a whole supplement, or a mistake
        same_piece = pair.pages is Sign.AGREES and pair.authors is not Sign.DIFFERS and pair.year >= Sign.UNKNOWN
        translated = pair.a.title.translated or pair.b.title.translated
        if same_piece and (translated or similarity(pair.a.title, pair.b.title) >= 0.7):
            return Outcome.SAME, ""
        return Outcome.DOUBTFUL, f"one {name}, but two titles"
    if pair.title is not Alike.EQUAL and pair.pages is Sign.DIFFERS:
        return Outcome.DOUBTFUL, f"one {name}, but titles that differ a little"
    if pair.little and Sign.DIFFERS in (pair.authors, pair.pages):
        return Outcome.DOUBTFUL, f"one {name}, but a title that many have"
    if pair.authors is Sign.DIFFERS and (pair.pages is Sign.DIFFERS or pair.year is Sign.DIFFERS):
        return Outcome.DOUBTFUL, f"one {name}, but other authors"
    return Outcome.SAME, ""


def _renamed(pair: Pair) -> tuple[Outcome, str]:
    """No shared identifier, and two titles: the same only where one may be a translation of the other."""
    certain = pair.placed and pair.authors is Sign.AGREES and pair.journal is Sign.AGREES and pair.year is Sign.AGREES
    if not certain or Sign.DIFFERS in (pair.doi, pair.pmid):
        return Outcome.DIFFERENT, ""
    if pair.a.title.translated != pair.b.title.translated:
        return Outcome.DOUBTFUL, "one title may be a translation of the other"
    if similarity(pair.a.title, pair.b.title) >= 0.75:
        return Outcome.DOUBTFUL, "one place, and titles that are alike"
    return Outcome.DIFFERENT, ""


def _titled(pair: Pair) -> tuple[Outcome, str]:
    """No shared identifier, and titles that agree."""
    if pair.little:
        return _stock(pair)
    least = Sign.UNKNOWN if pair.title is Alike.EQUAL else Sign.AGREES
    if pair.placed and pair.title >= Alike.SHORTENED and pair.authors >= least:
        return Outcome.SAME, ""
    if pair.authors is Sign.DIFFERS:
        return _by_others(pair)
    if Sign.DIFFERS in (pair.year, pair.journal, pair.volume, pair.pages, pair.doi):
        return _contradicted(pair)
    if pair.title is not Alike.EQUAL:
        return _worded_otherwise(pair)
    return _unopposed(pair)


def _worded_otherwise(pair: Pair) -> tuple[Outcome, str]:
    """Titles that agree but for some words, which nothing else speaks against and no place in print confirms."""
    if pair.authors is not Sign.AGREES or pair.year is not Sign.AGREES:
        return Outcome.DIFFERENT, ""
    certain = pair.title is Alike.MISPRINTED and pair.journal is Sign.AGREES and pair.pages is Sign.AGREES
    return (Outcome.SAME if certain else Outcome.DOUBTFUL), ""  # without a page: insulin and inulin are a letter apart


def _unopposed(pair: Pair) -> tuple[Outcome, str]:
    """Equal titles that nothing speaks against: is there enough for them?"""
    published = pair.journal is Sign.AGREES or pair.pages is Sign.AGREES
    if pair.authors is Sign.AGREES:
        if pair.year is Sign.AGREES:
            return Outcome.SAME, ""
        if published and (pair.year is Sign.UNKNOWN or pair.ahead_of_print):
            return Outcome.SAME, ""
        return Outcome.DOUBTFUL, "" if pair.year is Sign.NEAR else "too little is said"
    if pair.year is Sign.AGREES and pair.journal is Sign.AGREES and Sign.AGREES in (pair.volume, pair.pages):
        return Outcome.SAME, ""
    return Outcome.DOUBTFUL, "too little is said"


def _contradicted(pair: Pair) -> tuple[Outcome, str]:
    """Titles and authors that agree, and a place or time that does not: two publications, or one cited badly?"""
    against = sum(
        sign is Sign.DIFFERS for sign in (pair.year, pair.journal, pair.volume, pair.pages, pair.doi, pair.pmid)
    )
    if pair.title is Alike.EQUAL and pair.authors is Sign.AGREES and pair.a.preprint != pair.b.preprint:
        return Outcome.DOUBTFUL, pair.reports
    next_year = pair.year is Sign.NEAR and pair.volume is Sign.DIFFERS and pair.pages is Sign.DIFFERS
    if (
        next_year
        or pair.authors is not Sign.AGREES
        or pair.year is Sign.DIFFERS
        or against > 2
        or pair.title is Alike.NEAR
    ):
        return Outcome.DIFFERENT, ""
    return Outcome.DOUBTFUL, ""


def _by_others(pair: Pair) -> tuple[Outcome, str]:
    """Titles that agree, by other authors."""
    together = pair.title is Alike.EQUAL and pair.journal is Sign.AGREES and pair.year is Sign.AGREES
    if together and Sign.DIFFERS not in (pair.volume, pair.pages, pair.doi, pair.pmid):
        return Outcome.DOUBTFUL, "other authors"
    return Outcome.DIFFERENT, ""


def _stock(pair: Pair) -> tuple[Outcome, str]:
    """A title that many publications have: only its place tells it."""
    known = pair.journal is Sign.AGREES and pair.year is Sign.AGREES and pair.authors is not Sign.DIFFERS
    if known and pair.placed and pair.title is Alike.EQUAL:
        return Outcome.SAME, ""
    if known and pair.authors is Sign.AGREES and Sign.DIFFERS not in (pair.volume, pair.pages, pair.doi, pair.pmid):
        return Outcome.DOUBTFUL, "a title that many have"
    return Outcome.DIFFERENT, ""


# --- words --------------------------------------------------------------------------------------------------------


def _told(pair: Pair, outcome: Outcome, reason: str) -> Likeness:
    titles = Sign.DIFFERS if pair.title is Alike.UNLIKE else Sign.AGREES
    signs = (pair.doi, pair.pmid, titles, pair.authors, pair.year, pair.journal, pair.volume, pair.pages)
    identified = Sign.AGREES in (pair.doi, pair.pmid)
    known = agreed = 0.0
    agrees, differs = [], []
    for (name, weight), sign in zip(WEIGHTS.items(), signs, strict=True):
        if sign is Sign.UNKNOWN:
            continue
        known += weight
        if sign is Sign.AGREES:
            agreed += weight
            agrees.append(name if name != "title" or pair.title is Alike.EQUAL else _TITLES[pair.title])
        elif sign is Sign.NEAR:
            agreed += weight / 2
            differs.append(f"{name} by one")
        else:
            differs.append(name)
    return Likeness(
        outcome,
        round(agreed / known, 3) if known else 0.0,
        tuple(agrees),
        tuple(differs),
        reason,
        firm=identified or pair.placed,
        identified=identified,
    )


_TITLES = {
    Alike.NEAR: "most words of the title",
    Alike.SHORTENED: "title but for its end",
    Alike.MISPRINTED: "title but for a misprint",
}
