"""Prediction intervals that name their own standard error and quantile, whatever the interval of the mean is."""

from __future__ import annotations

import numpy as np

from livereview import Array
from livereview_pooling.mean_intervals import Mean
from livereview_pooling.random_effects_options import PredictionInterval


def prediction_limits(choice: PredictionInterval | None, mean: Mean) -> tuple[Array | None, Array | None]:
    """Limits of estimate ± quantile x sqrt(tau² + SE²); None = the core's own, NaN for one study and where no degree
    of freedom is left.

    - wald-k-2: SE of the Wald interval, t with k - 2. Higgins, Thompson and Spiegelhalter 2009,
      10.1111/j.1467-985X.2008.00552.x.
    - wald-k-1: the same, k - 1. Veroniki et al. 2019, 10.1002/jrsm.1319. wald-normal: normal quantiles.
    - hartung-knapp-k-1, hartung-knapp-k-2: Hartung-Knapp SE. Partlett and Riley 2017, 10.1002/sim.7140.
    - kenward-roger: its SE, t with its degrees of freedom less 1. The same source.
    """
    from scipy.special import ndtri, stdtrit

    if choice is None:
        return None, None
    plain = mean.pooled.variance
    if choice.startswith("hartung-knapp"):
        variance = plain * mean.scale
    else:
        variance = mean.kenward_roger.variance if choice == "kenward-roger" else plain
    if choice == "kenward-roger":
        df = mean.kenward_roger.df - 1
    elif choice == "wald-normal":
        df = np.where(mean.k > 1, np.inf, np.nan)
    else:
        df = mean.k - (2.0 if choice.endswith("k-2") else 1.0)
    upper = (1 + mean.level) / 2
    normal = np.isinf(df)
    quantile = np.where(normal, ndtri(upper), stdtrit(np.where((df > 0) & ~normal, df, np.nan), upper))
    reach = np.where(mean.k > 1, quantile * np.sqrt(mean.tau2 + variance), np.nan)
    return mean.pooled.mean - reach, mean.pooled.mean + reach
