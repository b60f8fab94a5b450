"""Unrestricted weighted least squares (UWLS) as an effect model of livereview."""

from typing import Literal

import numpy as np
from pydantic import Field

from livereview import EffectModel, Fit, Options, Studies, hookimpl

LIVEREVIEW_HOOK_API = 1


class UwlsOptions(Options):
    """Choices of the model."""

    scale: Literal["unrestricted", "at-least-one"] = Field(
        default="unrestricted",
        description="unrestricted: the standard error is scaled by the observed spread; at-least-one: never downwards.",
    )


def fitted(studies: Studies, options: UwlsOptions) -> Fit:
    """The inverse-variance mean, with a standard error that is scaled by the spread of the effects about it.

    estimate = sum w y / sum w, standard error = sqrt(s² / sum w), w = 1 / v, s² = sum w (y - estimate)² / (k - 1), t
    with k - 1 degrees of freedom. There is no tau², so no prediction interval.
    Source: Stanley and Doucouliagos 2015 (10.1002/sim.6481).
    """
    y, w, df = studies.effect, 1 / studies.variance, studies.effect.size - 1.0
    estimate = (w * y).sum() / w.sum()
    s2 = (w * (y - estimate) ** 2).sum() / df
    notes = {"all effects are equal: the interval has no width": np.array(np.ptp(y) == 0)}
    if options.scale == "at-least-one":
        s2, notes = max(s2, 1.0), {"scale of the standard error raised to 1": np.array(s2 < 1)}
    standard_error = np.sqrt(s2 / w.sum())
    return Fit(estimate=estimate, standard_error=standard_error, weights=w / w.sum(), df=np.array(df), notes=notes)


UWLS = EffectModel(
    name="uwls",
    summary="Inverse-variance mean, standard error scaled by the observed spread.",
    fit=fitted,
    options=UwlsOptions,
    minimum_studies=2,
    references=("Stanley TD, Doucouliagos H. Stat Med 2015;34:2116. doi:10.1002/sim.6481",),
)


@hookimpl
def livereview_effect_models() -> list[EffectModel]:
    """The one model of this package."""
    return [UWLS]
