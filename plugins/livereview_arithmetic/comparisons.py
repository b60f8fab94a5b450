"""A printed contrast against the two arms that it compares: RR, OR and RD of counts; MD, SMD and ROM of means."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from livereview_arithmetic import printed
from livereview_arithmetic.binomial import newcombe
from livereview_arithmetic.effects import PETO, Counts, Effect, Means, of_counts, of_means, widened
from livereview_arithmetic.exact import Conditional
from livereview_arithmetic.intervals import Mismatch, Spans, interval, spans
from livereview_arithmetic.printed import Span
from livereview_arithmetic.rows import RATIOS, Row, grouped

OF_COUNTS = ("RR", "OR", "RD")
OF_MEANS = ("MD", "SMD", "ROM")
#: How far the width of another interval than ours may be from ours. Of 150 random tables without a cell below 5, exact
#: intervals of the odds ratio were 1.06 to 1.17 times as wide as Wald's, profile intervals 1.00 to 1.03 times.
_OTHER_INTERVAL, _OF_LARGE_CELLS = (0.85, 1.18), (0.93, 1.18)
_LARGE = 5
#: Exact unconditional intervals of a difference of small arms are wider still.
_EXACT_DIFFERENCE = (0.85, 1.5)
#: The logarithm of the conditional odds ratio is 0.79 of the other one at least, in every table of up to ten in an arm,
#: and nearer to it in larger ones.
_NEARER = 0.75
_LEVELS = (0.8, 0.9, 0.95, 0.99)
_KEY = ("study_id", "report_id", "outcome", "timepoint_months", "population", "variant", "extractor")


@dataclass(frozen=True)
class Comparison:
    """A contrast and the rows of its two arms, of the same report, outcome, time and population."""

    contrast: Row
    arm: Row
    comparator: Row

    @property
    def rows(self) -> dict[str, Row]:
        """By role."""
        return {"contrast": self.contrast, "arm": self.arm, "comparator": self.comparator}

    @classmethod
    def of(cls, rows: Mapping[str, Row]) -> Comparison:
        """The comparison of rows by role."""
        return cls(rows["contrast"], rows["arm"], rows["comparator"])

    @property
    def counts(self) -> Counts | None:
        """Both arms as counts."""
        cells = [row.get(name) for row in (self.arm, self.comparator) for name in ("events", "n")]
        return None if any(cell is None for cell in cells) else Counts(*(float(cell) for cell in cells))  # type: ignore[arg-type]


def comparisons(rows: Iterable[Row]) -> Iterator[Comparison]:
    """Each contrast that has one row of each of its arms beside it."""
    known = [row for row in rows if row["measure"] in (*OF_COUNTS, *OF_MEANS, "count", "mean")]
    for group in grouped(known, *_KEY).values():
        arms: dict[tuple[str, Any], list[Row]] = {}
        for row in group:
            if row["measure"] in ("count", "mean") and not row.get("comparator"):
                arms.setdefault((row["measure"], row["arm"]), []).append(row)
        for row in group:
            kind = "count" if row["measure"] in OF_COUNTS else "mean"
            if row["measure"] not in ("count", "mean") and row.get("estimate") is not None:
                pair = arms.get((kind, row["arm"]), []), arms.get((kind, row.get("comparator")), [])
                if all(len(found) == 1 for found in pair) and row["arm"] != row.get("comparator"):
                    yield Comparison(row, pair[0][0], pair[1][0])


def differences(found: Comparison) -> Iterator[Mismatch]:
    """How the contrast differs from what its arms give; nothing where one formula gives it, or none can be used."""
    if found.contrast["measure"] in OF_COUNTS:
        yield from _from_counts(found)
    else:
        yield from _from_means(found)


def _from_counts(found: Comparison) -> Iterator[Mismatch]:
    counts, row = found.counts, found.contrast
    if counts is None:
        return
    effects, edges = list(of_counts(row["measure"], counts)), spans(row)
    if not effects or edges.estimate is None:
        return
    fitting = [effect for effect in effects if _within(effect.estimate, edges.estimate)]
    if edges.half is not None:  # Peto's is recognised by its interval: its estimate is near that of other counts
        fitting = [effect for effect in fitting if effect.method != PETO or _gives(effect, edges, edges.level)]
    if not any(_gives(effect, edges, edges.level) for effect in fitting) and _is_exact(row, counts, edges):
        return
    arms = f"{counts.a:g} of {counts.n1:g} against {counts.c:g} of {counts.n2:g}"
    if not fitting:
        yield _other_effect(found, effects, arms)
    elif edges.half is not None and not any(_gives(effect, edges, edges.level) for effect in fitting):
        if row["measure"] == "RD" and _is_newcombe(counts, edges):
            return
        yield from _other_interval(found, [(effect.error, effect.error) for effect in fitting], edges, arms)


def _within(value: float, numbers: Span) -> bool:
    return numbers[0] - 1e-12 <= value <= numbers[1] + 1e-12


def _gives(effect: Effect, edges: Spans, level: float) -> bool:
    """Whether the Wald interval of an effect is the printed one."""
    if edges.low is None or edges.high is None:
        return False
    z = printed.quantiles(level)
    low = effect.estimate - z[1] * effect.error, effect.estimate - z[0] * effect.error
    high = effect.estimate + z[0] * effect.error, effect.estimate + z[1] * effect.error
    return printed.meet(low, edges.low) and printed.meet(high, edges.high)


def is_exact(found: Comparison) -> bool:
    """Whether an interval that is not symmetric is that of the arms: Fisher's of an odds ratio, Newcombe's of an RD."""
    counts, edges = found.counts, spans(found.contrast)
    if counts is None or not counts.possible:
        return False
    newcombes = found.contrast["measure"] == "RD" and _is_newcombe(counts, edges)
    return newcombes or _is_exact(found.contrast, counts, edges)


def _is_exact(row: Row, counts: Counts, edges: Spans) -> bool:
    """Whether an odds ratio and its limits are those of Fisher's exact test."""
    if row["measure"] != "OR" or edges.estimate is None or not _nearer_to_one(edges.estimate, counts):
        return False
    found = Conditional(counts)
    if not found.possible or not _within(found.estimate(), edges.estimate):
        return False
    limits = zip(found.limits(edges.level), (edges.low, edges.high), strict=True)
    return all(numbers is None or _within(value, numbers) for value, numbers in limits)


def _nearer_to_one(estimate: Span, counts: Counts) -> bool:
    """Whether an odds ratio can be the conditional one: between 1 and the other formulas', and nearer to the latter."""
    plain = next((effect.estimate for effect in of_counts("OR", counts) if effect.method != PETO), 0.0)
    low, high = sorted((plain * _NEARER, plain))
    return printed.meet((low - 1e-9, high + 1e-9), estimate)


def _is_newcombe(counts: Counts, edges: Spans) -> bool:
    if edges.low is None or edges.high is None:
        return False
    low, high = newcombe(counts.a, counts.n1, counts.c, counts.n2, printed.quantiles(edges.level)[0])
    return _within(low, edges.low) and _within(high, edges.high)


def _other_effect(found: Comparison, effects: list[Effect], arms: str) -> Mismatch:
    row = found.contrast
    back = math.exp if row["measure"] in RATIOS else float
    given = " or ".join(dict.fromkeys(printed.shown(back(effect.estimate)) for effect in effects))
    message = f"{row['measure']} {printed.shown(row['estimate'])} is not what {arms} give: {given}"
    return Mismatch("effect-differs-from-arms", ("estimate",), message)


def _other_interval(
    found: Comparison, errors: Iterable[Span], edges: Spans, arms: str, *, always: bool = False
) -> Iterator[Mismatch]:
    """The width of the interval against each formula: another kind of interval is about as wide, unless ``always``."""
    z, half, row = printed.quantiles(edges.level), edges.half, found.contrast
    known = [error for error in errors if error[1] > 0]
    if half is None or not known:
        return
    ours = min(low for low, _ in known) * z[0], max(high for _, high in known) * z[1]
    counts = found.counts
    large = counts is not None and min(counts.a, counts.c, counts.n1 - counts.a, counts.n2 - counts.c) >= _LARGE
    band = _EXACT_DIFFERENCE if row["measure"] == "RD" else _OF_LARGE_CELLS if large else _OTHER_INTERVAL
    if always or _of_another_level(known, edges) or not printed.meet((ours[0] * band[0], ours[1] * band[1]), half):
        times = (half[0] + half[1]) / (ours[0] + ours[1])
        effect = f"{row['measure']} {printed.shown(row['estimate'])}"
        message = f"{interval(row)} of {effect} is {times:.2g} times as wide as {arms} give"
        yield Mismatch("interval-differs-from-arms", ("ci_low", "ci_high"), message)


def _of_another_level(errors: list[Span], edges: Spans) -> bool:
    """Whether the interval is to its digits one of another usual level."""
    half = edges.half
    others = [printed.quantiles(level) for level in _LEVELS if abs(level - edges.level) > 1e-9]
    return half is not None and any(
        error[0] == error[1] and printed.meet((error[0] * z[0], error[1] * z[1]), half)
        for error in errors
        for z in others
    )


def _from_means(found: Comparison) -> Iterator[Mismatch]:
    row = found.contrast
    first, second = arm_of_mean(found.arm), arm_of_mean(found.comparator)
    edges = spans(row)
    if first is None or second is None or edges.estimate is None:
        return
    ns = float(found.arm["n"]), float(found.comparator["n"])
    effects = widened(row["measure"], first, second, ns)
    if not effects:
        return
    values = min(effect.estimate for effect in effects), max(effect.estimate for effect in effects)
    arms = " against ".join(_mean_words(part) for part in (found.arm, found.comparator))
    if not printed.meet((values[0] - 1e-12, values[1] + 1e-12), edges.estimate):
        exact = list(of_means(row["measure"], _typed(first, second, ns)))
        yield _other_effect(found, exact or effects[:1], arms)
        return
    half = edges.half
    if half is None or any(_half_fits(half, of, edges.level, ns) for of in _by_method(effects)):
        return
    errors = min(effect.error for effect in effects), max(effect.error for effect in effects)
    yield from _other_interval(found, [errors], edges, arms, always=True)


def _by_method(effects: Iterable[Effect]) -> list[Span]:
    """The smallest and largest standard error of each formula."""
    errors: dict[str, list[float]] = {}
    for effect in effects:
        errors.setdefault(effect.method, []).append(effect.error)
    return [(min(found), max(found)) for found in errors.values()]


def _half_fits(half: Span, error: Span, level: float, ns: tuple[float, float]) -> bool:
    """Whether half of an interval is a standard error times a quantile: normal, t with n - 2, with Welch's freedom."""
    from scipy.special import stdtrit

    z, tail = printed.quantiles(level), 0.5 + level / 2
    least, most = max(min(ns) - 1, 1.0), max(ns[0] + ns[1] - 2, 1.0)  # Welch's degrees of freedom lie between
    normal = error[0] * z[0], error[1] * z[1]
    student = error[0] * float(stdtrit(most, tail)), error[1] * float(stdtrit(least, tail))
    return printed.meet(normal, half) or printed.meet(student, half)


def arm_of_mean(row: Row) -> tuple[Span, Span] | None:
    """What mean and SD of an arm can stand for; None where one is missing. SE gives the SD."""
    mean, deviation, error, n = (row.get(name) for name in ("estimate", "sd", "se", "n"))
    if mean is None or not n or (deviation is None and error is None):
        return None
    if deviation is not None:
        return printed.span(mean), printed.span(deviation)
    low, high = printed.span(float(error))  # type: ignore[arg-type]
    return printed.span(mean), (low * math.sqrt(n), high * math.sqrt(n))


def _typed(first: tuple[Span, Span], second: tuple[Span, Span], ns: tuple[float, float]) -> Means:
    (m1, s1), (m2, s2) = (tuple((low + high) / 2 for low, high in arm) for arm in (first, second))
    return Means(m1, max(s1, 0.0), ns[0], m2, max(s2, 0.0), ns[1])


def _mean_words(row: Row) -> str:
    which = "SD" if row.get("sd") is not None else "SE"
    value = row["sd"] if row.get("sd") is not None else row.get("se")
    return f"{printed.shown(row['estimate'])} ({which} {printed.shown(float(value or 0))}, n {row['n']})"
