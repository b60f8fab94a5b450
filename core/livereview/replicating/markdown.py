"""The replication of a review as a page of Markdown; text from outside is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator

from livereview.manifest.words import printable
from livereview.replicated import ReplicatedLine, Replication
from livereview.replication_words import (
    how_words,
    input_words,
    printed_words,
    recomputed_words,
    replication_counts,
    tried_words,
)

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_HEADERS = ("Verdict", "Line", "Printed", "Recomputed", "How", "Matches of tries", "Where")


def page(title: str, found: Replication) -> str:
    """Counts, ways of computing and every line, by publication."""
    return "\n".join(_lines(title, found)) + "\n"


def _lines(title: str, found: Replication) -> Iterator[str]:
    yield f"# Replication: {escaped(title)}"
    for report in found.reports:
        yield f"\n## {escaped(report)}\n"
        yield f"{escaped(found.citations.get(report, report))}\n"
        yield f"{replication_counts(found, report)}.\n"
        for tally in (tally for tally in found.tallies if tally.report_id == report):
            yield f"- {tally.lines} of {tally.of} pooled lines: {escaped(tally.recipe)}"
        yield f"\n| {' | '.join(_HEADERS)} |\n|{' --- |' * len(_HEADERS)}"
        for line in (line for line in found.lines if line.report_id == report):
            yield _row(line)


def _row(line: ReplicatedLine) -> str:
    inputs = "; ".join(input_words(item) for item in line.inputs)
    how = ". Pooled: ".join(part for part in (how_words(line), inputs) if part)
    cells = (
        line.verdict,
        line.title,
        printed_words(line),
        recomputed_words(line),
        how,
        tried_words(line),
        line.locator,
    )
    return f"| {' | '.join(map(escaped, cells))} |"


def escaped(text: str) -> str:
    """The text on one line, with nothing in it that Markdown or HTML would read."""
    return _MARKUP.sub(r"\\\1", " ".join(printable(text).split()))
