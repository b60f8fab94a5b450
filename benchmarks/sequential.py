"""Looking after every trial: how often an effect is claimed where there is none, and how often an interval holds the
truth at all looks together.

Run: python benchmarks/sequential.py [--reviews 10000] [--trials 20]. Simulated reviews of trials of 40 to 2,000 people,
looked at after every trial; the same seed gives the same figures. Exits with 1 where a method that promises an error of
at most 5% over all looks exceeds it by more than three Monte Carlo standard errors, or where the usual test does not.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from time import perf_counter

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from livereview import Array, Mask
from livereview_sequential.boundaries import efficacy
from livereview_sequential.e_process import EProcess
from livereview_sequential.spending import Spending, spent

SEED = 2026
ALPHA = 0.05
NAIVE = 1.959963984540054
#: Log odds ratios: the one that the alternatives expect, and the true one where there is an effect.
SOUGHT, TRUTH = -0.3, -0.15
TAU2 = 0.05
USUAL = "usual test, 1.96"
Found = tuple[float, list[float]]
"""Monte Carlo error, and shares by look, in percent."""
E_PROCESSES = {
    "e-value, mixture": EProcess(effect=SOUGHT, alternative="mixture", sided=2),
    "e-value, mixture, one-sided": EProcess(effect=SOUGHT, alternative="mixture", sided=1),
    "e-value, point": EProcess(effect=SOUGHT, alternative="point", sided=2),
    "e-value, point, one-sided": EProcess(effect=SOUGHT, alternative="point", sided=1),
}
SPENDING: dict[str, Spending] = {"O'Brien-Fleming-type": "obrien-fleming", "Pocock-type": "pocock"}


@dataclass(frozen=True)
class Reviews:
    """Simulated reviews: sums (N, K) over the trials so far of (y - null)/v and of 1/v."""

    score: Array
    information: Array

    @property
    def z(self) -> Array:
        return self.score / np.sqrt(self.information)


def simulated(reviews: int, trials: int, truth: float, tau2: float, *, alike: bool = False) -> tuple[Array, Array]:
    """Log odds ratios about ``truth`` with their variances; ``alike``: all reviews have trials of the same sizes."""
    random = np.random.default_rng([SEED, trials, int(1000 * abs(truth)), int(1000 * tau2), alike])
    people = np.exp(random.uniform(np.log(40), np.log(2000), (1 if alike else reviews, trials)))
    variance = np.broadcast_to(16 / people, (reviews, trials))
    return random.normal(truth, np.sqrt(variance + tau2)), variance


def summed(effect: Array, variance: Array, about: float = 0.0) -> Reviews:
    """The trials so far, about an effect."""
    return Reviews(np.cumsum((effect - about) / variance, axis=1), np.cumsum(1 / variance, axis=1))


def ever(crossed: Mask) -> Found:
    """Monte Carlo error at the last look, and how many reviews have crossed by looks 1, 2, 5 and the last, in %."""
    share = np.logical_or.accumulate(crossed, axis=1).mean(axis=0)
    last = float(share[-1])
    error = float(np.sqrt(last * (1 - last) / crossed.shape[0]))
    return 100 * error, [100 * float(share[i]) for i in (0, 1, 4, -1)]


def claims(reviews: int, trials: int, truth: float) -> dict[str, Found]:
    """Each method's claims of an effect. Spending boundaries depend on the sizes of trials: there they are alike."""
    data = summed(*simulated(reviews, trials, truth, 0.0))
    alike = summed(*simulated(reviews, trials, truth, 0.0, alike=True))
    found = {USUAL: ever(np.abs(data.z) >= NAIVE)}
    share = alike.information[0] / alike.information[0, -1]
    for name, function in SPENDING.items():
        found[name] = ever(np.abs(alike.z) >= efficacy(share, spent(function, ALPHA / 2, share)))
    for name, process in E_PROCESSES.items():
        found[name] = ever(process.log_e(data.score, data.information) >= -np.log(ALPHA))
    return found


def coverage(reviews: int, trials: int, truth: float) -> dict[str, Found]:
    """How often the interval held the truth at all looks up to each."""
    about = summed(*simulated(reviews, trials, truth, 0.0), truth)
    missed = {"usual interval": np.abs(about.z) > NAIVE}
    for name in ("e-value, mixture", "e-value, point"):
        log_e = E_PROCESSES[name].log_e(about.score, about.information)
        missed[f"confidence sequence, {name}"] = log_e >= -np.log(ALPHA)
    found = {name: ever(where) for name, where in missed.items()}
    return {name: (error, [100 - one for one in by]) for name, (error, by) in found.items()}


def differing(reviews: int, trials: int, tau2: float) -> dict[str, Found]:
    """Heterogeneity about a mean of no effect: e-values that allow for it beforehand, and one that does not."""
    effect, variance = simulated(reviews, trials, 0.0, tau2)
    found = {USUAL: ever(np.abs(summed(effect, variance).z) >= NAIVE)}
    process = E_PROCESSES["e-value, mixture"]
    for stated in (0.0, tau2, 2 * tau2):
        data = summed(effect, variance + stated)
        told = f"e-value, τ² {stated:g} stated" if stated else "e-value, no τ²"
        found[told] = ever(process.log_e(data.score, data.information) >= -np.log(ALPHA))
    return found


def show(title: str, rows: dict[str, Found], trials: int) -> None:
    """One table."""
    print(f"\n{title}")
    print(f"{'':40}{'look 1':>8}{'2':>8}{'5':>8}{trials:>8}{'error':>8}")
    for name, (error, by) in rows.items():
        print(f"{name:40}" + "".join(f"{one:8.2f}" for one in by) + f"{error:8.2f}")


def beyond(null: dict[str, Found], held: dict[str, Found], mixed: dict[str, Found]) -> list[str]:
    """Which methods miss their bound by more than three Monte Carlo errors."""
    promised = {name: found for name, found in (null | mixed).items() if name not in (USUAL, "e-value, no τ²")}
    wrong = [name for name, (error, by) in promised.items() if by[-1] > 100 * ALPHA + 3 * error]
    sequences = {name: found for name, found in held.items() if name != "usual interval"}
    wrong += [name for name, (error, by) in sequences.items() if by[-1] < 100 * (1 - ALPHA) - 3 * error]
    return wrong if null[USUAL][1][-1] > 100 * ALPHA else [*wrong, "the usual test, which should exceed 5%"]


def main() -> int:
    """Simulate, print; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=int, default=10_000)
    parser.add_argument("--trials", type=int, default=20)
    arguments = parser.parse_args()
    size, started = (arguments.reviews, arguments.trials), perf_counter()
    null, held, mixed = claims(*size, 0.0), coverage(*size, TRUTH), differing(*size, TAU2)
    show(f"{arguments.reviews:,} reviews without an effect: an effect claimed by look, %", null, size[1])
    show(f"A log odds ratio of {TRUTH:g}, half of what is sought: an effect claimed, %", claims(*size, TRUTH), size[1])
    show("The same: the truth held at all looks so far, %", held, size[1])
    show(f"Effects differ (τ² {TAU2:g}) about a mean of none: an effect claimed, %", mixed, size[1])
    print(f"\n{perf_counter() - started:.0f} s", file=sys.stderr)
    wrong = beyond(null, held, mixed)
    if wrong:
        print(f"outside its bound: {', '.join(wrong)}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
