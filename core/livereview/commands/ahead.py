"""The command that looks ahead: what registered trials and new ones would do."""

from __future__ import annotations

import math
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import click

from livereview.cli import Exit
from livereview.commands.group import JSON, PATH, commands
from livereview.console import progress, say_data, tell
from livereview.errors import ExpectedError


@commands.command("next")
@PATH
@click.option("--outcome", metavar="ID", help="Look at one outcome.")
@click.option("--important", metavar="EFFECT", type=float, multiple=True, help="An effect that matters, as printed.")
@click.option("--power", metavar="CHANCE", type=float, help="Chance that a new trial shall have, e.g. 0.9.")
@click.option("--tau2", metavar="VARIANCE", type=float, help="How much new trials differ, in place of the estimate.")
@click.option("--csv", "csv_file", metavar="FILE", type=click.Path(path_type=Path), help="Write the tables as CSV too.")
@JSON
def next_trials(
    path: Path,
    outcome: str | None,
    important: tuple[float, ...],
    power: float | None,
    tau2: float | None,
    csv_file: Path | None,
    as_json: bool,
) -> int:
    """Say what ongoing and new trials would do.

    For each outcome: the chance that a registered trial moves the conclusion, the width of the interval after it
    reports, and the size that a new trial needs. Uses what the store holds and writes nothing but FILE. --important,
    --power and --tau2 go before what the manifest says; EFFECT and VARIANCE belong to one outcome: name it.
    """
    from livereview.json_values import as_json as plain
    from livereview.prospects import prospects, records
    from livereview.screens import prospects as screens
    from livereview.spreadsheet import written
    from livereview.writing import write_whole

    options = _options(outcome, important, power, tau2)
    with redirect_stdout(sys.stderr), progress(as_json) as show:  # plugins may print
        found = prospects(path, outcome, options, show)
    if csv_file is not None:
        write_whole(csv_file, written(*records(found)))
    if as_json:
        say_data(plain(found))
    else:
        screens.prospects(found)
    failures = [item.failure for item in found.outcomes if item.failure is not None]
    for failure in failures:
        tell(f"{path.name}: failed: {failure.section} ({failure.plugin}, {failure.provider}): {failure.message}")
    return Exit.FAILED if failures else Exit.DONE


def _options(
    outcome: str | None, important: tuple[float, ...], power: float | None, tau2: float | None
) -> dict[str, Any]:
    """The options of the analysis that the command line gives; ExpectedError with all that is wrong with them."""
    wrong: list[str] = []
    if outcome is None and (important or tau2 is not None):
        given = " and ".join(
            name for name, is_it in (("--important", important), ("--tau2", tau2 is not None)) if is_it
        )
        wrong.append(
            f"{given}: this belongs to one outcome, as its measure says what the number means; add --outcome ID."
        )
    if not all(map(math.isfinite, important)):
        wrong.append("--important: a finite number is needed.")
    if power is not None and not 0 < power < 1:
        wrong.append(f"--power {power:g}: a chance between 0 and 1 is needed, e.g. 0.8.")
    if tau2 is not None and not 0 <= tau2 < math.inf:
        wrong.append(f"--tau2 {tau2:g}: a variance is needed, 0 or more.")
    if wrong:
        raise ExpectedError(wrong)
    given_options = {"important": important or None, "power": power, "tau2": tau2}
    return {name: value for name, value in given_options.items() if value is not None}
