"""A new package is written whole or not at all; what is refused says what would be right, all of it at once."""

from __future__ import annotations

import ast
import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import livereview
from livereview.cli import main
from livereview.errors import ExpectedError
from livereview.plugins import Plugins, installed
from livereview.registration import HOOKS
from livereview.scaffolding.kinds import KINDS, kind_named
from livereview.scaffolding.names import LONGEST, Named, name_mistakes
from livereview.scaffolding.package import new_package, package_files


def refused(name: str, kind: str, folder: Path, author: str | None = None) -> tuple[str, ...]:
    before = sorted(folder.rglob("*")) if folder.exists() else []
    with pytest.raises(ExpectedError) as caught:
        new_package(name, kind, folder, author, installed())
    assert (sorted(folder.rglob("*")) if folder.exists() else []) == before
    return caught.value.messages


def test_there_is_a_kind_for_every_hook() -> None:
    assert {kind.descriptor for kind in KINDS.values()} == set(HOOKS.values())
    assert all(kind_named(kind.descriptor.kind) is kind for kind in KINDS.values())


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("name", ["x", "trimmed-mean", "z" * LONGEST])
def test_every_file_is_whole_and_is_what_its_name_says(kind: str, name: str) -> None:
    texts = package_files(Named(name=name), KINDS[kind], "Ada <ada@example.org>")
    module = f"livereview_{name.replace('-', '_')}"
    assert set(texts) == {"pyproject.toml", "README.md", ".gitignore", f"{module}.py",
                          f"tests/test_{name.replace('-', '_')}.py"}  # fmt: skip
    for path, text in texts.items():
        assert "{{" not in text, path
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        if path.endswith(".py"):
            assert ast.get_docstring(ast.parse(text)), path
            assert max(map(len, text.splitlines())) <= 120, path
    project = tomllib.loads(texts["pyproject.toml"])["project"]
    assert project["entry-points"]["livereview"] == {name: module}
    assert project["dependencies"][0] == "livereview>=0.1,<1"
    assert project["authors"] == [{"name": "Ada", "email": "ada@example.org"}]
    assert "Choose one before you publish" in texts["README.md"]
    assert f"LIVEREVIEW_HOOK_API = {livereview.HOOK_API}\n" in texts[f"{module}.py"]


def test_the_command_writes_the_folder_and_says_in_three_lines_what_is_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "two words"
    folder.mkdir()
    assert main(["plugin", "new", "trimmed-mean", "--kind", "effect-model", "--folder", str(folder)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line[:2] for line in said] == ["1.", "2.", "3."]
    assert f"cd '{folder / 'livereview-trimmed-mean'}' && pip install -e '.[test]' && pytest" in said[0]
    assert [path.name for path in folder.iterdir()] == ["livereview-trimmed-mean"]
    assert (folder / "livereview-trimmed-mean" / "livereview_trimmed_mean.py").stat().st_mode & 0o444
    assert os.access(folder / "livereview-trimmed-mean", os.R_OK | os.X_OK)


@pytest.mark.parametrize(
    ("name", "proposal"),
    [
        ("Trimmed Mean", "trimmed-mean"),
        ("trimmed_mean", "trimmed-mean"),
        ("-x", "x"),
        ("2sls", "my-2sls"),
        ("", "my-plugin"),
        ("τ²", "my-2"),
        ("../../etc", "etc"),
        ("a--b", "a-b"),
        ("x\n", "x"),
        ("livereview-trimmed", "trimmed"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_one_that_can(name: str, proposal: str, tmp_path: Path) -> None:
    [said] = refused(name, "effect-model", tmp_path)
    assert said.endswith(f"e.g. {proposal}.")
    assert said.isprintable()
    assert name_mistakes(proposal) == []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_typed_the_proposal_is_allowed(name: str) -> None:
    for said in name_mistakes(name):
        if " e.g. " in said:
            assert name_mistakes(said.rpartition(" e.g. ")[2].removesuffix(".")) == []


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    [said] = refused("a" * (LONGEST + 1), "effect-model", tmp_path)
    assert "has 41 characters; at most 40 are allowed" in said


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("common-effect", "effect-model", 'There is an effect-model "common-effect" already, of livereview '),
        ("or", "effect-measure", 'There is an effect-measure "OR" already, of livereview '),
        ("markdown", "renderer", 'There is a renderer "markdown" already, of livereview '),
        ("cumulative", "further-analysis", '"cumulative" is an analysis that livereview makes itself'),
        ("pooling", "effect-model", 'The entry point "pooling" is taken by livereview '),
        ("estimation", "effect-model", "There is a module livereview_estimation already"),
    ],
)
def test_a_name_that_is_taken_is_refused(name: str, kind: str, said: str, tmp_path: Path) -> None:
    [told] = refused(name, kind, tmp_path)
    assert told.startswith(said)
    assert told.endswith("choose another name.")


def test_a_kind_that_there_is_not_is_answered_with_the_nearest(tmp_path: Path) -> None:
    [said] = refused("mine", "efect-model", tmp_path)
    assert said.startswith('There is no kind of plugin "efect-model". Did you mean "effect-model"? Kinds: ')


@pytest.mark.parametrize("there", ["a folder", "a file", "a link to nowhere"])
def test_what_exists_is_not_touched(there: str, tmp_path: Path) -> None:
    place = tmp_path / "livereview-mine"
    if there == "a folder":
        place.mkdir()
        (place / "precious.py").write_text("kept", encoding="utf-8")
    elif there == "a file":
        place.write_text("kept", encoding="utf-8")
    else:
        place.symlink_to(tmp_path / "nowhere")
    [said] = refused("mine", "effect-model", tmp_path)
    assert said.startswith(f"{place}: there is already such a file or folder")


def test_every_mistake_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["plugin", "new", "Mine!", "--kind", "modell", "--folder", str(tmp_path / "no"), "--author", " "]
    assert main(arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 5
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("author", ["", "  ", "<a@b.org>", "Ada\nRole"])
def test_an_author_without_a_name_is_refused(author: str, tmp_path: Path) -> None:
    [said] = refused("mine", "effect-model", tmp_path, author)
    assert "cannot be an author: write a name" in said


@pytest.mark.parametrize("author", ['Ada "the" O\'Neil', "Ada\\", "Łukasz <l@example.org>", "A ] = [ B"])
def test_an_author_may_be_called_anything(author: str) -> None:
    text = package_files(Named(name="mine"), KINDS["renderer"], author)["pyproject.toml"]
    [read] = tomllib.loads(text)["project"]["authors"]
    assert read["name"] == author.partition("<")[0].strip()


def test_a_folder_that_cannot_be_written_is_an_expected_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, *arguments: object, **named: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    assert refused("mine", "effect-model", tmp_path) == (
        f"{tmp_path / 'livereview-mine'}: cannot be written: No space left on device.",
    )


def test_a_kind_may_have_the_name_of_a_plugin_of_another_kind(tmp_path: Path) -> None:
    """A name is unique within its kind alone: uwls, not installed here, is free for all."""
    plugins = Plugins(())
    assert new_package("uwls", "bias-test", tmp_path, None, plugins).name == "uwls"
