"""How the random-effects mean gets its standard error, quantiles and interval: one function for each choice.

The rule: a function sees the mean with its Wald variance and answers with what differs from Wald. One study always has
normal quantiles and its own variance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np

from livereview import Array, Mask, Studies
from livereview_estimation import Pooled, hartung_knapp_scale, pooled, tau_squared
from livereview_pooling.henmi_copas import half_width
from livereview_pooling.kenward_roger import KenwardRoger, kenward_roger
from livereview_pooling.random_effects_options import Interval

NORMAL = "one study: normal quantiles in place of t"
NO_WIDTH = "all effects are equal: the Hartung-Knapp interval has no width"
RAISED = "Hartung-Knapp scale below 1 raised to 1"
NARROWER = "tau² = 0 and Hartung-Knapp scale below 1: standard error smaller than that of the common-effect model"
HYBRID = "Hartung-Knapp interval narrower than the Wald interval, which replaces it"
IQWIG6 = (
    "Hartung-Knapp interval narrower than the Wald interval with tau² by DerSimonian-Laird: "
    "standard error not scaled, t quantiles"
)
FEW_DF = "Kenward-Roger: less than one degree of freedom; an interval of such width says nothing"
P_BY_NORMAL = "Henmi-Copas interval; P is by normal quantiles and need not agree with it"

#: A scale is 1 by construction with Paule-Mandel, or two studies, and then differs from it by rounding alone.
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Spread:
    """What a ``Fit`` says about the uncertainty of its estimate."""

    variance: Array
    df: Array | None = None
    ci_low: Array | None = None
    ci_high: Array | None = None
    notes: Mapping[str, Mask] = field(default_factory=dict)


@dataclass(frozen=True)
class Mean:
    """The mean of each fit, and what the intervals are made of."""

    studies: Studies
    tau2: Array
    pooled: Pooled
    """By the weights that were chosen."""
    by_precision: Pooled
    """By 1 / (v + tau²)."""
    level: float

    @cached_property
    def k(self) -> Array:
        return np.asarray(self.studies.k)

    @cached_property
    def scale(self) -> Array:
        """The Hartung-Knapp scale; 1 for one study."""
        return np.where(self.k > 1, hartung_knapp_scale(self.by_precision.q, self.k), 1.0)

    @cached_property
    def by_t(self) -> Array:
        """k - 1 degrees of freedom; infinite for one study."""
        return np.where(self.k > 1, self.k - 1.0, np.inf)

    @cached_property
    def kenward_roger(self) -> KenwardRoger:
        """Adjusted variance and degrees of freedom; one study is left as it is."""
        found = kenward_roger(self.studies, self.tau2)
        one = self.k == 1
        variance = np.where(one, self.pooled.variance, found.variance)
        return KenwardRoger(variance=variance, df=np.where(one, np.inf, found.df))


def spread(interval: Interval, mean: Mean) -> Spread:
    """Standard error, degrees of freedom and own limits by the interval of this name."""
    return _INTERVALS[interval](mean)


def _wald(mean: Mean) -> Spread:
    return Spread(variance=mean.pooled.variance)


def _t(mean: Mean) -> Spread:
    return Spread(variance=mean.pooled.variance, df=mean.by_t, notes={NORMAL: mean.k == 1})


def _hartung_knapp(mean: Mean) -> Spread:
    low = mean.scale < 1 - ROUNDING
    notes = {NO_WIDTH: mean.scale == 0, NARROWER: low & (mean.scale > 0) & (mean.tau2 == 0), NORMAL: mean.k == 1}
    return Spread(variance=mean.pooled.variance * mean.scale, df=mean.by_t, notes=notes)


def _adhoc(mean: Mean) -> Spread:
    """A scale of at least 1: Knapp and Hartung 2003."""
    scaled = mean.pooled.variance * np.maximum(mean.scale, 1.0)
    return Spread(variance=scaled, df=mean.by_t, notes={RAISED: mean.scale < 1 - ROUNDING, NORMAL: mean.k == 1})


def _hybrid(mean: Mean) -> Spread:
    """The wider of the Hartung-Knapp and the Wald interval: hybrid 2 of Jackson et al. 2017, 10.1002/sim.7411."""
    plain = mean.pooled.variance
    narrow = _narrower(mean, plain)
    return Spread(
        variance=np.where(narrow, plain, plain * mean.scale),
        df=np.where(narrow, np.inf, mean.by_t),
        notes={HYBRID: narrow, NORMAL: mean.k == 1},
    )


def _iqwig6(mean: Mean) -> Spread:
    """Not scaled where the Hartung-Knapp interval is narrower than Wald's by DerSimonian-Laird: IQWiG methods 6."""
    studies = mean.studies
    by_dl = tau_squared(studies.effect, studies.variance, studies.present, "DL").value
    narrow = _narrower(mean, pooled(studies.effect, studies.variance, studies.present, by_dl).variance)
    plain = mean.pooled.variance
    variance = np.where(narrow, plain, plain * mean.scale)
    return Spread(variance=variance, df=mean.by_t, notes={IQWIG6: narrow, NORMAL: mean.k == 1})


def _narrower(mean: Mean, variance: Array) -> Mask:
    """Whether the Hartung-Knapp interval is narrower than the normal one with this variance."""
    from scipy.special import ndtri, stdtrit

    upper = (1 + mean.level) / 2
    several = mean.k > 1
    t = stdtrit(np.where(several, mean.by_t, 1.0), upper)
    own = t * np.sqrt(mean.pooled.variance * mean.scale)
    return np.asarray(several & (own < ndtri(upper) * np.sqrt(variance) * (1 - ROUNDING)))


def _kenward_roger(mean: Mean) -> Spread:
    found = mean.kenward_roger
    return Spread(variance=found.variance, df=found.df, notes={FEW_DF: found.df < 1, NORMAL: mean.k == 1})


def _henmi_copas(mean: Mean) -> Spread:
    from scipy.special import ndtri

    widths = half_width(mean.studies, mean.tau2, mean.level)
    normal = np.where(mean.k == 1, ndtri((1 + mean.level) / 2), widths)
    reach = normal * np.sqrt(mean.pooled.variance)
    notes = {f"{P_BY_NORMAL} (level {100 * mean.level:g} %)": mean.k > 1}
    return Spread(
        variance=mean.pooled.variance, ci_low=mean.pooled.mean - reach, ci_high=mean.pooled.mean + reach, notes=notes
    )


_INTERVALS: Mapping[Interval, Callable[[Mean], Spread]] = MappingProxyType(
    {
        "wald": _wald,
        "t": _t,
        "hartung-knapp": _hartung_knapp,
        "hartung-knapp-adhoc": _adhoc,
        "hartung-knapp-hybrid": _hybrid,
        "hartung-knapp-iqwig6": _iqwig6,
        "kenward-roger": _kenward_roger,
        "henmi-copas": _henmi_copas,
    }
)
