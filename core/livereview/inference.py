"""What follows from studies and a fit: ``fitted`` (see ``fitting``) runs the model, ``derived`` does the rest.

Intervals, tests, Q, I² and prediction are derived here and nowhere else, so that two models in one report cannot
mean different things by them. Arrays have the shape of the fits, ``Studies.present`` without its last axis; NaN
means that there is no number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from livereview.fitting import fitted
from livereview.types import Array, Fit, Mask, Studies

__all__ = ["I2Basis", "Inference", "Prediction", "between", "confidence_limits", "derived", "fitted"]

Prediction = Literal["k-1", "k-2", "normal", "model", "none"]
I2Basis = Literal["Q", "tau2"]


@dataclass(frozen=True, kw_only=True)
class Inference:
    """What follows from studies and a fit; every field has the shape of the fits, on the analysis scale."""

    k: Array
    estimate: Array
    standard_error: Array
    ci_low: Array
    ci_high: Array
    df: Array
    """Degrees of freedom of the estimate's t distribution; inf = normal."""
    statistic: Array
    """(estimate - null) / standard error; NaN where the measure has no null."""
    p_value: Array
    """Two-sided."""
    tau2: Array
    """NaN for a model that has none."""
    q: Array
    q_df: Array
    q_p: Array
    i2: Array
    """Percent, 0-100."""
    h2: Array
    prediction_low: Array
    prediction_high: Array


def derived(
    studies: Studies,
    fit: Fit,
    level: float = 0.95,
    prediction: Prediction = "k-1",
    i2_basis: I2Basis = "Q",
    null: float | None = None,
) -> Inference:
    """Intervals, tests, heterogeneity and prediction of every fit.

    - Confidence interval: the model's own, else estimate ± quantile x standard error, t with ``fit.df`` or normal.
    - Q = sum (y - m)² / v about the inverse-variance common-effect mean m, or the model's own Q where its method
      defines one (``fit.q``); chi² with k - 1 degrees of freedom (Cochran 1954, 10.2307/3001666). k = 1: Q = 0, P = 1,
      I² = 0, H² = 1.
    - I² by ``i2_basis``: "Q" = max(0, (Q - df) / Q), H² = Q / df (Higgins and Thompson 2002, 10.1002/sim.1186);
      "tau2" = tau² / (tau² + typical variance), H² = 1 + tau² / typical variance, for models that have tau², and by
      Q for the others.
    - Prediction interval: the model's own, else estimate ± quantile x sqrt(tau² + standard error²), the quantile from
      t with k - 1 or k - 2 degrees of freedom (Higgins, Thompson and Spiegelhalter 2009,
      10.1111/j.1467-985X.2008.00552.x), from the normal, or from that of the model's interval ("model"). None for one
      study, without degrees of freedom, and without tau²; "none" = not computed.

    A standard error of 0 gives an interval without width and P = 0; P is NaN where the estimate is then also the null.
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; it must lie between 0 and 1")
    if i2_basis not in get_args(I2Basis):
        raise ValueError(f"i2_basis is {i2_basis!r}; it must be Q or tau2")
    k = np.asarray(studies.k, dtype=np.float64)
    estimate, se = np.asarray(fit.estimate), np.asarray(fit.standard_error)
    df = _df(fit)
    ci_low, ci_high = confidence_limits(fit, level)
    tau2 = np.full(k.shape, np.nan) if fit.tau2 is None else np.asarray(fit.tau2, dtype=np.float64)
    q, typical = _dispersion(studies)
    if fit.q is not None:
        q = np.where(k == 1, 0.0, fit.q)
    i2, h2 = _inconsistency(k, q, typical, tau2 if i2_basis == "tau2" else np.full(k.shape, np.nan))
    statistic = np.full(k.shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        if null is not None:
            statistic = np.asarray((estimate - null) / se)
        reach = _prediction_quantile(level, prediction, k, df) * np.sqrt(tau2 + se**2)
        reach = np.where(k >= 2, reach, np.nan)
        own = fit.prediction_low is not None and prediction != "none"
        return Inference(
            k=k,
            estimate=estimate,
            standard_error=se,
            ci_low=ci_low,
            ci_high=ci_high,
            df=df,
            statistic=statistic,
            p_value=_two_sided(statistic, df),
            tau2=tau2,
            q=q,
            q_df=np.where(k > 0, k - 1, np.nan),
            q_p=_chi2_upper(q, k - 1),
            i2=i2,
            h2=h2,
            prediction_low=np.asarray(fit.prediction_low if own else estimate - reach),
            prediction_high=np.asarray(fit.prediction_high if own else estimate + reach),
        )


def confidence_limits(fit: Fit, level: float = 0.95) -> tuple[Array, Array]:
    """Lower and upper limit of every estimate, on the analysis scale: the model's own, which are at the level it was
    fitted for, else estimate ± quantile x standard error, t with ``fit.df`` or normal. NaN where there is no estimate,
    and where there are no degrees of freedom."""
    estimate, se = np.asarray(fit.estimate), np.asarray(fit.standard_error)
    with np.errstate(invalid="ignore"):
        margin = _quantile(level, _df(fit)) * se
        return (
            estimate - margin if fit.ci_low is None else np.asarray(fit.ci_low),
            estimate + margin if fit.ci_high is None else np.asarray(fit.ci_high),
        )


def _df(fit: Fit) -> Array:
    """Degrees of freedom of every estimate; inf = normal."""
    if fit.df is None:
        return np.full(np.shape(fit.estimate), np.inf)
    return np.asarray(fit.df, dtype=np.float64)


def between(estimates: Array, standard_errors: Array) -> tuple[Array, Array, Array]:
    """Q, its degrees of freedom and P of no difference between groups, which are on the last axis.

    Q = sum (e - m)² / se² about the inverse-variance mean m of the group estimates, chi² with one degree of freedom
    less than groups (Borenstein et al. 2009, 10.1002/9780470743386, chapter 19). Groups without an estimate (NaN) are
    left out.
    Q and P are NaN for fewer than two groups, and where a standard error is 0.
    """
    shape = np.broadcast_shapes(np.shape(estimates), np.shape(standard_errors))
    e = np.broadcast_to(np.asarray(estimates, dtype=np.float64), shape)
    se = np.broadcast_to(np.asarray(standard_errors, dtype=np.float64), shape)
    present = np.isfinite(e) & np.isfinite(se)
    df = present.sum(axis=-1) - 1.0
    usable = (df >= 1) & ~(present & (se <= 0)).any(axis=-1)
    q = np.where(usable, _about_common_mean(e, np.where(se > 0, se, 1.0) ** 2, present)[0], np.nan)
    return q, np.maximum(df, 0.0), _chi2_upper(q, df)


def _dispersion(studies: Studies) -> tuple[Array, Array]:
    """Cochran's Q and the typical variance, (k - 1) / (sum w - sum w² / sum w); NaN for no studies.

    In parts of bounded size, as there may be millions of fits.
    """
    shape = studies.present.shape
    flat = (int(np.prod(shape[:-1], dtype=np.intp)), shape[-1])
    y: Array = np.broadcast_to(studies.effect, shape).reshape(flat)
    v: Array = np.broadcast_to(studies.variance, shape).reshape(flat)
    present: Mask = studies.present.reshape(flat)
    q, typical = np.empty(flat[0]), np.empty(flat[0])
    step = max(1, 65536 // max(flat[1], 1))
    for start in range(0, flat[0], step):
        part = slice(start, start + step)
        q[part], typical[part] = _about_common_mean(y[part], v[part], present[part])
    return q.reshape(shape[:-1]), typical.reshape(shape[:-1])


def _about_common_mean(y: Array, v: Array, present: Mask) -> tuple[Array, Array]:
    """Q and typical variance over the last axis.

    Effects are taken from that of the most precise study and weights relative to its own, so that neither cancels
    where that study has all the weight.
    """
    if not present.shape[-1]:
        return np.full(present.shape[:-1], np.nan), np.full(present.shape[:-1], np.nan)
    if not present.all():
        y, v = np.where(present, y, 0.0), np.where(present, v, np.inf)
    first = v.argmin(axis=-1)[..., None]
    least = np.take_along_axis(v, first, axis=-1)
    y = y - np.take_along_axis(y, first, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        w = least / v
        np.put_along_axis(w, first, 0.0, axis=-1)
        rest = np.einsum("...k->...", w)
        mean = np.einsum("...k,...k->...", w, y) / (1 + rest)
        y -= mean[..., None]
        q = (np.einsum("...k,...k,...k->...", w, y, y) + mean**2) / least[..., 0]
        trace = (2 * rest + (rest**2 - np.einsum("...k,...k->...", w, w))) / (1 + rest)
        k = present.sum(axis=-1)
        typical = (k - 1) / trace * least[..., 0]
    return np.where(k > 0, q, np.nan), np.where(k > 1, typical, np.nan)


def _inconsistency(k: Array, q: Array, typical: Array, tau2: Array) -> tuple[Array, Array]:
    """I² in percent and H²: from tau² where it is given, else from Q."""
    with np.errstate(divide="ignore", invalid="ignore"):
        df = k - 1
        excess = np.where(q <= df, 0.0, (q - df) / q)
        i2 = np.where(np.isnan(tau2), excess, tau2 / (tau2 + typical))
        h2 = np.where(np.isnan(tau2), q / df, 1 + tau2 / typical)
    single = k == 1
    i2, h2 = np.where(single, 0.0, 100 * i2), np.where(single, 1.0, h2)
    return np.where(k > 0, i2, np.nan), np.where(k > 0, h2, np.nan)


def _quantile(level: float, df: Array) -> Array:
    """Upper two-sided quantile of t, of the normal where df is inf; NaN without degrees of freedom, and for so small a
    fraction of one that the quantile is no number of the machine."""
    from scipy import special

    values, where = np.unique(df, return_inverse=True)
    upper = (1 + level) / 2
    finite = np.isfinite(values) & (values > 0)
    df_or_one = np.where(finite, values, 1.0)
    t = special.stdtrit(df_or_one, upper)
    t = np.where(np.isclose(special.stdtr(df_or_one, -t), 1 - upper, rtol=1e-6), t, np.nan)
    quantiles = np.where(finite, t, np.where(values == np.inf, special.ndtri(upper), np.nan))
    return np.asarray(quantiles[where].reshape(df.shape))


def _prediction_quantile(level: float, prediction: Prediction, k: Array, df: Array) -> Array:
    by_name: Mapping[str, Array] = {
        "k-1": k - 1,
        "k-2": k - 2,
        "normal": np.full(k.shape, np.inf),
        "model": df,
        "none": np.full(k.shape, np.nan),
    }
    if prediction not in by_name:
        raise ValueError(f"prediction is {prediction!r}; it must be one of {', '.join(by_name)}")
    return _quantile(level, by_name[prediction])


def _two_sided(statistic: Array, df: Array) -> Array:
    from scipy import special

    size = -np.abs(statistic)
    if np.isinf(df).all():
        return np.asarray(2 * special.ndtr(size))
    normal = np.isinf(df)
    t = 2 * special.stdtr(np.where(normal, 1.0, df), size)
    return np.asarray(np.where(normal, 2 * special.ndtr(size), t))


def _chi2_upper(q: Array, df: Array) -> Array:
    """P of a larger chi²; 1 for no degrees of freedom."""
    from scipy import special

    p = special.chdtrc(np.maximum(df, 1.0), q)
    return np.asarray(np.where(np.equal(df, 0) & ~np.isnan(q), 1.0, p))
