"""The options that a plugin is tried with: its defaults, and every other choice of an option, one at a time.

A field that has no default takes the first of its ``Field(examples=[...])``, else the first simple value that its type
and its validators accept.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from livereview.testing.check import Inapplicable
from livereview.types import Options

#: Simple values, by type, for a field that has neither default nor example.
_SIMPLE: Mapping[type, tuple[Any, ...]] = {
    bool: (True,),
    int: (1, 2, 10),
    float: (0.5, 1.0, 10.0),
    str: ("year", "x", "2020-01-31"),
}


def defaults(kind: type[Options], given: Mapping[str, Any]) -> Options:
    """The options as they are without a manifest, with what is ``given``; Inapplicable where a field needs more.

    Where the defaults alone are refused, the first example of a field that makes them whole is added.
    """
    fields = kind.model_fields
    values = dict(given)
    for name, field in fields.items():
        if field.is_required() and name not in given:
            values[name] = next(_values(kind, name, field, given), None)
    examples = [{name: field.examples[0]} for name, field in fields.items() if field.examples and name not in values]
    said = ""
    for more in ({}, *examples):
        try:
            return kind.model_validate({**values, **more})
        except ValidationError as error:
            said = said or "; ".join(f"{'.'.join(map(str, item['loc']))} {item['msg']}" for item in error.errors())
    raise Inapplicable(f"its options need more: {said.strip()}; give Field(examples=[...]), or pass options")


def alternatives(kind: type[Options], given: Mapping[str, Any]) -> Iterator[tuple[str, Options]]:
    """Every other choice of an option that can be made alone: ``tau2 = DL`` and the options with it."""
    start = defaults(kind, given)
    for name, field in kind.model_fields.items():
        if name in given:
            continue
        for value in (*_choices(field.annotation), *(field.examples or ())):
            if value == getattr(start, name):
                continue
            try:
                yield f"{name} = {value}", kind.model_validate({**dict(start), name: value})
            except ValidationError:  # a choice that needs another beside it
                continue


def _values(kind: type[Options], name: str, field: FieldInfo, given: Mapping[str, Any]) -> Iterator[Any]:
    """Values of a field that its own rules accept."""
    for value in (*(field.examples or ()), *_simple(field.annotation)):
        try:
            kind.model_validate({**given, name: value})
        except ValidationError as error:
            if any(name in item["loc"] for item in error.errors()):
                continue
        yield value


def _simple(annotation: Any) -> Iterator[Any]:
    """Simple values of a type: those of its parts, alone in a tuple."""
    if isinstance(annotation, type) and annotation in _SIMPLE:
        yield from _SIMPLE[annotation]
    elif get_origin(annotation) is tuple:
        yield from ((value,) for value in _simple(get_args(annotation)[0]))
    else:
        yield from _choices(annotation)
        for part in get_args(annotation):
            if get_origin(annotation) is not Literal:
                yield from _simple(part)


def _choices(annotation: Any) -> Iterator[Any]:
    """The values of a type that has a few: literals, true and false."""
    if annotation is bool:
        yield from (True, False)
    elif get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif get_origin(annotation) in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _choices(part)
    elif hasattr(annotation, "__metadata__"):
        yield from _choices(get_args(annotation)[0])
