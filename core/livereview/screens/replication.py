"""What ``livereview replicate`` prints."""

from __future__ import annotations

from livereview.console import paragraph, say, table
from livereview.replicated import ReplicatedLine, Replication
from livereview.replication_words import (
    printed_words,
    recomputed_words,
    reconstruction_words,
    replication_counts,
    tried_words,
)

_HEADINGS = ("verdict", "line", "printed", "recomputed", "tries", "where")


def replicated(title: str, found: Replication) -> None:
    """For each publication the counts, the ways of computing, the table, and what must be read with its lines."""
    say(title)
    for report in found.reports:
        lines = [line for line in found.lines if line.report_id == report]
        say()
        say(f"{report}: {replication_counts(found, report)}.")
        for tally in (tally for tally in found.tallies if tally.report_id == report):
            say(f"- {tally.lines} of {tally.of} pooled lines: {tally.recipe}")
        table("", _HEADINGS, [_row(line) for line in lines])
        for line in lines:
            _told(line)


def _row(line: ReplicatedLine) -> list[str]:
    return [line.verdict, line.title, printed_words(line), recomputed_words(line), tried_words(line), line.locator]


def _told(line: ReplicatedLine) -> None:
    """What departs, and why a line is not matched."""
    told = [f"departs: {text}" for text in line.departures if line.verdict == "matches-otherwise"]
    told += line.reasons if line.verdict != "matches" else ()
    told += [reconstruction_words(line)] if line.reconstruction is not None else []
    if told:
        paragraph(f"{line.title} ({line.verdict}): {line.recipe}" if line.recipe else f"{line.title} ({line.verdict}):")
        for text in told:
            paragraph(f"- {text}", indent="  ")
