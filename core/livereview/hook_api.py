"""The versions of the contract with plugins: which this livereview has, what a plugin was written for, what goes when.

docs/hook-api.md is the policy. This module imports nothing of ours but ``types``.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import MISSING, Field, dataclass, fields
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path

from livereview.types import HOOK_API, Descriptor

#: The oldest version that a plugin may be written for.
OLDEST_HOOK_API = 1

#: Attribute of a plugin's module: the version that it was written for. Without it the oldest is taken.
ATTRIBUTE = "LIVEREVIEW_HOOK_API"
_WRITTEN = re.compile(rf"^{ATTRIBUTE}\s*(?::[^=\n]+)?=\s*(\d+)", re.MULTILINE)


class HookApiError(Exception):
    """A plugin that was written for a version of the contract that this livereview does not have."""


class HookDeprecation(DeprecationWarning):
    """Something of the contract that is used and goes in a later version."""


@dataclass(frozen=True, kw_only=True)
class Deprecated:
    """A part of the contract that still works, and goes."""

    since: int
    """The HOOK_API from which it is deprecated."""
    gone_in: str
    """The version of livereview in which it will be gone."""
    instead: str
    """What to write in its place."""

    def said(self, name: str) -> str:
        """What an author is told."""
        return f"{name} is deprecated since hook API {self.since} and goes in livereview {self.gone_in}: {self.instead}"


#: By what it is: a public name ("Studies"), a field ("EffectModel.adjusts") or a hook ("livereview_presets").
DEPRECATED: dict[str, Deprecated] = {}


# --- what a plugin was written for -------------------------------------------------------------------------------


def require_supported(declared: object, version: str) -> None:
    """HookApiError unless this livereview, of that version, has the API that a plugin was written for."""
    if isinstance(declared, bool) or not isinstance(declared, int) or declared < 1:
        raise HookApiError(f"{ATTRIBUTE} is {declared!r}; write the hook API it was written for, e.g. {HOOK_API}")
    if declared > HOOK_API:
        raise HookApiError(
            f"written for hook API {declared}, and livereview {version} has {HOOK_API}: "
            "install a newer livereview, or an older version of the plugin"
        )
    if declared < OLDEST_HOOK_API:
        raise HookApiError(
            f"written for hook API {declared}, and livereview {version} has {OLDEST_HOOK_API} to {HOOK_API}: "
            "install a newer version of the plugin, or an older livereview"
        )


def declared_in_source(point: EntryPoint) -> int | None:
    """What the text of a plugin's module declares, for one that cannot be imported; None where that is not known."""
    try:
        spec = find_spec(point.module)
        source = None if spec is None or spec.origin is None else Path(spec.origin).read_text(encoding="utf-8")
    except (Exception, SystemExit):  # whatever keeps it, or the package it is in, from being imported
        return None
    found = _WRITTEN.search(source or "")
    return int(found[1]) if found else None


# --- what goes -----------------------------------------------------------------------------------------------------


def warn_of(name: str, stacklevel: int = 3) -> None:
    """Warn whoever uses a deprecated part of the contract; nothing for all else."""
    if name in DEPRECATED:
        warnings.warn(DEPRECATED[name].said(name), HookDeprecation, stacklevel=stacklevel)


def warn_of_registered(hooks: Iterable[str], descriptors: Iterable[Descriptor]) -> None:
    """Warn of deprecated hooks that a plugin implements, and of deprecated fields that its descriptors set."""
    for hook in hooks:
        warn_of(hook)
    for item in descriptors if DEPRECATED else ():
        for owner, field in _own_fields(item):
            if getattr(item, field.name) != _default(field):
                warn_of(f"{owner}.{field.name}")


@contextmanager
def noted() -> Iterator[list[str]]:
    """Collects what is said of deprecated parts inside, each once; other warnings go on as they are."""
    said: list[str] = []
    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", HookDeprecation)
            yield said
    finally:
        ours = [item for item in caught if issubclass(item.category, HookDeprecation)]
        said += dict.fromkeys(str(item.message) for item in ours)
        for item in caught:
            if item not in ours:
                warnings.warn_explicit(item.message, item.category, item.filename, item.lineno)


def _own_fields(item: Descriptor) -> Iterator[tuple[str, Field[object]]]:
    """Every field of a descriptor with the class that it may be deprecated of."""
    owner = next(base.__name__ for base in type(item).__mro__ if base.__module__.startswith("livereview."))
    for field in fields(item):
        yield owner, field


def _default(field: Field[object]) -> object:
    return field.default_factory() if field.default_factory is not MISSING else field.default
