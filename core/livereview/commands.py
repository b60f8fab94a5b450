"""The commands: each turns arguments into a call and shows what came of it. Modules load when their command runs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import livereview
from livereview.cli import Exit
from livereview.console import progress, say, say_data, say_script, tell
from livereview.errors import ExpectedError
from livereview.rounds import each

if TYPE_CHECKING:
    from livereview.history import History

_PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
_PATH = click.argument("path", type=click.Path(path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
_QUIET = click.option("--quiet", "-q", is_flag=True, help="Print nothing but mistakes and failed sections.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(livereview.__version__, prog_name="livereview")
def commands() -> None:
    """Living systematic reviews: an evidence store, a manifest and plugins.

    Exit codes: 0 done; 1 done, but a section failed; 2 could not start (usage, manifest or evidence refused, nothing
    written); 3 a bug in livereview; 130 interrupted.
    """


# --- commands on several reviews ---------------------------------------------------------------------------------


@commands.command()
@_PATHS
@click.option("--again", is_flag=True, help="Analyse and render again although nothing changed.")
@_JSON
@_QUIET
def update(paths: tuple[Path, ...], again: bool, as_json: bool, quiet: bool) -> int:
    """Bring what is new, pool it, write the report.

    Says what changed since the last update; where nothing did, nothing is written. PATHS are manifests, or folders of
    manifests. One that is refused does not stop the others.
    """
    from livereview import screens
    from livereview.update import update as updated

    def act(path: Path) -> tuple[Exit, dict[str, Any]]:
        with redirect_stdout(sys.stderr), progress(quiet or as_json) as show:  # plugins may print
            done = updated(path, again=again, progress=show)
        say_troubles(path, screens.troubles(done.failures), () if quiet else done.warnings)
        if not (as_json or quiet):
            screens.update(done)
        return Exit.FAILED if done.failures else Exit.DONE, screens.as_data(done)

    return each(paths, act, as_json)


@commands.command()
@_PATHS
@_JSON
@_QUIET
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


# --- commands on one review --------------------------------------------------------------------------------------


@commands.command()
@_PATH
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
@_PATH
@_JSON
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
@_PATH
@click.argument("before", required=False)
@click.argument("after", default="latest")
@_JSON
def diff(path: Path, before: str | None, after: str, as_json: bool) -> int:
    """Compare two updates; by default the last with the one before.

    BEFORE and AFTER are numbers or names from livereview history, or "latest".
    """
    from livereview import screens
    from livereview.comparison import compared
    from livereview.history import as_json as plain

    found = compared(path, before, after)
    if as_json:
        say_data(plain(found))
        return Exit.DONE
    for doubt in found.doubts:
        tell(doubt)
    say(f"{found.before} against {found.after}")
    screens.changes(found.outcomes, found.rows, found.other)
    return Exit.DONE


@commands.command()
@_PATH
@click.option("--outcome", metavar="ID", help="Show one outcome with its studies and sources.")
@click.option("--update", "number", metavar="NUMBER", default="latest", help="Number or name of an update.")
@_JSON
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
@_PATH
@click.argument("outcome")
@click.argument("before", required=False)
@click.argument("after", required=False)
@_JSON
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


# --- commands on the installation --------------------------------------------------------------------------------


@commands.command()
@_JSON
def plugins(as_json: bool) -> int:
    """List every plugin, with version and state.

    State: active, disabled or failed, with the reason. The exit code is 1 if one failed.
    """
    from livereview import screens
    from livereview.history import as_json as plain
    from livereview.plugins import installed

    found = installed()
    lines = found.listed()
    for warning in found.warnings:
        tell(warning)
    if as_json:
        say_data(plain(lines))
    else:
        screens.plugins(lines)
    return Exit.FAILED if any(line.state == "failed" for line in lines) else Exit.DONE


@commands.command()
def schema() -> int:
    """Print the JSON Schema of manifests.

    It has the options of the plugins that are installed.
    """
    from livereview.manifest.jsonschema import schema_of
    from livereview.plugins import installed

    say_data(schema_of(installed()))
    return Exit.DONE


@commands.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print the completion script of a shell.

    \b
    livereview completion bash >> ~/.bashrc
    livereview completion zsh >> ~/.zshrc
    livereview completion fish > ~/.config/fish/completions/livereview.fish
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    say_script(found(commands, {}, "livereview", "_LIVEREVIEW_COMPLETE").source())
    return Exit.DONE
