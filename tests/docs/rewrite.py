"""Writes into pages what their commands and examples show now: python tests/docs/rewrite.py docs/quick-start.md ...

Read the difference before you commit it: a number that changed without a reason is a bug, not an outdated page.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pages import blocks
from prepared import prepared
from session import Session

from installation import ROOT


def rewritten(page: Path, session: Session) -> str:
    """The text of the page with the output of a session that follows it."""
    for block in blocks(page):
        session.follow(block)
    lines = page.read_text(encoding="utf-8").splitlines()
    for shown, got in reversed(session.differences):
        start = shown.at - 1
        lines[start : start + shown.output.count("\n")] = got.splitlines()
    return "\n".join(lines) + "\n"


def main(pages: list[str]) -> None:
    """Follow each page in a folder of its own and write it anew."""
    for page in [Path(name).resolve() for name in pages]:
        with tempfile.TemporaryDirectory() as place:
            folder = prepared(Path(place) / "clone")
            os.chdir(folder)
            page.write_text(rewritten(page, Session(folder=folder)), encoding="utf-8")
            os.chdir(ROOT)


if __name__ == "__main__":
    main(sys.argv[1:])
