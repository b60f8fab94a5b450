"""Tests that regress the effect on the number of participants: Peters, Macaskill, Deeks, Pustejovsky and Rodgers.

None of them uses the effect's own standard error as a predictor, which for odds ratios, proportions and standardised
mean differences depends on the effect itself.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Array, BiasTest, BiasTestResult, Mask, Options, Studies
from livereview_small_study.counts import left_out, overall_counts
from livereview_small_study.line import line_test, weighted_line
from livereview_small_study.study_size import arms, participants

NO_CONTRAST = "no event, or an event in every participant"
DISPERSION = "multiplicative dispersion"


class MacaskillOptions(Options):
    """How Macaskill's regression is weighted."""

    weights: Literal["pooled-variance", "inverse-variance"] = Field(
        default="pooled-variance",
        description="pooled-variance: 1 / (1/events + 1/non-events) of both arms together (FPV), which does not depend "
        "on the effect; inverse-variance: 1 / variance of the effect (FIV).",
    )


class PustejovskyRodgersOptions(Options):
    """How the regression of Pustejovsky and Rodgers is weighted."""

    weights: Literal["inverse-variance", "modified"] = Field(
        default="inverse-variance",
        description="inverse-variance: 1 / variance of the effect, as R's meta does; modified: 1 / (1/n1 + 1/n2), "
        "which does not depend on the effect.",
    )


def pooled_weight(events: Array, n: Array) -> tuple[Array, Mask]:
    """``1 / (1/events + 1/non-events)`` of each study, and where it is above 0."""
    weight = events * (n - events) / n
    return weight, weight > 0


def peters(studies: Studies, options: Options) -> BiasTestResult:
    """Regression of the effect on 1/n with weights ``1 / (1/events + 1/non-events)``; t with k - 2 df, two-sided P.

    Events and non-events are those of both arms together, or of the one arm of a proportion. A study without events, or
    without non-events, has no weight and is left out, with a note. Peters et al. 2006, doi:10.1001/jama.295.6.676.
    """
    test = "Peters' test"
    events, n = overall_counts(studies, test)
    weight, usable = pooled_weight(events, n)
    notes = left_out(studies, usable, test, NO_CONTRAST)
    line = weighted_line(
        studies.effect[usable], 1 / n[usable], weight[usable], test, "inverse of the number of participants"
    )
    return line_test(line, f"regression on 1/n, weights 1/(1/events + 1/non-events), {DISPERSION}", notes)


def macaskill(studies: Studies, options: MacaskillOptions) -> BiasTestResult:
    """Regression of the effect on n, weights by option; t with k - 2 df, two-sided P.

    Macaskill, Walter and Irwig 2001, doi:10.1002/sim.698: FIV and FPV.
    """
    test = "Macaskill's test"
    n = participants(studies, test)
    notes: tuple[str, ...] = ()
    weight, usable = 1 / studies.variance, np.ones(n.shape, dtype=bool)
    if options.weights == "pooled-variance":
        weight, usable = pooled_weight(*overall_counts(studies, test))
        notes = left_out(studies, usable, test, NO_CONTRAST)
    line = weighted_line(studies.effect[usable], n[usable], weight[usable], test, "number of participants")
    return line_test(line, f"regression on n, weights: {options.weights.replace('-', ' ')}, {DISPERSION}", notes)


def deeks(studies: Studies, options: Options) -> BiasTestResult:
    """Regression of the log diagnostic odds ratio on 1/sqrt(ESS) with weights ESS; t with k - 2 df, two-sided P.

    ``ESS = 4 n1 n2 / (n1 + n2)``, the effective sample size: diseased and not diseased are the two arms. Deeks,
    Macaskill and Irwig 2005, doi:10.1016/j.jclinepi.2005.01.016.
    """
    test = "Deeks' test"
    first, second = arms(studies, test)
    size = 4 * first * second / (first + second)
    line = weighted_line(studies.effect, 1 / np.sqrt(size), size, test, "effective sample size")
    return line_test(line, f"regression on 1/√ESS, weights ESS, {DISPERSION}")


def pustejovsky_rodgers(studies: Studies, options: PustejovskyRodgersOptions) -> BiasTestResult:
    """Egger's regression on s = sqrt(1/n1 + 1/n2) in place of the standard error; t with k - 2 df, two-sided P.

    s is the part of the standard error of a standardised mean difference that does not depend on the difference.
    Pustejovsky and Rodgers 2019, doi:10.1002/jrsm.1332.
    """
    test = "The test of Pustejovsky and Rodgers"
    first, second = arms(studies, test)
    square = 1 / first + 1 / second
    weight = 1 / (studies.variance if options.weights == "inverse-variance" else square)
    line = weighted_line(studies.effect, np.sqrt(square), weight, test, "√(1/n1 + 1/n2)")
    weights = "1/variance" if options.weights == "inverse-variance" else "1/s²"
    return line_test(line, f"regression on s = √(1/n1 + 1/n2), weights {weights}, {DISPERSION}")


PETERS = BiasTest(
    name="peters",
    summary="Peters' regression on the inverse of the number of participants.",
    test=peters,
    minimum_studies=3,
    measures=("OR", "PETO", "RR", "PR", "PLN", "PLO", "PAS", "PFT"),
    references=("Peters JL et al. 2006, JAMA 295:676-680, doi:10.1001/jama.295.6.676",),
)
MACASKILL = BiasTest(
    name="macaskill",
    summary="Macaskill's regression on the number of participants.",
    test=macaskill,
    options=MacaskillOptions,
    minimum_studies=3,
    references=("Macaskill P, Walter SD, Irwig L 2001, Stat Med 20:641-654, doi:10.1002/sim.698",),
)
DEEKS = BiasTest(
    name="deeks",
    summary="Deeks' regression on effective sample size, for diagnostic odds ratios.",
    test=deeks,
    minimum_studies=3,
    needs=("n_1", "n_2"),
    measures=("OR",),
    references=(
        "Deeks JJ, Macaskill P, Irwig L 2005, J Clin Epidemiol 58:882-893, doi:10.1016/j.jclinepi.2005.01.016",
    ),
)
PUSTEJOVSKY_RODGERS = BiasTest(
    name="pustejovsky-rodgers",
    summary="Pustejovsky and Rodgers' regression for standardised mean differences.",
    test=pustejovsky_rodgers,
    options=PustejovskyRodgersOptions,
    minimum_studies=3,
    needs=("n_1", "n_2"),
    measures=("SMD",),
    references=("Pustejovsky JE, Rodgers MA 2019, Res Synth Methods 10:57-71, doi:10.1002/jrsm.1332",),
)
