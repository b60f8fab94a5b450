"""The commands for authors of plugins."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

import click

from livereview.cli import Exit
from livereview.commands.group import commands
from livereview.console import say


@commands.group()
def plugin() -> None:
    """For authors of plugins: start a package."""


@plugin.command()
@click.argument("name")
@click.option("--kind", required=True, metavar="KIND", help="What it adds, e.g. effect-model; see below.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("."),
    help="Where the folder of the package goes; the working directory by default.",
)
@click.option("--author", metavar="NAME", help='Who writes it, e.g. "Ada Reviewer <ada@example.org>".')
def new(name: str, kind: str, folder: Path, author: str | None) -> int:
    """Write an installable package with one plugin that works, and its tests.

    NAME is what manifests will call the plugin, in lower case, e.g. trimmed-mean; the package is livereview-NAME.

    Kinds: effect-model, effect-measure, bias-test, further-analysis, data-source, renderer, instrument, preset,
    trigger, certainty-domain, audit-check.
    """
    from livereview.plugins import installed
    from livereview.scaffolding.package import new_package

    made = new_package(name, kind, folder, author, installed())
    say(f"1. Install it and run its tests: cd {quote(str(made.folder))} && pip install -e '.[test]' && pytest")
    say(f"2. Write your method in {made.module} and its proof in tests; then: livereview plugins --check {made.name}")
    say("3. Use it in a manifest as README.md shows; choose a licence before you publish it.")
    return Exit.DONE
