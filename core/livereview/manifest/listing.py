"""The keys of manifests in Markdown, made from the schema: ``python -m livereview.manifest.listing docs``.

In the page manifest.md of that folder, what stands between the two markers is the listing and is replaced;
manifest.schema.json is written beside it. A test holds both to the code.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from livereview.manifest.jsonschema import KINDS, Schema, as_text, own_plugins, schema_of
from livereview.manifest.models import BUILT_IN
from livereview.plugins import Plugins

BEGIN = "<!-- keys: made by python -m livereview.manifest.listing -->"
END = "<!-- end of keys -->"

#: Every table of a manifest: heading, definition in the schema, and the definition whose keys it has besides its own.
SECTIONS: tuple[tuple[str, str, str], ...] = (
    ("The top of the file", "Manifest", ""),
    ("[review]", "Review", ""),
    ("[review.question]", "Question", ""),
    ("[[people]]", "Person", ""),
    ("[evidence]", "EvidencePlace", ""),
    ("[plugins]", "PluginSettings", ""),
    ("[network]", "NetworkSettings", ""),
    ("[living]", "Living", ""),
    ("[extraction]", "Extraction", ""),
    ("[appraisal]", "Appraisal", ""),
    ("[[instruments]]", "InstrumentPart", ""),
    ("[[instruments.items]]", "ItemPart", ""),
    ("[eligibility]", "Eligibility", ""),
    ("[[eligibility.filters]]", "Filter", ""),
    ("[[eligibility.exclude]]", "Exclusion", ""),
    ("[[eligibility.overlaps]]", "Overlap", ""),
    ("[[eligibility.distinct]]", "Apart", ""),
    ("[defaults]", "Defaults", ""),
    ("[[outcomes]]", "Outcome", "Defaults"),
    ("timepoint", "NearTimepoint", ""),
    ("[[outcomes.subgroups]]", "Subgroups", ""),
    ("[[outcomes.sensitivity]]", "Sensitivity", "Defaults"),
    ("[outcomes.bias]", "BiasTests", ""),
    ("[outcomes.stability]", "Stability", ""),
    ("[[outcomes.stability.studies]]", "StudySet", ""),
    ("[[outcomes.choose]]", "Choose", ""),
    ("[outcomes.certainty]", "Certainty", ""),
    ("[outcomes.forest]", "Forest", ""),
    ("[summary_of_findings]", "SummaryPart", ""),
    ("[[summary_of_findings.outcomes]]", "FindingsRow", ""),
    ("baseline", "BaselineRisk", ""),
    ("[audit]", "AuditPart", ""),
    ("[audit.protocol]", "Protocol", ""),
    ("[[audit.acknowledged]]", "Acknowledged", ""),
    ("[replication]", "ReplicationPart", ""),
    ("[[replication.outcomes]]", "ReplicatedOutcome", ""),
)
_CHOICES = {choice.__name__: kind.kind.replace("-", " ") for choice, kind in KINDS}


def listing(plugins: Plugins) -> str:
    """A section for each table with its keys, and one for each kind of plugin with their options."""
    schema = schema_of(plugins)
    definitions = {"Manifest": schema, **schema["$defs"]}
    parts = [_section(*section, definitions) for section in SECTIONS]
    return "\n".join([*parts, *(_plugins(name, kind, definitions[name]) for name, kind in _CHOICES.items())])


def with_listing(page: str, plugins: Plugins) -> str:
    """The page with the present listing between its markers. Raises ``ValueError`` if it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page needs the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{listing(plugins)}\n{END}{after}"


def toml(value: Any) -> str:
    """A value as TOML has it on one line."""
    if isinstance(value, Mapping):
        first = sorted(value, key=lambda name: name not in ("name", "plugin"))
        inside = ", ".join(f"{_key(name)} = {toml(value[name])}" for name in first)
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


# --- sections --------------------------------------------------------------------------------------------------


def _section(heading: str, name: str, besides: str, definitions: Mapping[str, Schema]) -> str:
    table = definitions[name]
    shared = definitions[besides]["properties"] if besides else {}
    about = str(table["description"]).replace("``", "`")
    if besides:
        about += " Every key of `[defaults]` may stand here" + (
            " too."
            if name == "Outcome"
            else ", but for `analyses`, `subgroups`, `sensitivity`, `bias`, `stability`, `triggers` and `forest`."
        )
    lines = [f"### {heading if heading[0] != '[' else f'`{heading}`'}", "", about, ""]
    lines += ["| key | type | default | meaning | example |", "| --- | --- | --- | --- | --- |"]
    built_in = BUILT_IN.model_dump(exclude_none=True) if name == "Defaults" else {}
    for key, value in table["properties"].items():
        if key not in shared:
            required = key in table.get("required", ())
            lines.append(_row(key, value, required, built_in.get(key)))
    return "\n".join([*lines, ""])


def _row(key: str, value: Schema, required: bool, built_in: Any = None) -> str:
    default = "required" if required else _default(value.get("default", built_in))
    example = f"`{toml(value['examples'][0])}`" if "examples" in value else ""
    cells = [f"`{key}`", _type(value), default, str(value.get("description", "")), example]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(value: Any) -> str:
    value = [_as_written(item) for item in value] if isinstance(value, list | tuple) else _as_written(value)
    if value is None or value == "" or value == {} or value == () or value == []:
        return ""
    return "see below" if isinstance(value, Mapping) else f"`{toml(value)}`"


def _as_written(value: Any) -> Any:
    """A plugin with its options as a manifest has it; anything else unchanged."""
    if not isinstance(value, Mapping) or set(value) != {"name", "options"}:
        return value
    return {"name": value["name"], **value["options"]} if value["options"] else value["name"]


def _type(value: Schema) -> str:
    """What a key holds, in words."""
    if "$ref" in value:
        name = value["$ref"].rsplit("/", 1)[1]
        return f"name or table: {_CHOICES[name]}" if name in _CHOICES else "table"
    if "enum" in value:
        return "one of " + ", ".join(f"`{toml(item)}`" for item in value["enum"])
    if "const" in value:
        return f"`{toml(value['const'])}`"
    if "oneOf" in value:
        return " or ".join(map(_type, value["oneOf"]))
    if "anyOf" in value:
        lists = [form for form in value["anyOf"] if form.get("uniqueItems")]
        return _one_or_list(lists[0]) if lists else " or ".join(map(_type, value["anyOf"]))
    kind = value.get("type", "")
    if kind == "array":
        return _array(value)
    if kind == "object":
        inside = value.get("additionalProperties")
        return f"table of {_type(inside)}" if isinstance(inside, dict) else "table"
    words = {"string": "text", "boolean": "`true` or `false`", "": "any"}.get(kind, str(kind))
    return ", ".join([words, *_limits(value)])


def _one_or_list(value: Schema) -> str:
    inside = value["items"]
    name = inside.get("$ref", "").rsplit("/", 1)[-1]
    if name in _CHOICES:
        return ", ".join([f"name or table, or list of them: {_plural(_CHOICES[name])}", *_limits(value)])
    words = (
        "text or list of texts" if "enum" not in inside else f"one or list of {_type(inside).removeprefix('one of ')}"
    )
    return ", ".join([words, *_limits(value)])


def _array(value: Schema) -> str:
    inside = value.get("items", {})
    name = inside.get("$ref", "").rsplit("/", 1)[-1]
    if name:
        return f"list of names or tables: {_plural(_CHOICES[name])}" if name in _CHOICES else "array of tables"
    words = "texts" if inside.get("type") == "string" and "enum" not in inside else _type(inside)
    return ", ".join([f"list of {words.removeprefix('one of ')}", *_limits(value)])


def _limits(value: Schema) -> Iterable[str]:
    words = {
        "minimum": "at least {}", "maximum": "at most {}",
        "exclusiveMinimum": "above {}", "exclusiveMaximum": "below {}",
        "minItems": "at least {}", "maxItems": "at most {}",
    }  # fmt: skip
    return [text.format(f"{value[key]:g}") for key, text in words.items() if key in value]


# --- plugins ---------------------------------------------------------------------------------------------------


def _plugins(choice: str, kind: str, definition: Schema) -> str:
    """What livereview brings of one kind: name, other spellings, summary, options."""
    lines = [f"### Options: {_plural(kind)}", ""]
    lines += ["| name | option | type | default | meaning |", "| --- | --- | --- | --- | --- |"]
    for table in definition["anyOf"][1:]:
        (key,) = {"name", "plugin"} & set(table["properties"])
        names = table["properties"][key]["enum"]
        also = f" Also written {', '.join(f'`{name}`' for name in names[1:])}." if names[1:] else ""
        lines.append(f"| **`{names[0]}`** | | | | {_cell(table['properties'][key]['description'] + also)} |")
        for option, value in table["properties"].items():
            if option not in (key, "measure"):
                default = "required" if option in table["required"] else _default(value.get("default"))
                lines.append(
                    f"| | `{option}` | {_cell(_type(value))} | {_cell(default)} | {_cell(value['description'])} |"
                )
    return "\n".join([*lines, ""])


def _plural(kind: str) -> str:
    return f"{kind[:-2]}es" if kind.endswith("is") else f"{kind}s"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    folder, own = Path(sys.argv[1]), own_plugins()
    page = folder / "manifest.md"
    page.write_text(with_listing(page.read_text(encoding="utf-8"), own), encoding="utf-8")
    (folder / "manifest.schema.json").write_text(as_text(schema_of(own)) + "\n", encoding="utf-8")
