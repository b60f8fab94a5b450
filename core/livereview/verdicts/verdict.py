"""The verdict on one outcome of an update: no new evidence, new but not consequential, consequential.

An outcome is compared with the update before and with the one at which it was last consequential (or first, or
redefined), so that a change in many small steps is seen. Both sides come from records, through one function.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livereview.bound import Bound, SectionFailed, section
from livereview.history import same_interval
from livereview.json_values import as_number
from livereview.judgements import Fired, Verdict, VerdictKind
from livereview.report import Failure, Interval
from livereview.triggers import Conclusion, Trigger
from livereview.types import PluginError
from livereview.verdicts.definition import definition_of, differences, eligibility_differences


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A conclusion with the update at which it was reached."""

    conclusion: Conclusion
    name: str
    """Name of the record."""
    title: str
    """As shown to people: "update 3 of 2026-11-20"."""


def conclusion_of(outcome: Mapping[str, Any], eligibility: Iterable[str] | None = None) -> Conclusion:
    """The conclusion of an outcome as a record holds it (an OutcomeResult through ``as_json``).

    Records made before there were certainty ratings and retractions have none of either.
    """
    pooled, studies = outcome["pooled"], outcome["studies"]
    estimate, prediction = as_number(pooled["estimate"]), pooled["prediction_shown"]
    certainty = outcome.get("certainty")
    return Conclusion(
        id=outcome["id"],
        title=outcome["title"],
        measure=outcome["measure"],
        display=outcome["display"],
        unit=outcome["unit"],
        level=outcome["level"],
        null_shown=outcome["null_shown"],
        k=pooled["k"],
        studies=tuple(study["study_id"] for study in studies),
        participants=pooled["participants"],
        estimate=estimate,
        ci_low=as_number(pooled["ci_low"]),
        ci_high=as_number(pooled["ci_high"]),
        shown=Interval(**{name: as_number(value) for name, value in pooled["shown"].items()}),
        prediction_low=_number(pooled["prediction_low"]),
        prediction_high=_number(pooled["prediction_high"]),
        prediction_shown=None if prediction is None else (as_number(prediction[0]), as_number(prediction[1])),
        tau2=_number(pooled["tau2"]),
        i2=_number(pooled["i2"]),
        certainty="" if certainty is None else certainty["level"],
        retracted={item["report_id"]: _retracted(item) for item in outcome.get("retracted", ())},
        evidence={study["study_id"]: _rests_on(study) for study in studies},
        definition=definition_of(outcome),
        eligibility=None if eligibility is None else tuple(eligibility),
        failed=bool(outcome["failures"]) and math.isnan(estimate),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _rests_on(study: Mapping[str, Any]) -> tuple[str, ...]:
    numbers = (f"{name} {value}" for name, value in sorted(study["data"].items()))
    return (*sorted(row["row_id"] for row in study["rows"]), *numbers)


def _retracted(item: Mapping[str, Any]) -> str:
    since = f" since {item['since']}" if item["since"] else ""
    return f"{item['label']}, {item['citation']}{since}" + (f": {item['reason']}" if item["reason"] else "")


def verdict_of(
    before: Reached | None, after: Conclusion, triggers: Sequence[Bound[Trigger]], since: Reached | None = None
) -> tuple[Verdict, tuple[Failure, ...]]:
    """The verdict on an outcome, and the triggers that failed.

    ``before`` is the update before, None for a first version; ``since`` the one at which the outcome was last
    consequential, first or redefined. Without new evidence no trigger is asked. If none fires and one failed, or the
    outcome itself, the verdict is undecided.
    """
    asked = [item for item in triggers if not _inapplicable(item, after)]
    if since is not None and before is not None and since.name == before.name:
        since = None

    def verdict(kind: VerdictKind, **more: Any) -> Verdict:
        return Verdict(
            id=after.id,
            title=after.title,
            kind=kind,
            before=before.name if before else None,
            before_title=before.title if before else "",
            since=since.name if since else None,
            since_title=since.title if since else "",
            triggers=tuple(map(_named, asked)),
            **more,
        )

    if before is None:
        return verdict("first"), ()
    redefined = redefinition(before.conclusion, after)
    if redefined:
        return verdict("redefined", redefined=redefined), ()
    if not has_news(before.conclusion, after):
        moved = not same_interval(before.conclusion.shown, after.shown)
        note = f"The number moved ({before.conclusion.words} became {after.words}) without new evidence."
        return verdict("no-new-evidence", notes=(note,) if moved else ()), ()
    if after.failed:
        return verdict("undecided", notes=("No trigger was asked: the analysis of the outcome failed.",)), ()
    fired, failures = _asked(asked, [point for point in (before, since) if point is not None], after)
    if fired:
        return verdict("consequential", fired=fired), failures
    if failures:
        names = ", ".join(dict.fromkeys(item.plugin for item in failures))
        return verdict("undecided", notes=(f"A trigger failed and none fired: {names}.",)), failures
    return verdict("not-consequential"), ()


def redefinition(before: Conclusion, after: Conclusion) -> tuple[str, ...]:
    """The choices that make the two numbers incomparable, in words; empty = they can be compared.

    Another eligibility makes another question only where other studies, or other rows of them, came of it.
    """
    found = differences(before.definition, after.definition)
    if before.eligibility is None or after.eligibility is None or before.evidence == after.evidence:
        return found
    return (*found, *eligibility_differences(before.eligibility, after.eligibility))


def has_news(before: Conclusion, after: Conclusion) -> bool:
    """Whether anything differs that the outcome rests on: rows, people, retractions that touch it, signed certainty.

    How many people there are may come from the table of studies, of which a record keeps no rows.
    """
    return (
        before.evidence != after.evidence
        or before.participants != after.participants
        or set(before.retracted) != set(after.retracted)
        or before.certainty != after.certainty
    )


def _inapplicable(trigger: Bound[Trigger], after: Conclusion) -> bool:
    """Whether a trigger says that the outcome cannot be asked; one that cannot tell is asked, and then fails."""
    if trigger.plugin.inapplicable is None:
        return False
    try:
        return bool(trigger.plugin.inapplicable(after, trigger.options))
    except (Exception, SystemExit):
        return False


def _asked(
    triggers: Iterable[Bound[Trigger]], points: Sequence[Reached], after: Conclusion
) -> tuple[tuple[Fired, ...], tuple[Failure, ...]]:
    """What fires; of a trigger that fires against several points the first is told."""
    fired: list[Fired] = []
    failures: list[Failure] = []
    for trigger in triggers:
        for point in points:
            try:
                reason = _reason(trigger, point.conclusion, after)
            except SectionFailed as error:
                failures.append(error.failure)
                break
            if reason:
                fired.append(Fired(trigger=_named(trigger), against=point.title, reason=reason))
                break
    return tuple(fired), tuple(failures)


def _named(trigger: Bound[Trigger]) -> str:
    """The name of a trigger with the options that are not those by default: ``estimate-moves (by = 0.5)``."""
    given = trigger.options.model_dump(exclude_defaults=True)
    options = ", ".join(f"{name} = {text}" for name, text in trigger.choices().items() if name in given)
    return f"{trigger.name} ({options})" if options else trigger.name


def _reason(trigger: Bound[Trigger], before: Conclusion, after: Conclusion) -> str | None:
    with section(f"outcome {after.id}, trigger {trigger.name}", trigger):
        reason = trigger.plugin.fires(before, after, trigger.options)
        if reason is not None and not isinstance(reason, str):
            raise PluginError(f"fires returned {type(reason).__name__}; it must return a text or None")
    return reason
