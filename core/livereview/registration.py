"""What one entry point registers, checked before anything is made of it: hooks, descriptors, names, options.

Any exception from here means that the whole entry point is left out; its text is the reason that people see.
"""

from __future__ import annotations

import dataclasses
import re
import sys
import typing
from collections.abc import Mapping
from contextlib import redirect_stdout
from functools import cache
from importlib.metadata import EntryPoint
from typing import Any

import pluggy
from pydantic import TypeAdapter, ValidationError

import livereview
from livereview import hookspecs
from livereview.audits import AuditCheck
from livereview.certainty import CertaintyDomain
from livereview.further import FurtherAnalysis, Preset
from livereview.hook_api import (
    ATTRIBUTE,
    OLDEST_HOOK_API,
    HookApiError,
    declared_in_source,
    require_supported,
    warn_of_registered,
)
from livereview.instruments import Instrument
from livereview.manifest.words import among, nearest
from livereview.renderers import Renderer
from livereview.sources import DataSource
from livereview.triggers import Trigger
from livereview.types import BiasTest, Descriptor, EffectMeasure, EffectModel

HOOKS: Mapping[str, type[Descriptor]] = {
    "livereview_data_sources": DataSource,
    "livereview_instruments": Instrument,
    "livereview_effect_measures": EffectMeasure,
    "livereview_effect_models": EffectModel,
    "livereview_bias_tests": BiasTest,
    "livereview_further_analyses": FurtherAnalysis,
    "livereview_presets": Preset,
    "livereview_certainty_domains": CertaintyDomain,
    "livereview_audit_checks": AuditCheck,
    "livereview_triggers": Trigger,
    "livereview_renderers": Renderer,
}

#: Keys that a manifest has beside the options of a plugin, so that no option can have their names.
TAKEN: Mapping[type[Descriptor], tuple[str, ...]] = {
    DataSource: ("plugin",),
    Instrument: (),
    EffectMeasure: ("name",),
    EffectModel: ("name",),
    BiasTest: ("name", "measure"),
    FurtherAnalysis: ("name",),
    Preset: ("name",),
    CertaintyDomain: ("name",),
    AuditCheck: ("name",),
    Trigger: ("name",),
    Renderer: ("plugin",),
}

_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*")


def registered_by(point: EntryPoint) -> list[Descriptor]:
    """The descriptors of one entry point. What its modules print goes to stderr: stdout is for results.

    Where a plugin fails and was written for another version of the hooks, that is the reason.
    """
    with redirect_stdout(sys.stderr):
        try:
            return _registered_by(point)
        except HookApiError:
            raise
        except (Exception, SystemExit):
            declared = declared_in_source(point)
            if declared is not None:
                require_supported(declared, livereview.__version__)
            raise


def _registered_by(point: EntryPoint) -> list[Descriptor]:
    manager = pluggy.PluginManager(hookspecs.GROUP)
    manager.add_hookspecs(hookspecs)
    if not EntryPoint.pattern.match(point.value):
        raise ValueError(f"the entry point leads to {point.value!r}, which cannot be a module")
    plugin = point.load()
    require_supported(getattr(plugin, ATTRIBUTE, OLDEST_HOOK_API), livereview.__version__)
    manager.register(plugin, name=point.name)
    callers = manager.get_hookcallers(plugin) or ()
    for caller in callers:
        if not caller.has_spec():
            raise TypeError(f"there is no hook {caller.name}.{nearest(caller.name, HOOKS)} Hooks: {among(HOOKS)}")
    found = [item for hook in HOOKS for item in _returned(manager, hook)]
    if not found:
        raise TypeError(
            "it registers nothing: no hook of livereview is implemented with @hookimpl and returns something"
        )
    _distinct(found)
    warn_of_registered((caller.name for caller in callers), found)
    return found


def _returned(manager: pluggy.PluginManager, hook: str) -> list[Descriptor]:
    """What the plugin's implementations of one hook return, checked."""
    found: list[Descriptor] = []
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        try:
            returned: Any = implementation.function()
            listed = list(returned)
        except (Exception, SystemExit) as error:
            raise RuntimeError(f"{hook} raised {type(error).__name__}: {error}") from error
        for item in listed:
            _check(item, hook, HOOKS[hook])
        found += listed
    return found


def _check(item: object, hook: str, kind: type[Descriptor]) -> None:
    """Refuse a descriptor that could not be used: a wrong class, field or name, an option that nobody could give."""
    if not isinstance(item, kind):
        raise TypeError(f"{hook} must return {kind.__name__} objects, found {type(item).__name__}")
    for name, (hint, field) in _fields(hook).items():
        value = getattr(item, name)
        try:
            field.validate_python(value, strict=True)
        except ValidationError:
            shown = hint.__name__ if isinstance(hint, type) else re.sub(r"\b\w+\.(?=\w)", "", str(hint))
            raise TypeError(f"{hook} returned {item.name!r} with {name} = {value!r}, which is not {shown}") from None
    pattern, style = (_CODE, "an upper-case code") if kind is EffectMeasure else (_KEBAB, "a kebab-case name")
    if not pattern.fullmatch(item.name):
        raise ValueError(f"{hook} returned the name {item.name!r}: write {style}")
    options = {name: field.alias or name for name, field in item.options.model_fields.items()}
    taken = sorted(set(options.values()) & set(TAKEN[kind]))
    if taken:
        raise ValueError(f"{item.name} has the option {taken[0]}, which is a key of the manifest: rename the option")


@cache
def _fields(hook: str) -> dict[str, tuple[Any, TypeAdapter[Any]]]:
    """The type of every field of the descriptors that a hook returns, with what checks it."""
    hints = typing.get_type_hints(HOOKS[hook])
    return {
        field.name: (hints[field.name], TypeAdapter(hints[field.name])) for field in dataclasses.fields(HOOKS[hook])
    }


def _distinct(found: list[Descriptor]) -> None:
    """Refuse an entry point that supplies one name twice."""
    seen: set[tuple[str, str]] = set()
    for item in found:
        words = [item.name, *(item.aliases if isinstance(item, EffectMeasure) else ())]
        for word in words:
            if (item.kind, word) in seen:
                raise ValueError(f"it supplies the {item.kind} {word!r} twice")
            seen.add((item.kind, word))
