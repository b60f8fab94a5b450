"""Whatever rows the store takes, the checks answer: findings with known codes, at rows that are there."""

from __future__ import annotations

from typing import Any

from audited_rows import found, row, study
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livereview.evidence.plausibility import contradictions
from livereview.evidence.schema import TABLES
from livereview_arithmetic import COUNTS, ESTIMATES, MEANS, SURVIVAL

MEASURES = next(column.choices for column in TABLES["results"].columns if column.name == "measure")
NUMBERS = st.none() | st.sampled_from([0.0, 1.0, 0.5, 0.05, 2.0, 1e-9, 1e9, 0.3333333, -1.0, -0.2]) | st.floats(-2, 40)
COUNTED = st.none() | st.integers(0, 3) | st.sampled_from([100, 10_000_000])
ROWS = st.fixed_dictionaries(
    {
        "measure": st.sampled_from(MEASURES),
        "outcome": st.sampled_from(["os", "efs", "cr", "ae-any", "ae-grade3plus", "death", "cir"]),
        "arm": st.sampled_from(["new", "old"]),
        "comparator": st.sampled_from([None, None, "old", "new"]),
        "population": st.sampled_from([None, "ITT", "safety", "subgroup:a", "subgroup:b"]),
        "timepoint_months": st.sampled_from([None, 0.0, 12.0, 24.0]),
        "p_value": st.sampled_from([None, "0.03", "<0.001", ">0.5", "1e-300", "1"]),
        "ci_level": st.sampled_from([None, 0.9, 0.95, 0.999]),
        "note": st.sampled_from([None, "50%", "printed as 12.5% of 8", "one-sided P", "\x1b[31m<b>"]),
        **dict.fromkeys(("events", "n"), COUNTED),
        **dict.fromkeys(("estimate", "ci_low", "ci_high", "se", "sd"), NUMBERS),
    }
)


def taken(values: dict[str, Any]) -> bool:
    """Whether the store takes the numbers of a row."""
    there = {name: value for name, value in values.items() if value is not None}
    positive = all((values[name] or 0) >= 0 for name in ("se", "sd"))
    return positive and not any(True for _ in contradictions("results", there))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ROWS.filter(taken), min_size=1, max_size=8))
def test_the_checks_answer_whatever_the_store_takes(some: list[dict[str, Any]]) -> None:
    rows = [row(**values) for values in some]
    known = {item["row_id"] for item in rows}
    options = {"items": {"cr": 1, "os": 3}, "ranges": {"cr": (0.0, 10.0)}}
    for check in (COUNTS, ESTIMATES, MEANS, SURVIVAL):
        findings = found(check, rows, [study(n_total=9, design="rct")], **(options if check is MEANS else {}))
        assert {item.code for item in findings} <= {code.code for code in check.codes}
        assert {place.row_id for item in findings for place in (item.place, *item.also)} <= known
        assert all(item.message and item.remedy for item in findings)
