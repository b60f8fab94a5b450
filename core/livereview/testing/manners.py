"""Checks of every kind: what a plugin says of itself."""

from __future__ import annotations

from livereview.testing.check import Subject, check, fail
from livereview.types import Descriptor


@check(Descriptor)
def described(plugin: Subject[Descriptor]) -> None:
    """The summary is one line that ends with a full stop, and every option is described."""
    summary = plugin.plugin.summary
    if not summary.strip() or "\n" in summary or not summary.endswith("."):
        fail(f"the summary is {summary!r}")
    for name, field in plugin.plugin.options.model_fields.items():
        if not (field.description or "").strip():
            fail(f"the option {name} has no description: Field(description=...)")
