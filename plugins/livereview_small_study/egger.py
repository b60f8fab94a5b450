"""Egger's regression test and its mixed-effects form: does the effect change with the size of the study?"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Array, BiasTest, BiasTestResult, Options, PluginError, Studies
from livereview_estimation import Estimator, meta_regression
from livereview_small_study.cautions import caution
from livereview_small_study.line import Line, check_spread, line_test, weighted_line
from livereview_small_study.study_size import VANISHING, WORDS, Predictor, predictor_of

Dispersion = Literal["multiplicative", "additive", "none"]
Interval = Literal["wald", "hartung-knapp", "t"]


class EggerOptions(Options):
    """What the effect is regressed on, and how it may vary about the line."""

    predictor: Predictor = Field(
        default="sei",
        description="sei: standard error; vi: variance; ni: participants; ninv: 1 / participants; sqrtni and sqrtninv: "
        "their square roots.",
    )
    dispersion: Literal["multiplicative", "additive", "none"] = Field(
        default="multiplicative",
        description="multiplicative: all variances are multiplied by one factor (Egger 1997); additive: tau² is added "
        "to them (mixed-effects meta-regression); none: sampling error alone.",
    )
    tau2: Estimator = Field(default="REML", description="Estimator of tau² of additive dispersion.")
    interval: Literal["wald", "hartung-knapp", "t"] = Field(
        default="hartung-knapp",
        description="Test of additive dispersion: hartung-knapp: standard errors scaled by the observed spread, t with "
        "k - 2 degrees of freedom; t: t alone; wald: normal.",
    )


class ThompsonSharpOptions(Options):
    """How tau² is estimated."""

    tau2: Estimator = Field(
        default="DL", description="Estimator of tau²; DL, the method of moments, is that of Thompson and Sharp."
    )


def mixed_line(
    effect: Array, variance: Array, predictor: Array, tau2: Estimator | Literal["EE"], interval: Interval, size: str
) -> Line:
    """Mixed-effects regression, weights ``1 / (v + tau²)``; shapes ``(K,)``, K >= 3. ``tau2="EE"``: tau² = 0.

    See ``livereview_estimation.meta_regression``. Raises ``PluginError`` as ``weighted_line`` does; where Hartung and
    Knapp's factor is 0 since the effects lie on a line; and for numbers too far apart.
    """
    test = "The mixed-effects regression test"
    check_spread(predictor, test, size)
    design = np.stack([np.ones_like(predictor), predictor], axis=-1)
    found = meta_regression(effect, variance, design, np.ones(effect.shape, dtype=bool), tau2, interval)
    if not found.converged:
        raise PluginError(f"{test} cannot be computed: effects or variances differ by more than numbers can hold.")
    # With no more than rounding between effects and line, the factor is about the square of their rounding errors.
    rounding = np.finfo(np.float64).eps ** 2 * (effect**2 / variance).sum() * effect.size
    if interval == "hartung-knapp" and not found.scale > rounding:
        raise PluginError(
            f"{test} cannot be computed: the effects lie on a straight line of the {size} (or are all equal), so that "
            'Hartung and Knapp\'s standard error is 0. Use interval = "wald".'
        )
    intercept, slope = found.coefficients
    intercept_se, slope_se = np.sqrt(np.diagonal(found.covariance))
    return Line(
        slope=float(slope),
        slope_se=float(slope_se),
        intercept=float(intercept),
        intercept_se=float(intercept_se),
        df=float(found.df),
        tau2=float(found.tau2),
    )


def egger_line(studies: Studies, options: EggerOptions) -> Line:
    """The line of the test with these options."""
    predictor = predictor_of(studies, options.predictor, "Egger's test")
    size = WORDS[options.predictor]
    if options.dispersion == "multiplicative":
        return weighted_line(studies.effect, predictor, 1 / studies.variance, "Egger's test", size)
    additive = options.dispersion == "additive"
    return mixed_line(
        studies.effect,
        studies.variance,
        predictor,
        options.tau2 if additive else "EE",
        options.interval if additive else "wald",
        size,
    )


def egger(studies: Studies, options: EggerOptions) -> BiasTestResult:
    """Egger's test: slope over its standard error, two-sided P; ``estimate`` is the slope.

    With the standard error as predictor and multiplicative dispersion, the slope is Egger's bias, the intercept of y/se
    on 1/se. A note gives the limit estimate where the predictor is 0 in an infinitely large study: the effect that the
    line predicts there. Raises ``PluginError`` as ``weighted_line`` and ``mixed_line`` do, and where a predictor needs
    participants that a study does not state.
    """
    line = egger_line(studies, options)
    how = {"multiplicative": "multiplicative dispersion", "none": "sampling error alone"}.get(
        options.dispersion, f"additive dispersion ({options.tau2}), {options.interval}"
    )
    notes = _tau2_note(line) + _limit_note(line, options.predictor)
    by_error = options.predictor in ("sei", "vi")
    method = f"weighted regression of the effect on its {WORDS[options.predictor]}, {how}"
    notes = (*notes, *(caution(studies.measure) if by_error else ()))
    return line_test(line, method, notes, drawn=options.predictor == "sei")


def thompson_sharp(studies: Studies, options: ThompsonSharpOptions) -> BiasTestResult:
    """Thompson and Sharp's test: mixed-effects regression on the standard error, t with k - 2 df, two-sided P.

    The same as ``egger`` with ``dispersion = "additive"``, ``interval = "t"``. Thompson and Sharp 1999,
    doi:10.1002/(SICI)1097-0258(19991030)18:20<2693::AID-SIM235>3.0.CO;2-V.
    """
    return egger(studies, EggerOptions(dispersion="additive", tau2=options.tau2, interval="t"))


def _tau2_note(line: Line) -> tuple[str, ...]:
    return () if line.tau2 is None else (f"tau² about the line: {line.tau2:.4g}",)


def _limit_note(line: Line, predictor: Predictor) -> tuple[str, ...]:
    if predictor not in VANISHING:
        return ()
    return (
        f"limit estimate ({WORDS[predictor]} 0, analysis scale): {line.intercept:.4g}, standard error "
        f"{line.intercept_se:.3g}",
    )


EGGER = BiasTest(
    name="egger",
    summary="Egger's weighted regression of the effect on its standard error.",
    test=egger,
    options=EggerOptions,
    minimum_studies=3,
    references=(
        "Egger M et al. 1997, BMJ 315:629-634, doi:10.1136/bmj.315.7109.629",
        "Sterne JAC, Egger M 2005, in Publication Bias in Meta-Analysis, ch. 6, doi:10.1002/0470870168.ch6",
    ),
)
THOMPSON_SHARP = BiasTest(
    name="thompson-sharp",
    summary="Thompson and Sharp's mixed-effects regression of the effect on its standard error.",
    test=thompson_sharp,
    options=ThompsonSharpOptions,
    minimum_studies=3,
    references=(
        "Thompson SG, Sharp SJ 1999, Stat Med 18:2693-2708, "
        "doi:10.1002/(SICI)1097-0258(19991030)18:20<2693::AID-SIM235>3.0.CO;2-V",
    ),
)
