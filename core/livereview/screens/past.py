"""What the commands show of past states of a review: rebuilt reports, what differs from the report of then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from livereview.console import say
from livereview.history import Record
from livereview.json_values import as_json
from livereview.printing import counted
from livereview.screens import certainty
from livereview.screens import updates as screens

if TYPE_CHECKING:
    from livereview.past.rebuilding import Rebuilt
    from livereview.past.states import Past

_MOST_FILES = 5


def rebuilt(done: Rebuilt) -> None:
    """What was rebuilt, where the review stood, whether it is the report of then, where it is now."""
    stood(done.past, Record(name="", content=done.made.content))
    for line in likeness(done):
        say(line)
    say(f"Report: {screens.to_open(done.folder, done.made.content['files'])}")
    say()


def stood(past: Past, record: Record, outcome: str | None = None) -> None:
    """Where the review, or one outcome of it, stood in a past state."""
    say(f"{record.content['title']}: {past.title}")
    if past.undated:
        say(f"Left out, since no date of publication is known: {counted(len(past.undated), 'report')}:")
        for citation in past.undated:
            say(f"  {citation}")
    if outcome is None:
        screens.outcomes(record)
        certainty.levels(record)
    else:
        screens.outcome(record.outcomes[outcome])
        certainty.domains(record, outcome)


def likeness(done: Rebuilt) -> list[str]:
    """Whether the files are those of the update; which are not, and why."""
    update = done.past.update
    if update is None:
        return []
    if done.identical:
        return [f"Every file is identical to that of {update.title} ({counted(len(done.made.files), 'file')})."]
    more = len(done.differing) - _MOST_FILES
    listed = ", ".join(done.differing[:_MOST_FILES]) + (f" and {more} more" if more > 0 else "")
    total = len({*update.content["files"], *done.made.content["files"]})
    lines = [f"Not identical to {update.title}: {len(done.differing)} of {counted(total, 'file')}: {listed}"]
    return [*lines, *(f"why: {reason}" for reason in done.reasons or ("no reason is known.",))]


def as_data(done: Rebuilt) -> dict[str, Any]:
    """A rebuilt report for machines."""
    return {
        **state(done.past),
        "identical": done.identical,
        "differing": list(done.differing),
        "reasons": list(done.reasons),
        "outcomes": done.made.content["outcomes"],
        "failures": as_json(done.failures),
        "report": screens.to_open(done.folder, done.made.content["files"]),
    }


def state(past: Past) -> dict[str, Any]:
    """Which past state it is, for machines."""
    return {
        "review": past.standing.file.manifest.review.id,
        "as_of": past.asked.as_of or None,
        "published_by": past.asked.published_by or None,
        "update": None if past.update is None else past.update.number,
        "name": None if past.update is None else past.update.name,
        "manifest_hash": past.standing.file.sha256,
        "undated": list(past.undated),
        "notes": list(past.notes),
    }
