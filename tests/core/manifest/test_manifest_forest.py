"""The key ``forest``: display only, taken key by key from [defaults], names that nothing has are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from manifest_examples import manifest

import builders
from livereview import ForestDisplay
from livereview.assembly import results_of
from livereview.evidence.schema import TABLES
from livereview.manifest.reading import ManifestFile
from livereview.reach import out_of_reach
from livereview.selection import scope_of

Reads = Callable[[str], ManifestFile]
SENSITIVITY = 'sensitivity = [{ title = "Common effect", model = "common-effect" }]\n'


def display(file: ManifestFile) -> ForestDisplay:
    forest = file.manifest.outcome("os").forest
    assert forest is not None
    return forest.display()


def test_without_the_key_a_forest_plot_looks_as_built_in(reads: Reads) -> None:
    assert display(reads(manifest())) == ForestDisplay()


def test_an_outcome_takes_from_the_defaults_what_it_does_not_say(reads: Reads) -> None:
    defaults = '[defaults]\nforest = { layout = "revman", order = "weight" }\n'
    text = manifest(more=defaults, end='forest = { order = "year", columns = ["phase", "data"], ghost = false }\n')
    assert display(reads(text)) == ForestDisplay(layout="revman", order="year", columns=("phase", "data"), ghost=False)


def test_a_model_is_named_by_the_title_of_its_sensitivity_analysis(reads: Reads) -> None:
    text = manifest(end=f'{SENSITIVITY}forest = {{ models = "Common effect" }}\n')
    assert display(reads(text)).models == ("Common effect",)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('forest = { layout = "revmann" }\n', 'forest.layout: found "revmann" (text); allowed: livereview, revman'),
        ('forest = { columns = ["phases"] }\n', 'a forest plot has no column "phases". Did you mean "phase"?'),
        ('forest = { columns = ["appraisals.RoB 2"] }\n', 'a forest plot has no column "appraisals.RoB 2".'),
        (
            f'{SENSITIVITY}forest = {{ models = ["Common effects"] }}\n',
            'no sensitivity analysis has the title "Common effects". Did you mean "Common effect"?',
        ),
        ('forest = { models = ["Common effect"] }\n', 'has the title "Common effect". There is none.'),
        ('forest = { colour = "red" }\n', "forest.colour: unknown key."),
    ],
)
def test_a_name_that_means_nothing_is_refused(refuses: Callable[[str], list[str]], lines: str, says: str) -> None:
    (message,) = refuses(manifest(end=lines))
    assert says in message


def test_defaults_may_name_a_model_that_one_of_the_outcomes_has(reads: Reads, refuses: Any) -> None:
    text = manifest(more='[defaults]\nforest = { models = ["Common effect"] }\n', end=SENSITIVITY)
    assert display(reads(text)).models == ("Common effect",)
    (message,) = refuses(manifest(more='[defaults]\nforest = { models = ["Common effect"] }\n'))
    assert "defaults.forest.models" in message


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ('columns = ["characteristics.blast"]', 'no study has the field "characteristics.blast". Did you mean'),
        ('risk_of_bias = "RoB2"', 'no study is appraised with "RoB2". Did you mean "RoB 2"?'),
    ],
)
def test_what_no_study_has_is_told_at_its_line(reads: Reads, key: str, says: str) -> None:
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    tables["studies"] = [{"study_id": "brown-2021", "label": "Brown"}]
    tables["characteristics"] = [{"study_id": "brown-2021", "characteristic": "blasts", "value": "80"}]
    score = {"study_id": "brown-2021", "instrument": "RoB 2", "item": "D1", "score": "Low"}
    tables["appraisals"] = [{"outcome": None, "rater": None, **score}]
    file = reads(manifest(end=f"forest = {{ {key} }}\n"))
    mistakes, _ = out_of_reach(file.manifest, tables, scope_of(tables, file.manifest.eligibility))
    assert [says in mistake.message for mistake in mistakes] == [True]


def test_a_record_does_not_keep_how_a_figure_looks() -> None:
    plain = builders.outcome()
    other = replace(plain, forest=ForestDisplay(layout="jama"))
    assert results_of([plain]) == results_of([other])
    assert "forest" not in results_of([plain])[0]
