"""How long the commands take on the three reviews of blinatumomab, beside ``import pandas`` in the same run.

    python benchmarks/commands.py --runs 11

Prints, for a copy of the reviews in a temporary folder: the first update of each review with all figures (seconds,
once, and how many figures that made), and the median over interleaved runs of an update that has nothing to do, of
``check``, ``show`` and ``--help``, in seconds and as a multiple of ``python -c "import pandas"``. Exits with 1 if an
update takes more than 3 times that.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REVIEWS = Path(__file__).parents[1] / "reviews"
COMMAND = str(Path(sys.executable).with_name("livereview"))
BASE = "import pandas"
LIMIT = 3


def seconds(root: Path, command: list[str]) -> float:
    """Wall-clock time of a process that must succeed."""
    start = time.perf_counter()
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    return time.perf_counter() - start


def copied(to: Path) -> list[str]:
    """Copy manifests and sheets, without store, history and reports; the names of the manifests."""
    for sheets in ("extractions", "published"):
        shutil.copytree(REVIEWS / sheets, to / sheets)
    return [Path(shutil.copy(path, to)).name for path in sorted(REVIEWS.glob("*.toml"))]


def figures(root: Path, manifest: str) -> int:
    """How many figures the report of a review has."""
    return len(list((root / "reports" / Path(manifest).stem).rglob("*.png")))


def medians(root: Path, commands: dict[str, list[str]], runs: int) -> dict[str, float]:
    """The median time of each command; the runs are interleaved, so that all meet the same load."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(seconds(root, command))
    return {name: statistics.median(found) for name, found in times.items()}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=11)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        manifests = copied(root)
        print(f"{'first update, with all figures':42}{'seconds':>9}{'figures':>14}")
        for manifest in manifests:
            took = seconds(root, [COMMAND, "update", manifest])
            print(f"{manifest:42}{took:9.1f}{figures(root, manifest):14}")
        commands = {BASE: [sys.executable, "-c", BASE]}
        commands |= {f"update {manifest}, unchanged": [COMMAND, "update", manifest] for manifest in manifests}
        commands |= {name: [COMMAND, name, manifests[-1]] for name in ("check", "show")}
        commands["--help"] = [COMMAND, "--help"]
        found = medians(root, commands, runs)
    print(f"\n{f'median of {runs}':42}{'seconds':>9}{'times pandas':>14}")
    for name, median in found.items():
        print(f"{name:42}{median:9.3f}{median / found[BASE]:14.2f}")
    sys.exit(int(max(median for name, median in found.items() if name.startswith("update")) > LIMIT * found[BASE]))


if __name__ == "__main__":
    main()
