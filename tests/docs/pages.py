"""The code blocks of the documentation: where each stands, what it holds, what a reader does with it.

A comment on the line above a block, invisible on the page, says what the language alone does not:

- ``<!-- not run: REASON -->``: it cannot run in a test; test_pages counts these.
- ``<!-- write: FILE -->``: the reader saves it under that name.
- ``<!-- part of: FILE -->``: it stands word for word in that file of the repository.
- ``<!-- workbook: FILE -->``: the tables below, each under its bold name, are the sheets of a workbook; ends at the
  next heading or code block.
- ``<!-- edit: FILE, sheet S, row N, COLUMN = VALUE -->``: the reader changes a cell.
"""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = {path.name: path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}

_FENCE = re.compile(r"^( *)```(\S*)(.*)$")
_MARK = re.compile(r"^ *<!-- (not run|write|part of|workbook|edit): (.+?) -->$")


@dataclass(frozen=True, kw_only=True)
class Block:
    """One code block, or one instruction that stands in a comment (``workbook``, ``edit``)."""

    page: str
    line: int
    """Of its first line of content, from 1."""
    language: str
    """As written after the fence; "indented" for blocks without one."""
    text: str
    mark: str = ""
    value: str = ""

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(path: Path) -> list[Block]:
    """Every block of a page in order."""
    return list(_blocks(path.name, path.read_text(encoding="utf-8").splitlines()))


def _blocks(page: str, lines: list[str]) -> Iterator[Block]:
    mark, value, at = "", "", 0
    while at < len(lines):
        line = lines[at]
        if found := _MARK.match(line):
            mark, value = found.groups()
            if mark in ("workbook", "edit"):
                text = "\n".join(_until_heading(lines[at + 1 :])) if mark == "workbook" else ""
                yield Block(page=page, line=at + 2, language=mark, text=text, mark=mark, value=value)
                mark, value = "", ""
        elif fence := _FENCE.match(line):
            end = next(i for i in range(at + 1, len(lines)) if lines[i].strip() == "```")
            text = "\n".join(inner[len(fence[1]) :] for inner in lines[at + 1 : end])
            yield Block(page=page, line=at + 2, language=fence[2], text=text, mark=mark, value=value)
            mark, value, at = "", "", end
        elif line.startswith("    ") and (not at or not lines[at - 1].strip()):
            end = next(
                (i for i in range(at, len(lines)) if lines[i].strip() and not lines[i].startswith("    ")), len(lines)
            )
            text = "\n".join(inner[4:] for inner in lines[at:end]).rstrip()
            if not _inside_list(lines[:at]):
                yield Block(page=page, line=at + 1, language="indented", text=text)
            at = end - 1
        at += 1


def _until_heading(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith("#") or line.startswith("```"):
            return
        yield line


def _inside_list(before: list[str]) -> bool:
    """Whether an indented paragraph continues an item of a list."""
    for line in reversed(before):
        if line and not line.startswith(" "):
            return line.startswith(("- ", "* ")) or re.match(r"\d+\. ", line) is not None
    return False


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Something that runs, with the output that the page shows below it."""

    block: Block
    source: str
    output: str
    at: int
    """Line of the page on which the output begins, from 1."""

    @property
    def place(self) -> str:
        return f"{self.block.page}:{self.at}"


def commands(block: Block) -> list[Shown]:
    """The commands of a console block, each with the output shown below it."""
    found: list[Shown] = []
    lines = block.text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        output = "".join(f"{line}\n" for line in lines[start + 1 : end])
        found.append(Shown(block=block, source=lines[start][2:], output=output, at=block.line + start + 1))
    return found


def examples(block: Block) -> list[Shown]:
    """The ``>>>`` examples of a Python block, each with its output; of a traceback the last lines."""
    return [
        Shown(
            block=block,
            source=found.source,
            output=found.exc_msg or found.want,
            at=block.line
            + found.lineno
            + (found.source + found.want).count("\n")
            - (found.exc_msg or found.want).count("\n"),
        )
        for found in doctest.DocTestParser().get_examples(block.text)
    ]


def sheets(text: str) -> dict[str, list[list[str]]]:
    """The Markdown tables of a workbook by the bold names above them, cell by cell."""
    found: dict[str, list[list[str]]] = {}
    for line in text.splitlines():
        if name := re.match(r"^\*\*(\w+)\*\*", line):
            found[name[1]] = []
        elif line.startswith("|") and not re.match(r"^\|[ :|-]+\|$", line):
            list(found.values())[-1].append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
    return found
