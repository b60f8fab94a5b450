"""Plugins load one at a time: whatever one does, it is listed with the reason and the others still load."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path
from typing import Any

import pytest

from livereview import EffectMeasure, EffectModel, Options, PluginError
from livereview.bound import Bound, SectionFailed, bound, section
from livereview.errors import ExpectedError
from livereview.manifest.models import ModelChoice
from livereview.plugins import DISABLE, Listed, Plugins, Provider, Registered, installed, loaded
from livereview.registration import HOOKS

KINDS = {kind.kind for kind in HOOKS.values()}

GOOD = """
from livereview import EffectModel, Fit, hookimpl
def fit(studies, options):
    return Fit(estimate=0.0, standard_error=1.0, weights=studies.effect * 0)
@hookimpl
def livereview_effect_models():
    return [EffectModel(name="NAME", summary="A good one.", fit=fit)]
"""

MEASURE = """
from livereview import EffectMeasure, RowsNeeded, hookimpl
@hookimpl
def livereview_effect_measures():
    need = RowsNeeded(layout="one-arm", measures=("mean",), columns=("mean",))
    return [EffectMeasure(name="NAME", title="T", summary="S.", rows=lambda options: need,
                          effects=lambda data, options: None, aliases=ALIASES)]
"""


class Site:
    """A folder of distributions, each a module with its metadata as an installer leaves it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: list[str] = []

    def install(self, name: str, code: str, *, version: str = "1.0", entry: str = "", value: str = "") -> str:
        """Write a module and its dist-info; the entry point has the name of the distribution unless given."""
        module = f"lr_test_{name.replace('-', '_')}"
        (self.folder / f"{module}.py").write_text(code.replace("NAME", name), encoding="utf-8")
        info = self.folder / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
        points = f"[livereview]\n{entry or name} = {value or module}\n"
        (info / "entry_points.txt").write_text(points, encoding="utf-8")
        self.names.append(info.name)
        return module

    def points(self) -> list[EntryPoint]:
        return [point for name in self.names for point in PathDistribution(self.folder / name).entry_points]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delenv(DISABLE, raising=False)
    yield Site(tmp_path)
    for name in [name for name in sys.modules if name.startswith("lr_test_")]:
        del sys.modules[name]


def only(plugins: Plugins) -> Listed:
    (line,) = plugins.listed()
    return line


def hook(name: str, body: str, imports: str = "hookimpl") -> str:
    return f"from livereview import {imports}\n@hookimpl\ndef {name}(): {body}\n"


def model(fields: str) -> str:
    imports = "EffectMeasure, EffectModel, Options, Renderer, hookimpl"
    return hook("livereview_effect_models", f"return [EffectModel({fields})]", imports)


OPTIONS = """
from livereview import BiasTest, DataSource, EffectModel, Options, Renderer, hookimpl
from pydantic import Field
class Own(Options):
    OPTION
@hookimpl
def HOOK():
    return [KIND(name="own", summary="S.", options=Own, FUNCTION=lambda *given: None)]
"""


def with_option(name: str, kind: str, function: str, option: str) -> str:
    found = OPTIONS.replace("HOOK", name).replace("KIND", kind).replace("FUNCTION", function)
    return found.replace("OPTION", option)


# --- failures are data -----------------------------------------------------------------------------------------

BROKEN: dict[str, tuple[str, str]] = {
    "a module that is not Python": ("def (:", "SyntaxError: invalid syntax"),
    "an import that fails": ("import a_module_that_is_not_there", "ModuleNotFoundError: No module named 'a_module_"),
    "an exit at import": ("raise SystemExit(3)", "SystemExit: 3"),
    "an exception at import": ("1 / 0", "ZeroDivisionError: division by zero"),
    "no hooks": ("x = 1", "TypeError: it registers nothing: no hook of livereview is implemented with @hookimpl"),
    "a hook without the mark": (
        "def livereview_effect_models(): return []", "TypeError: it registers nothing: no hook",
    ),
    "a hook that returns nothing": (hook("livereview_effect_models", "return []"), "TypeError: it registers nothing"),
    "an unknown hook": (
        hook("livereview_effect_modles", "return []"),
        'TypeError: there is no hook livereview_effect_modles. Did you mean "livereview_effect_models"? Hooks: ',
    ),
    "a hook with arguments": (
        hook("livereview_effect_models", "return []").replace("():", "(config):"),
        "PluginValidationError: Plugin 'broken' for hook 'livereview_effect_models' hookimpl definition: "
        "livereview_effect_models(config) Argument(s) {'config'} are declared in the hookimpl but can not be found",
    ),
    "a hook that raises": (
        hook("livereview_renderers", "raise ValueError('a\\nb')"),
        "RuntimeError: livereview_renderers raised ValueError: a b",
    ),
    "a hook that exits": (
        hook("livereview_renderers", "exit(0)"),
        "RuntimeError: livereview_renderers raised SystemExit: 0",
    ),
    "a hook that returns no list": (
        hook("livereview_effect_models", "return None"),
        "RuntimeError: livereview_effect_models raised TypeError: 'NoneType' object is not iterable",
    ),
    "a descriptor of another kind": (
        hook("livereview_effect_models", "return [Renderer(name='x', summary='s', render=print)]",
             "Renderer, hookimpl"),
        "TypeError: livereview_effect_models must return EffectModel objects, found Renderer",
    ),
    "a text for a descriptor": (
        hook("livereview_effect_models", "return ['x']"),
        "TypeError: livereview_effect_models must return EffectModel objects, found str",
    ),
    "a name that is not kebab-case": (
        model("name='My Model', summary='s', fit=print"),
        "ValueError: livereview_effect_models returned the name 'My Model': write a kebab-case name",
    ),
    "a name with a path": (
        model("name='../x', summary='s', fit=print"),
        "ValueError: livereview_effect_models returned the name '../x': write a kebab-case name",
    ),
    "a name that is no text": (
        model("name=5, summary='s', fit=print"),
        "TypeError: livereview_effect_models returned 5 with name = 5, which is not str",
    ),
    "a measure in small letters": (
        MEASURE.replace('"NAME"', '"rr"').replace("ALIASES", "()"),
        "ValueError: livereview_effect_measures returned the name 'rr': write an upper-case code",
    ),
    "one text for the list of aliases": (
        MEASURE.replace('"NAME"', '"RR"').replace("ALIASES", "'risk-ratio'"),
        "TypeError: livereview_effect_measures returned 'RR' with aliases = 'risk-ratio', which is not tuple[str, ...]",
    ),
    "a function that is none": (
        model("name='x', summary='s', fit=5"),
        "TypeError: livereview_effect_models returned 'x' with fit = 5, which is not Callable[",
    ),
    "options that are no options": (
        model("name='x', summary='s', fit=print, options=dict"),
        "TypeError: livereview_effect_models returned 'x' with options = <class 'dict'>, which is not type[Options]",
    ),
    "a flag that is none": (
        model("name='x', summary='s', fit=print, vectorized='no'"),
        "TypeError: livereview_effect_models returned 'x' with vectorized = 'no', which is not bool",
    ),
    "a choice that does not exist": (
        hook("livereview_renderers", "return [Renderer(name='x', summary='s', render=print, stage='last')]",
             "Renderer, hookimpl"),
        "TypeError: livereview_renderers returned 'x' with stage = 'last', which is not Literal['asset', 'document']",
    ),
    "one name twice": (
        hook("livereview_effect_models", "return [EffectModel(name='x', summary='s', fit=print)] * 2",
             "EffectModel, hookimpl"),
        "ValueError: it supplies the effect-model 'x' twice",
    ),
    "an alias that is a name": (
        MEASURE.replace('"NAME"', '"RR"').replace("ALIASES", "('RR',)"),
        "ValueError: it supplies the effect-measure 'RR' twice",
    ),
    "an option called name": (
        with_option("livereview_effect_models", "EffectModel", "fit", "name: str = ''"),
        "ValueError: own has the option name, which is a key of the manifest: rename the option",
    ),
    "an option called plugin": (
        with_option("livereview_renderers", "Renderer", "render", "plugin: str = ''"),
        "ValueError: own has the option plugin, which is a key of the manifest: rename the option",
    ),
    "an option written as measure": (
        with_option("livereview_bias_tests", "BiasTest", "test", "of: str = Field('', alias='measure')"),
        "ValueError: own has the option measure, which is a key of the manifest: rename the option",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_listed_with_the_reason_and_the_others_load(name: str, site: Site) -> None:
    code, reason = BROKEN[name]
    site.install("broken", code, version="2.3")
    site.install("after", GOOD)
    site.install("a-first", GOOD)
    plugins = loaded(points=site.points())
    assert list(plugins.of(EffectModel)) == ["a-first", "after"]
    (line,) = plugins.not_active()
    assert (line.kind, line.name, line.state) == ("plugin", "broken", "failed")
    assert line.provider == Provider(entry_point="broken", distribution="broken", version="2.3")
    assert line.reason.startswith(reason)
    assert line.reason.isprintable()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("lr_test_broken:missing", "AttributeError: module 'lr_test_broken' has no attribute 'missing'"),
        ("lr_test_broken:nothing", "TypeError: it registers nothing"),
        ("no_such_module_at_all", "ModuleNotFoundError"),
        ("not a module !", "ValueError: the entry point leads to 'not a module !', which cannot be a module"),
    ],
)
def test_an_entry_point_that_leads_nowhere_is_listed(value: str, reason: str, site: Site) -> None:
    site.install("broken", "nothing = None", value=value)
    line = only(loaded(points=site.points()))
    assert (line.name, line.state) == ("broken", "failed")
    assert line.reason.startswith(reason)


def test_ctrl_c_while_loading_is_not_taken_for_a_broken_plugin(site: Site) -> None:
    site.install("slow", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        loaded(points=site.points())


def test_a_reason_is_one_line_that_cannot_act_on_the_terminal_and_is_not_endless(site: Site) -> None:
    site.install("broken", "raise ValueError('\\x1b[31m\\n' + 'x' * 10_000)")
    reason = only(loaded(points=site.points())).reason
    assert reason.startswith(r"ValueError: \x1b[31m xxx")
    assert len(reason) == 500


def test_a_plugin_that_prints_does_not_disturb_the_results(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.install("loud", "print('hello')" + GOOD)
    loaded(points=site.points())
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "hello\n")


def test_a_plugin_may_be_an_object_and_its_descriptor_of_its_own_class(site: Site) -> None:
    code = """
from livereview import EffectModel, hookimpl
class Mine(EffectModel): pass
class Plugin:
    @hookimpl
    def livereview_effect_models(self):
        yield Mine(name="mine", summary="S.", fit=print)
plugin = Plugin()
"""
    site.install("object", code, value="lr_test_object:plugin")
    plugins = loaded(points=site.points())
    assert list(plugins.of(EffectModel)) == ["mine"]
    assert plugins.find(EffectModel, "mine") is not None
    assert only(plugins).kind == "effect-model"


# --- names -----------------------------------------------------------------------------------------------------


def test_a_name_that_two_supply_is_used_for_neither_and_names_both(site: Site) -> None:
    site.install("one", GOOD.replace("NAME", "same"))
    site.install("two", GOOD.replace("NAME", "same"), version="2.0")
    site.install("three", GOOD)
    plugins = loaded(points=site.points())
    assert plugins.find(EffectModel, "same") is None
    assert list(plugins.of(EffectModel)) == ["three"]
    assert [(line.name, line.provider.distribution) for line in plugins.not_active()] == [
        ("same", "one"),
        ("same", "two"),
    ]
    assert {line.reason for line in plugins.not_active()} == {
        "supplied by one 1.0 (one) and by two 2.0 (two), so that neither is used; "
        "set LIVEREVIEW_DISABLE=one:one or LIVEREVIEW_DISABLE=two:two"
    }


def test_disabling_one_of_two_gives_the_name_to_the_other(site: Site) -> None:
    site.install("one", GOOD.replace("NAME", "same"), entry="models")
    site.install("two", GOOD.replace("NAME", "same"), entry="models")
    plugins = loaded({"two:models"}, site.points())
    found = plugins.find(EffectModel, "same")
    assert found is not None
    assert found.provider.distribution == "one"
    assert loaded({"models"}, site.points()).of(EffectModel) == {}


def test_one_name_may_belong_to_plugins_of_two_kinds(site: Site) -> None:
    site.install("one", GOOD.replace("NAME", "same"))
    site.install("two", hook("livereview_renderers", "return [Renderer(name='same', summary='s', render=print)]",
                             "Renderer, hookimpl"))  # fmt: skip
    assert [(line.kind, line.state) for line in loaded(points=site.points()).listed()] == [
        ("effect-model", "active"), ("renderer", "active"),
    ]  # fmt: skip


def test_a_measure_is_found_by_its_other_names(site: Site) -> None:
    site.install("m", MEASURE.replace('"NAME"', '"OWN"').replace("ALIASES", "('own-ratio', 'LOWN')"))
    plugins = loaded(points=site.points())
    for name in ("OWN", "own-ratio", "LOWN"):
        found = plugins.find(EffectMeasure, name)
        assert found is not None
        assert found.descriptor.name == "OWN"
    assert plugins.names(EffectMeasure) == ["OWN", "LOWN", "own-ratio"]
    assert list(plugins.of(EffectMeasure)) == ["OWN"]
    assert plugins.find(EffectModel, "own-ratio") is None


def test_an_alias_that_two_measures_have_is_used_for_neither(site: Site) -> None:
    site.install("m", MEASURE.replace('"NAME"', '"AA"').replace("ALIASES", "('both', 'a')"))
    site.install("n", MEASURE.replace('"NAME"', '"BB"').replace("ALIASES", "('both', 'b')"))
    plugins = loaded(points=site.points())
    assert plugins.find(EffectMeasure, "both") is None
    assert plugins.names(EffectMeasure) == ["AA", "BB", "a", "b"]
    assert plugins.not_active()[0].reason.startswith(
        "supplied by m 1.0 (m) as another name of AA and by n 1.0 (n) as another name of BB, so that neither is used"
    )


def test_a_new_plugin_cannot_take_over_a_name_that_manifests_use_as_an_alias(site: Site) -> None:
    site.install("m", MEASURE.replace('"NAME"', '"AA"').replace("ALIASES", "('LAA',)"))
    site.install("n", MEASURE.replace('"NAME"', '"LAA"').replace("ALIASES", "()"))
    plugins = loaded(points=site.points())
    assert plugins.find(EffectMeasure, "LAA") is None
    assert list(plugins.of(EffectMeasure)) == ["AA"]


def test_the_aliases_of_a_measure_that_clashes_lead_nowhere(site: Site) -> None:
    for name in ("m", "n"):
        site.install(name, MEASURE.replace('"NAME"', '"AA"').replace("ALIASES", f"('{name}-aa',)"))
    plugins = loaded(points=site.points())
    assert plugins.names(EffectMeasure) == []
    assert plugins.find(EffectMeasure, "m-aa") is None


def test_plugins_are_sorted_whatever_the_order_of_loading(site: Site) -> None:
    for name in ("cc", "aa", "bb"):
        site.install(name, GOOD)
    points = site.points()
    listed = [loaded(points=order).listed() for order in (points, points[::-1])]
    assert listed[0] == listed[1]
    assert [line.name for line in listed[0]] == ["aa", "bb", "cc"]


# --- leaving out -----------------------------------------------------------------------------------------------


def test_a_disabled_entry_point_is_not_even_imported(site: Site) -> None:
    module = site.install("off", GOOD)
    line = only(loaded({"off"}, site.points()))
    assert (line.kind, line.name, line.state) == ("plugin", "off", "disabled")
    assert line.reason == "disabled by the manifest or by LIVEREVIEW_DISABLE"
    assert module not in sys.modules


def test_the_variable_disables_in_every_process_and_counts_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DISABLE, " figures , livereview:sheets,")
    without = installed()
    assert {line.name for line in without.not_active()} >= {"figures", "sheets"}
    monkeypatch.delenv(DISABLE)
    assert not {line.name for line in installed().not_active()} & {"figures", "sheets"}
    assert {line.name for line in installed(("figures",)).not_active()} >= {"figures"}
    again = pickle.loads(pickle.dumps(without))
    assert {line.name for line in again.not_active()} >= {"figures", "sheets"}


def test_a_name_that_disables_nothing_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.install("figures-two", GOOD)
    assert loaded({"figures-too"}, site.points()).warnings == (
        'LIVEREVIEW_DISABLE or [plugins] disable names "figures-too", which is no entry point here. '
        'Did you mean "figures-two"?',
    )
    assert loaded({"figures-two"}, site.points()).warnings == ()
    monkeypatch.setenv(DISABLE, "figurs")
    assert installed().warnings[0].endswith('Did you mean "figures"?')


# --- distributions ---------------------------------------------------------------------------------------------


def test_an_installed_distribution_is_found(site: Site) -> None:
    site.install("stranger", GOOD, version="4.5")
    found = loaded().find(EffectModel, "stranger")
    assert found is not None
    assert str(found.provider) == "stranger 4.5 (stranger)"


def test_a_distribution_that_is_on_the_path_twice_is_loaded_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.install("stranger", GOOD, version="4.5")
    older = site.folder / "older"
    older.mkdir()
    Site(older).install("stranger", GOOD, version="1.0")
    monkeypatch.setattr(sys, "path", [*sys.path, str(older)])
    found = loaded().find(EffectModel, "stranger")
    assert found is not None
    assert found.provider.version == "4.5"


def test_a_list_of_entry_points_that_cannot_be_read_stops_nobody(site: Site) -> None:
    site.install("stranger", GOOD)
    for name, text in (("ours", "[livereview]\nno equals sign\n"), ("theirs", "[console_scripts]\nno equals sign\n")):
        info = site.folder / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(text, encoding="utf-8")
    (site.folder / "theirs-1.0.dist-info" / "entry_points.txt").write_bytes(b"\xff\xfe")
    plugins = loaded()
    assert plugins.find(EffectModel, "stranger") is not None
    assert [(line.provider.distribution, line.state) for line in plugins.not_active()] == [("ours", "failed")]
    assert plugins.not_active()[0].reason.startswith("its entry_points.txt cannot be read")


def test_a_distribution_without_metadata_still_has_its_plugins(site: Site) -> None:
    site.install("bare", GOOD)
    (site.folder / "bare-1.0.dist-info" / "METADATA").unlink()
    found = loaded().find(EffectModel, "bare")
    assert found is not None
    assert found.provider.distribution == "unknown distribution"


def test_every_kind_of_plugin_is_built_in_through_the_same_door() -> None:
    own = [line for line in loaded().listed() if line.provider.distribution == "livereview"]
    assert {line.kind for line in own} == KINDS
    assert all(line.state == "active" and line.summary for line in own)


def command(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The livereview command in a process of its own, with a folder of distributions on the path."""
    variables = {**os.environ, "PYTHONPATH": str(folder), **environment}
    run = [sys.executable, "-c", "from livereview.cli import run; run()", *arguments]
    return subprocess.run(run, capture_output=True, text=True, env=variables, check=False, timeout=120)


def test_the_command_line_lists_every_plugin_with_the_reason_of_a_failure(site: Site) -> None:
    site.install("good-one", "print('noise')" + GOOD, version="4.5")
    site.install("bad-one", "import not_there_at_all", version="0.1")
    listed = command("plugins", folder=site.folder)
    assert listed.returncode == 1
    lines = [line.split() for line in listed.stdout.splitlines()]
    assert ["effect-model", "good-one", "good-one", "4.5", "active", "A", "good", "one."] in lines
    assert ["plugin", "bad-one", "bad-one", "0.1", "failed", "ModuleNotFoundError:"] in [line[:6] for line in lines]
    as_json = command("plugins", "--json", folder=site.folder)
    found: list[dict[str, Any]] = json.loads(as_json.stdout)
    assert "noise" in as_json.stderr
    by_name = {line["name"]: line for line in found}
    assert by_name["good-one"]["state"] == "active"
    assert by_name["bad-one"]["reason"] == "ModuleNotFoundError: No module named 'not_there_at_all'"
    assert by_name["bad-one"]["provider"] == {"entry_point": "bad-one", "distribution": "bad-one", "version": "0.1"}


def test_a_manifest_that_needs_a_failed_or_disabled_plugin_is_told_which(site: Site) -> None:
    site.install("wanted", "import not_there_at_all")
    review = '[review]\nid = "a"\ntitle = "A"\nquestion = { population = "p", intervention = "i" }\n'
    path = site.folder / "review.toml"
    outcome = '[[outcomes]]\nid = "a"\ntitle = "A"\nresult = "a"\nmeasure = "RR"\nmodel = "wanted"\n'
    path.write_text(f'{review}[plugins]\ndisable = ["small-study"]\n{outcome}', encoding="utf-8")
    told = command("check", str(path), folder=site.folder, LIVEREVIEW_DISABLE="markdown")
    assert told.returncode == 2
    for part in (
        'review.toml:12: outcomes[0].model: no effect-model is called "wanted".',
        "wanted (failed: ModuleNotFoundError: No module named 'not_there_at_all')",
        "small-study (disabled: disabled by the manifest or by LIVEREVIEW_DISABLE)",
        'review.toml:1: renderers: no renderer is called "markdown", which is used by default. Available: csv, ',
    ):
        assert part in told.stderr


def test_a_failed_plugin_that_nobody_needs_stops_nothing(site: Site) -> None:
    site.install("broken", "import not_there_at_all")
    path = site.folder / "review.toml"
    path.write_text(
        '[review]\nid = "a"\ntitle = "A"\nquestion = { population = "p", intervention = "i" }\n'
        '[[outcomes]]\nid = "a"\ntitle = "A"\nresult = "a"\nmeasure = "RR"\n', encoding="utf-8",
    )  # fmt: skip
    assert command("check", str(path), folder=site.folder).returncode == 0


# --- other processes -------------------------------------------------------------------------------------------


def names_there(plugins: Plugins) -> list[tuple[str, str]]:
    """What a worker process finds."""
    return [(line.kind, line.name) for line in plugins.listed()]


def test_plugins_can_be_sent_to_another_process() -> None:
    plugins = installed()
    with ProcessPoolExecutor(1) as pool:
        assert pool.submit(names_there, plugins).result(timeout=120) == names_there(plugins)


def fit(studies: Any, options: Any) -> Any:
    """A function that another process can import."""
    raise PluginError("never")


def test_plugins_made_by_hand_are_sent_as_they_are() -> None:
    registered = Registered(
        descriptor=EffectModel(name="hand", summary="S.", fit=fit),
        provider=Provider(entry_point="hand", distribution="hand", version="1"),
    )
    again = pickle.loads(pickle.dumps(Plugins([registered])))
    assert [line.name for line in again.listed()] == ["hand"]
    assert again.find(EffectModel, "hand").descriptor.fit is fit


# --- a plugin in use -------------------------------------------------------------------------------------------


class Own(Options):
    """Options of every simple sort."""

    add: float = 0.5
    ratio: float = 0.123456789
    exact: bool = False
    to: tuple[str, ...] = ("a", "b")
    none: tuple[str, ...] = ()
    limits: tuple[float, ...] = (1.0, 2.5)
    value: float | None = None
    count: int = 0


def hand(options: type[Options] = Own) -> Plugins:
    return Plugins([
        Registered(
            descriptor=EffectModel(name="hand", summary="S.", fit=fit, options=options),
            provider=Provider(entry_point="hand", distribution="hand", version="1"),
        )
    ])  # fmt: skip


def test_a_choice_is_bound_to_its_plugin_with_every_option_in_words() -> None:
    found = bound(hand(), EffectModel, ModelChoice.model_validate({"name": "hand", "add": 1}))
    assert found.options == Own(add=1.0)
    assert found.choices() == {
        "add": "1", "ratio": "0.123456789", "exact": "no", "to": "a, b", "limits": "1, 2.5", "count": "0",
    }  # fmt: skip
    assert found.words().startswith("hand (add = 1, ratio = 0.123456789, exact = no")
    assert bound(hand(Options), EffectModel, ModelChoice.model_validate("hand")).words() == "hand"


def test_a_choice_of_a_plugin_that_is_not_there_is_an_expected_error() -> None:
    with pytest.raises(ExpectedError, match='no effect-model is called "foot"'):
        bound(hand(), EffectModel, ModelChoice.model_validate("foot"))


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: fit(None, None), "never"),
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda: sys.exit(4), "SystemExit: 4"),
    ],
)
def test_whatever_a_plugin_raises_fails_its_section_only(act: Callable[[], Any], message: str) -> None:
    used = bound(hand(), EffectModel, ModelChoice.model_validate("hand"))
    with pytest.raises(SectionFailed) as caught, section("outcome os", used):
        act()
    failure = caught.value.failure
    assert (failure.section, failure.plugin, failure.provider) == ("outcome os", "hand", "hand 1 (hand)")
    assert failure.message == message


def test_ctrl_c_in_a_plugin_passes() -> None:
    used: Bound[Any] = bound(hand(), EffectModel, ModelChoice.model_validate("hand"))
    with pytest.raises(KeyboardInterrupt), section("outcome os", used):
        raise KeyboardInterrupt
