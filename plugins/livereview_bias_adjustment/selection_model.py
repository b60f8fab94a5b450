"""Selection models: the mean of all studies, if the chance to be published depends on the P value.

The rule: a fit that cannot be identified has no estimate. An interval of P values without a study, a weight that the
likelihood drives beyond all bounds and a likelihood without curvature are notes, never numbers.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from livereview import Array, EffectModel, Fit, HypothesisTest, Mask, Options, PluginError, Studies
from livereview_bias_adjustment.selection_functions import SelectionFunction, Shape
from livereview_bias_adjustment.selection_maximum import HIGHEST, Highest, highest
from livereview_estimation import ONE_ARM, pooled
from livereview_estimation.packing import ELEMENTS, Index, rows

EMPTY = "an interval between the steps holds no P value of a study: not fitted; choose other steps"
UNLIMITED = (
    f"the likelihood rises with a parameter of the selection beyond {HIGHEST:.0f}, without limit: not fitted; choose "
    "fewer steps or another function"
)
FLAT = "the likelihood has no curvature in a parameter: mean and selection cannot be told apart; not fitted"
UNSETTLED = "the search for the maximum did not settle: not fitted"
AT_BOUND = "tau² is 0, at its bound: standard errors are those for tau² known to be 0"
TEST = "likelihood ratio against no selection"


class SelectionOptions(Options):
    """The selection function and what P values it depends on."""

    function: Shape = Field(
        default="step",
        description="step: a weight for each interval of P; beta: a beta density of P (two parameters); half-normal, "
        "negative-exponential, logistic, power: falling from 1 with one parameter.",
    )
    steps: tuple[float, ...] | None = Field(
        default=None,
        description="P values at which the weight of a step function changes, ascending, between 0 and 1; the weight "
        "is 1 up to the first. Not given: 0.025 (two-sided: 0.05).",
    )
    alternative: Literal["greater", "less", "two-sided", "auto"] = Field(
        default="auto",
        description="Which effects have low P: greater or less than no effect, or both; auto: the side on which the "
        "common-effect mean lies.",
    )

    @model_validator(mode="after")
    def _fitting(self) -> SelectionOptions:
        if self.steps is None:
            return self
        if self.function != "step":
            raise ValueError('steps belong to function = "step" alone')
        steps = list(self.steps)
        if not steps or sorted(set(steps)) != steps or not 0 < steps[0] <= steps[-1] < 1:
            raise ValueError("steps must be ascending P values between 0 and 1, e.g. [0.025, 0.5]")
        return self

    def cuts(self) -> tuple[float, ...]:
        """The steps of a step function, given or default; none for other functions."""
        if self.function != "step":
            return ()
        return self.steps or ((0.05,) if self.alternative == "two-sided" else (0.025,))


def selection_model(studies: Studies, options: SelectionOptions) -> Fit:
    """Maximum likelihood of mean, tau² and selection; see ``SelectionFunction`` and ``selection_likelihood``.

    Standard errors from the observed information; normal quantiles. ``tests``: likelihood ratio against the ML
    random-effects model, chi² with one degree of freedom for each free parameter. ``parameters``: each parameter of the
    selection and its standard error. Weights are those of the pooled mean at this tau², as the estimate itself is no
    weighted mean. P values are those against an effect of 0, so measures of one arm are refused.
    """
    if studies.measure in ONE_ARM:
        raise PluginError(
            f"A selection model needs P values of studies, and {studies.measure}, an effect of one arm, has no value "
            "of no effect to test against. It applies to comparisons of two arms."
        )
    y, v, here = rows(studies.effect, studies.variance, studies.present)
    sides = np.full(here.shape[0], options.alternative, dtype=object)
    if options.alternative == "auto":
        sides[:] = np.where(pooled(y, v, here).mean >= 0, "greater", "less")
    names = parameter_names(options.function, options.cuts())
    numbers = {name: np.full(here.shape[0], np.nan) for name in ("estimate", "error", "tau2", "lr", *names)}
    why = {note: np.zeros(here.shape[0], dtype=bool) for note in (EMPTY, UNLIMITED, FLAT, UNSETTLED, AT_BOUND)}
    for side in sorted(set(sides)):
        function = SelectionFunction(shape=options.function, alternative=side, steps=options.cuts())
        fits = np.flatnonzero(sides == side)
        filled = every_step_held(function, y[fits], v[fits], here[fits])
        why[EMPTY][fits[~filled]] = here[fits[~filled]].any(axis=-1)
        for part in _chunks(fits[filled], here.shape[-1], function):
            _fill(numbers, why, part, names, highest(y[part], v[part], here[part], function))
        if options.alternative == "auto":
            why[f"low P values are those of effects {_SIDES[side]} no effect"] = sides == side
    weights = pooled(y, v, here, np.nan_to_num(numbers["tau2"])).weights
    return _result(numbers, why, names, weights, studies.present.shape)


def _result(
    numbers: dict[str, Array], why: dict[str, Mask], names: list[str], weights: Array, shape: tuple[int, ...]
) -> Fit:
    """The fit, from flat arrays."""
    ok = np.isfinite(numbers["estimate"])
    outer = {name: values.reshape(shape[:-1]) for name, values in numbers.items()}
    return Fit(
        estimate=outer["estimate"],
        standard_error=outer["error"],
        weights=np.where(ok[:, None], weights, 0.0).reshape(shape),
        tau2=outer["tau2"],
        converged=ok.reshape(shape[:-1]),
        notes={note: where.reshape(shape[:-1]) for note, where in why.items() if where.any()},
        tests={TEST: _ratio_test(outer["lr"], len(names) // 2)},
        parameters={name: outer[name] for name in names},
    )


_SIDES = {"greater": "above", "less": "below"}


def parameter_names(shape: Shape, steps: tuple[float, ...]) -> list[str]:
    """Names of the parameters of a selection function, then of their standard errors."""
    if shape == "step":
        ends = [*steps[1:], 1.0]
        names = [f"weight of P {low:g} to {high:g}" for low, high in zip(steps, ends, strict=True)]
    else:
        names = ["delta 1", "delta 2"] if shape == "beta" else ["delta"]
    return [*names, *(f"standard error of {name}" for name in names)]


def every_step_held(function: SelectionFunction, y: Array, v: Array, present: Mask) -> Mask:
    """Fits that have a study in each interval of a step function; all, for other functions."""
    if function.shape != "step":
        return np.ones(present.shape[0], dtype=bool)
    z = np.where(present, y, 0.0) / np.sqrt(np.where(present, v, 1.0))
    step = np.where(present, function.step_of(function.p_values(z)), -1)
    return np.asarray((step[..., None] == np.arange(function.size + 1)).any(axis=-2).all(axis=-1))


def _chunks(fits: Index, studies: int, function: SelectionFunction) -> list[Index]:
    """Parts of these fits that keep the arrays of the likelihood, about 150 numbers a study, cell and fit, small."""
    size = max(1, ELEMENTS // max(1, studies * function.cells().low.size))
    return [fits[start : start + size] for start in range(0, fits.size, size)]


def _fill(numbers: dict[str, Array], why: dict[str, Mask], fits: Index, names: list[str], found: Highest) -> None:
    """Results of some fits put in their places, or why there are none."""
    variance = np.diagonal(found.covariance, axis1=-2, axis2=-1)
    why[UNLIMITED][fits] = found.unlimited
    why[UNSETTLED][fits] = ~found.settled
    why[FLAT][fits] = found.settled & ~found.unlimited & ~np.isfinite(variance).all(axis=-1)
    ok = found.settled & ~found.unlimited & np.isfinite(variance).all(axis=-1)
    why[AT_BOUND][fits] = ok & (found.parameters[:, 1] == 0)
    mean, tau2 = found.parameters[:, 0], found.parameters[:, 1]
    values = [mean, np.sqrt(variance[:, 0]), tau2, 2 * (found.value - found.unselected)]
    values += [*found.parameters[:, 2:].T, *np.sqrt(variance[:, 2:]).T]
    for name, value in zip(("estimate", "error", "tau2", "lr", *names), values, strict=True):
        numbers[name][fits] = np.where(ok, value, np.nan)


def _ratio_test(statistic: Array, df: int) -> HypothesisTest:
    from scipy.special import chdtrc

    statistic = np.maximum(statistic, 0.0)
    return HypothesisTest(
        statistic=statistic, p_value=np.asarray(chdtrc(df, statistic)), df=np.full(statistic.shape, float(df))
    )


SELECTION_MODEL = EffectModel(
    name="selection-model",
    summary="Mean of all studies where the chance to be published depends on the P value, by maximum likelihood.",
    options=SelectionOptions,
    fit=selection_model,
    vectorized=True,
    adjusts=True,
    minimum_studies=3,
    references=(
        "Hedges LV. Modeling publication selection effects in meta-analysis. Stat Sci 1992;7:246. "
        "doi:10.1214/ss/1177011364",
        "Vevea JL, Hedges LV. A general linear model for estimating effect size in the presence of publication bias. "
        "Psychometrika 1995;60:419. doi:10.1007/BF02294384",
        "Citkowicz M, Vevea JL. A parsimonious weight function for modeling publication bias. Psychol Methods "
        "2017;22:28. doi:10.1037/met0000119",
        "Preston C, Ashby D, Smyth R. Adjusting for publication bias: modelling the selection process. J Eval Clin "
        "Pract 2004;10:313. doi:10.1111/j.1365-2753.2003.00457.x",
    ),
    expected_failures={
        "shift-of-effects": "studies are selected by P of no effect, which a shift changes",
        "mirror-image: alternative = greater": "the side on which studies are selected is stated",
        "mirror-image: alternative = less": "the side on which studies are selected is stated",
        "identical-studies": "of few equal effects the likelihood has no maximum: the fit is marked",
        "between-the-effects": "it stands for studies that were not published",
        "weights-give-the-estimate": "studies that were not published have a part in the estimate, and no weight",
        "honest-standard-errors": "by maximum likelihood the intervals of 20 studies are too narrow",
    },
)
