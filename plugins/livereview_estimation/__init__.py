"""Vectorised estimation for meta-analysis: tau², weighted means, weighted regression.

A library for plugins, not a plugin. Arrays are (..., K): the last axis is studies, leading axes are separate fits, and
a boolean ``present`` says which studies each fit holds; what absent slots contain never matters. Nothing here loops
over studies or fits, and memory beyond inputs and results is bounded.
"""

from livereview_estimation.chi_squared import chi_squared
from livereview_estimation.counts import arm_counts
from livereview_estimation.heterogeneity import Estimator, TauSquared, tau_squared
from livereview_estimation.packing import row_slices
from livereview_estimation.regression import Regression, weighted_regression
from livereview_estimation.weighting import Pooled, hartung_knapp_scale, pooled, present_sums, typical_variance

__all__ = [
    "Estimator",
    "Pooled",
    "Regression",
    "TauSquared",
    "arm_counts",
    "chi_squared",
    "hartung_knapp_scale",
    "pooled",
    "present_sums",
    "row_slices",
    "tau_squared",
    "typical_variance",
    "weighted_regression",
]
