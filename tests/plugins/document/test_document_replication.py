"""The chapter on replication: what contradicts stands first, with how it was recomputed and where it was printed."""

from __future__ import annotations

from sections_reading import seen

import builders
from livereview import PooledInput, PrintedNumber, RecipeTally, ReplicatedLine, Replication


def line(verdict: str, title: str, recomputed: float | None) -> ReplicatedLine:
    agrees = None if recomputed is None else verdict.startswith("matches")
    number = PrintedNumber(name="estimate", printed="0.50", recomputed=recomputed, agrees=agrees)
    pooled = PooledInput(study="a", label="<b>A</b>", numbers="1/9 v 3/9", origin="pmid:2", solved=True)
    return ReplicatedLine(
        report_id="chen-2023", locator="3.3.4", outcome="os", part="pooled", title=title, verdict=verdict,  # type: ignore[arg-type]
        numbers=(number,), recipe="RR, DerSimonian-Laird", departures=("another time",), inputs=(pooled,), tried=1200,
        matched=3,
    )  # fmt: skip


FOUND = Replication(
    lines=(line("matches", "os, RR", 0.5012), line("contradicts", "efs, RR", 0.61),
           line("cannot-be-checked", "cr, RR", None)),
    tallies=(RecipeTally(report_id="chen-2023", recipe="RR, DerSimonian-Laird", lines=1, of=3),),
    citations={"chen-2023": "Frontiers 2023"},
)  # fmt: skip


def test_what_contradicts_stands_first_with_what_was_pooled() -> None:
    found = seen(builders.report(replication=FOUND))
    rows = found.table("Line", "Verdict")
    assert [row[1] for row in rows] == ["contradicts", "cannot be checked", "matches"]
    assert [rows[0][0], *rows[0][2:4]] == ["efs, RR", "0.50", "0.610"]
    assert "Departs: another time" in rows[0][4]
    assert "Counts of 1 of 1 studies solved from printed results" in rows[0][4]
    assert "<b>A</b> 1/9 v 3/9 [pmid:2]" in rows[0][4]
    assert (rows[0][5], rows[0][6], rows[1][3]) == ("3 of 1,200", "3.3.4", "–")


def test_each_publication_has_its_counts_and_its_ways_of_computing() -> None:
    found = seen(builders.report(replication=FOUND))
    assert "Replication" in found.headings
    assert "chen-2023: Frontiers 2023" in found.text
    assert "3 printed lines: 1 matches, 1 cannot be checked, 1 contradicts." in found.text
    assert any("1 of 3 pooled lines: RR, DerSimonian-Laird" in text for text in found.text)


def test_without_a_replication_there_is_no_chapter() -> None:
    assert "Replication" not in seen(builders.report()).headings
