"""The store: append-only, as of, corrections and withdrawals, merging; held to a replay in plain Python."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from evidence_ledgers import HOUR, START, current, files, ledgers, merge, new_store, record, replayed
from evidence_sheets import report, result, study
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview.errors import EvidenceError, ExpectedError, StoreError
from livereview.evidence.batches import snapshot
from livereview.evidence.rows import Row
from livereview.evidence.schema import TABLES
from livereview.evidence.store import Store
from livereview.evidence.view import Evidence

ledger_settings = settings(max_examples=40)

# --- invariants ----------------------------------------------------------------------------------------------


@ledger_settings
@given(ledgers)
def test_any_past_state_is_what_a_replay_gives(ledger: list[list[Row]]) -> None:
    with new_store() as store:
        record(store, ledger)
        for hour in range(len(ledger)):
            assert current(store.evidence(as_of=START + hour * HOUR)) == replayed(ledger[: hour + 1])
        assert current(store.evidence()) == replayed(ledger)
        assert current(store.evidence(as_of=START - HOUR)) == {}


@ledger_settings
@given(ledgers)
def test_batches_are_never_changed_and_the_same_rows_twice_add_nothing(ledger: list[list[Row]]) -> None:
    with new_store() as store:
        for rows in ledger:
            before = files(store)
            added = store.add(rows, source="test")
            after = files(store)
            assert after.items() >= before.items()
            assert (added.batch is None) == (after == before) == (not added.changes)
            assert len(added.changes) + added.unchanged == len(rows)
            again = store.add(rows, source="other", recorded_at=START + 1000 * HOUR)
            assert (again.batch, again.changes, again.unchanged) == (None, (), len(rows))
            assert files(store) == after


@ledger_settings
@given(ledgers, ledgers, st.randoms(use_true_random=False))
def test_two_stores_merge_as_the_union_of_their_files(
    mine: list[list[Row]], theirs: list[list[Row]], random: Any
) -> None:
    """Both record in the same hours, so there are ties; neither the order of files nor who merges matters."""
    with new_store() as left, new_store() as right, new_store() as union:
        for store, ledger in ((left, mine), (right, theirs)):
            record(store, ledger)
            merge(store, union)
        batches = list({batch.id: batch for store in (left, right) for batch in store.batches()}.values())
        recorded = [
            ((name, *(row[part] for part in table.key)), row["recorded_at"], row["row_id"], bool(row["withdrawn"]))
            for batch in batches
            for name, table in TABLES.items()
            for row in Evidence((batch,)).latest(name)
        ]
        newest = {key: (row_id, gone) for key, _, row_id, gone in sorted(recorded, key=lambda row: row[1:3])}
        expected = {key: row_id for key, (row_id, gone) in newest.items() if not gone}
        assert current(union.evidence()) == expected
        assert union.snapshot == snapshot(batch.id for batch in batches)
        random.shuffle(batches)
        shuffled = Evidence(tuple(batches))
        for name in TABLES:
            assert shuffled.table(name).equals(union.evidence().table(name))


# --- adding --------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "evidence")


def test_a_missing_folder_is_an_empty_store(store: Store) -> None:
    assert store.batches() == ()
    assert store.snapshot == snapshot([]) == store.evidence().snapshot
    assert store.evidence().rows("results") == []
    assert store.evidence().table("results").column_names[:2] == ["study_id", "report_id"]
    assert not Path(store.location).exists()


def test_adding_says_what_was_added_corrected_withdrawn_and_unchanged(store: Store) -> None:
    store.add([result(outcome=name) for name in "abc"], source="test")
    taken_back = result(outcome="c", withdrawn=True, withdrawn_reason="typo")
    added = store.add(
        [result(outcome="a"), result(outcome="b", events=11), taken_back, result(outcome="d")], source="test"
    )
    assert added.counts == {"added": 1, "corrected": 1, "withdrawn": 1}
    assert added.unchanged == 1
    by_kind = {change.change: change for change in added.changes}
    assert by_kind["corrected"].before is not None
    assert by_kind["corrected"].before.values["events"] == 10
    assert by_kind["withdrawn"].before == result(outcome="c")
    assert by_kind["added"].before is None


def test_a_correction_can_be_taken_back(store: Store) -> None:
    for events in (10, 11, 10):
        assert store.add([result(events=events)], source="test").batch is not None
    (row,) = store.evidence().rows("results")
    assert row["events"] == 10
    assert [row["events"] for row in store.evidence().history("results", result().key)] == [10, 11, 10]


def test_a_withdrawn_row_leaves_and_may_come_back(store: Store) -> None:
    gone = result(withdrawn=True, withdrawn_reason="typo")
    store.add([result()], source="test")
    store.add([gone], source="test")
    assert store.evidence().rows("results") == []
    assert [row["withdrawn_reason"] for row in store.evidence().latest("results")] == ["typo"]
    assert store.add([gone], source="test").batch is None
    assert store.add([result()], source="test").counts == {"added": 1, "corrected": 0, "withdrawn": 0}
    assert len(store.evidence().rows("results")) == 1
    assert [bool(row["withdrawn"]) for row in store.evidence().history("results", result().key)] == [False, True, False]


def test_rows_of_all_tables_enter_as_one_batch(store: Store) -> None:
    store.add([study("adams-2019"), report("pmid:1", "adams-2019"), result()], source="test")
    assert len(store.batches()) == 1
    assert [len(store.evidence().rows(name)) for name in ("studies", "reports", "results")] == [1, 1, 1]


def test_a_row_given_twice_is_recorded_once_and_rows_that_disagree_are_refused(store: Store) -> None:
    assert store.add([result(), result()], source="test").unchanged == 1
    with pytest.raises(EvidenceError, match="the rows disagree"):
        store.add([result(events=1), result(events=2)], source="test")
    assert len(store.batches()) == 1


def test_time_never_runs_backwards(store: Store) -> None:
    first = store.add([result()], source="test", recorded_at=START)
    second = store.add([result(events=11)], source="test", recorded_at=START - HOUR)
    assert first.notes == ()
    assert second.recorded_at == START + timedelta(microseconds=1)
    assert "not after the newest batch" in second.notes[0]
    assert store.evidence().rows("results")[0]["events"] == 11


def test_a_time_without_offset_is_refused(store: Store) -> None:
    with pytest.raises(ExpectedError, match="no offset"):
        store.add([result()], source="test", recorded_at=datetime(2026, 1, 1))
    assert store.batches() == ()


# --- reading -------------------------------------------------------------------------------------------------


def test_a_snapshot_brings_back_what_was_seen_though_more_was_merged_later(store: Store) -> None:
    store.add([result()], source="test", recorded_at=START)
    seen = store.evidence()
    store.add([result(events=11)], source="test", recorded_at=START + HOUR)
    again = store.evidence(batches=[batch.id for batch in seen.batches])
    assert again.snapshot == seen.snapshot != store.snapshot
    assert again.table("results").equals(seen.table("results"))


def test_a_snapshot_can_be_read_though_another_batch_is_damaged(store: Store) -> None:
    first = store.add([result()], source="test").batch
    second = store.add([result(events=11)], source="test").batch
    assert first is not None
    (Path(store.location) / "batches" / f"{second}.parquet").write_bytes(b"")
    assert Store(store.location).evidence(batches=[first]).rows("results")[0]["events"] == 10


def test_a_batch_of_a_snapshot_that_is_missing_is_named(store: Store) -> None:
    with pytest.raises(StoreError, match=f"{'a' * 64}.parquet: this batch is missing"):
        store.evidence(batches=["a" * 64])


@pytest.mark.parametrize(
    ("as_of", "events"),
    [
        ("2026-01-01T00:00:00Z", 10),
        ("2026-01-01T01:30:00+01:00", 10),
        ("2026-01-01T01:00:00Z", 11),
        (START + HOUR, 11),
        ("2026-01-01", 11),
        (date(2026, 1, 1), 11),
        ("2026", 11),
    ],
)
def test_a_date_means_its_end_and_a_time_itself(store: Store, as_of: Any, events: int) -> None:
    store.add([result(events=10)], source="test", recorded_at=START)
    store.add([result(events=11)], source="test", recorded_at=START + HOUR)
    assert store.evidence(as_of=as_of).rows("results")[0]["events"] == events
    assert store.evidence(as_of="2025-12").rows("results") == []


@pytest.mark.parametrize("as_of", ["yesterday", "2026-02-30", "2026-01-01T00:00:00"])
def test_a_moment_that_cannot_be_read_is_refused(store: Store, as_of: str) -> None:
    with pytest.raises(ExpectedError, match="2026"):
        store.evidence(as_of=as_of)


def test_rows_are_found_by_value_by_set_and_by_being_empty(store: Store) -> None:
    store.add([result(outcome=name, timepoint_months=time) for name, time in zip("abc", (None, 3.0, 6.0), strict=True)],
              source="test")  # fmt: skip
    evidence = store.evidence()

    def outcomes(**where: Any) -> list[str]:
        return [row["outcome"] for row in evidence.rows("results", **where)]

    assert outcomes(outcome="b") == ["b"]
    assert outcomes(outcome={"a", "c", "z"}) == ["a", "c"]
    assert outcomes(timepoint_months=None) == ["a"]
    assert outcomes(outcome="b", timepoint_months=6.0) == []
    assert outcomes() == ["a", "b", "c"]
    with pytest.raises(KeyError):
        evidence.rows("odds")


def test_tables_come_in_the_order_of_their_key_however_recorded(store: Store) -> None:
    for name in "cab":
        store.add([result(outcome=name, timepoint_months=time) for time in (6.0, None, 3.0)], source="test")
    found = [(row["outcome"], row["timepoint_months"]) for row in store.evidence().rows("results")]
    assert found == [(name, time) for name in "abc" for time in (3.0, 6.0, None)]


def test_the_order_holds_for_keys_with_more_combinations_than_an_integer_can_count(store: Store) -> None:
    """300 different values in each of eight parts of the key: 300**8 is above 2**63."""
    text = ("study_id", "report_id", "outcome", "population", "arm", "comparator", "variant")
    order = np.random.default_rng(1).permutation(300)
    rows = [
        result(**dict.fromkeys(text, f"{i * 7 % 300:03}"), timepoint_months=i, measure=("count", "events")[i % 2])
        for i in order.tolist()
    ]
    store.add(rows, source="test")
    assert [row["study_id"] for row in store.evidence().rows("results")] == [f"{i:03}" for i in range(300)]


# --- when the world could know -------------------------------------------------------------------------------


@pytest.fixture
def published(store: Store) -> Store:
    store.add(
        [
            *(study(name) for name in ("by-day", "by-month", "by-year", "undated", "in-review-only")),
            report("day", "by-day", "2023-11-04"),
            report("month", "by-month", "2023-11"),
            report("year", "by-year", "2023"),
            report("none", "undated"),
            report("review", None, "2023-11-30"),
            *(result(study_id=f"by-{name}", report_id=name) for name in ("day", "month", "year")),
            result(study_id="undated", report_id="none"),
            result(study_id="in-review-only", report_id="review"),
            Row("appraisals", {"study_id": "by-day", "instrument": "NOS", "item": "Q1", "score": "1"}),
            Row("ongoing", {"registry_id": "NCT1", "source": "registry"}),
        ],
        source="test",
    )
    return store


@pytest.mark.parametrize(
    ("day", "known"),
    [
        ("2023-11-03", set()),
        ("2023-11-04", {"by-day"}),
        ("2023-11-29", {"by-day"}),
        ("2023-11-30", {"by-day", "by-month", "in-review-only"}),
        ("2023-11", {"by-day", "by-month", "in-review-only"}),
        ("2023-12-30", {"by-day", "by-month", "in-review-only"}),
        ("2023-12-31", {"by-day", "by-month", "by-year", "in-review-only"}),
        (date(2024, 1, 1), {"by-day", "by-month", "by-year", "in-review-only"}),
    ],
)
def test_a_report_is_public_at_the_end_of_its_stated_period(published: Store, day: Any, known: set[str]) -> None:
    evidence = published.evidence(published_by=day)
    assert {row["study_id"] for row in evidence.rows("results")} == known
    assert {row["study_id"] for row in evidence.rows("studies")} == known
    assert len(evidence.rows("appraisals")) == ("by-day" in known)


def test_what_has_no_date_is_kept_out_and_counted(published: Store) -> None:
    evidence = published.evidence(published_by="2030")
    assert evidence.undated == {"studies": 1, "reports": 1, "results": 1, "ongoing": 1}
    assert published.evidence().undated == {}
    assert len(published.evidence().rows("studies")) == 5


# --- cost ----------------------------------------------------------------------------------------------------


def test_reading_a_store_imports_no_pandas(store: Store) -> None:
    """Half a second that every command would pay."""
    store.add([study("adams-2019"), report("pmid:1", "adams-2019", "2023"), result()], source="test")
    store.add([result(events=11)], source="test")
    program = """
import sys
from livereview.evidence.store import Store
store = Store(sys.argv[1])
store.add([], source="nothing new")
seen = store.evidence(as_of="2100", published_by="2100")
(row,) = seen.rows("results", events=11)
print(seen.undated, len(seen.history("results", row)), row["recorded_at"].tzinfo, "pandas" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program, store.location], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "{} 2 UTC False\n"), done.stderr


def test_a_copied_store_is_the_same_store(store: Store, tmp_path: Path) -> None:
    store.add([result()], source="test")
    shutil.copytree(store.location, tmp_path / "copy")
    assert Store(tmp_path / "copy").snapshot == store.snapshot
