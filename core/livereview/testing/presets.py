"""Checks of presets: what a preset sets for a measure can be set, for each measure of the installation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from livereview.further import Preset
from livereview.testing.check import Subject, check, fail
from livereview.testing.trials import Trial
from livereview.types import Descriptor, EffectMeasure

Choices = Subject[Preset]


def _codes() -> list[str]:
    from livereview.plugins import installed

    return list(installed().of(EffectMeasure))


@check(Preset)
def usable_choices(preset: Choices) -> None:
    """Its choices for every measure are those that an outcome has, with options that the plugins accept."""
    from livereview.manifest.models import MeasureChoice
    from livereview.manifest.presets import preset_choices
    from livereview.plugins import Plugins, Provider, Registered, installed

    provider = Provider(entry_point="kit", distribution="livereview.testing", version="0")
    found = installed()
    others: list[Registered[Any]] = [item for kind in _others() for item in found.of(kind).values()]
    plugins = Plugins([*others, Registered(descriptor=preset.plugin, provider=provider)])
    for code in _codes():
        try:
            preset_choices(plugins, preset.plugin.name, MeasureChoice(name=code))
        except ValueError as error:
            fail(f"for {code}: {error}")


def _others() -> list[type[Descriptor]]:
    from livereview.registration import HOOKS

    return [kind for kind in HOOKS.values() if kind is not Preset]


@check(Preset)
def choices_that_exist(preset: Choices) -> None:
    """It answers with a mapping for every code, and has a note of a sentence for no key that it never sets."""
    keys: set[str] = set()
    for code in (*_codes(), "UNKNOWN"):
        found = preset.plugin.choices(code)
        if not isinstance(found, Mapping):
            fail(f"for {code} it returned {type(found).__name__}; it must return a mapping")
        keys |= set(found)
    for key, text in preset.plugin.notes.items():
        if key.partition(".")[0] not in keys or not text.strip():
            fail(f"the note on {key!r} is {text!r}; it sets {', '.join(sorted(keys))}")


def trials(preset: Choices) -> tuple[Trial, ...]:
    """The choices for each measure."""

    def trial(code: str) -> Trial:
        return Trial(name=f"the measure {code}", make=lambda: code, call=preset.plugin.choices)

    return tuple(trial(code) for code in _codes())
