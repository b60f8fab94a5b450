"""The JSON Schema of ``results.json``, read off the types of a report and the words under their fields.

``python -m livereview_results.schema FILE`` writes it; docs/results.schema.json is that file.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import sys
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

from livereview import Report

FORMAT = "livereview-results-1"
#: What other files of a report hold: the points of plots, the ledger's records, the steps of a replay; and the tables
#: of further analyses on the analysis scale, which stand under ``shown`` on the display scale.
LEFT_OUT = frozenset({("FurtherResult", "plots"), ("FurtherResult", "funnel"), ("FurtherResult", "tables"),
                      ("Report", "references"), ("Report", "timelines")})  # fmt: skip
_NUMBER = {
    "description": "A number in full precision; null = there is none; Inf and -Inf are without bound.",
    "anyOf": [{"type": "number"}, {"type": "null"}, {"enum": ["Inf", "-Inf"]}],
}
_SIMPLE: Mapping[Any, Mapping[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    float: {"$ref": "#/$defs/number"},
    Any: {},
}


def schema() -> dict[str, Any]:
    """The schema of the whole file."""
    definitions: dict[str, Any] = {"number": _NUMBER}
    properties = {
        "format": {"const": FORMAT, "description": "Name of this format; another one means other fields."},
        "report": _of(Report, definitions),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Results of a livereview report",
        "description": "Fields that end in _shown are on the display scale (ratio, proportion 0-1, ...), the others on "
        "the analysis scale.",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _of(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of one type. TypeError for one that no report has had so far."""
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if hint in _SIMPLE:
        return dict(_SIMPLE[hint])
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if hint.__name__ not in definitions:
            definitions[hint.__name__] = {}
            definitions[hint.__name__] = _object(hint, definitions)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if origin is typing.Literal:
        return {"enum": list(inside)}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_of(part, definitions) for part in inside]}
    if origin is tuple:
        return _array(inside, definitions)
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _of(inside[1], definitions)}
    raise TypeError(f"a report has {hint!r}, which this schema does not know")


def _array(inside: tuple[Any, ...], definitions: dict[str, Any]) -> dict[str, Any]:
    if len(inside) == 2 and inside[1] is Ellipsis:
        return {"type": "array", "items": _of(inside[0], definitions)}
    parts = [_of(part, definitions) for part in inside]
    return {"type": "array", "prefixItems": parts, "minItems": len(parts), "maxItems": len(parts)}


def _object(cls: type, definitions: dict[str, Any]) -> dict[str, Any]:
    """One class: every field, with its words. Every field is always there."""
    hints, told = typing.get_type_hints(cls), _words(cls)
    properties: dict[str, Any] = {}
    for item in dataclasses.fields(cls):
        if (cls.__name__, item.name) not in LEFT_OUT:
            found = _of(hints[item.name], definitions)
            about = {"description": told[item.name]} if item.name in told else {}
            properties[item.name] = {**found, **about}
    return {
        "description": " ".join((inspect.getdoc(cls) or "").split("\n\n")[0].split()),
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _words(cls: type) -> dict[str, str]:
    """The text under each field."""
    (node,) = ast.parse(dedent(inspect.getsource(cls))).body
    assert isinstance(node, ast.ClassDef)
    found: dict[str, str] = {}
    for field, after in zip(node.body, node.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(after, ast.Expr):
            value = after.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                found[field.target.id] = " ".join(value.value.split())
    return found


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
