"""The command line: arguments in, exit code out. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any

import click

import livereview
from livereview.console import progress, say, tell
from livereview.errors import ExpectedError


class Exit(IntEnum):
    """Exit codes."""

    DONE = 0
    FAILED = 1
    """Done, but a section failed, or a rule fired that the caller asked to fail on."""
    NOT_STARTED = 2
    """Could not start: usage, manifest, evidence or store refused. Nothing was written."""
    BUG = 3
    """A bug in livereview; the traceback is shown."""
    INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; expected failures are messages, bugs keep their traceback."""
    try:
        return int(commands.main(arguments, prog_name="livereview", standalone_mode=False) or Exit.DONE)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show(file=sys.stderr)
        return Exit.NOT_STARTED
    except ExpectedError as error:
        refuse(error)
        return Exit.NOT_STARTED
    except (KeyboardInterrupt, click.Abort):
        tell("Interrupted. What was stored is safe; run the command again to go on.")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return Exit.DONE
    except Exception:
        traceback.print_exc()
        tell(f"This is a bug in livereview {livereview.__version__}; please report it with the lines above.")
        return Exit.BUG


def run() -> None:
    """Entry point of the installed command."""
    sys.exit(main())


def refuse(error: ExpectedError) -> None:
    """Show every message of an expected failure."""
    for message in error.messages:
        tell(message)
    if len(error.messages) > 1:
        tell(f"{len(error.messages)} mistakes; nothing was changed.")


def manifests(paths: Iterable[Path]) -> list[Path]:
    """The manifests named; a folder stands for the manifests in it."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.glob("*.toml")) if path.is_dir() else [path]
        if not inside:
            raise ExpectedError(f"{path}: there is no manifest (.toml) in this folder")
        found += inside
    return list(dict.fromkeys(found))


def as_one(found: Sequence[Any]) -> str:
    """JSON of one result, or of a list where several were asked for."""
    return json.dumps(found[0] if len(found) == 1 else list(found), ensure_ascii=False, indent=2)


_PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
_PATH = click.argument("path", type=click.Path(path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
_QUIET = click.option("--quiet", "-q", is_flag=True, help="Print nothing but mistakes.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(livereview.__version__, prog_name="livereview")
def commands() -> None:
    """Living systematic reviews: an evidence store, a manifest and plugins.

    Exit codes: 0 done; 1 done, but a section failed; 2 could not start (usage, manifest or evidence refused, nothing
    written); 3 a bug in livereview; 130 interrupted.
    """


def each(paths: Iterable[Path], act: Callable[[Path], int]) -> int:
    """Act on each manifest; one that is refused does not stop the others. The worst exit code."""
    worst, told = int(Exit.DONE), set[str]()
    for path in manifests(paths):
        try:
            worst = max(worst, act(path))
        except ExpectedError as error:
            new = [message for message in error.messages if message not in told]
            told.update(new)
            if new:
                refuse(type(error)(new) if type(error) is ExpectedError else ExpectedError(new))
            worst = max(worst, int(Exit.NOT_STARTED))
    return worst


@commands.command()
@_PATHS
@click.option("--again", is_flag=True, help="Analyse and render again although nothing changed.")
@_JSON
@_QUIET
def update(paths: tuple[Path, ...], again: bool, as_json: bool, quiet: bool) -> int:
    """Bring what is new, pool it, say what changed, write the report."""
    from livereview import screens
    from livereview.update import update as updated

    results: list[Any] = []

    def act(path: Path) -> int:
        with progress(quiet or as_json) as show:
            done = updated(path, again=again, progress=show)
        for line in screens.troubles(done):
            tell(f"{path.name}: {line}")
        results.append(screens.as_data(done))
        if not (as_json or quiet):
            screens.update(done)
        return int(Exit.FAILED if done.failures else Exit.DONE)

    code = each(paths, act)
    if as_json and results:
        say(as_one(results))
    return code


@commands.command()
@_PATHS
@_JSON
@_QUIET
def check(paths: tuple[Path, ...], as_json: bool, quiet: bool) -> int:
    """Check manifests, sheets and store; run and write nothing."""
    from livereview.checking import check as checked

    results: list[Any] = []

    def act(path: Path) -> int:
        found = checked(path)
        results.append(found.as_data())
        for line in found.warnings:
            tell(f"{path.name}: {line}")
        if not (as_json or quiet):
            say(found.words())
        return int(Exit.FAILED if found.failures else Exit.DONE)

    code = each(paths, act)
    if as_json and results:
        say(as_one(results))
    return code


@commands.command()
@_PATH
@click.option("--title", default="Title of the review", help="Title of the review.")
def new(path: Path, title: str) -> int:
    """Start a review: a manifest from a template, and empty sheets beside it."""
    from livereview.starting import started

    for made in started(path, title):
        say(f"wrote {made}")
    say(f"Next: edit {path}, fill the sheets, then livereview check {path}")
    return Exit.DONE


@commands.command()
@_JSON
def plugins(as_json: bool) -> int:
    """List every plugin: kind, name, distribution, version, and whether it is disabled or failed to load and why."""
    from livereview import screens
    from livereview.history import as_json as plain
    from livereview.plugins import installed

    lines = installed().listed()
    if as_json:
        say(json.dumps(plain(lines), ensure_ascii=False, indent=2))
    else:
        screens.plugins(lines)
    return int(Exit.FAILED if any(line.state == "failed" for line in lines) else Exit.DONE)


@commands.command()
@_PATH
@_JSON
def history(path: Path, as_json: bool) -> int:
    """List the recorded updates of a review."""
    from livereview import screens

    records = _history(path).records()
    if as_json:
        keys = ("update", "recorded_at", "snapshot", "fingerprint", "versions")
        found = [{"name": record.name, **{key: record.content[key] for key in keys}} for record in records]
        say(json.dumps(found, ensure_ascii=False, indent=2))
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
    """Compare two updates, by number or name; without numbers, the last two."""
    from livereview import screens
    from livereview.comparison import compared
    from livereview.history import as_json as plain

    found = compared(path, before, after)
    if as_json:
        say(json.dumps(plain(found), ensure_ascii=False, indent=2))
        return Exit.DONE
    for doubt in found.doubts:
        tell(doubt)
    say(f"{found.before} against {found.after}")
    screens.changes(found.outcomes, found.rows, found.other)
    return Exit.DONE


@commands.command()
@_PATH
@click.option("--outcome", help="Show one outcome with its studies and sources.")
@click.option("--update", "number", default="latest", help="Number or name of an update; the latest by default.")
@_JSON
def show(path: Path, outcome: str | None, number: str, as_json: bool) -> int:
    """Show the results of an update in the terminal."""
    from livereview import screens

    record = _history(path).find(number)
    if outcome is not None and outcome not in record.outcomes:
        from livereview.manifest.mistakes import among, nearest

        names = list(record.outcomes)
        raise ExpectedError(f'no outcome is called "{outcome}".{nearest(outcome, names)} There are: {among(names)}')
    if as_json:
        content = record.content if outcome is None else record.outcomes[outcome]
        say(json.dumps(content, ensure_ascii=False, indent=2))
    elif outcome is None:
        say(f"{record.content['title']}: {record.title}")
        screens.outcomes(record)
    else:
        screens.outcome(record.outcomes[outcome])
    return Exit.DONE


@commands.command()
def schema() -> int:
    """Print the JSON Schema of manifests, with the options of the plugins that are installed."""
    from livereview.manifest.jsonschema import schema_of
    from livereview.plugins import installed

    say(json.dumps(schema_of(installed()), ensure_ascii=False, indent=2))
    return Exit.DONE


@commands.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print the completion script of a shell, e.g. livereview completion bash >> ~/.bashrc."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    say(found(commands, {}, "livereview", "_LIVEREVIEW_COMPLETE").source())
    return Exit.DONE


def _history(path: Path) -> Any:
    """The history of the review of a manifest. The plugins that the manifest names need not be installed."""
    from livereview.history import History
    from livereview.manifest.reading import review_id

    return History(path.parent / "history" / review_id(path))
