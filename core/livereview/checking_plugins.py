"""Installed plugins put to the conformance kit: which ones a name means, and what was found of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from livereview.errors import ExpectedError
from livereview.manifest.words import nearest, printable
from livereview.plugins import Plugins, Provider, Registered
from livereview.registration import HOOKS
from livereview.testing import Outcome, run


@dataclass(frozen=True, kw_only=True)
class Conformance:
    """What the checks found of one plugin."""

    kind: str
    name: str
    provider: Provider
    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> bool:
        """Whether a check failed."""
        return any(outcome.failed for outcome in self.outcomes)

    def number(self, state: str) -> int:
        """How many outcomes are of a state."""
        return sum(outcome.state == state for outcome in self.outcomes)


def named(plugins: Plugins, names: Iterable[str]) -> list[Registered[Any]]:
    """The active plugins that the names mean: of a plugin, an entry point or a distribution, sorted by kind and name.

    ExpectedError for every name that means none, with the near one, or with the reason why it is not active.
    """
    active = [item for kind in HOOKS.values() for item in plugins.of(kind).values()]
    chosen: dict[int, Registered[Any]] = {}
    unknown = []
    for name in names:
        found = [(index, item) for index, item in enumerate(active) if name in _words(item)]
        chosen |= dict(found)
        if not found:
            unknown.append(_why_not(plugins, name, {word for item in active for word in _words(item)}))
    if unknown:
        raise ExpectedError(unknown)
    return sorted(chosen.values(), key=lambda item: (item.descriptor.kind, item.descriptor.name))


def _words(item: Registered[Any]) -> tuple[str, ...]:
    """What a plugin goes by."""
    provider = item.provider
    return (item.descriptor.name, provider.entry_point, provider.distribution, provider.address)


def _why_not(plugins: Plugins, name: str, words: Iterable[str]) -> str:
    for line in plugins.not_active():
        if name in (line.name, line.provider.entry_point, line.provider.distribution, line.provider.address):
            return f"{printable(name)} is {line.state}: {line.reason}"
    near = nearest(name, words)
    return (
        f'No plugin, entry point or distribution is called "{printable(name)}".{near} `livereview plugins` lists them.'
    )


def checked(item: Registered[Any], progress: Callable[[str, int, int], None], choices: bool = True) -> Conformance:
    """What the kit finds of a plugin; with expected failures that name no check, one outcome that says so."""
    descriptor = item.descriptor
    try:
        outcomes = run(descriptor, choices=choices, progress=progress)
    except ValueError as error:
        claim = "Expected failures name checks that there are."
        outcomes = (Outcome(check="expected-failures", claim=claim, state="failed", message=str(error)),)
    return Conformance(kind=descriptor.kind, name=descriptor.name, provider=item.provider, outcomes=outcomes)
