"""Seconds of PyMARE's vectorised REML fit; run by the interpreter that has PyMARE, which livereview does not need.

Usage: python reml_pymare.py data.npz results.npz; effects y and variances v of shape (fits, k).
"""

from __future__ import annotations

import sys
from time import perf_counter

import numpy as np
from pymare.estimators import VarianceBasedLikelihoodEstimator  # type: ignore[import-not-found]

data = np.load(sys.argv[1])
y, v = (np.ascontiguousarray(data[name].T) for name in ("y", "v"))
best = float("inf")
for _ in range(10):
    started = perf_counter()
    fit = VarianceBasedLikelihoodEstimator(method="REML").fit(y=y, v=v, X=np.ones((len(y), 1)))
    best = min(best, perf_counter() - started)
np.savez(sys.argv[2], tau2=np.ravel(fit.params_["tau2"]))
print(best)
