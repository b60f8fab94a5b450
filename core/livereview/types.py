"""What crosses a hook: frozen dataclasses that a plugin receives, returns or registers (for renderers: report.py).

Rules a plugin author must know. Arrays are float64 of shape ``(..., K)``: the last axis is studies, leading
axes are separate fits. Effects, variances, estimates and standard errors are on the *analysis scale* (log for
ratios, logit for PLO, ...); only ``back_transform`` leaves it. Percentages are 0-100, probabilities 0-1.
This module imports nothing of ours, and neither pandas nor matplotlib.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Cell = str | int | float | bool | date | datetime | None

#: Version of the contract in this module and in hookspecs; a field is added only with a default.
HOOK_API = 1


class Options(BaseModel):
    """Base of every plugin's options: unknown keys are refused, values do not change after validation.

    Describe each field (``Field(description=...)``); the text appears in the manifest's JSON Schema.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, kw_only=True)
class Descriptor:
    """What every registered piece has: a name unique within its kind, a line of summary, typed options."""

    kind: ClassVar[str] = ""
    name: str
    summary: str
    options: type[Options] = Options
    references: tuple[str, ...] = ()
    """Literature: author year, journal, DOI."""
    expected_failures: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)
    """Checks of ``livereview.testing`` that do not hold for it, by name, each with the reason."""


class PluginError(Exception):
    """Raised by a plugin for an expected failure: the message is shown, without a traceback.

    Say what was found and what would be right. The section it belongs to is marked failed; other sections go on.
    """


# --- effect measures ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RowsNeeded:
    """Which result rows a measure is computed from."""

    layout: Literal["two-arms", "one-arm", "contrast"]
    """Two rows (an experimental and a control arm), one row of an arm, or one row that compares two arms."""
    measures: tuple[str, ...]
    """Values of the ``measure`` column that qualify, e.g. ``("count",)`` or ``("HR",)``."""
    columns: tuple[str, ...]
    """Columns without which a row cannot be used, e.g. ``("events", "n")``."""
    any_of: tuple[tuple[str, ...], ...] = ()
    """Groups of columns of which a row must have one whole, e.g. ``(("estimate",), ("events", "time"))``."""


@dataclass(frozen=True, kw_only=True)
class StudyEffects:
    """Effects of K studies on the analysis scale. NaN in ``effect`` = not estimable; then a note says why."""

    effect: Array
    variance: Array
    ci_low: Array | None = None
    """Own interval of each study on the *display* scale (e.g. Clopper-Pearson); None = Wald on the analysis scale."""
    ci_high: Array | None = None
    notes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """By position on the last axis: what was done to the study's numbers (zero cells, SE from P) or why it is out."""


@dataclass(frozen=True, kw_only=True)
class EffectMeasure(Descriptor):
    """How study data become an effect and its variance.

    ``effects(data, options)`` gets columns as arrays of shape ``(..., K)``: ``events_1, n_1, events_2, n_2``
    (also ``mean_1, sd_1, time_1`` ...; 1 = experimental, 2 = control) for two arms, ``events, n, time, mean, sd,
    estimate, se, ci_low, ci_high, ci_level`` for one arm, ``estimate, ci_low, ci_high, ci_level, se, p_value, events,
    n, o_minus_e, o_minus_e_variance, direction`` (-1 lower, 1 higher) for a contrast, with ``n_1, n_2`` from the arms
    of the study where they are known. Missing numbers are NaN; a P given only as a bound ("<0.001") arrives as NaN.
    """

    kind: ClassVar[str] = "effect-measure"
    title: str
    """As printed: "Risk ratio"."""
    rows: Callable[[Any], RowsNeeded]
    """From the options to the rows needed."""
    effects: Callable[[Mapping[str, Array], Any], StudyEffects]
    back_transform: Callable[[Array, Array | None], Array] = lambda value, n: value
    """From the analysis to the display scale; ``n`` is the sample size a transformation may need (PFT)."""
    scale: Literal["log", "logit", "arcsine", "freeman-tukey", "log-log", "fisher-z", "identity"] = "identity"
    display: Literal["ratio", "proportion", "difference", "rate", "mean", "correlation"] = "difference"
    null: float | None = None
    """No effect, on the analysis scale; None for one-arm measures."""
    aliases: tuple[str, ...] = ()
    """Spellings of meta, RevMan and Stata that a manifest may use."""


# --- effect models -----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Studies:
    """The studies that a model or a bias test sees, checked: the one gate for non-finite numbers.

    ``effect`` and ``variance`` have shape ``(K,)`` or ``(..., K)``; ``present`` has shape ``(..., K)`` and says which
    studies each fit holds. In a present slot the effect must be finite and the variance positive and finite;
    elsewhere they may be anything. Raises ``ValueError`` naming the studies at fault.
    """

    effect: Array
    variance: Array
    present: Mask
    data: Mapping[str, Array] = field(default_factory=dict)
    """Raw columns of shape ``(K,)``, e.g. ``events_1``, for models and tests that need counts."""
    measure: str = ""
    """Code of the effect measure, e.g. ``RR``."""
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = np.broadcast_shapes(self.effect.shape, self.variance.shape, self.present.shape)
        if not shape or self.present.shape != shape:
            raise ValueError(f"present has shape {self.present.shape}; effects and variances need {shape}")
        bad = self.present & ~(np.isfinite(self.effect) & np.isfinite(self.variance) & (self.variance > 0))
        if bad.any():
            at = np.unique(np.nonzero(bad)[-1])
            names = [self.labels[i] if i < len(self.labels) else f"study {i + 1}" for i in at]
            raise ValueError(f"effect or variance is not a usable number for: {', '.join(names)}")

    @property
    def k(self) -> Any:
        """Number of studies in each fit, shape ``(...)``."""
        return self.present.sum(axis=-1)


@dataclass(frozen=True, kw_only=True)
class HypothesisTest:
    """A test that comes with a fit: every field has the shape of the fits, NaN where the test cannot be made."""

    statistic: Array
    p_value: Array
    df: Array | None = None
    """Degrees of freedom, where there are any."""
    statistic_name: str = "chi²"


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What a model returns, the least there is: the core derives intervals, Q, I² and prediction from it.

    Shapes are those of ``Studies.present`` without the last axis, weights with it. Where a fit is impossible
    (k below the minimum) the estimate is NaN.
    """

    estimate: Array
    standard_error: Array
    weights: Array
    """Share of each study in the estimate: sums to 1 over present studies, 0 elsewhere."""
    tau2: Array | None = None
    """Between-study variance; None for a model that has none (common effect)."""
    df: Array | None = None
    """Degrees of freedom of the t distribution of the estimate; None or inf = normal."""
    ci_low: Array | None = None
    """A model's own interval at ``level``; None = estimate ± quantile x standard error."""
    ci_high: Array | None = None
    converged: Mask | None = None
    """None = closed form, nothing to converge."""
    q: Array | None = None
    """Cochran's Q about the model's own estimate, where its method says so; None = about the common-effect mean."""
    notes: Mapping[str, Mask] = field(default_factory=dict)
    """What happened on the way, each with the fits it happened to (e.g. "REML: solved by bracketing")."""
    prediction_low: Array | None = None
    """A model's own prediction interval at ``level``; None = from estimate, standard error and tau²."""
    prediction_high: Array | None = None
    tests: Mapping[str, HypothesisTest] = field(default_factory=dict)
    """Further tests of the method, by name: "Breslow-Day", "likelihood ratio against no selection"."""
    parameters: Mapping[str, Array] = field(default_factory=dict)
    """Further numbers of the method, by name, on the analysis scale or without one: "studies filled in", "tau² of the
    intercepts". Shape of the fits; NaN where there is none."""


@dataclass(frozen=True, kw_only=True)
class EffectModel(Descriptor):
    """How effects are pooled: ``fit(studies, options) -> Fit``.

    With ``vectorized=False`` (the default) ``fit`` sees one set of present studies, arrays of shape ``(K,)``, and the
    core lifts it over leading axes. With ``vectorized=True`` it takes the mask itself.
    """

    kind: ClassVar[str] = "effect-model"
    fit: Callable[[Studies, Any], Fit]
    vectorized: bool = False
    has_test: bool = True
    """Whether estimate over standard error is a test of no effect; False for a posterior, which has no P."""
    adjusts: bool = False
    """Whether it adjusts for missing studies: as a sensitivity analysis, its estimate is a mark in the funnel plot."""
    minimum_studies: int = 1
    needs: tuple[str, ...] = ()
    """Columns of ``Studies.data`` without which the model cannot run."""
    measures: tuple[str, ...] = ()
    """Codes of the measures it applies to; empty = all."""


# --- bias tests --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class BiasTestResult:
    """A small-study-effect test: the statistic, its P, and the estimate of asymmetry where the test has one."""

    statistic: float
    statistic_name: str
    """"t", "z", "tau"..."""
    p_value: float
    df: float | None = None
    estimate: float | None = None
    """E.g. Egger's intercept, in standard errors."""
    standard_error: float | None = None
    method: str = ""
    """How P was obtained, in words: "exact", "normal approximation, tie-corrected"."""
    notes: tuple[str, ...] = ()
    line: tuple[float, float] | None = None
    """The line that the test is of, where its predictor is the standard error: the effect at a standard error of 0, and
    the change of the effect with the standard error."""


@dataclass(frozen=True, kw_only=True)
class BiasTest(Descriptor):
    """Tests for funnel asymmetry: ``test(studies, options)`` on arrays of shape ``(K,)``, all present."""

    kind: ClassVar[str] = "bias-test"
    test: Callable[[Studies, Any], BiasTestResult]
    minimum_studies: int = 3
    """Fewer cannot be computed at all; the manifest's threshold (10 by default) is the core's."""
    needs: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
