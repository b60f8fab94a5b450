"""Tests for small-study effects: the table of those that ran, and why the others did not."""

from __future__ import annotations

from collections.abc import Iterable

from livereview import BiasResult, OutcomeResult
from livereview.printing import MISSING, fixed, known, p_value, plain, significant
from livereview_document.blocks import Block, bullets, heading, stated, table
from livereview_document.index import Index
from livereview_document.words import CELL_LIMIT, fill, prose, text


def bias_part(outcome: OutcomeResult, at: Index) -> list[Block]:
    """The funnel plot and the table of tests, with their notes below."""
    figures = at.pictures(outcome.id, "funnel")
    if not outcome.bias and not figures:
        return []
    ran = [result for result in outcome.bias if not result.refused]
    blocks = [heading(4, "Small-study effects"), *figures]
    if ran:
        headers = ("Test", "Statistic", "P", "Asymmetry (standard error)", "How")
        blocks.append(table(headers, [_row(result) for result in ran], right=(2,)))
    notes = [fill("**{}:** {}", test_name(result), prose(note)) for result in ran for note in result.notes]
    blocks += [bullets(notes)] if notes else []
    return [*blocks, *_not_run(outcome.bias)]


def test_name(result: BiasResult) -> str:
    """The name of a test as words: Egger."""
    return result.name.replace("-", " ").capitalize()


def _not_run(results: Iterable[BiasResult]) -> list[Block]:
    """The tests that were refused, those refused for the same reason in one line."""
    reasons: dict[str, list[str]] = {}
    for result in results:
        if result.refused:
            reasons.setdefault(result.refused, []).append(test_name(result))
    return [stated("Not run: {}. {}.", ", ".join(names), reason.rstrip(".")) for reason, names in reasons.items()]


def _row(result: BiasResult) -> tuple[object, ...]:
    statistic = f"{result.statistic_name} = {fixed(result.statistic, 2)}" if known(result.statistic) else MISSING
    if known(result.df):
        statistic += f", df = {plain(result.df)}"
    asymmetry = MISSING
    if known(result.estimate):
        asymmetry = significant(result.estimate)
        asymmetry += f" ({significant(result.standard_error)})" if known(result.standard_error) else ""
    how = text(result.method or result.summary.rstrip("."), CELL_LIMIT)
    return (test_name(result), statistic, p_value(result.p_value), asymmetry, how)
