"""Broken plugins: pieces with one planted defect each, beside the correct piece that they were made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from livereview import Descriptor


@dataclass(frozen=True, kw_only=True, eq=False)
class Broken:
    """A plugin with a planted defect, and its correct twin."""

    defect: str
    """What is wrong, in a few words; the id of its test."""
    plugin: Descriptor
    twin: Descriptor
    given: Mapping[str, Any] = field(default_factory=dict)
    """What ``run`` is given beside the plugin: the example of a source."""


def everything() -> tuple[Broken, ...]:
    """All broken pieces, kind by kind."""
    import broken_audits
    import broken_measures
    import broken_models
    import broken_others
    import broken_tests

    modules = (broken_models, broken_measures, broken_tests, broken_others, broken_audits)
    return tuple(piece for module in modules for piece in module.BROKEN)
