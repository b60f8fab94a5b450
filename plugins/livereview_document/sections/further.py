"""Further analyses: their tables and figures, or the reason why one was not done; and what a model brings beside its
estimate."""

from __future__ import annotations

from livereview import Column, FurtherResult, OutcomeResult, Pooled, Table, Value
from livereview.printing import analysed, fixed, known, p_phrase, plain, significant
from livereview_document.blocks import Block, bullets, heading, long, paragraph, stated, table
from livereview_document.index import Index
from livereview_document.words import CELL_LIMIT, Words, fill, prose, text

#: Rows that a table of an analysis may have before it is folded.
LONG = 25


def further_parts(outcome: OutcomeResult, at: Index) -> list[Block]:
    """Every further analysis of an outcome."""
    return [block for result in outcome.further for block in _part(result, outcome, at)]


def _part(result: FurtherResult, outcome: OutcomeResult, at: Index) -> list[Block]:
    blocks = [heading(4, result.title)]
    if result.options:
        blocks.append(stated("Options: {}.", prose(result.options)))
    if result.refused:
        return [*blocks, stated("Not done: {}.", prose(result.refused.rstrip(".")))]
    blocks += at.pictures(outcome.id, result.name)
    for shown in result.shown:
        blocks += _table(shown, outcome, at)
    return [*blocks, bullets(result.notes)] if result.notes else blocks


def _table(shown: Table, outcome: OutcomeResult, at: Index) -> list[Block]:
    """One table, folded where it is long, with its notes."""
    right = [i for i, column in enumerate(shown.columns) if column.kind != "text"]
    rows = [
        [_cell(cell, column, outcome) for cell, column in zip(row, shown.columns, strict=True)] for row in shown.rows
    ]
    block = table([column.name for column in shown.columns], rows, right=right)
    folding = max(at.fold_above, LONG)
    blocks = [stated("**{}**", shown.title), long(f"All {len(rows)} rows", block, len(rows), folding)]
    return [*blocks, *(paragraph(note) for note in shown.notes)]


def _cell(cell: Value, column: Column, outcome: OutcomeResult) -> Words:
    return text(analysed(cell, column.kind, outcome.display, outcome.scale), CELL_LIMIT)


def of_the_method(pooled: Pooled) -> list[Words]:
    """Lines on the tests and numbers that a model's method brings beside its estimate."""
    lines = []
    for test in pooled.tests:
        df = f", df = {plain(test.df)}" if known(test.df) else ""
        told = f"{test.statistic_name} = {fixed(test.statistic, 2)}{df}, {p_phrase(test.p_value)}"
        lines.append(fill("**{}:** {}", test.name, told))
    lines += [fill("**{}:** {}", name, significant(value, 4)) for name, value in pooled.parameters.items()]
    return lines
