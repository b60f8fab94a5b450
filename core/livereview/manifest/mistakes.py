"""Mistakes in a manifest, each as one message: file, line, key, what was found, what is allowed, the nearest name."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from livereview.errors import ExpectedError
from livereview.manifest.places import Path


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One thing wrong at one key."""

    path: Path
    message: str

    def text(self, file: str, line: int) -> str:
        """The message as shown: file, line, key, what is wrong."""
        key = f"{_dotted(self.path)}: " if self.path else ""
        return f"{file}:{line}: {key}{self.message}"


class ManifestError(ExpectedError):
    """A manifest that cannot be used; holds every mistake found."""


def nearest(name: str, names: Iterable[str]) -> str:
    """' Did you mean "x"?' for the closest of the names, or nothing."""
    close = get_close_matches(name, list(names), n=1, cutoff=0.6)
    return f' Did you mean "{close[0]}"?' if close else ""


def among(names: Iterable[str], limit: int = 30) -> str:
    """The names in words, cut when there are very many."""
    listed = list(names)
    return ", ".join(listed[:limit]) + (f" and {len(listed) - limit} more" if len(listed) > limit else "")


def from_validation(error: ValidationError, model: type[BaseModel], at: Path = ()) -> list[Mistake]:
    """The mistakes in a pydantic error; ``at`` is where the validated value stands in the file."""
    found: dict[tuple[Path, str], Mistake] = {}
    for item in error.errors(include_url=False):
        place = tuple(part for part in item["loc"] if not _is_branch(part))
        mistake = Mistake(path=(*at, *place), message=_message(item, model, place))
        found.setdefault((mistake.path, mistake.message), mistake)
    return list(found.values())


def _message(item: Mapping[str, Any], model: type[BaseModel], place: Path) -> str:
    kind, context = item["type"], item.get("ctx", {})
    if kind == "extra_forbidden":
        allowed = _keys(model, place[:-1])
        return f"unknown key.{nearest(str(place[-1]), allowed)} Allowed here: {among(allowed)}."
    if kind == "missing":
        return "this key is required."
    found = _found(item.get("input"))
    if kind in ("literal_error", "enum"):
        allowed = [part.strip("' ") for part in str(context["expected"]).replace(" or ", ", ").split(", ")]
        return f"found {found}; allowed: {among(allowed)}.{nearest(str(item.get('input')), allowed)}"
    if kind == "string_pattern_mismatch":
        return f"found {found}; write lower-case letters, digits, - and _ only, e.g. os-hr."
    if kind == "value_error":
        return f"{context['error']}."
    return f"found {found}; {item['msg'][0].lower()}{item['msg'][1:]}."


def _found(value: Any) -> str:
    """The value and its TOML type, shortened."""
    names = {bool: "boolean", int: "integer", float: "number", str: "text", list: "array", dict: "table"}
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return f"{shown} ({names.get(type(value), type(value).__name__)})"


def _keys(model: type[BaseModel], place: Path) -> list[str]:
    """The keys allowed in the part of the model that a path leads to."""
    current: Any = model
    for part in place:
        current = _inner(current, part)
    if not (isinstance(current, type) and issubclass(current, BaseModel)):
        return []
    keys = [field.alias or name for name, field in current.model_fields.items()]
    return [key for key in keys if key != "options"]


def _inner(annotation: Any, part: str | int) -> Any:
    """The model that a key or an index of a model or container holds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if part in (name, field.alias):
                return _model_in(field.annotation)
        return None
    return annotation


def _model_in(annotation: Any) -> Any:
    """The first model class inside an annotation (through unions, tuples and Annotated)."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) is not None or isinstance(annotation, types.UnionType):
        for argument in typing.get_args(annotation):
            inner = _model_in(argument)
            if inner is not None:
                return inner
    return None


def _is_branch(part: str | int) -> bool:
    """Whether pydantic added this part of a place itself (union branches, validators), so that no key has the name."""
    return isinstance(part, str) and ("[" in part or part in ("NearTimepoint", "literal"))


def _dotted(path: Path) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
