"""Rücker's arcsine test: Egger's regression on arcsine differences, whose variance does not depend on the effect."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Array, BiasTest, BiasTestResult, Options, Studies
from livereview_small_study.counts import Counts, two_arm_counts
from livereview_small_study.egger import mixed_line
from livereview_small_study.line import line_test, weighted_line

TEST = "Rücker's arcsine test"
SIZE = "standard error of the arcsine difference"


class RuckerOptions(Options):
    """How arcsine differences may vary about the line."""

    dispersion: Literal["multiplicative", "additive"] = Field(
        default="multiplicative",
        description="multiplicative: as Egger's test (AS-Egger); additive: with tau² by the method of moments, as "
        "Thompson and Sharp's (AS-Thompson).",
    )


def arcsine_differences(counts: Counts) -> tuple[Array, Array]:
    """``asin sqrt(p1) - asin sqrt(p2)`` and variance ``1/(4 n1) + 1/(4 n2)``, each of shape ``(K,)``."""
    first, second = (
        np.arcsin(np.sqrt(events / n)) for events, n in ((counts.events_1, counts.n_1), (counts.events_2, counts.n_2))
    )
    return first - second, 1 / (4 * counts.n_1) + 1 / (4 * counts.n_2)


def rucker(studies: Studies, options: RuckerOptions) -> BiasTestResult:
    """Regression of arcsine differences on their standard errors; t with k - 2 df, two-sided P.

    Counts are used as they are: no zero cell needs a correction. Whatever the measure of the outcome, the test is on
    the arcsine scale. Rücker, Schwarzer and Carpenter 2008, doi:10.1002/sim.2971.
    """
    effect, variance = arcsine_differences(two_arm_counts(studies, TEST))
    if options.dispersion == "additive":
        line = mixed_line(effect, variance, np.sqrt(variance), "DL", "t", SIZE)
        return line_test(line, "mixed-effects regression of arcsine differences, additive dispersion (DL)")
    line = weighted_line(effect, np.sqrt(variance), 1 / variance, TEST, SIZE)
    return line_test(line, "weighted regression of arcsine differences, multiplicative dispersion")


RUCKER = BiasTest(
    name="rucker",
    summary="Rücker's test on the arcsine scale, for counts of two arms.",
    test=rucker,
    options=RuckerOptions,
    minimum_studies=3,
    needs=("events_1", "n_1", "events_2", "n_2"),
    measures=("OR", "PETO", "RR", "RD", "AS"),
    references=("Rücker G, Schwarzer G, Carpenter J 2008, Stat Med 27:746-763, doi:10.1002/sim.2971",),
)
