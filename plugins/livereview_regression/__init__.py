"""Further analyses by regression: meta-regression, permutation tests, cluster-robust and three-level models.

Registered as ``meta-regression``, ``permutation-test``, ``cluster-robust`` and ``three-level``.
"""

from __future__ import annotations

from collections.abc import Iterable

from livereview import FurtherAnalysis, hookimpl
from livereview_regression.analysis import META_REGRESSION
from livereview_regression.dependent_results import CLUSTER_ROBUST, THREE_LEVEL
from livereview_regression.permutation_analysis import PERMUTATION_TEST

__all__ = ["CLUSTER_ROBUST", "META_REGRESSION", "PERMUTATION_TEST", "THREE_LEVEL", "livereview_further_analyses"]


@hookimpl
def livereview_further_analyses() -> Iterable[FurtherAnalysis]:
    """The further analyses of this package."""
    return [CLUSTER_ROBUST, META_REGRESSION, PERMUTATION_TEST, THREE_LEVEL]
