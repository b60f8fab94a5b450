"""Retracted reports of an outcome: which have a number for it, and the outcome as it would be with them.

The main analysis leaves them out (``pairing.unusable``), so that what a reader sees first never rests on one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from livereview.bound import section
from livereview.cards import citation
from livereview.numbers import Numbers
from livereview.report import Failure, Retraction, SensitivityResult
from livereview.selection import Scope, offers
from livereview.setting import Setting, attempted
from livereview.variations import pooled_anew
from livereview.wording import differences


def retractions(setting: Setting, numbers: Numbers) -> tuple[Retraction, ...]:
    """The retracted reports that would have a number for the outcome if they were not, by study and report."""
    scope = setting.scope
    gone = _retracted(scope)
    if not gone:
        return ()
    with section("effect measure", setting.measure):
        needed = setting.measure.plugin.rows(setting.measure.options)
    offered = offers(_as_if_active(scope), setting.outcome, needed).candidates
    pairs = sorted({(item.study_id, item.report_id) for item in offered if item.report_id in gone})
    return tuple(_retraction(scope, study_id, report_id, numbers) for study_id, report_id in pairs)


def _retracted(scope: Scope) -> set[str]:
    return {report_id for report_id, row in scope.reports.items() if row.get("status") == "retracted"}


def _as_if_active(scope: Scope) -> Scope:
    gone = _retracted(scope)
    reports = {name: {**row, "status": None} if name in gone else row for name, row in scope.reports.items()}
    return replace(scope, reports=reports)


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


def with_retracted(
    setting: Setting, main: Numbers, found: tuple[Retraction, ...], failures: list[Failure]
) -> tuple[SensitivityResult, ...]:
    """The outcome as it would be if the reports were not retracted: one sensitivity analysis, where there are any."""
    if not found:
        return ()
    result = attempted("sensitivity: with the retracted reports", partial(_with, setting, main, found), failures)
    return () if result is None else (result,)


def _with(setting: Setting, main: Numbers, found: tuple[Retraction, ...]) -> SensitivityResult:
    numbers, fits = pooled_anew(replace(setting, scope=_as_if_active(setting.scope)), setting.outcome)
    used = {(item.study_id, item.report_id) for item in numbers.candidates}
    idle = [item for item in found if (item.study_id, item.report_id) not in used]
    what = "report" if len(found) == 1 else f"{len(found)} reports"
    return SensitivityResult(
        title=f"With the retracted {what}: {'; '.join(_named(item) for item in found)}",
        choice=f"as if not retracted: {'; '.join(in_words(item) for item in found)}",
        pooled=fits.pooled[0],
        studies=numbers.ids,
        notes=(*(_idle(item) for item in idle), *differences(numbers, main)),
    )


def _named(item: Retraction) -> str:
    return f"{item.label}, {item.citation}"


def _idle(item: Retraction) -> str:
    return f"{_named(item)}: another number of the study would be used all the same."


def in_words(item: Retraction) -> str:
    """The report with the date and the reason of its retraction, as far as they are recorded."""
    since = f" since {item.since}" if item.since else ", date not recorded"
    return f"{item.report_id}, retracted{since} ({item.reason.rstrip('.') or 'no reason recorded'})"


def cautions(found: Iterable[Retraction]) -> tuple[str, ...]:
    """What a reader of the outcome must know of each retraction."""
    return tuple(
        f"A report of {item.label} was retracted: {in_words(item)}. The main analysis leaves it out"
        + ("; another report of the study takes its place." if item.replaced else ", and the study with it.")
        + " The last sensitivity analysis shows the result with it."
        for item in found
    )
