"""One review audited without an update: as its sheets and its store have it now. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from livereview.audited import AuditedFinding, AuditResult
from livereview.auditing.audit import audited
from livereview.errors import ExpectedError
from livereview.execution import InProcess, outcome_results
from livereview.explaining import outcome_of
from livereview.fetching import Progress, silent
from livereview.linked.shared import Shared
from livereview.places import places_of
from livereview.report import Failure, failures_of
from livereview.standing import arrival
from livereview.team.cards import instrument_cards


@dataclass(frozen=True, kw_only=True)
class ReviewAudit:
    """What an audit of one review found."""

    review: str
    title: str
    outcomes: tuple[tuple[str, str], ...]
    """Id and title of each outcome."""
    result: AuditResult
    """Without findings where the manifest asks for no check."""
    failures: tuple[Failure, ...]
    """Sources, sections of outcomes and checks that failed."""

    def about(self, outcome_id: str | None) -> tuple[AuditedFinding, ...]:
        """The findings that the estimate of an outcome rests on; all of them for None."""
        return tuple(item for item in self.result.findings if outcome_id is None or outcome_id in item.outcomes)


def review_audit(
    path: Path,
    outcome_id: str | None = None,
    progress: Progress = silent,
    shared: Shared | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> ReviewAudit:
    """The audit of a review. Raises ExpectedError like ``check``, and for an outcome that it does not have."""
    shared = Shared(now) if shared is None else shared
    file, plugins = shared.opened(path)
    manifest = file.manifest
    if outcome_id is not None:
        outcome_of(manifest, outcome_id)
    current = shared.evidence(shared.store(places_of(file).store))
    found = arrival(file, plugins, current, shared, progress, now)
    view = found.view
    if not view.tables["results"]:
        raise ExpectedError(f"{path}: neither the store nor the sources have a result yet: there is nothing to audit.")
    results = outcome_results(view.scope, manifest, plugins, InProcess(), progress, shared.outcomes)
    result, _, failed = audited(view, manifest, plugins, results, instrument_cards(view, manifest, plugins))
    return ReviewAudit(
        review=manifest.review.id,
        title=manifest.review.title,
        outcomes=tuple((one.id, one.title) for one in results),
        result=result or AuditResult(),
        failures=(*found.incoming.failures, *failures_of(results), *failed),
    )
