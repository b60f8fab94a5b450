"""When two numbers, or two studies, are more alike than chance allows, and what a manifest says of such studies.

Shared by the selection, the warnings of an update and audit checks. Imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

#: People; smaller arms have the same counts too often.
BY_CHANCE = 20


def telling(row: Mapping[str, Any]) -> bool:
    """Whether two trials hardly have this number by chance: a count of some size, or an estimate with limits."""
    counted = (row.get("events") or 0) > 1 and (row.get("n") or 0) > BY_CHANCE
    return counted or (row.get("estimate") is not None and row.get("ci_low") is not None)


def named_together(pair: Collection[str], lists: Iterable[Collection[str]]) -> bool:
    """Whether one of the lists holds every study of the pair."""
    return any(set(pair) <= set(studies) for studies in lists)
