"""What holds for an outcome: its own choice, else the defaults', else what is built in; sensitivity changes some."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from manifest_examples import OUTCOME, manifest
from pydantic import ValidationError

from livereview.audits import AuditCheck
from livereview.evidence.schema import POOLED_BY_DEFAULT
from livereview.manifest.audit import CHECKS
from livereview.manifest.mentions import plugin_mistakes
from livereview.manifest.models import BUILT_IN, NearTimepoint, Sensitivity, varied
from livereview.manifest.outcomes import Analyses, Choices
from livereview.manifest.reading import ManifestFile
from livereview.plugins import Plugins
from livereview.renderers import Renderer
from livereview.triggers import Trigger
from livereview.types import EffectModel

Reads = Callable[[str], ManifestFile]

DEFAULTS = """\
[defaults]
model = "common-effect"
level = 0.9
population = ["ITT"]
sensitivity = [{ title = "Other level", level = 0.8 }]
"""


def test_everything_is_built_in_where_nothing_is_said(reads: Reads) -> None:
    outcome = reads(manifest()).manifest.outcome("os")
    assert (outcome.model.name, outcome.level, outcome.prediction, outcome.i2) == ("random-effects", 0.95, "k-1", "Q")
    assert (outcome.statuses, outcome.timepoint, outcome.filters) == (POOLED_BY_DEFAULT, "any", ())
    assert (outcome.bias.minimum, outcome.bias.below, outcome.bias.tests) == (10, "refuse", ())
    assert [analysis.name for analysis in outcome.analyses] == ["leave-one-out", "cumulative"]


def test_what_has_no_built_in_choice_is_known() -> None:
    assert {key for key in Analyses.model_fields if getattr(BUILT_IN, key) is None} == {
        "measure",
        "favours",
        "preset",
        "stability",
    }


def test_an_outcome_goes_before_the_defaults_and_these_before_what_is_built_in(reads: Reads) -> None:
    outcome = reads(manifest(more=DEFAULTS, end='level = 0.99\npopulation = "PP"\n')).manifest.outcome("os")
    assert (outcome.level, outcome.population) == (0.99, ("PP",))
    assert outcome.model.name == "common-effect"
    assert [item.title for item in outcome.sensitivity] == ["Other level"]
    assert outcome.i2 == "Q"


def test_an_empty_list_takes_back_a_default(reads: Reads) -> None:
    outcome = reads(manifest(more=DEFAULTS, end="sensitivity = []\npopulation = []\n")).manifest.outcome("os")
    assert (outcome.sensitivity, outcome.population) == ((), ())


def test_a_sensitivity_analysis_changes_what_it_names_and_nothing_else(reads: Reads) -> None:
    end = 'sensitivity = [{ title = "x", model = "common-effect", population = "PP", result = "pfs", exclude = "a" }]\n'
    outcome = reads(manifest(more=DEFAULTS.replace('model = "common-effect"\n', ""), end=end)).manifest.outcome("os")
    other = varied(outcome, outcome.sensitivity[0])
    changed = {key for key in type(outcome).model_fields if getattr(outcome, key) != getattr(other, key)}
    assert changed == {"model", "population", "result"}


def test_every_choice_can_be_varied() -> None:
    assert set(Sensitivity.model_fields) == {*Choices.model_fields, "title", "result", "exclude"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('"unstated"', "unstated"), ("24", NearTimepoint(at=24.0)), ("24.5", NearTimepoint(at=24.5)),
        ("{ at = 24, within = 6 }", NearTimepoint(at=24.0, within=6.0)), ("{ at = 0 }", NearTimepoint(at=0.0)),
    ],
)  # fmt: skip
def test_a_timepoint_is_a_word_or_months(written: str, read: object, reads: Reads) -> None:
    assert reads(manifest(end=f"timepoint = {written}\n")).manifest.outcome("os").timepoint == read


def test_a_plugin_is_a_name_or_a_table_with_its_options(reads: Reads) -> None:
    text = manifest(end='bias.tests = ["egger", { name = "begg", p = "exact", measure = "PR" }]\n')
    egger, begg = reads(text).manifest.outcomes[0].bias.tests
    assert (egger.name, egger.options, egger.measure) == ("egger", {}, None)
    assert (begg.name, begg.options, begg.measure.name) == ("begg", {"p": "exact"}, "PR")


def test_without_renderers_figures_and_the_page_are_made(reads: Reads) -> None:
    assert [choice.name for choice in reads(manifest()).manifest.renderers] == ["png", "markdown"]
    assert reads(manifest(top="renderers = []\n")).manifest.renderers == ()


def test_plugins_that_are_used_without_being_named_must_be_there() -> None:
    data = {"outcomes": [{"id": "os"}]}
    found = plugin_mistakes(data, Plugins([]))
    assert [mistake.message for mistake in found] == [
        f'no {kind.kind} is called "{name}", which is used by default. There is none.'
        for kind, name in (
            *((Renderer, "png"), (Renderer, "markdown"), (EffectModel, "random-effects")),
            *((Trigger, choice.name) for choice in BUILT_IN.triggers or ()),
            *((AuditCheck, choice.name) for choice in CHECKS),
        )
    ]
    named = {"renderers": [], "audit": {"checks": []}, "outcomes": [{"model": {"name": 5}, "triggers": []}]}
    assert plugin_mistakes(named, Plugins([])) == []
    assert plugin_mistakes({**named, "defaults": {"model": 5}, "outcomes": []}, Plugins([])) == []


def test_nothing_changes_after_reading(reads: Reads) -> None:
    read = reads(manifest(outcome=OUTCOME, end='population = ["ITT"]\n')).manifest
    with pytest.raises(ValidationError):
        read.outcomes[0].level = 0.5
    assert isinstance(read.outcomes, tuple)
    assert isinstance(read.outcomes[0].population, tuple)


def test_an_unknown_outcome_is_a_key_error(reads: Reads) -> None:
    with pytest.raises(KeyError):
        reads(manifest()).manifest.outcome("x")
