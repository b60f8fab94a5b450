"""Intervals of random-effects models of few studies: too narrow by normal quantiles, or by Hartung-Knapp."""

from __future__ import annotations

import math
from collections.abc import Iterator

from livereview import AuditCode, AuditedOutcome, AuditFinding, AuditPlace

NORMAL = AuditCode(code="normal-interval-few-studies", severity="note", title="Normal quantiles with few studies")
NARROW = AuditCode(
    code="hartung-knapp-narrow", severity="warning", title="Hartung-Knapp is narrower than a common effect"
)
PREDICTION = AuditCode(code="no-prediction-interval", severity="note", title="No prediction interval")

#: Fewer studies than this leave tau² so uncertain that normal quantiles are too short (IntHout 2014).
_FEW = 10
#: Fewest studies of which a prediction interval says something.
_PREDICTED_FROM = 3


def normal(outcome: AuditedOutcome) -> Iterator[AuditFinding]:
    """Random effects with studies that differ, few of them, and an interval by normal quantiles."""
    pooled = outcome.result.pooled
    if outcome.result.model == "random-effects" and 1 < pooled.k < _FEW and pooled.df is None and pooled.tau2:
        message = f"{pooled.k} studies with τ² {pooled.tau2:.3g}, and an interval that takes τ² for known"
        remedy = 'Use interval = "hartung-knapp-adhoc", or say why the shorter interval is kept.'
        yield _told(NORMAL, outcome, message, remedy)


def narrow(outcome: AuditedOutcome) -> Iterator[AuditFinding]:
    """A standard error by Hartung-Knapp below that of a common effect: it takes agreement by chance for precision
    (Jackson 2017, doi:10.1002/sim.7411)."""
    pooled = outcome.result.pooled
    variances = [study.variance for study in outcome.result.studies if study.variance > 0]
    if outcome.result.choices.get("interval") != "hartung-knapp" or pooled.k < 2 or len(variances) < 2:
        return
    least = 1 / math.sqrt(sum(1 / variance for variance in variances))
    if pooled.standard_error < least:
        message = f"standard error {pooled.standard_error:.3g}, while studies that agree entirely give {least:.3g}"
        yield _told(NARROW, outcome, message, 'Use interval = "hartung-knapp-adhoc", which is never below it.')


def unpredicted(outcome: AuditedOutcome) -> Iterator[AuditFinding]:
    """Random effects of three studies or more without a prediction interval."""
    pooled = outcome.result.pooled
    if pooled.tau2 is not None and pooled.k >= _PREDICTED_FROM and pooled.prediction_shown is None:
        message = f"{pooled.k} studies with τ² {pooled.tau2:.3g}: what a further one may find is not said"
        yield _told(PREDICTION, outcome, message, "Leave prediction as it is by default, or say why there is none.")


def _told(code: AuditCode, outcome: AuditedOutcome, message: str, remedy: str) -> AuditFinding:
    key = "outcomes.prediction" if code is PREDICTION else "outcomes.model"
    place = AuditPlace(outcome_id=outcome.result.id, key=key)
    return AuditFinding(code=code.code, message=message, remedy=remedy, place=place)
