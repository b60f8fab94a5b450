"""Expected failures: what the person at the keyboard can put right. They are shown without a traceback, exit code 2."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from livereview.sources import Problem


class ExpectedError(Exception):
    """Something that can be put right by the caller; ``messages`` says what, where and how, one line each."""

    def __init__(self, messages: str | Iterable[str]) -> None:
        self.messages: tuple[str, ...] = (messages,) if isinstance(messages, str) else tuple(messages)
        super().__init__("\n".join(self.messages))


class EvidenceError(ExpectedError):
    """Evidence that was refused: every problem found, each with its place, what was found and the remedy."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(str(problem) for problem in self.problems)


class StoreError(ExpectedError):
    """An evidence store that cannot be read or written as it is; every file at fault is named, with the remedy."""
