"""A reported estimate, and its standard error from whatever the report gives: itself, an interval, or an exact P.

se = (g(upper) - g(lower)) / (2 z) on the analysis scale g, z being the quantile of the interval's own level; from P,
se = |g(estimate) - g(null)| / z(P). Numbers that cannot be are refused, and what disagrees is noted (see
``agreement``). Parmar, Torri and Stewart 1998, Stat Med; Tierney et al. 2007, Trials, doi:10.1186/1745-6215-8-16;
Altman and Bland 2011, BMJ 343:d2090, doi:10.1136/bmj.d2090.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Array, Mask, Options
from livereview_measures.agreement import Deviate, compare_p, compare_standard_errors, half_unit, note_off_centre
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


@dataclass(frozen=True, kw_only=True)
class Source:
    """One way to a standard error on the analysis scale, and what is said of the studies it is used for."""

    se: Array
    """NaN where it gives none."""
    rounding: Array
    """How far rounding of the printed numbers alone can move ``se``."""
    note: str = ""
    values: Mapping[str, Array] = field(default_factory=dict)


def reading(
    data: Mapping[str, Array],
    scale: Scale,
    options: Reported,
    *,
    prefer: Literal["se", "interval"] = "se",
    found: Findings | None = None,
    before_p: Sequence[Source] = (),
    after_p: Sequence[Source] = (),
) -> Reading:
    """Estimates on the scale with the standard error from the preferred source, then the other, then P.

    ``before_p`` and ``after_p`` are further sources, in their order. The caller decides what becomes of ``bare``
    estimates. A source other than the interval is noted, and so are numbers that disagree (see ``agreement``).
    """
    estimate, low, high, level, se, p = columns(data, "estimate", "ci_low", "ci_high", "ci_level", "se", "p_value")
    found = Findings(estimate.shape) if found is None else found
    _refuse_impossible(found, scale, estimate, low, high, level, se, p)
    effect = scale.to(estimate)
    found.refuse(~found.out & ~np.isfinite(effect), "{x:g} has no finite value on the " + scale.on, x=estimate)
    interval = _interval(scale, low, high, np.where(np.isnan(level), 0.95, level), half_unit(estimate, low, high))
    shift = np.abs((scale.to(low) + scale.to(high)) / 2 - effect)
    explained = half_unit(estimate, low, high) * (scale.slope(estimate) + (scale.slope(low) + scale.slope(high)) / 2)
    note_off_centre(found, shift, interval.se, explained + options.off_centre * interval.se, scale.on)
    printed = _printed(scale, estimate, se)
    compare_standard_errors(found, printed.se, interval.se, interval.rounding + printed.rounding)
    first = (printed, interval) if prefer == "se" else (interval, printed)
    chosen, rounding = _chosen(found, [*first, *before_p])
    if scale.null is not None and isinstance(options, ReportedContrast):
        null = scale.to(np.asarray(scale.null))
        z = Deviate(size=np.abs(effect - null) / chosen, se=chosen, se_rounding=rounding,
                    effect_rounding=half_unit(*_filled(estimate, low, high)) * scale.slope(estimate))  # fmt: skip
        compare_p(found, z, p, half_unit(p), options.p_value_sided)
        after_p = (_from_p(np.abs(effect - null), p, options), *after_p)
    chosen = np.where(np.isnan(chosen), _chosen(found, after_p, skip=~np.isnan(chosen))[0], chosen)
    bare = np.isnan(chosen) & ~found.out
    unused = ~found.out & np.isnan(interval.se) & np.isfinite(low) & np.isfinite(high)
    found.note(unused, "the interval gives no standard error: a limit has no finite value on the " + scale.on)
    found.note(bare & (np.isfinite(low) != np.isfinite(high)), "only one limit of the interval is given")
    if scale.null is not None:
        found.note(
            bare & np.isfinite(p), "P = {p:.4g} with an estimate of {x:g} gives no standard error", p=p, x=estimate
        )
    return Reading(found=found, estimate=estimate, effect=effect, standard_error=chosen, bare=bare)


def _filled(estimate: Array, *limits: Array) -> tuple[Array, ...]:
    """The estimate and the limits that were printed with it, to as many decimals."""
    return (estimate, *(np.where(np.isnan(limit), estimate, limit) for limit in limits))


def _chosen(found: Findings, sources: Sequence[Source], skip: Mask | bool = False) -> tuple[Array, Array]:
    """The standard error of the first source that has one, and its rounding; noted where a source has a note."""
    chosen, rounding = np.full(found.shape, np.nan), np.zeros(found.shape)
    for source in sources:
        take = np.isnan(chosen) & ~np.asarray(skip) & np.isfinite(source.se) & (source.se > 0)
        chosen, rounding = np.where(take, source.se, chosen), np.where(take, source.rounding, rounding)
        if source.note:
            found.note(take & ~found.out, source.note, **source.values)
    return chosen, rounding


def _refuse_impossible(
    found: Findings, scale: Scale, estimate: Array, low: Array, high: Array, level: Array, se: Array, p: Array
) -> None:
    """Refuse what cannot be, all of it at once."""
    found.refuse(np.isnan(estimate) & ~found.out, "no estimate")
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


def _printed(scale: Scale, estimate: Array, se: Array) -> Source:
    """The reported standard error; carried over by the delta method where it belongs to the natural scale."""
    how = "as reported" if scale.se_reported_on_it else f"as reported, carried to the {scale.on}"
    carried = se if scale.se_reported_on_it else se * scale.slope(estimate)
    note = "standard error {se:.4g} " + how
    return Source(se=carried, rounding=half_unit(se) * carried / se, note=note, values={"se": se})


def _interval(scale: Scale, low: Array, high: Array, level: Array, half: Array) -> Source:
    """The width of the interval over twice the quantile of its level; its numbers were rounded by up to ``half``."""
    from scipy.special import ndtri

    z = -ndtri((1 - level) / 2)
    width = np.abs(scale.to(high) - scale.to(low))
    se = np.where(np.isfinite(width) & (width > 0), width / (2 * z), np.nan)
    return Source(se=se, rounding=half * (scale.slope(low) + scale.slope(high)) / (2 * z))


def _from_p(distance: Array, p: Array, options: ReportedContrast) -> Source:
    """|effect - null| / z(P)."""
    from scipy.special import ndtri

    usable = (p > 0) & (p < 1) & (distance > 0)
    sided = "one-sided" if options.p_value_sided == 1 else "two-sided"
    return Source(
        se=np.where(usable, distance / np.abs(ndtri(p / options.p_value_sided)), np.nan),
        rounding=np.zeros(p.shape),
        note=f"standard error from P = {{p:.4g}} ({sided})",
        values={"p": p},
    )
