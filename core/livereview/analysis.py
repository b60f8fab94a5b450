"""One outcome from its studies to every analysis of it: measure, model, subgroups, sensitivity, bias tests.

An outcome's result is a pure function of the scope, the outcome's choices and the plugins. All fits of one set of
studies (overall, each left out, cumulative, subgroups) are masks given to the model in one call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from livereview import inference, subsets
from livereview.bound import Bound, SectionFailed, bound, section
from livereview.cards import study_results
from livereview.fits import NOTHING, Fits, fits_of
from livereview.manifest.models import BiasTestChoice, Outcome, Sensitivity, Subgroups, varied
from livereview.numbers import Numbers, numbers_of
from livereview.plugins import Plugins
from livereview.report import BiasResult, Failure, OutcomeResult, Pooled, SensitivityResult, Step, SubgroupResult
from livereview.selection import Scope
from livereview.types import BiasTest, EffectMeasure, EffectModel, Mask, PluginError
from livereview.wording import cautions, changed_choices, choices

_BY_POPULATION = "result.population"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What every step of one outcome's analysis needs."""

    scope: Scope
    outcome: Outcome
    """Resolved: every choice is filled in."""
    plugins: Plugins
    measure: Bound[EffectMeasure]
    model: Bound[EffectModel]


def setting_of(scope: Scope, outcome: Outcome, plugins: Plugins) -> Setting:
    """The setting of a resolved outcome; ExpectedError where a plugin that it names is missing."""
    assert outcome.measure is not None
    assert outcome.model is not None
    return Setting(
        scope=scope,
        outcome=outcome,
        plugins=plugins,
        measure=bound(plugins, EffectMeasure, outcome.measure),
        model=bound(plugins, EffectModel, outcome.model),
    )


def analysed(scope: Scope, outcome: Outcome, plugins: Plugins) -> OutcomeResult:
    """Every analysis of a resolved outcome. A plugin's failure marks its section; the others go on."""
    setting = setting_of(scope, outcome, plugins)
    result = _without_numbers(setting)
    failures: list[Failure] = []
    try:
        numbers = numbers_of(scope, outcome, setting.measure)
        result = replace(result, excluded=numbers.excluded)
        result = _with_fits(setting, numbers, result)
    except SectionFailed as error:
        return replace(result, failures=(error.failure,))
    result = replace(
        result,
        subgroups=(*result.subgroups, *_by_population(setting, failures)),
        sensitivity=_sensitivities(setting, failures),
        bias=_bias_tests(setting, numbers, failures),
    )
    return replace(result, cautions=cautions(outcome, result, numbers.cautions), failures=tuple(failures))


def _without_numbers(setting: Setting) -> OutcomeResult:
    """The outcome with its choices and no study."""
    outcome, measure = setting.outcome, setting.measure.plugin
    null = None if measure.null is None else float(measure.back_transform(np.asarray(measure.null), None))
    left, right = outcome.favours if outcome.favours and null is not None else ("", "")
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
        control=outcome.control[0] if outcome.control and null is not None else "",
        studies=(),
        pooled=NOTHING,
    )


# --- fits of one set of studies ----------------------------------------------------------------------------------


def _with_fits(setting: Setting, numbers: Numbers, result: OutcomeResult) -> OutcomeResult:
    """The result with its main fit, leave-one-out, cumulative and subgroup fits, all from one call of the model."""
    outcome, k = setting.outcome, len(numbers.ids)
    wanted = outcome.analyses or ()
    present = numbers.studies.present
    divisions = [_division(setting, numbers, item) for item in outcome.subgroups or () if item.by != _BY_POPULATION]
    parts: list[Mask] = [
        subsets.overall(present),
        subsets.without_each(present) if "leave-one-out" in wanted and k > 2 else _none(k),
        subsets.cumulative(np.arange(k)) if "cumulative" in wanted and k > 1 else _none(k),
        *(masks for _, _, masks, _ in divisions),
    ]
    parts[0] = parts[0].reshape(1, k)
    fits = fits_of(numbers, np.concatenate(parts), setting.model, outcome)
    ends = np.cumsum([len(part) for part in parts])
    pieces = [fits.pooled[end - len(part) : end] for end, part in zip(ends, parts, strict=True)]
    labels = list(zip(numbers.ids, numbers.studies.labels, strict=True))
    statuses = [candidate.status for candidate in numbers.candidates]
    return replace(
        result,
        studies=study_results(setting.scope, numbers, fits.weights[0], outcome.level or 0.95),
        pooled=pieces[0][0],
        leave_one_out=_steps(labels, pieces[1]),
        cumulative=_steps(labels, pieces[2]),
        subgroups=tuple(
            _subgroups(item, names, masks, pooled, numbers, notes)
            for (item, names, masks, notes), pooled in zip(divisions, pieces[3:], strict=True)
        ),
        statuses={status: statuses.count(status) for status in sorted(set(statuses))},
    )


def _none(k: int) -> Mask:
    return np.zeros((0, k), dtype=bool)


def _steps(labels: list[tuple[str, str]], pooled: tuple[Pooled, ...]) -> tuple[Step, ...]:
    if not pooled:
        return ()
    return tuple(
        Step(study_id=study_id, label=label, pooled=one) for (study_id, label), one in zip(labels, pooled, strict=True)
    )


def _division(
    setting: Setting, numbers: Numbers, item: Subgroups
) -> tuple[Subgroups, tuple[str, ...], Mask, tuple[str, ...]]:
    """A division of the studies: names of the groups that have a study, their masks, notes on studies in no group."""
    values = [str(setting.scope.studies[study_id].get(item.by) or "") for study_id in numbers.ids]
    groups = dict(item.groups) or {value: (value,) for value in sorted(set(values)) if value}
    masks = {name: np.array([value in members for value in values], dtype=bool) for name, members in groups.items()}
    names = tuple(name for name, mask in masks.items() if mask.any())
    grouped = np.any([masks[name] for name in names], axis=0) if names else np.zeros(len(values), dtype=bool)
    left = [label for label, there in zip(numbers.studies.labels, grouped, strict=True) if not there]
    notes = (f"In no group: {', '.join(left)}.",) if left else ()
    stacked = np.array([masks[name] for name in names]) if names else _none(len(values))
    return item, names, stacked, notes


def _subgroups(
    item: Subgroups,
    names: tuple[str, ...],
    masks: Mask,
    pooled: tuple[Pooled, ...],
    numbers: Numbers,
    notes: tuple[str, ...],
) -> SubgroupResult:
    ids = np.array(numbers.ids, dtype=object)
    groups = tuple((name, one, tuple(ids[mask])) for name, one, mask in zip(names, pooled, masks, strict=True))
    return _compared(item, groups, notes)


def _compared(
    item: Subgroups, groups: tuple[tuple[str, Pooled, tuple[str, ...]], ...], notes: tuple[str, ...]
) -> SubgroupResult:
    """Groups with the test for differences between them, where there are at least two."""
    title = item.title or item.by
    estimates = [one for _, one, _ in groups if one.k and np.isfinite(one.standard_error)]
    if len(estimates) < 2:
        return SubgroupResult(
            title=title, groups=groups, q_between=None, df_between=None, p_between=None,
            notes=(*notes, "Fewer than two groups have a study: there is nothing to compare."),
        )  # fmt: skip
    q, df, p = inference.between(
        np.array([one.estimate for one in estimates]), np.array([one.standard_error for one in estimates])
    )
    return SubgroupResult(
        title=title, groups=groups, q_between=float(q), df_between=int(df), p_between=float(p), notes=notes
    )


# --- analyses that select anew ---------------------------------------------------------------------------------


def _pooled_anew(setting: Setting, outcome: Outcome, left_out: Mapping[str, str] | None = None) -> tuple[Numbers, Fits]:
    """One fit of an outcome with other choices."""
    other = setting_of(setting.scope, outcome, setting.plugins)
    numbers = numbers_of(setting.scope, outcome, other.measure, left_out)
    masks = np.ones((1, len(numbers.ids)), dtype=bool)
    return numbers, fits_of(numbers, masks, other.model, outcome)


def _by_population(setting: Setting, failures: list[Failure]) -> list[SubgroupResult]:
    """Divisions by the population analysed: parts of studies, so that each group selects its own rows."""
    found: list[SubgroupResult] = []
    for item in setting.outcome.subgroups or ():
        if item.by != _BY_POPULATION:
            continue
        groups: list[tuple[str, Pooled, tuple[str, ...]]] = []
        try:
            for name, populations in item.groups.items():
                numbers, fits = _pooled_anew(setting, setting.outcome.model_copy(update={"population": populations}))
                groups.append((name, fits.pooled[0], numbers.ids))
            note = "Groups of patients within studies: a study may stand in several, with different patients."
            found.append(_compared(item, tuple(groups), (note,)))
        except SectionFailed as error:
            failures.append(replace(error.failure, section=f"subgroups: {item.title or item.by}"))
    return found


def _sensitivities(setting: Setting, failures: list[Failure]) -> tuple[SensitivityResult, ...]:
    found: list[SensitivityResult] = []
    for item in setting.outcome.sensitivity or ():
        try:
            found.append(_sensitivity(setting, item))
        except SectionFailed as error:
            failures.append(replace(error.failure, section=f"sensitivity: {item.title}"))
    return tuple(found)


def _sensitivity(setting: Setting, item: Sensitivity) -> SensitivityResult:
    left_out = dict.fromkeys(item.exclude, f"left out in the sensitivity analysis {item.title}")
    numbers, fits = _pooled_anew(setting, varied(setting.outcome, item), left_out)
    pooled = fits.pooled[0]
    return SensitivityResult(
        title=item.title,
        choice=changed_choices(item),
        pooled=pooled,
        studies=numbers.ids,
        notes=(*pooled.notes, *numbers.cautions),
    )


# --- small-study effects -----------------------------------------------------------------------------------------


def _bias_tests(setting: Setting, numbers: Numbers, failures: list[Failure]) -> tuple[BiasResult, ...]:
    assert setting.outcome.bias is not None
    found: list[BiasResult] = []
    for choice in setting.outcome.bias.tests:
        test = bound(setting.plugins, BiasTest, choice)
        try:
            found.append(_bias_test(setting, numbers, choice, test))
        except SectionFailed as error:
            failures.append(error.failure)
    return tuple(found)


def _bias_test(setting: Setting, numbers: Numbers, choice: BiasTestChoice, test: Bound[BiasTest]) -> BiasResult:
    """A bias test on the outcome's measure or on its own, refused or labelled below the manifest's minimum."""
    settings = setting.outcome.bias
    assert settings is not None
    notes: tuple[str, ...] = ()
    if choice.measure is not None:
        numbers = numbers_of(setting.scope, setting.outcome, bound(setting.plugins, EffectMeasure, choice.measure))
        notes = (f"On {numbers.measure.words()}.",)
    refused, label = _too_few(len(numbers.ids), settings.minimum, settings.below, test.plugin.minimum_studies)
    result = BiasResult(name=test.name, summary=test.plugin.summary, refused=refused)
    if refused:
        return result
    with section(f"bias test {test.name}", test):
        try:
            outcome = test.plugin.test(numbers.studies, test.options)
        except PluginError as error:
            return replace(result, refused=str(error))
        values: list[Any] = [outcome.statistic, outcome.p_value]
        if not np.isfinite(values).all() or not 0 <= outcome.p_value <= 1:
            raise PluginError(f"the test returned statistic {outcome.statistic} and P {outcome.p_value}")
    return replace(
        result,
        statistic=outcome.statistic,
        statistic_name=outcome.statistic_name,
        df=outcome.df,
        p_value=outcome.p_value,
        estimate=outcome.estimate,
        standard_error=outcome.standard_error,
        method=outcome.method,
        notes=(*label, *notes, *outcome.notes),
    )


def _too_few(k: int, minimum: int, below: str, possible: int) -> tuple[str, tuple[str, ...]]:
    """Why a test is refused (empty = it is not), and the label where it runs below the minimum."""
    if k < possible:
        return f"{k} studies: the test cannot be computed with fewer than {possible}", ()
    if k >= minimum:
        return "", ()
    if below == "refuse":
        return f"{k} studies: below {minimum} the test says little (Sterne et al. 2011, BMJ 343:d4002)", ()
    return "", (f"Only {k} studies, below the {minimum} of the manifest: run on request, not reliable.",)
