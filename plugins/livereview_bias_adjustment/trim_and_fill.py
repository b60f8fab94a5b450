"""Trim and fill as a model: the pooled estimate after the studies that one side of the funnel lacks are filled in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Array, EffectModel, Fit, HypothesisTest, Mask, Options, Studies
from livereview_bias_adjustment.trimming import Trimmed, trimmed
from livereview_estimation import Estimator, Pooled, hartung_knapp_scale, meta_regression, pooled, tau_squared
from livereview_estimation.packing import rows

LEFT, RIGHT = "studies are filled in on the left (low effects)", "studies are filled in on the right (high effects)"
NONE = "no study is filled in"
UNSETTLED = "trimming did not settle, or the estimator has no value: not fitted"
NO_SIDE = "all standard errors are equal, so no side of the funnel can be chosen: the left one is taken"
FILLED, FILLED_SE = "studies filled in", "standard error of the studies filled in"
NO_MISSING = "no study missing on the filled side (R0)"


class TrimAndFillOptions(Options):
    """Choices of trim and fill."""

    estimator: Literal["L0", "R0", "Q0"] = Field(
        default="L0", description="Estimator of the number of missing studies (Duval and Tweedie 2000)."
    )
    side: Literal["auto", "left", "right"] = Field(
        default="auto",
        description="Side on which studies are missing: left = low effects, right = high effects; auto: left where "
        "effects rise with their standard error, else right.",
    )
    tau2: Estimator | Literal["none"] = Field(
        default="REML",
        description="Estimator of tau²; none: the common-effect model.",
    )
    center: Literal["model", "common-effect"] = Field(
        default="model",
        description="Mean about which studies are trimmed and mirrored: that of the model, as metafor does, or the "
        "common effect, as R's meta does; either way the model pools at the end.",
    )
    interval: Literal["wald", "hartung-knapp", "t"] = Field(
        default="wald",
        description="wald: normal quantiles; hartung-knapp: standard error scaled by the observed spread, t quantiles; "
        "t: t quantiles alone. Filled studies count among the k in k - 1 degrees of freedom.",
    )


@dataclass(frozen=True, kw_only=True)
class Filled:
    """Studies and their mirror images, arrays (fits, 2 K): the originals first, then one slot for each image."""

    effect: Array
    variance: Array
    present: Mask
    trim: Trimmed
    right: Mask
    """(fits,): images lie on the right."""


def filled(y: Array, v: Array, present: Mask, options: TrimAndFillOptions) -> Filled:
    """Trim and fill of effects, variances and mask (n, K): an image of y about the centre m is 2 m - y, variance v."""
    right = np.full(present.shape[0], options.side == "right")
    if options.side == "auto":
        right = slope_of_funnel(y, v, present, _trimming(options)) < 0
    sign = np.where(right, -1.0, 1.0)
    trim = trimmed(y * sign[:, None], v, present, _mean(options), options.estimator)
    images = 2 * (sign * trim.center)[:, None] - y
    return Filled(
        effect=np.concatenate([y, images], axis=-1),
        variance=np.concatenate([v, v], axis=-1),
        present=np.concatenate([present, trim.trimmed], axis=-1),
        trim=trim,
        right=right,
    )


def slope_of_funnel(y: Array, v: Array, present: Mask, tau2: Estimator | Literal["none"]) -> Array:
    """Slope of the effects on their standard errors with weights 1 / (v + tau²), (n,); 0 where there is none."""
    error = np.sqrt(np.where(present, v, 1.0))
    design = np.stack([np.ones_like(error), error], axis=-1)
    line = meta_regression(y, v, design, present, "EE" if tau2 == "none" else tau2)
    return np.nan_to_num(line.coefficients[:, 1])


def _trimming(options: TrimAndFillOptions) -> Estimator | Literal["none"]:
    """Estimator of tau² while trimming."""
    return "none" if options.center == "common-effect" else options.tau2


def _mean(options: TrimAndFillOptions) -> Callable[[Array, Array, Mask], Array]:
    def mean(y: Array, v: Array, present: Mask) -> Array:
        return _pooled(y, v, present, _trimming(options))[0].mean

    return mean


def _pooled(y: Array, v: Array, present: Mask, tau2: Estimator | Literal["none"]) -> tuple[Pooled, Array | None]:
    """Mean, and tau² of random-effects models."""
    if tau2 == "none":
        return pooled(y, v, present), None
    value = tau_squared(y, v, present, tau2).value
    return pooled(y, v, present, value), value


def trim_and_fill(studies: Studies, options: TrimAndFillOptions) -> Fit:
    """The pooled estimate of the studies and their filled images.

    ``parameters``: number of studies filled in and its standard error. ``tests``, for R0 only: of no missing study,
    ``P = 2^-(k0 + 1)``, since a run of k0 + 1 ranks on one side has that chance. The weight of an image counts with the
    study it mirrors, so that weights sum to 1. The variance of the estimate takes images for data and is too small.
    Fewer than 3 studies: not defined, NaN. See ``trimming.trimmed`` for the formulas.
    """
    shape = studies.present.shape
    y, v, here = rows(studies.effect, studies.variance, studies.present)
    enough = here.sum(axis=-1) >= 3
    y, v = np.where(here, y, 0.0), np.where(here, v, 1.0)
    found = filled(y, v, here & enough[:, None], options)
    mean, tau2 = _pooled(found.effect, found.variance, found.present, options.tau2)
    k = found.present.sum(axis=-1)
    ok = found.trim.settled & enough
    variance, df = mean.variance, None
    if options.interval != "wald":
        df = np.where(k > 1, k - 1.0, np.inf)
        variance = variance * (hartung_knapp_scale(mean.q, k) if options.interval == "hartung-knapp" else 1.0)
    missing = np.where(ok, found.trim.missing, np.nan)
    own, image = np.split(mean.weights, 2, axis=-1)
    notes = {
        LEFT: ok & ~found.right & (missing > 0),
        RIGHT: ok & found.right & (missing > 0),
        NONE: ok & (missing == 0),
        UNSETTLED: enough & ~ok,
        NO_SIDE: ok & _one_size(v, here) & (options.side == "auto"),
    }
    outer, tests = shape[:-1], {}
    if options.estimator == "R0":
        tests[NO_MISSING] = HypothesisTest(
            statistic=missing.reshape(outer), p_value=(0.5 ** (missing + 1)).reshape(outer), statistic_name="k0"
        )
    return Fit(
        estimate=np.where(ok, mean.mean, np.nan).reshape(outer),
        standard_error=np.where(ok, np.sqrt(variance), np.nan).reshape(outer),
        weights=np.where(ok[:, None], own + image, 0.0).reshape(shape),
        tau2=None if tau2 is None else np.where(ok, tau2, np.nan).reshape(outer),
        df=None if df is None else df.reshape(outer),
        converged=ok.reshape(outer),
        notes={note: where.reshape(outer) for note, where in notes.items() if where.any()},
        tests=tests,
        parameters={
            FILLED: missing.reshape(outer),
            FILLED_SE: np.where(ok, found.trim.standard_error, np.nan).reshape(outer),
        },
    )


def _one_size(v: Array, present: Mask) -> Mask:
    """Fits whose studies all have the same variance."""
    low = np.where(present, v, np.inf).min(axis=-1, initial=np.inf)
    return np.asarray(np.where(present, v, -np.inf).max(axis=-1, initial=-np.inf) == low)


TRIM_AND_FILL = EffectModel(
    name="trim-and-fill",
    summary="Pools again after filling in the studies that one side of the funnel lacks.",
    options=TrimAndFillOptions,
    fit=trim_and_fill,
    vectorized=True,
    adjusts=True,
    minimum_studies=3,
    references=(
        "Duval S, Tweedie R. Trim and fill: a simple funnel-plot-based method. Biometrics 2000;56:455. "
        "doi:10.1111/j.0006-341X.2000.00455.x",
        "Duval S, Tweedie R. A nonparametric trim and fill method. J Am Stat Assoc 2000;95:89. "
        "doi:10.1080/01621459.2000.10473905",
        "Duval S. The trim and fill method. In: Publication Bias in Meta-Analysis. 2005, ch. 8. "
        "doi:10.1002/0470870168.ch8",
    ),
    expected_failures={
        "mirror-image: side = left": "the side that is filled in is stated",
        "mirror-image: side = right": "the side that is filled in is stated",
        "weights-give-the-estimate": "studies that are filled in have weight, and no place of their own",
        "weights-by-precision": "a study that is mirrored counts twice",
        "many-studies: side = left": "studies are filled in on a side that lacks none by chance alone",
        "honest-standard-errors": "the standard error does not know that studies were filled in",
    },
)
