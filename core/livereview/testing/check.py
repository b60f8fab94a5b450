"""What the conformance kit is made of: checks, the subject that they look at, and how a check says what it found.

A check says nothing where its claim holds, raises ``Violation`` with the smallest example found where it does not, and
``Inapplicable`` where it cannot be asked. Everything is seeded: the same plugin gives the same outcomes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, NoReturn, TypeVar

from livereview.types import Descriptor, Options

D = TypeVar("D", bound=Descriptor)

State = Literal["passed", "failed", "expected failure", "inapplicable"]


class Violation(AssertionError):
    """A claim that does not hold; the text has the example, with the numbers to repeat it."""


class Inapplicable(Exception):
    """A claim that cannot be asked of this plugin; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Subject(Generic[D]):
    """A plugin with options: its defaults, or one other choice."""

    plugin: D
    options: Options
    choice: str = ""
    """What is not the default, in words: ``tau2 = DL``; empty = the defaults."""
    example: Any = None
    """What the author gives for a kind that cannot be tried without, e.g. the input of a source (``SourceExample``)."""
    seen: dict[str, Any] = field(default_factory=dict, compare=False)
    """What one check has found and another needs too."""


Examine = Callable[[Subject[Any]], None]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One claim about every plugin of a kind."""

    name: str
    """Kebab-case, unique within the kind; expected failures go by it."""
    kind: type[Descriptor]
    claim: str
    """One line."""
    examine: Examine
    every_choice: bool = False
    """Whether it is asked of every choice of every option, not of the defaults alone."""
    calls: bool = True
    """Whether it calls the plugin, for which options are needed; else it reads the descriptor."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a check found."""

    check: str
    claim: str
    state: State
    message: str = ""
    """The example of a failure, the reason of an expected one, why it is inapplicable."""

    @property
    def failed(self) -> bool:
        """Whether the plugin does not conform."""
        return self.state == "failed"


def check(kind: type[Descriptor], every_choice: bool = False, calls: bool = True) -> Callable[[Examine], Check]:
    """The check that a function is: named after it, with the first line of its docstring as the claim."""

    def made(function: Examine) -> Check:
        claim = (function.__doc__ or "").strip().partition("\n")[0]
        name = function.__name__.replace("_", "-")
        return Check(name=name, kind=kind, claim=claim, examine=function, every_choice=every_choice, calls=calls)

    return made


def fail(message: str) -> NoReturn:
    """Raise ``Violation``."""
    raise Violation(message)


def written(values: Mapping[str, Any]) -> str:
    """Numbers as Python has them, so that an author can repeat an example: ``effect = [0.3, -0.1]``."""
    return ", ".join(f"{name} = {_literal(value)}" for name, value in values.items())


def _literal(value: Any) -> str:
    return repr(value.tolist() if hasattr(value, "tolist") else value)
