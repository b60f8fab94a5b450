"""One call of a plugin on made-up input, of every kind: what the checks of manners repeat and watch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from livereview.testing.catalogue import kind_of
from livereview.testing.check import Subject
from livereview.types import PluginError

#: Module of this package with ``trials(subject)``, by kind.
_MODULES = {
    "effect-model": "models",
    "effect-measure": "measures",
    "bias-test": "bias_tests",
    "analysis": "analyses",
    "data-source": "sources",
    "renderer": "renderers",
    "trigger": "triggers",
    "certainty-domain": "certainty_domains",
    "audit-check": "audit_checks",
    "preset": "presets",
    "instrument": "instruments",
}


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A call that can be repeated: ``call(make())``, the input made afresh each time."""

    name: str
    make: Callable[[], Any]
    call: Callable[[Any], Any]

    def result(self, given: Any = None) -> Any:
        """What the plugin returns, or what it says where it refuses."""
        try:
            return self.call(self.make() if given is None else given)
        except PluginError as error:
            return f"PluginError: {error}"


def trials_of(subject: Subject[Any]) -> tuple[Trial, ...]:
    """The trials of a plugin, the smallest first."""
    module = import_module(f"livereview.testing.{_MODULES[kind_of(subject.plugin).kind]}")
    found: tuple[Trial, ...] = module.trials(subject)
    return found
