"""The timelines of a review: each outcome walked through the days on which evidence was published.

They are a function of the evidence that one view holds: nothing is fetched, no clock is asked. Only the main fit of
each outcome is made, and numbers are selected anew only where a row that the outcome can depend on came or went.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from livereview.changes import Tables, recorded_through
from livereview.evidence.dates import last_day
from livereview.evidence.schema import TABLES
from livereview.evidence.view import Evidence
from livereview.execution import narrowed
from livereview.fetching import Progress, silent
from livereview.manifest.models import Manifest, Outcome
from livereview.numbers import numbers_of
from livereview.outlook import Outlook, outlook
from livereview.past.steps import Standing, slots, timeline_of
from livereview.plugins import Plugins
from livereview.report import Failure
from livereview.selection import Scope
from livereview.setting import attempted, setting_of
from livereview.timeline import Timeline
from livereview.verdicts.rulings import triggers_of

#: Tables in which a row can change which numbers are pooled.
_DECIDING = ("studies", "reports", "results", "characteristics", "appraisals")


@dataclass(frozen=True)
class _Sight:
    """What the review sees by a day; empty = the whole view, dated or not."""

    published_by: str
    scope: Scope


def timelines(
    manifest: Manifest, plugins: Plugins, view: Outlook, wanted: Sequence[str] = (), progress: Progress = silent
) -> tuple[tuple[Timeline, ...], tuple[Failure, ...]]:
    """The timelines of the outcomes ``wanted`` (by id; none = all), in the order of the manifest, and what failed."""
    outcomes = [manifest.outcome(item.id) for item in manifest.outcomes if not wanted or item.id in wanted]
    sights = list(_sights(manifest, view, progress))
    failures: list[Failure] = []
    found: list[Timeline] = []
    for done, outcome in enumerate(outcomes):
        progress("replaying", done, len(outcomes))
        walk = partial(_walked, outcome, sights, manifest, plugins, failures)
        timeline = attempted(timeline_section(outcome.id), walk, failures)
        found += [] if timeline is None else [timeline]
    progress("replaying", len(outcomes), len(outcomes))
    return tuple(found), tuple(failures)


def timeline_section(outcome_id: str) -> str:
    """How a failure names the timeline of an outcome."""
    return f"timeline of outcome {outcome_id}"


def _walked(
    outcome: Outcome, sights: Iterable[_Sight], manifest: Manifest, plugins: Plugins, failures: list[Failure]
) -> Timeline:
    """The steps of an outcome: the days on which it came to rest on other numbers. SectionFailed if a plugin fails."""
    standings: list[Standing] = []
    before: Scope | None = None
    for sight in sights:
        scope = narrowed(sight.scope, outcome)
        if scope == before:
            continue
        before, setting = scope, setting_of(scope, outcome, plugins)
        numbers = numbers_of(setting.scope, outcome, setting.measure)
        if slots(numbers) != (slots(standings[-1].numbers) if standings else []):
            standings.append(Standing(sight.published_by, numbers, setting))
    return timeline_of(setting, standings, triggers_of(manifest, plugins, outcome.id), failures)


# --- what could be seen when --------------------------------------------------------------------------------------


def _sights(manifest: Manifest, view: Outlook, progress: Progress) -> Iterator[_Sight]:
    """The evidence by each day that brought something, then all of it."""
    days = _days(view.rows)
    known = {name: {row["row_id"]: row for row in view.tables[name]} for name in _DECIDING}
    before: object = None
    for done, day in enumerate(days):
        progress("looking back", done, len(days))
        evidence = view.evidence.by(day)
        then = outlook(manifest, evidence, _tables(evidence, known))
        if (seen := _deciding(then.rows)) != before:
            yield _Sight(day.isoformat(), _pooled_from(then.scope))
        before = seen
    yield _Sight("", _pooled_from(view.scope))


def _pooled_from(scope: Scope) -> Scope:
    """The scope without registered trials, of which no number is pooled."""
    return replace(scope, ongoing=(), vocabulary={})


def _tables(evidence: Evidence, known: dict[str, dict[str, Any]]) -> Tables:
    """The rows of a day that decide on numbers; those ``known`` are taken from there, so that a row is one object."""
    tables: dict[str, list[Any]] = {name: [] for name in TABLES}
    for name, rows in known.items():
        ids = evidence.table(name)["row_id"].to_pylist()
        changed = {one for one in ids if one not in rows}
        other = {row["row_id"]: row for row in evidence.rows(name, row_id=changed)} if changed else {}
        tables[name] = [rows[one] if one in rows else other[one] for one in ids]
    return tables


def _days(rows: Tables) -> list[date]:
    """The days on which a report became known, or was corrected or retracted, as far as evidence was recorded.

    A report known by its year or month counts from the end of it; one whose end is still to come has no day yet.
    """
    partial_dates = {row[name] for row in rows["reports"] for name in ("published_on", "status_on")}
    partial_dates |= {str(row["year"]) for row in rows["reports"] if row["year"] and not row["published_on"]}
    through = recorded_through(rows)
    known = {last_day(str(when)) for when in partial_dates if when}
    return sorted(day for day in known if through is None or day <= through.date())


def _deciding(rows: Tables) -> frozenset[tuple[str, str, Any]]:
    """What decides on the numbers of every outcome: the rows seen, and the status that their reports had."""
    return frozenset((name, row["row_id"], row.get("status")) for name in _DECIDING for row in rows[name])
