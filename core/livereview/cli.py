"""The entry point of the command line: arguments in, exit code out. Expected failures are messages without a trace.

Results go to stdout, everything else to stderr. Nothing heavy is imported before a command runs, so that help,
completion and Ctrl-C answer at once.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from enum import IntEnum

import livereview
from livereview.console import finish, prepare, tell
from livereview.errors import ExpectedError


class Exit(IntEnum):
    """Exit codes."""

    DONE = 0
    FAILED = 1
    """Done, but a section failed, or a verdict came, or a finding is open, that the caller asked to fail on."""
    NOT_STARTED = 2
    """Could not start: usage, manifest, evidence, store or history refused. Nothing was written."""
    BUG = 3
    """A bug in livereview; the traceback is shown."""
    INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    try:
        return _run(arguments)
    except ExpectedError as error:
        refuse(error.messages)
        return Exit.NOT_STARTED
    except KeyboardInterrupt:
        tell("Interrupted. What was recorded is safe; run the command again to go on.")
        return Exit.INTERRUPTED
    except Exception:
        traceback.print_exc()
        tell(f"This is a bug in livereview {livereview.__version__}. What was recorded is safe.")
        tell("Please report it with the lines above.")
        return Exit.BUG


def _run(arguments: Sequence[str] | None) -> int:
    """The exit code of a command; a usage error shows what would be right."""
    from click import Abort, ClickException
    from click.exceptions import Exit as Stop

    from livereview.commands import commands

    try:
        return int(commands.main(arguments, prog_name="livereview", standalone_mode=False) or Exit.DONE)
    except Stop as stop:
        return stop.exit_code
    except ClickException as error:
        error.show(file=sys.stderr)
        return Exit.NOT_STARTED
    except Abort:
        raise KeyboardInterrupt from None


def run() -> None:
    """Entry point of the installed command."""
    prepare()
    code = main()
    finish()
    sys.exit(code)


def refuse(messages: Sequence[str]) -> None:
    """Show every message of an expected failure."""
    for message in messages:
        tell(message)
    if len(messages) > 1:
        tell(f"{len(messages)} mistakes; nothing was changed.")
