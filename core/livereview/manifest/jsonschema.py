"""The JSON Schema of manifests, generated from the models and from the options of the installed plugins."""

from __future__ import annotations

from typing import Any

from livereview.manifest.models import (
    BiasTestChoice,
    Choice,
    Manifest,
    MeasureChoice,
    ModelChoice,
    RendererChoice,
    SourceChoice,
)
from livereview.plugins import Plugins
from livereview.report import Renderer
from livereview.types import BiasTest, DataSource, Descriptor, EffectMeasure, EffectModel

_KINDS: tuple[tuple[type[Choice], type[Descriptor]], ...] = (
    (SourceChoice, DataSource),
    (MeasureChoice, EffectMeasure),
    (ModelChoice, EffectModel),
    (BiasTestChoice, BiasTest),
    (RendererChoice, Renderer),
)
_ANY_MONTH = {"type": "number", "minimum": 0, "description": "months"}


def schema_of(plugins: Plugins) -> dict[str, Any]:
    """The schema of a manifest: what editors complete and check."""
    schema = Manifest.model_json_schema(by_alias=True)
    definitions = schema["$defs"]
    for choice, kind in _KINDS:
        definitions[choice.__name__] = _choice(choice, kind, plugins)
    _shorthands(schema)
    near = definitions["NearTimepoint"]
    near["required"] = ["at"]
    title = "A livereview manifest"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}


def _choice(choice: type[Choice], kind: type[Descriptor], plugins: Plugins) -> dict[str, Any]:
    """A plugin by name alone, or a table with its name and its options."""
    names = plugins.names(kind)
    tables = [_table(choice, kind, name, plugins) for name in names]
    return {
        "description": (choice.__doc__ or "").strip(),
        "anyOf": [{"type": "string", "enum": names}, *tables],
    }


def _table(choice: type[Choice], kind: type[Descriptor], name: str, plugins: Plugins) -> dict[str, Any]:
    registered = plugins.find(kind, name)
    assert registered is not None
    options = registered.descriptor.options.model_json_schema()
    properties: dict[str, Any] = {choice.KEY: {"const": name, "description": registered.descriptor.summary}}
    if choice is BiasTestChoice:
        properties["measure"] = {"$ref": "#/$defs/MeasureChoice"}
    found = {
        "type": "object",
        "title": name,
        "properties": {**properties, **options.get("properties", {})},
        "required": [choice.KEY, *options.get("required", [])],
        "additionalProperties": False,
    }
    if "$defs" in options:
        found["$defs"] = options["$defs"]
    return found


def _shorthands(node: Any) -> None:
    """Let a list of texts be written as one text, and a timepoint as a number, as the models do."""
    if isinstance(node, dict):
        for key, item in list(node.get("properties", {}).items()):
            node["properties"][key] = _with_text(item)
            if any(part.get("$ref") == "#/$defs/NearTimepoint" for part in item.get("anyOf", ())):
                item["anyOf"].append(_ANY_MONTH)
        if isinstance(node.get("additionalProperties"), dict):
            node["additionalProperties"] = _with_text(node["additionalProperties"])
        for item in node.values():
            _shorthands(item)
    elif isinstance(node, list):
        for item in node:
            _shorthands(item)


def _with_text(item: dict[str, Any]) -> dict[str, Any]:
    """A schema of a list of texts, or of such a list or nothing, that also takes one text."""
    if _is_texts(item):
        kept: dict[str, Any] = {key: item.pop(key) for key in ("description", "default", "title") if key in item}
        return {**kept, "anyOf": [item, {"type": "string"}]}
    lists = [part for part in item.get("anyOf", ()) if _is_texts(part)]
    if lists and {"type": "string"} not in item["anyOf"]:
        item["anyOf"].append({"type": "string"})
    return item


def _is_texts(item: dict[str, Any]) -> bool:
    inner = item.get("items", {})
    return item.get("type") == "array" and (inner.get("type") == "string" or "enum" in inner)
