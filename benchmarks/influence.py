"""All subsets of the studies (GOSH), leave-one-out, cumulative and influence diagnostics, beside metafor in a loop.

Run: python benchmarks/influence.py [--reviews 2000] [--loop 20] [--studies 12]. Where Rscript or metafor is absent,
only our own figures are printed. Exit code 1 if the two programs disagree, or a ratio is below its aim.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import process_time

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core, like R
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from metafor import ran

from livereview import Array, Studies
from livereview.inference import derived, fitted
from livereview.subsets import cumulative
from livereview_estimation import diagnostics
from livereview_influence.model_refits import left_out, of_fits
from livereview_influence.subset_fits import Pooling, subset_fits
from livereview_influence.subsets import every_subset
from livereview_pooling import RANDOM_EFFECTS

#: Times metafor's speed, per subset or per review.
AIMS = {"gosh-EE": 50, "gosh-DL": 50, "gosh-REML": 500, "leave1out": 200, "cumul": 200, "influence": 200}
#: Largest difference of the roots of Cook's distances, which are in standard errors.
AGREEMENT = 1e-6


@dataclass(frozen=True)
class Peer:
    """metafor's times in seconds per call, and its Cook's distances."""

    version: str
    seconds: dict[str, float]
    cook: Array


def simulated(reviews: int, studies: int) -> tuple[Array, Array]:
    """Effects and variances (reviews, studies): log odds ratios of trials of 40 to 2,000 people, tau² from 0 to 0.5."""
    random = np.random.default_rng(21)
    v = 16 / np.exp(random.uniform(np.log(40), np.log(2000), (reviews, studies)))
    tau2 = random.choice([0.0, 0.02, 0.1, 0.5], (reviews, 1))
    return random.normal(0.3, np.sqrt(v + tau2)), v


def seconds(call: Callable[[], object], repeats: int = 3) -> float:
    """Of processor time, as for metafor; the fastest of several runs."""
    best = float("inf")
    for _ in range(repeats):
        started = process_time()
        call()
        best = min(best, process_time() - started)
    return best


def every(y: Array, v: Array, pooling: Pooling) -> None:
    """The results of every subset, block by block."""
    for _, masks in every_subset(y.size).blocks():
        subset_fits(y, v, masks, pooling)


def series(studies: Studies) -> None:
    """Model, interval, test and heterogeneity of every fit."""
    derived(studies, fitted(RANDOM_EFFECTS, studies, RANDOM_EFFECTS.options(interval="wald")), null=0.0)


def influence(studies: Studies) -> Array:
    """Every diagnostic; Cook's distances are returned."""
    options = RANDOM_EFFECTS.options()
    whole = fitted(RANDOM_EFFECTS, studies, options)
    without = fitted(RANDOM_EFFECTS, left_out(studies), options)
    return diagnostics(of_fits(studies, whole, without)).cooks_distance


def own_seconds(y: Array, v: Array) -> dict[str, float]:
    """Seconds per subset (of the first review) and per review (all in one call)."""
    n, k = y.shape
    size = every_subset(k).size
    names: dict[str, Pooling] = {"gosh-EE": "common-effect", "gosh-DL": "DL", "gosh-REML": "REML"}
    found = {name: seconds(partial(every, y[0], v[0], pooling)) / size for name, pooling in names.items()}
    studies = Studies(effect=y, variance=v, present=np.ones((n, k), dtype=bool))
    steps = np.broadcast_to(cumulative(range(k)), (n, k, k))
    growing = Studies(effect=y[:, None], variance=v[:, None], present=steps)
    found["leave1out"] = seconds(lambda: series(left_out(studies))) / n
    found["cumul"] = seconds(lambda: series(growing)) / n
    found["influence"] = seconds(lambda: influence(studies)) / n
    return found


def metafor(y: Array, v: Array) -> Peer | None:
    """metafor's times; None where it is not installed."""
    found = ran("influence.R", {"review": np.repeat(np.arange(y.shape[0]), y.shape[1]), "yi": y, "vi": v})
    if found is None:
        return None
    printed, cook = found
    first, *lines = printed.splitlines()
    version, r = first.split()
    times = {name: float(taken) / int(calls) for name, taken, calls, _ in map(str.split, lines)}
    return Peer(version=f"metafor {version}, R {r}", seconds=times, cook=np.atleast_2d(cook))


def main() -> int:
    """Print the table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=int, default=2000, help="reviews in one call")
    parser.add_argument("--loop", type=int, default=20, help="reviews by metafor, one after another")
    parser.add_argument("--studies", type=int, default=12, help="studies of each review")
    arguments = parser.parse_args()
    y, v = simulated(arguments.reviews, arguments.studies)
    own, peer = own_seconds(y, v), metafor(y[: arguments.loop], v[: arguments.loop])
    print(f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}")
    print(f"{arguments.reviews} reviews of {arguments.studies} studies in one call; subsets of the first")
    print(f"{'':>10} {'µs':>9} {'metafor µs':>11} {'ratio':>7} {'aim':>5}")
    short = False
    for name, taken in own.items():
        theirs = (
            f"{1e6 * peer.seconds[name]:>11.0f} {peer.seconds[name] / taken:>7.0f}" if peer else f"{'-':>11} {'-':>7}"
        )
        print(f"{name:>10} {1e6 * taken:>9.3f} {theirs} {AIMS[name]:>5}")
        short |= peer is not None and peer.seconds[name] / taken < AIMS[name]
    wrong = False
    if peer:
        cook = influence(Studies(effect=y[: arguments.loop], variance=v[: arguments.loop],
                                 present=np.ones((arguments.loop, arguments.studies), dtype=bool)))  # fmt: skip
        gap = float(np.nanmax(np.abs(np.sqrt(cook) - np.sqrt(peer.cook))))
        wrong = not gap <= AGREEMENT
        print(f"{peer.version}: {np.isnan(peer.cook).sum()} diagnostics missing; largest difference {gap:.1e} SE")
    largest()
    return int(short or wrong)


def largest() -> None:
    """The million subsets of 20 studies: time, and the most memory this program ever held."""
    y, v = simulated(1, 20)
    poolings: tuple[Pooling, ...] = ("common-effect", "DL", "REML")
    times = [seconds(partial(every, y[0], v[0], pooling), repeats=1) for pooling in poolings]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    shown = ", ".join(f"{name} {taken:.2f} s" for name, taken in zip(("EE", "DL", "REML"), times, strict=True))
    print(f"2^20 - 1 subsets of 20 studies: {shown}; at most {peak:.0f} MB in all")


if __name__ == "__main__":
    sys.exit(main())
