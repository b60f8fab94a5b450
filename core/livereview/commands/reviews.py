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
from livereview.rounds import each, manifests


@commands.command()
@PATHS
@click.option("--again", is_flag=True, help="Analyse and render again although nothing changed.")
@JSON
@QUIET
def update(paths: tuple[Path, ...], again: bool, as_json: bool, quiet: bool) -> int:
    """Bring what is new, pool it, write the report.

    Says what changed since the last update; where nothing did, nothing is written. PATHS are manifests, or folders of
    manifests. One that is refused does not stop the others.
    """
    from livereview import screens
    from livereview.together import Together

    together = Together(manifests(paths), again=again)

    def act(path: Path) -> tuple[Exit, dict[str, Any]]:
        with redirect_stdout(sys.stderr), progress(quiet or as_json) as show:  # plugins may print
            done = together.update(path, show)
        say_troubles(path, screens.troubles(done.failures), () if quiet else done.warnings)
        if not (as_json or quiet):
            screens.update(done, together.several)
        return Exit.FAILED if done.failures else Exit.DONE, screens.as_data(done)

    with together:
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
    from livereview.shared import Shared

    shared = Shared()

    def act(path: Path) -> tuple[Exit, dict[str, Any]]:
        with redirect_stdout(sys.stderr), progress(quiet or as_json) as show:
            found = checked(path, show, shared)
        say_troubles(path, screens.troubles(found.failures), () if quiet else found.warnings)
        if not (as_json or quiet):
            say(found.words())
        return Exit.FAILED if found.failures else Exit.DONE, found.as_data()

    return each(paths, act, as_json)


def say_troubles(path: Path, failures: Iterable[str], warnings: Iterable[str]) -> None:
    """Warnings and failed sections, each with the manifest it belongs to."""
    for line in (*warnings, *failures):
        tell(f"{path.name}: {line}")
