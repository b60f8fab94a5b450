"""Tests by the chi² distribution, for any number of fits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from livereview_estimation.packing import Array


class ChiSquared(NamedTuple):
    """A test, every field of the shape of the fits."""

    statistic: Array
    p_value: Array
    df: Array


def chi_squared(statistic: Array, df: Array | float) -> ChiSquared:
    """The upper tail of chi²; all NaN where the statistic is, or where there is not one degree of freedom."""
    from scipy import special

    df = np.broadcast_to(np.asarray(df, dtype=np.float64), np.shape(statistic))
    made = np.isfinite(statistic) & (df >= 1)
    p_value = special.chdtrc(np.maximum(df, 1.0), np.where(made, statistic, 0.0))
    return ChiSquared(
        statistic=np.where(made, statistic, np.nan),
        p_value=np.where(made, p_value, np.nan),
        df=np.where(made, df, np.nan),
    )
