"""Every check of the kit, by the kind that it is for; the modules load when a kind is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from livereview.registration import HOOKS
from livereview.testing.check import Check
from livereview.types import Descriptor

#: Modules of this package that hold the checks of each kind, by ``Descriptor.kind``.
_MODULES: Mapping[str, tuple[str, ...]] = {
    "effect-measure": ("measures", "measure_principles"),
    "effect-model": ("models", "model_batches", "model_principles"),
    "bias-test": ("bias_tests",),
    "analysis": ("analyses",),
    "preset": ("presets",),
    "instrument": ("instruments",),
    "trigger": ("triggers",),
    "data-source": ("sources",),
    "renderer": ("renderers",),
    "certainty-domain": ("certainty_domains",),
    "audit-check": ("audit_checks",),
}


def kind_of(descriptor: Descriptor) -> type[Descriptor]:
    """The kind that a descriptor belongs to, also where its class is a plugin's own; TypeError where it is none."""
    for kind in HOOKS.values():
        if isinstance(descriptor, kind):
            return kind
    raise TypeError(f"{type(descriptor).__name__} is no descriptor of livereview")


def checks_of(kind: type[Descriptor]) -> tuple[Check, ...]:
    """The checks of a kind, the simplest first."""
    return _checks_of(kind.kind)


@cache
def _checks_of(kind: str) -> tuple[Check, ...]:
    modules = [import_module(f"livereview.testing.{name}") for name in (*_MODULES[kind], "manners")]
    return tuple(item for module in modules for item in vars(module).values() if isinstance(item, Check))
