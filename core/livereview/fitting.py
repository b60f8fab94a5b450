"""Running an effect model on every fit: one call, or one call per fit for a model written for one set of studies.

What a plugin returns is checked here, once, before anything is derived from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from livereview.returned import real_numbers, truths
from livereview.types import Array, EffectModel, Fit, HypothesisTest, Mask, PluginError, Studies

#: How a failure is told that is a model's result, not its refusal.
IMPOSSIBLE = "returned what cannot be"
#: Farthest from 1 that weights may sum to.
WEIGHT_TOLERANCE = 1e-8


def fitted(model: EffectModel, studies: Studies, options: Any) -> Fit:
    """The model's fits of the shape of ``studies.present`` without its last axis, checked.

    A vectorised model is called once with all fits; another is called once per fit with its present studies only,
    arrays of shape (k,), and its weights are put back in place. A fit of fewer studies than the model's minimum, or
    of none, is NaN, carries a note, and never reaches the plugin. Raises ``PluginError``, with everything that is
    wrong, for missing columns, a measure the model does not apply to, and impossible results: wrong shapes, what is no
    real number, no estimate without ``converged`` being false, an infinite standard error without an interval of the
    model's own, weights that do not sum to 1 or lie on absent studies, negative or infinite tau² or Q, negative
    standard errors or degrees of freedom, limits in the wrong order.
    """
    _require(model, studies)
    k = np.asarray(studies.k)
    minimum = max(model.minimum_studies, 1)
    enough = np.asarray(k >= minimum)
    present = studies.present[enough]
    parts = _Parts(
        effect=np.broadcast_to(studies.effect, studies.present.shape)[enough],
        variance=np.broadcast_to(studies.variance, studies.present.shape)[enough],
        present=present,
    )
    if not enough.any():
        inner = _nothing(present)
    elif model.vectorized:
        everything = studies if enough.all() else parts.studies(studies)
        inner = _arrays(model, model.fit(everything, options), everything.present)
        if everything is studies:
            return inner
    else:
        inner = _lifted(model, studies, parts, options)
    note = f"fewer than {minimum} {'study' if minimum == 1 else 'studies'}: not fitted"
    return _expanded(inner, enough, studies.present.shape, note)


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """The fits that have enough studies, as rows."""

    effect: Array
    variance: Array
    present: Mask

    def studies(self, whole: Studies) -> Studies:
        return Studies(
            effect=self.effect,
            variance=self.variance,
            present=self.present,
            data=whole.data,
            measure=whole.measure,
            labels=whole.labels,
        )

    def one(self, row: int, whole: Studies) -> Studies:
        """The present studies of one fit, as a model for one set of studies sees them."""
        mask = self.present[row]
        return Studies(
            effect=self.effect[row, mask],
            variance=self.variance[row, mask],
            present=np.ones(int(mask.sum()), dtype=bool),
            data={name: np.asarray(column)[..., mask] for name, column in whole.data.items()},
            measure=whole.measure,
            labels=tuple(label for label, here in zip(whole.labels, mask, strict=True) if here) if whole.labels else (),
        )


def _require(model: EffectModel, studies: Studies) -> None:
    """Refuse studies that the model cannot be applied to."""
    missing = [column for column in model.needs if column not in studies.data]
    if missing:
        raise PluginError(
            f"Effect model {model.name} needs the columns {', '.join(missing)}, which the measure "
            f"{studies.measure or 'in use'} does not have; choose a model that pools effects, such as random-effects"
        )
    if model.measures and studies.measure and studies.measure not in model.measures:
        raise PluginError(
            f"Effect model {model.name} does not apply to the measure {studies.measure}; "
            f"it applies to {', '.join(model.measures)}"
        )


def _nothing(present: Mask) -> Fit:
    """The result of no fits."""
    none = np.empty(present.shape[:-1])
    return Fit(estimate=none, standard_error=none, weights=np.empty(present.shape))


def _lifted(model: EffectModel, studies: Studies, parts: _Parts, options: Any) -> Fit:
    """One call per fit; results stacked, weights back in their places."""
    fits = []
    weights = np.zeros(parts.present.shape)
    for row, mask in enumerate(parts.present):
        seen = parts.one(row, studies)
        fit = _arrays(model, model.fit(seen, options), seen.present)
        weights[row, mask] = fit.weights
        fits.append(fit)

    def stacked(name: str, absent: float | bool) -> Any:
        values = [getattr(fit, name) for fit in fits]
        if all(value is None for value in values):
            return None
        return np.array([absent if value is None else value for value in values])

    names = dict.fromkeys(note for fit in fits for note in fit.notes)
    return Fit(
        estimate=stacked("estimate", np.nan),
        standard_error=stacked("standard_error", np.nan),
        weights=weights,
        tau2=stacked("tau2", np.nan),
        df=stacked("df", np.inf),
        ci_low=stacked("ci_low", np.nan),
        ci_high=stacked("ci_high", np.nan),
        converged=stacked("converged", True),
        q=stacked("q", np.nan),
        notes={note: np.array([bool(fit.notes.get(note, False)) for fit in fits]) for note in names},
        prediction_low=stacked("prediction_low", np.nan),
        prediction_high=stacked("prediction_high", np.nan),
        tests={name: _stacked_test(name, fits) for name in dict.fromkeys(name for fit in fits for name in fit.tests)},
        parameters={
            name: np.array([fit.parameters.get(name, np.nan) for fit in fits])
            for name in dict.fromkeys(name for fit in fits for name in fit.parameters)
        },
    )


def _stacked_test(name: str, fits: list[Fit]) -> HypothesisTest:
    """One test of several fits; NaN where a fit does not have it."""
    found = [fit.tests.get(name) for fit in fits]
    here = [test for test in found if test is not None]
    return HypothesisTest(
        statistic=np.array([np.nan if test is None else test.statistic for test in found]),
        p_value=np.array([np.nan if test is None else test.p_value for test in found]),
        df=None if all(test.df is None for test in here) else np.array(
            [np.nan if test is None or test.df is None else test.df for test in found]
        ),
        statistic_name=here[0].statistic_name,
    )  # fmt: skip


def _arrays(model: EffectModel, fit: Fit, present: Mask) -> Fit:
    """The plugin's result as arrays of the right type, or ``PluginError`` with all that is wrong with it."""
    if not isinstance(fit, Fit):
        raise PluginError(f"Effect model {model.name} returned {type(fit).__name__}; it must return a Fit")
    shape = present.shape[:-1]
    wrong: list[str] = []

    def array(name: str, value: Any, expected: tuple[int, ...], dtype: type) -> Any:
        if value is None:
            return None
        got: Array | Mask
        try:
            got = truths(name, value) if dtype is np.bool_ else real_numbers(name, value)
        except PluginError as error:
            wrong.append(str(error))
            return None
        if got.shape != expected:
            wrong.append(f"{name} has shape {got.shape}; it must be {expected}")
        return got

    checked = Fit(
        estimate=array("estimate", fit.estimate, shape, np.float64),
        standard_error=array("standard_error", fit.standard_error, shape, np.float64),
        weights=array("weights", fit.weights, present.shape, np.float64),
        tau2=array("tau2", fit.tau2, shape, np.float64),
        df=array("df", fit.df, shape, np.float64),
        ci_low=array("ci_low", fit.ci_low, shape, np.float64),
        ci_high=array("ci_high", fit.ci_high, shape, np.float64),
        converged=array("converged", fit.converged, shape, np.bool_),
        q=array("q", fit.q, shape, np.float64),
        notes={note: array(f"note {note!r}", where, shape, np.bool_) for note, where in fit.notes.items()},
        prediction_low=array("prediction_low", fit.prediction_low, shape, np.float64),
        prediction_high=array("prediction_high", fit.prediction_high, shape, np.float64),
        tests={
            name: HypothesisTest(
                statistic=array(f"statistic of {name!r}", test.statistic, shape, np.float64),
                p_value=array(f"P of {name!r}", test.p_value, shape, np.float64),
                df=array(f"df of {name!r}", test.df, shape, np.float64),
                statistic_name=test.statistic_name,
            )
            for name, test in fit.tests.items()
        },
        parameters={name: array(f"parameter {name!r}", value, shape, np.float64)
                    for name, value in fit.parameters.items()},
    )  # fmt: skip
    wrong = wrong or _impossible(checked, present)
    if wrong:
        raise PluginError(f"Effect model {model.name} {IMPOSSIBLE}: " + "; ".join(wrong))
    return checked


def _impossible(fit: Fit, present: Mask) -> list[str]:
    """What is wrong with the numbers of fits that all have enough studies."""
    found = np.isfinite(fit.estimate)
    excused = np.zeros(found.shape, dtype=bool) if fit.converged is None else ~fit.converged
    apart = np.abs(fit.weights.sum(axis=-1) - 1)
    checks = {
        "estimate is not a number though the fit is not marked as not converged": ~found & ~excused,
        "standard_error is negative or not a number": found
        & ~((fit.standard_error >= 0) & (np.isfinite(fit.standard_error) | (fit.ci_low is not None))),
        f"weights do not sum to 1 (off by up to {apart.max(initial=0.0, where=found):.2g})": found
        & ~(apart <= WEIGHT_TOLERANCE),
        "weights are not 0 on studies that the fit does not hold": ((fit.weights != 0) & ~present).any(axis=-1),
    }
    if fit.tau2 is not None:
        checks["tau2 is negative or not a number"] = found & ~((fit.tau2 >= 0) & np.isfinite(fit.tau2))
    if fit.q is not None:
        checks["q is negative or not a number"] = found & ~((fit.q >= 0) & np.isfinite(fit.q))
    if fit.df is not None:
        checks["df is not above 0"] = found & ~(fit.df > 0)
    if (fit.ci_low is None) != (fit.ci_high is None):
        checks["one limit of the interval is missing"] = np.ones(found.shape, dtype=bool)
    elif fit.ci_low is not None and fit.ci_high is not None:
        checks["ci_low is above ci_high, or one is not a number"] = found & ~(fit.ci_low <= fit.ci_high)
    if (fit.prediction_low is None) != (fit.prediction_high is None):
        checks["one limit of the prediction interval is missing"] = np.ones(found.shape, dtype=bool)
    elif fit.prediction_low is not None and fit.prediction_high is not None:
        checks["prediction_low is above prediction_high"] = found & (fit.prediction_low > fit.prediction_high)
    for name, test in fit.tests.items():
        checks[f"P of {name!r} is not between 0 and 1"] = found & ((test.p_value < 0) | (test.p_value > 1))
    return [
        what if where.ndim == 0 else f"{what} ({where.sum()} of {where.size} fits)"
        for what, where in checks.items()
        if where.any()
    ]


def _expanded(inner: Fit, enough: Mask, shape: tuple[int, ...], note: str) -> Fit:
    """Results of the fits that have enough studies, put among those that have not."""

    def outer(values: Any, absent: float | bool) -> Any:
        if values is None:
            return None
        result = np.full(enough.shape, absent, dtype=values.dtype)
        result[enough] = values
        return result

    weights = np.zeros(shape)
    weights[enough] = inner.weights
    notes = {name: outer(where, False) for name, where in inner.notes.items()}
    if not enough.all():
        notes[note] = ~enough
    return Fit(
        estimate=outer(inner.estimate, np.nan),
        standard_error=outer(inner.standard_error, np.nan),
        weights=weights,
        tau2=outer(inner.tau2, np.nan),
        df=outer(inner.df, np.nan),
        ci_low=outer(inner.ci_low, np.nan),
        ci_high=outer(inner.ci_high, np.nan),
        converged=outer(inner.converged, True),
        q=outer(inner.q, np.nan),
        notes=notes,
        prediction_low=outer(inner.prediction_low, np.nan),
        prediction_high=outer(inner.prediction_high, np.nan),
        tests={
            name: HypothesisTest(
                statistic=outer(test.statistic, np.nan),
                p_value=outer(test.p_value, np.nan),
                df=outer(test.df, np.nan),
                statistic_name=test.statistic_name,
            )
            for name, test in inner.tests.items()
        },
        parameters={name: outer(value, np.nan) for name, value in inner.parameters.items()},
    )
