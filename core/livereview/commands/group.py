"""The group of all commands, and the arguments and options that several of them share."""

from __future__ import annotations

from pathlib import Path

import click

import livereview

PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
PATH = click.argument("path", type=click.Path(path_type=Path))
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
QUIET = click.option("--quiet", "-q", is_flag=True, help="Print nothing but mistakes and failed sections.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(livereview.__version__, prog_name="livereview")
def commands() -> None:
    """Living systematic reviews: an evidence store, a manifest and plugins.

    Exit codes: 0 done; 1 done, but a section failed, or --fail-on names a verdict that came; 2 could not start (usage,
    manifest or evidence refused, nothing written); 3 a bug in livereview; 130 interrupted.
    """
