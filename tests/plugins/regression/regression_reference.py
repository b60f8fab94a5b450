"""Data and designs of the reference records on regression, and the tolerance of each."""

from __future__ import annotations

from dataclasses import dataclass

import golden
import numpy as np

from livereview import Array, Mask

INTERVALS = {"z": "wald", "t": "t", "knha": "hartung-knapp", "adhoc": "hartung-knapp-adhoc"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One record of ``metareg``: effects, variances and design of the studies used."""

    name: str
    y: Array
    v: Array
    x: Array
    record: golden.Record

    @property
    def here(self) -> Mask:
        return np.ones(self.y.size, dtype=bool)

    @property
    def relative(self) -> float:
        """metafor loses digits for a year that is not centred; ours agree with exact arithmetic (test below)."""
        return 1e-8 if "year" in self.record["formula"] else 5e-10


def cases() -> list[Case]:
    """Every record of ``metareg``."""
    found = []
    for dataset, record in golden.records("metareg"):
        y, v = golden.effect(dataset, record["effect"])
        rows = record["design"]["rows_used_index0"]
        name = f"{dataset} {record['effect']} {record['formula']}"
        found.append(Case(name=name, y=y[rows], v=v[rows], x=golden.numbers(record["design"]["X"]), record=record))
    return found


def column(dataset: str, name: str) -> list[object]:
    """One column of the data."""
    values: list[object] = golden.load(dataset)["data"]["columns"][name]
    return values
