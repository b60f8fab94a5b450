"""Commands on one review: start it, look at its records, explain its numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from livereview.cli import Exit
from livereview.commands.group import JSON, PATH, commands
from livereview.console import say, say_data, tell
from livereview.errors import ExpectedError

if TYPE_CHECKING:
    from livereview.history import History


@commands.command()
@PATH
@click.option("--title", default="Title of the review", help="Title of the review.")
def new(path: Path, title: str) -> int:
    """Start a review: a manifest and empty sheets beside it.

    PATH is the manifest to write, e.g. reviews/my_review.toml; nothing is overwritten.
    """
    from livereview.starting import started

    for made in started(path, title):
        say(f"wrote {made}")
    say(f"Next: edit {path}, fill the sheets, then livereview check {path}")
    return Exit.DONE


@commands.command()
@PATH
@JSON
def history(path: Path, as_json: bool) -> int:
    """List the recorded updates of a review."""
    from livereview import screens

    records = _history(path).records()
    if as_json:
        keys = ("update", "recorded_at", "previous", "snapshot", "fingerprint", "versions", "failures")
        say_data([{"name": record.name, **{key: record.content[key] for key in keys}} for record in records])
    elif records:
        screens.updates(records)
    else:
        say(f"No update is recorded yet: livereview update {path}")
    return Exit.DONE


@commands.command()
@PATH
@click.argument("before", required=False)
@click.argument("after", default="latest")
@JSON
def diff(path: Path, before: str | None, after: str, as_json: bool) -> int:
    """Compare two updates; by default the last with the one before.

    BEFORE and AFTER are numbers or names from livereview history, or "latest".
    """
    from livereview import screens, verdict_screens
    from livereview.comparison import compared
    from livereview.history import as_json as plain

    found = compared(path, before, after)
    if as_json:
        say_data(plain(found))
        return Exit.DONE
    for doubt in found.doubts:
        tell(doubt)
    say(f"{found.before} against {found.after}")
    verdict_screens.verdicts(found.verdicts)
    verdict_screens.reports(found.reports)
    screens.changes(found.outcomes, found.rows, found.other)
    return Exit.DONE


@commands.command()
@PATH
@click.option("--outcome", metavar="ID", help="Show one outcome with its studies and sources.")
@click.option("--update", "number", metavar="NUMBER", default="latest", help="Number or name of an update.")
@JSON
def show(path: Path, outcome: str | None, number: str, as_json: bool) -> int:
    """Show the results of an update, by default of the last."""
    from livereview import screens
    from livereview.manifest.words import among, nearest

    record = _history(path).find(number)
    if outcome is not None and outcome not in record.outcomes:
        names = list(record.outcomes)
        raise ExpectedError(f'no outcome is called "{outcome}".{nearest(outcome, names)} There are: {among(names)}.')
    if as_json:
        say_data(record.content if outcome is None else record.outcomes[outcome])
    elif outcome is None:
        say(f"{record.content['title']}: {record.title}")
        screens.outcomes(record)
    else:
        screens.outcome(record.outcomes[outcome])
    return Exit.DONE


@commands.command()
@PATH
@click.argument("outcome")
@click.argument("before", required=False)
@click.argument("after", required=False)
@JSON
def explain(path: Path, outcome: str, before: str | None, after: str | None, as_json: bool) -> int:
    """Say why two presets give different numbers.

    OUTCOME is the id of an outcome. BEFORE and AFTER are presets of livereview plugins, or "own" for the choices of the
    manifest; with one name, it is compared with "own"; with none, every preset is. Each choice is changed in turn, with
    what it moves. Uses what the store holds and writes nothing.
    """
    from livereview import reasons
    from livereview.explaining import OWN, explained, presets_of
    from livereview.history import as_json as plain

    pairs = (
        [(before, after)] if before and after else [(OWN, name) for name in ((before,) if before else presets_of(path))]
    )
    found = [explained(path, outcome, *pair) for pair in pairs]
    if as_json:
        say_data([plain(one) for one in found])
        return Exit.DONE
    for number, one in enumerate(found):
        if number:
            say()
        reasons.shown(one)
    return Exit.DONE


def _history(path: Path) -> History:
    """The history of the review of a manifest. The plugins that the manifest names need not be installed."""
    from livereview.history import History
    from livereview.manifest.reading import review_id

    return History(path.parent / "history" / review_id(path))
