"""Meta-regressions in one call and exact permutation tests of ten studies, beside metafor's rma and permutest.

Run: python benchmarks/regression.py [--fits 50000] [--loop 300] [--every-order]. Where Rscript or metafor is absent,
only our own figures are printed. Seconds are of the processor, the fastest of several runs of ours. Exit code 1 if a
fit did not converge, if the two programs disagree, or if the exact test is not 200 times faster.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from dataclasses import dataclass
from time import process_time

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core, like R

import numpy as np
import scipy
from metafor import ran

from livereview import Array
from livereview_estimation import MetaRegression, coefficient_tests, meta_regression
from livereview_regression.permutation import Permuted, permutation_test

#: Largest difference to metafor allowed, in standard errors (QE: relative); its tau² is iterated until it moves by less
#: than 1e-10.
AGREEMENT = 1e-6
STUDIES = 10
#: Least ratio of the exact permutation test.
FASTER = 200


@dataclass(frozen=True)
class Peer:
    """Seconds and results of metafor."""

    per_fit: float
    signs: float
    signs_p: float
    """With its own settings; flips for which rma did not converge are left out."""
    exact_p: float
    """With a tight stopping rule and more steps."""
    per_order: float
    version: str
    results: Array


def simulated(fits: int, seed: int) -> tuple[Array, Array, Array]:
    """Effects, variances and a moderator: log odds ratios of trials of 40 to 2,000 people, tau² from 0 to 0.5."""
    rng = np.random.default_rng(seed)
    shape = (fits, STUDIES)
    v = 16 / np.exp(rng.uniform(np.log(40), np.log(2000), shape))
    x = rng.uniform(0, 60, shape)
    tau2 = rng.choice([0.0, 0.02, 0.1, 0.5], (fits, 1))
    return rng.normal(0.3 - 0.01 * x, np.sqrt(v + tau2)), v, x


def line(x: Array) -> Array:
    """Intercept and moderator."""
    return np.stack([np.ones_like(x), x], axis=-1)


def timed_fits(y: Array, v: Array, x: Array, repeats: int = 3) -> tuple[float, MetaRegression]:
    """The fastest of several runs, in seconds: fit, standard errors, intervals and tests."""
    best = float("inf")
    for _ in range(repeats):
        started = process_time()
        fit = meta_regression(y, v, line(x), np.ones(y.shape, dtype=bool), "REML", "hartung-knapp")
        coefficient_tests(fit)
        best = min(best, process_time() - started)
    return best, fit


def timed_test(y: Array, v: Array, design: Array, repeats: int, draws: int = 0) -> tuple[float, Permuted]:
    """The fastest of several permutation tests, in seconds; ``draws``: that many random orders, 0 = all there are."""
    best = float("inf")
    exact = 0 if draws else 3_628_800
    for _ in range(repeats):
        started = process_time()
        found = permutation_test(y, v, design, "REML", draws=max(draws, 1), exact=exact)
        best = min(best, process_time() - started)
    return best, found


def metafor(y: Array, v: Array, x: Array) -> Peer | None:
    """metafor on these data sets in a loop, and its permutation tests of the first; None where it is not installed."""
    number = np.repeat(np.arange(len(y)), STUDIES)
    found = ran("regression.R", {"fit": number, "yi": y, "vi": v, "x": x}, {"yi": y[0], "vi": v[0], "x": x[0]})
    if found is None:
        return None
    printed, values = found
    per_fit, signs, signs_p, exact_p, per_order, version, major, minor = printed.split()
    seconds = (float(number) for number in (per_fit, signs, signs_p, exact_p, per_order))
    return Peer(*seconds, f"metafor {version}, R {major}.{minor}", values)


def disagreement(own: MetaRegression, other: Array) -> float:
    """Largest difference of coefficients and their standard errors, in our standard errors, and of QE, relative."""
    n = len(other)
    error = coefficient_tests(own).standard_error[:n]
    gaps = np.abs(np.hstack([own.coefficients[:n], error]) - other[:, :4]) / np.tile(error, 2)
    return float(max(np.nanmax(gaps), np.nanmax(np.abs(own.q[:n] / other[:, 4] - 1))))


def row(what: str, own: float, peer: float | None) -> str:
    """One line of the table, from seconds."""
    beside = f"{1e6 * peer:>14,.1f} {peer / own:>8,.0f}" if peer else f"{'-':>14} {'-':>8}"
    return f"{what:<54} {1e6 * own:>14,.1f} {beside}"


def main() -> int:
    """Print the table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=50_000, help="fits in one call")
    parser.add_argument("--loop", type=int, default=300, help="fits by metafor, one after another")
    parser.add_argument("--every-order", action="store_true", help="also all 3,628,800 orders of a moderator")
    arguments = parser.parse_args()
    print(
        f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}"
    )
    y, v, x = simulated(arguments.fits, seed=20)
    seconds, fit = timed_fits(y, v, x)
    signs, flipped = timed_test(y[0], v[0], np.ones((STUDIES, 1)), repeats=10)
    orders, drawn = timed_test(y[0], v[0], line(x[0]), repeats=3, draws=100_000)
    peer = metafor(y[: arguments.loop], v[: arguments.loop], x[: arguments.loop])
    print(f"{'microseconds':<54} {'livereview':>14} {'metafor':>14} {'ratio':>8}")
    print(row("a meta-regression of 10 studies, REML", seconds / arguments.fits, peer.per_fit if peer else None))
    print(row("exact permutation test of 10 studies, 1,024 sign flips", signs, peer.signs if peer else None))
    print(row("one order of a moderator", orders / drawn.arrangements, peer.per_order if peer else None))
    if arguments.every_order:
        every, found = timed_test(y[0], v[0], line(x[0]), repeats=1)
        whole = peer.per_order * found.arrangements if peer else None
        print(row("the same, all 3,628,800 orders (metafor extrapolated)", every, whole))
    lost = int((~fit.converged).sum())
    exit_code = lost > 0
    print(f"not converged: {lost} of {arguments.fits}")
    if peer:
        gap = disagreement(fit, peer.results)
        own_p = float(flipped.coefficients[0])
        same = own_p == peer.exact_p
        print(f"{peer.version}: largest difference {gap:.1e}")
        print(
            f"exact P {own_p}; metafor {peer.exact_p} with a tight stopping rule, {peer.signs_p} with its own settings"
        )
        exit_code |= gap > AGREEMENT or not same or peer.signs / signs < FASTER
    return int(exit_code)


if __name__ == "__main__":
    sys.exit(main())
