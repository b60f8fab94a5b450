"""Whether the numbers of one report agree: estimate and interval, standard error and interval, P and either.

Papers round, so nothing is held against them that rounding explains: each printed number may stand for any within half
a unit of its last decimal. What disagrees is noted; what contradicts is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import Array
from livereview_measures.findings import Findings


def half_unit(*printed: Array) -> Array:
    """Half a unit in the last decimal, at most the sixth, to which the numbers of each study were rounded; else 0."""
    half = np.zeros(printed[0].shape)
    for decimals in range(6, -1, -1):
        exact = np.logical_and.reduce([np.abs(np.round(x, decimals) - x) <= 1e-12 * (1 + np.abs(x)) for x in printed])
        half = np.where(exact, 0.5 * 10.0**-decimals, half)
    return half


def note_off_centre(found: Findings, shift: Array, se: Array, allowed: Array, scale: str) -> None:
    """Note estimates that lie further than ``allowed`` off the middle of their interval."""
    text = f"on the {scale} the estimate is {{n:.2g}} times the standard error off the middle of its interval,"
    found.note(~found.out & (shift > allowed), text + " more than rounding explains", n=shift / se)


def compare_standard_errors(found: Findings, printed: Array, implied: Array, rounding: Array) -> None:
    """Note where a reported standard error and the interval differ by more than a tenth, and refuse beyond half.

    An interval from a t distribution explains a small difference; a large one means that one of them is something
    else, such as a standard error of the ratio where that of its log is expected.
    """
    apart = np.abs(printed - implied) - rounding
    text = "standard error {se:.3g} and interval (which implies {other:.3g}) "
    far = apart > 0.5 * np.minimum(printed, implied)
    found.refuse(~found.out & far, text + "contradict each other", se=printed, other=implied)
    found.note(~found.out & (apart > 0.1 * implied), text + "disagree", se=printed, other=implied)


@dataclass(frozen=True, kw_only=True)
class Deviate:
    """An estimate's distance from no effect in standard errors, and what rounding can do to both."""

    size: Array
    se: Array
    se_rounding: Array
    effect_rounding: Array

    def limits(self) -> tuple[Array, Array]:
        """The least and the largest deviate that the printed numbers may stand for."""
        distance = self.size * self.se
        least = np.maximum(distance - self.effect_rounding, 0.0) / (self.se + self.se_rounding)
        narrow = self.se - self.se_rounding
        return least, np.where(narrow > 0, (distance + self.effect_rounding) / narrow, np.inf)


def compare_p(found: Findings, z: Deviate, p: Array, rounding: Array, sided: int) -> None:
    """Note where P and the standard error in use give deviates that lie apart by more than a tenth of the larger.

    A log-rank or adjusted P differs a little from that of the interval; more means that one of them is one-sided, of
    another analysis, or misprinted. Where a one-sided P would fit, that is said.
    """
    from scipy.special import ndtr

    size, gap = _of_p(p, sided), _gap(z, p, rounding, sided)
    differ = ~found.out & (gap > 0.1 * np.maximum(size, z.size))
    text = "P = {p:.3g} and the standard error (with which P would be {other:.2g}) disagree"
    one_sided = differ & (sided == 2) & (_gap(z, p, rounding, 1) <= 0)
    values = {"p": p, "other": sided * ndtr(-z.size)}
    found.note(differ & ~one_sided, text, **values)
    found.note(one_sided, text + "; a one-sided P would agree", **values)


def _of_p(p: Array, sided: int) -> Array:
    from scipy.special import ndtri

    return np.asarray(np.abs(ndtri(p / sided)))


def _gap(z: Deviate, p: Array, rounding: Array, sided: int) -> Array:
    """How far the deviates lie apart beyond rounding; not above 0 where rounding explains all."""
    least, largest = z.limits()
    ends = [_of_p(np.clip(p + sign * rounding, 0.0, 1.0), sided) for sign in (1, -1)]
    across = (p - rounding < 0.5 * sided) & (p + rounding > 0.5 * sided)  # a deviate of 0 lies within
    low = np.where(across, 0.0, np.minimum(*ends))
    return np.maximum(low - largest, least - np.maximum(*ends))
