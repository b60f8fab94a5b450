"""The eleven hooks: their examples run, the page on them says what the code says, each has a built-in plugin."""

from __future__ import annotations

import ast
import doctest
import inspect
import re
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import livereview
from livereview import (
    audited,
    audits,
    certainty,
    further,
    hookspecs,
    instruments,
    rated,
    renderers,
    sources,
    triggers,
    types,
)
from livereview.manifest.jsonschema import own_plugins
from livereview.registration import HOOKS, TAKEN
from livereview.types import Descriptor, EffectModel, Studies

PAGE = (Path(__file__).parents[2] / "docs" / "hooks.md").read_text(encoding="utf-8")
SPECS: dict[str, Callable[..., Any]] = {
    name: function for name, function in vars(hookspecs).items() if name.startswith("livereview_")
}
EXAMPLES = {test.name.rsplit(".", 1)[-1]: test for test in doctest.DocTestFinder().find(hookspecs) if test.examples}

#: Written in words on the page, since the code of the default says nothing to a reader.
IN_WORDS = {"progress": "does nothing", "back_transform": "the identity", "shown": "the identity"}


def test_there_are_eleven_hooks_and_each_returns_one_kind() -> None:
    assert set(SPECS) == set(HOOKS) == set(EXAMPLES)
    assert len(SPECS) == 11
    for name, function in SPECS.items():
        assert inspect.signature(function).parameters == {}
        assert inspect.signature(function).return_annotation == f"Iterable[{HOOKS[name].__name__}]"


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_example_of_every_hook_runs(name: str) -> None:
    result = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF).run(EXAMPLES[name])
    assert result.attempted >= 3
    assert result.failed == 0


@pytest.mark.parametrize("name", sorted(HOOKS))
def test_every_hook_has_a_built_in_implementation(name: str) -> None:
    assert own_plugins().of(HOOKS[name])


def test_no_hook_is_asked_for_its_first_result_only() -> None:
    options = [getattr(function, "livereview_spec", None) for function in SPECS.values()]
    assert all(option is not None and not option["firstresult"] for option in options)


# --- the page ----------------------------------------------------------------------------------------------------


def sections(page: str) -> dict[str, str]:
    """The text of each section by its heading."""
    return dict(re.findall(r"(?ms)^## (.*?)\n(.*?)(?=^## |\Z)", page))


def test_every_hook_has_a_section_with_its_signature_and_no_other_has() -> None:
    headings = [heading for heading in sections(PAGE) if "livereview_" in heading]
    assert headings == [f"`{name}() -> {function.__annotations__['return']}`" for name, function in SPECS.items()]


def tables(page: str) -> dict[str, list[list[str]]]:
    """The rows of each table of fields, by the class that is named last before it."""
    found: dict[str, list[list[str]]] = {}
    current = ""
    for line in page.splitlines():
        heading = re.match(r"## `\w+\(\) -> Iterable\[(\w+)\]`|`(\w+)`, ", line)
        if line == "## What every descriptor has":
            current = "Descriptor"
        elif heading:
            current = heading[1] or heading[2]
        elif line.startswith("| `"):
            cells = re.split(r"(?<!\\) \| ", line.removeprefix("| ").removesuffix(" |"))
            found.setdefault(current, []).append([cell.replace("\\|", "|") for cell in cells])
    return found


def crossing() -> dict[str, type]:
    """Every class that crosses a hook: the descriptors, and what their functions get and return."""
    given = [
        cls
        for module in (types, sources, further, instruments, certainty, audits, triggers, renderers)
        for cls in vars(module).values()
        if inspect.isclass(cls) and cls.__module__ == module.__name__
    ]
    given += [rated.AbsoluteEffect, rated.DomainJudgement]  # of what reports say of certainty, these two
    given += [audited.AuditCode, audited.AuditFinding, audited.AuditPlace]
    return {cls.__name__: cls for cls in given if hasattr(cls, "__dataclass_fields__")}


def default_of(item: Field[Any]) -> str:
    if item.name in IN_WORDS and item.default is not MISSING:
        return IN_WORDS[item.name]
    if item.default_factory is not MISSING:
        return f"`{item.default_factory()!r}`"
    if item.default is MISSING:
        return "required"
    return f"`{item.default.__name__ if inspect.isclass(item.default) else repr(item.default)}`"


def test_every_field_that_crosses_a_hook_is_on_the_page_with_its_type_and_default() -> None:
    found = tables(PAGE)
    assert set(found) == set(crossing())
    for name, cls in crossing().items():
        inherited = (
            {item.name for item in fields(Descriptor)}
            if cls is not Descriptor and issubclass(cls, Descriptor)
            else set()
        )
        own = [item for item in fields(cls) if item.name not in inherited]
        expected = [[f"`{item.name}`", f"`{_unquoted(item.type)}`", default_of(item)] for item in own]
        assert [row[:3] for row in found[name]] == expected, name
        assert all(row[3] for row in found[name]), name


def _unquoted(annotation: Any) -> str:
    """An annotation as ``ast`` writes it, so that quotes of one sort are compared."""
    return ast.unparse(ast.parse(annotation, mode="eval"))


def test_every_class_on_the_page_can_be_imported_from_livereview() -> None:
    assert set(crossing()) <= set(livereview.__all__)
    assert {"Options", "PluginError", "hookimpl", "HOOK_API"} <= set(livereview.__all__)


def test_the_page_names_the_keys_that_no_option_may_have() -> None:
    words = {key for keys in TAKEN.values() for key in keys}
    text = sections(PAGE)["What every descriptor has"]
    assert words == {"name", "plugin", "measure"}
    assert all(f"`{word}`" in text for word in words)


def test_the_page_knows_the_version_of_the_contract() -> None:
    assert f"`HOOK_API` {livereview.HOOK_API} " in PAGE


def test_the_example_on_the_page_is_a_plugin() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    (model,) = names["livereview_effect_models"]()
    assert isinstance(model, EffectModel)
    studies = Studies(effect=np.array([1.0, 3.0]), variance=np.array([1.0, 1.0]), present=np.array([True, True]))
    fit = model.fit(studies, model.options())
    assert float(fit.estimate) == 2.0
    assert fit.weights.tolist() == [0.5, 0.5]
