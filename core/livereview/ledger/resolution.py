"""From judged pairs to publications: what people said first, then what the store holds, then the evidence.

The strongest pairs are taken first, so that a record with little to say goes to the one it fits best. A pair that
cannot be taken without contradicting a person, the store or itself becomes a doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from livereview.ledger.citations import Citation, Row, text_of
from livereview.ledger.clusters import Clusters
from livereview.ledger.likeness import Likeness, Outcome


@dataclass(frozen=True)
class Edge:
    """A pair of records by position, and the judgement on it."""

    one: int
    other: int
    likeness: Likeness


class Ledger:
    """All records by position: new ones first, then those of the store; with what people said."""

    def __init__(
        self,
        names: Sequence[str],
        new: int,
        rows: Sequence[Row],
        citations: Mapping[int, Citation],
        told: Mapping[tuple[str, str], str],
    ) -> None:
        self.names = names
        self.citations = citations
        self._new = new
        self._rows = rows
        self._at = at = {name: position for position, name in enumerate(names)}
        self.verdicts: dict[tuple[int, int], str] = {}
        """By positions, the smaller first."""
        for pair in sorted(told):
            one, other = pair
            if one in at and other in at and one != other:
                self.verdicts[min(at[one], at[other]), max(at[one], at[other])] = told[pair]

    def stored(self, position: int) -> int | None:
        """The record that the store says this one repeats, where both are there."""
        if position < self._new:
            return None
        found = self._at.get(text_of(self._rows[position], "duplicate_of"))
        return None if found == position else found

    def settled(self, position: int) -> bool:
        """Whether the store has this record as one that repeats none."""
        return position >= self._new and self.stored(position) is None

    def is_report(self, position: int) -> bool:
        """Whether the record became a report of the store."""
        return bool(text_of(self._rows[position], "report_id"))

    def repeated(self) -> list[tuple[int, int]]:
        """Each record of the store that repeats another, with that other."""
        pairs = ((position, self.stored(position)) for position in range(self._new, len(self.names)))
        return [(position, root) for position, root in pairs if root is not None]


class Resolution:
    """Which records are one publication after everything was weighed, and what is left to ask."""

    def __init__(self, ledger: Ledger, edges: Iterable[Edge]) -> None:
        self._ledger = ledger
        apart = [pair for pair, verdict in ledger.verdicts.items() if verdict == "different"]
        self._clusters = Clusters(ledger.citations, apart, ledger.settled)
        self._held_back: list[Edge] = []
        self._reasons: dict[int, list[tuple[int, Edge | None]]] = {}
        self._doubtful: list[Edge] = []
        self._obey()
        self._keep_stored()
        self._weigh(edges)

    def _obey(self) -> None:
        for (one, other), verdict in sorted(self._ledger.verdicts.items()):
            if verdict != "same":
                continue
            kept = self._clusters.kept_apart(one, other)
            if kept:
                self._hold_back(one, other, f"called the same, but {self._pair(kept)} were called different")
            else:
                self._clusters.unite(one, other)
                self._note(one, other, None)

    def _keep_stored(self) -> None:
        for one, root in self._ledger.repeated():
            if self._ledger.verdicts.get((min(one, root), max(one, root))) == "different":
                continue
            kept = self._clusters.kept_apart(one, root)
            if kept:
                self._hold_back(one, root, f"the store has them as one, but {self._pair(kept)} were called different")
            elif self._clusters.both_settled(one, root):
                self._hold_back(one, root, "the store has them as one, and a person said that it repeats another")
            else:
                self._clusters.unite(one, root)

    def _weigh(self, edges: Iterable[Edge]) -> None:
        for edge in sorted(edges, key=self._rank):
            one, other, judged = edge.one, edge.other, edge.likeness
            if judged.outcome is Outcome.DOUBTFUL:
                self._doubtful.append(edge)
                continue
            if not self._clusters.are_one(one, other):
                kept = self._clusters.kept_apart(one, other)
                objection = self._clusters.objection(one, other, judged)
                if kept:
                    self._held_back.append(_because(edge, f"{self._pair(kept)} were called different"))
                    continue
                if objection:
                    self._doubtful.append(_because(edge, f"each matches others, and {objection}"))
                    continue
                self._clusters.unite(one, other)
            self._note(one, other, edge)

    def _rank(self, edge: Edge) -> tuple[bool, float, int, int]:
        return (not edge.likeness.firm, -edge.likeness.score, edge.one, edge.other)

    def _note(self, one: int, other: int, edge: Edge | None) -> None:
        self._reasons.setdefault(one, []).append((other, edge))
        self._reasons.setdefault(other, []).append((one, edge))

    def _pair(self, pair: tuple[int, int]) -> str:
        return " and ".join(sorted(self._ledger.names[position] for position in pair))

    def _hold_back(self, one: int, other: int, reason: str) -> None:
        edge = Edge(min(one, other), max(one, other), Likeness(Outcome.DOUBTFUL, 1.0, (), ()))
        self._held_back.append(_because(edge, reason))

    # --- what came of it ------------------------------------------------------------------------------------------

    @cached_property
    def _roots(self) -> dict[int, int]:
        """Of every record of a publication with several: the one that stands for it."""
        found: dict[int, int] = {}
        for position in self._clusters.touched():
            if position not in found:
                members = self._clusters.members(position)
                root = min(members, key=self._precedence)
                found.update(dict.fromkeys(members, root))
        return found

    def _precedence(self, position: int) -> tuple[bool, bool, int, str]:
        ledger = self._ledger
        return (
            not ledger.settled(position),
            not ledger.is_report(position),
            -ledger.citations[position].filled,
            ledger.names[position],
        )

    def repeats(self) -> tuple[dict[str, str], dict[str, str]]:
        """The record that each repeats, and why, by ids; of the store's records only where that changes."""
        names = self._ledger.names
        duplicate_of, why = {}, {}
        for position, root in sorted(self._roots.items()):
            if position != root and self._ledger.stored(position) != root:
                duplicate_of[names[position]] = names[root]
                why[names[position]] = self._why(position, root)
        return duplicate_of, why

    def _why(self, position: int, root: int) -> str:
        reasons = self._reasons.get(position, [])
        if not reasons:
            return "the record that it repeats repeats this one"
        partner, edge = min(reasons, key=lambda item: (item[1] is not None, item[0] != root, _strength(item), item[0]))
        by_way = "" if partner == root else f" as {self._ledger.names[partner]}"
        if edge is None:
            return f"a person called it the same{by_way or ' publication'}"
        return f"same {words(edge.likeness.agrees)}{by_way}"

    def released(self) -> tuple[str, ...]:
        """Ids of the store's duplicates that repeat none now."""
        roots, ledger = self._roots, self._ledger
        return tuple(ledger.names[one] for one, _ in ledger.repeated() if roots.get(one, one) == one)

    def doubts(self) -> list[Edge]:
        """What to ask: pairs of two publications, strongest first, none that follows from stronger ones.

        A pair of publications of which a person has called two records different is not asked again, unless two
        other records of them are certain to be the same: then it is, with that reason.
        """
        clusters, groups = self._clusters, _Groups()
        asked = [edge for edge in self._held_back if not clusters.are_one(edge.one, edge.other)]
        for edge in sorted(self._doubtful, key=self._rank):
            one, other = clusters.members(edge.one)[0], clusters.members(edge.other)[0]
            if one != other and not clusters.kept_apart(one, other) and groups.join(one, other):
                asked.append(edge)
        return sorted(asked, key=lambda edge: (-edge.likeness.score, edge.one, edge.other))


class _Groups:
    """Publications that doubts connect: a doubt within a group follows from those that made it."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def _top(self, one: int) -> int:
        while (above := self._above.get(one, one)) != one:
            self._above[one] = self._above.get(above, above)
            one = above
        return one

    def join(self, one: int, other: int) -> bool:
        """Whether the two were not connected before."""
        a, b = sorted((self._top(one), self._top(other)))
        self._above[b] = a
        return a != b


def _because(edge: Edge, reason: str) -> Edge:
    return replace(edge, likeness=replace(edge.likeness, reason=reason))


def _strength(item: tuple[int, Edge | None]) -> tuple[bool, float]:
    edge = item[1]
    return (False, 0.0) if edge is None else (not edge.likeness.firm, -edge.likeness.score)


def words(parts: Sequence[str]) -> str:
    """Parts as in a sentence: ``a, b and c``."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
