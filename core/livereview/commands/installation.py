"""Commands on the installation: plugins, schema, completion."""

from __future__ import annotations

import click

from livereview.cli import Exit
from livereview.commands.group import JSON, commands
from livereview.console import say_data, say_script, tell


@commands.command()
@JSON
def plugins(as_json: bool) -> int:
    """List every plugin, with version and state.

    State: active, disabled or failed, with the reason. The exit code is 1 if one failed.
    """
    from livereview.json_values import as_json as plain
    from livereview.plugins import installed
    from livereview.screens import updates as screens

    found = installed()
    lines = found.listed()
    for warning in found.warnings:
        tell(warning)
    if as_json:
        say_data(plain(lines))
    else:
        screens.plugins(lines)
    return Exit.FAILED if any(line.state == "failed" for line in lines) else Exit.DONE


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
