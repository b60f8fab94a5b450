"""The tables of ``next-trials``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from livereview import Column, Table, Value
from livereview_planning.conclusions import Conclusion, Relation, in_words
from livereview_planning.outlook import Ahead, Outlook
from livereview_planning.renewal import Renewed
from livereview_planning.sizes import Needed, Unreachable
from livereview_planning.trials import Counted

TOGETHER = "All of them together"
MOVES = "Conclusion moves"


@dataclass(frozen=True, kw_only=True)
class Present:
    """The outcome as it is."""

    found: Renewed
    conclusion: Conclusion


def trials_table(
    ahead: Ahead, now: Present, trials: Sequence[Counted], alone: Sequence[Outlook | None], together: Outlook | None
) -> Table:
    """A row for the outcome as it is, one for each registered trial, and one for all of them together."""
    dated = any(one.trial.expected_on for one in trials)
    several = range(len(ahead.thresholds)) if len(ahead.thresholds) > 1 else ()
    columns = [
        Column(name="Trial", kind="text"),
        Column(name="What is given", kind="text"),
        *([Column(name="Expected", kind="text")] if dated else []),
        Column(name="Participants", kind="count"),
        *([Column(name=MOVES, kind="percent")] if ahead.thresholds else []),
        *(Column(name=f"Excludes {ahead.thresholds[i].name}", kind="percent") for i in several),
        Column(name="Estimate after: median (quartiles)", kind="effect"),
        *_width_columns(ahead.request.display),
    ]

    def row(start: Sequence[Value], found: Outlook | None) -> tuple[Value, ...]:
        chances: list[Value] = []
        if ahead.thresholds:
            chances = [None if found is None else _percent(found.moves(now.conclusion))]
            chances += [None if found is None else _percent(found.excludes(i)) for i in several]
        if found is None:
            return (*start, *chances, None, None, None)
        widths = (_width(ahead, found.width), _width(ahead, found.median_width))
        return (*start, *chances, found.estimate, *widths)

    blank = [""] if dated else []
    width = _width(ahead, float(now.found.width))
    none = [None] * (len(columns) - 6 - len(blank))
    rows: list[tuple[Value, ...]] = [("Today", "", *blank, None, *none, float(now.found.estimate), width, width)]
    for one, found in zip(trials, alone, strict=True):
        expected = [one.trial.expected_on] if dated else []
        rows.append(row([one.trial.registry_id, one.trial.regimen, *expected, one.trial.participants], found))
    if together is not None:
        total = sum(one.trial.participants or 0 for one in trials if one.participants)
        rows.append(row([TOGETHER, "", *blank, total], together))
    return Table(title="After each registered trial", columns=tuple(columns), rows=tuple(rows), notes=_legend(ahead))


def sizes_table(ahead: Ahead, now: Present, sizes: Sequence[int], found: Sequence[Outlook]) -> Table:
    """What one new trial of a size would do."""
    columns = [
        Column(name="Participants", kind="count"),
        *([Column(name=MOVES, kind="percent")] if ahead.thresholds else []),
        *_width_columns(ahead.request.display),
    ]
    rows = [
        (
            size,
            *([_percent(one.moves(now.conclusion))] if ahead.thresholds else []),
            _width(ahead, one.width),
            _width(ahead, one.median_width),
        )
        for size, one in zip(sizes, found, strict=True)
    ]
    return Table(
        title="After one new trial, by its size", columns=tuple(columns), rows=tuple(rows), notes=_legend(ahead)
    )


def needed_table(ahead: Ahead, now: Present, power: float, found: Sequence[Needed | Unreachable | None]) -> Table:
    """The size that new trials need for the interval to exclude each threshold; None = it does already."""
    columns = (
        Column(name="To exclude", kind="text"),
        Column(name="New trials", kind="count"),
        Column(name="Participants of each", kind="count"),
        Column(name="Chance", kind="percent"),
        Column(name="Of it below", kind="percent"),
        Column(name="Of it above", kind="percent"),
    )
    rows: list[tuple[Value, ...]] = []
    notes: list[str] = []
    for threshold, relation, item in zip(ahead.thresholds, now.conclusion, found, strict=True):
        name = threshold.name
        if item is None:
            rows.append((name, None, None, None, None, None))
            notes.append(f"The interval {relation.value} {name} already: no trial is needed for that.")
        elif isinstance(item, Unreachable):
            rows.append((name, None, None, None, None, None))
            notes.append(_unreachable(name, power, item))
        else:
            below = 100 * item.below
            rows.append((name, item.trials, item.participants, 100 * item.chance, below, 100 * item.chance - below))
            notes += _how(name, power, item)
    title = f"New trials needed for a chance of {_share(power)} that the interval excludes a value"
    return Table(title=title, columns=columns, rows=tuple(rows), notes=tuple(notes))


def _how(name: str, power: float, item: Needed) -> list[str]:
    notes = []
    if item.trials > 1:
        notes.append(
            f"One trial, however large, does not exclude {name} with a chance of {_share(power)}, since the model "
            f"allows for differences between trials; it takes {item.trials} of one size (their participants rounded up "
            "to two digits)."
        )
    if item.falls:
        notes.append(
            f"To exclude {name} a larger trial is not always better here: some larger sizes have a chance below "
            f"{_share(power)}, since a large trial that disagrees widens the interval."
        )
    return notes


def _unreachable(name: str, power: float, item: Unreachable) -> str:
    return (
        f"No size of up to {item.trials} new trials suffices to exclude {name}: with one, however large, the chance is "
        f"{item.one:.1%}; with {item.trials} such trials {item.several:.1%}, not {_share(power)}."
    )


def today_in_words(ahead: Ahead, now: Present) -> str:
    """The conclusion as it is, as a sentence."""
    if not ahead.thresholds:
        return (
            "An outcome of one arm has no value of no effect, so there is no conclusion that could move: only the "
            "width of the interval is looked at. The option important says what matters."
        )
    return f"Today the {_share(ahead.request.level)} interval {in_words(now.conclusion, ahead.thresholds)}."


def settled(relation: Relation) -> bool:
    """Whether an interval excludes its threshold."""
    return relation is not Relation.INCLUDES


def _width_columns(display: str) -> list[Column]:
    return [
        Column(name=name, kind="contrast" if display == "ratio" else "number")
        for name in ("Width, expected", "Width, median")
    ]


def _legend(ahead: Ahead) -> tuple[str, ...]:
    """What the columns are."""
    width = {"ratio": "upper limit over lower limit", "proportion": "percentage points"}.get(ahead.request.display)
    moves = f"{MOVES}: the chance that the interval then lies otherwise to {' or '.join(_names(ahead))} than today. "
    return (f"{moves if ahead.thresholds else ''}Width: of the interval{f', {width}' if width else ''}.",)


def _names(ahead: Ahead) -> list[str]:
    return [item.name for item in ahead.thresholds]


def _width(ahead: Ahead, width: float) -> float | None:
    if np.isnan(width):
        return None
    return 100 * width if ahead.request.display == "proportion" else width


def _percent(chance: float) -> float | None:
    return None if np.isnan(chance) else 100 * min(max(chance, 0.0), 1.0)


def _share(value: float) -> str:
    return f"{100 * value:.6g}%"
