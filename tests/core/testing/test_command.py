"""``livereview plugins --check``: which plugins a name means, what is shown, the exit code."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from livereview.cli import run as command_line
from livereview.plugins import installed

BROKEN = """
import numpy as np
from livereview import EffectModel, Fit, hookimpl

def fit(studies, options):
    print("fitting")
    k = studies.effect.size
    return Fit(estimate=0.9 * studies.effect.mean(), standard_error=1.0, weights=np.full(k, 1 / k))

@hookimpl
def livereview_effect_models():
    return [EffectModel(name="shrunken-mean", summary="A shrunken mean.", fit=fit)]
"""


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution with a broken model, installed."""
    (tmp_path / "lr_kit_broken.py").write_text(BROKEN, encoding="utf-8")
    info = tmp_path / "lr_kit_broken-0.3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lr-kit-broken\nVersion: 0.3\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[livereview]\nshrunken = lr_kit_broken\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(
        "livereview.plugins._installed", __import__("livereview.plugins").plugins._installed.__wrapped__
    )
    assert any(line.name == "shrunken-mean" for line in installed().listed())


def called(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the command."""
    monkeypatch.setattr(sys, "argv", ["livereview", "plugins", *arguments])
    with pytest.raises(SystemExit) as ended:
        command_line()
    out, err = capsys.readouterr()
    code = ended.value.code
    assert isinstance(code, int)
    return code, out, err


@pytest.mark.parametrize("name", ["rob-2", "ROB-2"])
def test_a_plugin_is_checked_by_its_name(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = called(capsys, monkeypatch, "--check", name)
    if name == "rob-2":
        assert (code, err) == (0, "")
        assert "instrument  rob-2  livereview" in out
        assert "No check failed." in out
    else:
        assert code == 2
        assert 'Did you mean "rob-2"?' in err


def test_an_entry_point_is_every_plugin_of_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = called(capsys, monkeypatch, "--check", "instruments", "--json")
    assert code == 0
    assert [item["name"] for item in json.loads(out)] == [
        "inspect-sr", "minors", "nos-case-control", "nos-cohort", "rob-1", "rob-2", "robins-e", "robins-i", "tract",
    ]  # fmt: skip


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("name", ["shrunken-mean", "shrunken", "lr-kit-broken", "lr-kit-broken:shrunken"])
def test_a_failure_is_shown_with_its_example_and_the_exit_code_is_1(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = called(capsys, monkeypatch, "--check", name)
    assert (code, err) == (1, "")
    assert "effect-model  shrunken-mean  lr-kit-broken  0.3" in out
    assert "shrunken-mean: one-study: One study is its own pool" in out
    assert "estimate is 0.27 and must be 0.3; effect = [0.3], variance = [0.04]" in out
    assert "it prints 'fitting" in out


@pytest.mark.usefixtures("broken")
def test_what_a_plugin_prints_is_not_among_the_results(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = called(capsys, monkeypatch, "--check", "shrunken-mean", "--check", "rob-1", "--json")
    assert code == 1
    assert [item["name"] for item in json.loads(out)] == ["shrunken-mean", "rob-1"]


def test_every_unknown_name_is_told_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = called(capsys, monkeypatch, "--check", "eger", "--check", "nobody-has-this")
    assert (code, out) == (2, "")
    assert 'called "eger". Did you mean "egger"?' in err
    assert '"nobody-has-this"' in err


def test_a_disabled_plugin_is_told_with_the_reason(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVEREVIEW_DISABLE", "instruments")
    code, _, err = called(capsys, monkeypatch, "--check", "instruments")
    assert code == 2
    assert "instruments is disabled" in err


def test_quick_goes_with_check(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, err = called(capsys, monkeypatch, "--quick")
    assert code == 2
    assert "--check" in err
