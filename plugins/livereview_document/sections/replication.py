"""What published meta-analyses printed, recomputed: counts by publication, then every line with its verdict."""

from __future__ import annotations

from livereview import (
    REPLICABILITY,
    ReplicatedLine,
    Replication,
    how_words,
    input_words,
    printed_words,
    recomputed_words,
    replication_counts,
    tried_words,
)
from livereview.printing import counted
from livereview_document.blocks import Block, bullets, heading, long, paragraph, table
from livereview_document.index import Index
from livereview_document.words import CELL_LIMIT, Words, text

_HEADERS = ("Line", "Verdict", "Printed", "Recomputed", "How, and why not", "Matches of tries", "Where")
_NOTE = (
    "Each value that a publication printed is recomputed from the evidence of its studies, by many ways of computing. "
    "It matches to every printed digit, matches under another choice than the publication states, cannot be "
    "checked since numbers are not public, or contradicts. Counts that were solved from printed results show which "
    "method was used, not that the numbers are right; no outcome pools them from here."
)


def replication_section(found: Replication | None, at: Index) -> list[Block]:
    """A part for each publication; nothing where the manifest names none."""
    if found is None or not found.lines:
        return []
    blocks = [heading(2, "Replication", "replication"), paragraph(_NOTE)]
    for report in found.reports:
        blocks += _publication(found, report, at)
    return blocks


def _publication(found: Replication, report: str, at: Index) -> list[Block]:
    lines = [line for line in found.lines if line.report_id == report]
    ordered = sorted(lines, key=lambda line: -REPLICABILITY.index(line.verdict))
    tallies = [
        f"{one.lines} of {one.of} pooled lines: {one.recipe}" for one in found.tallies if one.report_id == report
    ]
    listed = long(
        counted(len(lines), "printed line"),
        table(_HEADERS, [_row(line) for line in ordered], role="replication"),
        len(lines),
        at.fold_above,
    )
    cited = found.citations.get(report, report)
    return [
        heading(3, report),
        paragraph(cited if cited == report else f"{report}: {cited}"),
        paragraph(f"{replication_counts(found, report)}."),
        *([bullets(tallies)] if tallies else []),
        listed,
    ]


def _row(line: ReplicatedLine) -> tuple[Words, ...]:
    inputs = "; ".join(input_words(item) for item in line.inputs)
    how = ". Pooled: ".join(part for part in (how_words(line), inputs) if part)
    return (
        text(line.title, CELL_LIMIT),
        text(line.verdict.replace("-", " ")),
        text(printed_words(line) or None),
        text(recomputed_words(line) or None),
        text(how or None, 2 * CELL_LIMIT),
        text(tried_words(line) or None),
        text(line.locator, CELL_LIMIT),
    )
