"""Regression test for asymmetry, trim and fill and a selection model, beside metafor's in a loop.

Run: python benchmarks/asymmetry.py [--reviews 500] [--loop 40] [--studies 20]. Where Rscript or metafor is absent, only
our own figures are printed. Exit code 1 if the two programs disagree.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core, like R
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from metafor import ran

from livereview import Array, Studies
from livereview_bias_adjustment.selection_functions import SelectionFunction
from livereview_bias_adjustment.selection_maximum import highest
from livereview_bias_adjustment.selection_model import SelectionOptions, selection_model
from livereview_bias_adjustment.trim_and_fill import FILLED, TrimAndFillOptions, trim_and_fill
from livereview_estimation import meta_regression

#: Largest differences allowed: z and estimate (metafor's REML stops early), and how far below metafor's the log
#: likelihood may be.
AGREEMENT = {"z of regtest": 1e-3, "filled studies": 0.0, "estimate of trimfill": 1e-8, "log likelihood": 1e-6}


@dataclass(frozen=True)
class Peer:
    """metafor's seconds per review, reviews that failed, and its results (reviews, 4)."""

    version: str
    seconds: dict[str, float]
    failed: dict[str, int]
    results: Array


def simulated(reviews: int, studies: int) -> Studies:
    """Effects of small studies drawn towards the right: log odds ratios of trials of 40 to 2,000 people."""
    random = np.random.default_rng(22)
    v = 16 / np.exp(random.uniform(np.log(40), np.log(2000), (reviews, studies)))
    y = random.normal(0.1 + 0.6 * np.sqrt(v), np.sqrt(v + 0.02))
    return Studies(effect=y, variance=v, present=np.ones(v.shape, dtype=bool))


def regression_z(studies: Studies) -> Array:
    """z of the slope on the standard error, REML."""
    error = np.sqrt(studies.variance)
    design = np.stack([np.ones_like(error), error], axis=-1)
    found = meta_regression(studies.effect, studies.variance, design, studies.present)
    return np.asarray(found.coefficients[:, 1] / np.sqrt(found.covariance[:, 1, 1]))


def seconds(call: Callable[[], object], repeats: int = 3) -> float:
    """The fastest of several runs."""
    best = float("inf")
    for _ in range(repeats):
        started = perf_counter()
        call()
        best = min(best, perf_counter() - started)
    return best


def metafor(studies: Studies) -> Peer | None:
    """metafor's times and results; None where it is not installed."""
    k = studies.effect.shape[1]
    review = np.repeat(np.arange(studies.effect.shape[0]), k)
    found = ran("asymmetry.R", {"review": review, "yi": studies.effect, "vi": studies.variance})
    if found is None:
        return None
    printed, values = found
    version, *lines = printed.strip().splitlines()
    parts = [line.split() for line in lines]
    return Peer(
        version="metafor {}, R {}".format(*version.split()),
        seconds={name: float(total) / int(count) for name, total, count, _ in parts},
        failed={name: int(failed) for name, *_, failed in parts},
        results=values,
    )


def disagreement(studies: Studies, peer: Peer) -> dict[str, float]:
    """Largest differences of what both programs give."""
    filled = trim_and_fill(studies, TrimAndFillOptions(tau2="DL"))
    function = SelectionFunction(shape="step", alternative="greater", steps=(0.025,))
    found = highest(studies.effect, studies.variance, studies.present, function)
    ours = np.where(found.unlimited, np.nan, found.value)
    z, k0, estimate, likelihood = peer.results.T
    return {
        "z of regtest": float(np.nanmax(np.abs(regression_z(studies) - z))),
        "filled studies": float(np.nanmax(np.abs(filled.parameters[FILLED] - k0))),
        "estimate of trimfill": float(np.nanmax(np.abs(filled.estimate - estimate))),
        "log likelihood": float(np.nanmax(likelihood - ours)),
    }


def main() -> int:
    """Print the table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=int, default=500, help="reviews in one call")
    parser.add_argument("--loop", type=int, default=40, help="reviews by metafor, one after another")
    parser.add_argument("--studies", type=int, default=20, help="studies of each review")
    arguments = parser.parse_args()
    studies = simulated(arguments.reviews, arguments.studies)
    calls: dict[str, Callable[[], object]] = {
        "regtest": lambda: regression_z(studies),
        "trimfill": lambda: trim_and_fill(studies, TrimAndFillOptions(tau2="DL")),
        "selmodel": lambda: selection_model(studies, SelectionOptions(alternative="greater")),
    }
    first = arguments.loop
    part = Studies(effect=studies.effect[:first], variance=studies.variance[:first], present=studies.present[:first])
    peer = metafor(part)
    print(f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}")
    print(f"{arguments.reviews} reviews of {arguments.studies} studies in one call")
    print(f"{'':>10} {'µs':>9} {'metafor µs':>11} {'ratio':>7} {'failed':>7}")
    for name, call in calls.items():
        own = 1e6 * seconds(call) / arguments.reviews
        other = 1e6 * peer.seconds[name] if peer else float("nan")
        failed = f"{peer.failed[name]:>7}" if peer else f"{'-':>7}"
        print(f"{name:>10} {own:>9.1f} {other:>11.0f} {other / own:>7.0f} {failed}")
    if peer is None:
        return 0
    gaps = disagreement(part, peer)
    print(f"{peer.version}; largest differences: " + ", ".join(f"{name} {gap:.1e}" for name, gap in gaps.items()))
    return int(any(gap > AGREEMENT[name] for name, gap in gaps.items()))


if __name__ == "__main__":
    sys.exit(main())
