"""Commands on the installation: plugins, schema, completion."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import click

from livereview.cli import Exit
from livereview.commands.group import JSON, commands
from livereview.console import progress, say_data, say_script, tell

if TYPE_CHECKING:
    from livereview.plugins import Plugins


@commands.command()
@click.option("--check", "names", multiple=True, metavar="NAME", help="Try a plugin, an entry point or a distribution.")
@click.option("--quick", is_flag=True, help="With --check: only the default options, not every choice of each.")
@JSON
def plugins(as_json: bool, names: tuple[str, ...], quick: bool) -> int:
    """List every plugin, or check some of them.

    State: active, disabled or failed, with the reason. The exit code is 1 if one failed. With --check NAME the
    conformance kit is run on every plugin of that name; the exit code is 1 if a check fails.
    """
    from livereview.json_values import as_json as plain
    from livereview.plugins import installed
    from livereview.screens import updates as screens

    found = installed()
    lines = found.listed()
    for warning in found.warnings:
        tell(warning)
    if names:
        return _conformance(found, names, quick, as_json)
    if quick:
        raise click.UsageError("--quick goes with --check NAME.")
    if as_json:
        say_data(plain(lines))
    else:
        screens.plugins(lines)
    return Exit.FAILED if any(line.state == "failed" for line in lines) else Exit.DONE


def _conformance(found: Plugins, names: tuple[str, ...], quick: bool, as_json: bool) -> int:
    """Check the plugins of these names, and say what was found."""
    from livereview.checking_plugins import checked, named
    from livereview.json_values import as_json as plain
    from livereview.screens import conformance as screens

    chosen = named(found, names)
    with redirect_stdout(sys.stderr), progress(as_json) as show:
        results = [checked(item, show, choices=not quick) for item in chosen]
    if as_json:
        say_data(plain(results))
    else:
        screens.conformance(results)
    return Exit.FAILED if any(result.failed for result in results) else Exit.DONE


@commands.command()
def schema() -> int:
    """Print the JSON Schema of manifests.

    It has the options of the plugins that are installed.
    """
    from livereview.manifest.jsonschema import schema_of
    from livereview.plugins import installed

    say_data(schema_of(installed()))
    return Exit.DONE


@commands.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print the completion script of a shell.

    \b
    livereview completion bash >> ~/.bashrc
    livereview completion zsh >> ~/.zshrc
    livereview completion fish > ~/.config/fish/completions/livereview.fish
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    say_script(found(commands, {}, "livereview", "_LIVEREVIEW_COMPLETE").source())
    return Exit.DONE
