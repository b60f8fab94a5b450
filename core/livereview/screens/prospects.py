"""What ``livereview next`` prints."""

from __future__ import annotations

from livereview.console import say, table
from livereview.further import Table
from livereview.printing import analysed, counted
from livereview.prospects import Prospect, Prospects


def prospects(found: Prospects) -> None:
    """Each outcome with its tables and what must be read with them. What is said of all outcomes alike is said once."""
    say(f"{found.title}")
    say(_trials(found))
    results = [item.result for item in found.outcomes if item.result is not None and not item.result.refused]
    shared = [
        note
        for note in (results[0].notes[1:] if len(results) > 1 else ())
        if all(note in result.notes[1:] for result in results)
    ]
    for item in found.outcomes:
        say()
        _prospect(item, set(shared))
    if shared:
        say()
        say("For every outcome:")
    for note in shared:
        say(f"- {note}")


def _trials(found: Prospects) -> str:
    if not found.lists_ongoing:
        return "This review lists no registered trials; ongoing = true under [review] lists those of the store."
    return f"{counted(found.ongoing, 'registered trial')} in the store." if found.ongoing else "No trial is registered."


def _prospect(item: Prospect, shared: set[str]) -> None:
    say(f"{item.outcome}: {item.title} ({item.measure})")
    if item.result is None:
        say("failed: see below")
        return
    if item.result.refused:
        say(f"not done: {item.result.refused}")
        return
    for note in item.result.notes[:1]:
        say(note)
    for one in item.result.shown:
        _table(one, item)
    for note in item.result.notes[1:]:
        if note not in shared:
            say(f"- {note}")


def _table(one: Table, item: Prospect) -> None:
    right = [i for i, column in enumerate(one.columns) if column.kind != "text"]
    rows = [
        [analysed(cell, column.kind, item.display, item.scale) for cell, column in zip(row, one.columns, strict=True)]
        for row in one.rows
    ]
    table(one.title, [column.name for column in one.columns], rows, right=right)
    for note in one.notes:
        say(f"- {note}")
