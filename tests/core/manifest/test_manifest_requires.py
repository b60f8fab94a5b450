"""What a manifest requires is looked at first: wanted and found, every one at its line, how to get it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manifest_examples import VALID

import livereview
from livereview.cli import main
from livereview.manifest import requirements
from livereview.manifest.reading import ManifestFile
from livereview.manifest.requirements import required_versions, requirement_mistakes

Reads = Callable[[str | bytes], ManifestFile]
Refuses = Callable[[str | bytes], list[str]]
WHOLE = next(iter(VALID.values()))
ABSENT = "livereview-that-nobody-wrote"


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Distributions by name, in place of those of the installation."""
    there = {"livereview": "0.1.0", "livereview-uwls": "0.1.0"}
    monkeypatch.setattr(requirements, "_installed", there.get)
    return there


def requiring(*wanted: str, rest: str = WHOLE) -> str:
    return f"requires = [{', '.join(repr(text) for text in wanted)}]\n" + rest


@pytest.mark.parametrize(
    "wanted",
    [
        "livereview",
        "livereview>=0.1",
        "livereview >= 0.1, < 1",
        "livereview~=0.1.0",
        "LiveReview==0.1.*",
        "numpy>=1.26",
    ],
)
def test_what_is_installed_in_a_version_that_is_wanted_is_accepted(wanted: str, reads: Reads) -> None:
    assert reads(requiring(wanted)).manifest.requires == (wanted,)


def test_one_text_stands_for_a_list_of_one(reads: Reads) -> None:
    assert reads('requires = "livereview>=0.1"\n' + WHOLE).manifest.requires == ("livereview>=0.1",)


def test_each_one_that_is_not_met_says_wanted_found_and_how_to_get_it(
    refuses: Refuses, stranger: dict[str, str]
) -> None:
    text = f'requires = [\n    "livereview>=1.0",\n    "livereview-uwls>=0.1",\n    "{ABSENT}>=2",\n]\n{WHOLE}'
    assert refuses(text) == [
        '2: requires[0]: livereview>=1.0 is wanted; found 0.1.0. Install it: pip install "livereview>=1.0".',
        f'4: requires[2]: {ABSENT}>=2 is wanted; it is not installed. Install it: pip install "{ABSENT}>=2".',
    ]


def test_it_is_said_before_and_without_what_follows_from_it(refuses: Refuses) -> None:
    rest = WHOLE + '\n[[sources]]\nplugin = "of-that-package"\nfile = "a"\n'
    [said] = refuses(requiring(f"{ABSENT}>=1", rest=rest))
    assert said.startswith(f"1: requires[0]: {ABSENT}>=1 is wanted")
    [said] = refuses(rest)
    assert 'no data-source is called "of-that-package"' in said


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("livereview=1.0", "expected"),
        ("livereview>=one", "expected"),
        (">=1.0", "expected package name"),
        ("", "expected package name"),
        ("livereview 1.0", "expected"),
        ("livereview @ https://example.org/x.whl", "an address has no meaning here"),
        ("livereview[all]>=0.1", "an extra in brackets has no meaning here"),
        ("livereview>=0.1; python_version>'3'", "a condition behind ; has no meaning here"),
        ("livereview===0.1.0", "=== has no meaning here"),
    ],
)
def test_what_is_no_requirement_is_refused_at_its_line(wanted: str, reason: str, refuses: Refuses) -> None:
    text = 'requires = [\n    "livereview",\n    """' + wanted + '""",\n]\n' + WHOLE
    [said] = refuses(text)
    assert said.startswith(f'3: requires[1]: found "{wanted}"; {reason}')
    assert said.endswith('write a distribution with versions, e.g. "livereview>=0.1".')


def test_mistakes_of_both_sorts_come_together(refuses: Refuses) -> None:
    assert len(refuses(requiring("livereview=1", f"{ABSENT}", "livereview>=99"))) == 3


def test_a_value_of_another_type_is_refused_as_for_every_key(refuses: Refuses) -> None:
    [said] = refuses("requires = 1\n" + WHOLE)
    assert said == "1: requires: found 1 (integer); a text or an array of texts is needed."


def test_a_development_version_counts_as_one(stranger: dict[str, str]) -> None:
    stranger["livereview"] = "0.2.0.dev1"
    assert requirement_mistakes({"requires": ["livereview>=0.1"]}) == []


def test_an_installed_version_that_cannot_be_compared_is_told(stranger: dict[str, str]) -> None:
    stranger["livereview-uwls"] = "newest"
    [mistake] = requirement_mistakes({"requires": ["livereview-uwls>=0.1"]})
    assert 'found "newest", which is no version that can be compared' in mistake.message


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=30))
def test_whatever_is_written_is_met_or_told_and_never_raises(text: str) -> None:
    found = requirement_mistakes({"requires": [text]})
    assert found or required_versions([text])


def test_versions_are_kept_by_the_name_as_names_are_compared() -> None:
    assert required_versions(["LiveReview>=0", "livereview<9"]) == {"livereview": livereview.__version__}


def test_the_file_is_named_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "demo.toml"
    path.write_text(requiring("livereview>=99"), encoding="utf-8")
    for command in ("check", "update"):
        assert main([command, str(path)]) == 2
        assert f"{path}:1: requires[0]: livereview>=99 is wanted" in capsys.readouterr().err
    assert [item.name for item in tmp_path.iterdir()] == ["demo.toml"]
