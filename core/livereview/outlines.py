"""What a source can say of a review that others made: enough for a manifest to start from, and nothing decided.

``livereview new --from FILE`` writes the manifest; a person reads it before it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class OutlinedOutcome:
    """One analysis of the review as an outcome of a manifest. Fields are the manifest's keys; empty = not said."""

    id: str
    title: str
    result: str
    """Outcome code of the rows that the source brings."""
    group: str = ""
    note: str = ""
    unit: str = ""
    population: tuple[str, ...] = ()
    experimental: tuple[str, ...] = ()
    control: tuple[str, ...] = ()
    favours: tuple[str, ...] = ()
    measure: str
    measure_options: Mapping[str, Any] = field(default_factory=dict)
    model: str
    model_options: Mapping[str, Any] = field(default_factory=dict)
    level: float = 0.95
    prediction: str = "none"
    i2: str = "Q"
    subgroups: Mapping[str, str] = field(default_factory=dict)
    """Name of each subgroup = its population; empty = no division."""


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A review as a source finds it in a file."""

    title: str
    outcomes: tuple[OutlinedOutcome, ...]
    left_out: tuple[str, ...] = ()
    """Analyses that no outcome stands for, each with the reason: a sentence without line breaks."""
