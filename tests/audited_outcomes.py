"""Outcomes of made-up evidence as an audit sees them, of every layout, and the same outcomes analysed anew by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence_rows import Cells, Tables, count, ledger, number, outcome, ratio, result, scope, trial
from livereview import AuditedOutcome, OutcomeResult
from livereview.auditing.request import audited_outcome
from livereview.plugins import installed
from livereview.setting import setting_of

NAMES = ("adams", "brown", "costa", "dubois")
#: Events and people of drug and placebo in four trials.
TRIALS = (((12, 100), (20, 98)), ((8, 60), (15, 62)), ((30, 210), (44, 205)), ((5, 50), (9, 51)))
RATIOS = ((0.71, 0.55, 0.93), (0.85, 0.5, 1.4), (0.6, 0.41, 0.88), (1.1, 0.7, 1.75))


def trials(numbers: Sequence[tuple[tuple[int, int], tuple[int, int]]] = TRIALS) -> Tables:
    return ledger(*(trial(name, *one) for name, one in zip(NAMES, numbers, strict=False)))


def arms() -> Tables:
    return ledger(*(count(name, *first) for name, (first, _) in zip(NAMES, TRIALS, strict=True)))


def ratios() -> Tables:
    return ledger(*(ratio(name, *one) for name, one in zip(NAMES, RATIOS, strict=True)))


def means() -> Tables:
    rows: list[list[Cells]] = []
    for i, name in enumerate(NAMES):
        pairs = (("drug", 11.0 + i, 4.0), ("placebo", 14.0, 5.0 + i / 2))
        rows.append([number(name, "mean", arm=arm, estimate=mean, sd=sd, n=40 + 5 * i) for arm, mean, sd in pairs])
    return ledger(*rows)


def rates() -> Tables:
    rows = [
        [number(name, "rate", arm=arm, events=events, person_time=100.0 + 10 * i)
         for arm, events in (("drug", 8 + i), ("placebo", 15 + i))]
        for i, name in enumerate(NAMES)
    ]  # fmt: skip
    return ledger(*rows)


def survival() -> Tables:
    numbers = ((0.62, 0.5, 0.74), (0.55, 0.4, 0.68), (0.7, 0.6, 0.78), (0.48, 0.3, 0.64))
    rows = [number(name, "survival", estimate=p, ci_low=low, ci_high=high, n=60)
            for name, (p, low, high) in zip(NAMES, numbers, strict=True)]  # fmt: skip
    return ledger(*rows)


@dataclass(frozen=True)
class Case:
    """Evidence with the choices of an outcome."""

    tables: Callable[[], Tables]
    keys: Mapping[str, Any]

    def audited(self) -> AuditedOutcome:
        return audited(self.tables(), **self.keys)


CASES = {
    "RR": Case(trials, {"measure": "RR"}),
    "OR, REML, Hartung-Knapp": Case(
        trials, {"measure": "OR", "model": {"name": "random-effects", "tau2": "REML", "interval": "hartung-knapp"}}
    ),
    "RD, common effect": Case(trials, {"measure": "RD", "model": "common-effect"}),
    "RR, Mantel-Haenszel": Case(trials, {"measure": "RR", "model": "mantel-haenszel"}),
    "OR, counts themselves": Case(trials, {"measure": "OR", "model": "conditional-logistic"}),
    "logit": Case(arms, {"measure": "PLO"}),
    "Freeman-Tukey": Case(arms, {"measure": "PFT"}),
    "raw proportion": Case(arms, {"measure": "PR"}),
    "hazard ratio": Case(ratios, {"measure": "HR"}),
    "mean difference": Case(means, {"measure": "MD"}),
    "rate ratio": Case(rates, {"measure": "IRR"}),
    "survival": Case(survival, {"measure": "SURV"}),
    "survival, log-log": Case(survival, {"measure": "SURVLL"}),
}


def audited(tables: Tables, **keys: Any) -> AuditedOutcome:
    """An outcome as an audit sees it."""
    setting = setting_of(scope(tables), outcome(**keys), installed())
    return audited_outcome(setting, result(tables, **keys))


def refitted(tables: Tables, place: tuple[str, str], cells: Mapping[str, Any], **keys: Any) -> OutcomeResult:
    """The outcome analysed anew with other cells in the row of a study and an arm."""
    changed = [
        {**row, **cells} if (row["study_id"], row["arm"]) == place else row for row in tables["results"]
    ]  # fmt: skip
    return result({**tables, "results": changed}, **keys)
