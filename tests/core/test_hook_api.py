"""What a plugin was written for: newer is refused with wanted and found, older loads, what goes is told once."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path

import pytest

import livereview
from livereview import EffectModel, hook_api
from livereview.hook_api import DEPRECATED, Deprecated, HookDeprecation
from livereview.plugins import Listed, Plugins, loaded
from livereview.types import HOOK_API

MODEL = """
from livereview import EffectModel, Fit, hookimpl
def fit(studies, options):
    return Fit(estimate=0.0, standard_error=1.0, weights=studies.effect * 0)
@hookimpl
def livereview_effect_models():
    return [EffectModel(name="told", summary="A model.", fit=fit, adjusts=True)]
"""
GOES = Deprecated(since=1, gone_in="0.4", instead="write nothing")

Load = Callable[[str], Plugins]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """The plugins of one distribution, ``told 1.5``, whose module has this text."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def loading(source: str) -> Plugins:
        info = tmp_path / "told-1.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: told\nVersion: 1.5\n", encoding="utf-8")
        (info / "entry_points.txt").write_text("[livereview]\ntold = lr_told\n", encoding="utf-8")
        (tmp_path / "lr_told.py").write_text(source, encoding="utf-8")
        points: list[EntryPoint] = list(PathDistribution(info).entry_points)
        return loaded(points=points)

    yield loading
    sys.modules.pop("lr_told", None)


def only(plugins: Plugins) -> Listed:
    [line] = plugins.listed()
    return line


@pytest.mark.parametrize("written", ["", f"LIVEREVIEW_HOOK_API = {HOOK_API}", "LIVEREVIEW_HOOK_API: int = 1"])
def test_a_plugin_for_this_version_or_none_loads_in_silence(written: str, load: Load) -> None:
    plugins = load(f"{written}\n{MODEL}")
    assert only(plugins).state == "active"
    assert plugins.warnings == ()


def test_a_plugin_for_a_newer_version_is_listed_as_failed_with_wanted_and_found(load: Load) -> None:
    line = only(load(f"LIVEREVIEW_HOOK_API = {HOOK_API + 1}\n{MODEL}"))
    assert (line.state, str(line.provider)) == ("failed", "told 1.5 (told)")
    assert line.reason == (
        f"written for hook API {HOOK_API + 1}, and livereview {livereview.__version__} has {HOOK_API}: "
        "install a newer livereview, or an older version of the plugin"
    )


@pytest.mark.parametrize("trouble", ["from livereview import NotYet", "import not_there", "1 / 0"])
def test_a_newer_plugin_that_cannot_be_imported_says_so_too(trouble: str, load: Load) -> None:
    line = only(load(f'"""Newer."""\n{trouble}\nLIVEREVIEW_HOOK_API = {HOOK_API + 1}\n'))
    assert line.reason.startswith(f"written for hook API {HOOK_API + 1}, ")


def test_a_plugin_of_this_version_that_cannot_be_imported_has_its_own_reason(load: Load) -> None:
    line = only(load(f"LIVEREVIEW_HOOK_API = {HOOK_API}\nfrom livereview import NotYet\n"))
    assert line.reason.startswith("ImportError: cannot import name 'NotYet'")


def test_a_plugin_for_a_version_that_has_gone_is_refused(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livereview.hook_api.OLDEST_HOOK_API", 3)
    monkeypatch.setattr("livereview.hook_api.HOOK_API", 4)
    line = only(load(f"LIVEREVIEW_HOOK_API = 2\n{MODEL}"))
    assert line.reason.startswith(f"written for hook API 2, and livereview {livereview.__version__} has 3 to 4: ")


def test_a_plugin_for_an_older_version_that_is_still_supported_loads(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livereview.hook_api.HOOK_API", 4)
    assert only(load(f"LIVEREVIEW_HOOK_API = 2\n{MODEL}")).state == "active"


@pytest.mark.parametrize("declared", ["'1'", "1.0", "True", "0", "None"])
def test_what_is_no_version_is_refused(declared: str, load: Load) -> None:
    line = only(load(f"LIVEREVIEW_HOOK_API = {declared}\n{MODEL}"))
    assert line.reason == f"LIVEREVIEW_HOOK_API is {eval(declared)!r}; write the hook API it was written for, e.g. 1"


@pytest.mark.parametrize("part", ["Fit", "EffectModel.adjusts", "livereview_effect_models"])
def test_a_part_that_goes_still_works_and_is_told_once_with_the_version(
    part: str, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DEPRECATED, part, GOES)
    plugins = load(MODEL.replace("@hookimpl", "from livereview import Fit as Again\n@hookimpl"))
    assert plugins.find(EffectModel, "told") is not None
    assert plugins.warnings == (
        f"told 1.5 (told): {part} is deprecated since hook API 1 and goes in livereview 0.4: write nothing.",
    )


def test_a_field_that_goes_and_is_left_at_its_default_is_not_told(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DEPRECATED, "EffectModel.vectorized", GOES)
    assert load(MODEL).warnings == ()


def test_an_author_sees_a_deprecated_name_as_python_warns_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DEPRECATED, "Fit", GOES)
    with pytest.warns(HookDeprecation, match="goes in livereview 0.4") as caught:
        _ = livereview.Fit
    assert caught[0].filename == __file__


def test_other_warnings_of_a_plugin_are_not_swallowed(load: Load) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        load("import warnings\nwarnings.warn('something else', UserWarning)\n" + MODEL)
    assert [str(item.message) for item in caught] == ["something else"]


def test_what_is_deprecated_now_exists_and_says_what_to_do() -> None:
    for name, part in DEPRECATED.items():
        owner, _, field = name.partition(".")
        assert owner in livereview.__all__ or owner.startswith("livereview_")
        assert not field or field in getattr(livereview, owner).__dataclass_fields__
        assert hook_api.OLDEST_HOOK_API <= part.since <= HOOK_API
        assert part.instead
