"""Tests on stratified counts: is there an association (Cochran, Mantel-Haenszel), and is it the same everywhere?

All use the counts as they are, without any correction. Sums run over the studies of a fit.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from livereview import Array, HypothesisTest, Mask
from livereview_estimation import chi_squared, present_sums, row_slices
from livereview_pooling.two_by_two import Tables


def association(surplus: Array, variance: Array, corrected: bool) -> HypothesisTest:
    """(|surplus| - 1/2)² / variance on one degree of freedom; without the half where ``corrected`` is false.

    ``surplus`` is the sum of events over expected ones in the experimental arms, ``variance`` its variance. A surplus
    below one half has the statistic 0. NaN where the variance is 0.
    """
    size = np.maximum(np.abs(surplus) - (0.5 if corrected else 0.0), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(variance > 0, size**2 / variance, np.nan)
    return HypothesisTest(**chi_squared(statistic, 1.0)._asdict())


def odds_ratio_tests(
    raw: Tables, present: Mask, log_odds_ratio: Array, corrected: bool
) -> Mapping[str, HypothesisTest]:
    """Tests on the two-by-two tables of each fit.

    With E = n1 m / N, m = a + c the events of a study, and the margins fixed:

    - Cochran: association with the variance n1 n2 m (N - m) / N³ (Cochran 1954, 10.2307/3001616);
      Cochran-Mantel-Haenszel: with N² (N - 1) in place of N³ (Mantel and Haenszel 1959, 10.1093/jnci/22.4.719).
      A study of one person in all adds nothing to the latter.
    - Breslow-Day: sum (a - A)² / V, A the cell that has the odds ratio of ``log_odds_ratio`` in the given margins,
      V = 1 / (1/A + 1/(m - A) + 1/(n1 - A) + 1/(n2 - m + A)) (Breslow and Day 1980, IARC 32);
      Tarone: less (sum (a - A))² / sum V (Tarone 1985, 10.1093/biomet/72.1.91). Both on one degree of freedom less
      than studies that have somebody with and somebody without the event; NaN for fewer than two of these.
    """
    n1, n2, n, m = raw.n1, raw.n2, raw.n, raw.a + raw.c
    spread = n1 * n2 * (m / n) * ((n - m) / n)
    exact = np.divide(spread, n - 1, out=np.zeros_like(spread), where=n > 1)
    # a - E without cancellation.
    surplus, cochran, mantel = present_sums(present, (raw.a * raw.d - raw.b * raw.c) / n, spread / n, exact)
    breslow_day, tarone, df = _homogeneity(raw, present, log_odds_ratio)
    return {
        "Cochran": association(surplus, cochran, corrected),
        "Cochran-Mantel-Haenszel": association(surplus, mantel, corrected),
        "Breslow-Day": HypothesisTest(**chi_squared(breslow_day, df)._asdict()),
        "Tarone": HypothesisTest(**chi_squared(tarone, df)._asdict()),
    }


def _homogeneity(raw: Tables, present: Mask, log_odds_ratio: Array) -> tuple[Array, Array, Array]:
    """Breslow-Day's and Tarone's statistics and their degrees of freedom, in parts of bounded size."""
    shape = present.shape[:-1]
    informative = ~raw.without_event & ~raw.all_event
    here = (present & informative).reshape(-1, present.shape[-1])
    ratio = np.exp(log_odds_ratio).reshape(-1)
    breslow_day, tarone = np.empty(ratio.size), np.empty(ratio.size)
    for part in row_slices(here):
        own = here[part]
        expected = _expected(raw, ratio[part, None])
        with np.errstate(divide="ignore", invalid="ignore"):
            cells = (expected, raw.a + raw.c - expected, raw.n1 - expected, raw.n2 - raw.a - raw.c + expected)
            variance = np.where(own, 1 / sum(1 / cell for cell in cells), 1.0)
            gap = np.where(own, raw.a - expected, 0.0)
            breslow_day[part] = (gap**2 / variance).sum(axis=-1)
            tarone[part] = breslow_day[part] - gap.sum(axis=-1) ** 2 / np.where(own, variance, 0.0).sum(axis=-1)
    df = here.sum(axis=-1) - 1.0
    return breslow_day.reshape(shape), np.maximum(tarone, 0.0).reshape(shape), df.reshape(shape)


def _expected(raw: Tables, ratio: Array) -> Array:
    """The first cell A for which A (n2 - m + A) = ratio (n1 - A)(m - A): the root of a quadratic between its limits.

    Of the two forms of the root that one is used in which nothing cancels.
    """
    m = raw.a + raw.c
    slope = raw.n2 - m + ratio * (raw.n1 + m)
    constant = ratio * raw.n1 * m
    root = np.sqrt(np.maximum(slope**2 + 4 * (1 - ratio) * constant, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(slope > 0, 2 * constant / (slope + root), (root - slope) / (2 * (1 - ratio)))
