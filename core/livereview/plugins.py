"""The plugins: find them, load each on its own, name them, list them, leave out those that are disabled.

A plugin that fails to load is data, not an exception: it is listed with the reason, and it stops a run only where a
manifest needs a name that nobody supplies. Nothing depends on the order in which plugins load.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import Distribution, EntryPoint, distributions
from typing import Any, Generic, Literal, TypeVar

from pydantic_core import to_json

from livereview.hook_api import HookApiError, noted
from livereview.hookspecs import GROUP
from livereview.manifest.words import nearest, printable
from livereview.registration import HOOKS, registered_by
from livereview.types import Descriptor, EffectMeasure, Options

#: Environment variable: entry points to leave out, separated by commas; each as NAME or DISTRIBUTION:NAME.
DISABLE = "LIVEREVIEW_DISABLE"

#: Characters of a reason that are shown.
_LONGEST = 500

D = TypeVar("D", bound=Descriptor)


@dataclass(frozen=True, kw_only=True)
class Provider:
    """Who supplies a plugin."""

    entry_point: str
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.distribution} {self.version} ({self.entry_point})"

    @property
    def address(self) -> str:
        """How to disable this entry point and no other."""
        return f"{self.distribution}:{self.entry_point}"


@dataclass(frozen=True, kw_only=True)
class Registered(Generic[D]):
    """A descriptor with the one who supplies it."""

    descriptor: D
    provider: Provider

    def options(self, given: Mapping[str, Any]) -> Options:
        """The plugin's options from what a manifest or a caller gives; pydantic's ValidationError with each mistake.

        Types are not bent: a text is no number, 1 is not true. An array may become any sequence.
        """
        as_json = to_json(dict(given), inf_nan_mode="constants", fallback=_plain)
        return self.descriptor.options.model_validate_json(as_json, strict=True)


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
        self,
        supplied: Iterable[Registered[Any]],
        set_aside: Iterable[Listed] = (),
        disabled: Collection[str] | None = None,
        warnings: Iterable[str] = (),
    ) -> None:
        """``disabled`` is None where the plugins are not those of the installation."""
        self._supplied = tuple(supplied)
        self._given, self._disabled, self.warnings = tuple(set_aside), disabled, tuple(warnings)
        self._active, self._aliases, clashes = _by_word(self._supplied)
        self._set_aside = [*self._given, *clashes]

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process the plugins are found anew: functions of plugins need not be picklable."""
        if self._disabled is not None:
            return installed, (tuple(sorted(self._disabled)),)
        return Plugins, (self._supplied, self._given, None, self.warnings)

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


# --- names -----------------------------------------------------------------------------------------------------

_Word = tuple[type[Descriptor], str]


def _by_word(
    supplied: tuple[Registered[Any], ...],
) -> tuple[dict[_Word, Registered[Any]], dict[str, str], list[Listed]]:
    """The plugins by kind and name, the aliases of measures, and a line for each name that several supply.

    A name or alias that two supply is used for neither, since choosing one would be a guess.
    """
    claims: dict[_Word, list[Registered[Any]]] = {}
    for item in supplied:
        for word in (item.descriptor.name, *_aliases(item.descriptor)):
            claims.setdefault((_kind(item.descriptor), word), []).append(item)
    active: dict[_Word, Registered[Any]] = {}
    aliases: dict[str, str] = {}
    clashes: list[Listed] = []
    for (kind, word), items in sorted(claims.items(), key=lambda claim: (claim[0][0].kind, claim[0][1])):
        for item in items:
            if len(items) > 1:
                clashes.append(_clash(kind, word, item, items))
            elif item.descriptor.name == word:
                active[kind, word] = item
            else:
                aliases[word] = item.descriptor.name
    usable = {alias: name for alias, name in aliases.items() if (EffectMeasure, name) in active}
    return active, usable, clashes


def _aliases(descriptor: Descriptor) -> tuple[str, ...]:
    return descriptor.aliases if isinstance(descriptor, EffectMeasure) else ()


def _kind(descriptor: Descriptor) -> type[Descriptor]:
    """The kind that a descriptor belongs to, also where its class is a plugin's own."""
    return next(kind for kind in HOOKS.values() if isinstance(descriptor, kind))


def _clash(kind: type[Descriptor], word: str, item: Registered[Any], items: list[Registered[Any]]) -> Listed:
    def claim(other: Registered[Any]) -> str:
        name = other.descriptor.name
        return str(other.provider) if name == word else f"{other.provider} as another name of {name}"

    remedy = " or ".join(f"{DISABLE}={other.provider.address}" for other in items)
    return Listed(
        kind=kind.kind,
        name=word,
        provider=item.provider,
        state="failed",
        reason=f"supplied by {' and by '.join(sorted(map(claim, items)))}, so that neither is used; set {remedy}",
    )


# --- loading ---------------------------------------------------------------------------------------------------


def installed(disabled: Collection[str] = ()) -> Plugins:
    """The plugins of this installation, loaded once for each set of entry points left out.

    ``disabled`` and the variable LIVEREVIEW_DISABLE name entry points to leave out.
    """
    return _installed(frozenset({*disabled, *_from_environment()}))


@lru_cache(maxsize=8)
def _installed(left_out: frozenset[str]) -> Plugins:
    """Loaded without a search for garbage: modules make many objects and no garbage, and each search looks at all."""
    searched = gc.isenabled()
    gc.disable()
    try:
        return loaded(left_out)
    finally:
        if searched:
            gc.enable()


def _from_environment() -> set[str]:
    return {name.strip() for name in os.environ.get(DISABLE, "").split(",") if name.strip()}


def loaded(left_out: Collection[str] = (), points: Iterable[EntryPoint] | None = None) -> Plugins:
    """The plugins of some entry points, all those of the installation by default; those left out are not imported."""
    supplied: list[Registered[Any]] = []
    set_aside: list[Listed] = []
    notes: list[str] = []
    found = list(_entry_points(set_aside) if points is None else points)
    names: set[str] = set()
    for point in sorted(found, key=lambda point: (point.name, point.value)):
        provider = _provider(point)
        names |= {provider.entry_point, provider.address}
        if left_out and {provider.entry_point, provider.address} & set(left_out):
            set_aside.append(_whole(provider, "disabled", f"disabled by the manifest or by {DISABLE}"))
            continue
        try:
            with noted() as deprecations:
                supplied += [Registered(descriptor=item, provider=provider) for item in registered_by(point)]
        except (Exception, SystemExit) as error:  # whatever a stranger's module does, the others still load
            set_aside.append(_whole(provider, "failed", _reason(error)))
        notes += [printable(f"{provider}: {said}.") for said in deprecations]
    warnings = tuple(
        printable(f'{DISABLE} or [plugins] disable names "{name}", which is no entry point here.{nearest(name, names)}')
        for name in sorted(set(left_out) - names)
    )
    return Plugins(supplied, set_aside, left_out if points is None else None, (*notes, *warnings))


def _entry_points(set_aside: list[Listed]) -> Iterator[EntryPoint]:
    """Our entry points of every distribution; one whose list cannot be read is set aside, others' do not matter."""
    seen: set[str] = set()
    for distribution in distributions():
        try:
            if f"[{GROUP}]" not in (distribution.read_text("entry_points.txt") or ""):
                continue
        except (OSError, UnicodeDecodeError):
            continue
        name, version = _identity(distribution)
        if name in seen:  # the first on the path is the one that is imported
            continue
        seen.add(name)
        try:
            yield from distribution.entry_points.select(group=GROUP)
        except Exception as error:
            provider = Provider(entry_point="?", distribution=name, version=version)
            set_aside.append(_whole(provider, "failed", f"its entry_points.txt cannot be read: {error}"))


def _reason(error: BaseException) -> str:
    return str(error) if isinstance(error, HookApiError) else f"{type(error).__name__}: {error}"


def _identity(distribution: Distribution | None) -> tuple[str, str]:
    """Name and version, as far as the distribution has them."""
    try:
        metadata: Any = {} if distribution is None else distribution.metadata
    except Exception:  # a distribution without metadata
        metadata = {}
    return metadata.get("Name") or "unknown distribution", metadata.get("Version") or "?"


def _provider(point: EntryPoint) -> Provider:
    name, version = _identity(point.dist)
    return Provider(entry_point=point.name, distribution=name, version=version)


def _whole(provider: Provider, state: Literal["disabled", "failed"], reason: str) -> Listed:
    told = printable(" ".join(reason.split()))
    shortened = told if len(told) <= _LONGEST else told[: _LONGEST - 3] + "..."
    return Listed(kind="plugin", name=provider.entry_point, provider=provider, state=state, reason=shortened)


def _plain(value: Any) -> Any:
    """What a caller gives that JSON does not know: numbers and arrays of numpy as they are, all else as text."""
    return value.tolist() if hasattr(value, "tolist") else str(value)
