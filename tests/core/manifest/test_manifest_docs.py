"""The page on manifests says what the code says, and its examples are manifests."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from manifest_examples import OUTCOME, REVIEW
from pydantic import BaseModel

from livereview.manifest.findings import model_in
from livereview.manifest.jsonschema import KINDS, schema_of
from livereview.manifest.listing import SECTIONS, toml, with_listing
from livereview.manifest.models import Manifest, Outcome
from livereview.manifest.reading import ManifestFile
from livereview.plugins import Plugins

PAGE = (Path(__file__).parents[3] / "docs" / "manifest.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_the_page_lists_the_keys_as_they_are(plugins: Plugins) -> None:
    """If this fails: python -m livereview.manifest.listing docs"""
    assert with_listing(PAGE, plugins) == PAGE


def test_a_page_without_markers_is_refused(plugins: Plugins) -> None:
    with pytest.raises(ValueError, match="the page needs the lines"):
        with_listing("# A page", plugins)


def models(model: type[BaseModel], seen: dict[str, type[BaseModel]]) -> dict[str, type[BaseModel]]:
    """Every model reachable from one, by name."""
    if model.__name__ not in seen:
        seen[model.__name__] = model
        for field in model.model_fields.values():
            inner = model_in(field.annotation)
            if inner is not None:
                models(inner, seen)
    return seen


def test_every_table_has_a_section_with_every_key() -> None:
    choices = {choice.__name__ for choice, _ in KINDS}
    tables = {name: model for name, model in models(Manifest, {}).items() if name not in choices}
    assert {name for _, name, _ in SECTIONS} == set(tables)
    for heading, name, besides in SECTIONS:
        section = PAGE.split(f"### {heading if heading[0] != '[' else f'`{heading}`'}\n")[1].split("\n### ")[0]
        keys = {field.alias or key for key, field in tables[name].model_fields.items()}
        shared = {field.alias or key for key, field in tables[besides].model_fields.items()} if besides else set()
        assert set(re.findall(r"(?m)^\| `([^`]+)` \|", section)) == keys - shared, heading


def test_every_value_has_an_example_and_every_example_is_right(plugins: Plugins) -> None:
    schema = schema_of(plugins)
    count = 0
    own = {name: table for name, table in schema["$defs"].items() if "-" not in name}  # the rest are plugins' options
    for name, table in {**own, "Manifest": schema}.items():
        for key, value in table.get("properties", {}).items():
            examples = value.get("examples", [])
            holds_tables = "$ref" in value or "$ref" in value.get("items", {})
            assert examples or holds_tables, f"{name}.{key}"
            validator = Draft202012Validator({**value, "$defs": schema["$defs"]})
            assert all(validator.is_valid(example) for example in examples), f"{name}.{key}"
            assert all(tomllib.loads(f"x = {toml(example)}")["x"] == example for example in examples)
            count += len(examples)
    assert count >= len(Outcome.model_fields)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_example_is_a_manifest_or_belongs_in_one(block: str, reads: Callable[[str], ManifestFile]) -> None:
    text = block
    if "[review]" not in block:
        top, rest = re.split(r"(?m)^(?=\[)", block, maxsplit=1)
        text = f"{top}[review]\n{REVIEW}{rest}"
    read = reads(text if "[[outcomes]]" in block else f"{text}\n[[outcomes]]\n{OUTCOME}")
    assert read.manifest.outcomes


def test_there_are_examples_of_every_part() -> None:
    written = "\n".join(BLOCKS)
    for part in (
        "[eligibility]",
        "[defaults]",
        "[[sources]]",
        "subgroups",
        "sensitivity",
        "bias",
        "choose",
        "renderers",
    ):
        assert part in written


def test_the_mistakes_on_the_page_are_those_that_are_told(refuses: Callable[[str], list[str]]) -> None:
    block = PAGE.split("<!-- mistakes -->\n```text\n")[1].split("```")[0]
    shown = [line.removeprefix("review.toml:") for line in block.splitlines()]
    text = (
        '[review]\nid = "a"\ntitel = "A"\nquestion = { population = "p", intervention = "i" }\n\n[[outcomes]]\n'
        'id = "a"\ntitle = "A"\nmeasure = "RRR"\nresult = "a"\nmodel = { name = "random-effects", tau2 = "REMLL" }\n'
        "level = 95\n"
    )
    told = refuses(text)
    assert len(told) == len(shown)
    for found, line in zip(told, shown, strict=True):
        assert found == line or (line.endswith("...") and found.startswith(line.removesuffix("...").rstrip()))


def test_the_page_states_what_is_built_in() -> None:
    assert "random effects by REML with a\nHartung-Knapp interval, 95% confidence" in PAGE
    assert "prediction interval with k - 1 degrees of freedom" in PAGE
    assert "only numbers that were verified, derived or taken from a review" in PAGE
