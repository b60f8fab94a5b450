"""What a trial to come will show, given what is known: the predictive distribution of its effect, and quadrature."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from livereview import AnalysisRequest, Array, Fit, PluginError

#: Standard normal range of every rule; 2e-9 of the probability lies beyond.
REACH = 6.0
PANELS, POINTS = 32, 5
FINE = 2401


@lru_cache
def rule() -> tuple[Array, Array]:
    """Nodes and weights, (N,), for expectations over a standard normal: Gauss-Legendre of 5 points in each of 32 panels
    of -6 to 6, since what is averaged has kinks where tau² leaves 0. The weights sum to 1."""
    inner, weight = np.polynomial.legendre.leggauss(POINTS)
    edges = np.linspace(-REACH, REACH, PANELS + 1)
    half = np.diff(edges)[:, None] / 2
    z = (edges[:-1, None] + half * (1 + inner)).ravel()
    density = (half * weight).ravel() * np.exp(-(z**2) / 2)
    return z, density / density.sum()


def interpolated(values: Array, weight: Array) -> tuple[Array, Array]:
    """Values at the nodes and their weights, (N,), as values at 2,401 places between and their weights: linear in the
    standard normal, for quantiles. Nodes of weight 0 have no value."""
    z, own = rule()
    fine = np.linspace(-REACH, REACH, FINE)
    known = weight > 0
    if not known.any():
        return values, weight
    density = np.interp(fine, z, weight / own) * np.exp(-(fine**2) / 2)
    return np.interp(fine, z[known], values[known]), density / density.sum()


@dataclass(frozen=True, kw_only=True)
class Predictive:
    """The effect that a trial to come will estimate, seen from today.

    y = centre + sqrt(g (standard_error² + tau²) + v) Z, with v the trial's own variance, Z standard normal, and
    g = df / chi²(df), so that the true effect of the trial has the t distribution of the prediction interval (g = 1
    where df is inf). Higgins, Thompson and Spiegelhalter 2009, 10.1111/j.1467-985X.2008.00552.x; Sutton et al. 2007,
    10.1002/sim.2704.
    """

    centre: float
    standard_error: float
    tau2: float
    df: float

    def scales(self) -> tuple[Array, Array]:
        """Nodes of g and their weights, (M,)."""
        from scipy.special import gammaincinv, ndtr

        if np.isinf(self.df):
            return np.ones(1), np.ones(1)
        z, weight = rule()
        return self.df / (2 * gammaincinv(self.df / 2, ndtr(z))), weight

    def cdf(self, y: Array, own: Array) -> Array:
        """P(effect below y) of trials with the variances ``own``; both of one shape, or broadcast."""
        from scipy.special import ndtr

        g, weight = self.scales()
        y, own = np.broadcast_arrays(np.asarray(y, dtype=np.float64), np.asarray(own, dtype=np.float64))
        return np.asarray(ndtr((y - self.centre)[..., None] / self._spread(g, own)) @ weight)

    def nodes(self, own: Array) -> tuple[Array, Array]:
        """Effects in ascending order and their weights, (T, N), for expectations about trials of variances ``own``.

        ``own`` has shape (T,). The nodes are quantiles of a t distribution of the whole variance, whose tails are those
        of the mixture or heavier; the weights carry the ratio of the densities.
        """
        from scipy.special import ndtr, stdtrit

        z, weight = rule()
        total = np.sqrt(self.standard_error**2 + self.tau2 + own)[:, None]
        if np.isinf(self.df):
            return self.centre + total * z, np.broadcast_to(weight, (own.size, z.size))
        lower = ndtr(-np.abs(z))  # the small tail, where nothing cancels
        quantile = -np.sign(z) * stdtrit(self.df, lower)
        g, mixing = self.scales()
        y = total * quantile
        spread = self._spread(g, own)[:, None, :]
        density = (np.exp(-((y[..., None] / spread) ** 2) / 2) / spread) @ mixing / np.sqrt(2 * np.pi)
        ratio = density * total / _t_density(quantile, self.df)
        found = weight * ratio
        return self.centre + y, found / found.sum(axis=-1, keepdims=True)

    def draws(self, own: Array, points: Array) -> Array:
        """Effects of m trials at once, (P, m), at points of the unit cube, (P, m + 2): g from the first coordinate, the
        rest from m + 1 standard normals, of which one is common to all trials (where the mean lies).

        The normals are reflected so that the first of them, whose points are spread most evenly, is the direction in
        which the weighted mean of the trials moves (Imai and Tan 2006, J Comput Finance 10:129); their law is the same.
        """
        from scipy.special import gammaincinv, ndtri

        g = np.ones(len(points)) if np.isinf(self.df) else self.df / (2 * gammaincinv(self.df / 2, points[:, 0]))
        total = self.tau2 + own
        direction = np.concatenate([[self.standard_error * (1 / total).sum()], 1 / np.sqrt(total)])
        z = _reflected(ndtri(points[:, 1:]), direction)
        mean = self.centre + np.sqrt(g) * self.standard_error * z[:, 0]
        return np.asarray(mean[:, None] + np.sqrt(g[:, None] * self.tau2 + own) * z[:, 1:])

    def _spread(self, g: Array, own: Array) -> Array:
        return np.asarray(np.sqrt(g * (self.standard_error**2 + self.tau2) + own[..., None]))


def _reflected(z: Array, direction: Array) -> Array:
    """Points, (P, D), reflected so that their first axis becomes a direction, (D,)."""
    mirror = direction / np.linalg.norm(direction)
    mirror[0] -= 1.0
    size = mirror @ mirror
    return z if size == 0 else z - 2 / size * np.outer(z @ mirror, mirror)


def _t_density(x: Array, df: float) -> Array:
    from scipy.special import gammaln

    log = gammaln((df + 1) / 2) - gammaln(df / 2) - np.log(df * np.pi) / 2 - (df + 1) / 2 * np.log1p(x**2 / df)
    return np.asarray(np.exp(log))


def predictive(request: AnalysisRequest, fit: Fit, tau2: float | None) -> Predictive:
    """The distribution from the outcome's fit, ``tau2`` in place of the estimate where it is given.

    Degrees of freedom are those of the outcome's prediction interval where the model has a tau², else those of its own
    interval; at least 1, and inf for one study, of which none are known. PluginError where the model has no estimate.
    """
    k = int(request.studies.present.sum())
    if not (np.isfinite(fit.estimate) and np.isfinite(fit.standard_error)):
        raise PluginError(f"the model {request.model} has no estimate with a standard error; choose another model")
    own = np.inf if fit.df is None or not fit.df > 0 else float(fit.df)
    conventions = {"k-1": k - 1.0, "k-2": k - 2.0, "normal": np.inf}
    df = own if fit.tau2 is None else conventions.get(request.prediction, own)
    estimated = 0.0 if fit.tau2 is None or not np.isfinite(fit.tau2) else float(fit.tau2)
    return Predictive(
        centre=float(fit.estimate),
        standard_error=float(fit.standard_error),
        tau2=estimated if tau2 is None else tau2,
        df=np.inf if k == 1 else max(df, 1.0),
    )


def cube(dimensions: int, power: int) -> Array:
    """2^power points of the unit cube, none on its border, (P, dimensions): Sobol's sequence, always the same.

    Sobol 1967, 10.1016/0041-5553(67)90144-9.
    """
    from scipy.stats.qmc import Sobol

    count = 2**power
    return np.asarray(Sobol(dimensions, scramble=False).random_base2(power) + 0.5 / count)
