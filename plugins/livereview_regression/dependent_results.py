"""The analyses of several results per study: ``cluster-robust`` and ``three-level``."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Analysed, AnalysisRequest, Array, Column, FurtherAnalysis, Options, PluginError, Table, Value
from livereview_estimation import Estimates, estimates, meta_regression, quantile
from livereview_regression.cluster_robust import cluster_robust, working_covariance
from livereview_regression.clusters import Clusters
from livereview_regression.tables import finite
from livereview_regression.three_level import ThreeLevel, three_level

#: Fewer Satterthwaite degrees of freedom than this make P and interval unreliable; Tipton 2015.
FEWEST_DF = 4
TOGETHER = "results of one study on the same people have dependent sampling errors, which this model does not know"


class ClusterRobustOptions(Options):
    """Choices of the cluster-robust estimate."""

    correction: Literal["CR2", "CR1", "CR0"] = Field(
        default="CR2",
        description="CR2: bias-reduced, Satterthwaite degrees of freedom; CR1: CR0 times studies / (studies - 1); "
        "CR0: the plain sandwich; the last two with studies - 1 degrees of freedom.",
    )
    working: Literal["three-level", "random-effects"] = Field(
        default="three-level",
        description="Model that makes the weights: three-level, or random-effects with all results independent.",
    )
    tau2: Literal["REML", "ML"] = Field(default="REML", description="Estimator of the variances of the working model.")


class ThreeLevelOptions(Options):
    """Choices of the three-level model."""

    tau2: Literal["REML", "ML"] = Field(default="REML", description="Estimator of both variances.")
    df: Literal["studies", "results", "normal"] = Field(
        default="studies",
        description="Degrees of freedom of t: studies - 1, results - 1, or normal quantiles.",
    )


def run_cluster_robust(request: AnalysisRequest, options: ClusterRobustOptions) -> Analysed:
    """The mean of all results, weighted by the working model, with a covariance robust to dependence within studies."""
    clusters = _clusters(request)
    y, v, one = _data(request)
    if options.working == "three-level":
        model = three_level(y, v, one, np.ones(y.size, dtype=bool), request.result_of, options.tau2)
        within, between, model_variance = model.within, model.between, model.covariance[0, 0]
    else:
        single = meta_regression(y, v, one, np.ones(y.size, dtype=bool), options.tau2)
        within, between, model_variance = single.tau2, np.zeros(()), single.covariance[0, 0]
    order = clusters.order
    working = working_covariance(v[order], clusters, within, between)
    found = cluster_robust(y[order], one[order], working, clusters, options.correction)
    normal = np.array([np.inf])
    rows = (
        _row(f"cluster-robust, {options.correction}", found.coefficients, found.covariance[0, 0], found.df, request),
        _row(f"{options.working}, its own standard error", found.coefficients, model_variance, normal, request),
    )
    notes = [_counts(y.size, clusters)]
    if options.correction == "CR2" and found.df[0] < FEWEST_DF:
        notes.append(f"fewer than {FEWEST_DF} degrees of freedom: interval and P are unreliable (Tipton 2015)")
    return Analysed(tables=(_table("Mean of all results", rows),), notes=tuple(notes))


def run_three_level(request: AnalysisRequest, options: ThreeLevelOptions) -> Analysed:
    """The mean of all results with its intervals, both variances with their profile-likelihood limits, and I²."""
    clusters = _clusters(request)
    y, v, one = _data(request)
    found = three_level(y, v, one, np.ones(y.size, dtype=bool), request.result_of, options.tau2, request.level)
    df = {"studies": clusters.sizes.size - 1.0, "results": y.size - 1.0, "normal": np.inf}[options.df]
    row = _row("mean", found.coefficients, found.covariance[0, 0], np.array([df]), request)
    spread = np.sqrt(found.covariance[0, 0] + found.between + found.within) * quantile(np.asarray(df), request.level)
    mean = float(found.coefficients[0])
    rows = ((*row, (mean, float(mean - spread), float(mean + spread))),)
    notes = [_counts(y.size, clusters), TOGETHER]
    if not found.settled:
        notes.append("the search for the variances did not end by itself; they may lack digits")
    if found.several_maxima:
        notes.append("the likelihood has more than one maximum; the highest was taken")
    tables = (_table("Mean of all results", rows, Column(name="prediction interval", kind="effect")), _variances(found))
    return Analysed(tables=tables, notes=tuple(notes))


def _data(request: AnalysisRequest) -> tuple[Array, Array, Array]:
    y, v = request.results.effect, request.results.variance
    return y, v, np.ones((y.size, 1))


def _clusters(request: AnalysisRequest) -> Clusters:
    """Raises ``PluginError`` where there are too few studies, or no study with several results."""
    clusters = Clusters.of(request.result_of)
    studies = clusters.sizes.size
    if studies < 2:
        raise PluginError(f"All results are of {studies} study: a spread between studies needs at least 2.")
    if clusters.sizes.max() == 1:
        raise PluginError(
            "Every study has one usable result of this outcome, so that none depend on each other: the outcome's own "
            "model is what to use."
        )
    return clusters


def _counts(results: int, clusters: Clusters) -> str:
    several = int((clusters.sizes > 1).sum())
    return f"{results} results of {clusters.sizes.size} studies, {several} of them with several"


def _row(name: str, value: Array, variance: Array, df: Array, request: AnalysisRequest) -> tuple[Value, ...]:
    found: Estimates = estimates(value, np.atleast_1d(variance), df, request.level)
    whole = (float(found.value[0]), float(found.ci_low[0]), float(found.ci_high[0]))
    p_value = None
    if request.null is not None:
        tested = estimates(value - request.null, np.atleast_1d(variance), df, request.level)
        p_value = finite(tested.p_value[0])
    return (name, whole, float(found.standard_error[0]), finite(found.df[0]), p_value)


def _table(title: str, rows: tuple[tuple[Value, ...], ...], *more: Column) -> Table:
    return Table(
        title=title,
        columns=(
            Column(name="estimate", kind="text"),
            Column(name="effect", kind="effect"),
            Column(name="standard error"),
            Column(name="df"),
            Column(name="P", kind="p-value"),
            *more,
        ),
        rows=rows,
    )


def _variances(found: ThreeLevel) -> Table:
    shares = found.i2()
    names, values = ("between studies", "between results of a study"), (found.between, found.within)
    rows = tuple(
        (name, (float(value), float(low), float(high)), float(share))
        for name, value, share, (low, high) in zip(names, values, shares, found.limits, strict=True)
    )
    return Table(
        title="Variance of true effects",
        columns=(Column(name="level", kind="text"), Column(name="variance"), Column(name="I²", kind="percent")),
        rows=rows,
        notes=(
            f"I² of the model: {shares[0] + shares[1]:.1f}%; Q = {float(found.q):.4g}, df = {int(found.residual_df)}",
            "limits by profile likelihood",
        ),
    )


CLUSTER_ROBUST = FurtherAnalysis(
    name="cluster-robust",
    title="Cluster-robust estimate",
    summary="All results of every study, with a covariance that holds however results of one study depend.",
    run=run_cluster_robust,
    options=ClusterRobustOptions,
    references=(
        "Hedges LV, Tipton E, Johnson MC 2010, Res Synth Methods 1:39, doi:10.1002/jrsm.5",
        "Bell RM, McCaffrey DF 2002, Surv Methodol 28:169",
        "Tipton E 2015, Psychol Methods 20:375, doi:10.1037/met0000011",
        "Pustejovsky JE, Tipton E 2018, J Bus Econ Stat 36:672, doi:10.1080/07350015.2016.1247004",
    ),
)
THREE_LEVEL = FurtherAnalysis(
    name="three-level",
    title="Three-level model",
    summary="All results of every study; true effects vary between studies and between results of a study.",
    run=run_three_level,
    options=ThreeLevelOptions,
    references=(
        "Konstantopoulos S 2011, Res Synth Methods 2:61, doi:10.1002/jrsm.35",
        "Van den Noortgate W et al. 2013, Behav Res Methods 45:576, doi:10.3758/s13428-012-0261-6",
    ),
)
