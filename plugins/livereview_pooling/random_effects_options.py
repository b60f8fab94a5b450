"""The choices of the random-effects model, and which of them do not go together."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from livereview import Options

Interval = Literal[
    "hartung-knapp",
    "hartung-knapp-adhoc",
    "hartung-knapp-hybrid",
    "hartung-knapp-iqwig6",
    "wald",
    "t",
    "kenward-roger",
    "henmi-copas",
]
PredictionInterval = Literal[
    "wald-k-1", "wald-k-2", "wald-normal", "hartung-knapp-k-1", "hartung-knapp-k-2", "kenward-roger"
]


class RandomEffectsOptions(Options):
    """Choices of the random-effects model."""

    tau2: Literal["REML", "DL", "PM", "ML", "EB", "HE", "HS", "SJ", "DL2", "HSk", "PMM", "GENQ", "GENQM"] = Field(
        default="REML",
        description="Estimator of tau²: REML, DL (DerSimonian-Laird), PM (Paule-Mandel; EB is another name for it), "
        "ML, HE (Hedges), HS (Hunter-Schmidt), SJ (Sidik-Jonkman), DL2 (two-step DerSimonian-Laird), HSk "
        "(Hunter-Schmidt with small-sample correction), PMM (median-unbiased Paule-Mandel), GENQ (generalised Q with "
        "the weights q_weights, which then also pool the effects) or GENQM (the same, median-unbiased).",
    )
    interval: Interval = Field(
        default="hartung-knapp",
        description="hartung-knapp: standard error scaled by the observed spread, t quantiles with k - 1 degrees of "
        "freedom; hartung-knapp-adhoc: the same, with a scale of at least 1; hartung-knapp-hybrid: the Wald interval "
        "where it is wider; hartung-knapp-iqwig6: t where narrower than the Wald interval with tau² by DL; wald: "
        "normal quantiles; t: t quantiles, standard error not scaled; kenward-roger: adjusted standard error and "
        "degrees of freedom, for REML; henmi-copas: about the mean of weights common-effect, for tau2 DL.",
    )
    tau2_value: float | None = Field(
        default=None,
        ge=0,
        allow_inf_nan=False,
        description="Fixes tau² at this value (squared analysis scale) in place of an estimate.",
    )
    weights: Literal["inverse-variance", "equal", "common-effect"] = Field(
        default="inverse-variance",
        description="inverse-variance: 1 / (v + tau²), for GENQ and GENQM those of q_weights; equal: the plain mean of "
        "the effects; common-effect: 1 / v, with tau² in the standard error.",
    )
    q_weights: Literal["inverse-variance", "inverse-standard-error"] | None = Field(
        default=None,
        description="Weights of GENQ and GENQM, 1 / v (default) or 1 / sqrt(v).",
    )
    report: tuple[Literal["tau2-error"], ...] = Field(
        default=(),
        description="Further numbers to report: tau2-error, the asymptotic standard error of tau².",
    )
    prediction_interval: PredictionInterval | None = Field(
        default=None,
        description="None: as the outcome's `prediction` says, with the standard error of `interval`. The others name "
        "standard error and quantile themselves, whatever `interval` is: wald-k-1, wald-k-2, hartung-knapp-k-1, "
        "hartung-knapp-k-2 (t), wald-normal, kenward-roger (t with its degrees of freedom less 1, for REML).",
    )
    level: float = Field(
        default=0.95,
        gt=0,
        lt=1,
        description="Level of what the model makes itself: the henmi-copas interval, the comparison of widths of "
        "hartung-knapp-hybrid and hartung-knapp-iqwig6, and prediction_interval. The outcome's where a manifest says "
        "nothing.",
    )

    @model_validator(mode="after")
    def _go_together(self) -> Self:
        generalised = self.tau2 in ("GENQ", "GENQM")
        estimated_reml = self.tau2 == "REML" and self.tau2_value is None and self.weights == "inverse-variance"
        wrong = []
        if self.q_weights is not None and not generalised:
            wrong.append(f'q_weights belongs to tau2 = "GENQ" or "GENQM"; tau2 is "{self.tau2}"')
        if generalised and self.weights != "inverse-variance":
            wrong.append(f'weights is "{self.weights}", but {self.tau2} pools by q_weights; leave weights out')
        wrong += [
            f'{option} = "kenward-roger" needs tau2 = "REML", estimated, and inverse-variance weights'
            for option in ("interval", "prediction_interval")
            if getattr(self, option) == "kenward-roger" and not estimated_reml
        ]
        if self.interval == "henmi-copas" and (
            self.tau2 != "DL" or self.weights != "common-effect" or self.tau2_value is not None
        ):
            wrong.append('interval = "henmi-copas" needs tau2 = "DL", estimated, and weights = "common-effect"')
        if "tau2-error" in self.report and self.tau2_value is not None:
            wrong.append("report = tau2-error needs an estimate of tau², but tau2_value fixes it")
        if wrong:
            raise ValueError("; ".join(wrong))
        return self
