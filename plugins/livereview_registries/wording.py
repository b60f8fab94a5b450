"""The registry's words and the review's: patterns of the manifest, and names made of titles where none fits."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping

from livereview import plain_text

_LONGEST = 60
#: Words that the store takes for an empty cell.
_NO_NAMES = frozenset(("na", "nr", "nd", "ne", "nan", "none", "null", "missing", "unknown", "inf", "infinity"))


class Patterns:
    """A mapping of the manifest from patterns to the review's words. Which of them were of use is remembered."""

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self._compiled = {pattern: _compiled(pattern) for pattern in mapping}
        self._words = mapping
        self.used: set[str] = set()

    def word(self, text: str) -> str | None:
        """What the first pattern that fits the whole text stands for; None where none fits."""
        for pattern, compiled in self._compiled.items():
            if compiled.fullmatch(_folded(text)):
                self.used.add(pattern)
                return self._words[pattern]
        return None

    @property
    def unused(self) -> tuple[str, ...]:
        """The patterns that have fitted nothing."""
        return tuple(pattern for pattern in self._words if pattern not in self.used)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in re.split(r"\*+", _folded(pattern))))


def _folded(text: str) -> str:
    return plain_text(text).casefold()


def is_name(text: str) -> bool:
    """Whether a text can be a name: it has two letters or digits, and is no word for an empty cell."""
    return len(re.findall(r"\w", text)) > 1 and re.sub(r"\W", "", text).casefold() not in _NO_NAMES


def name_of(*texts: str) -> str:
    """A name without spaces made of a text: ``overall-survival``. A longer one is cut, and ends in a mark of the whole
    text, so that texts which differ in the last words only have different names."""
    text = plain_text(" ".join(texts))
    letters = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in letters if not unicodedata.combining(sign))
    name = re.sub(r"[^\w]+", "-", letters).strip("-_")
    if not is_name(name) or len(name) > _LONGEST:
        mark = hashlib.sha256(text.encode()).hexdigest()[:6]
        name = f"{name[: _LONGEST - 7].rstrip('-')}-{mark}".lstrip("-")
    return name
