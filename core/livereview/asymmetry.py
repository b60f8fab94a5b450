"""Tests for small-study effects at one outcome: run, refused, or run and labelled below the manifest's minimum."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from functools import partial
from typing import Any

from livereview.bound import Bound, bound, section
from livereview.further import ChosenTest
from livereview.manifest.models import BiasTestChoice
from livereview.manifest.outcomes import BiasTests
from livereview.numbers import Numbers, numbers_of
from livereview.printing import counted
from livereview.report import BiasResult, Failure
from livereview.returned import real_numbers
from livereview.setting import Setting, attempted, bound_measure, inapplicable
from livereview.types import BiasTest, BiasTestResult, PluginError, Studies
from livereview.wording import differences


def bias_tests(setting: Setting, main: Numbers | None, failures: list[Failure]) -> tuple[BiasResult, ...]:
    """Every bias test of the outcome; one that fails is among the failures. ``main``: None where the measure failed."""
    found: list[BiasResult | None] = []
    for choice in setting.outcome.bias.tests if setting.outcome.bias else ():
        test = bound(setting.plugins, BiasTest, choice)
        found.append(attempted(f"bias test {test.name}", partial(_bias_test, setting, main, choice, test), failures))
    return tuple(result for result in found if result is not None)


def chosen_tests(setting: Setting, numbers: Numbers) -> tuple[ChosenTest, ...]:
    """The bias tests of the outcome on its own measure that these studies are enough for and that fit their data."""
    found = []
    for choice in setting.outcome.bias.tests if setting.outcome.bias else ():
        test = bound(setting.plugins, BiasTest, choice)
        assert setting.outcome.bias is not None
        few, _ = _too_few(len(numbers.ids), setting.outcome.bias, test.plugin.minimum_studies)
        if choice.measure is None and not few and not inapplicable(numbers.studies, test.plugin):
            found.append(ChosenTest(name=test.name, options=test.options.model_dump(), run=partial(_run, test)))
    return tuple(found)


def _run(test: Bound[BiasTest], studies: Studies) -> BiasTestResult:
    return test.plugin.test(studies, test.options)


def _bias_test(setting: Setting, main: Numbers | None, choice: BiasTestChoice, test: Bound[BiasTest]) -> BiasResult:
    """A bias test on the outcome's measure or on its own."""
    assert setting.outcome.bias is not None
    numbers = main
    notes: tuple[str, ...] = ()
    if choice.measure is not None:
        measure = bound_measure(setting.plugins, choice.measure, setting.outcome)
        numbers = numbers_of(setting.scope, setting.outcome, measure)
        notes = (f"On {measure.words()}.", *differences(numbers, main))
    result = BiasResult(name=test.name, summary=test.plugin.summary, notes=notes)
    if numbers is None:
        return replace(result, refused="the effect measure failed")
    few, label = _too_few(len(numbers.ids), setting.outcome.bias, test.plugin.minimum_studies)
    refused = few or inapplicable(numbers.studies, test.plugin)
    if refused:
        return replace(result, refused=refused)
    with section(f"bias test {test.name}", test):
        try:
            found = _checked(test.plugin.test(numbers.studies, test.options))
        except _Impossible:
            raise
        except PluginError as error:
            return replace(result, refused=str(error))
    values = {name: getattr(found, name) for name in _SHARED}
    if choice.measure is not None and numbers.measure.name != setting.measure.name:
        values["line"] = None
    return replace(result, **values, notes=(*label, *notes, *found.notes))


#: What a plugin's result and the report's have in common.
_SHARED = [item.name for item in fields(BiasTestResult) if item.name != "notes"]


class _Impossible(PluginError):
    """A test returned what cannot be."""


def _checked(found: Any) -> BiasTestResult:
    """The result as plain numbers; what is not finite where a number may be missing is None."""
    if not isinstance(found, BiasTestResult):
        raise _Impossible(f"the test returned {type(found).__name__}; it must return a BiasTestResult")
    try:
        statistic, p_value = (float(real_numbers(name, getattr(found, name))) for name in ("statistic", "p_value"))
        names = ("df", "estimate", "standard_error")
        df, estimate, standard_error = (_number(name, getattr(found, name)) for name in names)
    except PluginError as error:
        raise _Impossible(f"the test returned what cannot be: {error}") from error
    if not math.isfinite(statistic) or not 0 <= p_value <= 1:
        raise _Impossible(f"the test returned what cannot be: statistic {statistic:g}, P {p_value:g}")
    return replace(
        found,
        statistic=statistic,
        p_value=p_value,
        line=_line(found.line),
        df=df,
        estimate=estimate,
        standard_error=standard_error,
        notes=tuple(str(note) for note in found.notes),
    )


def _line(found: Any) -> tuple[float, float] | None:
    if found is None:
        return None
    try:
        at_zero, slope = (float(real_numbers("line", value)) for value in found)
    except (PluginError, TypeError, ValueError) as error:
        raise _Impossible(f"the test returned what cannot be: the line {found!r}") from error
    return (at_zero, slope) if math.isfinite(at_zero) and math.isfinite(slope) else None


def _number(name: str, value: Any) -> float | None:
    number = math.nan if value is None else float(real_numbers(name, value))
    return number if math.isfinite(number) else None


def _too_few(k: int, settings: BiasTests, possible: int) -> tuple[str, tuple[str, ...]]:
    """Why there are too few studies (empty = there are enough), and the label where the test runs all the same."""
    studies = counted(k, "study", "studies")
    if k < possible:
        return f"{studies}: the test cannot be computed with fewer than {possible}", ()
    if k >= settings.minimum:
        return "", ()
    if settings.below == "refuse":
        return f"{studies}: below {settings.minimum} the test says little (Sterne et al. 2011, BMJ 343:d4002)", ()
    return "", (f"Only {studies}, below the {settings.minimum} of the manifest: run on request, not reliable.",)
