"""Which test for small-study effects fits an outcome, and why: the test named ``recommended`` runs that one.

The rule: the choice depends on the effect measure, on what the studies state and on heterogeneity, never on a P value.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from pydantic import Field

from livereview import BiasTest, BiasTestResult, Options, Studies
from livereview_estimation import ONE_ARM, tau_squared
from livereview_small_study.egger import EGGER
from livereview_small_study.harbord import HARBORD
from livereview_small_study.rucker import RUCKER
from livereview_small_study.size_regressions import DEEKS, PETERS, PUSTEJOVSKY_RODGERS

#: Studies below which no test is recommended (Sterne 2011).
FEW = 10
#: tau² of log odds ratios above which only the arcsine test with tau² keeps its level (Sterne 2011; Rücker 2008).
HETEROGENEOUS = 0.1
TABLES = ("events_1", "n_1", "events_2", "n_2")
STERNE = "Sterne 2011, doi:10.1136/bmj.d4002"
_TESTS = {test.name: test for test in (DEEKS, EGGER, HARBORD, PETERS, PUSTEJOVSKY_RODGERS, RUCKER)}


class RecommendedOptions(Options):
    """What the measure alone does not tell."""

    diagnostic: bool = Field(
        default=False, description="The odds ratios are diagnostic ones (diseased against not diseased): Deeks' test."
    )


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """A test with its options, and why."""

    test: str
    why: str
    options: Mapping[str, Any] = field(default_factory=dict)


def recommendation(
    measure: str, k: int, columns: Collection[str], tau2: float = 0.0, diagnostic: bool = False
) -> Recommendation:
    """The test for k studies of a measure, given the columns that every study states and tau² of the effects.

    Below ten studies the same test is named, with the reason not to believe it. Sources: Sterne et al. 2011,
    doi:10.1136/bmj.d4002 (odds ratios, mean differences, number of studies); Deeks et al. 2005,
    doi:10.1016/j.jclinepi.2005.01.016; Pustejovsky and Rodgers 2019, doi:10.1002/jrsm.1332; Hunter et al. 2014,
    doi:10.1016/j.jclinepi.2014.03.003 (proportions).
    """
    found = _by_measure(measure, frozenset(columns), tau2, diagnostic)
    if k >= FEW:
        return found
    return replace(found, why=f"{found.why}; with fewer than {FEW} studies ({k}) no test is recommended ({STERNE})")


def _by_measure(measure: str, columns: frozenset[str], tau2: float, diagnostic: bool) -> Recommendation:
    counts = columns.issuperset(TABLES)
    if diagnostic and columns.issuperset(("n_1", "n_2")):
        return Recommendation(
            test="deeks", why="diagnostic odds ratios (Deeks 2005, doi:10.1016/j.jclinepi.2005.01.016)"
        )
    if measure in ("OR", "PETO") and counts:
        if tau2 > HETEROGENEOUS:
            why = f"odds ratios, tau² above {HETEROGENEOUS}: only the arcsine test with tau² keeps its level ({STERNE})"
            return Recommendation(test="rucker", options={"dispersion": "additive"}, why=why)
        why = f"odds ratios with counts: the score does not tie the effect to its standard error ({STERNE})"
        return Recommendation(test="harbord", why=why)
    if measure == "RR" and counts:
        why = (
            f"risk ratios: no test is firmly recommended ({STERNE}); neither predictor nor weight depends on the effect"
        )
        return Recommendation(test="peters", why=why)
    if measure in ("RD", "AS") and counts:
        why = f"differences of risks: no test is firmly recommended ({STERNE}); the arcsine scale steadies the variance"
        return Recommendation(test="rucker", why=why)
    if measure == "SMD" and columns.issuperset(("n_1", "n_2")):
        why = "standardised mean differences (Pustejovsky and Rodgers 2019, doi:10.1002/jrsm.1332)"
        return Recommendation(test="pustejovsky-rodgers", why=why)
    if measure in ONE_ARM:
        return _of_one_arm(measure, columns)
    if measure in ("OR", "PETO", "SMD"):
        return Recommendation(test="egger", why=f"{measure} without what a better test needs (counts, participants)")
    return Recommendation(
        test="egger", why=f"the standard error does not depend on the effect to a known extent ({STERNE})"
    )


def _of_one_arm(measure: str, columns: frozenset[str]) -> Recommendation:
    hunter = "Hunter 2014, doi:10.1016/j.jclinepi.2014.03.003"
    if measure in PETERS.measures and columns.issuperset(("events", "n")):
        return Recommendation(test="peters", why=f"proportions: asymmetry is judged by sample size ({hunter})")
    if "n" in columns:
        why = f"an effect of one arm: asymmetry is judged by sample size ({hunter})"
        return Recommendation(test="egger", options={"predictor": "sqrtninv"}, why=why)
    return Recommendation(test="egger", why="an effect of one arm, participants not stated")


def recommended(studies: Studies, options: RecommendedOptions) -> BiasTestResult:
    """The recommended test, run; ``method`` begins with its name, the first note says why it was chosen.

    tau² is the method-of-moments (DL) estimate. Raises ``PluginError`` as the chosen test does.
    """
    stated = [name for name, values in studies.data.items() if np.isfinite(values).all()]
    tau2 = float(tau_squared(studies.effect, studies.variance, studies.present, "DL").value)
    choice = recommendation(studies.measure, int(studies.k), stated, tau2, options.diagnostic)
    test = _TESTS[choice.test]
    found = test.test(studies, test.options(**choice.options))
    return replace(
        found, method=f"{choice.test}: {found.method}", notes=(f"{choice.test} chosen: {choice.why}", *found.notes)
    )


RECOMMENDED = BiasTest(
    name="recommended",
    summary="The test that fits the measure and the data, named with the reason.",
    test=recommended,
    options=RecommendedOptions,
    minimum_studies=3,
    references=(
        "Sterne JAC et al. 2011, BMJ 343:d4002, doi:10.1136/bmj.d4002",
        *dict.fromkeys(reference for test in _TESTS.values() for reference in test.references),
    ),
)
