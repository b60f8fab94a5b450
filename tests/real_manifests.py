"""Manifests of the real reviews with other renderers, for tests that look at something else than every file."""

from __future__ import annotations

import re


def with_renderers(text: str, *renderers: str) -> str:
    """A manifest whose line ``renderers`` has these, each as TOML."""
    changed, lines = re.subn(r"(?m)^renderers = .*$", f"renderers = [{', '.join(renderers)}]", text)
    assert lines == 1, f"{lines} lines of renderers"
    return changed
