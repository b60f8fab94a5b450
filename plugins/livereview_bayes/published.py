"""Published predictive distributions of tau² in Cochrane reviews, by type of outcome and of comparison.

Numbers as printed. Turner et al. 2015 (Stat Med 34:984, 10.1002/sim.6381), Table IV: log odds ratios, log-normal.
Rhodes et al. 2015 (J Clin Epidemiol 68:52, 10.1016/j.jclinepi.2014.08.012), Table 3 and appendix tables A.3.1
(respiratory diseases) and A.3.2 (cancer): standardised mean differences, log-t with 5 degrees of freedom. Read in a
transcription of these tables, and checked for the pattern that they must have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from livereview import PluginError

Pair = tuple[float, float]
T = TypeVar("T")

#: Comparisons of Turner's table, in its order.
COMPARISONS = (
    "pharmacological-placebo",
    "pharmacological-pharmacological",
    "non-pharmacological-placebo",
    "non-pharmacological-pharmacological",
    "non-pharmacological-non-pharmacological",
)

#: Outcome: mean and standard deviation of log tau² for each comparison.
_TURNER: Mapping[str, tuple[Sequence[float], Sequence[float]]] = {
    "all-cause-mortality": ((-3.95, -4.18, -4.17, -2.92, -3.50), (1.34, 1.41, 1.55, 1.02, 1.26)),
    "obstetric": ((-3.52, -3.75, -3.74, -2.49, -3.08), (1.74, 1.79, 1.91, 1.50, 1.68)),
    "cause-specific-mortality-or-major-morbidity": (
        (-3.71, -3.95, -3.93, -2.68, -3.27),
        (1.74, 1.79, 1.91, 1.51, 1.68),
    ),
    "resource-use": ((-2.34, -2.58, -2.56, -1.31, -1.90), (1.74, 1.79, 1.91, 1.50, 1.68)),
    "surgical-or-device-success": ((-2.14, -2.37, -2.36, -1.11, -1.69), (1.74, 1.79, 1.91, 1.50, 1.68)),
    "withdrawals": ((-2.99, -3.23, -3.21, -1.96, -2.55), (1.74, 1.79, 1.91, 1.51, 1.68)),
    "internal-or-structure": ((-2.71, -2.94, -2.93, -1.67, -2.26), (1.74, 1.79, 1.92, 1.51, 1.68)),
    "general-physical-health": ((-2.29, -2.53, -2.51, -1.26, -1.85), (1.53, 1.58, 1.72, 1.25, 1.46)),
    "adverse-events": ((-1.87, -2.10, -2.10, -0.84, -1.43), (1.52, 1.58, 1.71, 1.24, 1.45)),
    "infection-or-new-disease": ((-2.49, -2.73, -2.71, -1.46, -2.05), (1.52, 1.58, 1.71, 1.24, 1.45)),
    "signs-or-symptoms": ((-2.06, -2.29, -2.28, -1.03, -1.61), (1.51, 1.58, 1.71, 1.24, 1.45)),
    "pain": ((-1.83, -2.06, -2.05, -0.80, -1.38), (1.52, 1.58, 1.71, 1.25, 1.45)),
    "quality-of-life": ((-2.54, -2.78, -2.77, -1.51, -2.10), (1.54, 1.60, 1.73, 1.27, 1.47)),
    "mental-health": ((-2.12, -2.35, -2.34, -1.09, -1.67), (1.53, 1.60, 1.72, 1.27, 1.47)),
    "biological-marker": ((-1.77, -2.00, -1.99, -0.74, -1.33), (1.52, 1.58, 1.71, 1.24, 1.45)),
    "subjective": ((-2.70, -2.93, -2.92, -1.67, -2.26), (1.52, 1.58, 1.71, 1.25, 1.45)),
}
TURNER: Mapping[str, Mapping[str, Pair]] = MappingProxyType(
    {name: dict(zip(COMPARISONS, zip(*pair, strict=True), strict=True)) for name, pair in _TURNER.items()}
)

#: Comparisons of Rhodes' tables, in their order.
RHODES_COMPARISONS = ("pharmacological-placebo", "pharmacological-pharmacological", "non-pharmacological")
#: Location and scale for any outcome and comparison.
RHODES_ANY: Pair = (-3.44, 2.59)

_RHODES_OUTCOMES = (
    "obstetric", "resource-use", "internal-or-structure", "general-physical-health", "signs-or-symptoms",
    "mental-health", "biological-marker", "subjective",
)  # fmt: skip
_RHODES: Mapping[str, tuple[Sequence[Sequence[float]], Sequence[Sequence[float]]]] = {
    "other": (
        ((-4.13, -2.55, -2.43, -3.16, -3.00, -2.99, -3.41, -2.76),
         (-4.40, -2.83, -2.70, -3.44, -3.27, -3.27, -3.68, -3.03),
         (-3.99, -2.41, -2.29, -3.02, -2.86, -3.85, -3.27, -2.62)),
        ((2.34, 2.73, 2.50, 2.50, 2.50, 2.16, 2.83, 2.58), (2.31, 2.70, 2.46, 2.44, 2.47, 2.14, 2.78, 2.59),
         (2.11, 2.57, 2.32, 2.27, 2.33, 1.93, 2.66, 2.41)),
    ),
    "respiratory": (
        ((-6.03, -4.46, -4.33, -5.07, -4.90, -4.90, -5.31, -4.66),
         (-6.31, -4.73, -4.61, -5.34, -5.18, -5.17, -5.59, -4.94),
         (-5.89, -4.32, -4.19, -4.93, -4.76, -4.76, -5.17, -4.52)),
        ((2.36, 2.74, 2.51, 2.51, 2.50, 2.17, 2.83, 2.59), (2.31, 2.70, 2.46, 2.45, 2.47, 2.14, 2.78, 2.59),
         (2.21, 2.57, 2.33, 2.28, 2.33, 1.94, 2.66, 2.41)),
    ),
    "cancer": (
        ((-1.57, 0.01, -0.13, -0.60, -0.44, -0.43, -0.85, -0.20),
         (-1.85, -0.27, -0.14, -0.88, -0.71, -0.71, -1.13, -0.48),
         (-1.43, 0.15, 0.27, -0.46, -0.30, -0.29, -0.71, -0.06)),
        ((2.45, 2.83, 2.61, 2.61, 2.60, 2.28, 2.93, 2.68), (2.41, 2.79, 2.56, 2.55, 2.57, 2.25, 2.87, 2.68),
         (2.24, 2.68, 2.45, 2.40, 2.46, 2.08, 2.78, 2.53)),
    ),
}  # fmt: skip
RHODES: Mapping[str, Mapping[str, Mapping[str, Pair]]] = MappingProxyType(
    {
        area: {
            comparison: dict(zip(_RHODES_OUTCOMES, zip(locations, scales, strict=True), strict=True))
            for comparison, locations, scales in zip(RHODES_COMPARISONS, *tables, strict=True)
        }
        for area, tables in _RHODES.items()
    }
)

#: Cells that cannot be right, by area, comparison and outcome: the locations of two comparisons differ by the same
#: amount for all outcomes but these.
DOUBTFUL = (
    ("other", "non-pharmacological", "mental-health"),
    ("cancer", "pharmacological-placebo", "internal-or-structure"),
)


def turner(outcome: str, comparison: str) -> Pair:
    """Mean and standard deviation of log tau² of log odds ratios; ``PluginError`` with the names there are."""
    by_comparison = _found(TURNER, outcome, "outcome type of Turner et al. 2015")
    return _found(by_comparison, comparison, "comparison of Turner et al. 2015")


def rhodes(outcome: str, comparison: str, area: str) -> Pair:
    """Location and scale of log tau² of standardised mean differences; ``PluginError`` with the names there are."""
    by_comparison = _found(RHODES, area, "medical area of Rhodes et al. 2015")
    by_outcome = _found(by_comparison, comparison_of(comparison), "comparison of Rhodes et al. 2015")
    found = _found(by_outcome, outcome, "outcome type of Rhodes et al. 2015")
    if (area, comparison_of(comparison), outcome) in DOUBTFUL:
        raise PluginError(
            f"the printed values for {outcome}, {comparison} (location {found[0]}) contradict the pattern of their own "
            'table and are not used; choose prior = "log-t" with a location and scale of your own'
        )
    return found


def comparison_of(comparison: str) -> str:
    """Rhodes' name of a comparison: all that are not of drugs are one."""
    return "non-pharmacological" if comparison.startswith("non-pharmacological") else comparison


def _found(table: Mapping[str, T], name: str, what: str) -> T:
    if name not in table:
        raise PluginError(f'no {what} is called "{name}"; there are: {_listed(table)}')
    return table[name]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
