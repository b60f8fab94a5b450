"""The analysis ``absolute-effects``: the outcome's pooled relative effect at baseline risks, with NNT and words.

Only the relative effect is uncertain here: the baseline risk is taken as known, and the notes say so.
"""

from __future__ import annotations

import numpy as np

from livereview import (
    RELATIVE,
    RISK_FORMULAS,
    Analysed,
    AnalysisRequest,
    Baseline,
    Column,
    FurtherAnalysis,
    Mask,
    PluginError,
    Relative,
    Table,
    Value,
    absolute_sentence,
    baseline_remarks,
    baseline_risks,
    confidence_limits,
    control_arms,
    risks_with_treatment,
)
from livereview_absolute.needed_to_treat import number_needed
from livereview_absolute.options import AbsoluteOptions

FIXED = (
    "The interval is that of the relative effect alone: the baseline risk is taken as known, and the relative effect as"
    " the same at every baseline risk."
)
PETO = "Peto's odds ratio is taken as an odds ratio, which it approximates where events are few and arms of like size."
PROPORTIONAL = (
    "Hazards are taken to be proportional up to the time stated, and the baseline risk to be that of the same time."
)
CONSTANT = "A risk difference is seldom the same at every baseline risk; a ratio usually carries over better."


def analysed(request: AnalysisRequest, options: AbsoluteOptions) -> Analysed:
    """Risk with treatment, difference and NNT at each baseline risk.

    ``PluginError`` without a pooled estimate, without a baseline risk, and for a hazard ratio without a time.
    """
    relative = _relative(request.studies.measure, options)
    if relative == "HR" and not options.time:
        raise PluginError('a hazard ratio gives a risk only by some time; state it, e.g. time = "24 months"')
    arms = control_arms(request.studies.data, request.studies.present)
    chosen = baseline_risks(options.baseline, arms)
    fit = request.fit(request.studies)
    effect = _effect(request, *(float(value) for value in (fit.estimate, *confidence_limits(fit, request.level))))
    rows: list[tuple[Value, ...]] = []
    words: list[str] = []
    cut: list[str] = []
    for baseline in chosen:
        risks, beyond = risks_with_treatment(baseline.risk, np.array(effect), relative)
        risk = (float(risks[0]), float(risks[1]), float(risks[2]))
        rows.append(_row(baseline, effect, risk, options))
        words.append(
            absolute_sentence(
                baseline.risk, risk, per=options.per, level=request.level, event=options.event, time=options.time
            )
        )
        cut += [_cut(baseline, beyond, relative)] if beyond.any() else []
    table = Table(title="Absolute effects", columns=_columns(options), rows=tuple(rows), notes=tuple(words))
    notes = [
        f"Risk with treatment: {RISK_FORMULAS[relative][1]}.",
        FIXED,
        *_cautions(request.studies.measure, relative),
    ]
    return Analysed(tables=(table,), notes=(*notes, *baseline_remarks(options.baseline, chosen, arms), *cut))


def _relative(measure: str, options: AbsoluteOptions) -> Relative:
    if measure == "RATIO":
        if options.ratio is None:
            raise PluginError('RATIO does not say which ratio was pooled; state it, e.g. ratio = "OR"')
        return options.ratio
    if options.ratio is not None:
        raise PluginError(f'ratio = "{options.ratio}" is for the measure RATIO; leave it out for {measure}')
    return RELATIVE[measure]


def _effect(request: AnalysisRequest, middle: float, low: float, high: float) -> tuple[float, float, float]:
    if not np.isfinite(middle):
        raise PluginError(f"the model {request.model} has no estimate; choose another model")
    return middle, low, high


def _columns(options: AbsoluteOptions) -> tuple[Column, ...]:
    return (
        Column(name="Baseline risk", kind="percent"),
        Column(name="From", kind="text"),
        Column(name="Relative effect", kind="effect"),
        Column(name="Risk with treatment (%)"),
        Column(name=f"Difference per {options.per:,}"),
        Column(name="Number needed to treat", kind="text"),
    )


def _row(
    baseline: Baseline, effect: tuple[float, float, float], risk: tuple[float, float, float], options: AbsoluteOptions
) -> tuple[Value, ...]:
    middle, low, high = (value - baseline.risk for value in risk)
    return (
        100 * baseline.risk,
        baseline.source,
        effect,
        (100 * risk[0], 100 * risk[1], 100 * risk[2]),
        (options.per * middle, options.per * low, options.per * high),
        number_needed(middle, low, high, options.event_is),
    )


def _cautions(measure: str, relative: Relative) -> list[str]:
    held = {"PETO": measure == "PETO", "HR": relative == "HR", "RD": relative == "RD"}
    return [text for name, text in (("PETO", PETO), ("HR", PROPORTIONAL), ("RD", CONSTANT)) if held[name]]


def _cut(baseline: Baseline, beyond: Mask, relative: Relative) -> str:
    names = ("estimate", "lower limit", "upper limit")
    which = " and ".join(name for name, out in zip(names, beyond, strict=True) if out)
    better = "; an odds ratio would not leave it" if relative in ("RR", "RD") else ""
    return (
        f"At a baseline risk of {100 * baseline.risk:.3g}% the {which} of the risk with treatment would lie beyond 0 to"
        f" 100%, and is cut there: this {relative} does not fit so extreme a baseline{better}."
    )


ABSOLUTE_EFFECTS = FurtherAnalysis(
    name="absolute-effects",
    title="Absolute effects",
    summary="Risk with treatment, events per 1,000 people and number needed to treat at baseline risks.",
    options=AbsoluteOptions,
    run=analysed,
    minimum_studies=1,
    measures=("RR", "OR", "PETO", "HR", "RD", "RATIO"),
    references=(
        "Schünemann et al. Cochrane Handbook, chapter 15: interpreting results and drawing conclusions",
        "Altman 1998, BMJ 317:1309, doi:10.1136/bmj.317.7168.1309",
        "Altman and Andersen 1999, BMJ 319:1492, doi:10.1136/bmj.319.7223.1492",
        "Guyatt et al. 2013 (GRADE 12), J Clin Epidemiol 66:158, doi:10.1016/j.jclinepi.2012.01.012",
        "Skoetz et al. 2020 (GRADE 27), J Clin Epidemiol 118:124, doi:10.1016/j.jclinepi.2019.10.015",
        "Newcombe and Bender 2014, Evid Based Med 19:6, doi:10.1136/eb-2013-101340",
    ),
)
