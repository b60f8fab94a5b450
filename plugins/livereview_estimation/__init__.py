"""Vectorised estimation for meta-analysis: tau², weighted means, weighted regression, meta-regression.

A library for plugins, not a plugin. Arrays are (..., K): the last axis is studies, leading axes are separate fits, and
a boolean ``present`` says which studies each fit holds; what absent slots contain never matters. Nothing here loops
over studies or fits, and memory beyond inputs and results is bounded.
"""

from livereview_estimation.chi_squared import chi_squared
from livereview_estimation.coefficient_tests import (
    Estimates,
    Omnibus,
    Predictions,
    coefficient_tests,
    estimates,
    likelihood_ratio,
    omnibus,
    predicted,
    quantile,
    r_squared,
    residual_i2,
    wald_test,
)
from livereview_estimation.contrasts import ONE_ARM
from livereview_estimation.counts import arm_counts
from livereview_estimation.estimators import Estimator
from livereview_estimation.heterogeneity import QEstimator, TauSquared, tau_squared
from livereview_estimation.influence import OUTLYING, Diagnostics, diagnostics, shrunken
from livereview_estimation.meta_regression import Interval, MetaRegression, Residual, meta_regression
from livereview_estimation.packing import row_slices
from livereview_estimation.q_profile import TauSquaredInterval, residual_q_profile
from livereview_estimation.refits import Refits, regression_refits, without_each
from livereview_estimation.regression import Regression, weighted_regression
from livereview_estimation.tau_squared_errors import tau_squared_error
from livereview_estimation.tau_squared_intervals import IntervalMethod, tau_squared_interval
from livereview_estimation.tau_squared_profiles import tau_squared_profile
from livereview_estimation.weighted_q import QWeights
from livereview_estimation.weighting import Pooled, hartung_knapp_scale, pooled, present_sums, typical_variance

__all__ = [
    "ONE_ARM",
    "OUTLYING",
    "Diagnostics",
    "Estimates",
    "Estimator",
    "Interval",
    "IntervalMethod",
    "MetaRegression",
    "Omnibus",
    "Pooled",
    "Predictions",
    "QEstimator",
    "QWeights",
    "Refits",
    "Regression",
    "Residual",
    "TauSquared",
    "TauSquaredInterval",
    "arm_counts",
    "chi_squared",
    "coefficient_tests",
    "diagnostics",
    "estimates",
    "hartung_knapp_scale",
    "likelihood_ratio",
    "meta_regression",
    "omnibus",
    "pooled",
    "predicted",
    "present_sums",
    "quantile",
    "r_squared",
    "regression_refits",
    "residual_i2",
    "residual_q_profile",
    "row_slices",
    "shrunken",
    "tau_squared",
    "tau_squared_error",
    "tau_squared_interval",
    "tau_squared_profile",
    "typical_variance",
    "wald_test",
    "weighted_regression",
    "without_each",
]
