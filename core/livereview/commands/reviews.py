"""Commands on one or several reviews, each refused or done on its own."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import click

from livereview.cli import Exit
from livereview.commands.group import JSON, PATHS, QUIET, commands
from livereview.console import progress, say, tell
from livereview.rounds import each


@commands.command()
@PATHS
@click.option("--again", is_flag=True, help="Analyse and render again although nothing changed.")
@click.option(
    "--fail-on",
    "fatal",
    multiple=True,
    type=click.Choice(["consequential", "redefined"]),
    help="Exit with 1 where a new update has this verdict on an outcome; may be given twice.",
)
@JSON
@QUIET
def update(paths: tuple[Path, ...], again: bool, fatal: tuple[str, ...], as_json: bool, quiet: bool) -> int:
    """Bring what is new, pool it, write the report.

    Says what changed since the last update, and whether it matters; where nothing did, nothing is written. PATHS are
    manifests, or folders of manifests. One that is refused does not stop the others.
    """
    from livereview import screens, verdict_screens
    from livereview.update import update as updated

    def act(path: Path) -> tuple[Exit, dict[str, Any]]:
        with redirect_stdout(sys.stderr), progress(quiet or as_json) as show:  # plugins may print
            done = updated(path, again=again, progress=show)
        say_troubles(path, screens.troubles(done.failures), () if quiet else done.warnings)
        if not (as_json or quiet):
            screens.update(done)
        new = done.report.changes.verdicts if done.new and done.report is not None else ()
        failed_on = verdict_screens.fatal(new, fatal)
        say_troubles(path, failed_on, ())
        code = Exit.FAILED if done.failures or failed_on else Exit.DONE
        return code, screens.as_data(done) | {"failed_on": failed_on}

    return each(paths, act, as_json)


@commands.command()
@PATHS
@JSON
@QUIET
def check(paths: tuple[Path, ...], as_json: bool, quiet: bool) -> int:
    """Check a review without running it; write nothing.

    Looks through manifest, sheets, store and history, and tells every mistake. PATHS are manifests, or folders of
    manifests.
    """
    from livereview import screens
    from livereview.checking import check as checked

    def act(path: Path) -> tuple[Exit, dict[str, Any]]:
        with redirect_stdout(sys.stderr), progress(quiet or as_json) as show:
            found = checked(path, show)
        say_troubles(path, screens.troubles(found.failures), () if quiet else found.warnings)
        if not (as_json or quiet):
            say(found.words())
        return Exit.FAILED if found.failures else Exit.DONE, found.as_data()

    return each(paths, act, as_json)


def say_troubles(path: Path, failures: Iterable[str], warnings: Iterable[str]) -> None:
    """Warnings and failed sections, each with the manifest it belongs to."""
    for line in (*warnings, *failures):
        tell(f"{path.name}: {line}")
