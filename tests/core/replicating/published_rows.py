"""A made-up publication of made-up trials, as rows of the store, and its replication."""

from __future__ import annotations

from typing import Any

from evidence_rows import Cells, Tables, ledger, report, row
from livereview.manifest.models import Manifest
from livereview.plugins import installed
from livereview.replicated import ReplicatedLine, Replication
from livereview.replicating.replication import replication

PAPER = "pool-2020"
#: Events and people with the drug and with placebo.
TRIALS = {"adams": (30, 100, 45, 98), "brown": (12, 60, 20, 61), "costa": (8, 40, 15, 41)}


def printed(**cells: Any) -> Cells:
    """A published row of the paper; by default of the risk ratio of ``cr``."""
    given = {"report_id": PAPER, "outcome": "cr", "measure": "RR", "model": "random", "locator": "Figure 1"}
    return row("published", **{**given, **cells})


def included(*studies: str, **cells: Any) -> list[Cells]:
    """The studies that the paper pooled."""
    return [row("included", **{"report_id": PAPER, "study_id": one, "locator": "Table 1", **cells}) for one in studies]


def solved(study: str, events: int, n: int, **cells: Any) -> Cells:
    """A count that was solved from the paper."""
    given = {"report_id": PAPER, "outcome": "cr", "study": study, "arm": "drug", "events": events, "n": n,
             "attribution": "certain"}  # fmt: skip
    return row("inputs", **{**given, **cells})


def manifest(**part: Any) -> Manifest:
    """A review that replicates the paper."""
    return Manifest.model_validate(
        {
            "review": {"id": "r", "title": "R", "question": {"population": "p", "intervention": "i"}},
            "defaults": {"experimental": ["drug"], "control": ["placebo"]},
            "outcomes": [{"id": "cr", "title": "Remission", "result": "cr", "measure": "RR"}],
            "replication": {"reports": [PAPER], **part},
        }
    )


def replicated(*rows: Any, **part: Any) -> Replication:
    """The replication of the paper from these rows."""
    tables: Tables = ledger(report(PAPER, kind="review"), *rows)
    found = replication(manifest(**part), installed(), tables)
    assert found is not None
    return found


def line(*rows: Any, part: str = "pooled", **keys: Any) -> ReplicatedLine:
    """The only line of that part."""
    (found,) = (item for item in replicated(*rows, **keys).lines if item.part == part)
    return found
