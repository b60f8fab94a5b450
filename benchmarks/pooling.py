"""Random-effects fits (REML, Hartung-Knapp, prediction interval) in one call, beside metafor's rma in a loop.

Run: python benchmarks/pooling.py [--fits 100000] [--loop 500]. Where Rscript or metafor is absent, only our own figures
are printed. Exit code 1 if a fit did not converge, if the two programs disagree, or if a fit of ten studies is not
at least 1,000 times faster. Both are timed alike, so that other work on the machine favours neither: seconds of
processor time, the fastest of three runs.
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

from livereview import Array, Mask, Studies
from livereview.inference import Inference, derived, fitted
from livereview_pooling import RANDOM_EFFECTS

#: Largest difference to metafor allowed, in standard errors; its tau² is iterated until it moves by less than 1e-10.
AGREEMENT = 1e-6
#: Number of studies for which the ratio of the two programs is required, and the least ratio.
REQUIRED_K, REQUIRED_RATIO = "10", 1000
#: Runs of each program, of which the fastest counts; pooling.R is told.
REPEATS = 3


@dataclass(frozen=True)
class Timed:
    """One batch of fits and how long it took."""

    inference: Inference
    seconds: float
    not_converged: int

    @property
    def per_fit(self) -> float:
        """Microseconds."""
        return 1e6 * self.seconds / self.inference.k.size


def simulated(fits: int, sizes: tuple[int, int], seed: int) -> tuple[Array, Array, Mask]:
    """Effects, variances and masks: log odds ratios of trials of 40 to 2,000 people, tau² from 0 to 0.5."""
    rng = np.random.default_rng(seed)
    k = rng.integers(sizes[0], sizes[1] + 1, fits)
    present = np.arange(k.max()) < k[:, None]
    v = 16 / np.exp(rng.uniform(np.log(40), np.log(2000), present.shape))
    tau2 = rng.choice([0.0, 0.02, 0.1, 0.5], (fits, 1))
    return rng.normal(0.3, np.sqrt(v + tau2)), v, present


def timed(y: Array, v: Array, present: Mask) -> Timed:
    """The fastest of several runs: model, interval, test, heterogeneity and prediction interval."""
    options = RANDOM_EFFECTS.options()
    best = float("inf")
    for _ in range(REPEATS):
        started = process_time()
        studies = Studies(effect=y, variance=v, present=present)
        fit = fitted(RANDOM_EFFECTS, studies, options)
        inference = derived(studies, fit, prediction="model", null=0.0)
        best = min(best, process_time() - started)
    assert fit.converged is not None
    finite = fit.converged & np.isfinite(inference.estimate) & np.isfinite(inference.prediction_low)
    return Timed(inference=inference, seconds=best, not_converged=int((~finite).sum()))


def metafor(y: Array, v: Array, present: Mask) -> tuple[float, int, str, Array] | None:
    """Microseconds per fit, number failed, version, and results of metafor; None where it is not installed."""
    fit, _ = np.nonzero(present)
    found = ran("pooling.R", {"fit": fit, "yi": y[present], "vi": v[present]}, arguments=(str(REPEATS),))
    if found is None:
        return None
    printed, values = found
    seconds, failed, version, major, minor = printed.split()
    return 1e6 * float(seconds), int(failed), f"metafor {version}, R {major}.{minor}", values


def disagreement(own: Inference, other: Array) -> float:
    """Largest difference of the numbers that both report, in our standard errors, where metafor converged."""
    names = ("estimate", "standard_error", "prediction_low", "prediction_high")
    ours = np.column_stack([getattr(own, name)[: len(other)] for name in names])
    gaps = np.abs(ours - other) / own.standard_error[: len(other), None]
    return float(np.nanmax(gaps))


def main() -> int:
    """Print the table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=100_000, help="fits in one call")
    parser.add_argument("--loop", type=int, default=500, help="fits by metafor, one after another")
    arguments = parser.parse_args()
    print(
        f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}"
    )
    print(f"{'fits':>8} {'k':>7} {'seconds':>8} {'µs per fit':>11} {'not converged':>14} {'rma µs':>8} {'ratio':>7}")
    exit_code = 0
    for label, sizes in (("10", (10, 10)), ("12", (12, 12)), ("5-20", (5, 20))):
        y, v, present = simulated(arguments.fits, sizes, seed=20)
        own = timed(y, v, present)
        peer = metafor(y[: arguments.loop], v[: arguments.loop], present[: arguments.loop])
        ratio = f"{peer[0]:>8.0f} {peer[0] / own.per_fit:>7.0f}" if peer else f"{'-':>8} {'-':>7}"
        line = (
            f"{arguments.fits:>8} {label:>7} {own.seconds:>8.3f} {own.per_fit:>11.2f} {own.not_converged:>14} {ratio}"
        )
        print(line)
        if peer:
            gap = disagreement(own.inference, peer[3])
            print(f"         {peer[2]}: {peer[1]} of {arguments.loop} failed; largest difference {gap:.1e} SE")
            exit_code |= gap > AGREEMENT
            exit_code |= label == REQUIRED_K and peer[0] < REQUIRED_RATIO * own.per_fit
        exit_code |= own.not_converged > 0
    return int(exit_code)


if __name__ == "__main__":
    sys.exit(main())
