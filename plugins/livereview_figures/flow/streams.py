"""The streams of the flow diagram: what happened to the records of databases and registers, and to all others.

What leaves a box sideways and what goes on downwards sum to the box. A stream, box or part that is empty in every
version is left out where PRISMA 2020 (Page et al. 2021, doi:10.1136/bmj.n71) lets it be; what still awaits something
has boxes of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from livereview import Box, FlowColumn, FlowVersion
from livereview_figures.flow.boxes import Card, Entry, Numbers, Rank, Stream, reasons, some

Columns = Sequence[FlowColumn | None]


def streams(versions: Sequence[FlowVersion]) -> tuple[Stream, ...]:
    """Databases and registers, then other methods; empty without a ledger."""
    if versions[-1].databases is None and versions[-1].others is None:
        return ()
    databases = _Records("databases", [version.databases for version in versions], always=True)
    others = _Records("others", [version.others for version in versions], always=False)
    out = []
    if databases.found or not others.found:
        ranks = tuple(databases.ranks())
        out.append(Stream(key="databases", title="Identified in databases and registers", ranks=ranks))
    if others.found:
        out.append(Stream(key="others", title="Identified by other methods", ranks=tuple(others.ranks())))
    return tuple(out)


@dataclass(frozen=True)
class _Records:
    """The boxes of one stream; what left the way is shown with 0 only if ``always``."""

    stream: str
    columns: Columns
    always: bool

    @property
    def found(self) -> bool:
        """Whether any version has a record."""
        return some(self.numbers(lambda column: column.identified.number))

    def ranks(self) -> Iterator[Rank]:
        """From top to bottom."""
        identified = self.boxes("identified", "Records identified", lambda c: c.identified)
        yield Rank(key="identified", band="Identification", main=identified, sides=(
            *self.left("removed", "Records removed before screening", _removed, zero=self.always),
            *self.waiting("awaiting-screening", "Records awaiting screening", lambda c: c.awaiting_screening),
        ))  # fmt: skip
        if self.always or some(self.numbers(lambda c: c.screened)):
            main = self.main("screened", "Records screened", lambda c: c.screened)
            excluded = self.left("excluded", "Records excluded", lambda c: c.excluded, zero=self.always)
            yield Rank(key="screened", band="Screening", main=main, sides=excluded)
        yield self.sought()
        main = self.main("assessed", "Reports assessed for eligibility", lambda c: c.assessed)
        excluded = self.left("excluded-full-text", "Reports excluded", lambda c: c.excluded_full_text, zero=self.always)
        yield Rank(key="assessed", band="Screening", main=main, sides=excluded)
        if aside := self.aside():
            main = self.main("included", "Records included after assessment", lambda c: c.included)
            yield Rank(key="included", band="Included", main=main, sides=aside)

    def sought(self) -> Rank:
        """Records of which some may have come past screening."""
        main = self.main("sought", "Reports sought for retrieval", lambda c: c.sought)
        past = self.numbers(lambda c: c.unscreened)
        if some(past):
            words = "without screening of title and abstract"
            entries = (*main.entries, Entry(words=words, numbers=past, part=True))
            main = Card(name=main.name, entries=entries)
        return Rank(key="sought", band="Screening", main=main, sides=(
            *self.left("not-retrieved", "Reports not retrieved", lambda c: c.not_retrieved, zero=self.always),
            *self.waiting("awaiting-retrieval", "Reports awaiting retrieval", lambda c: c.awaiting_retrieval),
            *self.waiting("awaiting-assessment", "Reports awaiting assessment", lambda c: c.awaiting_assessment),
        ))  # fmt: skip

    def aside(self) -> tuple[Card, ...]:
        """What people included and no report of the review came of."""
        again = "Further records of a report counted already"
        return (
            *self.waiting("awaiting-extraction", "Awaiting extraction", lambda c: c.awaiting_extraction),
            *self.left("not-admitted", "Not admitted by the manifest", lambda c: c.not_admitted),
            *self.left("same-report", again, lambda c: Box(number=c.same_report)),
        )

    def numbers(self, value: Callable[[FlowColumn], int]) -> Numbers:
        return tuple(None if column is None else value(column) for column in self.columns)

    def main(self, key: str, words: str, value: Callable[[FlowColumn], int]) -> Card:
        return Card(name=f"{self.stream}:{key}", entries=(Entry(words=words, numbers=self.numbers(value)),))

    def boxes(self, key: str, words: str, value: Callable[[FlowColumn], Box]) -> Card:
        found = [None if column is None else value(column) for column in self.columns]
        return reasons(f"{self.stream}:{key}", words, found, "main")

    def left(self, key: str, words: str, value: Callable[[FlowColumn], Box], *, zero: bool = False) -> tuple[Card, ...]:
        """What left the way, by reason; nothing where nothing did, unless ``zero``."""
        found = [None if column is None else value(column) for column in self.columns]
        card = reasons(f"{self.stream}:{key}", words, found, "side")
        return (card,) if zero or some(card.entries[0].numbers) else ()

    def waiting(self, key: str, words: str, value: Callable[[FlowColumn], int]) -> tuple[Card, ...]:
        """What awaits something; nothing where nothing does."""
        numbers = self.numbers(value)
        card = Card(name=f"{self.stream}:{key}", entries=(Entry(words=words, numbers=numbers),), style="waiting")
        return (card,) if some(numbers) else ()


def _removed(column: FlowColumn) -> Box:
    """Duplicates are one of the reasons."""
    number = column.duplicates + column.removed.number
    return Box(number=number, parts=(("Duplicate records", column.duplicates), *column.removed.parts))
