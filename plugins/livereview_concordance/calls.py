"""Calls of metafor as data: a name, a function, its arguments. ``calls.R`` runs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["number", "text", "flag", "column"]
#: metafor stops where a step of tau² is below 1e-5, its root finders at 1.2e-4; both leave fewer digits than there are.
CONTROL = {"threshold": 1e-10, "tol": 1e-12, "maxiter": 10000}


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One argument: numbers, texts and flags are parted by blanks, a column is named."""

    kind: Kind
    value: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """A function of metafor with its arguments."""

    function: str
    arguments: Mapping[str, Argument] = field(default_factory=dict)

    def but(self, **arguments: Argument) -> Call:
        """The call with arguments in place of its own."""
        return Call(function=self.function, arguments={**self.arguments, **arguments})

    def plain(self) -> Call:
        """The call with metafor's own settings of its iterations."""
        kept = {name: given for name, given in self.arguments.items() if not name.startswith("control/")}
        return Call(function=self.function, arguments=kept)

    def rows(self, name: str) -> list[tuple[str, str, str, str, str]]:
        """The rows of the table of calls: call, function, argument, kind, value."""
        return [(name, self.function, key, given.kind, given.value) for key, given in self.arguments.items()]


def number(*values: float) -> Argument:
    return Argument(kind="number", value=" ".join(f"{value:.17g}" for value in values))


def text(*values: str) -> Argument:
    return Argument(kind="text", value=" ".join(values))


def flag(*values: bool) -> Argument:
    return Argument(kind="flag", value=" ".join("TRUE" if value else "FALSE" for value in values))


def column(name: str) -> Argument:
    return Argument(kind="column", value=name)


def controlled() -> dict[str, Argument]:
    """The arguments that make metafor iterate to the end."""
    return {f"control/{name}": number(value) for name, value in CONTROL.items()}


def controlled_mixed() -> dict[str, Argument]:
    """The same for lme4's glmer, which fits metafor's mixed models."""
    search = {"tolPwrss": 1e-10, "optCtrl/rel.tol": 1e-12, "optCtrl/sing.tol": 1e-20}
    return {
        **{f"control/glmerCtrl/{name}": number(value) for name, value in search.items()},
        "control/glmerCtrl/optimizer": text("nlminbwrap"),
    }
