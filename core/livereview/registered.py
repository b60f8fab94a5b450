"""Registered trials as a review sees them: which it admits, and which have still to report an outcome.

A registry entry is written in words of its own. A filter of the manifest applies to what an entry says in the words of
the studies; what is not stated, or said in other words, cannot be tested: the trial stays, and what was not tested is
told.
"""

from __future__ import annotations

from collections.abc import Iterable

from livereview.further import PlannedTrial
from livereview.manifest.models import Filter, Outcome
from livereview.pairing import Row
from livereview.selection import REGISTERED, Scope, passes, pieces


def remark(row: Row, scope: Scope) -> str:
    """What becomes of a registered trial in the review: why it is not admitted, or the study it became; else empty."""
    refused = _refused(row, scope, scope.eligibility.filters)
    if refused:
        return f"not admitted: {refused}"
    study = scope.studies.get(row.get("study_id") or "")
    return "" if study is None else f"has results: {study['label']}"


def planned(scope: Scope, outcome: Outcome, entered: Iterable[str]) -> tuple[PlannedTrial, ...]:
    """The registered trials that a resolved outcome has still to hear from, by expected date (unknown dates last), then
    registry number.

    Left out are trials that the filters of review or outcome do not admit, and those whose study has entered the fit
    (``entered``: ids) or has a number of this outcome that was set aside.
    """
    filters = (*scope.eligibility.filters, *(outcome.filters or ()))
    heard = set(entered)
    found = [
        PlannedTrial(
            registry_id=row["registry_id"],
            regimen=row.get("regimen") or "",
            comparator=row.get("comparator") or "",
            design=row.get("design") or "",
            participants=row.get("target_enrollment"),
            expected_on=str(row.get("expected_on") or ""),
            untested=_untested(row, scope, filters),
        )
        for row in scope.ongoing
        if not _refused(row, scope, filters) and not _has_reported(row, scope, outcome, heard)
    ]
    return tuple(sorted(found, key=lambda trial: (not trial.expected_on, trial.expected_on, trial.registry_id)))


def _has_reported(row: Row, scope: Scope, outcome: Outcome, heard: set[str]) -> bool:
    study_id = row.get("study_id") or ""
    return study_id in heard or any(result["outcome"] in outcome.result for result in scope.results.get(study_id, ()))


def _refused(row: Row, scope: Scope, filters: Iterable[Filter]) -> str:
    """Why a review does not admit a registered trial; empty = it does, as far as can be told."""
    study_id = row.get("study_id")
    if study_id and study_id not in scope.studies:
        reasons = [item.reason for item in scope.excluded if item.study_id == study_id]
        return "; ".join(reasons) or f"its study {study_id} is not in the review"
    return "; ".join(item.reason for item in filters if _is_known(row, scope, item) and not passes(row, item))


def _untested(row: Row, scope: Scope, filters: Iterable[Filter]) -> tuple[str, ...]:
    """What an entry states and no filter could test, as "field: value"."""
    fields = dict.fromkeys(item.field for item in filters if item.field in REGISTERED)
    known = {item.field for item in filters if _is_known(row, scope, item)}
    return tuple(f"{name}: {row[name]}" for name in fields if row.get(name) and name not in known)


def _is_known(row: Row, scope: Scope, item: Filter) -> bool:
    """Whether an entry states the field of a filter, in words that a study or the filter has."""
    if item.field not in REGISTERED:
        return False
    words = {*scope.vocabulary.get(item.field, ()), *(item.one_of or ()), *(item.not_in or ())}
    stated = pieces(row.get(item.field))
    return bool(stated) and stated <= words
