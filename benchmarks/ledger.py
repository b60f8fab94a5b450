"""100,000 RIS records read, compared and stored by the whole program: seconds and memory of `livereview update`.

    python benchmarks/ledger.py [--records 100000]

The file is that of references.py (titles of 25 words in any order, which all look alike: harder than a real library).
Bound: 60 seconds on two cores and 1 GB until the records are stored; a second run must add nothing. The memory of the
whole command, which also makes the report, is printed beside it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from references import write

SECONDS, MEGABYTES = 60.0, 1000.0
MANIFEST = """
renderers = ["markdown"]

[review]
id = "large"
title = "A large search"
question = { population = "p", intervention = "i" }

[[sources]]
plugin = "references"
path = "embase.ris"
search = { source = "Embase", searched_on = "2026-11-01", query = "q" }

[[outcomes]]
id = "cr"
title = "Complete remission"
result = "cr"
measure = "PLO"
"""
#: Runs the command and says how much memory it took when the records were stored, and in all.
_RUN = """
import json, resource, sys
import livereview.standing as standing
def megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
ingested, stored = standing.ingested, [0.0]
def noted(*given):
    found = ingested(*given)
    stored[0] = megabytes()
    return found
standing.ingested = noted
from livereview.cli import main
code = main(["update", "--quiet", "large.toml"])
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"code": code, "stored": stored[0], "all": megabytes(), "processor": used.ru_utime + used.ru_stime}))
"""


def main() -> None:
    """Make the file, update twice, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    records = parser.parse_args().records
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        again = write(folder / "embase.ris", records)
        (folder / "large.toml").write_text(MANIFEST, encoding="utf-8")
        batches = []
        print("| run | wall s | processor s | MB until stored | MB in all |\n| --- | --- | --- | --- | --- |")
        for run in ("first", "again"):
            started = time.perf_counter()
            done = subprocess.run([sys.executable, "-c", _RUN], cwd=folder, capture_output=True, text=True, check=True)
            wall, took = time.perf_counter() - started, json.loads(done.stdout.splitlines()[-1])
            stored = f"{took['stored']:.0f}" if took["stored"] else "nothing to store"
            print(f"| {run} | {wall:.1f} | {took['processor']:.1f} | {stored} | {took['all']:.0f} |")
            batches.append(len(list((folder / "evidence" / "batches").iterdir())))
            if run == "first" and (wall > SECONDS or took["stored"] > MEGABYTES):
                print("above the bound")
        print(f"{records:,} records, {again:,} of them twice; batches after each run: {batches}")
        if batches != [1, 1]:
            raise SystemExit("the second run added something")


if __name__ == "__main__":
    main()
