"""Our answer to a record of metafor's: the same model on the same effects, and the tolerance of each field."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import golden
import numpy as np

from livereview import Array, Fit, Studies
from livereview.inference import Inference, derived, fitted
from livereview_pooling import COMMON_EFFECT, RANDOM_EFFECTS

SUPPORTED = ("EE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM", "GENQ", "GENQM")
Q_WEIGHTS = {"1/vi": "inverse-variance", "1/sqrt(vi)": "inverse-standard-error"}
INTERVALS = {"z": "wald", "t": "t", "knha": "hartung-knapp", "adhoc": "hartung-knapp-adhoc"}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One fit, or several over the leading axis, with what the core derives."""

    studies: Studies
    fit: Fit
    inference: Inference


@cache
def studies(dataset: str, effect: str) -> Studies:
    """The studies of one effect; those without effect or variance are kept as absent."""
    y, v = golden.effect(dataset, effect)
    return Studies(effect=y, variance=v, present=np.isfinite(y) & np.isfinite(v))


def has_zero_variance(dataset: str, effect: str) -> bool:
    """Whether a study of this effect has variance 0, which ``Studies`` refuses."""
    return bool((golden.effect(dataset, effect)[1] == 0).any())


def answer(chosen: Studies, method: str, test: str, level: float = 0.95, **options: Any) -> Answer:
    """Our fit by metafor's method and test, with metafor's conventions: I² from tau² for random effects."""
    if method == "EE":
        model, choices = COMMON_EFFECT, {"interval": INTERVALS[test]}
    else:
        model, choices = RANDOM_EFFECTS, {"tau2": method, "interval": INTERVALS[test], **options}
    fit = fitted(model, chosen, model.options(**choices))
    return Answer(
        studies=chosen,
        fit=fit,
        inference=derived(chosen, fit, level=level, prediction="model", i2_basis="tau2", null=0.0),
    )


def answer_to(dataset: str, record: golden.Record, **options: Any) -> Answer:
    """Our fit by the method and test of a record."""
    if "genq_weights" in record:
        options["q_weights"] = Q_WEIGHTS[record["genq_weights"]]
    return answer(studies(dataset, record["effect"]), record["method"], record["test"], **options)


def scales(chosen: Studies) -> tuple[float, float]:
    """Median variance and spread of the effects that are in any fit."""
    here = chosen.present.reshape(-1, chosen.present.shape[-1]).any(axis=0)
    y, v = chosen.effect[here], chosen.variance[here]
    return float(np.median(v)), float(np.std(y)) if y.size > 1 else float(abs(y[0]))


def hartung_knapp_factor(found: Answer) -> Array:
    """The factor on the variance of the mean that a fit used: its squared standard error over that of its weights."""
    tau2 = np.zeros(found.inference.k.shape) if found.fit.tau2 is None else found.fit.tau2
    here = found.studies.present
    total = np.where(here, found.studies.variance, 0.0) + np.where(here, tau2[..., None], 0.0)
    return np.asarray(found.fit.standard_error**2 / (found.fit.weights**2 * total).sum(axis=-1))


def stacked(chosen: Studies, present: Any) -> Studies:
    """The same studies, one fit per row of ``present``."""
    return Studies(effect=chosen.effect, variance=chosen.variance, present=present)


def complete(chosen: Studies) -> Studies:
    """The present studies alone, as metafor numbers them in its own output."""
    here = chosen.present
    return Studies(effect=chosen.effect[here], variance=chosen.variance[here], present=here[here])


def disagreements(found: Answer, record: golden.Record, fields: dict[str, str], rows: Any = ...) -> list[str]:
    """Fields of a record in which we differ by more than the tolerance, each with both values.

    Tolerances: relative 1e-10, worst error seen 6e-11 (z of edge_rate_zero, IRS|arm1), where metafor's own stopping
    rule, 1e-11 of the median variance, is felt. P values 1e-8, worst seen 2.4e-9: the same error of z, magnified in
    the tail at P = 5e-37; below 1e-290 absolute, where some of metafor's are 0. Values near 0 for their scale: the same
    share of the median variance (tau²), of the spread of the effects (estimate, standard error, limits), of 100 %
    (I²), of 1 (H², z).
    """
    variance, spread = scales(found.studies)
    absolute = {"tau2": variance, "i2": 100.0, "h2": 1.0, "statistic": 1.0, "p_value": 1e-290}
    absolute |= dict.fromkeys(("estimate", "standard_error", "ci_low", "ci_high"), spread)
    absolute |= dict.fromkeys(("prediction_low", "prediction_high"), spread)
    wrong = []
    for theirs, ours in fields.items():
        own, reference = np.asarray(getattr(found.inference, ours))[rows], golden.numbers(record[theirs])[rows]
        relative = 1e-8 if ours in ("p_value", "q_p") else 1e-10
        if (golden.excess(own, reference, relative, 1e-10 * absolute.get(ours, 0.0)) > 1).any():
            wrong.append(f"{theirs}: ours {own.tolist()}, metafor {record[theirs]}")
    return wrong
