"""Checks of bias tests: what a result must be, what may not change P, and P where the answer is known beforehand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from livereview.testing.agreement import apart
from livereview.testing.check import Inapplicable, Subject, check, fail
from livereview.testing.studies import changed, in_order, pools_effects, sets_of_studies, studies, told, with_effects
from livereview.testing.trials import Trial
from livereview.types import BiasTest, BiasTestResult, PluginError, Studies

Test = Subject[BiasTest]


def _result(test: Test, given: Studies) -> BiasTestResult:
    """What the test says of studies that are all present."""
    with np.errstate(all="ignore"):
        return test.plugin.test(_present(given), test.options)


def _present(given: Studies) -> Studies:
    return in_order(given, np.flatnonzero(given.present))


def _sets(test: Test) -> list[Studies]:
    """Sets of studies, present ones alone, that the test has enough of."""
    found = [_present(given) for given in sets_of_studies(test.plugin, not _of_effects(test))]
    return [given for given in found if given.present.size >= test.plugin.minimum_studies]


def _of_effects(test: Test) -> bool:
    """Whether the test is computed from effects and variances: it needs nothing else, and does not refuse them."""
    if not pools_effects(test.plugin):
        return False
    try:
        _result(test, sets_of_studies(test.plugin)[-1])
    except PluginError:
        return False
    return True


@check(BiasTest, every_choice=True)
def possible_results(test: Test) -> None:
    """A result can be: a finite statistic with a name, P between 0 and 1, degrees of freedom above 0."""
    for given in _sets(test):
        found = _result(test, given)
        if not isinstance(found, BiasTestResult):
            fail(f"it returned {type(found).__name__}; it must return a BiasTestResult")
        if not (math.isfinite(found.statistic) and 0 <= found.p_value <= 1 and found.statistic_name.strip()):
            fail(f"statistic {found.statistic_name!r} = {found.statistic}, P = {found.p_value}; {told(given)}")
        if found.df is not None and not 0 < found.df <= given.present.size:
            fail(f"df is {found.df} for {given.present.size} studies; {told(given)}")
        if found.standard_error is not None and not found.standard_error >= 0:
            fail(f"the standard error is {found.standard_error}; {told(given)}")


@check(BiasTest, every_choice=True)
def order_of_studies(test: Test) -> None:
    """The order of the studies changes nothing."""
    for given in _sets(test):
        size = given.present.size
        for order in (np.arange(size)[::-1], np.random.default_rng(3).permutation(size)):
            _agree(_result(test, in_order(given, order)), _result(test, given), f"in the order {order.tolist()}", given)


@check(BiasTest, every_choice=True)
def mirror_image(test: Test) -> None:
    """Effects of the other sign, or arms exchanged, change the sign of statistic and estimate, and nothing else."""
    for given in _sets(test):
        if _of_effects(test):
            other = changed(given, -given.effect)
        elif "events_1" in given.data:
            names = {"1": "2", "2": "1"}
            other = with_effects({k[:-1] + names[k[-1]]: v for k, v in given.data.items()}, given.measure)
        else:
            raise Inapplicable("its studies have one arm")
        found, was = _result(test, other), _result(test, given)
        sign = -1.0 if found.statistic * was.statistic < 0 else 1.0
        turned = None if was.estimate is None else sign * was.estimate
        _agree(found, replace(was, statistic=sign * was.statistic, estimate=turned), "mirrored", given)


@check(BiasTest, every_choice=True)
def shift_of_effects(test: Test) -> None:
    """Effects that are all larger by a constant change nothing."""
    _only_of_effects(test)
    for given in _sets(test):
        for constant in (0.5, -1000.0):
            found = _result(test, changed(given, given.effect + constant))
            _agree(found, _result(test, given), f"with effects + {constant:g}", given)


@check(BiasTest, every_choice=True)
def scale_of_effects(test: Test) -> None:
    """In other units (effects times c, variances times c²) statistic, df and P are the same."""
    _only_of_effects(test)
    for given in _sets(test):
        was = _result(test, given)
        for factor in (10.0, 1e-4, 1e4):
            found = _result(test, changed(given, given.effect * factor, given.variance * factor**2))
            bare, wanted = (replace(item, estimate=None, standard_error=None) for item in (found, was))
            _agree(bare, wanted, f"with effects * {factor:g}", given)


def _only_of_effects(test: Test) -> None:
    if not _of_effects(test):
        raise Inapplicable("it is computed from the data of the studies, not from their effects")


def _agree(found: BiasTestResult, wanted: BiasTestResult, what: str, given: Studies) -> None:
    for name in ("statistic", "p_value", "df", "estimate", "standard_error"):
        a, b = getattr(found, name), getattr(wanted, name)
        if (a is None) != (b is None) or (a is not None and apart(a, b, 1e-3).any()):
            fail(f"{what} {name} is {a}, and must be {b}; {told(given)}")


@check(BiasTest, every_choice=True)
def p_of_the_statistic(test: Test) -> None:
    """P is the two-sided P of a statistic t or z, the upper P of chi²; t and z are the estimate over its error."""
    from scipy import special

    tried = False
    for given in _sets(test):
        found = _result(test, given)
        x, df = abs(found.statistic), found.df
        if found.statistic_name == "t" and df is not None:
            wanted = 2 * special.stdtr(df, -x)
        elif found.statistic_name == "z" and "exact" not in found.method and "continuity" not in found.method:
            wanted = 2 * special.ndtr(-x)
        elif found.statistic_name == "chi²":
            wanted = special.chdtrc(1 if df is None else df, x)
        else:
            continue
        tried = True
        if abs(found.p_value - wanted) > 1e-6:
            fail(f"{found.statistic_name} = {found.statistic:.6g} with df {df} has P = {wanted:.6g}, not "
                 f"{found.p_value:.6g}; {told(given)}")  # fmt: skip
        if found.estimate is None or not found.standard_error or found.statistic_name == "chi²":
            continue
        ratio = found.estimate / found.standard_error
        if apart(ratio, found.statistic, 1e-3).any():
            fail(f"estimate over standard error is {ratio:.6g}, {found.statistic_name} is {found.statistic:.6g}")
    if not tried:
        raise Inapplicable("its statistic is neither t, z nor chi²")


@check(BiasTest)
def too_few_studies(test: Test) -> None:
    """At its minimum of studies it gives a result, or refuses with the reason."""
    least = max(test.plugin.minimum_studies, 1)
    for given in _sets(test)[-1:]:
        found = _result(test, in_order(given, np.arange(least)))
        if not 0 <= found.p_value <= 1:
            fail(f"with {least} studies P is {found.p_value}; {told(given)}")


@check(BiasTest)
def rare_without_asymmetry(test: Test) -> None:
    """Of simulated sets without small-study effects not many more than 5% have a P below 0.05."""
    for k, sets, most in ((max(test.plugin.minimum_studies + 1, 4), 800, 0.075), (20, 200, 0.11)):
        p = [_result(test, given).p_value for given in _simulated(test, k, 0.0, sets)]
        share = float(np.mean(np.array(p) <= 0.05))
        if share > most:
            fail(f"P is at most 0.05 in {share:.1%} of {len(p)} sets of {k} studies without asymmetry")
        if np.ptp(p) == 0:
            fail(f"P is {p[0]} in each of {len(p)} simulated sets")


@check(BiasTest, every_choice=True)
def sees_asymmetry(test: Test) -> None:
    """Of simulated sets in which small studies find much more, most have a low P."""
    p = [_result(test, given).p_value for given in _simulated(test, 40, 3.0, 40)]
    share = float(np.mean(np.array(p) <= 0.05))
    if share < 0.8:
        fail(f"P is at most 0.05 in {share:.0%} of {len(p)} sets of 40 studies with effects of 3 standard errors more")


def _simulated(test: Test, k: int, per_error: float, sets: int) -> list[Studies]:
    """Sets whose effects grow by ``per_error`` standard errors, with variances of their own."""
    random = np.random.default_rng(23)
    if not _of_effects(test):
        return _simulated_counts(test, k, per_error, sets)
    found = []
    for _ in range(sets):
        error = random.uniform(0.1, 0.6, k)
        effect = 0.2 + per_error * error + random.normal(0, error)
        found.append(studies(effect, error**2, data={"n": np.round(4 / error**2)}))
    return found


def _simulated_counts(test: Test, k: int, per_error: float, sets: int) -> list[Studies]:
    """Two arms with a risk of 0.3 in the second, and odds in the first that are the higher the smaller the study is."""
    random = np.random.default_rng(23)
    example = _sets(test)[0]
    if "events_1" not in example.data or "SMD" in test.plugin.measures:
        raise Inapplicable("the kit simulates effects and two arms of counts")
    n = np.round(np.exp(random.uniform(np.log(30), np.log(800), sets * k)))
    odds = 0.3 / 0.7 * np.exp(0.1 + per_error * np.sqrt(9 / n))
    first, second = (random.binomial(n.astype(int), risk).astype(float) for risk in (odds / (1 + odds), 0.3))
    data = {"events_1": first, "n_1": n, "events_2": second, "n_2": n}
    every = with_effects(data, example.measure)  # a measure takes one study at a time
    return [_present(in_order(every, np.arange(k) + k * number)) for number in range(sets)]


@check(BiasTest)
def line_of_the_test(test: Test) -> None:
    """The line in the funnel plot is that of its estimate: the slope is the change of the effect with its error."""
    for given in _sets(test):
        found = _result(test, given)
        if found.line is None:
            raise Inapplicable("it is not the test of a line")
        if found.estimate is not None and apart(found.line[1], found.estimate, 1.0).any():
            fail(f"the slope of the line is {found.line[1]:.6g}, the estimate {found.estimate:.6g}; {told(given)}")


def trials(test: Test) -> tuple[Trial, ...]:
    """The test on each set of studies."""

    def trial(given: Studies) -> Trial:
        return Trial(
            name=told(given),
            make=lambda: changed(given),
            call=lambda fresh: test.plugin.test(fresh, test.options),
        )

    return tuple(trial(given) for given in _sets(test))
