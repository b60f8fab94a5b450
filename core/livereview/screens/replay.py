"""What ``livereview replay`` shows and writes: a table for each outcome, CSV, JSON. Computes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from livereview import printing
from livereview.console import say, table
from livereview.json_values import as_json
from livereview.report import Pooled
from livereview.spreadsheet import Record, written
from livereview.timeline import UNDATED, Timeline, TimelineStep

_HEADINGS = ("by", "k", "people", "estimate", "prediction", "I²", "tau²", "no effect", "verdict", "what came in")
_FIELDS = (
    "outcome", "title", "measure", "published_by", "k", "participants", "estimate", "ci_low", "ci_high",
    "prediction_low", "prediction_high", "i2_percent", "tau2", "includes_null", "verdict", "why", "added", "removed",
    "changed",
)  # fmt: skip


def timelines(found: Iterable[Timeline]) -> None:
    """Every outcome with its steps; outcomes that never had a result in one line at the end."""
    empty = []
    for timeline in found:
        if not timeline.steps:
            empty.append(timeline.outcome.id)
            continue
        outcome = timeline.outcome
        say(f"{outcome.title} ({outcome.id}, {outcome.measure_title})")
        rows = [_row(step, outcome.display) for step in timeline.steps]
        used = [at for at in range(len(_HEADINGS)) if any(row[at] for row in rows)]
        right = [position for position, at in enumerate(used) if at in (1, 2, 5, 6)]
        table("", [_HEADINGS[at] for at in used], [[row[at] for at in used] for row in rows], right=right)
        say()
    if empty:
        say(f"No eligible result at any time: {', '.join(empty)}")


def _row(step: TimelineStep, display: str) -> list[str]:
    pooled = step.pooled
    low, high = pooled.prediction_shown or (None, None)
    return [
        step.published_by or UNDATED,
        str(pooled.k),
        "" if pooled.participants is None else f"{pooled.participants:,}",
        printing.interval(pooled.shown, display) if pooled.k else "no eligible result",
        "" if low is None else printing.limits(low, high, display),
        "" if pooled.i2 is None else printing.i2(pooled.i2),
        "" if pooled.tau2 is None or pooled.k < 2 else printing.tau2(pooled.tau2),
        _no_effect(step),
        step.verdict.words if step.verdict else "",
        "; ".join(changes(step)),
    ]


def _no_effect(step: TimelineStep) -> str:
    """Whether the interval includes no effect."""
    return {True: "included", False: "excluded", None: ""}[step.includes_null]


def changes(step: TimelineStep) -> list[str]:
    """What came in and what went, a text for each study."""
    return [
        *(f"+ {label}" for label in step.added),
        *(f"- {label} ({reason})" for label, reason in step.removed),
        *(f"~ {label} (now {report})" for label, report in step.changed),
    ]


def as_csv(found: Iterable[Timeline]) -> bytes:
    """A line for each step of each outcome: display scale, full precision, tau² on the analysis scale."""
    return written(_FIELDS, _records(found))


def _records(found: Iterable[Timeline]) -> Iterator[Record]:
    for timeline in found:
        outcome = timeline.outcome
        for step in timeline.steps:
            yield {
                "outcome": outcome.id,
                "title": outcome.title,
                "measure": outcome.measure,
                "published_by": step.published_by or UNDATED,
                **_numbers(step.pooled),
                "includes_null": {True: "yes", False: "no", None: None}[step.includes_null],
                "verdict": step.verdict.kind if step.verdict else None,
                "why": "; ".join(step.verdict.why) if step.verdict else None,
                "added": "; ".join(step.added),
                "removed": "; ".join(f"{label} ({reason})" for label, reason in step.removed),
                "changed": "; ".join(f"{label} (now {report})" for label, report in step.changed),
            }


def _numbers(pooled: Pooled) -> Record:
    low, high = pooled.prediction_shown or (None, None)
    return {
        "k": pooled.k,
        "participants": pooled.participants,
        "estimate": pooled.shown.estimate,
        "ci_low": pooled.shown.low,
        "ci_high": pooled.shown.high,
        "prediction_low": low,
        "prediction_high": high,
        "i2_percent": pooled.i2,
        "tau2": pooled.tau2 if pooled.k > 1 else None,
    }


def as_data(found: Iterable[Timeline]) -> list[dict[str, Any]]:
    """For machines: each outcome with its steps, every number at full precision."""
    return [
        {
            **{name: getattr(timeline.outcome, name) for name in ("id", "title", "measure", "display", "null_shown")},
            "steps": as_json(timeline.steps),
        }
        for timeline in found
    ]
