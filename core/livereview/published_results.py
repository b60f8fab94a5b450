"""Pooled results that others printed, beside ours: whether the same studies give the same numbers.

An imported meta-analysis brings its own results. Where an outcome pools its rows as it did, reading and pooling are
checked at once; where numbers differ, one of the two is to be explained.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from livereview.judgements import ComparedNumber, PublishedComparison
from livereview.manifest.models import Manifest, Outcome
from livereview.pairing import Row
from livereview.report import OutcomeResult, Pooled

#: How near two numbers of full precision are that are the same: sums in another order differ by less.
_NEAR = 1e-8
_OF_SUBGROUP = "subgroup:"
_TOGETHER = ("estimate", "ci_low", "ci_high")
#: What says that a published result is about less, or other, than the outcome code: no outcome can be held against it.
_NARROWER = ("timepoint_months", "design_group")


def published_comparisons(
    manifest: Manifest, outcomes: Iterable[OutcomeResult], published: Iterable[Row]
) -> tuple[PublishedComparison, ...]:
    """Each published result beside the fit of the same outcome code, measure and subgroup, in the order of outcomes.

    Only what both state is compared: k, estimate, limits, tau², Q and I². A number agrees if it is ours to the digits
    that were printed, or within 1e-8 of it.
    """
    rows = [row for row in published if not any(row[name] for name in _NARROWER)]
    return tuple(
        _comparison(outcome, row, fit)
        for outcome in outcomes
        for row, fit in _pairs(outcome, manifest.outcome(outcome.id), rows)
    )


def _pairs(outcome: OutcomeResult, whole: Outcome, rows: Iterable[Row]) -> Iterator[tuple[Row, Pooled]]:
    """The published results about an outcome, each with the fit that should be the same."""
    only = {name.removeprefix(_OF_SUBGROUP) for name in whole.population or () if name.startswith(_OF_SUBGROUP)}
    fits: dict[str | None, Pooled] = {None: outcome.pooled}
    fits |= {name: fit for division in outcome.subgroups for name, fit, _ in division.groups}
    if len(only) == 1 and not outcome.subgroups:
        fits = {only.pop(): outcome.pooled}
    for row in rows:
        fit = fits.get(row["subgroup"])
        if whole.result == (row["outcome"],) and row["measure"] == outcome.measure and fit is not None:
            yield row, fit


def _comparison(outcome: OutcomeResult, row: Row, fit: Pooled) -> PublishedComparison:
    return PublishedComparison(
        outcome_id=outcome.id,
        group=row["subgroup"] or "",
        report_id=row["report_id"],
        locator=row["locator"],
        model=row["model"] or "",
        numbers=tuple(_compared(row, _ours(fit))),
    )


def _ours(fit: Pooled) -> dict[str, Any]:
    if not fit.k:
        return {"k": 0}
    shown = fit.shown
    return {
        "k": fit.k, "estimate": shown.estimate, "ci_low": shown.low, "ci_high": shown.high, "tau2": fit.tau2,
        "q": fit.q, "i2": fit.i2,
    }  # fmt: skip


def _compared(row: Row, ours: Mapping[str, Any]) -> Iterator[ComparedNumber]:
    # A number does not keep its zeros: 0.50 is 0.5. Estimate and limits are printed with as many digits as each other.
    together = max(decimals(row[name]) for name in _TOGETHER if row[name] is not None) if row["estimate"] else 0
    for name in ("k", *_TOGETHER, "tau2", "q", "i2"):
        printed, own = row[name], ours.get(name)
        if printed is not None and (own is not None or name in ("k", "estimate")):
            digits = together if name in _TOGETHER else decimals(printed)
            agrees = own is not None and agree(float(printed), float(own), digits)
            yield ComparedNumber(name=name, published=float(printed), ours=own, agrees=agrees)


def decimals(printed: float) -> int:
    """How many decimals a number has, without zeros at the end.

    >>> decimals(0.57), decimals(2.0), decimals(100.0)
    (2, 0, 0)
    """
    exponent = Decimal(repr(float(printed))).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def agree(printed: float, ours: float, digits: int) -> bool:
    """Whether a number is the one printed with so many decimals, or within 1e-8 of it.

    >>> agree(0.57, 0.5749, 2), agree(0.57, 0.5751, 2), agree(0.683776547233, 0.683776547234, 12)
    (True, False, True)
    """
    half = 0.5 * 10.0**-digits * (1 + 1e-9)
    return abs(printed - ours) <= max(half, _NEAR * max(abs(printed), 1e-3))
