"""Printed results of meta-analyses as rows of the table ``published``: made-up lines, and those of the real reviews."""

from __future__ import annotations

from functools import lru_cache
from itertools import count
from typing import Any

from evidence_rows import real_tables
from livereview import AuditFinding, AuditRequest
from livereview_printed import PRINTED_POOLS
from livereview_printed.checking import findings

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
    """Every line of the published reviews, as the reviews' sheets have them."""
    return tuple({**_EMPTY, **row} for row in real_tables()["published"])
