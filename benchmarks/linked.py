"""One study added to a store that feeds 1, 10, 100 and 1,000 reviews: what the update of the folder takes.

    python benchmarks/linked.py --sizes 1 10 100 1000

Every folder has the same store (500 trials in 250 settings) and so many manifests, each of which admits the trials of
three settings and writes its report as Markdown. Printed for each number of reviews, in seconds of processor time of
the whole command (median): an update with nothing to do, and the update after one trial was added that five of the
reviews admit (all, where there are fewer), with the number of reviews that it re-analysed; with the index, and with
--without-index also without it. Exits with 1 if another number is re-analysed than admits the trial, or if a thousand
reviews take more than three times as long as ten, of which the same five are affected.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("livereview"))
SETTINGS, TRIALS, TOUCHED = 250, 500, 5
LIMIT = 3.0
COLUMNS = {
    "studies": ("study_id", "label", "design", "setting", "year"),
    "reports": ("report_id", "study_id", "year", "kind"),
    "results": (
        "study_id", "report_id", "outcome", "population", "arm", "measure", "events", "n", "locator", "status",
    ),
}  # fmt: skip
MANIFEST = """renderers = ["markdown"]
[review]
id = "review-{number}"
title = "Review {number}"
[review.question]
population = "Adults"
intervention = "Drug"
[[sources]]
plugin = "sheets"
path = "extractions"
[[eligibility.filters]]
field = "setting"
in = [{settings}]
reason = "another setting"
[defaults]
experimental = ["drug"]
control = ["placebo"]
[[outcomes]]
id = "death"
title = "Death"
result = "death"
measure = "RR"
"""


def trial(number: int, setting: str, chance: random.Random) -> dict[str, list[dict[str, object]]]:
    """The rows of one invented trial with two arms."""
    name, year = f"trial-{number}", 1990 + number % 30
    arms = [
        {
            "study_id": name, "report_id": f"paper-{number}", "outcome": "death", "population": "ITT", "arm": arm,
            "measure": "count", "events": chance.randint(5, 40), "n": chance.randint(80, 120), "locator": "Table 2",
            "status": "verified",
        }
        for arm in ("drug", "placebo")
    ]  # fmt: skip
    return {
        "studies": [{"study_id": name, "label": f"Trial {number}", "design": "rct", "setting": setting, "year": year}],
        "reports": [{"report_id": f"paper-{number}", "study_id": name, "year": year, "kind": "primary"}],
        "results": arms,
    }


def add(folder: Path, tables: Iterable[Mapping[str, list[dict[str, object]]]]) -> None:
    """Write the rows of trials at the end of the sheets."""
    folder.mkdir(parents=True, exist_ok=True)
    found = list(tables)
    for name, columns in COLUMNS.items():
        path = folder / f"{name}.csv"
        new = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            if new:
                writer.writeheader()
            writer.writerows(row for tables_of_one in found for row in tables_of_one[name])


def reviews(root: Path, count: int) -> None:
    """Sheets and manifests: review i admits settings i, i+1 and i+2; the first five also the setting "new"."""
    chance = random.Random(1)
    add(root / "extractions", (trial(number, f"setting-{number % SETTINGS}", chance) for number in range(TRIALS)))
    for number in range(count):
        admitted = [f"setting-{(number + step) % SETTINGS}" for step in range(3)]
        admitted += ["new"] if number < TOUCHED else []
        settings = ", ".join(f'"{name}"' for name in admitted)
        (root / f"review-{number}.toml").write_text(MANIFEST.format(number=number, settings=settings))


def records(root: Path) -> int:
    """How many updates are recorded in a folder."""
    return sum(1 for _ in root.glob("history/*/*.json"))


def seconds(root: Path, cache: Path | None) -> float:
    """Processor time of an update of all reviews of a folder, with the index in ``cache``, or without one."""
    environment = {**os.environ, "LIVEREVIEW_CACHE": "off" if cache is None else str(cache)}
    start = _spent()
    subprocess.run([COMMAND, "update", "--quiet", str(root)], check=True, env=environment)
    return _spent() - start


def _spent() -> float:
    """Processor time of all processes that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(count: int, runs: int, index: bool) -> tuple[float, float, int]:
    """Time with nothing to do, time after a trial was added, both medians, and how many reviews were re-analysed."""
    with tempfile.TemporaryDirectory() as name:
        root, cache = Path(name) / "reviews", Path(name) / "cache" if index else None
        root.mkdir()
        reviews(root, count)
        seconds(root, cache)
        idle, touched, redone = [], [], set()
        for run in range(runs):
            seconds(root, cache)
            idle.append(seconds(root, cache))
            before = records(root)
            add(root / "extractions", [trial(TRIALS + run, "new", random.Random(run))])
            touched.append(seconds(root, cache))
            redone.add(records(root) - before)
        [number] = redone
    return statistics.median(idle), statistics.median(touched), number


def main() -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10, 100, 1000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--without-index", action="store_true", help="measure without the index as well")
    options = parser.parse_args()
    print(f"{'reviews':>8} {'index':>6} {'nothing to do':>14} {'one trial added':>16} {'re-analysed':>12}")
    wrong, times = False, {}
    for index in (True, False) if options.without_index else (True,):
        for count in options.sizes:
            idle, touched, number = measured(count, options.runs, index)
            wrong |= number != min(TOUCHED, count)
            if index:
                times[count] = touched
            print(f"{count:8} {'yes' if index else 'no':>6} {idle:14.2f} {touched:16.2f} {number:12}", flush=True)
    slow = {10, 1000} <= times.keys() and times[1000] > LIMIT * times[10]
    return int(wrong or slow)


if __name__ == "__main__":
    sys.exit(main())
