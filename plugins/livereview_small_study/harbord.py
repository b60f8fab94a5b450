"""Harbord's test: Egger's regression on efficient scores, for odds ratios and risk ratios."""

from __future__ import annotations

import numpy as np

from livereview import Array, BiasTest, BiasTestResult, Options, Studies
from livereview_small_study.counts import Counts, left_out, two_arm_counts
from livereview_small_study.line import line_test, weighted_line

TEST = "Harbord's test"


def scores(counts: Counts, risk_ratio: bool = False) -> tuple[Array, Array]:
    """Efficient score Z and its variance V (Fisher's information) at no effect, each of shape ``(K,)``; V may be 0.

    With m = events of both arms and N participants. Odds ratio: ``Z = a - n1 m / N``,
    ``V = n1 n2 m (N - m) / (N² (N - 1))``, the moments of the hypergeometric distribution. Risk ratio:
    ``Z = (a N - n1 m) / (N - m)``, ``V = n1 n2 m / (N (N - m))``. Harbord et al. 2006, doi:10.1002/sim.2380; Harbord,
    Harris and Sterne 2009, Stata J 9:197, doi:10.1177/1536867X0900900202.
    """
    m, n = counts.events, counts.n
    if risk_ratio:
        with np.errstate(divide="ignore", invalid="ignore"):
            z, v = (counts.events_1 * n - counts.n_1 * m) / (n - m), counts.n_1 * counts.n_2 * m / (n * (n - m))
        return np.where(n > m, z, 0.0), np.where(n > m, v, 0.0)
    return counts.events_1 - counts.n_1 * m / n, counts.n_1 * counts.n_2 * m * (n - m) / (n**2 * (n - 1))


def harbord(studies: Studies, options: Options) -> BiasTestResult:
    """Regression of Z/V on 1/sqrt(V) with weights V, multiplicative dispersion; t with k - 2 df, two-sided P.

    ``estimate`` is the bias: the slope on 1/sqrt(V), the intercept of Z/sqrt(V) on sqrt(V). Cells are not corrected for
    zeros; a study in which no participant or every participant had an event has V = 0 and is left out, with a note.
    """
    z, v = scores(two_arm_counts(studies, TEST), risk_ratio=studies.measure == "RR")
    usable = v > 0
    notes = left_out(studies, usable, TEST, "no event, or an event in every participant")
    z, v = z[usable], v[usable]
    line = weighted_line(z / v, 1 / np.sqrt(v), v, TEST, "variance of the score")
    return line_test(line, "regression on the score's standard error, multiplicative dispersion", notes)


HARBORD = BiasTest(
    name="harbord",
    summary="Harbord's regression of efficient scores, for odds ratios and risk ratios.",
    test=harbord,
    minimum_studies=3,
    needs=("events_1", "n_1", "events_2", "n_2"),
    measures=("OR", "PETO", "RR"),
    references=(
        "Harbord RM, Egger M, Sterne JAC 2006, Stat Med 25:3443-3457, doi:10.1002/sim.2380",
        "Harbord RM, Harris RJ, Sterne JAC 2009, Stata J 9:197-210, doi:10.1177/1536867X0900900202",
    ),
)
