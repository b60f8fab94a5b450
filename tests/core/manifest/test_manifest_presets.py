"""Presets: written out when a manifest is read, the more specific word winning; one that goes wrong is a mistake."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from manifest_examples import manifest

from livereview import Preset
from livereview.manifest.mistakes import ManifestError
from livereview.manifest.models import varied
from livereview.manifest.reading import ManifestFile, read
from livereview.plugins import Plugins, Provider, Registered

Reads = Callable[[str | bytes], ManifestFile]


def test_a_preset_sets_what_its_program_chooses(reads: Reads) -> None:
    outcome = reads(manifest(end='preset = "revman5"\n')).manifest.outcome("os")
    assert outcome.model.options | {"name": outcome.model.name} == {
        "name": "random-effects", "tau2": "DL", "interval": "wald",
    }  # fmt: skip
    assert (outcome.prediction, outcome.i2, outcome.preset.name) == ("none", "Q", "revman5")


def test_it_depends_on_the_measure_and_sets_the_measures_options(reads: Reads) -> None:
    text = manifest(end='preset = "metafor"\n').replace('measure = "HR"', 'measure = "RR"')
    assert 'measure = "RR"' in text
    outcome = reads(text).manifest.outcome("os")
    assert outcome.measure.options == {"add": 0.5, "to": "only0", "drop00": False, "all_events": "corrected"}


def test_what_the_manifest_says_itself_wins(reads: Reads) -> None:
    text = manifest(end='preset = "metafor"\nprediction = "k-2"\nmodel = "common-effect"\n')
    outcome = reads(text).manifest.outcome("os")
    assert (outcome.prediction, outcome.model.name, outcome.i2) == ("k-2", "common-effect", "tau2")


def test_an_option_of_the_measure_that_the_manifest_gives_wins(reads: Reads) -> None:
    text = manifest(end='preset = "metafor"\n').replace('measure = "HR"', 'measure = { name = "RR", drop00 = true }')
    measure = reads(text).manifest.outcome("os").measure
    assert (measure.options["drop00"], measure.options["to"]) == (True, "only0")


def test_an_outcomes_preset_wins_over_the_defaults_and_these_over_their_preset(reads: Reads) -> None:
    defaults = '[defaults]\npreset = "metafor"\nprediction = "k-2"\n'
    plain = reads(manifest(more=defaults)).manifest.outcome("os")
    assert (plain.prediction, plain.i2, plain.preset.name) == ("k-2", "tau2", "metafor")
    own = reads(manifest(more=defaults, end='preset = "revman5"\n')).manifest.outcome("os")
    assert (own.prediction, own.i2) == ("none", "Q")


def test_a_sensitivity_analysis_may_be_a_preset(reads: Reads) -> None:
    text = manifest(end='prediction = "k-2"\nsensitivity = [{ title = "As RevMan 5", preset = "revman5" }]\n')
    outcome = reads(text).manifest.outcome("os")
    other = varied(outcome, outcome.sensitivity[0])
    assert (outcome.prediction, outcome.model.options) == ("k-2", {})
    assert (other.prediction, other.model.options["tau2"]) == ("none", "DL")


def test_an_unknown_preset_is_told_with_the_nearest_name(refuses: Callable[[str], list[str]]) -> None:
    (message,) = refuses(manifest(end='preset = "revman"\n'))
    assert 'no preset is called "revman". Did you mean "revman5"?' in message


BROKEN: dict[str, tuple[Callable[[str], Mapping[str, Any]], str]] = {
    "an unknown key": (lambda measure: {"modell": "x"}, "it sets modell; a preset sets measure, model"),
    "a wrong value": (lambda measure: {"prediction": "k-3"}, 'found "k-3"'),
    "an unknown model": (lambda measure: {"model": "magic"}, 'no effect model is called "magic"'),
    "an option that is not": (lambda measure: {"model": {"name": "common-effect", "tau2": "DL"}}, "tau2"),
    "an exception": (lambda measure: {}[measure], "KeyError: 'HR'"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_preset_that_goes_wrong_is_named_with_its_provider(case: str, plugins: Plugins, tmp_path: Path) -> None:
    choices, said = BROKEN[case]
    provider = Provider(entry_point="elsewhere", distribution="elsewhere", version="2.0")
    preset: Registered[Any] = Registered(
        descriptor=Preset(name="broken", summary="", choices=choices), provider=provider
    )
    path = tmp_path / "review.toml"
    path.write_text(manifest(end='preset = "broken"\n'), encoding="utf-8")
    with pytest.raises(ManifestError) as caught:
        read(path, Plugins([*plugins._supplied, preset]))
    (message,) = caught.value.messages
    assert message.startswith(f"{path}:10: outcomes[0].preset: the preset broken of elsewhere 2.0 (elsewhere)")
    assert said in message
