"""The example package of docs/plugins.md, installed into an environment of its own and used by the example review."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from installation import ROOT, environment_with, livereview, ran

PACKAGE = ROOT / "examples" / "livereview-uwls"
REVIEW = ROOT / "examples" / "uwls-review"

#: R 4.2.2, summary(lm(y ~ 1, weights = 1 / v)) with y the log risk ratios of the thirteen trials and v their variances.
FROM_R = {"estimate": -0.4302851636540909, "standard_error": 0.1442465479796955, "p_value": 0.01142223504005324}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment that has the example package, and sees the packages of this one."""
    return environment_with(tmp_path_factory.mktemp("environment"), PACKAGE)


@pytest.fixture
def review(tmp_path: Path) -> Path:
    """The manifest of a copy of the example review."""
    shutil.copytree(REVIEW, tmp_path, dirs_exist_ok=True)
    return tmp_path / "uwls.toml"


def test_its_own_tests_pass_where_it_is_installed(environment: Path, tmp_path: Path) -> None:
    done = ran(environment, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "pyproject.toml",
               f"--basetemp={tmp_path}", "tests", folder=PACKAGE)  # fmt: skip
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


def test_it_is_listed_with_its_own_distribution(environment: Path, tmp_path: Path) -> None:
    listed = json.loads(livereview(environment, "plugins", "--json", folder=tmp_path).stdout)
    (found,) = [line for line in listed if line["name"] == "uwls"]
    assert found["state"] == "active"
    assert found["provider"] == {"entry_point": "uwls", "distribution": "livereview-uwls", "version": "0.1.0"}


def test_a_review_that_names_it_gets_its_numbers(environment: Path, review: Path) -> None:
    folder = review.parent
    livereview(environment, "update", review.name, folder=folder)
    arguments = ("show", review.name, "--outcome", "tuberculosis", "--json")
    shown = json.loads(livereview(environment, *arguments, folder=folder).stdout)
    assert shown["pooled"]["k"] == 13
    # Largest relative difference seen: 3e-15 of estimate and standard error, 1e-14 of P.
    for name, value in FROM_R.items():
        assert shown["pooled"][name] == pytest.approx(value, rel=1e-12), name
    assert shown["pooled"]["tau2"] is None
    assert len(shown["leave_one_out"]) == 13
    never_narrower, _ = shown["sensitivity"]
    assert never_narrower["pooled"]["estimate"] == shown["pooled"]["estimate"]
    report = (folder / "reports" / "uwls" / "report.md").read_text(encoding="utf-8")
    assert "livereview-uwls 0.1.0" in report


def test_where_it_is_not_installed_the_review_says_what_it_requires(
    review: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from livereview.cli import main

    monkeypatch.chdir(review.parent)
    assert main(["check", review.name]) == 2
    assert capsys.readouterr().err == (
        "uwls.toml:1: requires[1]: livereview-uwls>=0.1 is wanted; it is not installed. "
        'Install it: pip install "livereview-uwls>=0.1".\n'
    )


def test_another_version_than_the_review_wants_is_refused(environment: Path, review: Path) -> None:
    review.write_text(review.read_text(encoding="utf-8").replace("uwls>=0.1", "uwls>=0.2"), encoding="utf-8")
    done = livereview(environment, "check", review.name, folder=review.parent, expected=2)
    assert "requires[1]: livereview-uwls>=0.2 is wanted; found 0.1.0." in done.stderr


def test_a_wrong_option_is_refused_by_its_place(environment: Path, review: Path) -> None:
    text = review.read_text(encoding="utf-8")
    review.write_text(text.replace('"at-least-one"', '"at-least-1"'), encoding="utf-8")
    done = livereview(environment, "check", review.name, folder=review.parent, expected=2)
    line = 1 + next(at for at, line in enumerate(text.splitlines()) if "at-least-one" in line)
    assert done.stderr.startswith(f"uwls.toml:{line}: outcomes[0].sensitivity[0].model.scale")
    assert "unrestricted" in done.stderr
