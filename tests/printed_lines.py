"""Printed results of meta-analyses as rows of the table ``published``: made-up lines, and those of the real reviews."""

from __future__ import annotations

import csv
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from livereview import AuditFinding, AuditRequest
from livereview_printed import PRINTED_POOLS
from livereview_printed.checking import findings

PRINTED = Path(__file__).parent / "published" / "published.csv"
_WHOLE = ("k", "events", "n")
_NUMBERS = ("timepoint_months", "estimate", "ci_low", "ci_high", "i2")
_EMPTY: dict[str, Any] = dict.fromkeys(
    ("title", "timepoint_months", "design_group", "subgroup_by", "subgroup", "model", "k", "events", "n", "estimate",
     "ci_low", "ci_high", "p_value", "q_p", "i2", "egger_p", "begg_p", "note")
)  # fmt: skip
_NUMBER = count()


def line(**cells: Any) -> dict[str, Any]:
    """A pooled risk ratio of one report, printed in a table of its own."""
    number = next(_NUMBER)
    own = {"report_id": "paper", "outcome": "os", "measure": "RR", "model": "random", "locator": f"Fig {number}"}
    return {**_EMPTY, **own, "row_id": f"line-{number}", "origin": "", **cells}


def told(*lines: dict[str, Any], **tables: Any) -> list[AuditFinding]:
    """What the check finds in printed lines, and in other tables beside them."""
    request = AuditRequest(tables={"published": lines, **tables})
    return list(findings(request, PRINTED_POOLS.options()))


@lru_cache
def real_lines() -> tuple[dict[str, Any], ...]:
    """Every line of the published reviews; "all" is no timepoint, and P of a comparison stands under P."""
    with PRINTED.open(encoding="utf-8", newline="") as file:
        rows = [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(file)]
    return tuple(_typed(row) for row in rows)


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    cells = {**row, "report_id": row["publication"]}
    if cells["timepoint_months"] == "all":
        cells |= {"timepoint_months": None, "title": "all-time"}
    if "p-value" in cells["measure"] and cells["p_value"] is None:
        cells |= {"p_value": cells["q_p"], "q_p": None}
    cells |= {name: int(cells[name]) for name in _WHOLE if cells[name] is not None}
    cells |= {name: float(cells[name]) for name in _NUMBERS if cells[name] is not None}
    return line(**{name: cell for name, cell in cells.items() if name != "publication"})
