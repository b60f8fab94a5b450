"""Where each key of a TOML file stands, so that a message can name the line.

``tomllib`` reads values but forgets lines. This walks the text once and notes the line of every table header, key and
array element, also inside inline tables; it does not validate: the text has already been parsed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_PIECE = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_STRING = re.compile(
    r'''"""(?:[^\\]|\\.)*?"""(?:"{0,2})|\'\'\'.*?\'\'\'(?:'{0,2})|"(?:[^"\\]|\\.)*"|'[^']*\'''', re.DOTALL
)
_BARE = re.compile(r"[^,\]}#\n]*")


def lines_of(text: str) -> dict[Path, int]:
    """The line (from 1) of each table, key and array element, by path; elements are numbered from 0.

    ``text`` is valid TOML. A table has the line of its header, or of the first key or header that implies it.
    """
    walk = _Walk(text)
    walk.document()
    return walk.found


def line_of(places: Mapping[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing around it."""
    while path not in places:
        path = path[:-1]
    return places[path]


class _Walk:
    """One pass over the text of a document."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, int] = {(): 1}
        self._line, self._counted = 1, 0
        self._elements: dict[Path, int] = {}
        """Last element so far of each array of tables."""

    def document(self) -> None:
        table: Path = ()
        while self._next():
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _next(self) -> str:
        """The next character that is neither blank nor in a comment; empty at the end."""
        self._take(_BLANK)
        return self.text[self.at : self.at + 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match[0]

    def _here(self) -> int:
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def _header(self) -> Path:
        """The path of a header; [[x]] starts the next element, and [x.y] after it belongs to the last element of x."""
        several = self.text.startswith("[[", self.at)
        line = self._here()
        self.at += 2 if several else 1
        self._next()
        path: Path = ()
        pieces = self._pieces()
        for index, piece in enumerate(pieces, start=1):
            path = (*path, piece)
            self.found.setdefault(path, line)
            if several and index == len(pieces):
                self._elements[path] = self._elements.get(path, -1) + 1
            if path in self._elements:
                path = (*path, self._elements[path])
        self.found[path] = line
        self._next()
        self.at += 2 if several else 1
        return path

    def _pair(self, table: Path) -> None:
        """One key, dotted or not, and its value."""
        path, line = table, self._here()
        for piece in self._pieces():
            path = (*path, piece)
            self.found.setdefault(path, line)
        self._next()
        self.at += 1
        self._next()
        self._value(path)

    def _pieces(self) -> list[str]:
        pieces = [_name(self._take(_PIECE))]
        while self._take(_DOT):
            pieces.append(_name(self._take(_PIECE)))
        return pieces

    def _value(self, path: Path) -> None:
        first = self.text[self.at]
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline(path)
        else:
            self._take(_STRING if first in "\"'" else _BARE)

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while self._next() != "]":
            self.found[(*path, index)] = self._here()
            self._value((*path, index))
            index += 1
            if self._next() == ",":
                self.at += 1
        self.at += 1

    def _inline(self, path: Path) -> None:
        self.at += 1
        while self._next() != "}":
            self._pair(path)
            if self._next() == ",":
                self.at += 1
        self.at += 1


def _name(piece: str) -> str:
    """A piece of a key as it is without its quotes and escapes."""
    return next(iter(tomllib.loads(f"{piece} = 0"))) if piece[:1] == '"' else piece.strip("'")
