"""Retracted reports of an outcome: which have a number for it, and the outcome as it would be with them.

The main analysis leaves them out (``pairing.unusable``), so that what a reader sees first never rests on one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from livereview.cards import citation
from livereview.judgements import Retraction
from livereview.numbers import Numbers, numbers_of
from livereview.report import Failure, SensitivityResult
from livereview.selection import Scope
from livereview.setting import Setting, attempted
from livereview.variations import pooled_anew
from livereview.wording import differences

_SECTION = "sensitivity: with the retracted reports"


def with_retracted(
    setting: Setting, main: Numbers, failures: list[Failure]
) -> tuple[tuple[Retraction, ...], tuple[SensitivityResult, ...]]:
    """The retracted reports that would give the outcome an effect if they were not, and the outcome with them."""
    gone = {report_id for report_id, row in setting.scope.reports.items() if row.get("status") == "retracted"}
    if not gone:
        return (), ()
    reports = {name: {**row, "status": None} if name in gone else row for name, row in setting.scope.reports.items()}
    active = replace(setting, scope=replace(setting.scope, reports=reports))
    again = attempted(_SECTION, partial(numbers_of, active.scope, setting.outcome, setting.measure), failures)
    if again is None:
        return (), ()
    pairs = sorted({(item.study_id, item.report_id) for item in again.usable if item.report_id in gone})
    found = tuple(_retraction(setting.scope, *pair, main) for pair in pairs)
    result = attempted(_SECTION, partial(_with, active, main, found), failures) if found else None
    return found, () if result is None else (result,)


def _retraction(scope: Scope, study_id: str, report_id: str, numbers: Numbers) -> Retraction:
    report = scope.reports[report_id]
    return Retraction(
        report_id=report_id,
        study_id=study_id,
        label=scope.studies[study_id]["label"],
        citation=citation(report),
        since=report.get("status_on") or "",
        reason=report.get("note") or "",
        replaced=study_id in numbers.ids,
    )


def _with(active: Setting, main: Numbers, found: tuple[Retraction, ...]) -> SensitivityResult:
    numbers, fits = pooled_anew(active, active.outcome)
    used = {(item.study_id, item.report_id) for item in numbers.candidates}
    idle = [item for item in found if (item.study_id, item.report_id) not in used]
    what = "retracted report" if len(found) == 1 else f"{len(found)} retracted reports"
    return SensitivityResult(
        title=f"With the {what}: {'; '.join(_named(item) for item in found)}",
        choice=f"as if not retracted: {'; '.join(in_words(item) for item in found)}",
        pooled=fits.pooled[0],
        studies=numbers.ids,
        notes=(*(_idle(item) for item in idle), *differences(numbers, main)),
        kind="with-retracted",
    )


def _named(item: Retraction) -> str:
    return f"{item.label}, {item.citation}"


def _idle(item: Retraction) -> str:
    return f"{_named(item)}: not used, since another number of the study comes first or the study is set aside."


def in_words(item: Retraction) -> str:
    """The report with the date and the reason of its retraction, as far as they are recorded."""
    since = f" since {item.since}" if item.since else ", date not recorded"
    return f"{item.report_id}, retracted{since} ({item.reason.rstrip('.') or 'no reason recorded'})"


def cautions(found: Iterable[Retraction]) -> tuple[str, ...]:
    """What a reader of the outcome must know of each retraction."""
    return tuple(
        f"A report of {item.label} was retracted: {in_words(item)}. The main analysis leaves it out"
        + ("; another report of the study takes its place." if item.replaced else ", and the study with it.")
        + " A sensitivity analysis shows the result with it."
        for item in found
    )
