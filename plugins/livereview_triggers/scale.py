"""The scale that a threshold is for: [defaults] of a manifest hold for ratios and proportions, a threshold for one."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from livereview import Conclusion, Options

Display = Literal["ratio", "proportion", "difference", "rate", "mean", "correlation"]


class ScaledOptions(Options):
    """Options with a threshold on the display scale."""

    display: Display | None = Field(
        default=None,
        description="ask only outcomes that are printed as such: ratio, proportion (0-1), difference, rate, mean, "
        "correlation.",
    )


def wrong_scale(now: Conclusion, options: ScaledOptions) -> str:
    """Why an outcome is not on the scale of the threshold; empty = it is."""
    if options.display in (None, now.display):
        return ""
    return f"it is for outcomes printed as {options.display}, and this one is printed as {now.display}"
