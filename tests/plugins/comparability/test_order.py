"""What is found does not depend on the order in which rows stand."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidence_rows as ev
from livereview import AuditCheck, AuditFinding, AuditRequest, EvidenceRow
from livereview_comparability import DUPLICATES, SAME_PATIENTS
from livereview_printed import PRINTED_POOLS
from printed_lines import real_lines


def found(check: AuditCheck, tables: Mapping[str, Sequence[EvidenceRow]]) -> Counter[tuple[str, frozenset[str]]]:
    """The findings by code and by the rows that they rest on."""
    findings: Iterable[AuditFinding] = check.find(AuditRequest(tables=tables), check.options())  # type: ignore[assignment]
    return Counter((one.code, frozenset(place.row_id for place in (one.place, *one.also))) for one in findings)


@pytest.mark.parametrize("check", [DUPLICATES, SAME_PATIENTS, PRINTED_POOLS], ids=lambda check: check.name)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=2, deadline=None)
def test_the_order_of_rows_changes_nothing(check: AuditCheck, seed: int) -> None:
    tables: dict[str, list[EvidenceRow]] = {**ev.real_tables(), "published": list(real_lines())}
    shuffled = {name: random.Random(seed).sample(rows, len(rows)) for name, rows in tables.items()}
    assert found(check, shuffled) == found(check, tables)
