"""What a review would have said as the evidence was published: one timeline for each outcome, step by step.

They are in ``Report.timelines`` where a renderer of the manifest asks for them (``Renderer.replays``), and in a replay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from livereview.judgements import Verdict
    from livereview.report import OutcomeResult, Pooled, StudyResult

#: The name of the last step, in which what has no date joins.
UNDATED = "no date"


@dataclass(frozen=True, kw_only=True)
class TimelineStep:
    """One outcome from a day of publication on, until the next step."""

    published_by: str
    """The day, e.g. 2021-03-31; empty = the last step, in which what has no such day joins."""
    pooled: Pooled
    added: tuple[str, ...] = ()
    """Labels of studies whose first number became known."""
    removed: tuple[tuple[str, str], ...] = ()
    """Labels of studies that are no longer pooled, with the reason."""
    changed: tuple[tuple[str, str], ...] = ()
    """Labels of studies for which another number stands now, with the report that it was read in."""
    includes_null: bool | None = None
    """Whether the confidence interval includes no effect; None where there is no interval or no null."""
    verdict: Verdict | None = None
    """Whether the step mattered, by the triggers of the manifest, against the step before and the one at which the
    outcome was last consequential or first."""
    studies: tuple[StudyResult, ...] = ()
    """The studies pooled, with the numbers, weights and sources that they had then."""


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The steps of one outcome; none where no result was eligible at any time."""

    outcome: OutcomeResult
    """Its choices and today's pooled result, without studies and further analyses."""
    steps: tuple[TimelineStep, ...]
