"""The evidence store at size: an as-of view of many batches against reading the same rows from one Parquet file.

    python benchmarks/store.py
    python benchmarks/store.py --batches 1000 --rows 100

Writes a store, reads it batch by batch, compacts it, reads it again, adds some batches and reads it once more. Each
reading has a process of its own, from after the imports to a table in memory, in turn with the reading of one Parquet
file that holds every recorded row; of each the fastest of several is taken. Exits with 1 if a view of the compacted
store takes more than twice the processor time of that file: wall-clock time, printed beside it, counts other work on
the machine too.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from livereview.evidence.batches import Batch, digest, encoded
from livereview.evidence.compaction import compacted, verified
from livereview.evidence.rows import Row
from livereview.evidence.store import Store

START = datetime(2020, 1, 1, tzinfo=UTC)
BOUND = 2.0
#: What a process of its own does between two looks at the clocks; PLACE and MOMENT come as arguments.
PEER = "pq.ParquetFile(place).read()"
VIEWS = {"current rows": "Store(place).evidence().table('results')",
         "as of half way": "Store(place).evidence(as_of=moment).table('results')"}  # fmt: skip
PROGRAM = """
import sys, time
import pyarrow.parquet as pq
from livereview.evidence.store import Store
place, moment = sys.argv[1:]
wall, processor = time.perf_counter(), time.process_time()
rows = {act}
print(time.perf_counter() - wall, time.process_time() - processor, rows.num_rows)
"""

Seconds = tuple[float, float, int]


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


def fill(folder: Path, batches: range, rows: int) -> None:
    """Write the batches directly: adding them one by one would compare each with all before."""
    (folder / "batches").mkdir(parents=True, exist_ok=True)
    for batch in batches:
        some = [result(batch * rows + i, rows) for i in range(rows)]
        content = encoded(some, recorded_at=START + timedelta(hours=batch), source="benchmark")
        (folder / "batches" / f"{digest(content)}.parquet").write_bytes(content)


def in_a_process(act: str, place: Path, moment: datetime) -> Seconds:
    """Wall-clock and processor seconds of one reading, and the rows it gave."""
    command = [sys.executable, "-c", PROGRAM.format(act=act), str(place), moment.isoformat()]
    wall, processor, rows = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(wall), float(processor), int(rows)


def compared(state: str, store: Path, one: Path, moment: datetime, times: int) -> float:
    """Print each view beside the one file, read in turn; the largest ratio of processor times."""
    acts = {"one Parquet file": (PEER, one), **{view: (act, store) for view, act in VIEWS.items()}}
    runs: dict[str, list[Seconds]] = {name: [] for name in acts}
    for _ in range(times):
        for name, (act, place) in acts.items():
            runs[name].append(in_a_process(act, place, moment))
    best = {name: (min(run[0] for run in some), min(run[1] for run in some)) for name, some in runs.items()}
    wall, processor = best["one Parquet file"]
    print(state)
    for name, (seconds, used) in best.items():
        rows = runs[name][0][2]
        print(f"    {name:18}{rows:12,}{seconds:9.3f}{used:11.3f}{seconds / wall:8.2f}{used / processor:11.2f}")
    return max(used / processor for _, used in best.values())


def timed(what: str, start: float) -> None:
    print(f"{time.perf_counter() - start:9.1f} s  {what}")


def write_one(store: Path, one: Path) -> None:
    """Every recorded row in one plain Parquet file, as pyarrow writes it."""
    batches = Store(store, packed=False).batches()
    rows = [batch.rows for batch in batches if isinstance(batch, Batch)]
    pq.write_table(pa.concat_tables(rows, promote_options="default"), one)


def measured(folder: Path, chosen: argparse.Namespace) -> int:
    """The whole comparison in a folder."""
    store, one = folder / "store", folder / "one.parquet"
    half = START + timedelta(hours=chosen.batches // 2)
    if not store.exists():
        start = time.perf_counter()
        fill(store, range(chosen.batches), chosen.rows)
        timed(f"write {chosen.batches:,} batches of {chosen.rows} rows", start)
    write_one(store, one)
    print(f"{'':22}{'rows':>12}{'wall s':>9}{'processor':>11}{'ratio':>8}{'ratio':>11}")
    compared("before compacting", store, one, half, 1)
    start = time.perf_counter()
    size = compacted(store).size
    timed(f"compact: read, verify, pack ({size / 1e6:.0f} MB), compare", start)
    worst = compared("after compacting", store, one, half, chosen.times)
    fill(store, range(chosen.batches, chosen.batches + chosen.later), chosen.rows)
    write_one(store, one)
    compared(f"after {chosen.later} batches more", store, one, half, chosen.times)
    start = time.perf_counter()
    differing = verified(store).differing
    timed("compact --verify", start)
    print(f"worst ratio after compacting {worst:.2f}, bound {BOUND:g}; packs that say otherwise: {len(differing)}")
    return int(worst > BOUND or bool(differing))


def main() -> int:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--batches", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=100, help="rows in each batch")
    parser.add_argument("--later", type=int, default=100, help="batches that come after compacting")
    parser.add_argument("--times", type=int, default=5, help="readings of each")
    parser.add_argument("--folder", type=Path, help="work here and keep the store; one without packs is used again")
    chosen = parser.parse_args()
    if chosen.folder is not None:
        return measured(chosen.folder, chosen)
    with tempfile.TemporaryDirectory() as temporary:
        return measured(Path(temporary), chosen)


if __name__ == "__main__":
    sys.exit(main())
