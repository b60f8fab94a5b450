"""What next: for each outcome of a review, what registered trials and new ones would do; nothing is written.

The statistics are those of the further analysis ``next-trials``, run for every outcome whether or not its manifest
names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from livereview.bound import SectionFailed
from livereview.errors import ExpectedError
from livereview.evidence.store import Store
from livereview.explaining import outcome_of
from livereview.fetching import Progress, silent
from livereview.further import FurtherAnalysis
from livereview.further_analyses import one
from livereview.manifest.models import AnalysisChoice, Manifest, Outcome
from livereview.numbers import numbers_of
from livereview.outlook import outlook
from livereview.places import opened, places_of
from livereview.plugins import Plugins
from livereview.report import Failure, FurtherResult
from livereview.selection import Scope
from livereview.setting import setting_of

ANALYSIS = "next-trials"


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """One outcome, seen ahead."""

    outcome: str
    title: str
    measure: str
    display: str
    scale: str
    result: FurtherResult | None
    """Without its plots; None where a plugin failed."""
    failure: Failure | None = None


@dataclass(frozen=True, kw_only=True)
class Prospects:
    """A review, seen ahead."""

    review: str
    title: str
    ongoing: int
    """Registered trials that the review lists."""
    lists_ongoing: bool
    outcomes: tuple[Prospect, ...]


def prospects(path: Path, outcome_id: str | None, options: Mapping[str, Any], progress: Progress = silent) -> Prospects:
    """What next, for every outcome or one. ``options`` go before those that a manifest gives to the analysis.

    Uses what the store holds. Raises ExpectedError for an unknown outcome, an empty store, where no plugin supplies the
    analysis, and for options that do not fit the outcome they are meant for.
    """
    file, plugins = opened(path)
    manifest = file.manifest
    if plugins.find(FurtherAnalysis, ANALYSIS) is None:
        raise ExpectedError(f"no plugin supplies the analysis {ANALYSIS}; `livereview plugins` says why")
    wanted = (
        [manifest.outcome(outcome.id) for outcome in manifest.outcomes]
        if outcome_id is None
        else [outcome_of(manifest, outcome_id)]
    )
    evidence = Store(places_of(file).store).evidence()
    if not evidence.batches:
        raise ExpectedError(f"{path}: the store holds no evidence yet. Bring it in: livereview update {path}")
    scope = outlook(manifest, evidence).scope
    return _seen(manifest, scope, plugins, wanted, options, progress)


def _seen(
    manifest: Manifest,
    scope: Scope,
    plugins: Plugins,
    wanted: list[Outcome],
    options: Mapping[str, Any],
    progress: Progress,
) -> Prospects:
    found: list[Prospect] = []
    for number, outcome in enumerate(wanted):
        progress("looking ahead", number, len(wanted))
        found.append(_prospect(scope, outcome, plugins, options))
    return Prospects(
        review=manifest.review.id,
        title=manifest.review.title,
        ongoing=len(scope.ongoing),
        lists_ongoing=manifest.review.ongoing,
        outcomes=tuple(found),
    )


def _prospect(scope: Scope, outcome: Outcome, plugins: Plugins, options: Mapping[str, Any]) -> Prospect:
    setting = setting_of(scope, outcome, plugins)
    own = next((choice.options for choice in outcome.analyses or () if choice.name == ANALYSIS), {})
    choice = AnalysisChoice.model_validate({"name": ANALYSIS, **own, **options})
    measure = setting.measure.plugin
    seen = Prospect(
        outcome=outcome.id,
        title=outcome.title,
        measure=measure.name,
        display=measure.display,
        scale=measure.scale,
        result=None,
    )
    try:
        result = one(setting, numbers_of(setting.scope, outcome, setting.measure), choice)
    except SectionFailed as failed:
        return replace(seen, failure=failed.failure)
    if result.refused and options:
        raise ExpectedError(f"{outcome.id}: {result.refused}.")
    return replace(seen, result=replace(result, plots=()))


def records(found: Prospects) -> tuple[list[str], list[dict[str, str | int | float | None]]]:
    """The rows of all tables on the display scale, with the names of the columns; limits have columns of their own."""
    rows = [record for outcome in found.outcomes for record in _records(outcome)]
    fields = dict.fromkeys(["outcome", "measure", "table", *(name for row in rows for name in row)])
    return list(fields), rows


def _records(outcome: Prospect) -> Iterator[dict[str, str | int | float | None]]:
    for table in outcome.result.shown if outcome.result else ():
        for row in table.rows:
            record: dict[str, str | int | float | None] = {
                "outcome": outcome.outcome, "measure": outcome.measure, "table": table.title,
            }  # fmt: skip
            for column, cell in zip(table.columns, row, strict=True):
                if isinstance(cell, tuple):
                    ends = (column.name, f"{column.name}, low", f"{column.name}, high")
                    record |= dict(zip(ends, cell, strict=True))
                else:
                    record[column.name] = cell
            yield record
