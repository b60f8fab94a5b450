"""Tests for small-study effects: regressions and rank correlations on study size, excess of low P, fail-safe N.

All see one set of studies on the analysis scale. ``recommended`` runs the test that fits the measure and the data.
"""

from __future__ import annotations

from collections.abc import Iterable

from livereview import BiasTest, FurtherAnalysis, hookimpl
from livereview_small_study.begg import BEGG
from livereview_small_study.egger import EGGER, THOMPSON_SHARP
from livereview_small_study.excess_significance import EXCESS_SIGNIFICANCE
from livereview_small_study.fail_safe import FAIL_SAFE_N
from livereview_small_study.harbord import HARBORD
from livereview_small_study.recommended import RECOMMENDED
from livereview_small_study.rucker import RUCKER
from livereview_small_study.schwarzer import SCHWARZER
from livereview_small_study.size_regressions import DEEKS, MACASKILL, PETERS, PUSTEJOVSKY_RODGERS

__all__ = [
    "BEGG",
    "DEEKS",
    "EGGER",
    "EXCESS_SIGNIFICANCE",
    "FAIL_SAFE_N",
    "HARBORD",
    "MACASKILL",
    "PETERS",
    "PUSTEJOVSKY_RODGERS",
    "RECOMMENDED",
    "RUCKER",
    "SCHWARZER",
    "THOMPSON_SHARP",
    "livereview_bias_tests",
    "livereview_further_analyses",
]


@hookimpl
def livereview_bias_tests() -> Iterable[BiasTest]:
    """The bias tests of this package."""
    return [
        BEGG,
        DEEKS,
        EGGER,
        EXCESS_SIGNIFICANCE,
        HARBORD,
        MACASKILL,
        PETERS,
        PUSTEJOVSKY_RODGERS,
        RECOMMENDED,
        RUCKER,
        SCHWARZER,
        THOMPSON_SHARP,
    ]


@hookimpl
def livereview_further_analyses() -> Iterable[FurtherAnalysis]:
    """The further analyses of this package."""
    return [FAIL_SAFE_N]
