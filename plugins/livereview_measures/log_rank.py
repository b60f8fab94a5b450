"""Hazard ratios from what a log-rank test leaves in print: O - E and V, or P with the number of events.

ln HR = (O - E) / V with standard error 1 / sqrt V, of the arm against the comparator. From events alone V = events x
n1 n2 / (n1 + n2)², which is events / 4 for arms of one size; with P, ln HR = ± z(P) / sqrt V. Parmar, Torri and Stewart
1998, doi:10.1002/(SICI)1097-0258(19981230)17:24<2815::AID-SIM110>3.0.CO;2-8; Tierney et al. 2007,
doi:10.1186/1745-6215-8-16.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from livereview import Array
from livereview_measures.agreement import half_unit
from livereview_measures.findings import Findings, columns, reasons
from livereview_measures.standard_errors import Reading, Source

#: ln HR by (O - E) / V falls short of a Cox estimate where the effect is large; more than this is something else.
APART = 0.5


@dataclass(frozen=True, kw_only=True)
class LogRank:
    """What each study's log-rank numbers give; NaN where they give nothing."""

    estimate: Array
    """The printed hazard ratio, or the one that stands for it."""
    from_variance: Source
    from_events_with_p: Source
    """Of the studies whose hazard ratio itself comes from P."""
    from_events: Source


def log_rank(data: Mapping[str, Array], found: Findings, sided: int) -> LogRank:
    """Hazard ratios and their sources of a standard error; an estimate that is not printed says what it comes from."""
    estimate, difference, v = columns(data, "estimate", "o_minus_e", "o_minus_e_variance")
    p, events, direction = columns(data, "p_value", "events", "direction")
    found.refuse(~np.isnan(v) & ~((v > 0) & np.isfinite(v)), "V = {v:g} must be positive", v=v)
    known = np.isin(direction, (-1.0, 1.0))
    found.refuse(~np.isnan(direction) & ~known, "direction {x:g} must be -1 (lower) or 1 (higher)", x=direction)
    of_events, how = variance_from_events(data)
    unprinted = np.isnan(estimate) & ~found.out
    by_difference = unprinted & np.isfinite(difference) & (v > 0)
    by_p = unprinted & ~by_difference & (p > 0) & (p <= 1) & (of_events > 0) & known
    log_ratio = np.where(by_difference, difference / v, np.where(by_p, _from_p(p, sided, of_events, direction), np.nan))
    found.note(by_difference, "hazard ratio exp((O-E)/V) from O-E = {d:g} and V = {v:g}", d=difference, v=v)
    side = reasons((direction < 0, "lower"), otherwise="higher")
    words = "one-sided" if sided == 1 else "two-sided"
    text = f"hazard ratio from P = {{p:.4g}} ({words}), {{events:g}} events and its direction ({{side}})"
    found.note(by_p, text, p=p, events=events, side=side)
    se = 1 / np.sqrt(of_events)
    from_events = Source(
        se=se, rounding=np.zeros(se.shape), note="standard error 1/sqrt(V), {how}", values={"how": how}
    )
    return LogRank(
        estimate=np.where(by_difference | by_p, np.exp(log_ratio), estimate),
        from_variance=Source(
            se=1 / np.sqrt(v), rounding=half_unit(v) / (2 * v**1.5), note="standard error 1/sqrt(V), V = {v:g}",
            values={"v": v},
        ),
        from_events_with_p=replace(from_events, se=np.where(by_p, se, np.nan)),
        from_events=from_events,
    )  # fmt: skip


def variance_from_events(data: Mapping[str, Array]) -> tuple[Array, Array]:
    """V of the log-rank test from the events of both arms together, and in words how; NaN without events.

    events x n1 n2 / (n1 + n2)² with the sizes of the arms; where these are not known, events / 4.
    """
    events, first, second = columns(data, "events", "n_1", "n_2")
    sized = (first > 0) & (second > 0) & np.isfinite(first) & np.isfinite(second)
    share = np.where(sized, (first / (first + second)) * (second / (first + second)), 0.25)
    v = np.where((events > 0) & np.isfinite(events), events * share, np.nan)
    how = np.full(v.shape, "", dtype=object)
    for at in map(tuple, np.argwhere(np.isfinite(v))):
        arms = f"arms of {first[at]:g} and {second[at]:g}" if sized[at] else "arms taken to be of one size"
        how[at] = f"V = {v[at]:.4g} from {events[at]:g} events and {arms}"
    return v, how


def _from_p(p: Array, sided: int, v: Array, direction: Array) -> Array:
    """± z(P) / sqrt V."""
    from scipy.special import ndtri

    return np.asarray(direction * np.abs(ndtri(p / sided)) / np.sqrt(v))


def compare(data: Mapping[str, Array], read: Reading) -> None:
    """Note where log-rank numbers beside a printed hazard ratio say something else than it does.

    Half a standard error apart: O - E has the wrong sign, or is of another analysis. V: standard errors that differ by
    more than a quarter. Events: whatever the model, the information on ln HR is at most a quarter for each event, so
    that no standard error is below 2 / sqrt(events); one that is belongs to more events than stated.
    """
    difference, v, events, printed = columns(data, "o_minus_e", "o_minus_e_variance", "events", "estimate")
    found, se = read.found, read.standard_error
    held = ~found.out & np.isfinite(se) & ~np.isnan(printed)
    rounding = half_unit(printed) / printed + (half_unit(difference) + half_unit(v) * np.abs(difference) / v) / v
    far = held & (np.abs(difference / v - read.effect) > APART * se + rounding)
    text = "O-E and V imply a hazard ratio of {other:.3g}, not {x:g}"
    found.note(far, text, other=np.exp(difference / v), x=printed)
    implied = 1 / np.sqrt(v)
    unlike = held & (np.abs(implied - se) > 0.25 * np.minimum(se, implied) + half_unit(v) / (2 * v**1.5))
    found.note(unlike, "V implies a standard error of {other:.3g}, not {se:.3g}", other=implied, se=se)
    least = 2 / np.sqrt(events)
    text = "standard error {se:.3g} is smaller than {events:g} events can give (at least {least:.3g})"
    found.note(~found.out & (se < 0.95 * least), text, se=se, events=events, least=least)
