"""The JSON Schema says what the code says, and docs/manifest.schema.json is the one that the code makes."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from manifest_examples import VALID, WRONG, manifest
from pydantic import BaseModel

from livereview.cli import Exit, main
from livereview.manifest.jsonschema import KINDS, schema_of
from livereview.manifest.models import Manifest
from livereview.manifest.reading import ManifestFile
from livereview.plugins import Plugins, Provider, Registered
from livereview.registration import TAKEN
from livereview.types import EffectModel, Options

ROOT = Path(__file__).parents[3]
FILE = ROOT / "docs" / "manifest.schema.json"
REVIEWS = sorted((ROOT / "reviews").glob("*.toml"))


@pytest.fixture(scope="module")
def schema(plugins: Plugins) -> Draft202012Validator:
    found = schema_of(plugins)
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def test_the_file_is_the_schema_that_the_code_makes(plugins: Plugins) -> None:
    """If this fails: python -m livereview.manifest.jsonschema docs/manifest.schema.json"""
    assert json.loads(FILE.read_text(encoding="utf-8")) == schema_of(plugins)


def test_the_command_line_prints_a_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == Exit.DONE
    printed = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(printed)
    assert set(printed["properties"]) == set(Manifest.model_fields)


@pytest.mark.parametrize("path", REVIEWS, ids=lambda path: path.stem)
def test_the_real_manifests_are_valid_and_name_the_schema(path: Path, schema: Draft202012Validator) -> None:
    text = path.read_text(encoding="utf-8")
    assert [error.message for error in schema.iter_errors(tomllib.loads(text))] == []
    first = text.splitlines()[0]
    assert first.startswith("#:schema ")
    assert (path.parent / first.removeprefix("#:schema ")).resolve() == FILE


def test_there_are_three_real_manifests() -> None:
    assert len(REVIEWS) == 3


@pytest.mark.parametrize("name", VALID)
def test_what_the_code_accepts_the_schema_accepts(name: str, schema: Draft202012Validator) -> None:
    assert [error.message for error in schema.iter_errors(tomllib.loads(VALID[name]))] == []


@pytest.mark.parametrize("name", WRONG)
def test_what_the_code_refuses_the_schema_refuses_where_it_can(name: str, schema: Draft202012Validator) -> None:
    assert schema.is_valid(tomllib.loads(WRONG[name].text)) is not WRONG[name].schema_sees


def test_the_schema_cannot_see_what_is_about_several_values_or_no_number() -> None:
    unseen = {name for name, wrong in WRONG.items() if not wrong.schema_sees}
    assert unseen == {
        "not a number", "an option that is not finite", "a value in two groups",
        "populations of results without groups",
        "a filter that nothing can pass by its limits", "a filter that nothing can pass by its values",
        "one id for two outcomes", "an outcome without a measure", "an exclusion from an outcome that does not exist",
        "two choices for one study",
        "a retired review without a reason and a day", "an active review with a reason", "a day that does not exist",
        "an id with a line break",  # $ of the pattern: before a last line break in Python's re, not in JavaScript's
    }  # fmt: skip


def parts(model: type[BaseModel], seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    """Every model reachable from one."""
    from livereview.manifest.findings import model_in

    if model not in seen:
        seen.add(model)
        for field in model.model_fields.values():
            inner = model_in(field.annotation)
            if inner is not None:
                parts(inner, seen)
    return seen


def test_every_key_has_a_description_and_no_key_may_be_null(plugins: Plugins) -> None:
    found = schema_of(plugins)
    choices = {choice.__name__ for choice, _ in KINDS}
    for name, table in {**found["$defs"], "Manifest": found}.items():
        if name not in choices:
            assert all("description" in key for key in table["properties"].values()), name
    text = json.dumps(found)
    assert '"null"' not in text
    assert '"default": null' not in text
    assert "options" not in found["$defs"]["Outcome"]["properties"]


def test_every_option_of_every_plugin_has_a_description(plugins: Plugins) -> None:
    for _, kind in KINDS:
        for name, registered in plugins.of(kind).items():
            for option, field in registered.descriptor.options.model_fields.items():
                assert field.description, f"{kind.kind} {name}: {option}"


def test_the_keys_taken_from_the_options_are_those_of_the_manifest() -> None:
    for choice, kind in KINDS:
        assert set(TAKEN[kind]) == {choice.KEY, *choice.model_fields} - {"options"} - (
            {"name"} if choice.KEY == "plugin" else set()
        )


class Depth(Options):
    """A model inside the options of a plugin."""

    deep: int = 1


class Nested(Options):
    """Options that hold another model."""

    depth: Depth = Depth()
    several: tuple[Depth, ...] = ()
    needed: int


class Odd(Options):
    """Options with a type that JSON Schema does not have."""

    call: Callable[[], int] | None = None


def _plugins(options: type[Options]) -> Plugins:
    model = EffectModel(name="own", summary="Own.", options=options, fit=lambda studies, options: None)  # type: ignore[arg-type,return-value]
    return Plugins(
        [Registered(descriptor=model, provider=Provider(entry_point="own", distribution="own", version="1"))]
    )


@pytest.mark.parametrize(
    ("written", "valid"),
    [
        ('{ name = "own", needed = 1, depth = { deep = 2 }, several = [{ deep = 3 }] }', True),
        ('{ name = "own", needed = 1, depth = { deep = "x" } }', False),
        ('{ name = "own", needed = 1, several = [{ deeep = 3 }] }', False),
        ('{ name = "own" }', False),
        ('"own"', False),
    ],
)
def test_options_with_models_inside_are_in_the_schema(written: str, valid: bool) -> None:
    found = schema_of(_plugins(Nested))
    Draft202012Validator.check_schema(found)
    validator = Draft202012Validator({**found, "$ref": "#/$defs/ModelChoice", "properties": {}, "required": [],
                                      "additionalProperties": True, "type": ["object", "string"]})  # fmt: skip
    assert validator.is_valid(tomllib.loads(f"model = {written}")["model"]) is valid


def test_options_that_json_schema_cannot_describe_do_not_stop_the_schema() -> None:
    found: dict[str, Any] = schema_of(_plugins(Odd))
    table = found["$defs"]["ModelChoice"]["anyOf"][1]
    assert table["properties"]["name"]["enum"] == ["own"]
    assert table["additionalProperties"] is True


def test_another_spelling_of_a_measure_is_completed_too(schema: Draft202012Validator, plugins: Plugins) -> None:
    assert "PLOGIT" in schema.schema["$defs"]["MeasureChoice"]["anyOf"][0]["enum"]


def test_the_schema_of_a_list_that_may_be_one_text_allows_only_what_the_list_may_hold(
    schema: Draft202012Validator, reads: Callable[[str], ManifestFile]
) -> None:
    assert not schema.is_valid(tomllib.loads(manifest(end='statuses = "certain"\n')))
