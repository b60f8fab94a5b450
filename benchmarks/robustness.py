"""Estimators of tau² on random and adversarial data: none may fail, and ML and REML must be the highest maximum.

Run: python benchmarks/robustness.py [--sets 100000] [--seed 1]. The peer is a dense scan of the textbook likelihood,
which shares no code with the estimators. Exit code 1 if any estimate is not a number, negative or not converged, if a
point of the scan is higher than the estimate, or if Paule-Mandel's equation does not hold.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import get_args

import numpy as np

from livereview import Array, Mask
from livereview_estimation import Estimator, QEstimator, tau_squared

ESTIMATORS: tuple[Estimator | QEstimator, ...] = (*get_args(Estimator), *get_args(QEstimator))
#: Points of the scan.
POINTS = 500
#: Difference of log likelihoods allowed, relative to their size: sums of up to 50 terms in double precision.
LIKELIHOOD = 1e-11
#: Data sets looked at together.
TOGETHER = 1000


def data_sets(count: int, seed: int) -> Iterator[tuple[str, Array, Array, Mask]]:
    """Effects, variances and masks by kind; k from 2 to 50, variances over up to 12 decades."""
    rng = np.random.default_rng(seed)
    kinds = ("normal", "heavy tails", "clusters", "huge effects", "near ties", "one precise", "equal variances")
    for start in range(0, count, TOGETHER):
        kind = kinds[start // TOGETHER % len(kinds)]
        n = min(TOGETHER, count - start)
        shape = (n, int(rng.choice([3, 6, 12, 50])))
        present = np.arange(shape[1]) < rng.integers(2, shape[1] + 1, (n, 1))
        decades = rng.choice([0.5, 2.0, 6.0, 12.0], (n, 1))
        v = 10 ** (rng.uniform(-0.5, 0.5, shape) * decades + rng.uniform(-6, 6, (n, 1)))
        if kind == "one precise":
            v[:, 0] *= 1e-12
        elif kind == "equal variances":
            v[:] = v[:, :1]
        size = np.sqrt(v)
        y = rng.normal(0, size)
        if kind == "normal":
            y += rng.normal(0, np.sqrt(np.median(v, axis=1, keepdims=True)) * 10 ** rng.uniform(-2, 2, (n, 1)), shape)
        elif kind == "heavy tails":
            y = rng.standard_t(1, shape) * size
        elif kind == "clusters":
            distance = 10 ** rng.uniform(-2, 2, (n, 3)) * np.sqrt(np.take_along_axis(v, rng.integers(0, 3, (n, 3)), 1))
            y = np.take_along_axis(distance, rng.integers(0, 3, shape), 1) + 0.1 * y
        elif kind == "huge effects":
            y += (
                rng.choice([-1.0, 0.0, 1.0], shape) * 10 ** rng.uniform(0, 6, (n, 1)) * np.sqrt(v.max(1, keepdims=True))
            )
        elif kind == "near ties":
            y = 10 ** rng.uniform(-9, 0, (n, 1)) * y + rng.normal(0, 1, (n, 1))
        yield kind, y, v, present


def log_likelihood(y: Array, v: Array, present: Mask, t: Array, restricted: bool) -> Array:
    """As in textbooks, with the mean profiled out; tau² ``t`` (n, points), effects (n, K), result (n, points)."""
    total = np.where(present, v, np.inf)[:, None] + t[..., None]
    w = 1 / total
    sums = w.sum(axis=-1)
    off = (
        np.where(present, y, 0.0)[:, None]
        - np.einsum("npk,nk->np", w, np.where(present, y, 0.0))[..., None] / sums[..., None]
    )
    logs = np.where(present[:, None], np.log(np.where(present[:, None], total, 1.0)), 0.0).sum(axis=-1)
    value = -(logs + np.einsum("npk,npk,npk->np", w, off, off)) / 2
    return np.asarray(value - np.log(sums) / 2 if restricted else value)


def missed(y: Array, v: Array, present: Mask, found: Array, restricted: bool) -> Mask:
    """Whether a point of a dense scan, 0 included, is higher than the estimate."""
    # From the effect of the most precise study, so that the scan itself does not lose digits.
    rows = np.arange(len(y))
    precise = np.where(present, v, np.inf).argmin(axis=-1)
    y = y - y[rows, precise][:, None]
    least, most = v[rows, precise], np.where(present, v, 0.0).max(axis=-1)
    top = 2 * np.where(present, np.abs(y), 0.0).max(axis=-1) ** 2 + most
    scan = np.concatenate([np.zeros((len(y), 1)), np.geomspace(1e-3 * least, top, POINTS, axis=-1)], axis=-1)
    highest = log_likelihood(y, v, present, scan, restricted).max(axis=-1)
    own = log_likelihood(y, v, present, found[:, None], restricted)[:, 0]
    return np.asarray(~(highest - own <= LIKELIHOOD * np.maximum(np.abs(highest), 1)))


def unsolved(y: Array, v: Array, present: Mask, found: Array) -> Mask:
    """Whether Paule-Mandel's estimate leaves Q away from k - 1, or is 0 where Q is above it."""
    rows = np.arange(len(y))
    y = y - y[rows, np.where(present, v, np.inf).argmin(axis=-1)][:, None]
    y, v = np.where(present, y, 0.0), np.where(present, v, np.inf)
    w = 1 / (v + found[:, None])
    mean = (w * y).sum(axis=-1, keepdims=True) / w.sum(axis=-1, keepdims=True)
    excess = (w * (y - mean) ** 2).sum(axis=-1) / (present.sum(axis=-1) - 1) - 1
    return np.asarray(np.where(found > 0, np.abs(excess) > 1e-6, excess > 1e-9))


def main() -> int:
    """Print the table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=100_000, help="data sets")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    failed = dict.fromkeys(ESTIMATORS, 0)
    wrong = dict.fromkeys(ESTIMATORS, 0)
    seconds = dict.fromkeys(ESTIMATORS, 0.0)
    bisected = several = 0
    for kind, y, v, present in data_sets(arguments.sets, arguments.seed):
        for estimator in ESTIMATORS:
            started = perf_counter()
            found = tau_squared(y, v, present, estimator)
            seconds[estimator] += perf_counter() - started
            bad = ~(found.converged & np.isfinite(found.value) & (found.value >= 0))
            bisected += int(found.bisected.sum())
            off = np.zeros(len(y), dtype=bool)
            if estimator in ("ML", "REML"):
                several += int(found.several_maxima.sum())
                off = missed(y, v, present, found.value, restricted=estimator == "REML")
            elif estimator == "PM":
                off = unsolved(y, v, present, found.value)
            failed[estimator] += int(bad.sum())
            wrong[estimator] += int(off.sum())
            if bad.any() or off.any():
                print(f"{kind}, {estimator}: {int(bad.sum())} failed, {int(off.sum())} wrong", file=sys.stderr)
    print(f"{arguments.sets} data sets, seed {arguments.seed}")
    print(f"{'estimator':>10} {'failed':>8} {'wrong':>8} {'µs per fit':>11}")
    for estimator in ESTIMATORS:
        checked = f"{wrong[estimator]:>8}" if estimator in ("ML", "REML", "PM") else f"{'-':>8}"
        print(f"{estimator:>10} {failed[estimator]:>8} {checked} {1e6 * seconds[estimator] / arguments.sets:>11.1f}")
    print(f"more than one maximum: {several} of {2 * arguments.sets}; left to bisection: {bisected}")
    return int(any(failed.values()) or any(wrong.values()))


if __name__ == "__main__":
    sys.exit(main())
