"""Rows of a corpus of published analyses as rows of results: the arms of a study, and the contrast printed for them.

The corpus is a folder with ``cochrane_rows.csv.gz`` in Cochrane's data-package layout and the columns
``measure_inferred``, ``study_ci_inferred``, ``estimate_reproduced``. It is read, never copied.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]

MEASURES = {"RR": "RR", "OR": "OR", "RD": "RD", "PETO_OR": "OR", "MD": "MD", "SMD": "SMD", "GIV": "MD", "GIV_LOG": "HR"}
_SAME = (
    "dataset", "Study", "measure_inferred", "Mean", "CI.start", "CI.end", "Experimental.cases", "Experimental.N",
    "Control.cases", "Control.N", "Experimental.mean", "Experimental.SD", "Control.mean", "Control.SD",
)  # fmt: skip
_EMPTY = (
    "study_id", "report_id", "outcome", "timepoint_months", "population", "arm", "comparator", "measure", "events", "n",
    "estimate", "ci_low", "ci_high", "ci_level", "se", "sd", "person_time", "p_value", "o_minus_e",
    "o_minus_e_variance", "direction", "locator", "status", "note", "variant", "extractor", "adjudicates", "withdrawn",
)  # fmt: skip


def results(folder: Path, digits: int = 6) -> list[Row]:
    """Up to three rows of results for each row of the corpus whose printed estimate its numbers reproduce.

    Analyses of subgroups and choices repeat their studies: numbers of a study that stand there already are left out.
    Estimates and limits are rounded to ``digits`` decimals, as tables print them; ratios below 1 keep as many
    significant ones.
    """
    with gzip.open(folder / "cochrane_rows.csv.gz", "rt", newline="", encoding="utf-8") as file:
        every = [line for line in csv.DictReader(file) if line["estimate_reproduced"] == "True"]
    lines = list({tuple(line[name] for name in _SAME): line for line in every}.values())
    return [row for number, line in enumerate(lines) for row in _rows(number, line, digits)]


def _rows(number: int, line: Mapping[str, str], digits: int) -> Iterator[Row]:
    inferred, value = line["measure_inferred"], lambda name: float(line[name] or 0)
    outcome = f"a{line['Analysis.group']}.{line['Analysis.number']}.{line['Subgroup.number']}.{number}"
    same = {"study_id": f"{line['dataset']}:{line['Study']}".replace(" ", "-"), "report_id": line["dataset"],
            "outcome": outcome, "locator": "data package", "status": "verified"}  # fmt: skip
    measure = MEASURES[inferred]
    counted, averaged = inferred in ("RR", "OR", "RD", "PETO_OR"), inferred in ("MD", "SMD")
    if value("Variance") and inferred == "PETO_OR":
        return  # log-rank numbers
    if averaged and value("GIV.SE"):
        return  # the estimate was entered, not computed of the arms
    estimate, low, high = (_printed(value(name), digits, measure) for name in ("Mean", "CI.start", "CI.end"))
    if not low < high or (measure in ("RR", "OR", "HR") and low <= 0):
        return
    for arm, side in (("experimental", "Experimental"), ("control", "Control")):
        n = int(value(f"{side}.N"))
        if counted:
            yield _row(number, arm, same, arm=arm, measure="count", events=int(value(f"{side}.cases")), n=n)
        elif averaged:
            yield _row(number, arm, same, arm=arm, measure="mean", estimate=value(f"{side}.mean"),
                       sd=value(f"{side}.SD"), n=n)  # fmt: skip
    error = float(f"{value('GIV.SE'):.6f}") if inferred.startswith("GIV") else None
    yield _row(number, "contrast", same, arm="experimental", comparator="control", measure=measure, estimate=estimate,
               ci_low=low, ci_high=high, ci_level=float(line["study_ci_inferred"]) / 100, se=error)  # fmt: skip


def _printed(value: float, digits: int, measure: str) -> float:
    if measure in ("RR", "OR", "HR") and 0 < value < 0.1:
        digits += 1 if value >= 0.01 else 2
    return round(value, digits)


def _row(number: int, role: str, same: Mapping[str, Any], **values: Any) -> Row:
    return (
        dict.fromkeys(_EMPTY) | dict(same) | values | {"row_id": f"{number}-{role}", "origin": f"corpus row {number}"}
    )
