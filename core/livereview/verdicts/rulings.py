"""The verdicts of an update, one for each outcome: what each is compared with, found in the records.

A record made before there were verdicts is what the first update after it is measured from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from livereview.bound import Bound, bound
from livereview.errors import ExpectedError
from livereview.history import History, Record
from livereview.json_values import as_json
from livereview.judgements import ANEW, Fired, Verdict
from livereview.manifest.models import BUILT_IN, Manifest
from livereview.plugins import Plugins
from livereview.report import Failure, OutcomeResult
from livereview.triggers import Trigger
from livereview.verdicts.definition import eligibility_of
from livereview.verdicts.verdict import Reached, conclusion_of, verdict_of


@dataclass(frozen=True, kw_only=True)
class Past:
    """The record of the previous update, and the earlier ones that its verdicts lead to."""

    previous: Record | None = None
    earlier: Mapping[str, Record] = field(default_factory=dict)
    """By name."""

    def verdict(self, outcome_id: str) -> Mapping[str, Any] | None:
        """The verdict of the previous update on an outcome; None where its record has none."""
        recorded = () if self.previous is None else self.previous.content.get("verdicts", ())
        return next((item for item in recorded if item["id"] == outcome_id), None)


def past_of(history: History, previous: Record | None) -> Past:
    """What the verdicts of the next update may be measured from. A record that is gone is left out."""
    recorded = () if previous is None else previous.content.get("verdicts", ())
    names = {item[key] for item in recorded for key in ("before", "since")} - {None}
    earlier: dict[str, Record] = {}
    for name in sorted(names):
        try:
            earlier[name] = history.find(name)
        except ExpectedError:
            continue
    return Past(previous=previous, earlier=earlier)


def rulings(
    manifest: Manifest, plugins: Plugins, past: Past, outcomes: Mapping[str, Mapping[str, Any]]
) -> tuple[tuple[Verdict, ...], tuple[Failure, ...]]:
    """The verdict on every outcome (as records hold them, by id), and the triggers that failed."""
    found = [_ruling(manifest, plugins, past, outcome) for outcome in outcomes.values()]
    return tuple(verdict for verdict, _ in found), tuple(failure for _, failures in found for failure in failures)


def _ruling(
    manifest: Manifest, plugins: Plugins, past: Past, outcome: Mapping[str, Any]
) -> tuple[Verdict, tuple[Failure, ...]]:
    outcome_id, earlier = outcome["id"], past.earlier
    before, since, last, lost = past.previous, None, past.verdict(outcome["id"]), ""
    if last is not None and last["kind"] not in ANEW:
        measured_from = last["since"] or last["before"]
        since = earlier.get(measured_from)
        lost = "" if since else f"The record {measured_from}, from which this outcome was measured, is gone."
        if last["kind"] == "undecided":  # what came then is still to be judged
            before = earlier.get(last["before"], before)
    verdict, failures = verdict_of(
        _reached(before, outcome_id),
        conclusion_of(outcome, eligibility_of(manifest, outcome_id)),
        triggers_of(manifest, plugins, outcome_id),
        _reached(since, outcome_id),
    )
    return (replace(verdict, notes=(*verdict.notes, lost)) if lost else verdict), failures


def _reached(record: Record | None, outcome_id: str) -> Reached | None:
    """The conclusion of an outcome in a record; None where the record does not have it."""
    if record is None or outcome_id not in record.outcomes:
        return None
    eligibility = record.content.get("eligibility", {}).get(outcome_id)
    conclusion = conclusion_of(record.outcomes[outcome_id], eligibility)
    return Reached(conclusion=conclusion, name=record.name, title=record.title)


def triggers_of(manifest: Manifest, plugins: Plugins, outcome_id: str) -> Sequence[Bound[Trigger]]:
    """The triggers of an outcome; of one that the manifest no longer has, those of [defaults]."""
    known = any(outcome.id == outcome_id for outcome in manifest.outcomes)
    wanted = manifest.outcome(outcome_id).triggers if known else manifest.defaults.triggers
    return [bound(plugins, Trigger, choice) for choice in (BUILT_IN.triggers if wanted is None else wanted) or ()]


def step_verdicts(
    steps: Iterable[tuple[str, OutcomeResult]], triggers: Sequence[Bound[Trigger]]
) -> tuple[list[Verdict], tuple[Failure, ...]]:
    """The verdict on one outcome at each of several named steps, each taken for an update; triggers that failed."""
    verdicts: list[Verdict] = []
    failures: list[Failure] = []
    before: Reached | None = None
    since: Reached | None = None
    for name, outcome in steps:
        conclusion = conclusion_of(as_json(outcome))
        verdict, failed = verdict_of(before, conclusion, triggers, since)
        verdicts.append(verdict)
        failures += failed
        before = Reached(conclusion=conclusion, name=name, title=name)
        since = before if verdict.kind in ANEW else since
    return verdicts, tuple(dict.fromkeys(failures))


def compared_verdicts(
    manifest: Manifest, plugins: Plugins, first: Record, second: Record, title: str = ""
) -> tuple[tuple[Verdict, ...], tuple[Failure, ...]]:
    """The verdicts between two records: as recorded where one follows the other, else by the triggers of today.

    ``title`` is what the first is called where it is a past state and no update.
    """
    if second.content["previous"] == first.name and "verdicts" in second.content:
        return tuple(map(verdict_in, second.content["verdicts"])), ()
    found = []
    for outcome_id in second.outcomes:
        after = _reached(second, outcome_id)
        assert after is not None
        triggers = triggers_of(manifest, plugins, outcome_id)
        before = _reached(first, outcome_id)
        if before is not None and title:
            before = replace(before, title=title)
        found.append(verdict_of(before, after.conclusion, triggers))
    return tuple(verdict for verdict, _ in found), tuple(failure for _, failures in found for failure in failures)


def verdict_in(data: Mapping[str, Any]) -> Verdict:
    """A verdict as its record holds it; keys of a later livereview are passed over."""
    fired = tuple(Fired(**{key: item[key] for key in ("trigger", "against", "reason")}) for item in data["fired"])
    known: dict[str, Any] = {item.name: data[item.name] for item in fields(Verdict)}
    known |= {key: tuple(data[key]) for key in ("triggers", "redefined", "notes")}
    return Verdict(**(known | {"fired": fired}))
