"""A made-up review at its fourth update: one outcome moved, one is redefined, one is new, one stayed."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

import builders
from livereview import (
    Changes,
    Excluded,
    Failure,
    Fired,
    Interval,
    OutcomeChange,
    RenderedFile,
    RenderRequest,
    Report,
    RowChange,
    Verdict,
)

#: Fields that choose how a number is printed or analysed: from the house, never from outside.
CHOSEN = ("display", "scale", "i2_basis", "measure", "prediction_df", "published_on", "evidence_through", "table")


def verdict(outcome_id: str, title: str, kind: Any, **fields: Any) -> Verdict:
    """A verdict against update 3."""
    made: dict[str, Any] = {
        "id": outcome_id, "title": title, "kind": kind, "before": "3", "before_title": "update 3 of 2026-10-02",
        "since": None, "since_title": "", "triggers": ("crosses-null",),
    }  # fmt: skip
    return Verdict(**(made | fields))


def review(**fields: Any) -> Report:
    """The review, with any field of it replaced."""
    studies = [builders.study(i, change="new" if i == 3 else "") for i in range(5)]
    survival = builders.outcome(studies=studies, id="os", title="Overall survival", group="Survival", divisions=1,
                                cautions=("One study is unblinded.",))  # fmt: skip
    response = builders.outcome(3, "proportion", id="cr", title="Complete remission", group="Response")
    stay = builders.outcome(4, "difference", id="stay", title="Days in hospital", group="Harms")
    none = builders.outcome(0, id="icans", title="Neurotoxicity", leave_one_out=(), bias=())
    failed = Failure(section="pooling", plugin="glmm", provider="livereview 0.1.0", message="No maximum.")
    fired = Fired(
        trigger="crosses-null", against="update 3 of 2026-10-02", reason="0.66 to 1.02 before, 0.5 to 0.9 now"
    )
    before = Interval(estimate=0.81, low=0.66, high=1.02)
    new = studies[3]
    changes = Changes(
        first=False, previous="update 3 of 2026-10-02", studies_added=((new.study_id, new.label),),
        studies_removed=(("kappa-2019", "Kappa 2019"),),
        rows=(RowChange(change="added", table="results", study_id=new.study_id, study_label=new.label, what="os, RR"),),
        outcomes=(
            OutcomeChange(id="os", title="Overall survival", display="ratio", before=before,
                          after=survival.pooled.shown, k_before=4, k_after=5, studies_added=(new.study_id,)),
            OutcomeChange(id="cr", title="Complete remission", display="proportion", before=None,
                          after=response.pooled.shown, k_before=0, k_after=3, studies_removed=("kappa-2019",)),
            OutcomeChange(id="stay", title="Days in hospital", display="difference", before=stay.pooled.shown,
                          after=stay.pooled.shown, k_before=4, k_after=4),
        ),
        other=("livereview 0.0.9 → 0.1.0",),
        verdicts=(
            verdict("stay", "Days in hospital", "no-new-evidence"),
            verdict("cr", "Complete remission", "redefined", redefined=("timepoint: 6 months, was 3",)),
            verdict("os", "Overall survival", "consequential", fired=(fired,)),
            verdict("icans", "Neurotoxicity", "no-new-evidence"),
        ),
    )  # fmt: skip
    plain = builders.report((survival, response, stay, none))
    kept: dict[str, Any] = {
        "changes": changes, "failures": (failed,), "warnings": ("2 rows have no date.",),
        "provenance": dataclasses.replace(plain.provenance, update=4),
        "excluded": (Excluded(study_id="lambda-2018", label="Lambda 2018", reason="setting: frontline"),),
    }  # fmt: skip
    return dataclasses.replace(plain, **(kept | fields))


def request(report: Report | None = None, assets: tuple[RenderedFile, ...] = ()) -> RenderRequest:
    """What a renderer gets."""
    return RenderRequest(report=review() if report is None else report, assets=assets)


def infected(value: Any, poison: str, name: str = "", hint: Any = None) -> Any:
    """The same value with the poison after every text that may come from outside, ids too: the same id everywhere."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        hints = _hints(type(value))
        fields = [field for field in dataclasses.fields(value) if field.init]
        changed = {f.name: infected(getattr(value, f.name), poison, f.name, hints[f.name]) for f in fields}
        return dataclasses.replace(value, **changed)
    if isinstance(value, str):
        chosen = name in CHOSEN or get_origin(hint) is Literal or value in _choices(hint)
        return value if chosen or not value else f"{value}{poison}"
    if isinstance(value, tuple):
        return tuple(infected(item, poison, name) for item in value)
    if isinstance(value, dict):
        kept = name in ("data", "parameters", "statuses")
        return {key if kept else infected(key, poison): infected(item, poison) for key, item in value.items()}
    return value


@cache
def _hints(of: type) -> dict[str, Any]:
    return get_type_hints(of)


def _choices(hint: Any) -> tuple[Any, ...]:
    return tuple(choice for part in get_args(hint) if get_origin(part) is Literal for choice in get_args(part))
