"""Values and names in messages: printable, shortened, the nearest name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any

_LONGEST = 60


def printable(text: str) -> str:
    """The text with control characters, line breaks and invisible characters as escapes, so that it shows as it is."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def nearest(name: str, names: Iterable[str], cutoff: float = 0.6) -> str:
    """' Did you mean "x"?' for the closest of the names, or nothing; case, - and _ do not count.

    ``cutoff`` is the least similarity, 0-1, by difflib.
    """
    folded = {_folded(other): other for other in names}
    close = get_close_matches(_folded(name), folded, n=1, cutoff=cutoff) if len(name) <= _LONGEST else []
    return f' Did you mean "{folded[close[0]]}"?' if close else ""


def _folded(name: str) -> str:
    return name.casefold().replace("_", "-").strip()


def among(names: Iterable[str], limit: int = 30) -> str:
    """The names in words, cut when there are very many."""
    listed = list(names)
    return ", ".join(listed[:limit]) + (f" and {len(listed) - limit} more" if len(listed) > limit else "")


def shown(value: Any) -> str:
    """A value as TOML has it, with its type, shortened: '5 (integer)', '"abc" (text)', 'an array of 3'."""
    if isinstance(value, Mapping):
        return f"a table with {_short(among(map(str, value), 5))}" if value else "an empty table"
    if isinstance(value, list | tuple):
        return f"an array of {len(value)}"
    if isinstance(value, str):
        return f'"{_short(value)}" (text)'
    if isinstance(value, bool):
        return f"{str(value).lower()} (boolean)"
    types = {int: "integer", float: "number", date: "date", datetime: "date and time", time: "time"}
    return f"{_short(str(value))} ({types.get(type(value), type(value).__name__)})"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
