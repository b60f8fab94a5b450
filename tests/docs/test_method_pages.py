"""The pages on methods name every built-in measure, model, test and preset, with its spellings and choices."""

from __future__ import annotations

import re

import pytest
from pages import PAGES

from livereview import BiasTest, EffectMeasure, EffectModel, Preset
from livereview.manifest.jsonschema import own_plugins
from livereview.types import Descriptor

METHODS = PAGES["methods.md"].read_text(encoding="utf-8")
SUBJECTS = {name: path.read_text(encoding="utf-8") for name, path in PAGES.items() if name.startswith("methods-")}
MEASURES = own_plugins().of(EffectMeasure)
PRESETS = own_plugins().of(Preset)


def table(text: str, first: str) -> list[list[str]]:
    """The rows of the table whose heading begins with a cell, cell by cell."""
    _, _, after = text.partition(f"| {first} |")
    rows = after.split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_every_page_on_a_subject_is_linked() -> None:
    assert set(re.findall(r"\]\((methods-[a-z-]+\.md)\)", METHODS)) == set(SUBJECTS)


def test_every_measure_is_listed_with_every_spelling_that_is_accepted() -> None:
    listed = {row[0]: set(filter(None, row[1].split(", "))) for row in table(SUBJECTS["methods-measures.md"], "code")}
    assert listed == {name: set(found.descriptor.aliases) for name, found in MEASURES.items()}


def test_every_measure_has_its_names_in_other_programs() -> None:
    assert {name for row in table(METHODS, "here") for name in row[0].split(", ")} == set(MEASURES)


def test_names_of_meta_are_accepted_where_they_differ_from_ours() -> None:
    names = {row[0]: row[2] for row in table(METHODS, "here")}
    differ = {code: name for code, name in names.items() if re.fullmatch("[A-Z]+", name) and name != code}
    assert differ == {"AS": "ASD", "PR": "PRAW", "PLO": "PLOGIT", "MN": "MRAW"}
    assert all(name in MEASURES[code].descriptor.aliases for code, name in differ.items())


@pytest.mark.parametrize("kind", [EffectModel, BiasTest])
def test_every_model_and_test_is_explained(kind: type[Descriptor]) -> None:
    written = "".join(SUBJECTS.values())
    assert [name for name in own_plugins().of(kind) if f"`{name}`" not in written] == []


def test_presets_are_listed_with_the_choices_they_make() -> None:
    choices = {name: found.descriptor.choices("HR") for name, found in PRESETS.items()}
    assert {row[0].strip("`"): row[1:] for row in table(METHODS, "preset")} == {
        name: [made["model"]["tau2"], made["model"]["interval"], made["prediction"], made["i2"]]
        for name, made in choices.items()
    }
