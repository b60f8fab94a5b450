"""How long all figures of a review take to draw, beside the same plots drawn by metafor, each as a process of its own.

    python benchmarks/figures.py --runs 3

The review of blinatumomab in relapsed disease is analysed once (untimed); then a new Python process draws all figures
of its report to PNG with their CSV files, and a new R process draws with metafor those of them that it has, at the same
size and resolution: forest plots, funnel plots, leave-one-out and cumulative plots, Baujat and influence plots. GOSH is
left out, since its time there is that of a million fits. Seconds of processor time, the fastest run. Exits with 1 if
ours takes longer.
"""

from __future__ import annotations

import argparse
import os
import pickle
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from metafor import ran

import livereview
from livereview import Array, OutcomeResult, Report
from livereview_figures import Pictures, figures

REVIEW = Path(__file__).parents[1] / "reviews"
PEER = ("forest", "funnel", "leave-one-out", "cumulative", "baujat", "influence")
DPI = 200
PROGRAM = """
import pickle, sys
from pathlib import Path
from livereview import RenderRequest
from livereview_figures import Pictures, livereview_renderers
report = pickle.loads(Path(sys.argv[1]).read_bytes())
png = next(renderer for renderer in livereview_renderers() if renderer.name == "png")
for file in png.render(RenderRequest(report=report), Pictures(dpi=int(sys.argv[3]))):
    path = Path(sys.argv[2], file.path)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(file.content)
"""


def analysed(folder: Path) -> Report:
    """The report of the review, made in a copy."""
    for sheets in ("extractions", "published"):
        shutil.copytree(REVIEW / sheets, folder / sheets)
    review = livereview.load(shutil.copy(REVIEW / "blina_rr.toml", folder)).update()
    report = review.updated.report
    assert report is not None
    return report


def plots(report: Report) -> Iterator[tuple[str, float, float, OutcomeResult, list[int]]]:
    """Each figure that metafor has too: kind, width and height in inches, outcome, group of each estimable study."""
    outcomes = {outcome.id: outcome for outcome in report.outcomes}
    for figure in figures(report, Pictures()):
        if figure.kind in PEER and figure.outcome in outcomes:
            outcome = outcomes[figure.outcome]
            divided = figure.kind == "forest" and " by " in figure.title
            division = next((d for d in outcome.subgroups if divided and figure.title.endswith(f" by {d.title}")), None)
            found = {name: i for i, (_, _, names) in enumerate(division.groups if division else ()) for name in names}
            groups = [found.get(study.study_id, -1) for study in outcome.studies]
            yield figure.kind, figure.page.width / 72, figure.page.height / 72, outcome, groups


def table(report: Report) -> dict[str, Array]:
    """What the R script reads: a row per plot and study."""
    rows = [
        (number, PEER.index(kind), group, study.effect, study.variance, width, height)
        for number, (kind, width, height, outcome, groups) in enumerate(plots(report))
        for study, group in zip(outcome.studies, groups, strict=True)
        if np.isfinite(study.effect) and study.variance > 0
    ]
    names = ("plot", "kind", "group", "yi", "vi", "width", "height")
    return {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def seconds(call: Callable[[], object], runs: int) -> float:
    """Processor time of the processes that a call starts, the fastest of several."""
    times = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        call()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def main() -> int:
    """Print both times; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="folder for the pictures")
    parser.add_argument("--report", type=Path, help="a pickled report, to save its analysis")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        kept = arguments.keep or folder
        for name in ("own", "peer"):
            (kept / name).mkdir(parents=True, exist_ok=True)
        report = pickle.loads(arguments.report.read_bytes()) if arguments.report else analysed(folder)
        stored = folder / "report"
        stored.write_bytes(pickle.dumps(report))
        command = [sys.executable, "-c", PROGRAM, str(stored), str(kept / "own"), str(DPI)]
        # One core, as R has it.
        environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        own = seconds(lambda: subprocess.run(command, env=environment, check=True), arguments.runs)
        drawn = len(list((kept / "own").rglob("*.png")))
        data, answers = table(report), list[tuple[str, Array] | None]()
        ask = lambda: answers.append(ran("figures.R", data, arguments=(str(kept / "peer"), str(DPI))))  # noqa: E731
        peer = seconds(ask, arguments.runs)
    print(f"{platform.machine()}, Python {platform.python_version()}; seconds of processor time, {DPI} dots per inch")
    print(f"livereview: {drawn} figures with their CSV files in {own:.2f} s")
    if (answer := answers[-1]) is None:
        return 0
    version, r = answer[0].split()
    asked, made = int(np.unique(data["plot"]).size), int(answer[1])
    print(f"metafor {version}, R {r}: {made} of the {asked} that it has in {peer:.2f} s; ratio {peer / own:.2f}")
    return int(own > peer)


if __name__ == "__main__":
    sys.exit(main())
