"""An update that has nothing to do loads nothing that it does not need, so that it answers at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from review_folder import COMMAND, ReviewFolder, environment, run_command

HEAVY = ("pandas", "matplotlib", "scipy", "openpyxl", "rich", "pyarrow.dataset", "IPython", "urllib3")

SCRIPT = """
import sys
from livereview.cli import main
code = main(sys.argv[2:])
sys.stdout = sys.stderr
print(code, *[name for name in sys.argv[1].split(",") if name in sys.modules])
"""


def loaded(root: Path, names: tuple[str, ...], *arguments: str) -> list[str]:
    """The exit code of a command, and which of the modules it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, ",".join(names), *arguments],
        cwd=root, env=environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.stderr.splitlines()[-1].split()


@pytest.mark.parametrize(
    "arguments",
    [["update", "adults.toml"], ["update", "adults.toml", "--json"], ["check", "adults.toml"],
     ["show", "adults.toml"], ["history", "adults.toml"], ["diff", "children.toml", "1", "1"], ["plugins"],
     ["screen", "adults.toml"], ["screen", "adults.toml", "--person", "Ada"], ["review-proposals", "adults.toml"]],
    ids=" ".join,
)  # fmt: skip
def test_a_command_that_looks_loads_nothing_heavy(updated: ReviewFolder, arguments: list[str]) -> None:
    assert loaded(updated.root, HEAVY, *arguments) == ["0"]


def test_an_update_with_figures_loads_matplotlib_only_when_it_draws(folder: ReviewFolder) -> None:
    folder.manifest("adults", head='renderers = ["markdown", "png"]')
    assert loaded(folder.root, ("matplotlib", "rich"), "update", "adults.toml") == ["0", "matplotlib"]
    assert loaded(folder.root, ("matplotlib", "rich"), "update", "adults.toml") == ["0"]


def test_help_and_usage_errors_load_no_statistics(updated: ReviewFolder) -> None:
    names = ("numpy", "pyarrow", "pydantic", "scipy")
    assert loaded(updated.root, names, "--help") == ["0"]
    assert loaded(updated.root, names, "updat") == ["2"]
    assert loaded(updated.root, names, "completion", "zsh") == ["0"]


def test_completion_answers_with_commands_and_options(updated: ReviewFolder) -> None:
    words = {"COMP_WORDS": "livereview up", "COMP_CWORD": "1", "_LIVEREVIEW_COMPLETE": "bash_complete"}
    assert run_command(updated.root, **words).out == "plain,update\n"
    words |= {"COMP_WORDS": "livereview update --ag", "COMP_CWORD": "2"}
    assert run_command(updated.root, **words).out == "plain,--again\n"


@pytest.mark.parametrize(
    ("shell", "current", "answer"), [("zsh", "1", "plain\nupdate\n"), ("fish", "up", "plain,update\t")]
)
def test_completion_answers_each_shell_in_its_own_way(
    updated: ReviewFolder, shell: str, current: str, answer: str
) -> None:
    words = {"COMP_WORDS": "livereview up", "COMP_CWORD": current, "_LIVEREVIEW_COMPLETE": f"{shell}_complete"}
    assert run_command(updated.root, **words).out.startswith(answer)


def test_the_script_completes_in_bash(updated: ReviewFolder) -> None:
    script = (
        'eval "$(livereview completion bash)"; COMP_WORDS=(livereview upd); COMP_CWORD=1; '
        '_livereview_completion livereview; echo "${COMPREPLY[@]}"'
    )
    path = f"{COMMAND.parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], env=environment(PATH=path), capture_output=True, text=True, check=True
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("update\n", "")
