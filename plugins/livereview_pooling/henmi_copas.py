"""The interval of Henmi and Copas about the common-effect mean: small studies that differ sway it little.

The rule: the estimate is weighted by 1 / v, tau² by DerSimonian-Laird only widens the interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livereview import Array, Mask, Studies
from livereview_estimation import typical_variance
from livereview_estimation.packing import Index
from livereview_estimation.roots import falling_zero

#: Nodes of the integral over the standardised estimate; 60 change the interval by less than 1e-13 of it.
NODES = 40
#: The integral ends this many standard deviations beyond where it begins.
REACH = 9.0
#: Fits integrated together; bounds memory.
TOGETHER = 4096


@dataclass(frozen=True, kw_only=True)
class _Moments:
    """What the distribution of Q given the standardised estimate needs, each of shape (n,); s = w / sum w."""

    df: Array
    c: Array
    """sum s (1 - s)."""
    s2: Array
    inflation: Array
    """1 + tau² sum w² / sum w: variance of the estimate over that without heterogeneity."""
    mean: Array
    variance: Array
    a: Array
    """c'Pc and c'PSPc, with c the covariance of the effects and R, and S their variances."""
    b: Array

    def of(self, fits: Index | Mask) -> _Moments:
        """These fits."""
        return _Moments(**{name: value[fits] for name, value in vars(self).items()})


def half_width(studies: Studies, tau2: Array, level: float) -> Array:
    """Half the width of the interval over the standard error sqrt((1 + tau² sum w² / sum w) / sum w); shape (...).

    u such that P(|R| sqrt(1 + tau² W2) <= u sqrt(1 + t W2)) = level, W2 = sum w² / sum w, where R is standard normal,
    t = max(0, (Q - (k - 1)) / (sum w - W2)), and Q given R = r has the gamma distribution with its exact conditional
    mean and variance at the estimated tau². For tau² = 0, Q given R is chi² with k - 1 degrees of freedom. NaN for
    fewer than two studies. Source: Henmi and Copas 2010, 10.1002/sim.4029.
    """
    from scipy.special import ndtri

    moments = _moments(studies, tau2)
    u = np.full(moments.df.shape, np.nan)
    several = np.flatnonzero(moments.df > 0)

    def short(fits: _Moments, _: Index, u: Array) -> tuple[Array, Array]:
        coverage, rise = _coverage(u, fits)
        return level - coverage, -rise

    for start in range(0, several.size, TOGETHER):
        at = several[start : start + TOGETHER]
        part = moments.of(at)
        high = np.asarray(ndtri((1 + level) / 2) * np.sqrt(part.inflation))
        u[at], _ = falling_zero(short, part, np.zeros(at.size), high, 0.99 * high)
    return u.reshape(np.shape(tau2))


def _moments(studies: Studies, tau2: Array) -> _Moments:
    present = studies.present
    with np.errstate(divide="ignore", invalid="ignore"):
        w = np.where(present, 1 / np.where(present, studies.variance, 1.0), 0.0)
        total = w.sum(axis=-1)
        s = w / total[..., None]
        s2, s3 = (s**2).sum(axis=-1), (s**3).sum(axis=-1)
        df = present.sum(axis=-1) - 1.0
        c = df / (typical_variance(studies.variance, present) * total)
        off = s * (s - s2[..., None]) ** 2
        t = tau2 * total
        inflation = 1 + t * s2
        a = t**2 * off.sum(axis=-1) / inflation
        b = t**2 * (off * (1 + t[..., None] * s)).sum(axis=-1) / inflation
        mean = df + t * c
        variance = 2 * (df + 2 * t * c + t**2 * (s2 - 2 * s3 + s2**2))
    parts = {"df": df, "c": c, "s2": s2, "inflation": inflation, "mean": mean, "variance": variance, "a": a, "b": b}
    return _Moments(**{name: np.asarray(value).reshape(-1) for name, value in parts.items()})


def _coverage(u: Array, fits: _Moments) -> tuple[Array, Array]:
    """Probability that the interval of half width u standard errors covers, and its slope."""
    from scipy.special import gammaincc, gammaln, ndtr

    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    start = u / np.sqrt(fits.inflation)
    # The first row is where the integral begins: below it every Q is large enough.
    r = start + REACH * (np.concatenate([[-1.0], nodes])[:, None] + 1) / 2
    needed = fits.df + fits.c * ((r / u) ** 2 * fits.inflation - 1) / fits.s2
    mean = fits.mean + (r**2 - 1) * fits.a
    variance = fits.variance - 4 * fits.b + 2 * fits.a**2 + 4 * r**2 * (fits.b - fits.a**2)
    shape, rate = mean**2 / variance, mean / variance
    density = np.exp(-(r**2) / 2) / np.sqrt(2 * np.pi)
    tail = density * gammaincc(shape, needed * rate)
    gamma = np.exp(shape * np.log(needed * rate) - needed * rate - gammaln(shape)) / needed
    steeper = density * gamma * 2 * fits.c * r**2 * fits.inflation / (fits.s2 * u**3)
    outside, rise = (REACH * np.einsum("q,qn->n", weights, each[1:]) for each in (tail, steeper))
    return 2 * ndtr(start) - 1 + outside, rise + 2 * (density[0] - tail[0]) * start / u
