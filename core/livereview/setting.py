"""What every step of one outcome's analysis needs, and how a step that a plugin fails is set down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from livereview.bound import Bound, SectionFailed, bound
from livereview.further import FurtherAnalysis
from livereview.manifest.models import Choice, MeasureChoice, ModelChoice, Outcome
from livereview.plugins import Plugins
from livereview.report import Failure
from livereview.selection import Scope
from livereview.types import BiasTest, Descriptor, EffectMeasure, EffectModel, Studies

T = TypeVar("T")
C = TypeVar("C", bound=Choice)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The evidence, the choices and the plugins of one outcome."""

    scope: Scope
    outcome: Outcome
    """Resolved: every choice is filled in."""
    plugins: Plugins
    measure: Bound[EffectMeasure]
    model: Bound[EffectModel]


def setting_of(scope: Scope, outcome: Outcome, plugins: Plugins) -> Setting:
    """The setting of a resolved outcome, with the scope as this outcome sees it; ExpectedError where a plugin that it
    names is missing."""
    assert outcome.measure is not None
    assert outcome.model is not None
    return Setting(
        scope=scope.at(outcome),
        outcome=outcome,
        plugins=plugins,
        measure=bound_measure(plugins, outcome.measure, outcome),
        model=bound_model(plugins, outcome.model, outcome),
    )


def bound_measure(plugins: Plugins, choice: MeasureChoice, outcome: Outcome) -> Bound[EffectMeasure]:
    """A measure with its options. One that shows an interval of its own for each study (option ``level``) shows it at
    the outcome's level unless the manifest says otherwise."""
    return bound(plugins, EffectMeasure, at_level(plugins, EffectMeasure, choice, outcome))


def bound_model(plugins: Plugins, choice: ModelChoice, outcome: Outcome) -> Bound[EffectModel]:
    """A model with its options; one that has intervals of its own (option ``level``) has them at the outcome's level
    unless the manifest says otherwise."""
    return bound(plugins, EffectModel, at_level(plugins, EffectModel, choice, outcome))


def at_level(plugins: Plugins, kind: type[Descriptor], choice: C, outcome: Outcome) -> C:
    """The choice with the outcome's confidence level, where its plugin has the option ``level`` and nothing is said."""
    registered = plugins.find(kind, choice.name)
    if registered is None or "level" not in registered.descriptor.options.model_fields:
        return choice
    return choice.model_copy(update={"options": {"level": outcome.level, **choice.options}})


def attempted(section: str, step: Callable[[], T], failures: list[Failure]) -> T | None:
    """What a step gives; None where a plugin fails it, which is added to the failures.

    ``section`` names the step in place of the part that the plugin failed in; empty = that part's own name.
    """
    try:
        return step()
    except SectionFailed as error:
        failures.append(replace(error.failure, section=section or error.failure.section))
        return None


def inapplicable(studies: Studies, plugin: BiasTest | FurtherAnalysis) -> str:
    """Why a plugin does not fit the measure of the studies or their data; empty = it does."""
    if plugin.measures and studies.measure not in plugin.measures:
        return f"it applies to {', '.join(plugin.measures)}, not to {studies.measure}"
    missing = [name for name in plugin.needs if not np.isfinite(studies.data.get(name, np.array(np.nan))).all()]
    return f"it needs {', '.join(missing)}, which not every study states" if missing else ""
