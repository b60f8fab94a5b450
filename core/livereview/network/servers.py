"""The servers that one command asks: connections, turns and patience, shared by all its sources."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from livereview.network.client import Client, Limits
from livereview.network.turns import Clock, Turns


def _silent(said: str) -> None:
    """Shows nothing."""


@dataclass(frozen=True, kw_only=True)
class Servers:
    """Made once per command and given to each Recorder; closed at the end, or used in a ``with``."""

    clock: Clock = field(default_factory=Clock)
    limits: Limits = field(default_factory=Limits)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    """Where the values of secrets are looked up; nothing prints it."""
    waiting: Callable[[str], None] = _silent
    """Told, in words for a person, before a wait of 5 s or more."""
    client: Client = field(init=False)
    turns: Turns = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "client", Client(self.limits, self.clock))
        object.__setattr__(self, "turns", Turns(self.clock, self.waiting))

    def close(self) -> None:
        """Close all connections; a later request opens them again."""
        self.client.close()

    def __enter__(self) -> Servers:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
