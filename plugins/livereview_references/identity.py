"""The id of a record: the same when the file is exported again with more rows and in another order.

The number that the source gives a record, where it gives one; else a hash of what it says of itself.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from livereview import Reference
from livereview_references.entry import Decision

_OTHER = re.compile(r"[\W_]+")
_NOT_IN_IDS = re.compile(r"[^\w.:/()#+-]+")


@dataclass(slots=True)
class Read:
    """A record as it was read: where, what it says, what was decided, and whether it is PubMed's own number."""

    line: int
    reference: Reference
    decisions: tuple[Decision, ...]
    from_pubmed: bool
    place: str = ""
    record_id: str = ""
    """Set by ``identify``."""


def slug(text: str) -> str:
    """A name as the beginning of an id: small letters and digits, with hyphens between the words."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or hashlib.sha256(text.encode()).hexdigest()[:8]


def folded(text: str) -> str:
    """A text without accents, capitals, spaces and signs, to be compared."""
    if not text.isascii():
        text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return _OTHER.sub("", text.casefold())


def identify(read: Sequence[Read], source: str) -> list[str]:
    """Give each record its id. Returns the ids by numbers that the source gave to records which are not the same.

    Records under one number that differ in their titles get the hash of what they say instead, all of them, so that
    their order does not matter.
    """
    named = slug(source)
    titles: dict[str, str] = {}
    unsure: set[str] = set()
    for each in read:
        each.record_id = _number(each, named)
        if each.record_id and not each.reference.record_id:
            title = each.reference.title
            other = titles.setdefault(each.record_id, title)
            if other is not title and folded(other) != folded(title):
                unsure.add(each.record_id)
    for each in read:
        if not each.record_id or each.record_id in unsure:
            each.record_id = _hashed(each.reference, named)
    return sorted(unsure)


def _number(each: Read, named: str) -> str:
    """The id by the number that the source gave; "" if it gave none."""
    reference = each.reference
    if reference.record_id:
        return reference.record_id
    if each.from_pubmed and reference.pmid:
        return f"pmid:{reference.pmid}"
    accession = _NOT_IN_IDS.sub("-", reference.accession).strip("-")
    return f"{named}:{accession[:100]}" if accession else ""


def _hashed(reference: Reference, named: str) -> str:
    first = reference.authors[0] if reference.authors else ""
    family = first.split(",")[0] if "," in first else first
    said = (
        reference.title, family, str(reference.year or ""), reference.journal, reference.volume, reference.pages,
        reference.doi, *(() if reference.doi or reference.title else (reference.pmid, *reference.registry_ids)),
    )  # fmt: skip
    text = "\n".join(map(folded, said))
    return f"{named}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def distinct(read: Sequence[Read]) -> tuple[list[Read], Counter[str]]:
    """Each record once, and how many stood there again, by file. Of records with one id the fullest is kept, with the
    decisions about all of them."""
    best: dict[str, Read] = {}
    again: Counter[str] = Counter()
    for each in read:
        other = best.setdefault(each.record_id, each)
        if other is each:
            continue
        fuller, emptier = (each, other) if _fullness(each) > _fullness(other) else (other, each)
        fuller.decisions = tuple(dict.fromkeys((*other.decisions, *each.decisions)))
        best[each.record_id] = fuller
        again[emptier.place] += 1
    return list(best.values()), again


def _fullness(each: Read) -> tuple[int, str]:
    said = repr(each.reference)
    return len(said), said
