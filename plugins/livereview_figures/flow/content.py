"""The content of a whole flow diagram: its versions, its streams, the studies and reports of the review.

Without a ledger nothing is said of records: the studies of the evidence store are what is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from livereview import Flow, FlowVersion
from livereview.printing import counted
from livereview_figures.drawing.text import clean
from livereview_figures.flow.boxes import Card, Content, Entry, Rank, Stream, reasons, some
from livereview_figures.flow.streams import streams

UNRECORDED = (
    "No search is recorded in the evidence store: how many records were found, screened and excluded is not known."
)


def content(flow: Flow) -> Content:
    """What the diagram of a flow shows."""
    versions = shown_versions(flow)
    seen = [version for _, version in versions]
    found = streams(seen)
    recorded = bool(found)
    note = reasons("not-eligible", "Studies in the store that the manifest does not admit",
                    [version.not_eligible for version in seen], "note")  # fmt: skip
    return Content(
        versions=tuple((name, clean(version.title)) for name, version in versions),
        streams=found or (_store(seen),),
        total=_total(seen, recorded),
        note=note if recorded and some(note.entries[0].numbers) else None,
        steps=_steps(flow.previous, flow.this),
    )


def shown_versions(flow: Flow) -> list[tuple[str, FlowVersion]]:
    """The versions side by side; the first one is not repeated where it is the previous one."""
    if flow.base is None or flow.previous is None:
        return [("This", flow.this)]
    if flow.base == flow.previous:
        return [("First", flow.base), ("This", flow.this)]
    return [("First", flow.base), ("Prev.", flow.previous), ("This", flow.this)]


def _store(versions: Sequence[FlowVersion]) -> Stream:
    """Without a ledger: the studies of the evidence store, and those that the manifest does not admit."""
    unknown = Card(name="unrecorded", entries=(Entry(words=UNRECORDED),), style="waiting")
    known = Entry(
        words="Studies in the evidence store",
        numbers=tuple(len(version.studies) + version.not_eligible.number for version in versions),
    )
    left = reasons("not-eligible", "Not admitted by the manifest", [v.not_eligible for v in versions], "side")
    return Stream(
        key="store",
        title="Studies of the evidence store",
        ranks=(
            Rank(key="unrecorded", band="Identification", main=unknown),
            Rank(key="store", band="Screening", main=Card(name="store", entries=(known,)), sides=(left,)),
        ),
    )


def _total(versions: Sequence[FlowVersion], recorded: bool) -> Card:
    """Studies and reports of the review, and by which way the reports came."""

    def entry(words: str, value: Callable[[FlowVersion], int | None], part: bool = False) -> Entry:
        return Entry(words=words, numbers=tuple(value(version) for version in versions), part=part)

    ways = (
        entry("from databases and registers", lambda v: v.databases.reports if v.databases else None, True),
        entry("from other methods", lambda v: v.others.reports if v.others else None, True),
        entry("found outside recorded searches", lambda v: v.reports_without_record, True),
    )
    return Card(
        name="total",
        entries=(
            entry("Studies included in the review", lambda v: len(v.studies)),
            entry("in a pooled result", lambda v: len(v.pooled), True),
            entry("Reports of included studies", lambda v: len(v.reports)),
            *(way for way in ways if recorded and some(way.numbers)),
        ),
    )


def _steps(previous: FlowVersion | None, this: FlowVersion) -> tuple[Card, ...]:
    """From the studies and reports of the previous version to those of this one."""
    if previous is None:
        return ()
    before, now = (set(previous.studies), set(previous.reports)), (set(this.studies), set(this.reports))
    parts = (
        ("previous", "Previous version", before),
        ("new", "New", tuple(b - a for a, b in zip(before, now, strict=True))),
        ("gone", "No longer included", tuple(a - b for a, b in zip(before, now, strict=True))),
        ("now", "This version", now),
    )
    return tuple(
        Card(
            name=f"step:{name}",
            entries=(
                Entry(words=words),
                Entry(words=counted(len(studies), "study", "studies"), part=True),
                Entry(words=counted(len(reports), "report"), part=True),
            ),
        )
        for name, words, (studies, reports) in parts
    )
