"""What pydantic found wrong, in the words of a manifest: TOML's types, keys of the file, one finding per mistake."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from livereview.manifest.places import Path
from livereview.manifest.values import IDENTIFIER, Part
from livereview.manifest.words import among, nearest, shown

#: What is needed where the type of a value is wrong, with pydantic's names of such errors.
_NEEDED = {
    "a text": ("string_type", "string_sub_type", "string_unicode", "bytes_type", "bytes_invalid_encoding"),
    "an integer": ("int_type", "int_parsing", "int_parsing_size", "int_from_float"),
    "a number": ("float_type", "float_parsing", "decimal_type", "decimal_parsing", "fraction_type", "fraction_parsing"),
    "true or false": ("bool_type", "bool_parsing"),
    "an array": ("tuple_type", "list_type", "set_type", "frozen_set_type", "deque_type", "iterable_type"),
    "a table": (
        "dict_type",
        "mapping_type",
        "model_type",
        "model_attributes_type",
        "dataclass_type",
        "named_tuple_type",
    ),
    "a date": ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
    "a date and time": ("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "datetime_object_invalid"),
    "a time": ("time_type", "time_parsing"),
    "a duration": ("time_delta_type", "time_delta_parsing"),
    "a web address": ("url_type", "url_parsing", "url_syntax_violation"),
    "a UUID": ("uuid_type", "uuid_parsing"),
    "no value": ("none_required",),
    "a complex number": ("complex_type", "complex_str_parsing"),
    "a text or a number": ("set_item_not_hashable",),
}
_TYPES = {kind: needed for needed, kinds in _NEEDED.items() for kind in kinds}
_LIMITS = {
    "greater_than": "more than {gt} is needed",
    "greater_than_equal": "at least {ge} is needed",
    "less_than": "less than {lt} is needed",
    "less_than_equal": "at most {le} is needed",
    "multiple_of": "a multiple of {multiple_of} is needed",
    "finite_number": "a finite number is needed",
    "too_short": "at least {min_length} are needed",
    "too_long": "at most {max_length} are allowed",
    "string_too_short": "at least {min_length} characters are needed",
    "string_too_long": "at most {max_length} characters are allowed",
    "string_pattern_mismatch": "it must match the pattern {pattern}",
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing wrong at one place of the data."""

    place: Path
    kind: str
    """Pydantic's type of the error."""
    message: str
    needed: str = ""
    """Where the type is wrong: the type that is needed."""
    alternative: bool = False
    """Whether it holds only for one of several forms that the value may have."""

    @property
    def text(self) -> str:
        return f"{self.message}; {self.needed} is needed." if self.needed else self.message


def findings(error: ValidationError, model: type[BaseModel], data: Any) -> list[Finding]:
    """Every mistake in the data that a model was given, once each. Without the data places are pydantic's own."""
    found = [_finding(item, model, data) for item in error.errors(include_url=False)]
    return _without_echoes(_one_for_all_forms(found), model)


def _finding(item: Mapping[str, Any], model: type[BaseModel], data: Any) -> Finding:
    kind = item["type"]
    place, alternative = _place(item, data)
    needed = _TYPES.get(kind, "")
    if needed:
        message = f"found {shown(item['input'])}"
        needed = _needed(needed, item["input"], place, model)
    else:
        message = _message(item, model, place)
    return Finding(place=place, kind=kind, message=message, needed=needed, alternative=alternative)


def _place(item: Mapping[str, Any], data: Any) -> tuple[Path, bool]:
    """The keys of the file that lead to a mistake, without the parts that pydantic adds for one of several forms."""
    if data is None:
        return tuple(item["loc"]), False
    place: Path = ()
    alternative, last = False, len(item["loc"]) - 1
    for index, part in enumerate(item["loc"]):
        inside = _inside(data, part)
        if inside:
            (data,) = inside
        elif not (index == last and item["type"] == "missing"):
            alternative = True
            continue
        place = (*place, part)
    return place, alternative


def _inside(data: Any, part: str | int) -> tuple[Any, ...]:
    """The value at a key or index, alone in a tuple; empty if there is none."""
    if isinstance(data, Mapping):
        return (data[part],) if part in data else ()
    if isinstance(data, list | tuple) and isinstance(part, int):
        return tuple(data[part : part + 1])
    return ()


def _needed(needed: str, value: Any, place: Path, model: type[BaseModel]) -> str:
    """What is needed in place of a value of another type, with the way to write it where people often go wrong."""
    annotation = _annotation(model, place)
    table = model_in(annotation)
    header = ".".join(part for part in place if isinstance(part, str))
    if needed == "a text" and not isinstance(value, Mapping | list | tuple):
        return "a text in quotes"
    if needed == "an array" and isinstance(value, Mapping) and table is not None:
        return f"an array of tables ([[{header}]] for each)"
    if needed == "an array" and issubclass(model, Part):
        return "a text or an array of texts"
    if needed == "a table" and table is not None:
        written: str = getattr(table, "WRITTEN", needed)
        return f"one table ([{header}])" if isinstance(value, list) and written == needed else written
    return needed


def _message(item: Mapping[str, Any], model: type[BaseModel], place: Path) -> str:
    kind, context, value = item["type"], item.get("ctx", {}), item["input"]
    found = f"found {shown(value)}"
    if kind == "extra_forbidden":
        return "unknown key." + _allowed(str(place[-1]), keys_of(model_in(_annotation(model, place[:-1]))))
    if kind == "missing":
        return f"this {_sort(_annotation(model, place))} is required."
    if kind in ("literal_error", "enum"):
        names = [quoted or bare for quoted, bare in re.findall(r"'([^']*)'|([^\s',]+)", str(context["expected"]))]
        allowed = [name for name in names if name != "or"]
        near = nearest(value, allowed) if isinstance(value, str) else ""
        hint = " Write it without quotes." if value in allowed else near
        return f"{found}; allowed: {among(allowed)}.{hint}"
    if kind == "string_too_short" and not value:
        return "it is empty; write a text."
    if kind == "too_short" and not value:
        return f"it is empty; at least {context['min_length']} {'is' if context['min_length'] == 1 else 'are'} needed."
    if kind == "string_pattern_mismatch" and context["pattern"] == IDENTIFIER:
        return f"{found}; write lower-case letters, digits, - and _ only, e.g. os-hr."
    if kind in _LIMITS:
        return f"{found}; {_LIMITS[kind].format_map({key: _plain(limit) for key, limit in context.items()})}."
    if kind in ("value_error", "assertion_error"):
        text = " ".join(str(context["error"]).split()).rstrip(".") or "it is not allowed"
        return f"{text}." if isinstance(value, Mapping | list | tuple) else f"{found}; {text}."
    if kind == "union_tag_invalid":
        return f"{context['discriminator']} is {context['tag']}; allowed: {context['expected_tags']}."
    if kind == "union_tag_not_found":
        return f"the key {context['discriminator']} is required."
    text = re.sub(r"^(\w+ input|Input|String|Data) ", "it ", item["msg"]).rstrip(".")
    return f"{found}; {text[0].lower()}{text[1:]}."


def _allowed(key: str, allowed: list[str] | None) -> str:
    if allowed is None:
        return ""
    return f"{nearest(key, allowed)} Allowed here: {among(allowed)}." if allowed else " There are no options."


def _plain(limit: Any) -> str:
    return f"{limit:g}" if isinstance(limit, float) else str(limit)


# --- one finding per mistake -----------------------------------------------------------------------------------


def _one_for_all_forms(found: list[Finding]) -> list[Finding]:
    """One finding where a value fits none of the forms it may have; where it fits one of them badly, only that."""
    kept: dict[tuple[Path, str], Finding] = {}
    for item in found:
        if item.alternative and item.needed:
            others = [other for other in found if other.alternative and other.place[: len(item.place)] == item.place]
            if any(not other.needed or other.place != item.place for other in others):
                continue
            same = dict.fromkeys(other.needed for other in others)
            item = Finding(place=item.place, kind=item.kind, message=item.message, needed=" or ".join(same))
        kept.setdefault((item.place, item.text), item)
    return list(kept.values())


def _without_echoes(found: list[Finding], model: type[BaseModel]) -> list[Finding]:
    """Without the keys that are missing only because they are misspelt, which the unknown key says."""
    echoes = set()
    for item in found:
        if item.kind == "extra_forbidden":
            table = item.place[:-1]
            missing = [str(other.place[-1]) for other in found if other.kind == "missing" and other.place[:-1] == table]
            near = nearest(str(item.place[-1]), keys_of(model_in(_annotation(model, table))) or ())
            echoes |= {(*table, key) for key in missing if f'"{key}"' in near}
    return [item for item in found if not (item.kind == "missing" and item.place in echoes)]


# --- what a model allows where ---------------------------------------------------------------------------------


def keys_of(model: type[BaseModel] | None) -> list[str] | None:
    """The keys that a table of this model may have; None where no model says."""
    return None if model is None else [field.alias or name for name, field in model.model_fields.items()]


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The first model class inside an annotation (through unions, tuples and Annotated)."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((inner for part in typing.get_args(annotation) if (inner := model_in(part)) is not None), None)


def _annotation(model: type[BaseModel], place: Path) -> Any:
    """What a model says about the value at a place; None if it does not know the place."""
    annotation: Any = model
    for part in place:
        if isinstance(part, int):
            continue
        by_key = _values_by_key(annotation)
        inner = model_in(annotation)
        if by_key is not None:
            annotation = by_key
        elif inner is None:
            return None
        else:
            fields = inner.model_fields.items()
            annotation = next((field.annotation for name, field in fields if part in (name, field.alias)), None)
    return annotation


def _values_by_key(annotation: Any) -> Any:
    """The annotation of the values of a dict with free keys; None for anything else."""
    if typing.get_origin(annotation) in (dict, Mapping):
        return typing.get_args(annotation)[1]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, typing.Annotated):
        return next((found for part in typing.get_args(annotation) if (found := _values_by_key(part))), None)
    return None


def _sort(annotation: Any) -> str:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "table"
    return "array of tables" if model_in(annotation) is not None else "key"
