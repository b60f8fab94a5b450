"""Each check run on its own: what it returns is checked once, and one that fails leaves the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from livereview.audited import SEVERITIES, AuditFinding, AuditPlace
from livereview.auditing.places import Places
from livereview.audits import AuditCheck, Audited, AuditRequest
from livereview.bound import Bound, SectionFailed, section
from livereview.further_analyses import plain, wrong_tables
from livereview.report import Failure
from livereview.returned import real_numbers
from livereview.types import PluginError

#: Most mistakes of one check that are told.
_TOLD = 3


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A check that ran, and what it found, every place filled in."""

    check: AuditCheck
    found: Audited


def looked(
    request: AuditRequest, checks: Iterable[Bound[AuditCheck]], places: Places
) -> tuple[list[Looked], tuple[Failure, ...]]:
    """What each check found, in their order, and those that failed, each under "audit: NAME"."""
    ran: list[Looked] = []
    failures: list[Failure] = []
    for check in checks:
        name = f"audit: {check.name}"
        try:
            with section(name, check):
                found = _checked(check.plugin, check.plugin.find(request, check.options), places)
        except SectionFailed as error:
            failures.append(replace(error.failure, section=name))
            continue
        ran.append(Looked(check=check.plugin, found=found))
    return ran, tuple(failures)


def _checked(check: AuditCheck, returned: object, places: Places) -> Audited:
    """What a check returned, with its places filled in; PluginError with what is wrong with it."""
    if not isinstance(returned, Audited):
        if not isinstance(returned, Iterable):
            raise PluginError(f"the check returned {type(returned).__name__}; it must return Audited, or findings")
        returned = Audited(findings=tuple(returned))
    wrong = list(_wrong(check, returned, places))
    if wrong:
        more = f"; and {len(wrong) - _TOLD} more" if len(wrong) > _TOLD else ""
        raise PluginError(f"the check returned what cannot be: {'; '.join(wrong[:_TOLD])}{more}")
    for amount in returned.influence.values():
        real_numbers("influence", amount)
    return Audited(
        findings=tuple(
            replace(item, place=places.filled(item.place), also=tuple(map(places.filled, item.also)))
            for item in returned.findings
        ),
        tables=tuple(plain(table) for table in returned.tables),
        influence={str(row): float(amount) for row, amount in returned.influence.items()},
    )


def _wrong(check: AuditCheck, found: Audited, places: Places) -> Iterator[str]:
    """What is wrong with the findings and tables of a check."""
    codes = {item.code for item in check.codes}
    for item in found.findings:
        if not isinstance(item, AuditFinding) or not isinstance(item.place, AuditPlace):
            yield f"{type(item).__name__}, which is no AuditFinding with an AuditPlace"
            continue
        if item.code not in codes:
            yield f"the code {item.code!r}, which is none of its codes"
        if item.severity not in (None, *SEVERITIES):
            yield f"the severity {item.severity!r} of {item.code}"
        if not all(isinstance(value, str | int | float | None) for value in item.suggestion.values()):
            yield f"a suggestion of {item.code} that no cell can hold"
        if not (item.message and item.remedy):
            yield f"{item.code} without message or remedy"
        yield from (f"{item.code} at {text}" for place in (item.place, *item.also) if (text := places.wrong(place)))
    yield from wrong_tables(found.tables)
