"""A reader's session: does what a page says, block by block, in a folder of its own, and compares what it shows."""

from __future__ import annotations

import doctest
import io
import os
import re
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
from command_line import Done, by_bash, run
from pages import ROOT, Block, Shown, commands, examples, sheets

from installation import OFFLINE, commands_of, environment_with

#: Shown on a page as they were on the day it was written; compared as "some date", "some hash".
_MASKS = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)?", "TIME"),
    (r"(?<=of )\d{4}-\d\d-\d\d", "DATE"),
    (r"\b(?=[0-9a-f]*\d)[0-9a-f]{12,64}\b", "HASH"),
)


def same(shown: str, got: str) -> bool:
    """Whether output is what a page shows, where ``...`` stands for anything."""
    for pattern, word in _MASKS:
        shown, got = re.sub(pattern, word, shown), re.sub(pattern, word, got)
    return doctest.OutputChecker().check_output(shown.rstrip() + "\n", got.rstrip() + "\n", doctest.ELLIPSIS)


@dataclass
class Session:
    """The folder in which a page is followed, and what its Python blocks have defined so far."""

    folder: Path
    scripts: Path | None = None
    """Commands of an environment of the page's own, which is made when the page first installs something."""
    names: dict[str, object] = field(default_factory=lambda: {"__name__": "page"})
    differences: list[tuple[Shown, str]] = field(default_factory=list)
    """What the page shows, and what came instead."""

    def follow(self, block: Block) -> None:
        """Do what one block says. AssertionError where a command fails."""
        if block.mark == "not run":
            return
        if block.mark == "part of":
            assert block.text in (ROOT / block.value).read_text(encoding="utf-8"), (
                f"{block.place}: not in {block.value}"
            )
            return
        if block.mark == "write":
            target = self.folder / block.value
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text + "\n", encoding="utf-8")
        actions: dict[str, Callable[[Block], None]] = {
            "console": self._console,
            "sh": self._sh,
            "python": self._python,
            "workbook": self._workbook,
            "edit": self._edit,
        }
        if block.language in actions:
            actions[block.language](block)

    def _run(self, line: str) -> Done:
        environment = {"LC_ALL": "C.UTF-8", "COLUMNS": "80"}
        if self.scripts is None and re.search(r"\bpip ", line):
            self.scripts = commands_of(environment_with(self.folder.parent / "environment"))
        if self.scripts is None:
            return run(line, self.folder, environment)
        path = os.pathsep.join((str(self.scripts), str(Path(sys.executable).parent), os.environ["PATH"]))
        return by_bash(line, self.folder, {**environment, **OFFLINE, "PATH": path})

    def _console(self, block: Block) -> None:
        for shown in commands(block):
            done = self._run(shown.source)
            assert done.code == 0, f"{shown.place}: {shown.source}\n{done.text}"
            self._compare(shown, done.text)

    def _sh(self, block: Block) -> None:
        done = self._run("set -e\n" + block.text)
        assert done.code == 0, f"{block.place}: {block.text}\n{done.text}"

    def _python(self, block: Block) -> None:
        if ">>> " not in block.text:
            exec(compile(block.text, block.place, "exec", dont_inherit=True), self.names)
            return
        for shown in examples(block):
            out = io.StringIO()
            try:
                with redirect_stdout(out):
                    exec(compile(shown.source, shown.place, "single", dont_inherit=True), self.names)
            except Exception as error:
                out.write("".join(traceback.format_exception_only(error)))
            self._compare(shown, out.getvalue())

    def _compare(self, shown: Shown, got: str) -> None:
        got = re.sub(r"[ \t]+$", "", got, flags=re.MULTILINE).rstrip() + "\n"
        if not same(shown.output, got):
            self.differences.append((shown, got))

    def _workbook(self, block: Block) -> None:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets(block.text).items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append([_cell(text) for text in row])
        book.save(self.folder / block.value)

    def _edit(self, block: Block) -> None:
        found = re.fullmatch(r"(\S+), sheet (\w+), row (\d+), (\w+) = (.*)", block.value)
        assert found, f"{block.place}: {block.value}"
        file, name, row, column, value = found.groups()
        book = openpyxl.load_workbook(self.folder / file)
        sheet = book[name]
        header = [cell.value for cell in sheet[1]]
        if column not in header:
            header.append(column)
            sheet.cell(row=1, column=len(header), value=column)
        sheet.cell(row=int(row), column=header.index(column) + 1, value=_cell(value))
        book.save(self.folder / file)


def _cell(text: str) -> str | int | float | None:
    """What a spreadsheet makes of a typed cell."""
    if re.fullmatch(r"\d+", text):
        return int(text)
    return float(text) if re.fullmatch(r"\d*\.\d+", text) else text or None
