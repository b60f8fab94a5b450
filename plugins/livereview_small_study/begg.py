"""Begg and Mazumdar's test: do the studies' deviations from the pooled effect go with their variances, or sizes?"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Array, BiasTest, BiasTestResult, Options, PluginError, Studies
from livereview_small_study.cautions import caution
from livereview_small_study.kendall import (
    LARGEST_EXACT,
    RankCorrelation,
    exact_p,
    normal_p,
    normal_z,
    rank_correlation,
)
from livereview_small_study.study_size import WORDS, participants

#: Deviates or variances that differ by less than this part are equal: the rest is rounding.
SAME = 1e-12
#: Without ties and below this number of studies ``auto`` takes the exact distribution, as R's cor.test does.
AUTO_EXACT_BELOW = 50


class BeggOptions(Options):
    """What the deviates are compared with, and how P is obtained from Kendall's score."""

    predictor: Literal["vi", "ni"] = Field(
        default="vi",
        description="vi: variances; ni: numbers of participants, where tau is negative if small studies have larger "
        "effects",
    )

    p: Literal["auto", "exact", "normal", "normal-continuity"] = Field(
        default="auto",
        description="auto: exact for fewer than 50 studies without ties, else normal; exact: over all orders, refused "
        "with ties; normal: tie-corrected z; normal-continuity: tie-corrected z with |S| - 1, as in Stata's metabias",
    )


def standardized_deviates(effect: Array, variance: Array) -> Array:
    """Each effect's distance from the common-effect mean, over the standard error of that distance.

    ``(y - y_EE) / sqrt(v - 1 / sum(1/v))``; shapes ``(K,)``, K >= 2. Begg and Mazumdar 1994, doi:10.2307/2533446.
    """
    weight = 1 / variance
    total = weight.sum()
    # Measured from the heaviest study, whose own deviate would otherwise be the difference of two near-equal numbers.
    shifted = effect - effect[np.argmax(weight)]
    mean = (weight * shifted).sum() / total
    # v - 1/sum(w) as v * (sum of the other weights) / sum(w), for the same reason.
    before = np.concatenate([[0.0], np.cumsum(weight)[:-1]])
    after = np.concatenate([np.cumsum(weight[::-1])[::-1][1:], [0.0]])
    return np.asarray((shifted - mean) / np.sqrt(variance * (before + after) / total))


def begg_correlation(effect: Array, variance: Array, size: Array | None = None) -> RankCorrelation:
    """Kendall's correlation of the standardised deviates with the variances, or a positive size; ``(K,)``, K >= 3.

    Differences below one part in 10^12 count as ties.
    """
    deviates = standardized_deviates(effect, variance)
    order = np.log(variance if size is None else size)
    return rank_correlation(deviates, order, (SAME * float(np.abs(deviates).max()), SAME))


def begg(studies: Studies, options: BeggOptions) -> BiasTestResult:
    """Begg and Mazumdar's rank correlation test; ``estimate`` is Kendall's tau-b.

    Raises ``PluginError`` for fewer than 3 studies, where all variances (or sizes) or all deviates are equal, where
    participants are asked for and not stated, and for ``p = "exact"`` with ties or more than 170 studies.
    """
    if studies.effect.size < 3:
        raise PluginError(f"Begg's test needs at least 3 studies; there are {studies.effect.size}.")
    by_size = options.predictor == "ni"
    size = participants(studies, "Begg's test on the number of participants") if by_size else None
    correlation = begg_correlation(studies.effect, studies.variance, size)
    if not correlation.variance > 0:
        raise PluginError(
            f"Begg's test cannot be computed: all studies have the same {WORDS[options.predictor]} or the same "
            "standardised deviate, so they have no order to compare."
        )
    p_value, z, method = _p(correlation, options.p)
    return BiasTestResult(
        statistic=correlation.tau if z is None else z,
        statistic_name="tau" if z is None else "z",
        p_value=p_value,
        estimate=correlation.tau,
        method=f"{method}; deviates against {WORDS[options.predictor]}" if by_size else method,
        notes=() if by_size else caution(studies.measure),
    )


def _p(correlation: RankCorrelation, wanted: str) -> tuple[float, float | None, str]:
    """P, z (None where P is exact) and the method in words."""
    ties = "tie-corrected" if correlation.ties else "no ties"
    if wanted == "exact" or (wanted == "auto" and not correlation.ties and correlation.k < AUTO_EXACT_BELOW):
        if correlation.ties:
            raise PluginError(
                "Begg's exact P needs data without ties; some studies have equal variances or deviates. "
                'Use p = "auto" or "normal", which correct for ties.'
            )
        if correlation.k > LARGEST_EXACT:
            raise PluginError(
                f'Begg\'s exact P is for at most {LARGEST_EXACT} studies; there are {correlation.k}. Use p = "normal".'
            )
        return exact_p(correlation), None, "Kendall's tau, exact"
    if wanted == "normal-continuity":
        z = normal_z(correlation, correction=1)
        return normal_p(z), z, f"Kendall's score, normal approximation, {ties}, continuity-corrected"
    z = normal_z(correlation)
    return normal_p(z), z, f"Kendall's score, normal approximation, {ties}"


BEGG = BiasTest(
    name="begg",
    summary="Begg and Mazumdar's rank correlation of standardised deviates with variances.",
    test=begg,
    options=BeggOptions,
    minimum_studies=3,
    references=(
        "Begg CB, Mazumdar M 1994, Biometrics 50:1088-1101, doi:10.2307/2533446",
        "Kendall MG 1938, Biometrika 30:81-93, doi:10.1093/biomet/30.1-2.81",
    ),
)
