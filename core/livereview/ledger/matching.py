"""Which records are the same publication: what is certain is decided, what is doubtful is asked, the rest stays.

A record that is wrongly called a repeat is lost to screening, and one that is wrongly kept is read twice: so a match
needs evidence and no contradiction, and everything between is a doubt for a person. Nothing is read or written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from livereview.ledger.blocks import Crowd, pairs
from livereview.ledger.citations import Citation, Row, citation, text_of
from livereview.ledger.likeness import Outcome, likeness
from livereview.ledger.resolution import Edge, Ledger, Resolution, words


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Two records of which a person must say whether they are the same publication."""

    record_id: str
    """The first in the alphabet."""
    other_id: str
    score: float
    """Share of what both say that agrees, 0 to 1."""
    agrees: tuple[str, ...]
    """The fields that agree, in words: ``("title", "authors", "year")``."""
    differs: tuple[str, ...]
    reason: str
    """Why nothing was decided; empty where what differs says it all."""

    def __str__(self) -> str:
        said = [f"same {words(self.agrees)}"] if self.agrees else []
        said += [f"other {words(self.differs)}"] if self.differs else []
        return "; ".join([*said, *([self.reason] if self.reason else [])])


@dataclass(frozen=True, kw_only=True)
class Matches:
    """What was decided about records, what was not, and what was not compared."""

    duplicate_of: Mapping[str, str]
    """The record that each repeats: one that repeats none. Known records are in it only where that changes."""
    why: Mapping[str, str]
    """For each key of ``duplicate_of`` the reason in words."""
    doubtful: tuple[Doubt, ...]
    """Strongest first. Of pairs that follow from one another the weakest is not asked."""
    released: tuple[str, ...] = ()
    """Known duplicates that repeat no record any more, since a person called them different."""
    shared_dois: tuple[str, ...] = ()
    """DOIs of records with two titles that are by other authors or on other pages: of a whole supplement, or wrong.
    They were not believed."""
    crowded: tuple[Crowd, ...] = ()
    """Titles that so many records share that not every pair of them was compared."""


def matched(new: Sequence[Row], known: Sequence[Row] = (), told: Mapping[tuple[str, str], str] = {}) -> Matches:
    """Which of ``new`` are the same publication as another of them or as one of ``known``.

    Rows have the columns of the table ``records``. Known records keep the place that they have: a new record repeats
    the known one; of several, one that became a report stands for the others, then the one with most fields (ties: the
    first id). A row of ``new`` whose id is known is not looked at. ``told`` is what people said of pairs, ``same`` or
    ``different``, by the two ids, the first in the alphabet first; it wins over every rule, also by way of third
    records.
    """
    held = _by_id(known)
    return _decided({name: row for name, row in _by_id(new).items() if name not in held}, held, told)


def undecided_pairs(records: Sequence[Row], told: Mapping[tuple[str, str], str] = {}) -> tuple[Doubt, ...]:
    """The doubts among records of the store that nobody has decided: what ``matched`` asked when they were new.

    Takes as long as matching all of them anew: 10 s for 100,000 records."""
    return _decided({}, _by_id(records), told, among_known=True).doubtful


def _by_id(rows: Iterable[Row]) -> dict[str, Row]:
    """Rows by id, in its order: the order of the input decides nothing. Of rows with one id the last counts."""
    found = {text_of(row, "record_id"): row for row in rows}
    return {name: found[name] for name in sorted(found)}


def _decided(
    new: Mapping[str, Row], known: Mapping[str, Row], told: Mapping[tuple[str, str], str], among_known: bool = False
) -> Matches:
    rows = [*new.values(), *known.values()]
    citations = _Citations(rows)
    ledger = Ledger([*new, *known], len(new), rows, citations, told)
    crowds: list[Crowd] = []
    compared = pairs(rows, (), crowds) if among_known else pairs(rows[: len(new)], rows[len(new) :], crowds)
    edges, shared = _judged(compared, citations, ledger)
    found = Resolution(ledger, edges)
    duplicate_of, why = found.repeats()
    return Matches(
        duplicate_of=duplicate_of,
        why=why,
        doubtful=tuple(
            Doubt(
                record_id=one, other_id=other, score=item.likeness.score, agrees=item.likeness.agrees,
                differs=item.likeness.differs, reason=item.likeness.reason,
            )
            for item in found.doubts()
            for one, other in [sorted((ledger.names[item.one], ledger.names[item.other]))]
        ),
        released=found.released(),
        shared_dois=tuple(sorted(shared)),
        crowded=tuple(sorted(set(crowds), key=lambda crowd: (-crowd.records, crowd.title))),
    )  # fmt: skip


def _judged(
    compared: Iterable[tuple[int, int]], citations: Mapping[int, Citation], ledger: Ledger
) -> tuple[list[Edge], frozenset[str]]:
    """The pairs that may be one, and the DOIs of pairs that are two all the same. What people judged is left out."""
    edges, shared = [], set()
    for one, other in compared:
        if (one, other) in ledger.verdicts:
            continue
        a, b = citations[one], citations[other]
        judged = likeness(a, b)
        if judged.outcome is not Outcome.DIFFERENT:
            edges.append(Edge(one, other, judged))
        elif a.doi and a.doi == b.doi:
            shared.add(a.doi)
    return edges, frozenset(shared)


class _Citations(dict[int, Citation]):
    """Citations made as they are needed: of 100,000 known records few are compared."""

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__()
        self._rows = rows

    def __missing__(self, position: int) -> Citation:
        made = self[position] = citation(self._rows[position])
        return made
