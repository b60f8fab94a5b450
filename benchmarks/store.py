"""The evidence store at size: reading many batches against reading the same rows in one Parquet file.

    python benchmarks/store.py --batches 10000 --rows 100

Prints, for the same rows, the time to read and verify all batches, to derive the current rows, to do the same as of a
moment half way, to read again in the same process, and to read one plain Parquet file of all rows.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from livereview.evidence.batches import digest, encoded
from livereview.evidence.rows import Row
from livereview.evidence.store import Store
from livereview.evidence.view import Evidence

START = datetime(2020, 1, 1, tzinfo=UTC)


def result(number: int, rows: int) -> Row:
    """Made-up result ``number``; in every other batch every fifth corrects one of the batch before."""
    key = number - rows if number % 5 == 4 and number // rows % 2 else number
    study = f"study-{key // 40:06}"
    values = {
        "study_id": study, "report_id": f"pmid:{key // 20:08}", "outcome": f"outcome-{key % 20}",
        "timepoint_months": float(12 * (key % 3)), "population": "ITT", "arm": f"arm-{key // 20 % 2}",
        "measure": "count", "events": number % 50, "n": 50 + key % 100, "locator": f"Table {1 + key % 4}",
        "status": "verified",
    }  # fmt: skip
    return Row("results", values, f"sheet.csv, row {number + 2}")


def fill(folder: Path, batches: int, rows: int) -> None:
    """Write the batches directly: adding them one by one would compare each with all before."""
    (folder / "batches").mkdir(parents=True)
    for batch in range(batches):
        some = [result(batch * rows + i, rows) for i in range(rows)]
        content = encoded(some, recorded_at=START + timedelta(hours=batch), source="benchmark")
        (folder / "batches" / f"{digest(content)}.parquet").write_bytes(content)


def timed(what: str, act: Callable[[], Any]) -> Any:
    """What ``act`` returns; prints how long it took."""
    start = time.perf_counter()
    value = act()
    print(f"{time.perf_counter() - start:9.3f} s  {what}")
    return value


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--batches", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=100, help="rows in each batch")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        timed(
            f"write {chosen.batches} batches of {chosen.rows} rows",
            lambda: fill(folder / "store", chosen.batches, chosen.rows),
        )
        store = Store(folder / "store")
        evidence: Evidence = timed("read and verify all batches", store.evidence)
        table = timed("derive the current rows", lambda: evidence.table("results"))
        half = START + timedelta(hours=chosen.batches // 2)
        timed("as of half way, same process", lambda: store.evidence(as_of=half).table("results"))
        timed("read again, same process", lambda: store.evidence().table("results"))
        pq.write_table(table, folder / "one.parquet")
        timed(
            f"for comparison: one Parquet file of the {table.num_rows} current rows",
            lambda: pq.read_table(folder / "one.parquet"),
        )


if __name__ == "__main__":
    main()
