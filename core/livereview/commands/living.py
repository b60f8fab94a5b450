"""The command on living reviews: are they still alive?"""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import click

from livereview.cli import Exit
from livereview.commands.group import JSON, PATHS, commands
from livereview.rounds import each, manifests


@commands.command()
@PATHS
@click.option("--badge", type=click.Path(path_type=Path), help="Write badges: a .json file, or a folder for several.")
@click.option(
    "--fail-on", multiple=True, type=click.Choice(["overdue", "pending"]), help="Exit with 1 if a review is so."
)
@click.option("--sources", is_flag=True, help="Ask the sources too: rows that are not in the store yet.")
@JSON
def status(paths: tuple[Path, ...], badge: Path | None, fail_on: tuple[str, ...], sources: bool, as_json: bool) -> int:
    """Say whether reviews are up to date.

    Shows schedule, searches and evidence that no update has seen. Writes nothing but badges. PATHS are manifests, or
    folders of manifests.
    """
    from livereview.badges import badge_files, write_badge
    from livereview.evidence.store import Store
    from livereview.json_values import as_json as plain
    from livereview.screens import status as status_screen
    from livereview.status import Status, status_of

    now, found = datetime.now(UTC), dict[Path, Status | None](dict.fromkeys(manifests(paths)))
    files = {} if badge is None else badge_files(badge, found)

    def act(path: Path) -> tuple[Exit, dict[str, Any]]:
        with redirect_stdout(sys.stderr):  # sources may print
            one = found[path] = status_of(path, now, stores, ask_sources=sources)
        return Exit.FAILED if _fails(one.state, one.pending.rows + (one.unread or 0), fail_on) else Exit.DONE, plain(
            one
        )

    stores = cache(Store)
    code = each(paths, act, as_json)
    shown = [one for one in found.values() if one is not None]
    if shown and not as_json:
        status_screen.statuses(shown)
    for manifest, file in files.items():
        write_badge(file, found[manifest])
    return code


def _fails(state: str, pending: int, fail_on: tuple[str, ...]) -> bool:
    """Whether a rule fires that the caller asked to fail on; a clock that is wrong cannot clear a review."""
    return ("overdue" in fail_on and state in ("overdue", "unknown")) or ("pending" in fail_on and pending > 0)
