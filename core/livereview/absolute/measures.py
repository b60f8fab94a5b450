"""Which measures a baseline risk goes with, and as which relative effect a formula takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Relative = Literal["RR", "OR", "HR", "RD"]

#: By code of the measure. RATIO does not say which ratio it pools, so the manifest must.
RELATIVE: Mapping[str, Relative] = {"RR": "RR", "OR": "OR", "PETO": "OR", "HR": "HR", "RD": "RD"}


def counts_people(measure: str, display: str) -> bool:
    """Whether what matters of an outcome is counted in people: of risks, and of proportions of one arm."""
    return measure in RELATIVE or measure == "RATIO" or display == "proportion"
