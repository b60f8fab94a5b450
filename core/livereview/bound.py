"""A plugin bound to its options, and the wall around it: what goes wrong inside a plugin fails its section only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from livereview.errors import ExpectedError
from livereview.manifest.models import Choice
from livereview.plugins import Plugins, Provider
from livereview.report import Failure
from livereview.types import Descriptor, Options, PluginError

D = TypeVar("D", bound=Descriptor)


@dataclass(frozen=True, kw_only=True)
class Bound(Generic[D]):
    """A descriptor with validated options and the one who supplies it."""

    plugin: D
    options: Options
    provider: Provider

    @property
    def name(self) -> str:
        return self.plugin.name

    def choices(self) -> dict[str, str]:
        """Every option, given or default, in words."""
        return {
            key: _plain(value) for key, value in self.options.model_dump().items() if value not in (None, (), [], {})
        }

    def words(self) -> str:
        """Name and options: "random-effects (tau2 = REML, ...)"."""
        listed = ", ".join(f"{key} = {value}" for key, value in self.choices().items())
        return f"{self.name} ({listed})" if listed else self.name


def bound(plugins: Plugins, kind: type[D], choice: Choice) -> Bound[D]:
    """The plugin that a choice names, with its options; ExpectedError if nobody supplies it."""
    registered = plugins.find(kind, choice.name)
    if registered is None:
        raise ExpectedError(f'no {kind.kind} is called "{choice.name}"; `livereview plugins` lists those there are')
    options = registered.options(choice.options)
    return Bound(plugin=registered.descriptor, options=options, provider=registered.provider)


class SectionFailed(Exception):
    """A plugin failed; carries what the report says about it."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(f"{failure.section}: {failure.message}")


@contextmanager
def section(name: str, used: Bound[Any]) -> Iterator[None]:
    """Turns whatever a plugin raises into SectionFailed, attempts to exit included; Ctrl-C passes."""
    try:
        yield
    except SectionFailed:
        raise
    except (Exception, SystemExit) as error:
        message = str(error) if isinstance(error, PluginError) and str(error) else f"{type(error).__name__}: {error}"
        failure = Failure(section=name, plugin=used.name, provider=str(used.provider), message=message)
        raise SectionFailed(failure) from error


def _plain(value: Any) -> str:
    """A value in words, with the digits that it was given with."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {_plain(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return f"{value:.15g}" if isinstance(value, float) else str(value)
