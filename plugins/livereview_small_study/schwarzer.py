"""Schwarzer's rank test for sparse counts: do the cells deviate from the common odds ratio as their variances do?"""

from __future__ import annotations

import numpy as np

from livereview import Array, BiasTest, BiasTestResult, Options, PluginError, Studies
from livereview_small_study.counts import Counts, left_out, two_arm_counts
from livereview_small_study.kendall import normal_p, normal_z, rank_correlation

TEST = "Schwarzer's test"
#: Deviates or variances that differ by less than this part are equal: the rest is rounding.
SAME = 1e-10


def common_odds_ratio(counts: Counts) -> float:
    """Mantel-Haenszel odds ratio ``sum(a d / N) / sum(b c / N)`` of shape ``()``, cells as they are.

    Mantel and Haenszel 1959, doi:10.1093/jnci/22.4.719. Raises ``PluginError`` where it is 0 or infinite.
    """
    a, c = counts.events_1, counts.events_2
    above = float((a * (counts.n_2 - c) / counts.n).sum())
    below = float(((counts.n_1 - a) * c / counts.n).sum())
    if not (above > 0 and below > 0):
        raise PluginError(f"{TEST} cannot be computed: the Mantel-Haenszel odds ratio is 0 or infinite.")
    return above / below


def cell_moments(counts: Counts, odds_ratio: float) -> tuple[Array, Array]:
    """Mean and variance of the events of the first arm given both margins, each of shape ``(K,)``.

    Fisher's non-central hypergeometric distribution: ``P(x) ∝ C(n1, x) C(n2, m - x) OR^x``, summed over its support.
    """
    from scipy.special import gammaln

    n_1, n_2, m = (np.asarray(x)[:, None] for x in (counts.n_1, counts.n_2, counts.events))
    low, high = np.maximum(0, m - n_2), np.minimum(n_1, m)
    step = np.arange(int((high - low).max()) + 1)
    x = np.minimum(low + step, high)
    log = x * np.log(odds_ratio) - sum(gammaln(count + 1) for count in (x, n_1 - x, m - x, n_2 - m + x))
    log = np.where(low + step <= high, log, -np.inf)
    weight = np.exp(log - log.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    mean = (weight * x).sum(axis=1)
    return mean, (weight * (x - mean[:, None]) ** 2).sum(axis=1)


def schwarzer(studies: Studies, options: Options) -> BiasTestResult:
    """Kendall's rank correlation of ``(a - E) / sqrt(V)`` with ``1 / V``; z with tie-corrected variance, two-sided P.

    E and V are the moments of a given the margins at the Mantel-Haenszel odds ratio. ``estimate`` is tau-b. Studies
    whose margins fix a (no event, or an event in every participant) have V = 0 and are left out, with a note.
    Schwarzer, Antes and Schumacher 2007, doi:10.1002/sim.2588.
    """
    counts = two_arm_counts(studies, TEST)
    usable = (counts.events > 0) & (counts.events < counts.n)
    notes = left_out(studies, usable, TEST, "no event, or an event in every participant")
    counts = Counts(**{name: getattr(counts, name)[usable] for name in ("events_1", "n_1", "events_2", "n_2")})
    mean, variance = cell_moments(counts, common_odds_ratio(counts))
    deviate = (counts.events_1 - mean) / np.sqrt(variance)
    found = rank_correlation(deviate, -np.log(variance), (SAME * float(np.abs(deviate).max()), SAME))
    if found.variance == 0:
        raise PluginError(f"{TEST} cannot be computed: all deviates or all variances are equal.")
    z = normal_z(found)
    return BiasTestResult(
        statistic=z,
        statistic_name="z",
        p_value=normal_p(z),
        estimate=found.tau,
        method="Kendall's score of cell deviates with inverse variances, normal approximation, tie-corrected",
        notes=notes,
    )


SCHWARZER = BiasTest(
    name="schwarzer",
    summary="Schwarzer's rank test for sparse counts, for odds ratios.",
    test=schwarzer,
    minimum_studies=3,
    needs=("events_1", "n_1", "events_2", "n_2"),
    measures=("OR", "PETO"),
    references=("Schwarzer G, Antes G, Schumacher M 2007, Stat Med 26:721-733, doi:10.1002/sim.2588",),
)
