"""Commands on one or several reviews, each refused or done on its own."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from livereview.cli import Exit
from livereview.commands.group import AS_OF, JSON, PATHS, PUBLISHED_BY, QUIET, WHICH, commands, require_moment
from livereview.console import progress, say, tell
from livereview.rounds import each, manifests

if TYPE_CHECKING:
    from livereview.fetching import Asking
    from livereview.linked.together import Together
    from livereview.past.moments import Asked
    from livereview.past.states import Which


@commands.command()
@PATHS
@click.option("--again", is_flag=True, help="Analyse and render again although nothing changed.")
@AS_OF
@PUBLISHED_BY
@WHICH
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), help="Where a past report is written; with one manifest."
)
@click.option(
    "--fail-on",
    "fatal",
    multiple=True,
    type=click.Choice(["consequential", "redefined"]),
    help="Exit with 1 where a new update has this verdict on an outcome; may be given twice.",
)
@click.option("--online", "asking", flag_value="online", help="Ask the sources that are on the network.")
@click.option("--offline", "asking", flag_value="offline", help="Ask nobody; use the answers that were kept.")
@JSON
@QUIET
def update(
    paths: tuple[Path, ...],
    again: bool,
    as_of: str | None,
    published_by: str | None,
    which: Which,
    folder: Path | None,
    fatal: tuple[str, ...],
    asking: Asking | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Bring what is new, pool it, write the report.

    Says what changed since the last update, and whether it matters; where nothing did, nothing is written. PATHS are
    manifests, or folders of manifests. One that is refused does not stop the others.

    Sources on the network are asked with --online, or where the manifest says so ([network] ask = "always").

    With --as-of or --published-by the report of a past state is rebuilt in a folder of its own, reports/REVIEW@DATE:
    nothing is fetched, recorded or added to the store, and the current report stays as it is.
    """
    from livereview.past.moments import asked

    require_moment(which, as_of)
    if as_of is not None or published_by is not None:
        if fatal:
            raise click.UsageError("--fail-on belongs to an update; a past report has no verdict of its own.")
        if asking:
            raise click.UsageError(f"--{asking} belongs to an update; a past report is made from the store alone.")
        if again:
            raise click.UsageError("--again belongs to an update; a past report is always made anew.")
        moment = asked(as_of, published_by, datetime.now(UTC))
        return _rebuilt(paths, moment, which, folder, as_json, quiet)
    if folder is not None:
        raise click.UsageError("--to is where a past report is written: it needs --as-of or --published-by.")
    from livereview.linked.together import Together
    from livereview.screens import updates as screens
    from livereview.screens import verdicts as verdict_screens

    together = Together(manifests(paths), again=again, asking=asking)

    def act(path: Path) -> tuple[Exit, dict[str, Any]]:
        with redirect_stdout(sys.stderr), progress(quiet or as_json) as show:  # plugins may print
            done = together.update(path, show)
        say_troubles(path, screens.troubles(done.failures), () if quiet else done.warnings)
        if not (as_json or quiet):
            screens.update(done, together.several)
        new = done.report.changes.verdicts if done.new and done.report is not None else ()
        failed_on = verdict_screens.fatal(new, fatal)
        say_troubles(path, failed_on, ())
        code = Exit.FAILED if done.failures or failed_on else Exit.DONE
        return code, screens.as_data(done) | {"failed_on": failed_on}

    with together:
        code = each(paths, act, as_json)
        return max(code, _indexed(together, as_json or quiet))


def _indexed(together: Together, silent: bool) -> Exit:
    """Refresh the index of the reviews, and say so."""
    from livereview.screens import updates as screens

    code = Exit.DONE
    with redirect_stdout(sys.stderr):  # plugins may print
        made = together.indexes()
    for one in made:
        for line in screens.troubles(one.failures):
            tell(line)
            code = Exit.FAILED
        for page in () if silent else one.pages:
            say(f"Index: {page}")
    return code


@commands.command()
@PATHS
@JSON
@QUIET
def check(paths: tuple[Path, ...], as_json: bool, quiet: bool) -> int:
    """Check a review without running it; write nothing.

    Looks through manifest, sheets, store and history, and tells every mistake. PATHS are manifests, or folders of
    manifests.
    """
    from livereview.checking import check as checked
    from livereview.linked.shared import Shared
    from livereview.screens import updates as screens

    shared = Shared()

    def act(path: Path) -> tuple[Exit, dict[str, Any]]:
        with redirect_stdout(sys.stderr), progress(quiet or as_json) as show:
            found = checked(path, show, shared)
        say_troubles(path, screens.troubles(found.failures), () if quiet else found.warnings)
        if not (as_json or quiet):
            say(found.words())
        return Exit.FAILED if found.failures else Exit.DONE, found.as_data()

    return each(paths, act, as_json)


def _rebuilt(
    paths: tuple[Path, ...], moment: Asked, which: Which, folder: Path | None, as_json: bool, quiet: bool
) -> int:
    """Rebuild the past report of each review. Files that differ from those of then for no known reason: exit code 1."""
    from livereview.past.rebuilding import rebuilt
    from livereview.past.states import past_of
    from livereview.rounds import manifests
    from livereview.screens import past as states
    from livereview.screens import updates as screens

    if folder is not None and len(manifests(paths)) > 1:
        raise click.UsageError("--to is for one manifest; without it each past report has a folder of its own.")

    def act(path: Path) -> tuple[Exit, dict[str, Any]]:
        with redirect_stdout(sys.stderr), progress(quiet or as_json) as show:  # plugins may print
            done = rebuilt(past_of(path, moment, which), folder, show)
        say_troubles(path, screens.troubles(done.failures), () if quiet else done.past.notes)
        if not (as_json or quiet):
            states.rebuilt(done)
        return Exit.FAILED if done.failures or not done.explained else Exit.DONE, states.as_data(done)

    return each(paths, act, as_json)


def say_troubles(path: Path, failures: Iterable[str], warnings: Iterable[str]) -> None:
    """Warnings and failed sections, each with the manifest it belongs to."""
    for line in (*warnings, *failures):
        tell(f"{path.name}: {line}")
