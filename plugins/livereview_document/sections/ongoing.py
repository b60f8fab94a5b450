"""Registered trials that are still to report, or that the review does not admit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from livereview import Ongoing
from livereview.printing import plain
from livereview_document.blocks import Block, heading, long, paragraph, table
from livereview_document.index import Index
from livereview_document.words import CELL_LIMIT, Words, registry_link, text

#: What a registry entry says, by heading; None where it says nothing.
_ONGOING: Mapping[str, Callable[[Ongoing], str | int | None]] = {
    "Phase": lambda trial: trial.phase or None,
    "Regimen": lambda trial: trial.regimen or None,
    "Comparator": lambda trial: trial.comparator or None,
    "Design": lambda trial: trial.design or None,
    "Setting": lambda trial: trial.setting or None,
    "Planned participants": lambda trial: trial.target_enrollment,
    "Primary endpoint": lambda trial: trial.primary_endpoint or None,
    "Results expected": lambda trial: trial.expected_on or None,
    "Recruitment": lambda trial: trial.recruitment or None,
    "Remark": lambda trial: trial.remark or None,
    "Seen in": lambda trial: trial.source or None,
}
_ALWAYS = ("Phase", "Regimen", "Planned participants", "Primary endpoint", "Seen in")


def ongoing_section(trials: Iterable[Ongoing], at: Index) -> list[Block]:
    """Registered trials, with the columns that at least one of them fills."""
    found = tuple(trials)
    if not found:
        return []
    filled = [
        (name, value)
        for name, value in _ONGOING.items()
        if name in _ALWAYS or any(value(trial) is not None for trial in found)
    ]
    headers = ("Registry", *(name for name, _ in filled))
    rows = [
        (registry_link(trial.registry_id), *(_ongoing_cell(value(trial)) for _, value in filled)) for trial in found
    ]
    right = [i for i, name in enumerate(headers) if name == "Planned participants"]
    block = long(f"All {len(rows)} trials", table(headers, rows, right=right, role="ongoing"), len(rows), at.fold_above)
    undated = sum(not trial.expected_on for trial in found)
    dates = [paragraph(f"When results are expected is not known of {undated} of {len(found)}.")] if undated else []
    return [heading(2, "Ongoing trials", "ongoing"), block, *dates]


def _ongoing_cell(value: str | int | None) -> Words:
    return text(plain(value) if isinstance(value, int) else value, CELL_LIMIT)
