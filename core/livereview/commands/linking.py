"""Commands on what reviews have in common."""

from __future__ import annotations

from pathlib import Path

import click

from livereview.cli import Exit, refuse
from livereview.commands.group import JSON, PATHS, commands
from livereview.console import say_data, tell
from livereview.errors import ExpectedError
from livereview.rounds import manifests


@commands.command()
@PATHS
@click.option("--by-outcome", is_flag=True, help="Also compare each outcome with those of the other reviews.")
@click.option(
    "--csv", "sheet", metavar="FILE", type=click.Path(path_type=Path), help="Write every study, review and outcome."
)
@JSON
def links(paths: tuple[Path, ...], by_outcome: bool, sheet: Path | None, as_json: bool) -> int:
    """Show which study feeds which review.

    The overlap of the reviews with the corrected covered area; studies that are admitted and not used, or in no review,
    with the reason. PATHS are manifests, or folders of manifests. Reads what is stored and recorded; fetches and
    changes nothing.
    """
    from livereview.linked.links import linked, links_of
    from livereview.linked.shared import Shared
    from livereview.screens import links as link_screens
    from livereview.writing import write_whole

    shared, found, code = Shared(), [], Exit.DONE
    for path in manifests(paths):
        try:
            found.append(linked(path, shared))
        except ExpectedError as error:
            refuse(error.messages)
            tell(f"{path}: left out.")
            code = Exit.NOT_STARTED
    if not found:
        return code
    whole = links_of(found)
    if sheet is not None:
        write_whole(sheet, link_screens.as_csv(whole))
    if as_json:
        say_data(link_screens.as_data(whole))
    else:
        link_screens.links(whole, by_outcome)
    return code
