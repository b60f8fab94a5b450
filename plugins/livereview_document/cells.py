"""A pooled result in words for a cell: a number with its interval, or the reason why there is none."""

from __future__ import annotations

import math

from livereview import OutcomeResult, Pooled
from livereview.printing import counted, i2, interval, known, level, limits, p_value, tau2
from livereview_document.words import CELL_LIMIT, MISSING, Words, fill, inner_link, text

NO_RESULT = "no eligible result"


def estimate_cell(pooled: Pooled, outcome: OutcomeResult) -> Words:
    """``0.71 (0.58 to 0.87)``; without a number the reason, and a mark where the fit did not converge."""
    if pooled.k == 0:
        return text(no_number(pooled, outcome))
    if math.isnan(pooled.shown.estimate):
        return text(f"{MISSING} ({'; '.join(pooled.notes) or 'no estimate'})", CELL_LIMIT)
    value = interval(pooled.shown, outcome.display) + unit(outcome)
    return text(value) if pooled.converged else fill("{} **(did not converge)**", value)


def no_number(pooled: Pooled, outcome: OutcomeResult) -> str:
    """Why a fit of no study has no number: nothing eligible, nothing estimable, or a plugin that failed."""
    if pooled is outcome.pooled and outcome.failures:
        return "no number: see the failed section"
    return "no study with an estimate" if pooled is outcome.pooled and outcome.studies else NO_RESULT


def unit(outcome: OutcomeResult) -> str:
    """The unit after a number, where the outcome has one."""
    return f" {outcome.unit}" if outcome.unit else ""


def prediction_cell(pooled: Pooled, outcome: OutcomeResult) -> str:
    """The prediction interval, or a dash."""
    if pooled.prediction_shown is None:
        return MISSING
    return limits(*pooled.prediction_shown, outcome.display, pooled.shown.high - pooled.shown.low)


def no_prediction(pooled: Pooled, outcome: OutcomeResult) -> str:
    """Why there is no prediction interval."""
    if pooled.k < 2:
        return "one study" if pooled.k else no_number(pooled, outcome)
    chosen = outcome.choices.get("prediction interval", "")
    if chosen in ("none", "not computed"):
        return "turned off by the manifest"
    if pooled.tau2 is None:
        return "the model has no between-study variance"
    if pooled.k < 3:
        return "fewer than 3 studies"
    return f"not available with the choice {chosen}" if chosen else "not computed"


def estimate_header(outcome: OutcomeResult) -> str:
    """Head of the column of estimates: measure and level."""
    return f"{outcome.measure_title} ({level(outcome.level)} CI)"


def result_headers(outcome: OutcomeResult) -> tuple[str, ...]:
    """Heads of the columns that ``result_cells`` fills."""
    predicted = f"{level(outcome.level)} prediction interval"
    return ("Studies", "Participants", estimate_header(outcome), predicted, "Tau²", "I²", "P")


def result_cells(pooled: Pooled, outcome: OutcomeResult, place: str = "") -> tuple[object, ...]:
    """One fit, as a row of a table; the number of its studies leads to the ``place`` that lists them."""
    return (
        inner_link(pooled.k, place) if place else pooled.k,
        participants(pooled),
        estimate_cell(pooled, outcome),
        prediction_cell(pooled, outcome),
        tau2(pooled.tau2) if pooled.k > 1 else MISSING,
        i2(pooled.i2) if pooled.k > 1 else MISSING,
        p_value(pooled.p_value),
    )


def result_keys(pooled: Pooled) -> tuple[float | None, ...]:
    """What the cells of ``result_cells`` are sorted by: numbers, None where there is none."""
    low = pooled.prediction_shown[0] if pooled.prediction_shown else None
    numbers = (pooled.k, pooled.participants, pooled.shown.estimate, low, pooled.tau2, pooled.i2, pooled.p_value)
    return tuple(value if known(value) else None for value in numbers)


def participants(pooled: Pooled) -> str:
    """Number of participants, where known."""
    return MISSING if pooled.participants is None else f"{pooled.participants:,}"


def how_many(pooled: Pooled) -> str:
    """``5 studies (1,204 participants)``; without the number of participants where no study states it."""
    people = "" if pooled.participants is None else f" ({counted(pooled.participants, 'participant')})"
    return counted(pooled.k, "study", "studies") + people


def has_number(pooled: Pooled) -> bool:
    """Whether there is an estimate to print."""
    return pooled.k > 0 and known(pooled.shown.estimate)
