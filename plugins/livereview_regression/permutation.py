"""Permutation tests of meta-regressions: each arrangement of the data is fitted anew, tau² included, in batches.

The rule: P is the share of arrangements, the observed one among them, with a statistic at least as far from 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from livereview import Array
from livereview_estimation import Interval, MetaRegression, Residual, meta_regression, omnibus
from livereview_regression.arrangements import (
    all_orders,
    all_signs,
    distinct_rows,
    number_of_orders,
    random_orders,
    random_signs,
)

#: Up to this many arrangements all are taken: every order of 10 studies.
EXACT = 3_628_800
#: A statistic this little below the observed one counts as equal: the same fit, summed in another order.
EQUAL = 1.5e-8


@dataclass(frozen=True, kw_only=True)
class Permuted:
    """P by permutation."""

    coefficients: Array
    """(p,): two-sided, of each coefficient."""
    omnibus: float
    """Of all columns but the intercept, or of the intercept alone."""
    arrangements: int
    """How many were compared, the observed one included."""
    exact: bool
    """All there are; otherwise random ones."""
    not_fitted: int
    """Arrangements without a number, counted as at least as far from 0."""


def permutation_test(
    y: Array,
    v: Array,
    design: Array,
    tau2: Residual = "REML",
    interval: Interval = "wald",
    draws: int = 10_000,
    seed: int = 1,
    exact: int = EXACT,
) -> Permuted:
    """Tests of each coefficient and of all but the intercept, for one fit: ``y``, ``v`` (K,), ``design`` (K, p).

    The first column is the intercept. With no other, the signs of the effects are flipped: all 2^k ways (Follmann and
    Proschan 1999, 10.1111/j.0006-341X.1999.00732.x). Otherwise rows of the design change places among the studies, in
    all distinct orders (Higgins and Thompson 2004, 10.1002/sim.1752; Viechtbauer et al. 2015, 10.1037/met0000023).
    Where there are more than ``exact``, ``draws`` random ones, P = (1 + as far) / (1 + draws) (Phipson and Smyth 2010,
    10.2202/1544-6115.1585).
    """
    k, p = design.shape
    tested = list(range(1, p)) or [0]
    observed = _statistics(meta_regression(y, v, design, np.ones(k, dtype=bool), tau2, interval), tested)
    hits, lost, fitted = np.zeros(p + 1, dtype=np.int64), 0, 0
    total = 2**k if p == 1 else number_of_orders(distinct_rows(design)[1])
    for effects, rows in _arranged(y, design, total <= exact, draws, seed):
        found = _statistics(
            meta_regression(effects, v, rows, np.ones(rows.shape[:-1], dtype=bool), tau2, interval), tested
        )
        hits += (~(found < observed - EQUAL)).sum(axis=0)
        lost += int(np.isnan(found).any(axis=-1).sum())
        fitted += found.shape[0]
    every = total <= exact
    shares = hits / fitted if every else (1 + hits) / (1 + fitted)
    return Permuted(
        coefficients=shares[:p],
        omnibus=float(shares[p]),
        arrangements=total if every else fitted + 1,
        exact=every,
        not_fitted=lost,
    )


def _arranged(y: Array, design: Array, every: bool, draws: int, seed: int) -> Iterator[tuple[Array, Array]]:
    """Batches of effects (n, K) or (K,) and designs (K, p) or (n, K, p)."""
    k, p = design.shape
    if p == 1:
        for signs in all_signs(k) if every else random_signs(k, draws, seed):
            yield y * signs, np.broadcast_to(design, (*signs.shape, 1))
    else:
        rows, group = distinct_rows(design)
        for order in all_orders(group) if every else random_orders(group, draws, seed):
            yield y, rows[order]


def _statistics(fit: MetaRegression, tested: list[int]) -> Array:
    """Distance from 0 of each coefficient in standard errors, and the omnibus statistic: (..., p + 1)."""
    error = np.sqrt(np.diagonal(fit.covariance, axis1=-2, axis2=-1))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(fit.coefficients == 0, 0.0, np.abs(fit.coefficients) / error)
    together = z[..., tested[0]] ** 2 if len(tested) == 1 else omnibus(fit, tested).statistic
    return np.concatenate([z, together[..., None]], axis=-1)
