"""Choices that the models for counts share."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from livereview import Options

Interval = Literal["wald", "t"]


class CountOptions(Options):
    """Choices of a model whose effects vary normally between studies."""

    method: Literal["ML", "EE"] = Field(
        default="ML",
        description="ML: true effects vary between studies, tau² by maximum likelihood; EE: one true effect.",
    )
    points: int = Field(
        default=7,
        ge=1,
        le=100,
        description="Points of the adaptive Gauss-Hermite quadrature; 1 is Laplace's approximation.",
    )
    interval: Interval = Field(
        default="wald",
        description="Quantiles of the confidence interval: wald = normal; t = t with k - 1 degrees of freedom.",
    )
