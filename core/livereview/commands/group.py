"""The group of all commands, and the arguments and options that several of them share."""

from __future__ import annotations

from pathlib import Path

import click

import livereview

PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
PATH = click.argument("path", type=click.Path(path_type=Path))
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
QUIET = click.option("--quiet", "-q", is_flag=True, help="Print nothing but mistakes and failed sections.")

_RECORDED = 'Evidence as it was recorded by then: a date, a time, or "update 3".'
_PUBLISHED = "Evidence as it had been published by then: a day, a month or a year."
AS_OF = click.option("--as-of", metavar="DATE", help=_RECORDED)
PUBLISHED_BY = click.option("--published-by", metavar="DATE", help=_PUBLISHED)
AS_OF_TWICE = click.option("--as-of", multiple=True, metavar="DATE", help=_RECORDED)
PUBLISHED_BY_TWICE = click.option("--published-by", multiple=True, metavar="DATE", help=_PUBLISHED)
WHICH = click.option(
    "--manifest",
    "which",
    type=click.Choice(["then", "today"]),
    default="then",
    help="With --as-of: the manifest of the last update recorded by then (the default), or the present one.",
)


def require_moment(which: str, as_of: object) -> None:
    """Usage error where a manifest is chosen for no moment."""
    if which != "then" and not as_of:
        raise click.UsageError("--manifest chooses between the manifests of --as-of and of today; there is no --as-of.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(livereview.__version__, prog_name="livereview")
def commands() -> None:
    """Living systematic reviews: an evidence store, a manifest and plugins.

    Exit codes: 0 done; 1 done, but a section failed, or --fail-on names what came; 2 could not start (usage, manifest
    or evidence refused, nothing written); 3 a bug in livereview; 130 interrupted.
    """
