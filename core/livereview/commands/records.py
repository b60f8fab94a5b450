"""Commands on one review: start it, look at its records, explain its numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from livereview.cli import Exit
from livereview.commands.group import (
    AS_OF,
    AS_OF_TWICE,
    JSON,
    PATH,
    PUBLISHED_BY,
    PUBLISHED_BY_TWICE,
    WHICH,
    commands,
    require_moment,
)
from livereview.console import say, say_data, tell
from livereview.errors import ExpectedError

if TYPE_CHECKING:
    from livereview.history import History, Record
    from livereview.past.moments import Asked
    from livereview.past.states import Past, Which


@commands.command()
@PATH
@click.option("--title", default=None, help="Title of the review.")
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path),
    help="Start from a meta-analysis that others made: a RevMan 5 file, a data package.",
)
def new(path: Path, title: str | None, file: Path | None) -> int:
    """Start a review: a manifest and empty sheets beside it.

    PATH is the manifest to write, e.g. reviews/my_review.toml; nothing is overwritten.
    """
    from livereview.starting import started

    if file is not None:
        return _new_from(file, path, title)
    for made in started(path, title):
        say(f"wrote {made}")
    say(f"Next: edit {path}, fill the sheets, then livereview check {path}")
    return Exit.DONE


def _new_from(file: Path, path: Path, title: str | None) -> int:
    from livereview.plugins import installed
    from livereview.printing import counted
    from livereview.starting import started_from

    found = started_from(file, path, title, installed())
    say(f"wrote {path} with {counted(len(found.outcomes), 'outcome')}")
    for reason in found.left_out:
        tell(f"no outcome: {reason}")
    say(f"Next: read {path}, say what the question is, then livereview check {path}")
    return Exit.DONE


@commands.command()
@PATH
@JSON
def history(path: Path, as_json: bool) -> int:
    """List the recorded updates of a review."""
    from livereview.screens import updates as screens

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
@AS_OF_TWICE
@PUBLISHED_BY_TWICE
@WHICH
@JSON
def diff(
    path: Path,
    before: str | None,
    after: str,
    as_of: tuple[str, ...],
    published_by: tuple[str, ...],
    which: Which,
    as_json: bool,
) -> int:
    """Compare two updates; by default the last two.

    BEFORE and AFTER are numbers or names from livereview history, or "latest". In their place --as-of or --published-by
    names a past state, which is compared with the last update; given twice, two past states. Writes nothing.
    """
    from livereview.comparison import compared, states_compared
    from livereview.json_values import as_json as plain
    from livereview.screens import updates as screens
    from livereview.screens import verdicts as verdict_screens

    require_moment(which, as_of)
    if as_of or published_by:
        if before is not None:
            raise click.UsageError("Name two updates, or moments with --as-of and --published-by, not both.")
        found = states_compared(path, _moments(as_of, published_by), which)
    else:
        found = compared(path, before, after)
    if as_json:
        say_data(plain(found))
        return Exit.DONE
    for line in (*found.notes, *found.doubts):
        tell(line)
    say(f"{found.before} against {found.after}")
    verdict_screens.verdicts(found.verdicts)
    verdict_screens.reports(found.reports)
    screens.changes(found.outcomes, found.rows, found.other)
    return Exit.DONE


@commands.command()
@PATH
@click.option("--outcome", metavar="ID", help="Show one outcome with its studies and sources.")
@click.option("--update", "number", metavar="NUMBER", help="Number or name of an update.")
@AS_OF
@PUBLISHED_BY
@WHICH
@JSON
def show(
    path: Path,
    outcome: str | None,
    number: str | None,
    as_of: str | None,
    published_by: str | None,
    which: Which,
    as_json: bool,
) -> int:
    """Show the results of an update, by default of the last.

    With --as-of or --published-by a past state is analysed anew; nothing is written.
    """
    from livereview.manifest.words import among, nearest
    from livereview.screens import certainty
    from livereview.screens import past as states
    from livereview.screens import updates as screens

    require_moment(which, as_of)
    past = None
    if as_of is None and published_by is None:
        record = _history(path).find(number or "latest")
    elif number is not None:
        raise click.UsageError("Name an update or a moment, not both.")
    else:
        past, record = _past(path, as_of, published_by, which)
    if outcome is not None and outcome not in record.outcomes:
        names = list(record.outcomes)
        raise ExpectedError(f'no outcome is called "{outcome}".{nearest(outcome, names)} There are: {among(names)}.')
    if as_json:
        asked_for = {} if past is None else {"state": states.state(past)}
        say_data({**record.content, **asked_for} if outcome is None else record.outcomes[outcome])
    elif past is not None:
        states.stood(past, record, outcome)
    elif outcome is None:
        say(f"{record.content['title']}: {record.title}")
        screens.outcomes(record)
        certainty.levels(record)
    else:
        screens.outcome(record.outcomes[outcome])
        certainty.domains(record, outcome)
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
    from livereview.explaining import OWN, explained, presets_of
    from livereview.json_values import as_json as plain
    from livereview.screens import reasons

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


def _past(path: Path, as_of: str | None, published_by: str | None, which: Which) -> tuple[Past, Record]:
    """A past state of a review and its results, computed now. What must be said of it goes to stderr."""
    from livereview.past.moments import asked
    from livereview.past.rebuilding import recomputed
    from livereview.past.states import past_of

    past = past_of(path, asked(as_of, published_by, datetime.now(UTC)), which)
    for note in past.notes:
        tell(note)
    return past, recomputed(past)


def _moments(as_of: tuple[str, ...], published_by: tuple[str, ...]) -> list[Asked]:
    """One or two past states: the first of each option belong together, and so do the second."""
    from livereview.past.moments import asked

    if max(len(as_of), len(published_by)) > 2:
        raise click.UsageError("At most two moments can be compared.")
    if as_of and published_by and len(as_of) != len(published_by):
        raise click.UsageError("Give --as-of and --published-by equally often: the first of each belong together.")
    recorded = as_of or (None,) * len(published_by)
    published = published_by or (None,) * len(as_of)
    now = datetime.now(UTC)
    return [asked(*moment, now) for moment in zip(recorded, published, strict=True)]


def _history(path: Path) -> History:
    """The history of the review of a manifest. The plugins that the manifest names need not be installed."""
    from livereview.history import History
    from livereview.manifest.reading import review_id

    return History(path.parent / "history" / review_id(path))
