"""Fail-safe N as a further analysis, labelled as what it is: a number that is not recommended."""

from __future__ import annotations

import math

from pydantic import Field

from livereview import Analysed, AnalysisRequest, Column, FurtherAnalysis, Options, PluginError, Table
from livereview_small_study.cautions import check_contrast
from livereview_small_study.fail_safe_numbers import general, orwin, rosenberg, rosenthal

NOT_RECOMMENDED = (
    "Fail-safe N is not recommended (Becker 2005, doi:10.1002/0470870168.ch7; Cochrane Handbook, section 13.3.5): it "
    "takes missing studies to average no effect though they may point the other way, looks at P values rather than the "
    "effect and its size, ignores heterogeneity in all but the general form, and differs widely between methods. It is "
    "here because journals ask for it."
)


class FailSafeOptions(Options):
    """What counts as negligible."""

    alpha: float = Field(default=0.05, gt=0, lt=0.5, description="Level of P at which a pooled effect is negligible.")
    target: float | None = Field(
        default=None,
        allow_inf_nan=False,
        description="Mean effect that is negligible for Orwin, on the analysis scale; not given: half of the mean.",
    )


def fail_safe_n(request: AnalysisRequest, options: FailSafeOptions) -> Analysed:
    """The five counts, each with what it brings to which value; ``PluginError`` for effects of one arm (no null)."""
    check_contrast(request.studies.measure, "Fail-safe N")
    if request.null is None or request.null != 0:
        raise PluginError(
            "Fail-safe N counts studies that average no effect; the measure of this outcome has no value of no effect. "
            "It applies to comparisons of two arms."
        )
    y, v, alpha = request.studies.effect, request.studies.variance, options.alpha
    rows = [
        ("Rosenthal", "one-sided P of the sum of z", f"P = {alpha:g}", *rosenthal(y, v, alpha)),
        ("Rosenberg", "two-sided P of the common effect", f"P = {alpha:g}", *rosenberg(y, v, alpha)),
        ("general (REML)", "two-sided P of the random-effects mean", f"P = {alpha:g}", *general(y, v, alpha=alpha)),
    ]
    for name, weights in (("Orwin", None), ("Orwin, weighted", v)):
        n, mean, goal = orwin(y, weights, options.target)
        rows.append((name, "mean effect", f"{mean:.4g} to {goal:.4g}", n, math.nan))
    table = Table(
        title="Fail-safe N",
        columns=(
            Column(name="method", kind="text"),
            Column(name="of", kind="text"),
            Column(name="until", kind="text"),
            Column(name="studies", kind="text"),
            Column(name="P now", kind="p-value"),
        ),
        rows=tuple((name, of, until, _count(n), None if math.isnan(p) else p) for name, of, until, n, p in rows),
        notes=("Mean effects on the analysis scale.", "0 studies: not below the level, or beyond the target, already."),
    )
    return Analysed(tables=(table,), notes=(NOT_RECOMMENDED,))


def _count(n: float) -> str:
    return "no number is enough" if math.isinf(n) else str(int(n))


FAIL_SAFE_N = FurtherAnalysis(
    name="fail-safe-n",
    title="Fail-safe N (not recommended)",
    summary="Number of missing studies without effect that would make the result negligible; not recommended.",
    run=fail_safe_n,
    options=FailSafeOptions,
    minimum_studies=2,
    references=(
        "Rosenthal R 1979, Psychol Bull 86:638-641, doi:10.1037/0033-2909.86.3.638",
        "Orwin RG 1983, J Educ Stat 8:157-159, doi:10.3102/10769986008002157",
        "Rosenberg MS 2005, Evolution 59:464-468, doi:10.1111/j.0014-3820.2005.tb01004.x",
        "Becker BJ 2005, in Publication Bias in Meta-Analysis, ch. 7, doi:10.1002/0470870168.ch7",
    ),
)
