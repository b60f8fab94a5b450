"""The analysis ``next-trials``: what trials to come would do to the outcome, and how large a new one must be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from livereview import Analysed, AnalysisRequest, FurtherAnalysis
from livereview_planning.charts import charts
from livereview_planning.conclusions import conclusion, exclusions
from livereview_planning.options import NextTrialsOptions, thresholds
from livereview_planning.outlook import Ahead, Outlook
from livereview_planning.precision import precision
from livereview_planning.predictive import Predictive, predictive
from livereview_planning.renewal import require_effects, today
from livereview_planning.sizes import Needed, Unreachable, needed
from livereview_planning.tables import Present, needed_table, settled, sizes_table, today_in_words, trials_table
from livereview_planning.trials import Counted, counted, remarks

SIZES = (20, 50, 100, 200, 500, 1000, 2000)
#: Fewer studies say little about tau².
FEW = 5
LINE = 40


def analysed(request: AnalysisRequest, options: NextTrialsOptions) -> Analysed:
    """What each registered trial, all of them together, and one new trial of any size would do.

    ``PluginError`` without a pooled estimate, for a model that pools counts, where no study states its size, and for an
    important effect that cannot be one.
    """
    require_effects(request)
    fit = request.fit(request.studies)
    expected = predictive(request, fit, options.tau2)
    ahead = Ahead(request=request, predictive=expected, thresholds=thresholds(request, options))
    told = precision(request, expected.centre)
    found = today(request)
    now = Present(found=found, conclusion=conclusion(exclusions(found.low, found.high, ahead.thresholds)))

    trials = counted(request)
    sizes = np.array([one.participants for one in trials if one.participants])
    outlooks = iter(ahead.alone(told.unit / sizes) if sizes.size else [])
    alone = [next(outlooks) if one.participants else None for one in trials]
    together = ahead.together(told.unit / sizes) if sizes.size > 1 else None

    asked = [
        None if settled(relation) else needed(ahead, told.unit, i, options.power, options.trials)
        for i, relation in enumerate(now.conclusion)
    ]
    ends = min([10.0, *sizes]), _most(request, trials, asked)
    line = np.unique(np.round(np.geomspace(*ends, LINE) / 2 + np.linspace(*ends, LINE) / 2)).astype(np.float64)
    by_size = ahead.alone(told.unit / np.array(SIZES, dtype=np.float64))
    tables = [trials_table(ahead, now, trials, alone, together)] if trials else []
    tables += [needed_table(ahead, now, options.power, asked)] if ahead.thresholds else []
    return Analysed(
        tables=(*tables, sizes_table(ahead, now, SIZES, by_size)),
        plots=charts(ahead, now, (line, ahead.alone(told.unit / line)), trials, alone),
        notes=(
            today_in_words(ahead, now),
            told.source,
            *_cautions(request, options, expected),
            *remarks(trials, request.null is None),
            *_of_numbers(expected, now, [*by_size, *(one for one in alone if one is not None)], together),
        ),
    )


def _most(request: AnalysisRequest, trials: Sequence[Counted], asked: Sequence[Needed | Unreachable | None]) -> float:
    """Where the figures end: a quarter beyond the largest trial known, or beyond the size that one new trial needs, up
    to ten times the former."""
    known = max([100.0, *(n for n in request.participants if n), *(one.participants or 0 for one in trials)])
    wanted = [one.participants for one in asked if isinstance(one, Needed) and one.trials == 1]
    return 1.25 * min(max([known, *wanted]), 10 * known)


def _cautions(request: AnalysisRequest, options: NextTrialsOptions, expected: Predictive) -> Iterator[str]:
    """On what the outlook rests."""
    k = request.studies.effect.size
    shape = "a normal distribution" if np.isinf(expected.df) else f"a t distribution, df = {expected.df:g}"
    source = "as stated" if options.tau2 is not None else "as estimated"
    yield (
        "Effects of new trials are drawn about the pooled effect, with its standard error, tau² = "
        f"{expected.tau2:.3g} ({source}) and the trial's own variance, from {shape}; a trial is taken to be as much "
        "like the studies at hand as these are like each other."
    )
    if k == 1:
        yield "One study says nothing about how much trials differ: tau² is taken to be 0 unless it is stated."
    elif k < FEW and options.tau2 is None:
        yield (
            f"{k} studies say little about tau²: with a larger one, chances and sizes may differ much; the option tau2 "
            "shows how much."
        )


def _of_numbers(
    expected: Predictive, now: Present, outlooks: Sequence[Outlook], together: Outlook | None
) -> Iterator[str]:
    """What the numbers are, and those that are missing."""
    if any(one.median_width > now.found.width for one in outlooks):
        yield (
            "After some of these trials the interval would usually be wider than today's, as the model has to allow "
            "for more: for differences between trials, or for how little a few studies tell of them. A conclusion that "
            "moves then moves by the method, not by what the trial found."
        )
    if expected.df <= 1:
        yield "With so few studies the width to expect has no mean; its median stands alone."
    lost = max((one.lost for one in outlooks), default=0.0)
    if lost or (together is not None and together.lost):
        yield (
            f"For up to {max(lost, together.lost if together else 0.0):.2g} of the futures the model has no result: no "
            "chance is given there."
        )
    if together is not None:
        yield (
            "All trials together: from 1,024 futures spread evenly (Sobol's sequence), so that a chance may be off by "
            "about one percentage point."
        )


NEXT_TRIALS = FurtherAnalysis(
    name="next-trials",
    title="What next: trials to come",
    summary="What each registered trial would do to the conclusion, and how large a new trial must be to settle it.",
    options=NextTrialsOptions,
    run=analysed,
    minimum_studies=1,
    references=(
        "Sutton AJ, Cooper NJ, Jones DR, et al. Evidence-based sample size calculations based upon updated "
        "meta-analysis. Stat Med 2007;26:2479. doi:10.1002/sim.2704",
        "Roloff V, Higgins JPT, Sutton AJ. Planning future studies based on the conditional power of a meta-analysis. "
        "Stat Med 2013;32:11. doi:10.1002/sim.5524",
        "Langan D, Higgins JPT, Gregory W, Sutton AJ. Graphical augmentations to the funnel plot assess the impact of "
        "additional evidence on a meta-analysis. J Clin Epidemiol 2012;65:511.",
        "Ferreira ML, Herbert RD, Crowther MJ, Verhagen A, Sutton AJ. When is a further clinical trial justified? "
        "BMJ 2012;345:e5913. doi:10.1136/bmj.e5913",
    ),
)
