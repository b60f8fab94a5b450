"""A replay: what a review, as its manifest is today, would have said at each day on which evidence was published.

Only the main fit of each outcome is made. A day on which no outcome rests on other numbers than before is no step. The
last step holds all evidence, with the reports that have no date, and is what an update says today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from livereview.analysis import null_shown, without_numbers
from livereview.cards import study_results
from livereview.changes import Tables, recorded_through
from livereview.errors import ExpectedError
from livereview.evidence.dates import last_day
from livereview.evidence.store import Store
from livereview.evidence.view import Evidence
from livereview.fetching import Progress, silent
from livereview.fits import NOTHING, fits_of
from livereview.judgements import Verdict
from livereview.manifest.models import Outcome
from livereview.manifest.reading import ManifestFile
from livereview.manifest.words import among, nearest
from livereview.numbers import Numbers, numbers_of
from livereview.outlook import Outlook, outlook
from livereview.places import Places, opened, places_of
from livereview.plugins import Plugins
from livereview.report import Failure, OutcomeResult, Pooled
from livereview.selection import Scope
from livereview.setting import Setting, attempted, setting_of
from livereview.timeline import UNDATED, Timeline, TimelineStep
from livereview.verdicts.retractions import with_retracted
from livereview.verdicts.rulings import step_verdicts, triggers_of

#: Tables in which a row can change which numbers are pooled.
_DECIDING = ("studies", "reports", "results", "characteristics", "appraisals")


@dataclass(frozen=True, kw_only=True)
class Replay:
    """The timelines of a review, in the order of its manifest, and what failed."""

    file: ManifestFile
    plugins: Plugins
    places: Places
    view: Outlook
    """Today's evidence, as the review sees it."""
    timelines: tuple[Timeline, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class _Sight:
    """What the review sees by a day; empty = today, dated or not."""

    published_by: str
    scope: Scope


@dataclass(frozen=True)
class _Standing:
    """The numbers on which an outcome stands from a day on."""

    published_by: str
    numbers: Numbers
    setting: Setting


def replayed(path: Path, outcome: str | None = None, progress: Progress = silent) -> Replay:
    """Every outcome of a review, or one, walked through the days of publication. Nothing is fetched or written.

    ExpectedError for an unknown outcome and where the store holds nothing.
    """
    file, plugins = opened(path)
    ids = [item.id for item in file.manifest.outcomes]
    if outcome is not None and outcome not in ids:
        raise ExpectedError(f'no outcome is called "{outcome}".{nearest(outcome, ids)} There are: {among(ids)}.')
    places = places_of(file)
    store = Store(places.store)
    evidence = store.evidence()
    if not evidence.batches:
        raise ExpectedError(f"{store.location}: the store holds no evidence yet; run livereview update first")
    view = outlook(file.manifest, evidence)
    sights = list(_sights(file, store, evidence, view, progress))
    failures: list[Failure] = []
    timelines: list[Timeline] = []
    wanted = [file.manifest.outcome(name) for name in ids if outcome in (None, name)]
    for done, item in enumerate(wanted):
        progress("replaying", done, len(wanted))
        name = f"outcome {item.id}"
        found = attempted(name, partial(_timeline, item, sights, file, plugins, failures), failures)
        timelines += [] if found is None else [found]
    progress("replaying", len(wanted), len(wanted))
    return Replay(
        file=file, plugins=plugins, places=places, view=view, timelines=tuple(timelines), failures=tuple(failures)
    )


# --- what could be seen when --------------------------------------------------------------------------------------


def _sights(
    file: ManifestFile, store: Store, evidence: Evidence, view: Outlook, progress: Progress
) -> Iterator[_Sight]:
    """The evidence by each day that brought something, then all of it."""
    ids = [batch.id for batch in evidence.batches]
    days = _days(view.rows)
    before: object = None
    for done, day in enumerate(days):
        progress("looking back", done, len(days))
        then = outlook(file.manifest, store.evidence(batches=ids, published_by=day))
        if (seen := _deciding(then.rows)) != before:
            yield _Sight(day.isoformat(), then.scope)
        before = seen
    yield _Sight("", view.scope)


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


# --- one outcome --------------------------------------------------------------------------------------------------


def _timeline(
    outcome: Outcome, sights: Iterable[_Sight], file: ManifestFile, plugins: Plugins, failures: list[Failure]
) -> Timeline:
    """The steps of an outcome: the days on which it came to rest on other numbers. SectionFailed if a plugin fails."""
    standings: list[_Standing] = []
    for sight in sights:
        setting = setting_of(sight.scope, outcome, plugins)
        numbers = numbers_of(setting.scope, outcome, setting.measure)
        before = _slots(standings[-1].numbers) if standings else []
        if _slots(numbers) != before:
            standings.append(_Standing(sight.published_by, numbers, setting))
    result = without_numbers(setting, null_shown(setting))
    fits = _pooled(setting, standings)
    said = [_said(result, standing, pooled, failures) for standing, pooled in zip(standings, fits, strict=True)]
    names = [standing.published_by or UNDATED for standing in standings]
    verdicts, failed = step_verdicts(zip(names, said, strict=True), triggers_of(file.manifest, plugins, outcome.id))
    failures += failed
    steps = tuple(
        _step(standings[at - 1] if at else None, standing, fits[at], verdicts[at])
        for at, standing in enumerate(standings)
    )
    return Timeline(outcome=replace(result, pooled=steps[-1].pooled if steps else NOTHING), steps=steps)


def _said(result: OutcomeResult, standing: _Standing, pooled: Pooled, failures: list[Failure]) -> OutcomeResult:
    """The outcome as an update of that day would have recorded it, as far as its verdict depends on it."""
    numbers, setting = standing.numbers, standing.setting
    unweighted = np.full(len(numbers.ids), np.nan)
    return replace(
        result,
        pooled=pooled,
        studies=study_results(setting.scope, numbers, unweighted, result.level),
        retracted=with_retracted(setting, numbers, failures)[0],
    )


def _slots(numbers: Numbers) -> list[tuple[Any, ...]]:
    """What tells the number of each study from another one: its rows, its effect, its people."""
    return [
        (
            candidate.study_id,
            tuple(row["row_id"] for row in candidate.rows),
            float(numbers.effects.effect[at]),
            float(numbers.effects.variance[at]),
            numbers.participants[at],
        )
        for at, candidate in enumerate(numbers.candidates)
    ]


def _pooled(setting: Setting, standings: list[_Standing]) -> list[Pooled]:
    """The fit of each step. Those that rest on numbers of the last step are masks over its studies, in one call."""
    if not standings:
        return []
    last = standings[-1].numbers
    place = {slot: at for at, slot in enumerate(_slots(last))}
    masks = np.zeros((len(standings), len(last.ids)), dtype=bool)
    alone: list[int] = []
    for row, standing in enumerate(standings):
        slots = _slots(standing.numbers)
        if all(slot in place for slot in slots):
            masks[row, [place[slot] for slot in slots]] = True
        else:
            alone.append(row)
    together = [row for row in range(len(standings)) if row not in alone]
    found = dict(zip(together, fits_of(last, masks[together], setting.model, setting.outcome).pooled, strict=True))
    for row in alone:
        numbers = standings[row].numbers
        everybody = np.ones((1, len(numbers.ids)), dtype=bool)
        found[row] = fits_of(numbers, everybody, setting.model, setting.outcome).pooled[0]
    return [found[row] for row in range(len(standings))]


def _step(before: _Standing | None, after: _Standing, pooled: Pooled, verdict: Verdict) -> TimelineStep:
    were = {} if before is None else dict(zip(before.numbers.ids, _slots(before.numbers), strict=True))
    are = dict(zip(after.numbers.ids, _slots(after.numbers), strict=True))
    reports = {candidate.study_id: candidate.report_id for candidate in after.numbers.candidates}
    label = _labels(before, after)
    null = after.setting.measure.plugin.null
    return TimelineStep(
        published_by=after.published_by,
        pooled=pooled,
        added=tuple(label(study) for study in are if study not in were),
        removed=tuple((label(study), _reason(study, after)) for study in were if study not in are),
        changed=tuple((label(study), reports[study]) for study in are if study in were and are[study] != were[study]),
        includes_null=None if null is None or not pooled.k else _includes(pooled, null),
        verdict=verdict,
    )


def _labels(before: _Standing | None, after: _Standing) -> Callable[[str], str]:
    """From the id of a study to its label, also of one that is seen no longer."""
    known = {**(before.setting.scope.studies if before else {}), **after.setting.scope.studies}
    return lambda study: str(known[study]["label"])


def _reason(study: str, after: _Standing) -> str:
    """Why a study that was pooled is pooled no longer."""
    reasons = [item.reason for item in after.numbers.excluded if item.study_id == study]
    return reasons[-1] if reasons else "it is no longer among the studies that the review admits"


def _includes(pooled: Pooled, null: float) -> bool | None:
    if np.isnan(pooled.ci_low) or np.isnan(pooled.ci_high):
        return None
    return bool(pooled.ci_low <= null <= pooled.ci_high)
