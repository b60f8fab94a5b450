"""Models for counts in one call, beside metafor's rma.glmm in a loop: PLO, UM.FS, CM.AL and CM.EL with 7 points.

Run: python benchmarks/counts.py [--fits 2000] [--loop 20]. Where Rscript or metafor is absent, only our own figures are
printed. Exit code 1 if a fit did not converge, or if the two programs disagree.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from time import process_time

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core, like R

import numpy as np
import scipy
from metafor import ran

from livereview import Array, EffectModel, Fit, Mask, Studies
from livereview.inference import fitted
from livereview_glmm import BINOMIAL_NORMAL, CONDITIONAL_LOGISTIC, UNCONDITIONAL_LOGISTIC
from livereview_measures import livereview_effect_measures

#: Largest difference of estimates allowed, in standard errors, in the median: metafor's carry the noise of optimisers.
AGREEMENT = 1e-3
MODELS: tuple[tuple[str, EffectModel, dict[str, str]], ...] = (
    ("PLO", BINOMIAL_NORMAL, {}),
    ("UM.FS", UNCONDITIONAL_LOGISTIC, {}),
    ("CM.AL", CONDITIONAL_LOGISTIC, {"likelihood": "approximate"}),
    ("CM.EL", CONDITIONAL_LOGISTIC, {}),
)


def simulated(model: EffectModel, pool: int, seed: int) -> Studies:
    """A pool of trials of 20 to 400 people with risks about 0.2 and a tau of 0.5, without a fit yet."""
    rng = np.random.default_rng(seed)
    n1, n2 = rng.integers(10, 200, (2, pool))
    risk, effect = rng.normal(-1.4, 0.5, pool), rng.normal(-0.3, 0.5, pool)
    first, second = (
        rng.binomial(n, 1 / (1 + np.exp(-risk - half))) for n, half in ((n1, effect / 2), (n2, -effect / 2))
    )
    columns = [first, n1] if model is BINOMIAL_NORMAL else [first, n1, second, n2]
    data = {name: column.astype(np.float64) for name, column in zip(model.needs, columns, strict=True)}
    (measure,) = (measure for measure in livereview_effect_measures() if measure.name == model.measures[0])
    found = measure.effects(data, measure.options())
    return Studies(
        effect=found.effect, variance=found.variance, present=np.isfinite(found.effect), data=data, measure=measure.name
    )


def chosen(studies: Studies, fits: int, k: int, seed: int) -> Mask:
    """Masks of k studies each, as in a bootstrap without repeats."""
    order = np.random.default_rng(seed).random((fits, studies.present.size)).argsort(axis=-1)
    return (order < k) & studies.present


def metafor(model: str, studies: Studies, masks: Mask) -> tuple[float, int, str, Array] | None:
    """Microseconds of processor time per fit, number failed, version, results; None where R or metafor is absent."""
    fit, study = np.nonzero(masks)
    columns = {name: column[study].astype(int) for name, column in studies.data.items()}
    found = ran("counts.R", {"fit": fit, **columns}, arguments=(studies.measure, model))
    if found is None:
        return None
    printed, values = found
    seconds, failed, version, major, minor = printed.split()
    return 1e6 * float(seconds), int(failed), f"metafor {version}, R {major}.{minor}", values


def timed(model: EffectModel, studies: Studies, options: dict[str, str]) -> tuple[Fit, float]:
    """The fits, and microseconds of processor time per fit."""
    started = process_time()
    fit = fitted(model, studies, model.options.model_validate(options))
    return fit, 1e6 * (process_time() - started) / len(studies.present)


def main() -> int:
    """Print the table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=2000, help="fits in one call")
    parser.add_argument("--loop", type=int, default=20, help="fits by metafor, one after another")
    parser.add_argument("--k", type=int, default=12, help="studies in each fit")
    arguments = parser.parse_args()
    print(
        f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}"
    )
    print(
        f"{'model':>6} {'fits':>6} {'k':>3} {'µs per fit':>11} {'not converged':>14} {'rma.glmm µs':>12} {'ratio':>7}"
    )
    exit_code = 0
    for name, model, options in MODELS:
        pool = simulated(model, 40, seed=5)
        masks = chosen(pool, arguments.fits, arguments.k, seed=6)
        studies = Studies(
            effect=pool.effect, variance=pool.variance, present=masks, data=pool.data, measure=pool.measure
        )
        fit, own = timed(model, studies, options)
        assert fit.converged is not None
        lost = int((~fit.converged).sum())
        peer = metafor(name, pool, masks[: arguments.loop])
        ratio = f"{peer[0]:>12.0f} {peer[0] / own:>7.0f}" if peer else f"{'-':>12} {'-':>7}"
        print(f"{name:>6} {arguments.fits:>6} {arguments.k:>3} {own:>11.0f} {lost:>14} {ratio}")
        exit_code |= lost > 0
        if peer:
            gaps = np.abs(fit.estimate[: arguments.loop] - peer[3][:, 0]) / fit.standard_error[: arguments.loop]
            print(f"       {peer[2]}: {peer[1]} of {arguments.loop} failed")
            if np.isfinite(gaps).any():
                typical, worst = np.nanmedian(gaps), np.nanmax(gaps)
                print(f"       difference of estimates {typical:.1e} SE, the largest {worst:.1e}")
                exit_code |= bool(typical > AGREEMENT)
    return int(exit_code)


if __name__ == "__main__":
    sys.exit(main())
