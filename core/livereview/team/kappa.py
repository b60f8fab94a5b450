"""Agreement beyond chance between people who put the same things into categories.

Counts in, a coefficient with its standard error out. Where everybody used one category for everything, chance agreement
is complete and no coefficient exists: that is said, and no number is given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from livereview.types import Array

UNDEFINED = "undefined: only one category was used"


@dataclass(frozen=True, kw_only=True)
class Kappa:
    """A coefficient of agreement; ``value`` is NaN, with the reason in ``note``, where there is none."""

    value: float
    standard_error: float = math.nan
    note: str = ""

    def limits(self, level: float = 0.95) -> tuple[float, float]:
        """Confidence limits by the normal approximation, the upper one not above 1, which no kappa exceeds.

        NaN where the standard error is 0 (complete agreement, or one rater with one category): the approximation fails.
        """
        from scipy.special import ndtri

        if not self.standard_error > 1e-12:
            return math.nan, math.nan

        reach = float(ndtri((1 + level) / 2)) * self.standard_error
        return self.value - reach, min(self.value + reach, 1.0)


def cohen(counts: Sequence[Sequence[float]] | Array, weights: Array | None = None) -> Kappa:
    """Cohen's kappa of two raters: (p_o − p_e) / (1 − p_e), p_o and p_e the weighted observed and expected agreement.

    ``counts`` is square, (c, c): cell (i, j) has how many things the first put into category i and the second into j.
    ``weights`` (c, c) are agreements, 1 on the diagonal, at most 1 elsewhere; None = 1 and 0. The standard error is
    that of a multinomial sample of things, by the delta method. NaN where p_e = 1, and without things.

    Sources: Cohen 1960, Educ Psychol Meas 20:37, doi:10.1177/001316446002000104; weights: Cohen 1968, Psychol Bull
    70:213, doi:10.1037/h0026256; standard error: Fleiss, Cohen, Everitt 1969, Psychol Bull 72:323,
    doi:10.1037/h0028106, equation 13.
    """
    table = np.asarray(counts, dtype=float)
    n = table.sum()
    if n == 0:
        return Kappa(value=math.nan, note="nothing to compare")
    w = np.eye(len(table)) if weights is None else np.asarray(weights, dtype=float)
    p = table / n
    first, second = p.sum(axis=1), p.sum(axis=0)
    observed = float((w * p).sum())
    expected = float((w * np.outer(first, second)).sum())
    if math.isclose(expected, 1.0, rel_tol=0, abs_tol=1e-12):
        return Kappa(value=math.nan, note=UNDEFINED)
    kappa = (observed - expected) / (1 - expected)
    by_first, by_second = w @ second, first @ w
    spread = w - (by_first[:, None] + by_second[None, :]) * (1 - kappa)
    variance = float((p * spread**2).sum()) - (kappa - expected * (1 - kappa)) ** 2
    return Kappa(value=kappa, standard_error=math.sqrt(max(variance, 0.0) / n) / (1 - expected))


def linear_weights(categories: int) -> Array:
    """Agreements of ordered categories: 1 − |i − j| / (c − 1), shape (c, c).

    Source: Cicchetti, Allison 1971, Am J EEG Technol 11:101, doi:10.1080/00029238.1971.11080840.
    """
    if categories < 2:
        return np.ones((categories, categories))
    at = np.arange(categories)
    return np.asarray(1 - np.abs(at[:, None] - at[None, :]) / (categories - 1))


def fleiss(counts: Sequence[Sequence[float]] | Array) -> Kappa:
    """Fleiss' kappa of m raters per thing, who need not be the same people: (P̄ − P̄_e) / (1 − P̄_e).

    ``counts`` is (N, c): cell (i, j) has how many of the m put thing i into category j. Raises ``ValueError`` unless
    every row adds up to one m of at least 2. NaN where P̄_e = 1, and without things. The standard error is left out:
    the one of the source holds only where there is no agreement but chance.

    Source: Fleiss 1971, Psychol Bull 76:378, doi:10.1037/h0031619.
    """
    table = np.asarray(counts, dtype=float)
    if table.size == 0:
        return Kappa(value=math.nan, note="nothing to compare")
    raters = table.sum(axis=1)
    m = raters[0]
    if m < 2 or (raters != m).any():
        raise ValueError(f"every thing needs the same number of raters, at least 2, not {sorted(set(raters.tolist()))}")
    share = table.sum(axis=0) / table.sum()
    expected = float((share**2).sum())
    if math.isclose(expected, 1.0, rel_tol=0, abs_tol=1e-12):
        return Kappa(value=math.nan, note=UNDEFINED)
    observed = float(((table * (table - 1)).sum(axis=1) / (m * (m - 1))).mean())
    return Kappa(value=(observed - expected) / (1 - expected))
