"""The Kenward-Roger adjustment for REML: a larger standard error, degrees of freedom from the uncertainty of tau²."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from livereview import Array, Studies
from livereview_estimation import tau_squared_error


class KenwardRoger(NamedTuple):
    """Variance of the mean and degrees of freedom of its t, shape (...); NaN for fewer than two studies."""

    variance: Array
    df: Array


def kenward_roger(studies: Studies, tau2: Array) -> KenwardRoger:
    """Variance and degrees of freedom of the REML mean with weights w = 1 / (v + tau²), sum W.

    variance = (1 / W) (1 + 2 I (sum w³ / W - (sum w²)² / W²)), I = 2 / tr PP the variance of tau² by its expected
    information; df = 2 / (I (variance * sum w²)²). Source: Kenward and Roger 1997, 10.2307/2533558; in this form, with
    the adjusted variance also in the degrees of freedom, Partlett and Riley 2017, 10.1002/sim.7140.
    """
    present = studies.present
    inner = tau_squared_error(studies.effect, studies.variance, present, tau2, "REML") ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        w = np.where(present, 1 / (np.where(present, studies.variance, 1.0) + tau2[..., None]), 0.0)
        total = w.sum(axis=-1)
        share = w / total[..., None]
        mean = (share**2).sum(axis=-1)
        # As a sum of squares: nothing cancels where one study has all the weight.
        spread = (share * (share - mean[..., None]) ** 2).sum(axis=-1)
        variance = (1 + 2 * inner * total**2 * spread) / total
        return KenwardRoger(variance=variance, df=np.asarray(2 / (inner * (variance * total**2 * mean) ** 2)))
