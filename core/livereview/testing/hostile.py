"""A report in which every text comes from someone who means harm: for what every format must show as text."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")

#: Markup, formulas, links that run, ends of scripts, control and direction characters, a label without end.
POISONS = (
    "<script>alert(1)</script>",
    "</script></style></textarea>]]><img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    '=HYPERLINK("http://example.org","x")',
    "+1+1|cmd' /C calc'!A0",
    "@SUM(A1)",
    "-2+3",
    "[x](javascript:alert(1)) **bold** `code` | cell\n# heading",
    "$\\frac{1}{0}$ %s {0} {} \\n",
    "a\x00b\x07c\x1b[31md\u202e evil \u2066x\ufffe",
    "../../etc/passwd",
    "x" * 10_000,
)


def poisoned(value: T, poison: str, keep: typing.Collection[str] = ()) -> T:
    """The dataclass with the poison in every text, at any depth, but for texts that can have some values only and the
    fields named in ``keep``."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    hints = _hints(type(value))
    changed = {
        item.name: _poisoned(getattr(value, item.name), hints[item.name], poison, keep)
        for item in dataclasses.fields(value)
        if item.name not in keep and item.init
    }
    return typing.cast(T, dataclasses.replace(value, **changed))


@cache
def _hints(cls: type) -> dict[str, Any]:
    import livereview

    return typing.get_type_hints(cls, localns={name: getattr(livereview, name) for name in livereview.__all__})


def _poisoned(value: Any, hint: Any, poison: str, keep: typing.Collection[str]) -> Any:
    inside = typing.get_args(hint)
    if typing.get_origin(hint) is typing.Literal:
        return value
    if isinstance(value, str):
        return poison if hint is str or str in inside else value
    if isinstance(value, tuple):
        hints = inside if inside and inside[-1] is not Ellipsis else [inside[0] if inside else Any] * len(value)
        return tuple(_poisoned(item, one, poison, keep) for item, one in zip(value, hints, strict=False))
    if isinstance(value, Mapping):
        of = inside[1] if len(inside) == 2 else Any
        return {key: _poisoned(item, of, poison, keep) for key, item in value.items()}
    return poisoned(value, poison, keep)
