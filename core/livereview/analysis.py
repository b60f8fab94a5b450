"""One outcome from its studies to every analysis of it: measure, model, subgroups, sensitivity, bias tests.

An outcome's result is a pure function of the scope, the outcome's choices and the plugins. All fits of one set of
studies (overall, each left out, cumulative, subgroups) are masks given to the model in one call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from livereview import subsets
from livereview.asymmetry import bias_tests
from livereview.bound import SectionFailed, bound, section
from livereview.cards import study_results
from livereview.divisions import BY_POPULATION, by_population, divided, subgroups
from livereview.fits import NOTHING, Fits, fits_of, participants
from livereview.further import FurtherAnalysis
from livereview.further_analyses import further
from livereview.manifest.forest import Forest
from livereview.manifest.models import Outcome, Subgroups, varied
from livereview.numbers import Numbers, numbers_of
from livereview.plugins import Plugins
from livereview.report import Failure, OutcomeResult, Pooled, SensitivityResult, Step, SubgroupResult
from livereview.selection import Scope
from livereview.setting import Setting, attempted, bound_measure, setting_of
from livereview.stability import stability
from livereview.types import BiasTest, EffectModel, Mask
from livereview.variations import sensitivities
from livereview.verdicts.certainty import certainty_of, rated_before
from livereview.verdicts.flagged import cautions as flagged_cautions
from livereview.verdicts.flagged import without_flagged
from livereview.verdicts.retractions import cautions as retraction_cautions
from livereview.verdicts.retractions import with_retracted
from livereview.wording import cautions, choices


def analysed(scope: Scope, outcome: Outcome, plugins: Plugins) -> OutcomeResult:
    """Every analysis of a resolved outcome. A plugin's failure marks its section; the others go on."""
    setting = setting_of(scope, outcome, plugins)
    failures: list[Failure] = []
    result = without_numbers(setting, attempted("", partial(null_shown, setting), failures))
    numbers = None
    if not failures:
        numbers = attempted("", partial(numbers_of, setting.scope, outcome, setting.measure), failures)
    again: tuple[SensitivityResult, ...] = ()
    if numbers is not None:
        result = replace(result, excluded=numbers.excluded, statuses=numbers.statuses)
        result = _with_fits(setting, numbers, result, failures)
        retracted, again = with_retracted(setting, numbers, failures)
        result = replace(result, retracted=retracted)
        again = (*again, *without_flagged(setting, numbers, failures))
    result = replace(
        result,
        sensitivity=(*sensitivities(setting, numbers, failures), *again),
        bias=bias_tests(setting, numbers, failures),
        further=(*further(setting, numbers, failures), *stability(setting, result.pooled)),
    )
    return replace(
        result,
        cautions=(
            *retraction_cautions(result.retracted),
            *(flagged_cautions(setting, numbers) if numbers else ()),
            *cautions(outcome, result, numbers.cautions if numbers else ()),
            *rated_before(result.certainty, numbers),
        ),
        references=_references(setting, result),
        failures=tuple(dict.fromkeys(failures)),
    )


def null_shown(setting: Setting) -> float | None:
    """No effect on the display scale; None for a measure that has none."""
    plugin = setting.measure.plugin
    with section("effect measure", setting.measure):
        return None if plugin.null is None else float(plugin.back_transform(np.asarray(plugin.null), None))


def without_numbers(setting: Setting, null: float | None) -> OutcomeResult:
    """The outcome with its choices and no study."""
    outcome, measure = setting.outcome, setting.measure.plugin
    comparison = measure.null is not None
    left, right = outcome.favours if outcome.favours and comparison else ("", "")
    return OutcomeResult(
        id=outcome.id,
        title=outcome.title,
        group=outcome.group,
        unit=outcome.unit,
        measure=measure.name,
        measure_title=measure.title,
        scale=measure.scale,
        display=measure.display,
        null_shown=null,
        model=setting.model.name,
        choices=choices(outcome, setting.measure, setting.model),
        level=outcome.level or 0.95,
        i2_basis=outcome.i2 or "Q",
        favours=(left, right),
        experimental=outcome.experimental[0] if outcome.experimental else "",
        control=outcome.control[0] if outcome.control and comparison else "",
        studies=(),
        pooled=NOTHING,
        certainty=certainty_of(outcome),
        forest=(outcome.forest or Forest()).display(),
    )


def _references(setting: Setting, result: OutcomeResult) -> tuple[str, ...]:
    """The literature of the measures, models, bias tests and further analyses that gave a number, each once."""
    outcome = setting.outcome
    found = [*setting.measure.plugin.references, *setting.model.plugin.references] if result.studies else []
    titles = {item.title for item in result.sensitivity if item.pooled.k}
    for item in outcome.sensitivity or ():
        if item.title in titles:
            other = setting_of(setting.scope, varied(outcome, item), setting.plugins)
            found += [*other.measure.plugin.references, *other.model.plugin.references]
    ran = {test.name for test in result.bias if not test.refused}
    for choice in outcome.bias.tests if outcome.bias else ():
        test = bound(setting.plugins, BiasTest, choice)
        if test.name in ran:
            found += test.plugin.references
            found += bound_measure(setting.plugins, choice.measure, outcome).plugin.references if choice.measure else ()
    if outcome.stability and any(item.name == "stability" and not item.refused for item in result.further):
        for measure in outcome.stability.measures:
            found += bound_measure(setting.plugins, measure, outcome).plugin.references
        for model in outcome.stability.models:
            found += bound(setting.plugins, EffectModel, model).plugin.references
    for analysis in result.further:
        registered = None if analysis.refused else setting.plugins.find(FurtherAnalysis, analysis.name)
        found += registered.descriptor.references if registered is not None else ()
    return tuple(dict.fromkeys(found))


# --- fits of one set of studies ----------------------------------------------------------------------------------


def _with_fits(setting: Setting, numbers: Numbers, result: OutcomeResult, failures: list[Failure]) -> OutcomeResult:
    """The result with its main fit, leave-one-out, cumulative and subgroup fits, all from one call of the model."""
    k = len(numbers.ids)
    wanted, present = {choice.name for choice in setting.outcome.analyses or ()}, numbers.studies.present
    items = setting.outcome.subgroups or ()
    divisions = {i: divided(setting, numbers, item) for i, item in enumerate(items) if item.by != BY_POPULATION}
    none = np.zeros((0, k), dtype=bool)
    parts: list[tuple[str, Mask]] = [
        ("", subsets.overall(present).reshape(1, k)),
        ("leave-one-out", subsets.without_each(present) if "leave-one-out" in wanted and k > 2 else none),
        ("cumulative", subsets.cumulative(np.arange(k)) if "cumulative" in wanted and k > 1 else none),
        *((f"subgroups: {division.title}", division.masks) for division in divisions.values()),
    ]
    main, left_out, cumulative, *of_divisions = _fits(setting, numbers, parts, failures)
    level, weights = setting.outcome.level or 0.95, np.full(k, np.nan) if main is None else main.weights[0]
    studies = attempted("", partial(study_results, setting.scope, numbers, weights, level), failures) or ()
    if main is None:
        nothing = replace(NOTHING, k=k, participants=participants(numbers, present)) if k else NOTHING
        return replace(result, pooled=nothing, studies=studies)
    found: dict[int, SubgroupResult] = {
        i: subgroups(division, fits.pooled, numbers)
        for (i, division), fits in zip(divisions.items(), of_divisions, strict=True)
        if fits is not None
    }
    for i, item in enumerate(items):
        if item.by == BY_POPULATION:
            parted = _parted(setting, numbers, item, failures)
            found |= {} if parted is None else {i: parted}
    return replace(
        result,
        studies=studies,
        pooled=main.pooled[0],
        leave_one_out=_steps(numbers, left_out),
        cumulative=_steps(numbers, cumulative),
        subgroups=tuple(found[i] for i in sorted(found)),
    )


def _parted(setting: Setting, numbers: Numbers, item: Subgroups, failures: list[Failure]) -> SubgroupResult | None:
    name = f"subgroups: {item.title or item.by}"
    return attempted(name, partial(by_population, setting, numbers, item), failures)


def _fits(
    setting: Setting, numbers: Numbers, parts: Sequence[tuple[str, Mask]], failures: list[Failure]
) -> list[Fits | None]:
    """The fits of each part, from one call. Where that fails, each part is fitted on its own, so that one that cannot
    be fitted leaves the others; without the first, the main fit, the others are not tried."""

    def fitted(masks: Mask) -> Fits:
        if not len(masks):
            return Fits(pooled=(), weights=np.zeros(masks.shape))
        return fits_of(numbers, masks, setting.model, setting.outcome)

    try:
        fits = fitted(np.concatenate([masks for _, masks in parts]))
    except SectionFailed:
        main = attempted(parts[0][0], partial(fitted, parts[0][1]), failures)
        if main is None:
            return [None] * len(parts)
        return [main, *(attempted(name, partial(fitted, masks), failures) for name, masks in parts[1:])]
    ends = np.cumsum([len(masks) for _, masks in parts])
    starts = [0, *ends[:-1]]
    return [
        Fits(pooled=fits.pooled[start:end], weights=fits.weights[start:end])
        for start, end in zip(starts, ends, strict=True)
    ]


def _steps(numbers: Numbers, fits: Fits | None) -> tuple[Step, ...]:
    pooled: tuple[Pooled, ...] = fits.pooled if fits is not None else ()
    if not pooled:
        return ()
    studies = zip(numbers.ids, numbers.studies.labels, pooled, strict=True)
    return tuple(Step(study_id=study_id, label=label, pooled=one) for study_id, label, one in studies)
