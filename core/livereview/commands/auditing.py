"""The command that audits reviews: what a person should look at first."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from livereview.cli import Exit
from livereview.commands.group import JSON, PATHS, commands
from livereview.commands.reviews import say_troubles
from livereview.console import progress
from livereview.rounds import each

if TYPE_CHECKING:
    from livereview.audited import Severity

_FILE = click.Path(path_type=Path)


@commands.command()
@PATHS
@click.option("--csv", "csv_file", metavar="FILE", type=_FILE, help="Write the findings as CSV too.")
@click.option("--markdown", "markdown_file", metavar="FILE", type=_FILE, help="Write them as Markdown too.")
@click.option(
    "--severity", type=click.Choice(["error", "warning", "note"]), default="note", help="List these and what is worse."
)
@click.option("--acknowledged", is_flag=True, help="List those too that somebody acknowledged.")
@click.option("--outcome", metavar="ID", help="List those that the estimate of one outcome rests on.")
@click.option(
    "--fail-on", "fatal", type=click.Choice(["error", "warning"]), help="Exit with 1 where such a finding is open."
)
@JSON
def audit(
    paths: tuple[Path, ...],
    csv_file: Path | None,
    markdown_file: Path | None,
    severity: Severity,
    acknowledged: bool,
    outcome: str | None,
    fatal: Severity | None,
    as_json: bool,
) -> int:
    """Check numbers, and rank what to look at first.

    Holds evidence and results against each other by the checks of the manifest ([audit] checks). PATHS are manifests,
    or folders of manifests; a finding that several reviews share is listed once. Sheets and store are read as they are
    now; nothing is recorded, and nothing is written but the files asked for.
    """
    from livereview.auditing import listing
    from livereview.auditing.review import ReviewAudit, review_audit
    from livereview.auditing.several import together
    from livereview.linked.shared import Shared
    from livereview.screens import audit as screens
    from livereview.screens import updates
    from livereview.writing import write_whole

    shared = Shared()
    found: list[ReviewAudit] = []
    choice = listing.Choice(severity=severity, acknowledged=acknowledged, outcome=outcome)

    def act(path: Path) -> tuple[Exit, dict[str, Any]]:
        with redirect_stdout(sys.stderr), progress(as_json) as show:  # plugins may print
            one = review_audit(path, outcome, show, shared)
        found.append(one)
        say_troubles(path, updates.troubles(one.failures), ())
        failed_on = listing.fatal(one, choice, fatal)
        say_troubles(path, failed_on, ())
        code = Exit.FAILED if one.failures or failed_on else Exit.DONE
        return code, listing.as_data(one, choice) | {"failed_on": failed_on}

    code = each(paths, act, as_json)
    listed = together([(one.review, choice.of(one)) for one in found])
    if csv_file is not None and found:
        write_whole(csv_file, listing.as_csv(listed))
    if markdown_file is not None and found:
        write_whole(markdown_file, listing.as_markdown(found, listed, choice).encode())
    if not as_json and found:
        screens.audit(found, listed, choice)
    return code
