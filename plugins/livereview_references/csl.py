"""JSON: CSL-JSON as Zotero and others write it, or any list of objects whose keys are names of fields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from livereview import PluginError
from livereview_references.columns import authors_in, field_named
from livereview_references.entry import Entry, Fields, Lost, Part
from livereview_references.textfile import TextFile

_KEYS = {
    "container-title": "journal", "page": "pages", "issue": "issue", "volume": "volume", "URL": "url", "type": "type",
    "source": "database", "abstract": "abstract", "note": "note", "title": "title", "DOI": "doi", "PMID": "pmid",
    "number": "issue",
}  # fmt: skip


def records(file: TextFile) -> int:
    """How many records the file says it has: the length of its list."""
    return len(_items(file))


def parts(file: TextFile) -> Iterator[Part]:
    """Every record, numbered as it stands in the list."""
    for number, item in enumerate(_items(file), start=1):
        if isinstance(item, Mapping):
            yield Entry(number, _fields(item))
        else:
            yield Lost(number, "it is not a record, which in JSON is an object", json.dumps(item)[:60])


def _items(file: TextFile) -> list[Any]:
    try:
        found = json.loads(file.text().lstrip("\ufeff"))
    except ValueError as error:
        raise PluginError(f"{file.name}: the JSON is broken ({error}). Export it again.") from None
    except RecursionError:
        raise PluginError(f"{file.name}: the JSON is nested too deeply to be a list of records.") from None
    if isinstance(found, Mapping):
        inner = found.get("items", found.get("references"))
        if not isinstance(inner, list) and not {"title", "DOI", "doi", "PMID"} & found.keys():
            raise PluginError(f"{file.name}: the JSON is neither a list of records nor one record. Export CSL-JSON.")
        return inner if isinstance(inner, list) else [found]
    if not isinstance(found, list):
        raise PluginError(f"{file.name}: the JSON is no list of records. Export CSL-JSON.")
    return found


def _fields(item: Mapping[str, Any]) -> Fields:
    fields: Fields = {}
    for key, value in item.items():
        name = _KEYS.get(key) or field_named(key)
        if key == "issued":
            fields["date"] = [_date(value)]
            fields["year"] = fields["date"]
        elif name == "authors":
            fields["authors"] = _authors(value)
        elif name is not None and name not in ("year", "date") and (texts := _texts(value)):
            fields.setdefault(name, []).extend(texts)
        elif name is not None and texts_of_date(value):
            fields[name] = texts_of_date(value)
    return fields


def texts_of_date(value: Any) -> list[str]:
    """A year or a date, given as text, as a number or as CSL gives it."""
    return [found] if (found := _date(value) if isinstance(value, Mapping) else "".join(_texts(value)[:1])) else []


def _texts(value: Any) -> list[str]:
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, (int, float)):
        return [str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)]
    if isinstance(value, list):
        return [text for each in value if not isinstance(each, (list, Mapping)) for text in _texts(each)]
    return []


def _authors(value: Any) -> list[str]:
    if not isinstance(value, list):
        return [name for text in _texts(value) for name in authors_in(text)]
    return [name for each in value if (name := _author(each))]


def _author(value: Any) -> str:
    if not isinstance(value, Mapping):
        return "".join(_texts(value))
    said = {key: "".join(_texts(value.get(key))) for key in ("family", "given", "literal", "name")}
    particle = "".join(_texts(value.get("non-dropping-particle") or value.get("dropping-particle")))
    family = f"{particle} {said['family']}".strip()
    if family and said["given"]:
        return f"{family}, {said['given']}"
    return family or said["literal"] or said["name"] or said["given"]


def _date(value: Any) -> str:
    """A date as CSL gives it: parts (numbers or text), or raw text."""
    if not isinstance(value, Mapping):
        return "".join(_texts(value)[:1])
    parts = value.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    numbers = [text for each in first for text in _texts(each)]
    if numbers:
        return "-".join([numbers[0], *(text.zfill(2) for text in numbers[1:3])])
    return "".join((_texts(value.get("raw")) or _texts(value.get("literal")))[:1])
