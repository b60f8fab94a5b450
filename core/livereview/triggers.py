"""What crosses the hook of triggers: two conclusions of an outcome go in, the reason why an update matters comes out.

Fields that end in ``_shown`` are on the display scale (ratio, proportion 0-1, ...); the others are on the analysis
scale. None or NaN = there is no number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from livereview import printing
from livereview.report import Interval
from livereview.types import Descriptor


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """What an outcome says at one update."""

    id: str
    title: str
    measure: str
    """Code of the effect measure, e.g. ``RR``."""
    display: str
    """"ratio", "proportion", "difference", "rate", "mean", "correlation"."""
    unit: str
    level: float
    """Confidence level, 0-1."""
    null_shown: float | None
    """No effect (1 for ratios); None for measures of one arm."""
    k: int
    """Studies in the fit."""
    studies: tuple[str, ...]
    """Their ids."""
    participants: int | None
    estimate: float
    ci_low: float
    ci_high: float
    shown: Interval
    prediction_low: float | None
    prediction_high: float | None
    prediction_shown: tuple[float, float] | None
    tau2: float | None
    i2: float | None
    """Percent, 0-100."""
    certainty: str
    """Signed level of certainty; empty = nobody rated it."""
    retracted: Mapping[str, str]
    """Retracted reports that have a number for the outcome: in words, by report id."""
    evidence: Mapping[str, tuple[str, ...]]
    """By study id: the rows and the numbers that the study's effect comes from."""
    definition: Mapping[str, str]
    """Title, measure and every choice that decides what the number means, in words."""
    eligibility: tuple[str, ...] | None
    """Which studies were admitted, a rule each; None where the record does not say."""
    failed: bool
    """Whether there is no estimate because a section failed."""

    @property
    def has_estimate(self) -> bool:
        """Whether there is an estimate with an interval."""
        return not any(map(math.isnan, (self.shown.estimate, self.shown.low, self.shown.high)))

    @property
    def words(self) -> str:
        """Estimate and interval as printed: ``0.71 (0.58 to 0.87)``."""
        return printing.interval(self.shown, self.display)

    def printed(self, value: float, beside: float | None = None) -> str:
        """A number of the display scale as printed; with more digits where it would look equal to ``beside``."""
        width = self.shown.high - self.shown.low
        text = printing.estimate(value, self.display, width)
        if beside is not None and value != beside and text == printing.estimate(beside, self.display, width):
            text = printing.recorded(value, self.display)
            if text == printing.recorded(beside, self.display):
                text = repr(value)
        return f"{text} {self.unit}" if self.unit else text

    def interval(self, low: float, high: float, beside: float | None = None) -> str:
        """Two limits of the display scale as printed, each distinct from ``beside``."""
        return f"{self.printed(low, beside)} to {self.printed(high, beside)}"


@dataclass(frozen=True, kw_only=True)
class Trigger(Descriptor):
    """A rule that says when an update is consequential: ``fires(before, after, options)``.

    It returns the reason in words, with the numbers, or None. Two equal conclusions never fire.
    """

    kind: ClassVar[str] = "trigger"
    fires: Callable[[Conclusion, Conclusion, Any], str | None]
    inapplicable: Callable[[Conclusion, Any], str] | None = None
    """Why an outcome cannot be asked; empty = it can. None = every outcome can."""
