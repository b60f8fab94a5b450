"""How studies are named in tables and notes."""

from __future__ import annotations

from collections.abc import Iterable

from livereview import Studies


def study_names(studies: Studies) -> tuple[str, ...]:
    """The labels, or "study 1", "study 2" ... where there are none."""
    return studies.labels or tuple(f"study {i + 1}" for i in range(studies.present.shape[-1]))


def listed(names: Iterable[str], of: int) -> str:
    """Names in words; "each study" for all of them."""
    names = list(names)
    return "each study" if len(names) == of else ", ".join(names)
