"""Mantel-Haenszel pooling of two-by-two tables: one true odds ratio, risk ratio or risk difference, from the counts.

Sums run over the tables, not over effects, so that studies with an empty cell need no correction. Estimates are on the
analysis scale (log for ratios); Q is about the Mantel-Haenszel estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Array, EffectModel, Fit, HypothesisTest, Mask, Options, PluginError, Studies
from livereview_estimation import pooled, present_sums
from livereview_pooling.stratified_tests import odds_ratio_tests
from livereview_pooling.two_by_two import COLUMNS, Tables, tables

ABOUT = "Q and I² are about the Mantel-Haenszel estimate"
CORRECTED = "0.5 added to all four cells of each study with an empty cell, for the Mantel-Haenszel sums"
WEIGHTLESS = "no Mantel-Haenszel weight for studies with no events (for odds ratios also: only events) in both arms"
ONE_SIDED = "the Mantel-Haenszel weight of a study with an empty cell is 0, yet its events count in the estimate"
UNDEFINED = "no number: empty cells leave the Mantel-Haenszel estimate undefined"
EXACT = "no number: empty cells leave the Mantel-Haenszel estimate without a variance"

ZeroCells = Literal["none", "only0", "only0-ratios"]
DifferenceVariance = Literal["sato", "greenland-robins"]

#: A variance below this share of its terms is the rounding of 0.
ROUNDING = 1e-13


class MantelHaenszelOptions(Options):
    """Choices of the Mantel-Haenszel model."""

    zero_cells: ZeroCells = Field(
        default="none",
        description="What is added to the cells: none (metafor); only0: 0.5 to all four cells of the studies with an "
        "empty cell (meta); only0-ratios: the same for OR and RR, nothing for RD (RevMan). Studies without weight are "
        "never corrected.",
    )
    rd_variance: DifferenceVariance = Field(
        default="sato",
        description="Variance of a risk difference: sato (Sato, Greenland and Robins 1989; metafor), which holds for "
        "few large and for many small studies, or greenland-robins (1985; meta). Ratios do not use it.",
    )
    continuity_correction: bool = Field(
        default=True,
        description="Take one half from the surplus of events in the Cochran and Cochran-Mantel-Haenszel tests of an "
        "odds ratio (metafor).",
    )


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """The Mantel-Haenszel estimate of each fit, and what it rests on; value, variance and q are NaN where undefined."""

    value: Array
    variance: Array
    weights: Array
    """Shares of the studies, which sum to 1; 0 throughout where undefined."""
    q: Array
    """Sum of (y - value)² / v over the effects y and variances v of the studies."""
    notes: Mapping[str, Mask]

    @property
    def defined(self) -> Mask:
        return np.isfinite(self.value)


@dataclass(frozen=True, kw_only=True)
class _Sums:
    """Value and variance of each fit; ``weight`` per study, on any positive scale. Not finite where undefined."""

    value: Array
    variance: Array
    weight: Array


def mantel_haenszel(studies: Studies, zero_cells: ZeroCells, rd_variance: DifferenceVariance = "sato") -> Estimate:
    """The Mantel-Haenszel estimate of each fit; see ``fitted`` for formulas and edges."""
    formula = _FORMULAS.get(studies.measure)
    if formula is None:
        raise PluginError(
            f"Mantel-Haenszel pooling needs to know what it pools: {', '.join(_FORMULAS)}; "
            f"found {studies.measure or 'no measure'}"
        )
    raw = tables(studies)
    weightless = _weightless(raw, studies.measure)
    corrects = zero_cells == "only0" or (zero_cells == "only0-ratios" and studies.measure != "RD")
    corrected = raw.with_empty_cell & ~weightless & corrects
    present = studies.present
    with np.errstate(divide="ignore", invalid="ignore"):
        sums = formula(raw, raw.plus(np.where(corrected, 0.5, 0.0)), present, rd_variance)
        defined = np.isfinite(sums.value)
        total = np.where(defined, present_sums(present, sums.weight)[0], 1.0)
    value = np.where(defined, sums.value, np.nan)
    notes = {
        UNDEFINED: ~defined,
        CORRECTED: (present & corrected).any(axis=-1),
        WEIGHTLESS: (present & weightless).any(axis=-1),
        ONE_SIDED: defined & (present & (sums.weight == 0) & ~weightless).any(axis=-1),
        ABOUT: defined & (np.asarray(studies.k) > 1),
    }
    return Estimate(
        value=value,
        variance=np.where(defined, sums.variance, np.nan),
        weights=np.where(present & defined[..., None], sums.weight, 0.0) / total[..., None],
        q=about(studies, value),
        notes=notes,
    )


def about(studies: Studies, value: Array) -> Array:
    """Sum of (y - value)² / v over the studies of each fit.

    With w = 1 / v and the common-effect mean m it is sum w (y - m)² + (value - m)² sum w, in which nothing cancels.
    """
    mean = pooled(studies.effect, studies.variance, studies.present)
    return mean.q + (value - mean.mean) ** 2 / mean.variance


def _weightless(raw: Tables, measure: str) -> Mask:
    """Studies that say nothing about the ratio: no event at all, and for odds ratios no person without one."""
    if measure == "RD":
        return np.zeros(raw.a.shape, dtype=bool)
    return raw.without_event | raw.all_event if measure == "OR" else raw.without_event


def _odds_ratio(raw: Tables, cells: Tables, present: Mask, _: DifferenceVariance) -> _Sums:
    a, b, c, d = cells
    r, s, p, q = a * d / cells.n, b * c / cells.n, (a + d) / cells.n, (b + c) / cells.n
    sum_r, sum_s, pr, mixed, qs = present_sums(present, r, s, p * r, p * s + q * r, q * s)
    variance = pr / (2 * sum_r**2) + mixed / (2 * sum_r * sum_s) + qs / (2 * sum_s**2)
    return _Sums(value=np.log(sum_r / sum_s), variance=variance, weight=s)


def _risk_ratio(raw: Tables, cells: Tables, present: Mask, _: DifferenceVariance) -> _Sums:
    a, b, c, d = cells
    # n1 n2 (a + c) - a c N, written without the difference.
    spread = (a * cells.n1 * d + c * cells.n2 * b) / cells.n**2
    r, s = a * cells.n2 / cells.n, c * cells.n1 / cells.n
    # Where everybody had the event the ratio is 1, also of corrected cells in arms of unequal size.
    sum_own, sum_r, sum_s, sum_spread = present_sums(present, np.where(raw.all_event, s, r), r, s, spread)
    return _Sums(value=np.log(sum_own / sum_s), variance=sum_spread / (sum_r * sum_s), weight=s)


def _risk_difference(raw: Tables, cells: Tables, present: Mask, kind: DifferenceVariance) -> _Sums:
    a, b, c, d = cells
    n1, n2, n = cells.n1, cells.n2, cells.n
    weight = n1 * n2 / n
    # A correction moves weight and variance, not the difference itself, as with the measure RD.
    difference = (raw.a * raw.n2 - raw.c * raw.n1) / (raw.n1 * raw.n2)
    total, moment = present_sums(present, weight, weight * difference)
    value = moment / total
    if kind == "greenland-robins":
        (spread,) = present_sums(present, a * b * n2**2 / (n1 * n**2) + c * d * n1**2 / (n2 * n**2))
        return _Sums(value=value, variance=spread / total**2, weight=weight)
    p = (n1**2 * c - n2**2 * a + n1 * n2 * (n2 - n1) / 2) / n**2
    q = (a * d + b * c) / (2 * n)
    sum_p, sum_q, size = present_sums(present, p, q, np.abs(p))
    spread = value * sum_p + sum_q
    spread = np.where(spread <= ROUNDING * (np.abs(value) * size + sum_q), 0.0, spread)
    return _Sums(value=value, variance=spread / total**2, weight=weight)


_FORMULAS: Mapping[str, Callable[[Tables, Tables, Mask, DifferenceVariance], _Sums]] = MappingProxyType(
    {"OR": _odds_ratio, "RR": _risk_ratio, "RD": _risk_difference}
)


def fitted(studies: Studies, options: MantelHaenszelOptions) -> Fit:
    """The Mantel-Haenszel estimate of each fit, with the normal interval.

    With a, b events and non-events of the experimental arm, c, d of the control arm, n1, n2 people, N = n1 + n2:

    - OR: log(sum R / sum S), R = ad/N, S = bc/N; with P = (a + d)/N and Q = (b + c)/N the variance is
      sum PR / (2 (sum R)²) + sum (PS + QR) / (2 sum R sum S) + sum QS / (2 (sum S)²)
      (Robins, Breslow and Greenland 1986, 10.2307/2531052).
    - RR: log(sum R / sum S), R = a n2/N, S = c n1/N; variance sum (n1 n2 (a + c) - acN)/N² / (sum R sum S)
      (Greenland and Robins 1985, 10.2307/2530643).
    - RD: sum S (a/n1 - c/n2) / sum S, S = n1 n2/N. Variance, "greenland-robins": sum S² (ab/n1³ + cd/n2³) / (sum S)²
      (1985); "sato": (RD sum P + sum Q) / (sum S)² with P = (n1² c - n2² a + n1 n2 (n2 - n1)/2)/N² and
      Q = (ad + bc)/(2N) (Sato, Greenland and Robins 1989, Biometrics 45:1323).

    The weight of a study is its share of S. One study gives its own effect. Studies with no events in either arm have
    no weight for OR and RR, nor have those with only events for OR. Corrected cells replace a, b, c, d throughout, but
    for RD not in the difference, and for RR a study in which everybody had the event keeps the ratio 1: its R is its S
    in the estimate, so that swapping arms of unequal size is not quite a mirror then. No number, a note and
    ``converged`` false where sum R or sum S is 0, or the variance is. Odds ratios come with the tests of
    ``odds_ratio_tests``.
    """
    found = mantel_haenszel(studies, options.zero_cells, options.rd_variance)
    exact = found.defined & (found.variance == 0)
    usable = found.defined & ~exact
    notes = dict(found.notes) | {EXACT: exact, ABOUT: found.notes[ABOUT] & usable}
    return Fit(
        estimate=np.where(usable, found.value, np.nan),
        standard_error=np.where(usable, np.sqrt(found.variance), np.nan),
        weights=np.where(usable[..., None], found.weights, 0.0),
        converged=usable,
        q=np.where(usable, found.q, np.nan),
        notes={note: where for note, where in notes.items() if where.any()},
        tests=_tests(studies, options),
    )


def _tests(studies: Studies, options: MantelHaenszelOptions) -> Mapping[str, HypothesisTest]:
    """Tests on the counts as they are, for odds ratios; those of homogeneity at the uncorrected estimate."""
    if studies.measure != "OR":
        return {}
    raw = tables(studies)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = _odds_ratio(raw, raw, studies.present, options.rd_variance).value
    log_ratio = np.where(np.isfinite(log_ratio), log_ratio, np.nan)
    return odds_ratio_tests(raw, studies.present, log_ratio, options.continuity_correction)


MANTEL_HAENSZEL = EffectModel(
    name="mantel-haenszel",
    summary="One true effect for all studies, from the counts of two arms; Mantel-Haenszel weights.",
    options=MantelHaenszelOptions,
    fit=fitted,
    vectorized=True,
    needs=COLUMNS,
    measures=tuple(_FORMULAS),
    references=(
        "Mantel N, Haenszel W. Statistical aspects of the analysis of data from retrospective studies of disease. "
        "J Natl Cancer Inst 1959;22:719. doi:10.1093/jnci/22.4.719",
        "Greenland S, Robins JM. Estimation of a common effect parameter from sparse follow-up data. "
        "Biometrics 1985;41:55. doi:10.2307/2530643",
        "Robins J, Breslow N, Greenland S. Estimators of the Mantel-Haenszel variance consistent in both sparse data "
        "and large-strata limiting models. Biometrics 1986;42:311. doi:10.2307/2531052",
        "Sato T, Greenland S, Robins JM. On the variance estimator for the Mantel-Haenszel risk difference. "
        "Biometrics 1989;45:1323",
    ),
)
