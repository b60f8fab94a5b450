"""What the numbers of an analysis are, where its file does not say it: told by the effects printed beside them.

Older files hold numbers of several kinds in one row, zeros for what does not apply and remains of earlier edits. The
kind that reproduces the printed effects of most rows is the one that they were made from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from livereview_revman.review import DataType, Entry

#: Printed effects have six decimals in older files.
_RELATIVE, _ABSOLUTE = 1e-4, 2e-6


def told_by_rows(entries: Sequence[Entry]) -> DataType:
    """The data type of the rows of one analysis; where no printed effect tells, by the numbers that are not 0."""
    votes = {kind: sum(_reproduces(entry, kind) for entry in entries) for kind in _EFFECTS}
    most = max(votes.values(), default=0)
    if most:
        return next(kind for kind in _EFFECTS if votes[kind] == most)
    kinds: tuple[tuple[DataType, bool], ...] = (
        ("contrast", any(entry.contrast and entry.contrast_se for entry in entries)),
        ("log-rank", any(entry.o_minus_e for entry in entries)),
        ("means", any(entry.sd_1 or entry.sd_2 or entry.mean_1 or entry.mean_2 for entry in entries)),
        ("counts", any(entry.events_1 or entry.events_2 for entry in entries)),
        ("contrast", any(entry.contrast_se for entry in entries)),
        ("counts", any(entry.n_1 or entry.n_2 for entry in entries)),
    )
    return next((kind for kind, there in kinds if there), "unknown")


def on_log_scale(entries: Sequence[Entry]) -> bool | None:
    """Whether estimates are logarithms of the effects printed beside them; None where the rows do not tell."""
    votes = set()
    for entry in entries:
        found = list(_contrasts(entry))
        if len(found) == 2 and entry.effect is not None:
            same, log = (_close(value, entry.effect) for value, *_ in found)
            votes |= {log} if same != log else set()
    return votes.pop() if len(votes) == 1 else None


def _close(value: float, printed: float) -> bool:
    return math.isclose(value, printed, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)


def _reproduces(entry: Entry, kind: DataType) -> bool:
    if entry.effect is None or not (entry.ci_low or entry.ci_high):
        return False
    return any(
        _close(made.effect, entry.effect) and (made.se is None or _as_wide(entry, made.se, made.ratio))
        for made in _EFFECTS[kind](entry)
    )


def _as_wide(entry: Entry, se: float, ratio: bool) -> bool:
    """Whether the printed interval is that of a standard error (of the logarithm of a ratio) at 90, 95 or 99%.

    An estimate of 0 left over in the row of two equal means would pass for theirs, and counts beside an adjusted
    estimate of the same size for its source.
    """
    low, high = entry.ci_low, entry.ci_high
    if low is None or high is None or (ratio and low <= 0):
        return False
    width = math.log(high / low) if ratio else high - low
    return any(abs(width / (2 * se) - z) < 0.02 for z in (1.6449, 1.96, 2.5758))


class _Made(NamedTuple):
    """An effect that numbers of a row give, with its standard error where that is looked at."""

    effect: float
    se: float | None = None
    ratio: bool = False


_Effects = Iterator[_Made]


def _contrasts(entry: Entry) -> _Effects:
    """The estimate itself, and as the logarithm of a ratio."""
    if entry.contrast is not None and entry.contrast_se and abs(entry.contrast) < 500:
        yield _Made(entry.contrast, entry.contrast_se)
        yield _Made(math.exp(entry.contrast), entry.contrast_se, ratio=True)


def _log_rank(entry: Entry) -> _Effects:
    if entry.o_minus_e is not None and entry.variance and entry.variance > 0:
        log = entry.o_minus_e / entry.variance
        if abs(log) < 500:
            yield _Made(math.exp(log), entry.variance**-0.5, ratio=True)


def _counts(entry: Entry) -> _Effects:
    """Risk ratio, odds ratio, risk difference and Peto's odds ratio, as far as the cells allow."""
    a, n_1, c, n_2 = entry.events_1, entry.n_1, entry.events_2, entry.n_2
    if a is None or c is None or not n_1 or not n_2:
        return
    yield _Made(a / n_1 - c / n_2)
    v = n_1 * n_2 * (a + c) * (n_1 + n_2 - a - c)
    if v > 0 and n_1 + n_2 > 1:
        n = n_1 + n_2
        deviate = (a - n_1 * (a + c) / n) / (v / (n**2 * (n - 1)))
        if abs(deviate) < 500:
            yield _Made(math.exp(deviate))
    half = 0.5 if 0 in (a, c, n_1 - a, n_2 - c) else 0.0
    b, d = n_1 - a + half, n_2 - c + half
    a, c = a + half, c + half
    if min(a, b, c, d) > 0:
        yield _Made(a / (a + b) * (c + d) / c)
        yield _Made(a * d / (b * c))


def _means(entry: Entry) -> _Effects:
    """Difference of means and Hedges' g."""
    m_1, s_1, n_1, m_2, s_2, n_2 = entry.mean_1, entry.sd_1, entry.n_1, entry.mean_2, entry.sd_2, entry.n_2
    if m_1 is None or m_2 is None or not s_1 or not s_2 or not n_1 or not n_2:
        return
    yield _Made(m_1 - m_2, math.sqrt(s_1**2 / n_1 + s_2**2 / n_2))
    df = n_1 + n_2 - 2
    if df > 0:
        s = math.sqrt(((n_1 - 1) * s_1**2 + (n_2 - 1) * s_2**2) / df)
        g = (m_1 - m_2) / s * (1 - 3 / (4 * (n_1 + n_2) - 9))
        yield _Made(g, math.sqrt((n_1 + n_2) / (n_1 * n_2) + g**2 / (2 * (n_1 + n_2 - 3.94))))


#: Of two kinds that reproduce as much the first: means say more than an estimate of the same width; counts, of which
#: the width is not looked at, stand last.
_EFFECTS: dict[DataType, Callable[[Entry], _Effects]] = {
    "means": _means,
    "contrast": _contrasts,
    "log-rank": _log_rank,
    "counts": _counts,
}
