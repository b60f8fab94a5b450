"""From studies with random intercepts to estimates: where to begin, tests of heterogeneity, variance of intercepts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from livereview import Array, Fit, Mask, Studies
from livereview_estimation.packing import Index
from livereview_glmm.estimation import Estimates, Starts
from livereview_glmm.layout import Block, blocks
from livereview_glmm.newton import maximum
from livereview_glmm.objective import Point
from livereview_glmm.options import CountOptions
from livereview_glmm.random_intercepts import OneEffectPerStudy, RandomIntercepts
from livereview_glmm.results import LIKELIHOOD_RATIO, WALD, WIDE, Model, fitted

COARSE = "tau is above 2: Laplace's approximation is coarse there"
#: A standard deviation of intercepts below this is 0: the likelihood is highest there.
NONE = 1e-6


@dataclass(frozen=True, kw_only=True)
class RandomModel(Model):
    """Two arms whose studies' intercepts are normal; ``intercepts`` says where the search for their mean begins."""

    shared: int = 2
    limited: bool = True

    def objective(self, index: Index, here: Mask, points: int) -> RandomIntercepts:
        return RandomIntercepts(likelihoods=self.likelihoods, coefficients=self.coefficients, index=index, here=here)

    def starts(self, block: Block, mu: Array, tau: Array) -> Starts:
        mean, spread = self._begin(block)
        return Starts(
            mu=mu,
            tau=tau,
            intercepts=None,
            modes=np.zeros((*block.here.shape, 2)),
            shared=np.stack([mean, spread], axis=-1),
        )

    def _begin(self, block: Block) -> tuple[Array, Array]:
        """Mean and standard deviation (n,) of the studies' own intercepts."""
        assert self.intercepts is not None
        own = np.where(block.here, self.intercepts[block.index], 0.0)
        k = block.here.sum(axis=-1)
        mean = own.sum(axis=-1) / k
        squares = np.where(block.here, (own - mean[:, None]) ** 2, 0.0).sum(axis=-1)
        return mean, np.maximum(np.sqrt(squares / k), 0.1)

    def heterogeneity(self, found: Estimates, told: Mask, usable: Mask) -> dict[str, tuple[Array, Array]]:
        """Of one effect against one for each study, the second arm's level being random; see ``OneEffectPerStudy``.

        Wald: with P the information on the studies' effects d, alpha and sigma being unknown, and m = 1'Pd / 1'P1, it
        is (d - m)'P(d - m), over studies whose first arm does not lie at an end; others add nothing.
        """
        finite = told & self.likelihoods[0].own().interior
        ratio, wald = np.full(usable.shape, np.nan), np.full(usable.shape, np.nan)
        rows = np.flatnonzero(usable)
        for block in blocks(told[rows], 1):
            mean, spread = self._begin(block)
            n, k = block.here.shape
            objective = OneEffectPerStudy(
                likelihoods=self.likelihoods, coefficients=self.coefficients, index=block.index, here=block.here
            )
            fits = rows[block.fits]
            start = Point(
                mu=mean - found.mu[fits] / 2,
                tau=spread,
                intercepts=np.repeat(found.mu[fits][:, None], k, axis=1),
                modes=np.zeros((n, k, 2)),
            )
            point, value, reached = maximum(objective, start)
            assert point.intercepts is not None
            assert value.own_curvature is not None
            assert value.own_crossed is not None
            crossed = value.own_crossed
            common = value.hessian + np.einsum("nki,nkj,nk->nij", crossed, crossed, 1 / value.own_curvature)
            counted = np.take_along_axis(finite[fits], block.index, axis=-1) & block.here
            crossed = np.where(counted[..., None], crossed, 0.0)
            own = np.where(counted, -value.own_curvature, 0.0)
            solved = np.full(crossed.shape, np.nan)
            fine = reached.converged & np.isfinite(common).all(axis=(1, 2)) & (np.linalg.det(common) > 0)
            solved[fine] = crossed[fine] @ np.linalg.inv(common[fine])
            effects = np.where(counted, point.intercepts, 0.0)

            def times(effects: Array, own: Array = own, crossed: Array = crossed, solved: Array = solved) -> Array:
                return np.asarray(own * effects + np.einsum("nki,nji,nj->nk", solved, crossed, effects))

            information = times(counted.astype(np.float64))
            with np.errstate(divide="ignore", invalid="ignore"):
                centre = (information * effects).sum(axis=-1) / information.sum(axis=-1)
            apart = np.where(counted, effects - centre[:, None], 0.0)
            gain = value.total - found.log_likelihood_common[fits]
            ratio[fits] = np.where(fine, np.maximum(2 * gain, 0.0), np.nan)
            wald[fits] = np.where(fine, np.maximum((apart * times(apart)).sum(axis=-1), 0.0), np.nan)
        return {LIKELIHOOD_RATIO: (ratio, told.sum(axis=-1) - 1.0), WALD: (wald, finite.sum(axis=-1) - 1.0)}

    def parameters(self, found: Estimates) -> dict[str, Array]:
        assert found.shared is not None
        sigma = np.abs(found.shared[:, 1])
        return {"sigma2": np.where(sigma < NONE, 0.0, sigma**2)}


def with_random_intercepts(studies: Studies, model: Model, options: CountOptions) -> Fit:
    """The fits of a model of two arms whose studies' intercepts are normal with mean alpha and variance sigma2.

    By maximum likelihood, each study's likelihood by Laplace's approximation in two dimensions (metafor's UM.RS; with
    ``"EE"`` in one, tau² being 0). Standard error of mu: observed information in mu, tau, alpha and sigma. sigma2 is 0
    exactly where the likelihood is highest there. Studies in which all or nobody had the event are left out, as with
    fixed intercepts, though here they would bear on alpha and sigma. ``fitted`` has the rest.
    """
    random = RandomModel(
        likelihoods=model.likelihoods,
        own=model.own,
        saturated=model.saturated,
        coefficients=model.coefficients,
        intercepts=model.intercepts,
    )
    fit = fitted(studies, random, options)
    return replace(fit, notes={COARSE if note == WIDE else note: where for note, where in fit.notes.items()})
