"""What a reader must know before believing a funnel test, by effect measure."""

from __future__ import annotations

from livereview import PluginError
from livereview_estimation import ONE_ARM

_ODDS = (
    "the standard error of a log odds ratio depends on the odds ratio itself, so this test finds asymmetry too often "
    "(Harbord 2006, doi:10.1002/sim.2380; Peters 2006, doi:10.1001/jama.295.6.676)"
)
_STANDARDIZED = (
    "the standard error of a standardised mean difference depends on the difference itself, so this test finds "
    "asymmetry too often (Pustejovsky and Rodgers 2019, doi:10.1002/jrsm.1332)"
)
_PROPORTION = (
    "the standard error of a proportion depends on the proportion itself, so funnel asymmetry need not mean missing "
    "studies (Hunter 2014, doi:10.1016/j.jclinepi.2014.03.003)"
)
_BY_MEASURE = {"OR": _ODDS, "PETO": _ODDS, "SMD": _STANDARDIZED} | dict.fromkeys(("PR", "PLN", "PLO"), _PROPORTION)


def caution(measure: str) -> tuple[str, ...]:
    """The caution for an effect measure, as notes of a result; none for measures without a known one."""
    return (_BY_MEASURE[measure],) if measure in _BY_MEASURE else ()


def check_contrast(measure: str, test: str) -> None:
    """Raises ``PluginError`` where a test needs each study's P value and the measure has no null."""
    if measure in ONE_ARM:
        raise PluginError(
            f"{test} needs P values of studies, and {measure}, an effect of one arm, has no value of no effect to "
            "test against. It applies to comparisons of two arms."
        )
