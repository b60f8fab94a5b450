"""0 done, 1 a section failed, 2 could not start, 3 a bug with its traceback, 130 interrupted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from review_folder import ReviewFolder, run_command

from livereview import __version__, making
from livereview.cli import Exit


def test_the_codes_are_those_that_are_documented() -> None:
    assert {code.name: code.value for code in Exit} == {
        "DONE": 0, "FAILED": 1, "NOT_STARTED": 2, "BUG": 3, "INTERRUPTED": 130,
    }  # fmt: skip


def test_the_page_on_commands_lists_every_code_and_no_other() -> None:
    page = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)] == [code.value for code in Exit]


def test_a_bug_keeps_its_traceback(folder: ReviewFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr(making, "report_of", broken)
    ran = folder.run("update", "adults.toml")
    assert ran.code == 3
    assert ran.out == ""
    assert "Traceback" in ran.err
    assert "ZeroDivisionError: a mistake of ours" in ran.err
    assert f"This is a bug in livereview {__version__}." in ran.err
    assert not folder.records()
    monkeypatch.undo()


def test_an_interruption_is_130(folder: ReviewFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "report_of", interrupted)
    ran = folder.run("update", "adults.toml")
    assert ran.code == 130
    assert "run the command again" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["updat", "adults.toml"], "Did you mean 'update'?"),
        (["update", "--agian", "adults.toml"], "'--again'"),
        (["update"], "Missing argument"),
        (["completion", "tcsh"], "'tcsh'"),
        (["show", "adults.toml", "extra"], "extra"),
        (["show", "adults.toml"], "no update is recorded yet"),
        (["diff", "adults.toml"], "no update is recorded yet"),
    ],
)
def test_a_wrong_command_line_is_2_and_says_what_would_be_right(
    folder: ReviewFolder, arguments: list[str], said: str
) -> None:
    before = folder.tree()
    ran = folder.run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert folder.tree() == before


def test_the_worst_code_of_several_reviews_counts(folder: ReviewFolder) -> None:
    (folder.root / "zebra.toml").write_text("[review]\n")
    assert folder.run("update", "adults.toml", "zebra.toml").code == 2
    assert folder.run("update", "zebra.toml", "adults.toml").code == 2


def test_the_installed_command_returns_the_code(folder: ReviewFolder) -> None:
    ran = run_command(folder.root, "update", "nobody.toml")
    assert (ran.code, ran.out) == (2, "")
    assert "nobody.toml: there is no such file" in ran.err
    assert run_command(folder.root, "--version").out == f"livereview, version {__version__}\n"
