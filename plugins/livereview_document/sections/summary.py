"""All outcomes in one table per group: what a panel reads first."""

from __future__ import annotations

from collections.abc import Sequence

from livereview import OutcomeResult, Pooled
from livereview.anchors import anchor
from livereview.printing import counted, i2, known, level, p_value
from livereview_document.blocks import Block, heading, paragraph, table
from livereview_document.cells import estimate_cell, no_number, participants, prediction_cell
from livereview_document.index import Index
from livereview_document.words import MISSING, Words, inner_link, joined, text

HEADERS = (
    "Outcome",
    "Measure",
    "Studies",
    "Participants",
    "Estimate ({} CI)",
    "{} prediction interval",
    "I²",
    "P",
    "Read with",
)


def summary_section(outcomes: Sequence[OutcomeResult], at: Index) -> list[Block]:
    """A table for each group of outcomes, in the order in which the groups first appear."""
    blocks = [heading(2, "Summary of results", "summary")]
    if not outcomes:
        return [*blocks, paragraph("The review has no outcome.")]
    groups = list(dict.fromkeys(outcome.group for outcome in outcomes))
    for group in groups:
        if group or len(groups) > 1:
            blocks.append(heading(3, group or "Other outcomes"))
        blocks.append(_table([outcome for outcome in outcomes if outcome.group == group], at))
    return [*blocks, paragraph(_legend(outcomes))]


def _table(outcomes: Sequence[OutcomeResult], at: Index) -> Block:
    levels = {outcome.level for outcome in outcomes}
    printed = level(levels.pop()) if len(levels) == 1 else ""
    headers = [header.format(printed).replace("( CI)", "(CI)").strip() for header in HEADERS]
    headers[5] = headers[5][0].upper() + headers[5][1:]
    rows = [_row(outcome, at, printed) for outcome in outcomes]
    if any(outcome.certainty for outcome in outcomes):
        headers.append("Certainty")
        rows = [(*row, outcome.certainty.level if outcome.certainty else "not rated")
                for row, outcome in zip(rows, outcomes, strict=True)]  # fmt: skip
    keys = [_keys(row, outcome.pooled) for row, outcome in zip(rows, outcomes, strict=True)]
    return table(headers, rows, right=(2, 3, 6, 7), role="summary", keys=keys)


def _row(outcome: OutcomeResult, at: Index, printed: str) -> tuple[object, ...]:
    pooled = outcome.pooled
    name = at.outcome(outcome.id)
    if pooled.k == 0:
        return (
            name,
            outcome.measure_title,
            0,
            MISSING,
            no_number(pooled, outcome),
            MISSING,
            MISSING,
            MISSING,
            _flags(outcome),
        )
    estimate = inner_link(estimate_cell(pooled, outcome), anchor("outcome", outcome.id))
    if not printed:
        estimate = joined([estimate, text(f"{level(outcome.level)} CI")], ", ")
    return (
        name,
        outcome.measure_title,
        pooled.k,
        participants(pooled),
        estimate,
        prediction_cell(pooled, outcome),
        i2(pooled.i2),
        p_value(pooled.p_value),
        _flags(outcome),
    )


def _keys(cells: Sequence[object], pooled: Pooled) -> list[object]:
    """What the cells of an outcome are sorted by."""
    keys: list[object] = [text(cell).plain for cell in cells]
    numbers = (pooled.k, pooled.participants, pooled.shown.estimate)
    for i, value in zip((2, 3, 4, 6, 7), (*numbers, pooled.i2, pooled.p_value), strict=True):
        keys[i] = value if known(value) else None
    return keys


def _flags(outcome: OutcomeResult) -> Words:
    told = [counted(len(outcome.cautions), "caution")] if outcome.cautions else []
    told += [counted(len(outcome.failures), "failed section")] if outcome.failures else []
    return inner_link(", ".join(told), anchor("outcome", outcome.id)) if told else Words()


def _legend(outcomes: Sequence[OutcomeResult]) -> str:
    told = [f"{MISSING} means that there is no number; the section of the outcome says why."]
    told.append("Participants are those of the studies pooled, where known.")
    if any(outcome.null_shown is None for outcome in outcomes):
        told.append("Outcomes of a single arm compare nothing, so they have no P.")
    if any(outcome.pooled.k == 1 for outcome in outcomes):
        told.append("With one study, the estimate is that study's own result.")
    return " ".join(told)
