"""From studies and their likelihoods to a ``Fit`` with tests and notes: one way for all models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from livereview import Array, Fit, HypothesisTest, Mask, Studies
from livereview_estimation import chi_squared, pooled, tau_squared, typical_variance
from livereview_estimation.packing import Index, rows
from livereview_glmm.estimation import Estimates, Starts, estimates
from livereview_glmm.layout import Block, blocks
from livereview_glmm.likelihoods import Likelihood, Own
from livereview_glmm.objective import NormalEffects, Objective
from livereview_glmm.options import CountOptions

SILENT = "studies that say nothing about the effect (no events, or only events, in both arms) have no weight"
MUTE = "no number: no study says anything about the effect (no events, or only events, in both arms)"
ENDLESS = "no number: in every study the counts lie at the same end, so that the likelihood rises without limit"
SCATTERED = "no number: every study lies at an end, some at one and some at the other; heterogeneity has no limit"
DAMPED = "likelihood: Newton steps had to be shortened"
SEARCHED = "likelihood: Newton steps did not settle; heterogeneity was searched by grid and golden section"
WIDE = "tau is above 2: see whether more points of the quadrature change the result"
LOST = "no number: the likelihood has no maximum with a curvature that could be found"
HOMOGENEOUS = "the likelihood is highest without heterogeneity"
LIKELIHOOD_RATIO, WALD = "likelihood ratio, heterogeneity", "Wald, heterogeneity"


@dataclass(frozen=True, kw_only=True)
class Model:
    """What a model of this package is made of, for K studies."""

    likelihoods: Sequence[Likelihood]
    """One per arm that has its own; arrays (K,)."""
    own: Own
    """What each study says alone about the effect."""
    saturated: Array
    """Log-likelihood of each study where its counts fit exactly."""
    coefficients: tuple[float, ...] = (1.0,)
    intercepts: Array | None = None
    """Where the search for the intercept of each study begins, for models that have them."""
    shared: int = 0
    """How many parameters all studies share besides mu and tau."""
    limited: bool = False
    """Whether tau has a limit where every study lies at an end, some at one and some at the other."""

    def objective(self, index: Index, here: Mask, points: int) -> Objective:
        """The likelihood of fits (n, K) of studies."""
        return NormalEffects(
            likelihoods=self.likelihoods, coefficients=self.coefficients, index=index, here=here, points=points
        )

    def starts(self, block: Block, mu: Array, tau: Array) -> Starts:
        """Where the search begins, from values of mu and tau (starts, n)."""
        own = None if self.intercepts is None else np.where(block.here, self.intercepts[block.index], 0.0)
        return Starts(mu=mu, tau=tau, intercepts=own, modes=np.zeros(block.here.shape))

    def heterogeneity(self, found: Estimates, told: Mask, usable: Mask) -> dict[str, tuple[Array, Array]]:
        """Statistic and degrees of freedom (n,) of the tests of one common effect against one for each study."""
        own = self.own
        ratio = np.where(usable, np.maximum(-2 * found.log_likelihood_common, 0.0), np.nan)
        inside = told & own.interior
        finite = pooled(np.where(own.interior, own.estimate, 0.0), np.where(own.interior, own.variance, 1.0), inside)
        wald = np.where(usable, finite.q, np.nan)
        return {
            LIKELIHOOD_RATIO: (ratio, told.sum(axis=-1) - 1.0),
            WALD: (wald, inside.sum(axis=-1) - 1.0),
        }

    def parameters(self, found: Estimates) -> dict[str, Array]:
        """Further estimates (n,), by name."""
        return {}


def fitted(studies: Studies, model: Model, options: CountOptions) -> Fit:
    """The fits of all masks; see ``estimation`` for how, and for what happens where there is no maximum."""
    heterogeneity = options.method == "ML"
    shape = studies.present.shape[:-1]
    effect, variance, present = rows(studies.effect, studies.variance, studies.present)
    own = model.own
    told = present & ~(own.low & own.high)
    low, high, inside = (np.asarray((told & at).any(axis=-1)) for at in (own.low, own.high, own.interior))
    mute = np.asarray(~told.any(axis=-1))
    endless = ~inside & ~(low & high) & ~mute
    scattered = ~inside & low & high & (heterogeneity and not model.limited)
    found = _all_estimates(
        effect, variance, told & ~(endless | scattered)[:, None], model, options.points, heterogeneity
    )
    usable = found.converged
    k = present.sum(axis=-1)
    notes = {
        MUTE: mute,
        SILENT: (present & own.low & own.high).any(axis=-1) & ~mute,
        ENDLESS: endless,
        SCATTERED: scattered,
        DAMPED: found.damped & usable & ~found.searched,
        SEARCHED: found.searched & usable,
        WIDE: usable & (found.tau > 2) & (options.points < 41),
        LOST: ~(usable | mute | endless | scattered),
        HOMOGENEOUS: usable & (found.tau == 0) & heterogeneity & (k > 1),
    }
    saturated = np.where(told, model.saturated, 0.0).sum(axis=-1)

    def numbers(values: Array) -> Array:
        return np.where(usable, values, np.nan).reshape(shape)

    total = found.information.sum(axis=-1, keepdims=True)
    weights = np.divide(found.information, total, out=np.zeros(present.shape), where=usable[:, None] & (total > 0))
    return Fit(
        estimate=numbers(found.mu),
        standard_error=numbers(found.standard_error),
        weights=weights.reshape(studies.present.shape),
        tau2=numbers(found.tau**2) if heterogeneity else None,
        df=np.where(k > 1, k - 1.0, np.inf).reshape(shape) if options.interval == "t" else None,
        converged=usable.reshape(shape),
        notes={note: where.reshape(shape) for note, where in notes.items() if where.any()},
        tests={
            name: HypothesisTest(**chi_squared(statistic.reshape(shape), df.reshape(shape))._asdict())
            for name, (statistic, df) in model.heterogeneity(found, told, usable).items()
        },
        parameters={
            "log-likelihood": numbers(found.log_likelihood + saturated),
            **{name: numbers(values) for name, values in model.parameters(found).items()},
        },
    )


def _all_estimates(
    effect: Array, variance: Array, told: Mask, model: Model, points: int, heterogeneity: bool
) -> Estimates:
    """The estimates of all fits (n, K), block by block; NaN, and not converged, for fits without a study."""
    n, size = told.shape
    empty = np.full(n, np.nan)
    all_fits = Estimates(
        mu=empty.copy(),
        standard_error=empty.copy(),
        tau=empty.copy(),
        log_likelihood=empty.copy(),
        log_likelihood_common=empty.copy(),
        information=np.zeros((n, size)),
        converged=np.zeros(n, dtype=bool),
        damped=np.zeros(n, dtype=bool),
        searched=np.zeros(n, dtype=bool),
        shared=np.full((n, model.shared), np.nan) if model.shared else None,
    )
    for block in blocks(told, points):
        objective = model.objective(block.index, block.here, points)
        found = estimates(objective, _starts(effect, variance, block, model), heterogeneity=heterogeneity)
        spread = np.zeros((block.fits.size, size))
        np.put_along_axis(spread, block.index, found.information, axis=-1)
        all_fits.put(block.fits, replace(found, information=spread))
    return all_fits


def _starts(effect: Array, variance: Array, block: Block, model: Model) -> Starts:
    """Inverse-variance means of the effects with tau² = 0 and with three sizes of it."""
    y = np.take_along_axis(effect[block.fits], block.index, axis=-1)
    v = np.take_along_axis(variance[block.fits], block.index, axis=-1)
    typical = typical_variance(v, block.here)
    typical = np.where(np.isfinite(typical), typical, pooled(y, v, block.here).variance)
    moment = tau_squared(y, v, block.here, "DL").value
    tau2 = np.stack(
        [
            np.zeros_like(typical),
            np.maximum(moment, 0.05 * typical),
            0.5 * typical,
            4 * np.maximum(moment, typical),
        ]
    )
    mu = np.stack([pooled(y, v, block.here, spread).mean for spread in tau2])
    return model.starts(block, mu, np.sqrt(tau2))
