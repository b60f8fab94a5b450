"""The command that recomputes what published meta-analyses printed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from livereview.cli import Exit
from livereview.commands.group import JSON, PATHS, commands
from livereview.console import progress, tell
from livereview.rounds import each, manifests

if TYPE_CHECKING:
    from livereview.replicated import Replication


@commands.command()
@PATHS
@click.option("--reconstruct", is_flag=True, help="Search counts that would give the lines that cannot be checked.")
@click.option("--csv", "csv_file", metavar="FILE", type=click.Path(path_type=Path), help="Write every number as CSV.")
@click.option("--markdown", metavar="FILE", type=click.Path(path_type=Path), help="Write the tables as Markdown.")
@JSON
def replicate(paths: tuple[Path, ...], reconstruct: bool, csv_file: Path | None, markdown: Path | None, as_json: bool
              ) -> int:  # fmt: skip
    """Recompute what published meta-analyses printed.

    For each printed value of the publications that a manifest names under [replication]: it matches, matches under
    another choice than stated, cannot be checked, or contradicts its own numbers. Uses what the store holds and writes
    nothing but the files asked for. PATHS are manifests, or folders of manifests; one file holds those of all.
    """
    from livereview.bound import SectionFailed
    from livereview.json_values import as_json as plain
    from livereview.replicating.stored import stored_replication
    from livereview.screens.replication import replicated

    found: list[tuple[str, Replication]] = []
    skips = len(manifests(paths)) > 1

    def act(path: Path) -> tuple[Exit, dict[str, Any]]:
        try:
            with redirect_stdout(sys.stderr), progress(as_json) as show:  # plugins may print
                done = stored_replication(path, show, reconstruct=reconstruct, required=not skips)
        except SectionFailed as error:
            failed = error.failure
            tell(f"{path}: failed: {failed.section} ({failed.plugin}, {failed.provider}): {failed.message}")
            return Exit.FAILED, {"lines": [], "tallies": [], "citations": {}}
        if done is None:
            return Exit.DONE, {"lines": [], "tallies": [], "citations": {}}
        found.append(done)
        if not as_json:
            replicated(*done)
        return Exit.DONE, plain(done[1])

    code = each(paths, act, as_json)
    if found:
        _write(found, csv_file, markdown)
    return code


def _write(found: Sequence[tuple[str, Replication]], csv_file: Path | None, markdown: Path | None) -> None:
    """The files that were asked for."""
    from livereview.replicating.markdown import page
    from livereview.replicating.records import FIELDS, replication_records
    from livereview.spreadsheet import written
    from livereview.writing import write_whole

    if csv_file is not None:
        records = [record for _, one in found for record in replication_records(one.lines)]
        write_whole(csv_file, written(FIELDS, records))
    if markdown is not None:
        write_whole(markdown, "\n".join(page(title, one) for title, one in found).encode())
