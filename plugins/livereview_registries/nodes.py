"""A place in a JSON document that others wrote: what is there is read, what is odd is named with its pointer.

Nothing raises. A value of the wrong kind is as if it were not there, and stands in ``odd``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from livereview import plain_text
from livereview_registries.figures import people

_ESCAPED_SIGN = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, kw_only=True)
class Oddity:
    """One value that could not be used: where it stands, what it is, and what is wrong with it."""

    path: str
    found: str
    message: str


@dataclass(frozen=True)
class Node:
    """A value with the JSON pointer to it. ``odd`` is one list for the whole document."""

    value: Any
    path: str = ""
    odd: list[Oddity] = field(default_factory=list)

    def at(self, *keys: str) -> Node:
        """The value behind these keys; that of a missing one is None."""
        node = self
        for key in keys:
            inner = node._fields().get(key)
            node = Node(inner, f"{node.path}/{_escaped(key)}", self.odd)
        return node

    def text(self, key: str, *, prose: bool = False) -> str:
        """Text behind a key; a number as it is written; "" where there is none."""
        node = self.at(key)
        if node.value is None:
            return ""
        if isinstance(node.value, bool | dict | list):
            node.name("is no text")
            return ""
        return plain_text(str(node.value), prose=prose)

    def markup(self, key: str, *, prose: bool = False) -> str:
        """Text that the registry writes in Markdown, without the backslashes before its signs (``\\>5`` is ``>5``)."""
        return _ESCAPED_SIGN.sub(r"\1", self.text(key, prose=prose))

    def whole(self, key: str) -> int | None:
        """A whole number of people behind a key, also where it is written as text; None where there is none."""
        node = self.at(key)
        if node.value is None:
            return None
        found = None
        if isinstance(node.value, str | int) and not isinstance(node.value, bool):
            found = people(str(node.value))
        if found is None:
            node.name("is no whole number of people")
        return found

    def items(self, *keys: str) -> Iterator[Node]:
        """The entries of the list behind these keys that are objects."""
        node = self.at(*keys)
        if node.value is None:
            return
        if not isinstance(node.value, list):
            node.name("is no list")
            return
        for index, entry in enumerate(node.value):
            item = Node(entry, f"{node.path}/{index}", self.odd)
            if isinstance(entry, dict):
                yield item
            else:
                item.name("is no object")

    def texts(self, *keys: str) -> tuple[str, ...]:
        """The entries of the list behind these keys that are text."""
        value = self.at(*keys).value
        if value is not None and not isinstance(value, list):
            self.at(*keys).name("is no list")
            return ()
        return tuple(plain_text(entry) for entry in value or () if isinstance(entry, str))

    def name(self, message: str) -> None:
        """Put this place on the list of oddities."""
        self.odd.append(Oddity(path=self.path, found=plain_text(repr(self.value))[:60], message=message))

    def _fields(self) -> dict[str, Any]:
        if isinstance(self.value, dict):
            return self.value
        if self.value is not None and not any(odd.path == self.path for odd in self.odd):
            self.name("is no object")
        return {}


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
