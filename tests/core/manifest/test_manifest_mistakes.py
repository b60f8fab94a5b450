"""Every mistake in a manifest is told once, at its line, with what was found, what is allowed and the nearest name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from manifest_examples import OUTCOME, VALID, WRONG, manifest

from livereview.cli import Exit, main
from livereview.manifest.reading import ManifestFile

Refuses = Callable[[str | bytes], list[str]]


@pytest.mark.parametrize("name", WRONG)
def test_each_mistake_is_told_once_at_its_line(name: str, refuses: Refuses) -> None:
    expected = WRONG[name].says
    found = refuses(WRONG[name].text)
    whole = [
        message[: len(start) - 1] + "…" if start.endswith("…") else message
        for message, start in zip(found, expected, strict=False)
    ]
    assert (whole, len(found)) == (list(expected), len(expected)), found


@pytest.mark.parametrize("name", VALID)
def test_what_is_right_is_accepted(name: str, reads: Callable[[str], ManifestFile]) -> None:
    assert reads(VALID[name]).manifest.review.id == "demo"


SEVERAL = """\
people = { name = "A" }

[review]
id = "Demo"
titel = "Demo"
question = { population = "people", intervention = 5 }

[[sources]]
plugin = "sheet"

[eligibility]
filters = [
    { field = "year", min = 3, max = 2, reason = "a" }, # one
    { field = "design", reason = "b" },
]
exclude = [{ study = "a", reason = "b", outcomes = "so" }]

[defaults]
model = { name = "random-effects", tau2 = "REMLL", x = 1 }

[[outcomes]]
id = "os"
title = \"\"\"
[review]
id = "not a key"
\"\"\"
result = "os"

[[outcomes]]
id = "os"
title = "Again"
result = "os"
measure = "HRR"
sensitivity = [
    { title = "Wald", model = { name = "common-effect" } },
    { title = "Wider", level = 2 },
]
"""


def test_mistakes_of_every_kind_are_told_together_in_the_order_of_the_file(refuses: Refuses) -> None:
    assert [message.split(": ")[:2] for message in refuses(SEVERAL)] == [
        ["1", "people"],
        ["4", "review.id"],
        ["5", "review.titel"],
        ["6", "review.question.intervention"],
        ["8", "sources[0]"],
        ["13", "eligibility.filters[0]"],
        ["14", "eligibility.filters[1]"],
        ["16", "eligibility.exclude[0].outcomes"],
        ["19", "defaults.model.tau2"],
        ["19", "defaults.model.x"],
        ["21", "outcomes[0]"],
        ["30", "outcomes[1].id"],
        ["33", "outcomes[1].measure"],
        ["36", "outcomes[1].sensitivity[1].level"],
    ]


def test_the_command_line_shows_every_mistake_and_exits_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(SEVERAL, encoding="utf-8")
    for command in ("check", "update"):
        assert main([command, str(path)]) == Exit.NOT_STARTED
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.count(f"{path}:") == 14
        assert told.err.splitlines()[-1] == "14 mistakes; nothing was changed."
        assert "Traceback" not in told.err
    assert sorted(item.name for item in tmp_path.iterdir()) == ["bad.toml"]


@pytest.mark.parametrize(
    "value", ["__import__('os').system('touch ran')", "{{ 7 * 7 }}", "${HOME}", "$(touch ran)", "[red]x[/red]", "%s{}"]
)
def test_values_are_only_texts(
    value: str, reads: Callable[[str], ManifestFile], refuses: Refuses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    filters = f'[[eligibility.filters]]\nfield = "design"\nin = ["{value}"]\nreason = "{value}"\n'
    read = reads(manifest(outcome=OUTCOME.replace("Survival", value), more=filters)).manifest
    assert read.outcomes[0].title == read.eligibility.filters[0].reason == value
    assert read.eligibility.filters[0].one_of == (value,)
    (message,) = refuses(manifest(end=f'prediction = "{value}"\n'))
    assert f'found "{value}" (text)' in message
    assert not (tmp_path / "ran").exists()


def test_text_in_a_message_cannot_act_on_the_terminal(refuses: Refuses) -> None:
    unsafe = '"\\u001b]0;title\\u0007\\u202Egnp\\r\\nfake.toml:1: fine\\u00a0\\u200b"'
    (message,) = refuses(manifest(end=f"prediction = {unsafe}\n"))
    assert message.isprintable()
    assert r"\x1b]0;title\x07\u202egnp\r\nfake.toml:1: fine\xa0\u200b" in message


def test_a_long_value_is_shortened(refuses: Refuses) -> None:
    (message,) = refuses(manifest(end=f'prediction = "{"x" * 100_000}"\n'))
    assert len(message) < 200
    assert f'found "{"x" * 57}..." (text)' in message
