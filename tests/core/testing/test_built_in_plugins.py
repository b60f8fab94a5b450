"""Every plugin of the installation conforms, but for failures that it declares, each with the reason.

With the default options, to be quick; ``livereview plugins --check livereview`` tries every choice of every option.
"""

from __future__ import annotations

from typing import Any

import pytest

from livereview import DataSource, Descriptor
from livereview.plugins import installed
from livereview.registration import HOOKS
from livereview.testing import checks, conforms, run

BUILT_IN = [
    item.descriptor
    for kind in HOOKS.values()
    for item in installed().of(kind).values()
    if item.provider.distribution == "livereview"
]
#: Kinds whose options are few and whose checks are quick.
EVERY_CHOICE = ("instrument", "trigger", "preset")
#: Raster figures are the drawings of ``svg``, and slow: hostile text is tried on those alone.
SLOW = {"png": "hostile-text", "docx": "hostile-text"}


@pytest.mark.parametrize("plugin", BUILT_IN, ids=lambda plugin: f"{plugin.kind}-{plugin.name}")
def test_a_built_in_plugin_conforms(plugin: Descriptor) -> None:
    quick: dict[str, Any] = {"choices": plugin.kind in EVERY_CHOICE}
    if plugin.name in SLOW:
        quick["only"] = tuple(item.name for item in checks(plugin) if item.name != SLOW[plugin.name])
    conforms(plugin, **quick)


@pytest.mark.parametrize("name", ["RR", "PR"])
def test_a_measure_conforms_with_every_choice_of_its_options(name: str) -> None:
    [plugin] = [plugin for plugin in BUILT_IN if plugin.name == name]
    conforms(plugin)


def test_expected_failures_have_reasons_in_words() -> None:
    reasons = [reason for plugin in BUILT_IN for reason in plugin.expected_failures.values()]
    assert reasons
    assert all(len(reason.split()) >= 5 for reason in reasons)


def test_sources_that_read_files_have_an_example() -> None:
    without = {item.name for item in BUILT_IN if isinstance(item, DataSource) and item.example is None}
    asked = {item.name for item in BUILT_IN if isinstance(item, DataSource) and item.networked}
    assert without == asked | {"clinicaltrials-gov-files", "revman"}


def test_most_checks_can_be_asked_of_most_plugins() -> None:
    [egger] = [plugin for plugin in BUILT_IN if plugin.name == "egger"]
    states = [outcome.state for outcome in run(egger, choices=False)]
    assert set(states) == {"passed"}
    assert len(states) > 15
