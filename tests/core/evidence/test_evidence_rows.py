"""Rows: what they may hold, their key, and an identity that lasts."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

import pytest
from evidence_sheets import result, study

from livereview.evidence.batches import COLUMNS, RECORD, decoded, digest, encoded, snapshot
from livereview.evidence.listing import listing
from livereview.evidence.rows import TYPES, Row
from livereview.evidence.schema import TABLES
from livereview.evidence.view import Evidence


def test_the_identity_is_the_hash_of_the_canonical_json() -> None:
    """Held to a value worked out apart (printf '...' | sha256sum), since stores outlive versions."""
    row = Row("studies", {"study_id": "garcía-2020", "label": "García", "n_total": 12, "median_age": 5.5})
    # printf '%s' '["studies",{"label":"García","median_age":5.5,"n_total":12,"study_id":"garcía-2020"}]' | sha256sum
    assert row.row_id == "c4a7dd76e993f276dc85ccebc3c43fa841c43399ef22694cbcc937c6a3459acd"


def test_the_identity_is_what_a_row_says_not_how_or_where_it_was_said() -> None:
    plain = result(timepoint_months=36.0, estimate=0.5)
    assert result(estimate=0.5, timepoint_months=36, note=None, population="").row_id == plain.row_id
    assert result(timepoint_months=36.0, estimate=0.5, withdrawn=False).row_id == plain.row_id
    assert Row("results", dict(reversed(plain.values.items())), "elsewhere").row_id == plain.row_id
    assert result(timepoint_months=36.0, estimate=0.5, note="x").row_id != plain.row_id


def test_minus_zero_is_zero() -> None:
    assert result(estimate=-0.0).row_id == result(estimate=0.0).row_id


def test_the_key_is_in_the_order_of_the_table_with_none_for_empty() -> None:
    assert result(timepoint_months=3).key == ("adams-2019", "pmid:1", "cr", 3.0, None, "new", None, "count", None, None)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"outcome": None}, "needs outcome"),
        ({"odds": 1}, "no column 'odds'"),
        ({"events": 1.0}, "events must be int"),
        ({"events": True}, "events must be int"),
        ({"estimate": "0.5"}, "estimate must be float"),
        ({"estimate": math.nan}, "must be finite"),
        ({"note": 3}, "note must be str"),
    ],
)
def test_a_row_of_the_wrong_shape_cannot_be_made(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        result(**values)


def test_a_row_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        result().values["events"] = 3  # type: ignore[index]


# --- the schema ----------------------------------------------------------------------------------------------


def test_a_column_has_the_same_type_in_every_table_and_no_name_is_taken_twice() -> None:
    """One file holds rows of all tables, and what a batch adds to a row has names of its own."""
    kinds: dict[str, set[type]] = {}
    for table in TABLES.values():
        for column in table.columns:
            kinds.setdefault(column.name, set()).add(TYPES[column.kind])
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}
    assert set(RECORD) & set(kinds) == set()
    assert set(COLUMNS) == set(RECORD) | set(kinds)


def test_keys_and_references_name_columns_and_tables_that_exist() -> None:
    for table in TABLES.values():
        assert set(table.key) <= set(table.names)
        named = {column.refers_to for column in table.columns}
        assert named <= {None, "studies", "reports", "searches", "records", "proposals"}
        assert any(table.column(name).required for name in table.key)


def test_the_listing_names_every_column_with_its_limits() -> None:
    text = listing()
    assert all(f"| `{name}` |" in text for table in TABLES.values() for name in table.names)
    assert "at least 1900; at most 2100" in text
    assert "found in studies" in text


# --- bytes ---------------------------------------------------------------------------------------------------


def test_every_kind_of_value_survives_the_file() -> None:
    rows = [
        result(estimate=0.1 + 0.2, events=2**53, n=2**53, p_value="<0.001", ci_level=0.95, note='a\n"b" \U0001f600'),
        result(outcome="os", withdrawn=True, withdrawn_reason="typo"),
        study("adams-2019", year=2019),
    ]
    evidence = Evidence.of(rows)
    for row in rows:
        (read,) = evidence.history(row.table, row.key)
        assert {name: read[name] for name in TABLES[row.table].names if read[name] is not None} == dict(row.values)
        assert (read["row_id"], read["origin"], read["recorded_from"]) == (row.row_id, row.origin, "memory")


def test_columns_added_later_change_neither_the_identity_of_a_row_nor_the_file_of_a_batch() -> None:
    added = {"o_minus_e", "o_minus_e_variance", "direction"}
    cells = {"outcome": "os", "measure": "HR", "comparator": "control", "estimate": 0.6, "events": None, "n": None}
    old = result(**cells)
    new = result(**cells, o_minus_e=-5.0, o_minus_e_variance=12.5, direction="lower")
    canonical = json.dumps(["results", dict(old.values)], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert not added & set(old.values)
    assert old.row_id == hashlib.sha256(canonical.encode()).hexdigest() != new.row_id
    when = Evidence.of([old]).batches[0].recorded_at
    content = encoded([old], recorded_at=when, source="s")
    assert not added & set(decoded(content, digest(content)).rows.column_names)  # as a batch of an older version
    (read,) = Evidence.of([old]).table("results").to_pylist()
    assert [read[name] for name in sorted(added)] == [None, None, None]
    (read,) = Evidence.of([new]).table("results").to_pylist()
    assert [read[name] for name in sorted(added)] == ["lower", -5.0, 12.5]


def test_the_same_rows_give_the_same_bytes_in_any_order() -> None:
    rows = [result(outcome=name) for name in ("a", "b", "c")]
    when = Evidence.of(rows).batches[0].recorded_at
    content = encoded(rows, recorded_at=when, source="s")
    assert encoded(rows[::-1], recorded_at=when, source="s") == content
    assert decoded(content, digest(content)).recorded_at == when


def test_a_snapshot_depends_on_the_set_of_batches_alone() -> None:
    assert snapshot(["b", "a"]) == snapshot(["a", "b"]) != snapshot(["a"])
    assert snapshot([]) == digest(b"")
