"""The plugins: find them, load each on its own, name them, list them, leave out those that are disabled.

A plugin that fails to load is data, not an exception: it is listed with the reason, and it stops a run only where a
manifest needs a name that nobody supplies. Nothing depends on the order in which plugins load.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, Literal, TypeVar

import pluggy

from livereview import hookspecs
from livereview.report import Renderer
from livereview.types import BiasTest, DataSource, Descriptor, EffectMeasure, EffectModel

#: Environment variable: entry points to leave out, separated by commas.
DISABLE = "LIVEREVIEW_DISABLE"

HOOKS: Mapping[str, type[Descriptor]] = {
    "livereview_data_sources": DataSource,
    "livereview_effect_measures": EffectMeasure,
    "livereview_effect_models": EffectModel,
    "livereview_bias_tests": BiasTest,
    "livereview_renderers": Renderer,
}
_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*")

D = TypeVar("D", bound=Descriptor)


@dataclass(frozen=True, kw_only=True)
class Provider:
    """Who supplies a plugin."""

    entry_point: str
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.distribution} {self.version} ({self.entry_point})"


@dataclass(frozen=True, kw_only=True)
class Registered(Generic[D]):
    """A descriptor with the one who supplies it."""

    descriptor: D
    provider: Provider


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One line of ``livereview plugins``."""

    kind: str
    name: str
    provider: Provider
    state: Literal["active", "disabled", "failed"]
    reason: str = ""
    summary: str = ""


class Plugins:
    """All plugins of one installation, by kind and name."""

    def __init__(
        self, supplied: Iterable[Registered[Any]], set_aside: Iterable[Listed] = (), disabled: Collection[str] = ()
    ) -> None:
        self._disabled = tuple(sorted(disabled))
        by_key: dict[tuple[type[Descriptor], str], list[Registered[Any]]] = {}
        for item in supplied:
            by_key.setdefault((type(item.descriptor), item.descriptor.name), []).append(item)
        self._active = {key: items[0] for key, items in sorted(by_key.items(), key=_by_name) if len(items) == 1}
        self._set_aside = [*set_aside, *(line for items in by_key.values() if len(items) > 1 for line in _clash(items))]
        self._aliases = self._measure_aliases()

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process the plugins are found anew: functions of plugins need not be picklable."""
        return installed, (self._disabled,)

    def _measure_aliases(self) -> dict[str, str]:
        aliases: dict[str, str] = {}
        for name, item in self.of(EffectMeasure).items():
            aliases.update(
                {alias: name for alias in item.descriptor.aliases if (EffectMeasure, alias) not in self._active}
            )
        return aliases

    def of(self, kind: type[D]) -> dict[str, Registered[D]]:
        """The active plugins of one kind by name, sorted by name."""
        return {name: item for (of_kind, name), item in self._active.items() if of_kind is kind}

    def find(self, kind: type[D], name: str) -> Registered[D] | None:
        """The plugin of that kind and name (or, for measures, alias); None if nobody supplies it."""
        found = self._active.get((kind, name))
        if found is None and kind is EffectMeasure:
            found = self._active.get((kind, self._aliases.get(name, "")))
        return found

    def names(self, kind: type[Descriptor]) -> list[str]:
        """Every name that a manifest may use for that kind, aliases of measures included."""
        return [*self.of(kind), *(sorted(self._aliases) if kind is EffectMeasure else ())]

    def listed(self) -> list[Listed]:
        """Every plugin, active or not, sorted by kind and name."""
        active = [
            Listed(kind=kind.kind, name=name, provider=item.provider, state="active", summary=item.descriptor.summary)
            for (kind, name), item in self._active.items()
        ]
        return sorted([*active, *self._set_aside], key=lambda line: (line.kind, line.name, str(line.provider)))

    def not_active(self) -> list[Listed]:
        """Plugins that are disabled or failed to load."""
        return [line for line in self.listed() if line.state != "active"]


@lru_cache(maxsize=8)
def installed(disabled: tuple[str, ...] = ()) -> Plugins:
    """The plugins of this installation, loaded once for each set of disabled entry points."""
    return loaded(disabled)


def loaded(disabled: Collection[str] = (), points: Iterable[EntryPoint] | None = None) -> Plugins:
    """All installed plugins. ``disabled`` and the variable LIVEREVIEW_DISABLE name entry points to leave out."""
    left_out = {*disabled, *(name.strip() for name in os.environ.get(DISABLE, "").split(",") if name.strip())}
    supplied: list[Registered[Any]] = []
    set_aside: list[Listed] = []
    if points is None:
        points = entry_points(group=hookspecs.GROUP)
    for point in sorted(points, key=lambda point: (point.name, point.value)):
        provider = _provider(point)
        if point.name in left_out:
            set_aside.append(_whole(provider, "disabled", "disabled by the manifest or by " + DISABLE))
            continue
        try:
            supplied += [Registered(descriptor=item, provider=provider) for item in _descriptors(point)]
        except (Exception, SystemExit) as error:  # whatever a stranger's module does, the others still load
            set_aside.append(_whole(provider, "failed", f"{type(error).__name__}: {error}"))
    return Plugins(supplied, set_aside, disabled)


def _descriptors(point: EntryPoint) -> list[Descriptor]:
    """What one entry point registers; any exception means that the whole entry point is left out."""
    manager = pluggy.PluginManager(hookspecs.GROUP)
    manager.add_hookspecs(hookspecs)
    manager.register(point.load(), name=point.name)
    manager.check_pending()
    found: list[Descriptor] = []
    for hook, kind in HOOKS.items():
        for implementation in getattr(manager.hook, hook).get_hookimpls():
            returned = list(implementation.function())
            for item in returned:
                _check(item, hook, kind)
            found += returned
    if not found:
        raise TypeError("it registers nothing: no hook of livereview is implemented with @hookimpl")
    return found


def _check(item: object, hook: str, kind: type[Descriptor]) -> None:
    if not isinstance(item, kind):
        raise TypeError(f"{hook} must return {kind.__name__} objects, found {type(item).__name__}")
    pattern, style = (_CODE, "upper-case code") if kind is EffectMeasure else (_KEBAB, "kebab-case name")
    if not pattern.fullmatch(item.name):
        raise ValueError(f"{hook} returned the name {item.name!r}: write a {style}")


def _provider(point: EntryPoint) -> Provider:
    distribution = point.dist
    return Provider(
        entry_point=point.name,
        distribution=distribution.name if distribution else "unknown distribution",
        version=distribution.version if distribution else "?",
    )


def _whole(provider: Provider, state: Literal["disabled", "failed"], reason: str) -> Listed:
    return Listed(kind="plugin", name=provider.entry_point, provider=provider, state=state, reason=reason)


def _clash(items: list[Registered[Any]]) -> list[Listed]:
    """Two suppliers of one name: neither is used, since choosing one would be a guess."""
    everyone = " and ".join(sorted(str(item.provider) for item in items))
    reason = f"the name is supplied by {everyone}; disable one entry point with {DISABLE}=name"
    return [
        Listed(
            kind=item.descriptor.kind, name=item.descriptor.name, provider=item.provider, state="failed", reason=reason
        )
        for item in items
    ]


def _by_name(entry: tuple[tuple[type[Descriptor], str], Any]) -> tuple[str, str]:
    (kind, name), _ = entry
    return kind.kind, name
