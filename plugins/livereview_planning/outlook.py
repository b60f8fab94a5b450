"""What the outcome will look like after further trials: chance of each conclusion, estimate, width of the interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from livereview import AnalysisRequest, Array, Mask
from livereview_planning.conclusions import Conclusion, Relation, Threshold, conclusion, exclusions, margins
from livereview_planning.predictive import Predictive, cube, interpolated
from livereview_planning.renewal import Renewed, renewed
from livereview_planning.roots import Index, roots

#: Points for several trials at once: 2 to this power.
SEVERAL = 10


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The outcome after further trials, seen from today."""

    chances: Mapping[Conclusion, float]
    """Probability of each conclusion; their sum is 1. Empty where the model has no result for some futures."""
    estimate: tuple[float, float, float]
    """Median and quartiles of the new estimate, analysis scale."""
    width: float
    """Expected width of the interval (see ``Renewed``); NaN where the mean does not exist."""
    median_width: float
    lost: float
    """Probability of futures for which the model has no result."""

    def moves(self, now: Conclusion) -> float:
        """Probability of another conclusion than ``now``; NaN where ``chances`` is empty."""
        return 1.0 - self.chances.get(now, 0.0) if self.chances else np.nan

    def chance(self, position: int, relation: Relation) -> float:
        """Probability of a relation to the threshold at a position."""
        found = [chance for key, chance in self.chances.items() if key[position] is relation]
        return float(sum(found)) if self.chances else np.nan

    def excludes(self, position: int) -> float:
        """Probability that the interval excludes the threshold at a position, on either side."""
        return self.chance(position, Relation.ABOVE) + self.chance(position, Relation.BELOW)


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """What is needed to look ahead: the outcome, what trials will show, what its conclusion hangs on."""

    request: AnalysisRequest
    predictive: Predictive
    thresholds: tuple[Threshold, ...]

    def alone(self, variances: Array) -> list[Outlook]:
        """After one further trial, for each of the variances (T,).

        The model is fitted at every node of the predictive distribution in one call. The effects at which a conclusion
        changes are then found (see ``roots``), and probabilities are differences of the predictive distribution there,
        so that they have no quadrature error. Means and quantiles are those of the nodes.
        """
        y, weight = self.predictive.nodes(variances)
        found = renewed(self.request, y[..., None], variances[:, None, None])
        margin = margins(found.low, found.high, self.thresholds)

        def anew(effects: Array, trial: Index, event: Index) -> Array:
            again = renewed(self.request, effects[:, None], variances[trial][:, None])
            return margins(again.low, again.high, self.thresholds)[np.arange(trial.size), event]

        trial, event, at = roots(y, margin, anew)
        reached = self.predictive.cdf(at, variances[trial])
        return [
            self._outlook(
                _at(found, i),
                weight[i],
                _chances(margin[i, 0] > 0, event[trial == i], reached[trial == i]),
                between=interpolated,
            )
            for i in range(variances.size)
        ]

    def together(self, variances: Array) -> Outlook:
        """After several further trials at once, of variances (m,): from 2^10 points of Sobol's sequence."""
        points = cube(variances.size + 2, SEVERAL)
        found = renewed(self.request, self.predictive.draws(variances, points), variances)
        share = np.full(len(points), 1 / len(points))
        chances: dict[Conclusion, float] = {}
        kinds, counts = np.unique(exclusions(found.low, found.high, self.thresholds), axis=0, return_counts=True)
        for kind, count in zip(kinds, counts, strict=True):
            chances[conclusion(kind)] = float(count / len(points))
        return self._outlook(found, share, chances)

    def _outlook(
        self,
        found: Renewed,
        weight: Array,
        chances: Mapping[Conclusion, float],
        between: Callable[[Array, Array], tuple[Array, Array]] | None = None,
    ) -> Outlook:
        known = np.isfinite(found.estimate) & ~np.isnan(found.width)
        lost = float(weight[~known].sum())
        share = np.where(known, weight, 0.0)
        refined = between or (lambda values, weights: (values, weights))
        middle, low, high = _quantiles(*refined(found.estimate, share), (0.5, 0.25, 0.75))
        usable = self.predictive.df > 1 and known.any() and np.isfinite(found.width[known]).all()
        return Outlook(
            chances={} if lost else dict(chances),
            estimate=(middle, low, high),
            width=float(found.width[known] @ share[known] / share.sum()) if usable else np.nan,
            median_width=_quantiles(*refined(found.width, share), (0.5,))[0],
            lost=lost,
        )


def _at(found: Renewed, i: int) -> Renewed:
    return Renewed(estimate=found.estimate[i], low=found.low[i], high=found.high[i], width=found.width[i])


def _chances(first: Mask, events: Index, reached: Array) -> dict[Conclusion, float]:
    """Probability of each conclusion, from what holds at the lowest effect (``first``) and the probabilities (C,) below
    the effects at which a side changes (``events``)."""
    state = first.copy()
    found: dict[Conclusion, float] = {}
    before = 0.0
    for position in np.argsort(reached, kind="stable"):
        here = conclusion(state)
        found[here] = found.get(here, 0.0) + float(reached[position]) - before
        before = float(reached[position])
        state[events[position]] = ~state[events[position]]
    here = conclusion(state)
    found[here] = found.get(here, 0.0) + 1.0 - before
    return found


def _quantiles(values: Array, weight: Array, levels: Sequence[float]) -> list[float]:
    """Quantiles of weighted values, (N,), linear between them; NaN without any."""
    kept = weight > 0
    if not kept.any():
        return [np.nan] * len(levels)
    order = np.argsort(values[kept], kind="stable")
    value, share = values[kept][order], weight[kept][order]
    below = np.cumsum(share) - share / 2
    return [float(np.interp(level, below / share.sum(), value)) for level in levels]
