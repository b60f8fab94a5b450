"""Triggers on how much evidence there is: studies, participants."""

from __future__ import annotations

from pydantic import Field

from livereview import Conclusion, Options, Trigger


class GrowthOptions(Options):
    """How much evidence must come."""

    percent: float = Field(
        gt=0, allow_inf_nan=False, description="growth in percent of what there was: 50 = half as many again."
    )


def studies_grow(before: Conclusion, after: Conclusion, options: GrowthOptions) -> str | None:
    """The reason why the number of studies grew by at least so many percent."""
    return _grown(before.k, after.k, options.percent, "study", "studies")


def participants_grow(before: Conclusion, after: Conclusion, options: GrowthOptions) -> str | None:
    """The reason why the number of participants grew by at least so many percent; nothing where it is not known."""
    if before.participants is None or after.participants is None:
        return None
    return _grown(before.participants, after.participants, options.percent, "participant", "participants")


def _grown(before: int, after: int, percent: float, one: str, many: str) -> str | None:
    """Growth from nothing is not a percentage: ``result-comes-or-goes`` is for that."""
    if before <= 0 or 100 * (after - before) < percent * before:
        return None
    growth = 100 * (after - before) / before
    return f"{before:,} {one if before == 1 else many} became {after:,}: {growth:.0f}% more, at least {percent:g}%"


STUDIES_GROW = Trigger(
    name="studies-grow",
    summary="The number of studies grows by a given percentage.",
    fires=studies_grow,
    options=GrowthOptions,
)

PARTICIPANTS_GROW = Trigger(
    name="participants-grow",
    summary="The number of participants grows by a given percentage.",
    fires=participants_grow,
    options=GrowthOptions,
)
