"""Reviews to hand over: outcomes analysed by the core from made-up trials, and reports that hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import builders
from evidence_rows import Cells, ledger, number, result, study, trial
from livereview import Excluded, Ongoing, OutcomeResult, Reference, ReferenceCard, Report
from livereview_handover.package import files

COUNTS: Mapping[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "adams": ((12, 100), (20, 98)),
    "brown": ((8, 60), (15, 62)),
    "costa": ((30, 210), (44, 205)),
    "dubois": ((5, 50), (14, 51)),
    "eriksen": ((17, 80), (11, 79)),
}
EMPTY = {**COUNTS, "fischer": ((0, 40), (3, 41))}
MEANS = {
    "adams": ((12.1, 3.2, 40), (14.0, 3.9, 38)),
    "brown": ((10.4, 2.8, 25), (11.1, 3.0, 27)),
    "costa": ((13.0, 4.1, 90), (15.7, 4.0, 88)),
}
RATIOS = {"adams": (0.71, 0.55, 0.93), "brown": (0.62, 0.39, 0.98), "costa": (0.95, 0.7, 1.29)}
SETTING = {"adams": "first", "brown": "first", "costa": "later", "dubois": "later", "eriksen": "later"}
WALD = {"name": "random-effects", "tau2": "REML", "interval": "wald"}
HKSJ = {"name": "random-effects", "tau2": "REML", "interval": "hartung-knapp"}


def of_counts(counts: Mapping[str, Any] = COUNTS, **keys: Any) -> OutcomeResult:
    """Risk ratios of two arms, unless the keys say otherwise."""
    rows = [trial(name, *arms) for name, arms in counts.items()]
    return result(ledger(*rows, *studies(counts)), **{"measure": "RR", **keys})


def of_means(**keys: Any) -> OutcomeResult:
    """Mean differences of two arms."""
    rows = [
        number(name, "mean", estimate=mean, sd=sd, n=n, arm=arm)
        for name, arms in MEANS.items()
        for arm, (mean, sd, n) in zip(("drug", "placebo"), arms, strict=True)
    ]
    return result(ledger(*rows, *studies(MEANS)), **{"measure": "MD", **keys})


def of_ratios(**keys: Any) -> OutcomeResult:
    """Hazard ratios as reported."""
    rows = [
        number(name, "HR", estimate=estimate, ci_low=low, ci_high=high, comparator="placebo")
        for name, (estimate, low, high) in RATIOS.items()
    ]
    return result(ledger(*rows, *studies(RATIOS)), **{"measure": "HR", **keys})


def of_proportions(**keys: Any) -> OutcomeResult:
    """Logit proportions of one arm."""
    rows = [number(name, "count", events=arms[0][0], n=arms[0][1]) for name, arms in COUNTS.items()]
    return result(ledger(*rows, *studies(COUNTS)), **{"measure": "PLO", "control": [], **keys})


def studies(names: Mapping[str, Any]) -> list[Cells]:
    return [study(name, label=f"{name.title()} 2001", year=2001, setting=SETTING.get(name, "")) for name in names]


def by_setting() -> dict[str, Any]:
    return {"by": "setting", "title": "Setting", "groups": {"First line": "first", "Later": "later"}}


def review(*outcomes: OutcomeResult, **keys: Any) -> Report:
    """A report with these outcomes and the cards of their studies."""
    return builders.report(list(outcomes), **keys)


def package_of(*outcomes: OutcomeResult, **keys: Any) -> dict[str, bytes]:
    """The files of the package of a review with these outcomes."""
    return files(review(*outcomes, **keys), "made_up")


def card(record: str = "r1", stands: Any = "awaiting", stage: str = "awaiting screening", **keys: Any) -> ReferenceCard:
    """A reference with the fields of ``Reference`` and ``ReferenceCard`` that a test is about."""
    own = ("reason", "source", "report_id", "study_id", "study", "status")
    about = {name: keys.pop(name) for name in own if name in keys}
    reference = Reference(**{"record_id": record, "title": f"Title of {record}", **keys})
    return ReferenceCard(reference=reference, stands=stands, stage=stage, **about)


def listed(references: Sequence[ReferenceCard] = (), **keys: Any) -> Report:
    """A report that is about its lists: no outcome, no study of its own."""
    given: dict[str, Any] = {"studies": (), "other_reports": (), "excluded": (), "unused": (), "ongoing": ()}
    return builders.report([], **{**given, "references": tuple(references), **keys})


def set_aside(study_id: str, label: str, reason: str = "wrong disease") -> Excluded:
    return Excluded(study_id=study_id, label=label, reason=reason)


def registered(registry_id: str = "NCT01234567", **keys: Any) -> Ongoing:
    given: dict[str, Any] = {
        "phase": "3", "regimen": "new drug", "target_enrollment": 120, "primary_endpoint": "death", "source": "CT.gov",
    }  # fmt: skip
    return Ongoing(registry_id=registry_id, **{**given, **keys})
