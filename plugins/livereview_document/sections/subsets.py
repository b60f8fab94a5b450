"""The outcome again: by subgroup, under other choices, without each study, study by study."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from livereview import OutcomeResult, SensitivityResult, Step, SubgroupResult
from livereview.anchors import anchor
from livereview.printing import MISSING, estimate, fixed, known, p_phrase
from livereview_document.blocks import Block, bullets, folded, heading, paragraph, stated, table
from livereview_document.cells import has_number, result_cells, result_headers, result_keys, unit
from livereview_document.index import Index
from livereview_document.words import CELL_LIMIT, Words, fill, joined, place, prose, strong, text

_RIGHT = (1, 2, 5, 6, 7)


def subgroups_part(outcome: OutcomeResult, at: Index) -> list[Block]:
    """A table per division, with the test between its groups."""
    # A second forest plot of an outcome shows it by subgroup.
    further = at.pictures(outcome.id, "forest")[1:] if outcome.subgroups else []
    blocks = [*further, *_figures(outcome, at, "subgroup", "subgroups")]
    for number, division in enumerate(outcome.subgroups, start=1):
        if not any(ids for _, _, ids in division.groups):
            continue
        places = [anchor("group", outcome.id, f"{number}-{i}") for i in range(1, len(division.groups) + 1)]
        rows = [
            (strong(name), *result_cells(pooled, outcome, there))
            for there, (name, pooled, _) in zip(places, division.groups, strict=True)
        ]
        blocks.append(stated("**By {}**", division.title))
        blocks.append(table(("Group", *result_headers(outcome)), rows, right=_RIGHT, role="subgroups"))
        blocks.append(_between(division))
        members = [
            fill("{}**{}:** {}", place(there), name, at.members(outcome.id, ids) if ids else "no study")
            for there, (name, _, ids) in zip(places, division.groups, strict=True)
        ]
        blocks.append(folded(f"Studies of the {len(members)} groups", [bullets(members)]))
        blocks += [bullets(division.notes)] if division.notes else []
    return [heading(4, "Subgroups"), *blocks] if blocks else []


def _between(division: SubgroupResult) -> Block:
    if not known(division.q_between) or not division.df_between:
        return stated("Test for subgroup differences: {} (fewer than two groups with a result).", MISSING)
    printed = f"Q = {fixed(division.q_between, 2)}, df = {division.df_between}, {p_phrase(division.p_between)}"
    return stated("Test for subgroup differences: {}.", printed)


def sensitivity_part(outcome: OutcomeResult, at: Index) -> list[Block]:
    """The main analysis and each variation of it, side by side."""
    blocks = _figures(outcome, at, "sensitivity")
    if outcome.sensitivity:
        there = anchor("studies", outcome.id) if outcome.studies else ""
        head = (strong("Main analysis"), *result_cells(outcome.pooled, outcome, there), "as listed under Choices")
        rows = [
            (result.title, *result_cells(result.pooled, outcome, there), _varied(result, outcome, at))
            for result in outcome.sensitivity
        ]
        heads = ("Analysis", *result_headers(outcome), "What differs")
        blocks.append(table(heads, [head, *rows], right=_RIGHT, role="sensitivity"))
        notes = [
            fill("**{}:** {}", result.title, prose(note)) for result in outcome.sensitivity for note in _all(result)
        ]
        blocks += [bullets(notes)] if notes else []
    return [heading(4, "Sensitivity analyses"), *blocks] if blocks else []


def _all(result: SensitivityResult) -> Iterable[str]:
    return dict.fromkeys((*result.notes, *result.pooled.notes))


def _varied(result: SensitivityResult, outcome: OutcomeResult, at: Index) -> Words:
    # Studies without an estimate are in the list of studies but in no fit.
    main = {study.study_id for study in outcome.studies if study.effect == study.effect}
    parts = [text(result.choice, CELL_LIMIT)]
    without = [study.study_id for study in outcome.studies if study.study_id in main - set(result.studies)]
    for words, ids in (("leaves out", without), ("brings in", [name for name in result.studies if name not in main])):
        if ids:
            parts.append(fill("{} {}", words, at.members(outcome.id, ids)))
    return joined(parts, "; ")


def leave_one_out_part(outcome: OutcomeResult, at: Index) -> list[Block]:
    """Range of the estimates, the study that moves the estimate most, and the whole table folded."""
    figures = _figures(outcome, at, "leave-one-out")
    if not outcome.leave_one_out and not figures:
        return []
    blocks = [heading(4, "Leave-one-out"), *figures]
    usable = [step for step in outcome.leave_one_out if has_number(step.pooled)]
    if usable and has_number(outcome.pooled):
        blocks.append(_range(usable, outcome, at))
    if outcome.leave_one_out:
        rows = [(_left(step, outcome, at), *result_cells(step.pooled, outcome)) for step in outcome.leave_one_out]
        keys = [(at.labels.get(step.study_id, step.label), *result_keys(step.pooled)) for step in outcome.leave_one_out]
        heads = ("Study left out", *result_headers(outcome))
        whole = table(heads, rows, right=_RIGHT, role="leave-one-out", keys=keys)
        blocks.append(folded(f"Leave-one-out, all {len(rows)} fits", [whole]))
    return blocks


def _range(steps: Sequence[Step], outcome: OutcomeResult, at: Index) -> Block:
    lowest = min(steps, key=lambda step: step.pooled.shown.estimate)
    highest = max(steps, key=lambda step: step.pooled.shown.estimate)
    main = outcome.pooled
    most = max(steps, key=lambda step: abs(step.pooled.estimate - main.estimate))

    def printed(step: Step) -> str:
        return _estimate(step.pooled.shown.low, step.pooled.shown.high, step.pooled.shown.estimate, outcome)

    return stated(
        "With one study left out at a time, the estimate lies between {} (without {}) and {} (without {}). "
        "It moves most without {}: from {} to {}.",
        printed(lowest), _left(lowest, outcome, at), printed(highest), _left(highest, outcome, at),
        _left(most, outcome, at), _estimate(main.shown.low, main.shown.high, main.shown.estimate, outcome),
        printed(most),
    )  # fmt: skip


def _estimate(low: float, high: float, value: float, outcome: OutcomeResult) -> str:
    return estimate(value, outcome.display, high - low) + unit(outcome)


def cumulative_part(outcome: OutcomeResult, at: Index) -> list[Block]:
    """The estimate as the studies came, folded."""
    figures = _figures(outcome, at, "cumulative")
    if not outcome.cumulative and not figures:
        return []
    blocks = [heading(4, "Cumulative"), *figures]
    if outcome.cumulative:
        public = {study.study_id: study.published_on for study in outcome.studies}
        rows = [
            (_left(step, outcome, at), *result_cells(step.pooled, outcome), public.get(step.study_id))
            for step in outcome.cumulative
        ]
        whole = table(("Study added", *result_headers(outcome), "Public since"), rows, right=_RIGHT, role="cumulative")
        blocks.append(paragraph("Each row adds the study it names to those above it."))
        blocks.append(folded(f"Cumulative, all {len(rows)} fits", [whole]))
    return blocks


def _left(step: Step, outcome: OutcomeResult, at: Index) -> Words:
    return at.member(outcome.id, step.study_id, at.labels.get(step.study_id, step.label))


def _figures(outcome: OutcomeResult, at: Index, *kinds: str) -> list[Block]:
    return [picture for kind in kinds for picture in at.pictures(outcome.id, kind)]
