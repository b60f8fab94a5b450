"""The JSON Schema of manifests, generated from the models and from the options of the installed plugins.

docs/manifest.schema.json is the schema with the options of livereview's own plugins; ``listing`` writes it.
"""

from __future__ import annotations

import json
from importlib.metadata import distribution
from typing import Any

from livereview.audits import AuditCheck
from livereview.certainty import CertaintyDomain
from livereview.further import FurtherAnalysis, Preset
from livereview.hookspecs import GROUP
from livereview.manifest.models import (
    SERIES,
    AnalysisChoice,
    AuditChoice,
    BiasTestChoice,
    Choice,
    DomainChoice,
    Manifest,
    MeasureChoice,
    ModelChoice,
    PresetChoice,
    RendererChoice,
    SourceChoice,
    TriggerChoice,
)
from livereview.plugins import Plugins, Registered, loaded
from livereview.renderers import Renderer
from livereview.sources import DataSource
from livereview.triggers import Trigger
from livereview.types import BiasTest, Descriptor, EffectMeasure, EffectModel

KINDS: tuple[tuple[type[Choice], type[Descriptor]], ...] = (
    (SourceChoice, DataSource),
    (MeasureChoice, EffectMeasure),
    (ModelChoice, EffectModel),
    (BiasTestChoice, BiasTest),
    (AnalysisChoice, FurtherAnalysis),
    (PresetChoice, Preset),
    (DomainChoice, CertaintyDomain),
    (AuditChoice, AuditCheck),
    (TriggerChoice, Trigger),
    (RendererChoice, Renderer),
)
_MONTHS = {"type": "number", "minimum": 0, "description": "months"}
_NEAR = {"$ref": "#/$defs/NearTimepoint"}

Schema = dict[str, Any]


def schema_of(plugins: Plugins) -> Schema:
    """The schema of a manifest: what editors complete and check."""
    schema = _as_toml(Manifest.model_json_schema(by_alias=True))
    definitions = schema["$defs"]
    for choice, kind in KINDS:
        definitions[choice.__name__] = _choice(choice, kind, plugins, definitions)
    schema["properties"]["renderers"]["default"] = [item.name for item in Manifest.model_fields["renderers"].default]
    title = "A livereview manifest"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}


def own_plugins() -> Plugins:
    """The plugins of this distribution alone."""
    return loaded(points=distribution("livereview").entry_points.select(group=GROUP))


def as_text(schema: Schema) -> str:
    """A schema as it is printed and kept in files."""
    return json.dumps(schema, ensure_ascii=False, indent=2)


# --- plugins ---------------------------------------------------------------------------------------------------


def _choice(choice: type[Choice], kind: type[Descriptor], plugins: Plugins, definitions: Schema) -> Schema:
    """A plugin by name alone, or a table with its name and its options."""
    alone: list[str] = [*SERIES] if choice is AnalysisChoice else []
    tables: list[Schema] = []
    for registered in plugins.of(kind).values():
        names = [name for name in plugins.names(kind) if plugins.find(kind, name) is registered]
        table = _table(choice, names, registered, definitions)
        tables.append(table)
        if table["required"] == [choice.KEY]:
            alone += names
    return {"description": (choice.__doc__ or "").strip(), "anyOf": [{"type": "string", "enum": alone}, *tables]}


def _table(choice: type[Choice], names: list[str], registered: Registered[Any], definitions: Schema) -> Schema:
    """A plugin with its options; the models inside its options go to ``definitions``."""
    descriptor, prefix = registered.descriptor, f"{choice.__name__}-{names[0]}-"
    try:
        options = descriptor.options.model_json_schema(ref_template=f"#/$defs/{prefix}{{model}}")
    except Exception:  # a type that JSON Schema does not have: the options are checked when the manifest is read
        options = {"additionalProperties": True}
    definitions |= {prefix + name: _without_null(definition) for name, definition in options.get("$defs", {}).items()}
    properties: Schema = {choice.KEY: {"enum": names, "description": descriptor.summary}}
    if choice is BiasTestChoice:
        properties["measure"] = {"$ref": "#/$defs/MeasureChoice"}
    return {
        "type": "object",
        "title": names[0],
        "properties": {**properties, **_without_null(options.get("properties", {}))},
        "required": [choice.KEY, *options.get("required", [])],
        "additionalProperties": options.get("additionalProperties", False),
    }


# --- from pydantic's schema to what TOML may hold --------------------------------------------------------------


def _as_toml(node: Any) -> Any:
    """The schema without null, with the shorthands that the models accept: one text for a list, a number of months."""
    if isinstance(node, list):
        return [_as_toml(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = _without_null({key: _as_toml(item) for key, item in node.items()})
    for part in found["properties"].values() if isinstance(found.get("properties"), dict) else ():
        part.pop("title", None)
        if isinstance(part.get("default"), dict):  # a table that need not be written: its keys have the defaults
            part["default"] = {}
    if found.get("type") == "array":
        found = {{"minLength": "minItems", "maxLength": "maxItems"}.get(key, key): item for key, item in found.items()}
        if found.get("uniqueItems") and found.get("minItems", 0) < 2:
            about = {key: found.pop(key) for key in ("description", "default", "examples") if key in found}
            return {**about, "anyOf": [found, found["items"]]}
    if _NEAR in found.get("oneOf", ()):
        return {"anyOf": [*found["oneOf"], _MONTHS]}
    return found


def _without_null(node: Any) -> Any:
    """A schema without null, which TOML does not have."""
    if isinstance(node, list):
        return [_without_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _without_null(item) for key, item in node.items() if not (key == "default" and item is None)}
    forms = found.get("anyOf")
    if isinstance(forms, list) and {"type": "null"} in forms:
        del found["anyOf"]
        kept = [form for form in forms if form != {"type": "null"}]
        found |= kept[0] if len(kept) == 1 else {"anyOf": kept}
    return found
