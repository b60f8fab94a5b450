"""The audit check ``imputed``: how much of an outcome's weight hangs on values that nobody read in a report."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from pydantic import Field

from livereview import (
    AuditCheck,
    AuditCode,
    AuditedOutcome,
    AuditFinding,
    AuditPlace,
    AuditRequest,
    Options,
    StudyResult,
)
from livereview_comparability.rows import listed

UNREAD = AuditCode(code="weight-on-unread", severity="note", title="Weight rests on numbers that nobody read")
SPREAD = AuditCode(code="weight-on-imputed-se", severity="note", title="Weight rests on an imputed standard error")
ZEROS = AuditCode(code="weight-on-correction", severity="note", title="Weight rests on a correction of empty cells")

_UNREAD = ("reconstructed", "unverified")
#: What a measure notes where it had to make a standard error.
_MADE = re.compile(r"standard error (?:from P\b|approximated)|hazard ratio from P\b")
#: Percent of the weight that is all of it, but for rounding.
_ALL = 99.99
_MANY = 1 / 3
_ADDED = re.compile(r"\badded to\b")


class ImputedOptions(Options):
    """From which share of the weight on a finding is raised, and is a warning."""

    share: float = Field(10, ge=0, le=100, description="Percent of the weight from which it is told.")
    most: float = Field(50, ge=0, le=100, description="Percent of the weight from which it is a warning.")


def findings(request: AuditRequest, options: ImputedOptions) -> Iterator[AuditFinding]:
    """For each outcome the weight on numbers of weak status, on standard errors that were made, on corrections."""
    for outcome in request.outcomes:
        studies = [study for study in outcome.result.studies if math.isfinite(study.weight)]
        unread = [study for study in studies if any(row.status in _UNREAD for row in study.rows)]
        yield from _told(outcome, UNREAD, unread, options, _without_them(outcome))
        made = [study for study in studies if any(_MADE.search(note) for note in study.notes)]
        yield from _told(outcome, SPREAD, made, options, False)
        added = [study for study in studies if any(_ADDED.search(note) for note in study.notes)]
        # Where many studies have one, the check of methods says so.
        if len(studies) > 1 and len(added) < _MANY * len(studies):
            yield from _told(outcome, ZEROS, added, options, _without_corrections(outcome))


def _told(
    outcome: AuditedOutcome, code: AuditCode, studies: Sequence[StudyResult], options: ImputedOptions, shown: bool
) -> Iterator[AuditFinding]:
    """A finding, where the weight is worth one. ``shown``: the outcome is shown again without these values."""
    share = sum(study.weight for study in studies)
    if not studies or share < options.share:
        return
    each = listed(f"{study.label} ({study.weight:.0f}%)" for study in studies)
    alone = share > _ALL and code is UNREAD
    again = "; without them there is no number" if alone else "; a sensitivity analysis does without" if shown else ""
    yield AuditFinding(
        code=code.code,
        severity="warning" if share >= options.most and not shown else "note",
        message=f"{share:.0f}% of the weight is on {_WHAT[code.code]}: {each}{again}",
        remedy=_REMEDY[code.code],
        place=AuditPlace(outcome_id=outcome.result.id),
        also=tuple(
            AuditPlace(table="results", row_id=row.row_id, study_id=study.study_id, columns=_COLUMNS[code.code])
            for study in studies
            for row in study.rows
            if code is not UNREAD or row.status in _UNREAD
        ),
    )


_WHAT = {
    UNREAD.code: "numbers that are reconstructed or unverified",
    SPREAD.code: "standard errors made from P or n",
    ZEROS.code: "studies whose empty cells were filled in",
}
_REMEDY = {
    UNREAD.code: "Look the numbers up in reports of the studies; show the outcome again under statuses without these.",
    SPREAD.code: "Look for an interval or a standard error, or ask the authors.",
    ZEROS.code: "Show it again with a model of the counts that needs no correction, e.g. mantel-haenszel, "
    "binomial-normal or conditional-logistic.",
}
_COLUMNS = {UNREAD.code: ("status",), SPREAD.code: ("p_value",), ZEROS.code: ("events",)}
#: Models that fit counts as they are.
_OF_COUNTS = ("mantel-haenszel", "peto", "binomial-normal", "beta-binomial", "conditional-logistic")


def _without_them(outcome: AuditedOutcome) -> bool:
    """Whether a sensitivity analysis does without weak statuses."""
    again = [item.get("statuses") for item in outcome.choices.get("sensitivity") or ()]
    return any(statuses and not set(statuses) & set(_UNREAD) for statuses in again)


def _without_corrections(outcome: AuditedOutcome) -> bool:
    """Whether a sensitivity analysis fits the counts themselves."""
    models = [(item.get("model") or {}).get("name") for item in outcome.choices.get("sensitivity") or ()]
    return any(name in _OF_COUNTS for name in models)


IMPUTED = AuditCheck(
    name="imputed",
    title="Imputed values",
    summary="How much of an outcome's weight hangs on values that nobody read.",
    codes=(UNREAD, SPREAD, ZEROS),
    options=ImputedOptions,
    find=findings,
    family="comparability",
)
