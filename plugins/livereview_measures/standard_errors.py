"""A reported estimate, and its standard error from whatever the report gives: itself, an interval, or an exact P.

se = (g(upper) - g(lower)) / (2 z) on the analysis scale g, z being the quantile of the interval's own level; from P,
se = |g(estimate) - g(null)| / z(P). Numbers that contradict each other are refused; an estimate off the middle of its
interval is noted. Parmar, Torri and Stewart 1998, Stat Med; Tierney et al. 2007, Trials, doi:10.1186/1745-6215-8-16;
Altman and Bland 2011, BMJ 343:d2090, doi:10.1136/bmj.d2090.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Array, Mask, Options
from livereview_measures.findings import Findings, columns

PARMAR = "Parmar, Torri and Stewart 1998, Stat Med 17:2815"
TIERNEY = "Tierney et al. 2007, Trials 8:16, doi:10.1186/1745-6215-8-16"
ALTMAN = "Altman and Bland 2011, BMJ 343:d2090, doi:10.1136/bmj.d2090"


class Reported(Options):
    """Options of every measure that takes estimates as reported."""

    off_centre: float = Field(
        default=0.1,
        ge=0,
        description="An estimate further than this many standard errors from the middle of its interval, beyond what"
        " rounding explains, is noted.",
    )


class ReportedContrast(Reported):
    """Options of measures that may fall back on a P value."""

    p_value_sided: Literal[1, 2] = Field(
        default=2,
        description="Whether P values, where one is the only source of a standard error, are one- or two-sided.",
    )


@dataclass(frozen=True, kw_only=True)
class Scale:
    """An analysis scale: the way to it, the size of its slope, and the range that a reported number can have."""

    name: str
    to: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    low: float = -np.inf
    high: float = np.inf
    null: float | None = None
    """No effect, as reported; None where P cannot give a standard error."""
    se_reported_on_it: bool = True
    """False where a reported standard error belongs to the natural scale and is carried over by the delta method."""

    @property
    def on(self) -> str:
        return f"{self.name} scale"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Estimates and standard errors on the analysis scale; ``bare`` marks estimates without a standard error."""

    found: Findings
    estimate: Array
    effect: Array
    standard_error: Array
    bare: Mask


def half_unit(*printed: Array) -> Array:
    """Half a unit in the last decimal, at most the sixth, to which the numbers of each study were rounded; else 0."""
    half = np.zeros(printed[0].shape)
    for decimals in range(6, -1, -1):
        exact = np.logical_and.reduce([np.abs(np.round(x, decimals) - x) <= 1e-12 * (1 + np.abs(x)) for x in printed])
        half = np.where(exact, 0.5 * 10.0**-decimals, half)
    return half


@dataclass(frozen=True, kw_only=True)
class _Interval:
    middle: Array
    """On the analysis scale."""
    se: Array
    """NaN where the interval gives none."""
    middle_rounding: Array
    """How far rounding alone can move the estimate off the middle, on the analysis scale."""
    se_rounding: Array
    """How far rounding alone can move ``se``."""


def reading(
    data: Mapping[str, Array], scale: Scale, options: Reported, *, prefer: Literal["se", "interval"] = "se"
) -> Reading:
    """Estimates on the scale with the standard error from the preferred source, then the other, then P.

    The caller decides what becomes of ``bare`` estimates. A source other than the interval is noted.
    """
    estimate, low, high, level, se, p = columns(data, "estimate", "ci_low", "ci_high", "ci_level", "se", "p_value")
    found = Findings(estimate.shape)
    _refuse_impossible(found, scale, estimate, low, high, level, se, p)
    effect = scale.to(estimate)
    found.refuse(~found.out & ~np.isfinite(effect), "{x:g} has no finite value on the " + scale.on, x=estimate)
    interval = _from_interval(scale, estimate, low, high, np.where(np.isnan(level), 0.95, level))
    printed = se if scale.se_reported_on_it else se * scale.slope(estimate)
    _note_off_centre(found, scale, options, effect, interval)
    _compare_sources(found, printed, interval.se, interval.se_rounding + half_unit(se) * printed / se)
    from_p = _from_p(scale, effect, p, options)
    sources = {"interval": interval.se, "se": printed, "p": from_p}
    order = ("se", "interval", "p") if prefer == "se" else ("interval", "se", "p")
    chosen = np.full(found.shape, np.nan)
    for source in order:
        take = np.isnan(chosen) & np.isfinite(sources[source]) & (sources[source] > 0)
        chosen = np.where(take, sources[source], chosen)
        _note_source(found, take & ~found.out, source, scale, options, se, p)
    bare = np.isnan(chosen) & ~found.out
    unused = ~found.out & np.isnan(interval.se) & np.isfinite(low) & np.isfinite(high)
    found.note(unused, "the interval gives no standard error: a limit has no finite value on the " + scale.on)
    found.note(bare & (np.isfinite(low) != np.isfinite(high)), "only one limit of the interval is given")
    if scale.null is not None:
        found.note(
            bare & np.isfinite(p), "P = {p:.4g} with an estimate of {x:g} gives no standard error", p=p, x=estimate
        )
    return Reading(found=found, estimate=estimate, effect=effect, standard_error=chosen, bare=bare)


def _refuse_impossible(
    found: Findings, scale: Scale, estimate: Array, low: Array, high: Array, level: Array, se: Array, p: Array
) -> None:
    """Refuse what cannot be, all of it at once."""
    found.refuse(np.isnan(estimate), "no estimate")
    span = f"cannot be: it must lie between {scale.low:g} and {scale.high:g}"
    for value, what in ((estimate, "estimate"), (low, "lower limit"), (high, "upper limit")):
        found.refuse((value < scale.low) | (value > scale.high), f"{what} {{x:g}} {span}", x=value)
    found.refuse(low > high, "lower limit {low:g} exceeds upper limit {high:g}", low=low, high=high)
    outside = (low <= high) & ((estimate < low) | (estimate > high))
    found.refuse(
        outside, "estimate {x:g} lies outside its interval {low:g} to {high:g}", x=estimate, low=low, high=high
    )
    found.refuse((low == high) & ~outside, "interval {low:g} to {high:g} has no width", low=low, high=high)
    found.refuse((level <= 0) | (level >= 1), "confidence level {level:g} must lie between 0 and 1", level=level)
    found.refuse(~np.isnan(se) & ~((se > 0) & np.isfinite(se)), "standard error {se:g} must be positive", se=se)
    found.refuse((p < 0) | (p > 1), "P = {p:g} must lie between 0 and 1", p=p)


def _from_interval(scale: Scale, estimate: Array, low: Array, high: Array, level: Array) -> _Interval:
    from scipy.special import ndtri

    z = -ndtri((1 - level) / 2)
    first, second = scale.to(low), scale.to(high)
    width = np.abs(second - first)
    se = np.where(np.isfinite(width) & (width > 0), width / (2 * z), np.nan)
    half, ends = half_unit(estimate, low, high), scale.slope(low) + scale.slope(high)
    return _Interval(
        middle=(first + second) / 2,
        se=se,
        middle_rounding=half * (scale.slope(estimate) + ends / 2),
        se_rounding=half * ends / (2 * z),
    )


def _from_p(scale: Scale, effect: Array, p: Array, options: Reported) -> Array:
    from scipy.special import ndtri

    if scale.null is None or not isinstance(options, ReportedContrast):
        return np.full(effect.shape, np.nan)
    distance = np.abs(effect - scale.to(np.asarray(scale.null)))
    usable = (p > 0) & (p < 1) & (distance > 0)
    return np.where(usable, distance / np.abs(ndtri(p / options.p_value_sided)), np.nan)


def _note_off_centre(found: Findings, scale: Scale, options: Reported, effect: Array, interval: _Interval) -> None:
    shift = interval.middle - effect
    off = ~found.out & (np.abs(shift) > interval.middle_rounding + options.off_centre * interval.se)
    text = f"on the {scale.on} the estimate is {{n:.2g}} times the standard error off the middle of its interval,"
    found.note(off, text + " more than rounding explains", n=np.abs(shift) / interval.se)


def _compare_sources(found: Findings, printed: Array, implied: Array, rounding: Array) -> None:
    """Note where a reported standard error and the interval differ by more than a tenth, and refuse beyond half.

    An interval from a t distribution explains a small difference; a large one means that one of them is something
    else, such as a standard error of the ratio where that of its log is expected.
    """
    apart = np.abs(printed - implied) - rounding
    text = "standard error {se:.3g} and interval (which implies {other:.3g}) "
    far = apart > 0.5 * np.minimum(printed, implied)
    found.refuse(~found.out & far, text + "contradict each other", se=printed, other=implied)
    found.note(~found.out & (apart > 0.1 * implied), text + "disagree", se=printed, other=implied)


def _note_source(
    found: Findings, take: Mask, source: str, scale: Scale, options: Reported, se: Array, p: Array
) -> None:
    if source == "se":
        how = "as reported" if scale.se_reported_on_it else f"as reported, carried to the {scale.on}"
        found.note(take, "standard error {se:.4g} " + how, se=se)
    if source == "p" and isinstance(options, ReportedContrast):
        sided = "one-sided" if options.p_value_sided == 1 else "two-sided"
        found.note(take, f"standard error from P = {{p:.4g}} ({sided})", p=p)
