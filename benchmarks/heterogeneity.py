"""Intervals of tau² beside metafor's confint, and REML for many fits of one call beside PyMARE's vectorised fit.

Run: python benchmarks/heterogeneity.py [--fits 20000] [--loop 300] [--pymare PYTHON]. PYTHON is an interpreter that has
PyMARE, in an environment of its own. Where a peer is absent, only our own figures are printed. Exit code 1 if a limit
is not a number, the programs disagree, or a ratio misses its bound.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import get_args

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core, like R

import numpy as np
from metafor import ran
from pooling import simulated

from livereview import Array, Mask, Studies
from livereview.inference import fitted
from livereview_estimation import IntervalMethod, tau_squared_interval
from livereview_pooling import RANDOM_EFFECTS

HERE = Path(__file__).parent
#: Largest difference to metafor allowed, as a share of the upper limit and the median variance.
AGREEMENT = 1e-7
#: Least ratios of time per fit: metafor's confint, PyMARE's fit; most of fits of unequal to fits of equal size.
FASTER, FASTER_THAN_PYMARE, UNEQUAL = 200, 3.0, 1.5
#: Fits in one call beside PyMARE's.
TOGETHER = 1000


def fastest(run: Callable[[], object], repeats: int) -> float:
    """Seconds of the fastest of several runs."""
    best = float("inf")
    for _ in range(repeats):
        started = perf_counter()
        run()
        best = min(best, perf_counter() - started)
    return best


def metafor(y: Array, v: Array) -> tuple[float, str, Array] | None:
    """Microseconds per interval, version and limits of metafor; None where it is not installed."""
    found = ran("heterogeneity.R", {"fit": np.repeat(np.arange(len(y)), y.shape[1]), "yi": y, "vi": v})
    if found is None:
        return None
    printed, values = found
    seconds, version, major, minor = printed.split()
    return 1e6 * float(seconds), f"metafor {version}, R {major}.{minor}", values


def pymare(python: str, y: Array, v: Array) -> tuple[float, Array]:
    """Seconds of PyMARE's fit, and its tau²."""
    with tempfile.TemporaryDirectory() as folder:
        data, results = Path(folder, "data.npz"), Path(folder, "results.npz")
        np.savez(data, y=y, v=v)
        command = [python, str(HERE / "reml_pymare.py"), str(data), str(results)]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        return float(run.stdout), np.load(results)["tau2"]


def intervals(fits: int, loop: int) -> bool:
    """The table of intervals; whether something is wrong."""
    y, v, present = simulated(fits, (10, 10), seed=21)
    peer = metafor(y[:loop], v[:loop])
    wrong = False
    for method in get_args(IntervalMethod):
        slow = method.startswith("generalised")
        part = slice(0, max(fits // 20, 1) if slow else fits)
        found = tau_squared_interval(y[part], v[part], present[part], method)
        own = (y[part], v[part], present[part], method)
        each = 1e6 * fastest(partial(tau_squared_interval, *own), 2) / found.low.size
        ratio = f"{peer[0]:>11.0f} {peer[0] / each:>7.0f}" if peer and method == "q-profile" else f"{'-':>11} {'-':>7}"
        print(f"{method:>30} {found.low.size:>8} {each:>14.1f} {ratio}")
        wrong |= not (np.isfinite(found.low) & np.isfinite(found.high)).all()
        if peer and method == "q-profile":
            limits = np.column_stack([found.low, found.high])[:loop]
            gap = np.max(np.abs(limits - peer[2]) / (limits[:, 1:] + np.median(v)))
            print(f"{peer[1]}: largest difference {gap:.1e}")
            wrong |= bool(gap > AGREEMENT) or peer[0] / each < FASTER
    return wrong


def fits_of_one_call(python: str | None) -> bool:
    """Fits in one call: beside PyMARE's, and of unequal size beside equal size; whether the programs disagree."""
    options = RANDOM_EFFECTS.options()

    def run(y: Array, v: Array, present: Mask) -> Callable[[], object]:
        return lambda: fitted(RANDOM_EFFECTS, Studies(effect=y, variance=v, present=present), options)

    y, v, present = simulated(TOGETHER, (10, 10), seed=20)
    own = fastest(run(y, v, present), 50)
    print(f"REML with Hartung-Knapp, {TOGETHER} fits of 10 studies in one call: {1e3 * own:.2f} ms")
    wrong = False
    if python is not None:
        theirs, tau2 = pymare(python, y, v)
        found = fitted(RANDOM_EFFECTS, Studies(effect=y, variance=v, present=present), options).tau2
        assert found is not None
        gap = np.abs(found - tau2) / (found + np.median(v))
        print(f"PyMARE's REML fit of the same: {1e3 * theirs:.2f} ms, {theirs / own:.1f} times as long")
        print(f"tau² differs by more than 1e-3 of itself and the median variance in {int((gap > 1e-3).sum())} fits")
        wrong = bool(np.median(gap) > 1e-3) or theirs / own < FASTER_THAN_PYMARE
    costs = {sizes: fastest(run(*simulated(20_000, sizes, seed=22)), 5) for sizes in ((12, 12), (4, 20))}
    unequal = costs[4, 20] / costs[12, 12]
    print(f"20,000 fits of 4 to 20 studies cost {unequal:.2f} times as much as of 12")
    return wrong or unequal > UNEQUAL


def main() -> int:
    """Print the tables; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=20_000, help="intervals in one call")
    parser.add_argument("--loop", type=int, default=300, help="intervals by metafor, one after another")
    parser.add_argument("--pymare", metavar="PYTHON", help="interpreter that has PyMARE")
    arguments = parser.parse_args()
    print(f"{'interval, k = 10':>30} {'fits':>8} {'µs per interval':>15} {'metafor µs':>10} {'ratio':>7}")
    wrong = intervals(arguments.fits, arguments.loop)
    return int(wrong | fits_of_one_call(arguments.pymare))


if __name__ == "__main__":
    sys.exit(main())
