"""What another program answers: its numbers, and what it has none for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from livereview_concordance.quantities import Numbers

#: The other programs, in the order of the tables.
ENGINES = ("metafor", "statsmodels")


class EngineAbsent(Exception):
    """The program is not there or cannot be run; the message says why and how to get it."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One program's numbers for an outcome."""

    engine: str
    version: str
    """The program with its version, as printed."""
    numbers: Numbers
    missing: Mapping[str, str] = field(default_factory=dict)
    """Quantities that are not compared: by key, why."""
    remarks: tuple[str, ...] = ()
    """What the program said of its own accord, and how it was asked."""


@dataclass(frozen=True, kw_only=True)
class Switch:
    """A choice switched on one side, with the numbers that result: where both then agree, it explains the gap."""

    words: str
    """Which choice, and what becomes of the gap."""
    ours: Numbers
    theirs: Numbers
    only: tuple[str, ...] = ()
    """The quantities that the choice can explain; empty = any."""
