"""What every change of one cell does to its outcome, in one batch, and what that is in words.

A movement is told in widths of the outcome's confidence interval, on the log scale for ratios and rates, else as shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from livereview import Array, AuditedOutcome, Interval, Mask, OutcomeResult, PluginError, Repooled, SourceRow
from livereview.printing import interval
from livereview_influence.cell_changes import Kind, Sets, changed_sets

#: Movements below this part of the interval's width are no movement.
NOTHING = 1e-9
#: Numbers per column worked on at once.
ELEMENTS = 1 << 19
#: With more studies than this, one cell moves next to nothing, and all of them take long.
MOST_STUDIES = 500
#: Farthest, in widths of the interval, that limits may lie apart that are the same.
SAME = 1e-6


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What the changes of one outcome do to it; arrays of shape (M,)."""

    outcome: AuditedOutcome
    sets: Sets
    again: Repooled
    size: Array
    """How far the estimate moves, in widths of the interval; NaN where it cannot be told."""
    flips: Mask
    """Whether the interval crosses no effect and did not, or did and does not."""
    turned: Mask
    """Whether the interval lies on the other side of no effect."""
    small: Mask
    """Whether it is a change of one cell."""
    possible: Mask


def moved(outcome: AuditedOutcome) -> Moved | None:
    """Every change of an outcome, pooled again; None where nothing can be changed. PluginError where it cannot be
    pooled again."""
    sets = changed_sets(outcome)
    if sets is None or outcome.repooled is None:
        return None
    if len(outcome.result.studies) > MOST_STUDIES:
        raise PluginError(f"of more than {MOST_STUDIES} studies no single cell is looked at")
    if outcome.most_sets is not None and len(sets.study) > outcome.most_sets:
        model = outcome.result.model
        raise PluginError(f"{model} is fitted to one set after the other, and {len(sets.study)} changes are too many")
    again = _again(outcome.repooled, sets, len(outcome.result.studies))
    before = outcome.result.pooled.shown
    null = outcome.result.null_shown
    sides, side = _side(again.ci_low, again.ci_high, null), _side(np.array(before.low), np.array(before.high), null)
    roles = np.array([kind.role for kind in sets.kinds])[sets.kind]
    size = _size(outcome.result, again.estimate)
    possible = (roles != "same") & ~_misread(outcome, sets, again, roles) & np.isfinite(again.estimate)
    if outcome.result.pooled.k == 1:
        possible &= roles == "small"  # the arms of a single study exchanged say nothing that is not plain
    known = np.isfinite(sides) & np.isfinite(side)
    return Moved(
        outcome=outcome,
        sets=sets,
        again=again,
        size=size,
        flips=possible & known & ((sides == 0) != (side == 0)),
        turned=possible & known & (sides * side < 0),
        small=roles == "small",
        possible=possible,
    )


def _again(repooled: Callable[[Mapping[str, Array]], Repooled], sets: Sets, k: int) -> Repooled:
    """The outcome under every set, in parts of bounded size."""
    step = max(1, ELEMENTS // k)
    parts = [repooled(sets.columns(at, at + step)) for at in range(0, len(sets.study), step)]
    return Repooled(
        **{item.name: np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(Repooled)}
    )


def _side(low: Array, high: Array, null: float | None) -> Array:
    """1 where an interval lies above no effect, -1 below, 0 where it holds it; NaN where that cannot be told."""
    if null is None:
        return np.full(low.shape, np.nan)
    side = np.where(low > null, 1.0, np.where(high < null, -1.0, 0.0))
    return np.where(np.isfinite(low) & np.isfinite(high), side, np.nan)


def _size(result: OutcomeResult, estimate: Array) -> Array:
    """How far an estimate lies from that of the outcome, in widths of its interval."""
    own = result.pooled.shown
    values = np.array([own.estimate, own.low, own.high])
    with np.errstate(divide="ignore", invalid="ignore"):
        if result.display in ("ratio", "rate"):
            values, estimate = np.log(values), np.log(estimate)
        width = values[2] - values[1]
        size = np.abs(estimate - values[0]) / width
    size = np.where(np.isfinite(size) & (width > 0), size, np.nan)
    return np.where(size > NOTHING, size, np.where(np.isnan(size), np.nan, 0.0))


def _misread(outcome: AuditedOutcome, sets: Sets, again: Repooled, roles: Array) -> Mask:
    """Changes of studies whose standard error, given once more as it is, does not give the same result."""
    own = outcome.result.pooled.shown
    width = own.high - own.low
    same = roles == "same"
    apart = np.maximum(np.abs(again.ci_low - own.low), np.abs(again.ci_high - own.high))
    other = same & ~(apart <= SAME * width)
    studies = np.isin(sets.study, sets.study[other])
    of_errors = np.array([kind.columns == () for kind in sets.kinds])[sets.kind]
    return np.asarray(studies & of_errors & (outcome.layout != "two-arms"))


# --- in words ----------------------------------------------------------------------------------------------------


def rows_of(kind: Kind, rows: Sequence[SourceRow]) -> tuple[SourceRow, ...]:
    """The row of the arm that is changed; of exchanged arms both."""
    if kind.side == "both" and len(rows) > 1:
        return rows[0], rows[-1]
    return (rows[-1] if kind.side == "_2" else rows[0],)


def told(one: Moved, at: int) -> tuple[str, str]:
    """The estimate before and after."""
    display, again = one.outcome.result.display, one.again
    after = Interval(estimate=float(again.estimate[at]), low=float(again.ci_low[at]), high=float(again.ci_high[at]))
    return interval(one.outcome.result.pooled.shown, display), interval(after, display)


def conclusion(one: Moved, at: int) -> str:
    """What becomes of the conclusion."""
    result = one.outcome.result
    if result.null_shown is None:
        return ""
    holds = holds_null(result)
    if one.turned[at]:
        return "lies on the other side of no effect"
    if one.flips[at]:
        return "no longer includes no effect" if holds else "includes no effect now"
    return "includes no effect, as before" if holds else "excludes no effect, as before"


def holds_null(result: OutcomeResult) -> bool:
    """Whether the interval includes no effect."""
    own = result.pooled.shown
    return result.null_shown is not None and own.low <= result.null_shown <= own.high
