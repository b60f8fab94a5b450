"""Counts that were solved from a publication are read by replication and by nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

from published_rows import included, line, printed, solved

import livereview
from evidence_rows import count, ledger, result
from livereview.manifest.models import Eligibility
from livereview.selection import Scope, scope_of

CORE = Path(livereview.__file__).parent
#: Where the name of the table may stand: the store, what a review sees, and replication.
READERS = {"evidence/pools.py", "evidence/publication.py", "changes.py", "replicating/replication.py"}


def test_an_outcome_pools_results_and_never_solved_counts() -> None:
    tables = ledger(count("adams", 5, 20), solved("adams", 9, 20), solved("brown", 9, 20), included("adams"))
    found = result(tables, measure="PLO")
    assert [study.study_id for study in found.studies] == ["adams"]
    assert result(ledger(solved("adams", 9, 20)), measure="PLO").pooled.k == 0


def test_the_scope_of_a_review_holds_no_row_of_it() -> None:
    tables = ledger(count("adams", 5, 20), solved("adams", 9, 20))
    found = scope_of(tables, Eligibility())
    assert isinstance(found, Scope)
    ids = {row["row_id"] for row in tables["inputs"]}
    assert not ids & {row["row_id"] for rows in found.results.values() for row in rows}


def test_replication_does_read_them() -> None:
    values = {"measure": "PR", "estimate": 0.45, "ci_low": 0.23, "ci_high": 0.68}
    assert line(solved("adams", 9, 20), count("adams", 5, 20, outcome="os"), included("adams"),
                printed(**values)).solved  # fmt: skip


def test_no_other_module_names_the_table() -> None:
    named = {
        path.relative_to(CORE).as_posix()
        for path in CORE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value == "inputs"
    }
    tables = named - {"grading/drafting.py"}
    assert tables <= READERS | {path for path in named if path.startswith("replicating/")}
