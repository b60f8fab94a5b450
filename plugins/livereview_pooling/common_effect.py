"""The common-effect model: one true effect, studies weighted by the inverse of their variance."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from livereview import EffectModel, Fit, Options, Studies
from livereview_estimation import pooled

SINGLE = "one study: normal quantiles in place of t"


class CommonEffectOptions(Options):
    """Choices of the common-effect model."""

    interval: Literal["wald", "t"] = Field(
        default="wald",
        description="Quantiles of the confidence interval: wald = normal; t = t with k - 1 degrees of freedom.",
    )


def fitted(studies: Studies, options: CommonEffectOptions) -> Fit:
    """The inverse-variance mean of each fit.

    estimate = sum w y / sum w, standard error = sqrt(1 / sum w), w = 1 / v. One study gives its own effect, with normal
    quantiles. Also known as the fixed-effect or equal-effects model.
    Source: Birge 1932 (10.1103/PhysRev.40.207); Hedges and Vevea 1998 (10.1037/1082-989X.3.4.486).
    """
    mean = pooled(studies.effect, studies.variance, studies.present)
    k = np.asarray(studies.k)
    single = k == 1
    by_t = options.interval == "t"
    return Fit(
        estimate=mean.mean,
        standard_error=np.sqrt(mean.variance),
        weights=mean.weights,
        df=np.where(single, np.inf, k - 1.0) if by_t else None,
        notes={SINGLE: single} if by_t and single.any() else {},
    )


COMMON_EFFECT = EffectModel(
    name="common-effect",
    summary="One true effect for all studies; inverse-variance weights.",
    options=CommonEffectOptions,
    fit=fitted,
    vectorized=True,
    references=(
        "Birge RT. The calculation of errors by the method of least squares. Phys Rev 1932;40:207. "
        "doi:10.1103/PhysRev.40.207",
        "Hedges LV, Vevea JL. Fixed- and random-effects models in meta-analysis. Psychol Methods 1998;3:486. "
        "doi:10.1037/1082-989X.3.4.486",
    ),
)
