"""Tests for small-study effects: each with its result, or the reason why it was not run."""

from __future__ import annotations

from livereview import BiasResult, OutcomeResult
from livereview.printing import MISSING, fixed, known, p_value, plain, significant
from livereview_markdown.blocks import bullets, heading, table
from livereview_markdown.escape import CELL_LIMIT, Markdown, fill, prose, text
from livereview_markdown.index import Index


def bias_part(outcome: OutcomeResult, at: Index) -> list[Markdown]:
    """The funnel plot and the table of tests, with their notes below."""
    figures = [block for figure in at.pictures(outcome.id, "funnel") for block in at.shown(figure)]
    if not outcome.bias and not figures:
        return []
    blocks = [heading(4, "Small-study effects"), *figures]
    if outcome.bias:
        headers = ("Test", "Statistic", "P", "Asymmetry (standard error)", "How, or why not")
        blocks.append(table(headers, [_row(result) for result in outcome.bias], right=(2,)))
    notes = [fill("**{}:** {}", result.name, prose(note)) for result in outcome.bias for note in result.notes]
    return [*blocks, bullets(notes)] if notes else blocks


def _row(result: BiasResult) -> tuple[object, ...]:
    if result.refused:
        return (result.name, MISSING, MISSING, MISSING, text(f"not run: {result.refused}", CELL_LIMIT))
    statistic = f"{result.statistic_name} = {fixed(result.statistic, 2)}" if known(result.statistic) else MISSING
    if known(result.df):
        statistic += f", df = {plain(result.df)}"
    asymmetry = MISSING
    if known(result.estimate):
        asymmetry = significant(result.estimate)
        asymmetry += f" ({significant(result.standard_error)})" if known(result.standard_error) else ""
    how = text("; ".join(part for part in (result.summary.rstrip("."), result.method) if part), CELL_LIMIT)
    return (result.name, statistic, p_value(result.p_value), asymmetry, how)
