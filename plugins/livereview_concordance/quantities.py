"""What is compared: the quantities of a pooled outcome, and when two values of one agree.

A difference is relative to the larger of two values, or to a unit of the quantity where both are smaller than that: no
program promises digits of a number that is 0 but for rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from livereview import Array

#: Two values of a closed formula agree where they differ by no more than this.
CLOSED = 1e-8
#: Two values that rest on an iteration agree where they differ by no more than this. Programs stop iterating when a
#: step or a gradient is small, which leaves fewer digits than a formula has.
ITERATED = 1e-5

#: The same for the standard errors of mixed models, and what rests on them: lme4 and metafor take the second
#: derivatives of a likelihood by differences.
BY_DIFFERENCES = 1e-3
RESTS_ON_DERIVATIVES = (
    "standard_error", "ci_low", "ci_high", "statistic", "p_value", "prediction_low", "prediction_high",
)  # fmt: skip

#: Values by the key of their quantity: a number, or one number per study.
Numbers = Mapping[str, Array]
Basis = Literal["formula", "iteration", "model"]
Unit = Literal["standard error", "variance", "one", "thousandth", "hundredth"]


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """One quantity: its words, the unit below which differences are absolute, and what it comes from."""

    key: str
    title: str
    unit: Unit = "one"
    basis: Basis = "model"
    """What it comes from: a formula, an iteration, or one of the two, as the outcome's model has it."""
    each: bool = False
    """Whether there is one value per study."""


QUANTITIES = (
    Quantity(key="studies", title="Studies pooled", basis="formula"),
    Quantity(key="effects", title="Effect of each study", unit="standard error", basis="formula", each=True),
    Quantity(key="variances", title="Variance of each study", basis="formula", each=True, unit="variance"),
    Quantity(key="estimate", title="Estimate", unit="standard error"),
    Quantity(key="standard_error", title="Standard error", unit="standard error"),
    Quantity(key="ci_low", title="Lower confidence limit", unit="standard error"),
    Quantity(key="ci_high", title="Upper confidence limit", unit="standard error"),
    Quantity(key="statistic", title="Test statistic"),
    Quantity(key="p_value", title="P value", unit="thousandth"),
    Quantity(key="tau2", title="τ²", unit="variance"),
    Quantity(key="tau2_low", title="Lower limit of τ² (Q-profile)", unit="variance", basis="formula"),
    Quantity(key="tau2_high", title="Upper limit of τ² (Q-profile)", unit="variance", basis="formula"),
    Quantity(key="q", title="Q", basis="formula"),
    Quantity(key="q_p", title="P value of Q", unit="thousandth", basis="formula"),
    Quantity(key="i2", title="I² (%)"),
    Quantity(key="prediction_low", title="Lower prediction limit", unit="standard error"),
    Quantity(key="prediction_high", title="Upper prediction limit", unit="standard error"),
    Quantity(key="weights", title="Weight of each study", unit="hundredth", each=True),
    Quantity(key="association", title="Cochran-Mantel-Haenszel χ²", basis="formula"),
    Quantity(key="association_p", title="P value of Cochran-Mantel-Haenszel", unit="thousandth", basis="formula"),
    Quantity(key="breslow_day", title="Breslow-Day χ²", basis="formula"),
    Quantity(key="breslow_day_p", title="P value of Breslow-Day", unit="thousandth", basis="formula"),
    Quantity(key="tarone", title="Tarone's χ²", basis="formula"),
    Quantity(key="tarone_p", title="P value of Tarone", unit="thousandth", basis="formula"),
    Quantity(key="log_likelihood", title="Log likelihood"),
    Quantity(key="likelihood_ratio", title="Likelihood ratio, heterogeneity"),
    Quantity(key="likelihood_ratio_p", title="P value of the likelihood ratio", unit="thousandth"),
    Quantity(key="wald", title="Wald test, heterogeneity"),
    Quantity(key="wald_p", title="P value of the Wald test", unit="thousandth"),
)
BY_KEY = {quantity.key: quantity for quantity in QUANTITIES}


@dataclass(frozen=True, kw_only=True)
class Yardstick:
    """What differences of one outcome are measured by."""

    standard_error: float
    """Of the pooled estimate."""
    variance: float
    """The harmonic mean of the studies' variances."""
    iterated: bool
    """Whether the model's estimates come from an iteration."""
    mixed: bool = False
    """Whether the model is a mixed model of counts."""

    def tolerance(self, quantity: Quantity) -> float:
        """The largest relative difference at which two values of a quantity agree."""
        if self.mixed and quantity.key in RESTS_ON_DERIVATIVES:
            return BY_DIFFERENCES
        by_model = quantity.basis == "model" and self.iterated
        return ITERATED if by_model or quantity.basis == "iteration" else CLOSED

    def difference(self, quantity: Quantity, ours: Array, theirs: Array) -> float:
        """The largest relative difference; infinite where one is no number, or there are not as many."""
        a, b = np.atleast_1d(np.asarray(ours, dtype=np.float64)), np.atleast_1d(np.asarray(theirs, dtype=np.float64))
        if a.shape != b.shape:
            return float("inf")
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        comparable = np.isfinite(a) & np.isfinite(b)
        a, b = np.where(comparable, a, 0.0), np.where(comparable, b, 0.0)
        size = np.maximum(np.maximum(np.abs(a), np.abs(b)), self._unit(quantity))
        parts = np.where(same, 0.0, np.where(comparable, np.abs(a - b) / size, np.inf))
        return float(parts.max(initial=0.0))

    def agree(self, quantity: Quantity, ours: Array, theirs: Array) -> bool:
        """Whether two values are the same for these purposes."""
        return self.difference(quantity, ours, theirs) <= self.tolerance(quantity)

    def _unit(self, quantity: Quantity) -> float:
        units = {
            "standard error": self.standard_error, "variance": self.variance, "one": 1.0, "hundredth": 0.01,
            "thousandth": 0.001,
        }  # fmt: skip
        found = units[quantity.unit]
        return found if np.isfinite(found) and found > 0 else 1.0
