"""What audit checks see, for tests: made-up evidence with outcomes of it, and the real reviews without their extras."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import evidence_rows as ev
from livereview import AuditedOutcome, AuditFinding, AuditRequest
from livereview.analysis import analysed
from livereview.auditing.request import audited_outcome
from livereview.changes import seen
from livereview.manifest.models import Outcome
from livereview.plugins import installed
from livereview.selection import Scope
from livereview.setting import setting_of

#: What an outcome has beside its main fit; without it a review is analysed in a fraction of the time.
_EXTRAS: Mapping[str, Any] = {"analyses": (), "sensitivity": (), "subgroups": (), "stability": None, "triggers": ()}


Rows: TypeAlias = "ev.Cells | Sequence[Rows]"


def flat(rows: Sequence[Rows]) -> list[ev.Cells]:
    """Rows out of lists in lists of them."""
    return [cells for item in rows for cells in ([item] if isinstance(item, dict) else flat(item))]


def request(
    tables: Mapping[str, Sequence[ev.Cells]], *outcomes: Mapping[str, Any], eligibility: Any = None, **fields: Any
) -> AuditRequest:
    """A review of made-up rows; each outcome by the keys in which it differs from ``evidence_rows.outcome``."""
    scope = ev.scope(tables, **(eligibility or {}))
    audited = tuple(_audited(scope, ev.outcome(**keys)) for keys in outcomes)
    return AuditRequest(tables=tables, outcomes=audited, eligibility=scope.eligibility.model_dump(), **fields)


def _audited(scope: Scope, outcome: Outcome, whole: Outcome | None = None) -> AuditedOutcome:
    """An outcome as the core hands it to checks; ``whole`` has the choices that are not analysed here."""
    plugins = installed()
    return audited_outcome(setting_of(scope, whole or outcome, plugins), analysed(scope, outcome, plugins))


@lru_cache
def real_request(review: str) -> AuditRequest:
    """A review of the repository, from its sheets; outcomes have their main fits and bias tests only."""
    manifest, tables = ev.real_manifest(review), ev.real_tables()
    scope = ev.scope(tables, **manifest.eligibility.model_dump(by_alias=True))
    wholes = [manifest.outcome(item.id) for item in manifest.outcomes]
    return AuditRequest(
        tables=seen(tables, scope, manifest.review),
        outcomes=tuple(_audited(scope, one.model_copy(update=dict(_EXTRAS)), one) for one in wholes),
        eligibility=manifest.eligibility.model_dump(by_alias=True),
    )


def codes(findings: Iterable[AuditFinding]) -> list[str]:
    """The codes of findings, sorted."""
    return sorted(finding.code for finding in findings)
