"""Commands on the people of a review: how far they agree."""

from __future__ import annotations

from pathlib import Path

import click

from livereview.cli import Exit
from livereview.commands.group import JSON, PATH, commands
from livereview.console import say, say_data


@commands.command()
@PATH
@JSON
@click.option("--csv", "csv_path", type=click.Path(path_type=Path), help="Write every disagreement to this file.")
def agreement(path: Path, as_json: bool, csv_path: Path | None) -> int:
    """Show where people differ, and how far they agree.

    People are the extractors of results and the raters of appraisals. Every cell that they filled differently, who
    wrote what, adjudicated or open; the share of cells that agree, and kappa for categories. Reads sheets and store,
    and writes nothing but the file asked for.
    """
    from livereview.checking import double_work_of
    from livereview.json_values import as_json as plain
    from livereview.screens import agreement as agreement_screen

    found = double_work_of(path)
    if csv_path is not None:
        agreement_screen.write(found, csv_path)
    if as_json:
        say_data(plain(found))
    else:
        agreement_screen.shown(found)
        if csv_path is not None:
            say(f"wrote {csv_path}")
    return Exit.DONE
