"""Which records are worth comparing: those that share an identifier, a form of their title, or a place in print.

Comparing every pair of 100,000 records would take days. Records of one publication share at least one key of these:
misprints spare the beginning or the end of a title, a translation leaves volume and page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from livereview.ledger.citations import Row, first_family, identifiers, text_of
from livereview.ledger.titles import letters_of, plain_title
from livereview.ledger.venues import first_page_of, volume_of

#: Letters at either end of a title by which it is found, together with its first author.
_ENDS = 24
#: The largest set of records with one key of which every pair is compared.
EVERY_PAIR = 30
#: In larger sets, each record is compared with as many that follow it by author, year and place.
_NEIGHBOURS = 12


@dataclass(frozen=True)
class Crowd:
    """Records with one key that are too many to compare each with each."""

    title: str
    """Of the first of them."""
    records: int


def keys_of(row: Row) -> list[int]:
    """Hashes of what a record is found by. Two equal keys say only that two records are to be compared."""
    doi, pmid, registered = identifiers(row)
    if registered:
        return [hash(("registered", number)) for number in _numbers(row, registered)]
    keys = [hash(("doi", doi))] if doi else []
    if pmid:
        keys.append(hash(("pmid", pmid)))
    letters, main = letters_of(plain_title(text_of(row, "title")))
    if letters:
        keys.append(hash(("title", letters)))
        if main is not letters:
            keys.append(hash(("title", main)))
        author = first_family(text_of(row, "authors"))
        if author:
            keys.append(hash(("begins", letters[:_ENDS], author)))
            keys.append(hash(("ends", letters[-_ENDS:], author)))
    page = first_page_of(text_of(row, "pages"))
    if page:
        volume = volume_of(text_of(row, "volume"))
        if volume:
            keys.append(hash(("place", volume, page, row.get("year"))))
    return list(dict.fromkeys(keys))


def _numbers(row: Row, own: str) -> list[str]:
    said = (number.strip().upper() for number in text_of(row, "registry_id").split(";"))
    return list(dict.fromkeys((own, *(number for number in said if number))))


def pairs(new: Sequence[Row], known: Sequence[Row], crowds: list[Crowd]) -> Iterator[tuple[int, int]]:
    """Positions of the pairs to compare, each once, the smaller first; ``known`` follow ``new``.

    At least one of each pair is new. Sets too large to compare each pair of are added to ``crowds``.
    """
    if not new:
        return
    first: dict[int, int] = {}
    blocks: dict[int, list[int]] = {}
    for position, row in enumerate(new):
        for key in keys_of(row):
            if first.setdefault(key, position) != position:
                blocks.setdefault(key, [first[key]]).append(position)
    for position, row in enumerate(known, len(new)):
        for key in keys_of(row):
            if key in first:
                blocks.setdefault(key, [first[key]]).append(position)
    del first
    rows = [*new, *known]
    seen: set[tuple[int, int]] = set()
    for members in blocks.values():
        if len(members) > EVERY_PAIR:
            crowds.append(Crowd(text_of(rows[members[0]], "title"), len(members)))
            members = sorted(members, key=lambda position: _order(rows[position]))
            reach = _NEIGHBOURS
        else:
            reach = len(members)
        for at, one in enumerate(members):
            for other in members[at + 1 : at + 1 + reach]:
                pair = (one, other) if one < other else (other, one)
                if pair[0] < len(new) and pair not in seen:
                    seen.add(pair)
                    yield pair


def _order(row: Mapping[str, object]) -> tuple[str, ...]:
    return (
        first_family(text_of(row, "authors")),
        text_of(row, "year"),
        text_of(row, "volume"),
        first_page_of(text_of(row, "pages")),
        *identifiers(row),
        text_of(row, "record_id"),
    )
