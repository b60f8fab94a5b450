"""Records of one publication brought together, pair by pair, the strongest first.

What a person said of two records is never undone by way of a third one, and neither are two PubMed numbers. Records
that the store has kept apart stay apart until a person says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from livereview.ledger.citations import Citation
from livereview.ledger.likeness import Likeness, Outcome, likeness
from livereview.ledger.venues import is_damaged, same_page


@dataclass
class _Cluster:
    """The records of one publication, and what they say together."""

    members: list[int]
    fullest: int
    """The member with most fields."""
    pmids: set[str] = field(default_factory=set)
    dois: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    reports: set[str] = field(default_factory=set)
    settled: set[int] = field(default_factory=set)
    """Members that stand in the store for others or for themselves: they repeat none."""
    apart: set[int] = field(default_factory=set)
    """Records that a person called different from a member."""

    def take(self, other: _Cluster, fullest: int) -> None:
        self.fullest = fullest
        self.members += other.members
        for name in ("pmids", "dois", "pages", "years", "reports", "settled", "apart"):
            getattr(self, name).update(getattr(other, name))


class Clusters:
    """Records by position, each at first alone. ``settled`` says which ones stand in the store and repeat none."""

    def __init__(
        self, citations: Mapping[int, Citation], apart: Iterable[tuple[int, int]], settled: Callable[[int], bool]
    ) -> None:
        self._citations = citations
        self._settled = settled
        self._of: dict[int, _Cluster] = {}
        for one, other in apart:
            self._cluster(one).apart.add(other)
            self._cluster(other).apart.add(one)

    def _cluster(self, position: int) -> _Cluster:
        found = self._of.get(position)
        if found is None:
            found = self._of[position] = _alone(position, self._citations[position])
            if self._settled(position):
                found.settled.add(position)
        return found

    def touched(self) -> list[int]:
        """The records of which anything is known, in order; every other one is alone."""
        return sorted(self._of)

    def members(self, position: int) -> list[int]:
        """The records of the publication of this one."""
        return self._cluster(position).members

    def are_one(self, one: int, other: int) -> bool:
        """Whether two records are of one publication."""
        return self._cluster(one) is self._cluster(other)

    def kept_apart(self, one: int, other: int) -> tuple[int, int] | None:
        """Two records, one of the publication of each, that a person called different."""
        a, b = self._cluster(one), self._cluster(other)
        if not a.apart or not b.apart:
            return None
        return min(((x, y) for x in a.members if x in b.apart for y in b.members if y in a.apart), default=None)

    def unite(self, one: int, other: int) -> None:
        """Make two publications one."""
        large, small = self._cluster(one), self._cluster(other)
        if large is small:
            return
        if len(large.members) < len(small.members):
            large, small = small, large
        fullest = min(large.fullest, small.fullest, key=lambda position: (-self._citations[position].filled, position))
        large.take(small, fullest)
        for position in small.members:
            self._of[position] = large

    def both_settled(self, one: int, other: int) -> bool:
        """Whether the store has the two as two."""
        return bool(self._cluster(one).settled and self._cluster(other).settled)

    def objection(self, one: int, other: int, judged: Likeness) -> str:
        """Why two publications are not made one although two of their records, judged so, agree; "" if nothing speaks
        against it."""
        a, b = self._cluster(one), self._cluster(other)
        if self.both_settled(one, other):
            return "the store has them as two"
        if _disjoint(a.pmids, b.pmids):
            return "PubMed has them as two"
        if judged.identified:
            return ""
        if {one, other} != {a.fullest, b.fullest}:
            fullest = likeness(self._citations[a.fullest], self._citations[b.fullest])
            if fullest.outcome is not Outcome.SAME and "authors" in fullest.differs:
                return "their fullest records have other authors"
        if judged.firm:
            return ""
        if _disjoint(a.dois, b.dois):
            return "they have two DOIs"
        if _disjoint(a.reports, b.reports):
            return "they are two kinds of report"
        if a.pages and b.pages and not any(same_page(x, y) for x in a.pages for y in b.pages):
            return "they are on different pages"
        years = a.years | b.years
        return "they are more than a year apart" if years and max(years) - min(years) > 1 else ""


def _disjoint(a: set[str], b: set[str]) -> bool:
    return bool(a) and bool(b) and a.isdisjoint(b)


def _alone(position: int, citation: Citation) -> _Cluster:
    page = citation.first_page
    provisional = not page or is_damaged(page) or (page == "1" and citation.ahead_of_print)
    kind = "preprint" if citation.preprint else "abstract" if citation.kind == "abstract" else citation.kind and "paper"
    return _Cluster(
        members=[position],
        fullest=position,
        pmids={citation.pmid} - {""},
        dois={citation.doi} - {""},
        pages=set() if provisional else {page},
        years=set() if citation.year is None else {citation.year},
        reports={kind} - {""},
    )
