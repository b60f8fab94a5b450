"""Presets: the choices that other programs and guidelines make, each under one name."""

from __future__ import annotations

from livereview import Preset, hookimpl
from livereview_presets.programs import COCHRANE_2025, META, METAFOR, REVMAN5, STATA_METAN, STATA_METAN_EXACT

__all__ = ["COCHRANE_2025", "META", "METAFOR", "REVMAN5", "STATA_METAN", "STATA_METAN_EXACT"]


@hookimpl
def livereview_presets() -> list[Preset]:
    """The presets of this package."""
    return [COCHRANE_2025, META, METAFOR, REVMAN5, STATA_METAN, STATA_METAN_EXACT]
