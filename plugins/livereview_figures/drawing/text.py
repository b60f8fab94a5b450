"""Numbers and words as printed in a figure; nothing is computed from a rounded number.

Ratios, percentages, P, tau² and I² read as in ``livereview.printing``, so that a figure and the text around it never
disagree. Differences, means and rates have the same decimals in a whole figure. The minus sign is U+2212.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from livereview import Interval, OutcomeResult, Pooled, StudyResult
from livereview.printing import MISSING, i2, level, p_phrase
from livereview.printing import estimate as printed
from livereview.printing import tau2 as printed_tau2

NO_BREAK = "\u00a0"
_PRINTED_ALIKE = ("ratio", "proportion", "correlation")
"""Displays whose numbers have decimals of their own, whatever stands beside them."""
WEAK_STATUSES = ("reconstructed", "unverified")
_SPACES = "\t\n\r\v\f\x85\u2028\u2029"


def known(value: float | None) -> bool:
    """Whether there is a finite number."""
    return value is not None and math.isfinite(value)


def estimable(study: StudyResult) -> bool:
    """Whether the study has an effect that can be drawn."""
    return known(study.effect) and not math.isnan(study.shown.estimate)


def clean(words: str) -> str:
    """Text from outside on one line: control, format and unassigned characters removed, spaces collapsed."""
    words = unicodedata.normalize("NFC", words)
    if words.isprintable():
        return " ".join(words.split())
    spaced = "".join(" " if char in _SPACES else char for char in words)
    return " ".join("".join(char for char in spaced if unicodedata.category(char)[0] != "C").split())


def fixed(value: float | None, decimals: int) -> str:
    """The value with so many decimals, in powers of ten from 1e9 on; a result that rounds to zero has no sign."""
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if abs(value) >= 1e9:
        return _scientific(value)
    return f"{value:z.{decimals}f}".replace("-", "−")


def _scientific(value: float) -> str:
    return f"{value:.1e}".replace("e+", "e").replace("e0", "e").replace("-", "−")


def count(value: float | None) -> str:
    """A number of people or events; one that is not whole keeps up to three decimals."""
    if value is None or not math.isfinite(value):
        return MISSING
    return fixed(value, 0) if value == int(value) else f"{value:.3f}".rstrip("0").replace("-", "−")


def tau2_phrase(value: float) -> str:
    """``Tau² = 0.120``."""
    words = printed_tau2(value)
    return f"Tau² < {words[1:]}" if words.startswith("<") else f"Tau² = {words}"


def chi2_phrase(q: float, df: int | None, p: float | None) -> str:
    """``Chi² = 9.10, df = 4 (P = 0.059)``."""
    return f"Chi² = {fixed(q, 2)}, df = {MISSING if df is None else df} ({p_phrase(p)})"


def statistic_phrase(name: str, statistic: float | None, df: float | None, p: float | None) -> str:
    """``t(4) = 2.31 (P = 0.080)``; degrees of freedom in brackets where the statistic has any."""
    degrees = "" if df is None or not math.isfinite(df) else f"({df:.1f})".replace(".0)", ")")
    return f"{name}{degrees} = {fixed(statistic, 2)} ({p_phrase(p)})"


def heterogeneity(pooled: Pooled, i2_basis: str = "Q") -> str:
    """``Tau² = 0.120; Chi² = 9.10, df = 4 (P = 0.059); I² = 56%``, with the parts that the fit has."""
    parts = []
    if pooled.tau2 is not None and known(pooled.tau2):
        parts.append(tau2_phrase(pooled.tau2))
    if pooled.q is not None and known(pooled.q):
        parts.append(chi2_phrase(pooled.q, pooled.q_df, pooled.q_p))
    if known(pooled.i2):
        parts.append(f"I² = {i2(pooled.i2)}" + (" (from Tau²)" if i2_basis == "tau2" else ""))
    return "; ".join(parts).replace(" = ", f"{NO_BREAK}={NO_BREAK}")


@dataclass(frozen=True)
class Format:
    """How the effects of one outcome are printed; ``decimals`` are those of differences, means and rates."""

    display: str
    decimals: int

    def value(self, value: float | None) -> str:
        """One effect; proportions as percentages without the sign, which the header carries."""
        if value is None or not math.isfinite(value):
            return fixed(value, 0)
        possible = abs(value) < 1e6 or (self.display == "ratio" and value > 0)
        if self.display in _PRINTED_ALIKE and possible:
            return printed(value, self.display).removesuffix("%")
        return fixed(value, self.decimals)

    def parts(self, interval: Interval) -> tuple[str, str, str]:
        """``0.62``, ``[0.39,``, ``0.98]``: three texts, so that each aligns in its column."""
        return self.value(interval.estimate), f"[{self.value(interval.low)},", f"{self.value(interval.high)}]"

    def sentence(self, interval: Interval, confidence: float) -> str:
        """``0.62 (95% CI 0.39 to 0.98)``, for a reader who cannot see the figure."""
        sign = "%" if self.display == "proportion" else ""
        estimate, low, high = (self.value(v) + sign for v in (interval.estimate, interval.low, interval.high))
        return f"{estimate} ({level(confidence)} CI {low} to {high})"


def format_of(outcome: OutcomeResult) -> Format:
    """The format of an outcome: three significant digits for differences, means and rates."""
    if outcome.display in _PRINTED_ALIKE:
        return Format(outcome.display, 0)
    return Format(outcome.display, decimals_for([outcome.pooled.shown.estimate, *_estimates(outcome)]))


def _estimates(outcome: OutcomeResult) -> list[float]:
    return [study.shown.estimate for study in outcome.studies]


def decimals_for(values: Iterable[float]) -> int:
    """Decimals that give the largest of the values three significant digits: between 0 and 6."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=1.0)
    return 2 if largest == 0 else min(max(2 - math.floor(math.log10(largest)), 0), 6)


def axis_title(outcome: OutcomeResult) -> str:
    """The measure with its unit: "Mean difference, days", "Proportion, %"."""
    unit = "%" if outcome.display == "proportion" else clean(outcome.unit)
    title = clean(outcome.measure_title) or clean(outcome.measure)
    return f"{title},{NO_BREAK}{unit}" if unit else title


def study_label(study: StudyResult) -> str:
    """The study's label, with the year where the label does not state it."""
    label = clean(study.label) or clean(study.study_id)
    return label if study.year is None or str(study.year) in label else f"{label} {study.year}"


def weak(study: StudyResult) -> bool:
    """Whether a number of the study was reconstructed or not verified."""
    return any(row.status in WEAK_STATUSES for row in study.rows)


def model_phrase(outcome: OutcomeResult, *, prediction: bool = False) -> str:
    """The model, its estimator of tau² and its intervals, in the words of the outcome's choices."""
    choices = {name: clean(words) for name, words in outcome.choices.items()}
    model = choices.get("model") or clean(outcome.model)
    named = {"tau2": "Tau²", "interval": "confidence interval"}
    if prediction:
        named |= {"prediction interval": "prediction interval"}
    return "; ".join([f"Model: {model}", *(f"{title}: {choices[k]}" for k, title in named.items() if choices.get(k))])
