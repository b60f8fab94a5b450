"""What a trial sequential analysis is designed for: options, the effect sought, the information required and there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from livereview import AnalysisRequest, Array, Options, PluginError
from livereview_sequential import information
from livereview_sequential.effects import on_analysis_scale
from livereview_sequential.looks import Looks, Pooling
from livereview_sequential.spending import Spending
from livereview_sequential.statements import listed

BINARY = ("RR", "OR", "RD", "PETO")
MEANS = ("MD", "SMD")
Unit = Literal["statistical", "participants", "events"]
Share = Annotated[float, Field(gt=0, lt=1)]


class TrialSequentialOptions(Options):
    """Errors, the effect sought, and how information is counted."""

    effect: float | None = Field(
        default=None,
        description="The smallest effect worth finding, as the measure shows it (HR 0.75, MD 5). Either this or `rrr`"
        " must be stated: it decides how much information is required.",
        examples=[0.75],
    )
    rrr: float | None = Field(
        default=None,
        lt=1,
        description="Relative reduction of the control risk worth finding, for RR, OR, RD and PETO; negative: an"
        " increase.",
        examples=[0.2],
    )
    alpha: Share = Field(default=0.05, description="Two-sided error of claiming an effect where there is none.")
    power: Share = Field(default=0.9, description="Probability of finding the effect sought where it is there.")
    spending: Spending = Field(default="obrien-fleming", description="How alpha is spent as information grows.")
    futility: Literal["none"] | Spending = Field(
        default="obrien-fleming",
        description="How beta is spent within the inner wedge, which is not binding; `none`: no wedge.",
    )
    information: Unit = Field(
        default="statistical",
        description="What is counted: inverse variance, participants, or events (HR only).",
    )
    heterogeneity: Literal["D2", "tau2", "none"] = Field(
        default="D2",
        description="D2: the required information is divided by 1 - D² (diversity); tau2: each study counts 1/(v + τ²)"
        " (statistical information only); none: as if effects were equal.",
    )
    control_risk: Literal["control-pooled"] | Share = Field(
        default="control-pooled",
        description="Risk without treatment: a number, or the events over the people of all control arms in the data.",
    )
    sd: float | None = Field(
        default=None, gt=0, description="Standard deviation within arms (MD); default: pooled from the data."
    )
    pooling: Pooling = Field(
        default="outcome",
        description="Where Z comes from: the outcome's own model, or inverse variance with Wald's test and a common"
        " effect, DL or REML.",
    )

    @model_validator(mode="after")
    def _one_effect(self) -> TrialSequentialOptions:
        if (self.effect is None) == (self.rrr is None):
            raise ValueError(
                "state the effect sought, either as effect (e.g. effect = 0.75) or as rrr (e.g. rrr = 0.2)"
            )
        if self.rrr == 0:
            raise ValueError("rrr = 0 is no effect; state the smallest reduction worth finding, e.g. rrr = 0.2")
        if self.heterogeneity == "tau2" and self.information != "statistical":
            raise ValueError(
                'heterogeneity = "tau2" is part of statistical information; with participants or events choose "D2"'
            )
        return self


@dataclass(frozen=True)
class Design:
    """The design and how far it has come."""

    effect: float
    """On the analysis scale, as a difference from no effect."""
    quantiles: float
    """Mean of Z at the required information under the effect sought."""
    unadjusted: float
    """Required information without heterogeneity."""
    required: float
    so_far: Array
    """Information after each study, (K,)."""
    d2: float
    control_risk: float | None
    least_trials: int | None
    """With tau²: fewer trials can never have the required information."""

    @property
    def share(self) -> Array:
        """Of the required information, after each study."""
        return self.so_far / self.required


def design_of(request: AnalysisRequest, looks: Looks, options: TrialSequentialOptions) -> Design:
    """The design for these studies; ``PluginError`` with what is missing where it cannot be made."""
    studies, by_tau2 = request.studies, options.heterogeneity == "tau2"
    control = _control_risk(request, options)
    effect = _effect(request, options, control)
    sought = information.quantiles(options.alpha, options.power)
    diversity = information.diversity(studies.variance, looks.tau2)
    unadjusted = _unadjusted(request, options, effect, sought, control)
    adjusted = options.heterogeneity == "D2"
    return Design(
        effect=effect,
        quantiles=sought,
        unadjusted=unadjusted,
        required=unadjusted / (1 - diversity.d2) if adjusted else unadjusted,
        so_far=np.cumsum(_of_each(request, options, looks.tau2 if by_tau2 else 0.0)),
        d2=diversity.d2,
        control_risk=control,
        least_trials=information.least_trials(looks.tau2, unadjusted) if by_tau2 and looks.tau2 > 0 else None,
    )


def _control_risk(request: AnalysisRequest, options: TrialSequentialOptions) -> float | None:
    """Where a risk is needed: stated, or of all control arms in the data."""
    measure = request.studies.measure
    needed = measure in BINARY and (options.information == "participants" or options.rrr is not None)
    if not needed:
        return None
    if options.control_risk != "control-pooled":
        return options.control_risk
    data = request.studies.data
    events, people = (np.asarray(data.get(name, np.nan), dtype=np.float64) for name in ("events_2", "n_2"))
    known = np.isfinite(events) & np.isfinite(people)
    risk = float(events[known].sum() / people[known].sum()) if known.any() else np.nan
    if not 0 < risk < 1:
        found = "no study has the counts of its control arm" if np.isnan(risk) else f"the control arms have {risk:g}"
        raise PluginError(f"{found}, so there is no control risk in the data; state one, e.g. control_risk = 0.1")
    return risk


def _effect(request: AnalysisRequest, options: TrialSequentialOptions, control: float | None) -> float:
    measure = request.studies.measure
    if options.effect is not None:
        return on_analysis_scale(request, options.effect, "effect")
    assert options.rrr is not None
    if measure not in BINARY or control is None:
        raise PluginError(f"rrr is for {', '.join(BINARY)}; for {measure} state the effect itself, e.g. effect = 0.75")
    if control * (1 - options.rrr) >= 1:
        raise PluginError(f"rrr = {options.rrr:g} would raise a control risk of {control:.3g} to 1 or more; state less")
    return information.effect_of_reduction(options.rrr, control, measure)


def _unadjusted(
    request: AnalysisRequest, options: TrialSequentialOptions, effect: float, sought: float, control: float | None
) -> float:
    """Required information as if all effects were equal, in the unit that is counted."""
    measure = request.studies.measure
    if options.information == "statistical":
        return information.required_statistical(effect, sought)
    if options.information == "events":
        if measure != "HR":
            raise PluginError(f'events are the information of a HR; for {measure} choose "statistical"')
        return information.required_events(effect, sought)
    if control is not None:
        treated = information.treated_risk(control, effect, measure)
        if not 0 < treated < 1:
            raise PluginError(
                f"the effect sought makes of a control risk of {control:.3g} a risk of {treated:.3g}; state less"
            )
        return information.required_binary(control, treated, sought)
    if measure in MEANS:
        return information.required_mean(effect, 1.0 if measure == "SMD" else _sd(request, options), sought)
    other = (
        'choose information = "events" or "statistical"' if measure == "HR" else 'choose information = "statistical"'
    )
    raise PluginError(f"how many participants a {measure} needs is not known from the effect alone; {other}")


def _sd(request: AnalysisRequest, options: TrialSequentialOptions) -> float:
    """Standard deviation within arms: stated, or pooled over all arms that have one."""
    if options.sd is not None:
        return options.sd
    data = request.studies.data
    sd, n = (
        np.concatenate([np.atleast_1d(data.get(f"{name}_{arm}", np.array([np.nan]))) for arm in (1, 2)])
        for name in ("sd", "n")
    )
    known = np.isfinite(sd) & (n > 1)
    if not known.any():
        raise PluginError("no arm has a standard deviation; state one, e.g. sd = 10")
    return float(np.sqrt(np.sum((n[known] - 1) * sd[known] ** 2) / np.sum(n[known] - 1)))


def _of_each(request: AnalysisRequest, options: TrialSequentialOptions, tau2: float) -> Array:
    """Information of each study, (K,)."""
    studies = request.studies
    if options.information == "statistical":
        return np.asarray(1 / (studies.variance + tau2))
    if options.information == "events":
        counts = np.asarray(studies.data.get("events", np.full(studies.effect.shape, np.nan)), dtype=np.float64)
    else:
        counts = np.array([np.nan if n is None else n for n in request.participants], dtype=np.float64)
    unknown = [name for name, n in zip(studies.labels, counts, strict=True) if not n > 0]
    if unknown:
        raise PluginError(
            f'number of {options.information} not stated for {listed(unknown)}; choose information = "statistical"'
        )
    return counts
