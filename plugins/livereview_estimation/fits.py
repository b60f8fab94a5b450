"""What the estimators of tau² ask of a set of fits, whatever their columns: sums over studies as functions of tau².

The rule: everything is in units of the smallest variance of each fit, and every array has shape (n,).
"""

from __future__ import annotations

from typing import NamedTuple, Protocol, Self

from livereview_estimation.packing import Array, Index, Mask


class Rates(NamedTuple):
    """The score of n fits at some tau², each of shape (n,)."""

    log_ratio: Array
    """Log of the positive over the negative term: above 0 where the likelihood rises in tau²."""
    rise: Array
    """-d log / dt of the positive term."""
    fall: Array
    """-d log / dt of the negative term; the slope of ``log_ratio`` is ``fall - rise``."""


class Fits(Protocol):
    """n fits with P = W - WX(X'WX)⁻¹X'W and W = diag(1 / (v + t)), each evaluated at its own t."""

    @property
    def size(self) -> int:
        """Number of fits."""

    def first(self, n: int) -> Self:
        """The first n fits, without copying."""

    def of(self, fits: Index | Mask) -> Self:
        """These fits; a fit may be asked for more than once."""

    def limit(self) -> Array:
        """No maximum of the likelihood lies above this less 1; nor does the root of y'Py = df."""

    def largest_variance(self) -> Array:
        """Of the studies present."""

    def generalised_q(self, t: Array) -> tuple[Array, Array]:
        """y'Py, and its fall per unit of t, y'PPy."""

    def trace(self, t: Array) -> Array:
        """tr P."""

    def total_weight(self, t: Array) -> Array:
        """tr W."""

    def squares(self) -> Array:
        """Sum of squares of the effects about their plain mean."""

    def unweighted(self) -> tuple[Array, Array]:
        """y'My and tr MV, with M = I - X(X'X)⁻¹X' and V the sampling variances."""

    def rates(self, t: Array, restricted: bool) -> Rates:
        """The score and the rates of fall of its terms."""

    def log_likelihood(self, t: Array, restricted: bool) -> Array:
        """(Restricted) log likelihood with the coefficients profiled out, up to a constant of the fit."""
