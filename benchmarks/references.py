"""100,000 RIS records: from the bytes of the file to rows of the ledger. Seconds and memory of a process of its own.

    python benchmarks/references.py [--records 100000] [--keep FOLDER]

Each record has authors, an abstract of about 1,250 characters and what databases add; one in fifty stands there twice.
Bound: 12 seconds of processor time, 300 MB above what the process takes before it reads; not one record lost.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

SECONDS, MEGABYTES = 12.0, 300.0
_WORDS = """
acute lymphoblastic leukemia relapsed refractory adults children randomized trial survival remission response dose
safety adverse events minimal residual disease chemotherapy antibody infusion cohort median follow-up patients
""".split()  # noqa: SIM905


def write(path: Path, records: int) -> int:
    """A file of that many records; how many of them stand there a second time."""
    random.seed(5)
    again = 0
    with path.open("w", encoding="utf-8") as file:
        before = ""
        for number in range(records):
            if number % 50 == 49:
                file.write(before)
                again += 1
                continue
            before = _record(number)
            file.write(before)
    return again


def _record(number: int) -> str:
    words = random.choices(_WORDS, k=140)
    authors = "".join(f"AU  - Author{random.randrange(9999)}, {random.choice('ABCDEF')}.\n" for _ in range(6))
    registered = f" Registered as NCT{number % 10**8:08d}." if number % 10 == 0 else ""
    return (
        f"TY  - JOUR\nAU  - Müller, {number}\n{authors}TI  - {' '.join(words[:14])} number {number}\n"
        f"T2  - Journal of Trials\nVL  - {number % 60}\nIS  - {number % 12}\nSP  - {number % 900}\n"
        f"EP  - {number % 900 + 9}\nPY  - {1990 + number % 36}\nDO  - 10.1000/trial.{number}\n"
        f"AN  - L{number:09d}\nDB  - Embase\n"
        f"UR  - https://example.org/record?id=L{number:09d}\nKW  - leukemia\nKW  - antibody\nKW  - survival\n"
        f"AB  - {' '.join(words)}.{registered}\nER  - \n\n"
    )


def read(path: Path) -> None:
    """Read the file and print records, seconds of processor time, and megabytes at the peak and before."""
    from livereview import FetchRequest
    from livereview_references import ReferenceOptions, fetch

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    search = {"source": "Embase", "searched_on": "2026-01-01"}
    options = ReferenceOptions.model_validate({"path": path.name, "search": search})
    begun = time.process_time()
    fetched = fetch(FetchRequest(folder=path.parent, tables=(), review="r", today=date(2026, 6, 1)), options)
    seconds = time.process_time() - begun
    rows = sum(len(table.rows) for table in fetched.tables if table.table == "records")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(rows, seconds, peak / 1024, before / 1024)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="folder in which the file stays")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read:
        read(given.read)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        path = (given.keep or Path(scratch)) / "records.ris"
        again = write(path, given.records)
        command = [sys.executable, __file__, "--read", str(path)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        size = path.stat().st_size / 1e6
    rows, seconds, peak, before = int(told[0]), float(told[1]), float(told[2]), float(told[3])
    lost = given.records - again - rows
    print(f"{given.records:,} records, {size:.0f} MB: {rows:,} brought, {again:,} stood there again, {lost} lost")
    print(f"{seconds:.1f} s of processor time; {peak:.0f} MB at the peak, {peak - before:.0f} MB of them for reading")
    return int(lost != 0 or seconds > SECONDS or peak - before > MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
