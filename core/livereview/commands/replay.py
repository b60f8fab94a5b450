"""The command that walks a review through the days on which its evidence was published."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path

import click

from livereview.cli import Exit
from livereview.commands.group import JSON, PATH, commands
from livereview.console import progress, say, say_data, tell


@commands.command()
@PATH
@click.option("--outcome", metavar="ID", help="Replay one outcome.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write the steps as CSV, too.")
@click.option("--figures/--no-figures", default=True, help="Draw the timelines (default), or write no figure.")
@JSON
def replay(path: Path, outcome: str | None, csv_file: Path | None, figures: bool, as_json: bool) -> int:
    """Show what a review would have said over time.

    Walks the days of publication with today's manifest and today's store: at each day on which an outcome came to rest
    on other numbers its result is pooled anew. The last step is today's result. The store, the history and the report
    stay as they are; figures go to reports/REVIEW@replay.
    """
    from livereview.json_values import as_json as plain
    from livereview.past import drawing
    from livereview.past.replay import replayed
    from livereview.printing import counted
    from livereview.screens import replay as replay_screens
    from livereview.screens import updates as screens
    from livereview.writing import write_whole

    with redirect_stdout(sys.stderr), progress(as_json) as show:  # plugins may print
        found = replayed(path, outcome, show)
        drawn = drawing.drawn(found, show) if figures else None
    failures = (*found.failures, *(drawn.failures if drawn else ()))
    if csv_file is not None:
        write_whole(csv_file, replay_screens.as_csv(found.timelines))
    if drawn is not None:
        drawing.save(drawn, whole=outcome is None)
    for line in screens.troubles(failures):
        tell(f"{path.name}: {line}")
    if as_json:
        outcomes = replay_screens.as_data(found.timelines)
        say_data({"review": found.file.manifest.review.id, "outcomes": outcomes, "failures": plain(failures)})
        return Exit.FAILED if failures else Exit.DONE
    replay_screens.timelines(found.timelines)
    if csv_file is not None:
        say(f"Steps: {csv_file}")
    if drawn is not None and drawn.files:
        say(f"Figures: {drawn.folder} ({counted(len(drawn.files), 'file')}; an outcome with one step has none)")
    elif drawn is not None:
        tell(f"{path.name}: no figure: no renderer of the manifest draws timelines, or no outcome has two steps.")
    return Exit.FAILED if failures else Exit.DONE
