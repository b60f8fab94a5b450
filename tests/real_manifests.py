"""Manifests of the real reviews with other renderers, for tests that look at something else than every file."""

from __future__ import annotations

import re


def with_renderers(text: str, *names: str) -> str:
    """A manifest whose line ``renderers`` names these."""
    listed = ", ".join(f'"{name}"' for name in names)
    changed, lines = re.subn(r"(?m)^renderers = .*$", f"renderers = [{listed}]", text)
    assert lines == 1, f"{lines} lines of renderers"
    return changed
