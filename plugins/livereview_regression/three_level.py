"""The three-level model: true effects vary between studies and between the results of a study.

The rule: results of a study share one true effect and differ about it; their sampling errors are independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np

from livereview import Array, Mask
from livereview_estimation import meta_regression
from livereview_regression.ascent import Top, highest
from livereview_regression.clusters import Clusters
from livereview_regression.component_intervals import component_limits
from livereview_regression.variance_components import Results

Method = Literal["REML", "ML"]
#: Results looked at together; with the grid of starts, some hundred megabytes.
TOGETHER = 1 << 15


@dataclass(frozen=True, kw_only=True)
class ThreeLevel:
    """Three-level models; leading axes are those of the fits. NaN where there are no more results than columns, or
    columns that depend on each other linearly."""

    coefficients: Array
    """(..., p)."""
    covariance: Array
    """(..., p, p)."""
    between: Array
    """Variance of the true effects between studies."""
    within: Array
    """Variance of the true effects between results of a study."""
    residual_df: Array
    """Results less columns."""
    q: Array
    """Heterogeneity of the results about the common-effect regression."""
    typical_variance: Array
    log_likelihood: Array
    """With all constants; restricted (for REML) with log det X'X as in ``MetaRegression``."""
    settled: Mask
    """The search for the variances ended by itself."""
    several_maxima: Mask
    """The likelihood has more than one maximum; the highest was taken."""
    limits: Array
    """(..., 2, 2): profile-likelihood limits of ``between`` and ``within``; NaN where not asked for."""

    def i2(self) -> tuple[Array, Array]:
        """Percent of the variance of a typical result that is between studies, and between results of a study.

        100 s / (between + within + typical variance); their sum is the I² of the model. Konstantopoulos 2011
        (10.1002/jrsm.35); Higgins and Thompson 2002 (10.1002/sim.1186).
        """
        total = self.between + self.within + self.typical_variance
        return 100 * self.between / total, 100 * self.within / total


def three_level(
    y: Array,
    v: Array,
    design: Array,
    present: Mask,
    study: Sequence[int],
    method: Method = "REML",
    level: float | None = None,
) -> ThreeLevel:
    """Models of results (..., K) with variances (..., K) on designs (..., K, p); ``study`` (K,) of each result.

    y = Xb + u_study + u_result + e with variances ``between``, ``within`` and v. The two are where the (restricted)
    likelihood is highest; see ``ascent``. ``level``: of profile-likelihood limits of both, None = none. With one result
    in each study only the sum of the two is determined by the data.
    Source: Konstantopoulos 2011 (10.1002/jrsm.35); Van den Noortgate et al. 2013 (10.3758/s13428-012-0261-6).
    """
    clusters, p = Clusters.of(study), design.shape[-1]
    outer = np.broadcast_shapes(np.shape(y), np.shape(v), np.shape(present), design.shape[:-1])
    here = np.broadcast_to(present, outer).reshape(-1, outer[-1])[:, clusters.order]
    y = np.where(here, np.broadcast_to(y, outer).reshape(here.shape)[:, clusters.order], 0.0)
    v = np.where(here, np.broadcast_to(v, outer).reshape(here.shape)[:, clusters.order], np.inf)
    x = np.broadcast_to(design, (*outer, p)).reshape(*here.shape, p)[:, clusters.order]
    x = np.where(here[..., None], x, 0.0)
    usable = np.flatnonzero(np.isfinite(meta_regression(y, v, x, here, "EE").q) & (here.sum(axis=-1) > p))
    found = _empty(here.shape[0], p)
    step = max(1, TOGETHER // outer[-1])
    for start in range(0, usable.size, step):
        part = usable[start : start + step]
        scaled = _Scaled.of(y[part], v[part], x[part], clusters)
        top = highest(scaled.results, method == "REML")
        for name, value in scaled.fitted(top, method, level).items():
            getattr(found, name)[part] = value
    shaped = {}
    for field in fields(ThreeLevel):
        value = getattr(found, field.name)
        shaped[field.name] = value.reshape((*outer[:-1], *value.shape[1:]))
    return ThreeLevel(**shaped)


def _empty(n: int, p: int) -> ThreeLevel:
    """To be filled, batch by batch."""
    shapes = {"coefficients": (n, p), "covariance": (n, p, p), "limits": (n, 2, 2)}
    numbers = {field.name: np.full(shapes.get(field.name, (n,)), np.nan) for field in fields(ThreeLevel)}
    marks = {name: np.zeros(n, dtype=bool) for name in ("settled", "several_maxima")}
    return ThreeLevel(**numbers | marks)


@dataclass(frozen=True, kw_only=True)
class _Scaled:
    """Data in units of the smallest variance, columns orthonormal, less the common-effect regression."""

    results: Results
    scale: Array
    removed: Array
    """(n, p): coefficients of the common-effect regression."""
    inverse: Array
    """(n, p, p): coefficients of the given columns are this times those of the orthonormal ones."""
    q: Array
    typical_variance: Array

    @classmethod
    def of(cls, y: Array, v: Array, x: Array, clusters: Clusters) -> _Scaled:
        here = np.isfinite(v)
        common = meta_regression(y, v, x, here, "EE")
        scale = v.min(axis=-1)
        length = np.sqrt(np.einsum("nkp,nkp->np", x, x))
        columns, r = np.linalg.qr(x / length[:, None, :])
        rest = (y - np.einsum("nkp,np->nk", x, common.coefficients)) / np.sqrt(scale)[:, None]
        return cls(
            results=Results(y=np.where(here, rest, 0.0), v=v / scale[:, None], columns=columns, clusters=clusters),
            scale=scale,
            removed=common.coefficients,
            inverse=np.linalg.inv(r) / length[:, :, None],
            q=common.q,
            typical_variance=common.typical_variance,
        )

    def fitted(self, top: Top, method: Method, level: float | None) -> dict[str, Array | Mask]:
        """Every field of the result, in the units and columns of the data."""
        coefficients = np.einsum("npq,nq->np", self.inverse, top.at.coefficients) * np.sqrt(self.scale)[:, None]
        covariance = self.inverse @ top.at.covariance @ np.swapaxes(self.inverse, -1, -2)
        k = np.isfinite(self.results.v).sum(axis=-1)
        df = k - self.removed.shape[-1]
        constants = (df if method == "REML" else k) * np.log(2 * np.pi * self.scale) / 2
        found = {
            "coefficients": coefficients + self.removed,
            "covariance": covariance * self.scale[:, None, None],
            "between": top.pair[:, 0] * self.scale,
            "within": top.pair[:, 1] * self.scale,
            "residual_df": df.astype(np.float64),
            "q": self.q,
            "typical_variance": self.typical_variance,
            "log_likelihood": top.at.height - constants,
            "settled": top.settled,
            "several_maxima": top.several,
        }
        if level is not None:
            limits = component_limits(self.results, top, method == "REML", level)
            found["limits"] = limits * self.scale[:, None, None]
        return found
