"""The shape of the house: imports run one way, heavy libraries load late, and the folders are the diagram.

Each rule is held on the source, and is shown to fail on a line that breaks it.
"""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest

import architecture_rules as rules
import livereview
from architecture_rules import Module

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

CORE = [rules.read(path, ROOT / "core", ROOT) for path in sorted((ROOT / "core").rglob("*.py"))]
PLUGINS = [rules.read(path, ROOT / "plugins", ROOT) for path in sorted((ROOT / "plugins").rglob("*.py"))]
EXAMPLES = [rules.read(path, path.parent, ROOT) for path in sorted((ROOT / "examples").glob("*/*.py"))]
BY_NAME = {module.name: module for module in CORE}
PACKAGES = {module.name: module for module in (*PLUGINS, *EXAMPLES) if "." not in module.name}
RENDERERS = {name for name, module in PACKAGES.items() if "livereview_renderers" in rules.functions(module)}
RENDERERS |= {"livereview_document"}  # what renderers of documents share keeps their rules
SOURCES = {name for name, module in PACKAGES.items() if "livereview_data_sources" in rules.functions(module)}

#: Findings are sentences with numbers, which are printed as everywhere else.
CHECKERS = {name for name, module in PACKAGES.items() if "livereview_audit_checks" in rules.functions(module)}

PRINTING = ("livereview.printing", "livereview.spreadsheet", "livereview.anchors", "livereview.json_values")
#: Modules of an analysis that use files: another program is asked through them, in a folder of its own.
ASKS_OTHERS = ("livereview_concordance.r_process", "livereview_concordance.metafor_process")
#: Where the core fits and infers.
FITTING = ("scipy", "livereview.fitting", "livereview.inference", "livereview.subsets", "livereview.analysis")
#: Files that are longer than a file should be, each with the reason.
LONG = {
    "core/livereview/report.py": "the types of one tree, which a renderer's author reads as one page",
    "core/livereview/__init__.py": "a line for each public name",
}

Rule = Callable[[Module], Iterator[str]]
not_public = partial(rules.imports_what_is_not_public, public=livereview.__all__)
not_public_to_a_renderer = partial(not_public, also=PRINTING)
not_public_to_a_checker = partial(not_public, also=("livereview.printing",))


def complaints(rule: Rule, modules: Iterable[Module]) -> list[str]:
    """What a rule says about modules, of which there must be some."""
    found = list(modules)
    assert found
    return [said for module in found for said in rule(module)]


# --- imports run one way ------------------------------------------------------------------------------------------


def test_the_core_never_imports_a_plugin() -> None:
    assert complaints(rules.imports_a_plugin, CORE) == []


def test_the_types_that_cross_hooks_import_nothing_of_ours() -> None:
    assert complaints(rules.imports_ours, [BY_NAME["livereview.types"]]) == []


def test_a_plugin_imports_public_names_and_never_another_plugin() -> None:
    others = [module for module in (*PLUGINS, *EXAMPLES) if module.package not in RENDERERS | CHECKERS]
    assert complaints(not_public, others) == []


def test_an_audit_check_may_also_print_numbers() -> None:
    checkers = [module for module in (*PLUGINS, *EXAMPLES) if module.package in CHECKERS]
    assert complaints(not_public_to_a_checker, checkers) == []


def test_a_renderer_may_also_print_as_every_other_part_does() -> None:
    renderers = [module for module in (*PLUGINS, *EXAMPLES) if module.package in RENDERERS]
    assert complaints(not_public_to_a_renderer, renderers) == []


@pytest.mark.parametrize("package", ["livereview.evidence", "livereview.manifest"])
def test_the_store_and_the_manifest_know_no_statistics(package: str) -> None:
    assert package in BY_NAME
    assert list(rules.leads_to(BY_NAME, [package], FITTING)) == []


def test_renderers_compute_no_statistics() -> None:
    assert {"livereview_markdown", "livereview_figures"} <= RENDERERS
    assert complaints(rules.computes_statistics, (m for m in PLUGINS if m.package in RENDERERS)) == []


def test_measures_models_and_tests_read_no_files() -> None:
    analysing = [module for module in (*PLUGINS, *EXAMPLES) if module.package not in RENDERERS | SOURCES]
    assert {"livereview_pooling", "livereview_measures", "livereview_small_study"} <= {m.package for m in analysing}
    assert set(ASKS_OTHERS) <= {m.name for m in analysing}
    assert complaints(rules.reads_files, (m for m in analysing if m.name not in ASKS_OTHERS)) == []


def test_heavy_libraries_are_loaded_by_the_functions_that_need_them() -> None:
    # That loading every plugin loads none of them is tested in end_to_end/test_lazy_imports.py.
    assert complaints(rules.loads_heavy, (*CORE, *PLUGINS, *EXAMPLES)) == []


# --- files and folders --------------------------------------------------------------------------------------------


def test_every_module_says_what_it_is_for() -> None:
    assert complaints(rules.has_no_docstring, (*CORE, *PLUGINS, *EXAMPLES)) == []


def test_every_module_is_named_for_what_it_holds() -> None:
    assert complaints(rules.has_a_vague_name, (*CORE, *PLUGINS, *EXAMPLES)) == []


def test_no_file_is_long_without_a_reason() -> None:
    long = {said.partition(":")[0] for said in complaints(rules.is_too_long, (*CORE, *PLUGINS, *EXAMPLES))}
    assert long == set(LONG)


def test_the_top_of_the_repository_is_the_diagram() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    top = {line.partition("/")[0] for line in tracked.splitlines()}
    folders = {"benchmarks", "core", "docs", "examples", "plugins", "reviews", "tests"}
    files = {"CHANGELOG.md", "README.md", "pyproject.toml"}
    assert {name for name in top if not name.startswith(".")} == folders | files
    assert {line.split("/")[1] for line in tracked.splitlines() if line.startswith("core/")} == {"livereview"}


def test_every_folder_of_plugins_is_a_package_with_an_entry_point() -> None:
    folders = {path.name for path in (ROOT / "plugins").iterdir() if path.name != "__pycache__"}
    assert folders == {module.package for module in PLUGINS} == {m.name for m in PLUGINS if "." not in m.name}
    registered = set(PROJECT["project"]["entry-points"]["livereview"].values())
    assert registered == folders - set(rules.SHARED)
    assert set(PROJECT["tool"]["mypy"]["packages"]) == {"livereview", *folders}


# --- each rule can fail -------------------------------------------------------------------------------------------


def module(text: str, name: str = "livereview_pooling.models") -> Module:
    return Module(name, f"{name.replace('.', '/')}.py", text)


BREACHES: list[tuple[Rule, str, str]] = [
    (rules.imports_a_plugin, "livereview.fits", "import livereview_pooling"),
    (rules.imports_a_plugin, "livereview.fits", "def f():\n    from livereview_estimation.roots import falling_zero"),
    (rules.imports_ours, "livereview.types", "from livereview.errors import ExpectedError"),
    (rules.imports_ours, "livereview.types", "from .errors import ExpectedError"),
    (not_public, "livereview_pooling.models", "from livereview.evidence.store import Store"),
    (not_public, "livereview_pooling.models", "from livereview import evidence"),
    (not_public, "livereview_pooling.models", "from livereview import *"),
    (not_public, "livereview_pooling.models", "import livereview"),
    (not_public, "livereview_pooling.models", "from livereview.types import Studies"),
    (not_public, "livereview_pooling.models", "from livereview.printing import fixed"),
    (not_public, "livereview_pooling.models", "def f():\n    from livereview_measures.ratios import NOTHING"),
    (not_public, "livereview_pooling.models", "if TYPE_CHECKING:\n    import livereview_sheets.grid"),
    (not_public, "livereview_pooling.models", "from importlib import import_module"),
    (not_public, "livereview_pooling.models", "store = __import__('livereview.evidence.store')"),
    (not_public, "livereview_estimation.roots", "from livereview import Array"),
    (not_public_to_a_renderer, "livereview_markdown.cells", "from livereview.fits import Fits"),
    (rules.computes_statistics, "livereview_figures.funnel.funnel", "from scipy import stats"),
    (rules.computes_statistics, "livereview_figures.funnel.funnel", "def f():\n    from scipy.special import ndtri"),
    (rules.computes_statistics, "livereview_figures.funnel.funnel", "from livereview_estimation import pooled"),
    (rules.computes_statistics, "livereview_figures.funnel.funnel", "import statistics"),
    (rules.computes_statistics, "livereview_figures.funnel.funnel", "from statistics import NormalDist, fmean"),
    (rules.computes_statistics, "livereview_figures.funnel.funnel", "from livereview import Report, pool"),
    (rules.reads_files, "livereview_pooling.models", "from pathlib import Path"),
    (rules.reads_files, "livereview_pooling.models", "def f():\n    return open('x').read()"),
    (rules.reads_files, "livereview_pooling.models", "table = np.loadtxt('priors.txt')"),
    (rules.reads_files, "livereview_pooling.models", "def f():\n    import urllib.request"),
    (rules.loads_heavy, "livereview.api", "import pandas as pd"),
    (rules.loads_heavy, "livereview.api", "from scipy import optimize"),
    (rules.loads_heavy, "livereview.api", "try:\n    import matplotlib.pyplot\nexcept ImportError:\n    pass"),
    (rules.loads_heavy, "livereview.api", "class A:\n    from scipy.stats import norm"),
    (rules.loads_heavy, "livereview.api", "if not TYPE_CHECKING:\n    import openpyxl"),
    (rules.loads_heavy, "livereview.api", "if TYPE_CHECKING:\n    pass\nelse:\n    import openpyxl"),
    (rules.has_no_docstring, "livereview.api", "# about nothing\nx = 1"),
    (rules.has_a_vague_name, "livereview.utils", ""),
    (rules.has_a_vague_name, "livereview.helpers.dates", ""),
    (rules.is_too_long, "livereview.api", "\n" * (rules.LONGEST + 1)),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "name", "text"), BREACHES)
def test_a_rule_sees_what_breaks_it(rule: Rule, name: str, text: str) -> None:
    [said] = rule(module(text, name))
    assert said.startswith(f"{name.replace('.', '/')}.py:")


@pytest.mark.parametrize(
    ("rule", "name", "text"),
    [
        (rules.imports_a_plugin, "livereview.fits", "from livereview.plugins import installed"),
        (rules.imports_ours, "livereview.types", "import numpy as np"),
        (not_public, "livereview_pooling.models", "from livereview import Fit, hookimpl\nimport numpy"),
        (not_public, "livereview_pooling.models", "from livereview_estimation.roots import falling_zero"),
        (not_public, "livereview_pooling.models", "from livereview_pooling.two_by_two import tables\nfrom . import a"),
        (not_public_to_a_renderer, "livereview_markdown.cells", "from livereview.printing import fixed"),
        (rules.computes_statistics, "livereview_figures.funnel.funnel", "from livereview import Report\nimport numpy"),
        (rules.computes_statistics, "livereview_figures.funnel.funnel", "from statistics import NormalDist"),
        (rules.reads_files, "livereview_pooling.models", "import math\nx = np.load_balance"),
        (rules.loads_heavy, "livereview.api", "if TYPE_CHECKING:\n    import pandas\ndef f():\n    import pandas"),
        (rules.loads_heavy, "livereview.api", "from scipy.special import ndtri"),
        (rules.has_no_docstring, "livereview.api", '"""What it is for."""'),
        (rules.has_a_vague_name, "livereview_pooling.common_effect", ""),
        (rules.is_too_long, "livereview.api", "\n" * rules.LONGEST),
    ],
)
def test_a_rule_lets_pass_what_is_right(rule: Rule, name: str, text: str) -> None:
    assert list(rule(module(text, name))) == []


def test_a_chain_of_imports_is_followed_to_its_end() -> None:
    def house(between: str, last: str) -> dict[str, Module]:
        texts = {"livereview.manifest.a": "from livereview import b", "livereview.b": between, "livereview.c": last}
        return {name: module(text, name) for name, text in texts.items()}

    far = house("def f():\n    from livereview.c import g", "from scipy.special import ndtri")
    [chain] = rules.leads_to(far, ["livereview.manifest"], FITTING)
    assert chain == "livereview.manifest.a → livereview.b → livereview.c → scipy.special"
    [chain] = rules.leads_to(house("from livereview.fitting import fitted", ""), ["livereview.manifest"], FITTING)
    assert chain == "livereview.manifest.a → livereview.b → livereview.fitting"
    assert list(rules.leads_to(house("import livereview.c", "import numpy"), ["livereview.manifest"], FITTING)) == []
    assert list(rules.leads_to(far, ["livereview.evidence"], FITTING)) == []
