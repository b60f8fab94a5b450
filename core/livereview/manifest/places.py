"""Where each key of a TOML file stands, so that a message can name the line.

``tomllib`` reads values but forgets lines. This walks the text once and notes the line of every table header and key;
it does not validate: the text has already been parsed. A key inside an inline table or array has the line where its
statement begins, or its own line if the value goes over several.
"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[|\[)\s*(?P<name>.+?)\s*(\]\]|\])\s*(#.*)?$")
_KEY = re.compile(
    r"""\s*(?P<key>(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_PIECE = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def lines_of(text: str) -> dict[Path, int]:
    """The line (from 1) of each table and key, by path; elements of arrays of tables are numbered from 0."""
    found: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    table: Path = ()
    depth, quote = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if depth == 0 and not quote:
            header = _HEADER.match(line)
            if header and not _KEY.match(line):
                table = _table(header, counts)
                found.setdefault(table, number)
                continue
            key = _KEY.match(line)
            if key:
                statement = (*table, *_pieces(key["key"]))
                for length in range(len(table) + 1, len(statement) + 1):
                    found.setdefault(statement[:length], number)
                line = line[key.end() :]
        depth, quote = _after(line, depth, quote)
    return found


def line_of(places: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing around it."""
    while path not in places:
        path = path[:-1]
    return places[path]


def _pieces(dotted: str) -> tuple[str, ...]:
    return tuple(piece.strip("\"'") for piece in _PIECE.findall(dotted))


def _table(header: re.Match[str], counts: dict[Path, int]) -> Path:
    """The path of a header; [[x]] starts the next element, and [x.y] after it belongs to the last element of x."""
    path: Path = ()
    pieces = _pieces(header["name"])
    for index, piece in enumerate(pieces):
        path = (*path, piece)
        if header[1] == "[[" and index == len(pieces) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _after(line: str, depth: int, quote: str) -> tuple[int, str]:
    """Bracket depth and open multi-line quote at the end of the line."""
    at = 0
    while at < len(line):
        if quote:
            end = line.find(quote, at)
            if end < 0:
                return depth, quote
            at, quote = end + 3, ""
        elif line.startswith(('"""', "'''"), at):
            quote, at = line[at : at + 3], at + 3
        elif line[at] in "\"'":
            at = _string_end(line, at)
        elif line[at] == "#":
            break
        else:
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(line[at], 0)
            at += 1
    return depth, quote


def _string_end(line: str, at: int) -> int:
    """Position after the one-line string that starts at ``at``."""
    mark = line[at]
    at += 1
    while at < len(line) and line[at] != mark:
        at += 2 if line[at] == "\\" and mark == '"' else 1
    return at + 1
