"""Presets: what the manifest names by one word, written out choice by choice where the manifest itself says nothing.

Most specific first: an outcome's (or a sensitivity analysis's) own keys, its preset, the keys of [defaults], their
preset, what is built in. Nothing downstream knows presets; it finds plain choices.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from livereview.further import Preset
from livereview.manifest.mistakes import Mistake, dotted, from_validation
from livereview.manifest.models import Choices, Manifest, MeasureChoice, Outcome, PresetChoice, Sensitivity
from livereview.manifest.places import Path
from livereview.manifest.words import among
from livereview.plugins import Plugins, Registered
from livereview.types import EffectMeasure, EffectModel

#: Keys of an outcome that a preset may set, beside options of its measure.
SET = ("model", "prediction", "i2", "level")


def expanded(manifest: Manifest, plugins: Plugins) -> tuple[Manifest, list[Mistake]]:
    """The manifest with every preset written out, and what is wrong with what a preset says."""
    writer = _Writer(plugins=plugins)
    outcomes = tuple(writer.outcome(manifest, index) for index in range(len(manifest.outcomes)))
    return manifest.model_copy(update={"outcomes": outcomes}), writer.mistakes


def preset_choices(plugins: Plugins, name: str, measure: MeasureChoice) -> dict[str, Any]:
    """What a preset sets for a measure: the keys of ``SET`` that it has, and the measure with its options.

    Raises ValueError that names the preset, its provider and what is wrong with its choices.
    """
    registered, known = plugins.find(Preset, name), plugins.find(EffectMeasure, measure.name)
    if registered is None or known is None:
        raise ValueError(f'no preset is called "{name}"' if known else f'no effect measure is called "{measure.name}"')
    try:
        given = dict(registered.descriptor.choices(known.descriptor.name))
        of_measure = {"name": measure.name, **given.pop("measure", {})}
        if of_measure["name"] == measure.name:
            of_measure |= measure.options
        written = MeasureChoice.model_validate(of_measure)
        unknown = sorted(set(given) - set(SET))
        if unknown:
            raise ValueError(f"it sets {among(unknown)}; a preset sets {among(('measure', *SET))}")
        with _mistakes_of(Choices, given):
            chosen = Choices.model_validate(given)
        used = plugins.find(EffectMeasure, written.name)
        if used is None:
            raise ValueError(f'no effect measure is called "{written.name}"')
        _check_options(used, written.options)
        if chosen.model is not None:
            model = plugins.find(EffectModel, chosen.model.name)
            if model is None:
                raise ValueError(f'no effect model is called "{chosen.model.name}"')
            _check_options(model, chosen.model.options)
    except Exception as error:  # whatever a stranger's preset does, it is told as a mistake
        said = str(error) if type(error) is ValueError else f"{type(error).__name__}: {error}"
        raise ValueError(f"the preset {name} of {registered.provider} cannot be used: {said}") from None
    found = {key: getattr(chosen, key) for key in given}
    return {**found, "measure": written}


def _check_options(registered: Registered[Any], options: Mapping[str, Any]) -> None:
    with _mistakes_of(registered.descriptor.options, options):
        registered.options(options)


@contextmanager
def _mistakes_of(model: type[BaseModel], data: Mapping[str, Any]) -> Iterator[None]:
    """Turns what pydantic found wrong into a ValueError in a manifest's words."""
    try:
        yield
    except ValidationError as error:
        found = from_validation(error, model, data=data)
        raise ValueError("; ".join(f"{dotted(item.path)}: {item.message.rstrip('.')}" for item in found)) from None


@dataclass(kw_only=True)
class _Writer:
    """Writes presets out and collects what is wrong."""

    plugins: Plugins
    mistakes: list[Mistake] = field(default_factory=list)

    def outcome(self, manifest: Manifest, index: int) -> Outcome:
        """One outcome with its own preset, or that of [defaults], written out; so are its sensitivity analyses."""
        outcome, defaults = manifest.outcomes[index], manifest.defaults
        measure = outcome.measure or defaults.measure
        if measure is None:  # told already
            return outcome
        update: dict[str, Any] = {}
        if outcome.preset is not None:
            update = self._written(outcome, outcome.preset, measure, ("outcomes", index, "preset"))
        elif defaults.preset is not None:
            said = [key for key in SET if getattr(defaults, key) is not None]
            update = self._written(outcome, defaults.preset, measure, ("defaults", "preset"), said)
        own = outcome.sensitivity is not None
        path: Path = ("outcomes", index, "sensitivity") if own else ("defaults", "sensitivity")
        items = outcome.sensitivity if outcome.sensitivity is not None else defaults.sensitivity
        if items and any(item.preset for item in items):
            update["sensitivity"] = tuple(
                self._sensitivity(item, item.measure or measure, (*path, at)) for at, item in enumerate(items)
            )
        return outcome.model_copy(update=update)

    def _sensitivity(self, item: Sensitivity, measure: MeasureChoice, path: Path) -> Sensitivity:
        if item.preset is None:
            return item
        return item.model_copy(update=self._written(item, item.preset, measure, (*path, "preset")))

    def _written(
        self, part: Choices, preset: PresetChoice, measure: MeasureChoice, path: Path, said: Collection[str] = ()
    ) -> dict[str, Any]:
        """What the preset sets where the part itself, and ``said``, say nothing."""
        try:
            found = preset_choices(self.plugins, preset.name, measure)
        except ValueError as error:
            self.mistakes.append(Mistake(path=path, message=f"{error}."))
            return {}
        return {
            key: value
            for key, value in found.items()
            if key == "measure" or (getattr(part, key) is None and key not in said)
        }
