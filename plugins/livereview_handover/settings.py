"""Whether RevMan reproduces an outcome: which of its data types, methods and settings say what the review did.

Only what RevMan computes to the same numbers is written as its own. Where it knows no such effect, the effect itself is
written (generic inverse variance); where it knows no such model, nothing pooled is written, and why is told.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from livereview import OutcomeResult, Pooled, StudyResult

DataType = Literal["Dichotomous", "Continuous", "Contrast level"]

#: As RevMan spells measures that it computes itself.
COUNTS = {"RR": "Risk Ratio", "OR": "Odds Ratio", "RD": "Risk Difference"}
MEANS = {"MD": "Mean Difference", "SMD": "Std. Mean Difference"}
#: As it or its users spell effects that are entered.
ENTERED = {"HR": "Hazard Ratio", "IRR": "Rate Ratio", "PETO": "Peto Odds Ratio", "ROM": "Ratio of Means"}
TWO_BY_TWO = ("events_1", "n_1", "events_2", "n_2")
TWO_MEANS = ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")
#: What RevMan does where a cell is empty, in the options of the measures.
_EMPTY_CELLS = {
    "RR": {"add": "0.5", "to": "only0", "drop00": "yes", "all_events": "ratio-1"},
    "OR": {"add": "0.5", "to": "only0", "drop00": "yes"},
    "RD": {"add": "0.5", "to": "only0", "drop00": "no", "correct_estimate": "no"},
}
_RAISED = "scale below 1 raised to 1"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How RevMan is told an outcome."""

    data_type: DataType
    measure: str
    log: bool
    """Whether effects are analysed on the log scale and shown as ratios."""
    method: Literal["IV", "MH"] = "IV"
    random: bool = True
    estimator: str = ""
    """Of tau²; empty for a fixed effect."""
    interval: Literal["Wald", "HKSJ"] = "Wald"
    no_totals: str = ""
    """Why nothing pooled is written; empty = RevMan pools to the same numbers."""
    prediction: bool = False
    i2: bool = True
    """Whether I² of the review is what RevMan calls I²."""
    notes: tuple[str, ...] = ()
    """What is not as the review has it, for people."""


def settings_of(outcome: OutcomeResult, fits: Iterable[Pooled]) -> Settings:
    """How RevMan is told an outcome with these pooled results of it: all studies, or its groups too."""
    kind, why = _data_type(outcome)
    if kind == "Contrast level":
        measure = ENTERED.get(outcome.measure, _entered(outcome))
    else:
        measure = {**COUNTS, **MEANS}[outcome.measure]
    base = Settings(data_type=kind, measure=measure, log=outcome.scale == "log", notes=(why,) if why else ())
    listed = tuple(fits)
    return _with_prediction(_with_model(base, outcome, listed), outcome, listed)


def _entered(outcome: OutcomeResult) -> str:
    """Name of an effect that is entered as such; the scale is said where RevMan would not undo it."""
    scale = "" if outcome.scale in ("log", "identity") else f" ({outcome.scale} scale)"
    return f"{outcome.measure_title}{scale}"


# --- the data of studies -----------------------------------------------------------------------------------------


def _data_type(outcome: OutcomeResult) -> tuple[DataType, str]:
    """The data type in which RevMan gets the review's own effects from the data; why it is the effects themselves."""
    studies = outcome.studies
    if outcome.measure in COUNTS and _have(studies, TWO_BY_TWO):
        why = _not_its_counts(outcome)
        return ("Contrast level", why) if why else ("Dichotomous", "")
    if outcome.measure in MEANS and _have(studies, TWO_MEANS):
        why = _not_its_means(outcome)
        return ("Contrast level", why) if why else ("Continuous", "")
    return "Contrast level", ""


def _have(studies: Iterable[StudyResult], columns: Iterable[str]) -> bool:
    needed = tuple(columns)
    return all(math.isfinite(study.data.get(column, math.nan)) for study in studies for column in needed)


def _not_its_counts(outcome: OutcomeResult) -> str:
    if not all(float(study.data[column]).is_integer() for study in outcome.studies for column in TWO_BY_TWO):
        return "effects are entered, since RevMan takes whole numbers only and some counts are not"
    if _option(outcome, "to") == "all":
        return "effects are entered, since something was added to the cells of every study"
    if outcome.measure == "RD" and _option(outcome, "variance", "wald") != "wald":
        return "effects are entered, since RevMan has no unbiased variance of a risk difference"
    wanted = _EMPTY_CELLS[outcome.measure]
    if _empty_cells(outcome) and any(_option(outcome, name, value) != value for name, value in wanted.items()):
        return "effects are entered, since studies with an empty cell were corrected otherwise than in RevMan"
    return ""


def _empty_cells(outcome: OutcomeResult) -> bool:
    return any(
        study.data[f"events_{arm}"] in (0, study.data[f"n_{arm}"]) for study in outcome.studies for arm in (1, 2)
    )


def _not_its_means(outcome: OutcomeResult) -> str:
    if outcome.measure == "SMD" and _option(outcome, "variant") != "revman":
        return 'effects are entered, since the standardised difference is not of the variant "revman"'
    if outcome.measure == "MD" and _option(outcome, "variance", "separate") != "separate":
        return "effects are entered, since RevMan does not pool the standard deviations of a mean difference"
    return ""


def _option(outcome: OutcomeResult, name: str, default: str = "") -> str:
    """An option of the measure in words, as the report prints it."""
    return outcome.choices.get(f"measure: {name}", default)


# --- the model ---------------------------------------------------------------------------------------------------


def _with_model(base: Settings, outcome: OutcomeResult, fits: tuple[Pooled, ...]) -> Settings:
    found = _of_model(base, outcome, fits)
    if not outcome.pooled.k:
        return replace(found, no_totals="no study has an effect that could be pooled")
    bad = [fit for fit in fits if fit.k and not (fit.converged and math.isfinite(fit.estimate))]
    if bad and not found.no_totals:
        return replace(found, no_totals="the review has no pooled estimate, or its fit did not converge")
    return found


def _of_model(base: Settings, outcome: OutcomeResult, fits: tuple[Pooled, ...]) -> Settings:
    choice = outcome.choices
    if outcome.model == "common-effect":
        refused = "" if choice.get("interval", "wald") == "wald" else "RevMan has no t interval of a fixed effect"
        return replace(base, random=False, no_totals=refused)
    if outcome.model == "peto":
        refused = "" if outcome.measure == "PETO" else "Peto's method is about the Peto odds ratio"
        return replace(base, random=False, no_totals=refused)
    if outcome.model == "mantel-haenszel":
        return replace(base, random=False, method="MH", no_totals=_not_its_mantel_haenszel(base, outcome))
    if outcome.model == "mantel-haenszel-random":
        refused = _not_its_mantel_haenszel(base, outcome)
        return replace(base, method="MH", estimator="DL", no_totals=refused, i2=outcome.i2_basis == "Q")
    if outcome.model == "random-effects":
        return _random(base, outcome, fits)
    return replace(base, no_totals=f"RevMan has no model {outcome.model}")


def _not_its_mantel_haenszel(base: Settings, outcome: OutcomeResult) -> str:
    if base.data_type != "Dichotomous":
        return "RevMan pools by Mantel and Haenszel only counts that it computes the effects from"
    choice = outcome.choices
    if _empty_cells(outcome) and outcome.measure == "RD":
        return "a study has an empty cell, and how RevMan weighs its risk difference then is not known"
    if _empty_cells(outcome) and choice.get("zero_cells", "") != "only0-ratios":
        return "a study has an empty cell, to which RevMan adds a half for Mantel and Haenszel's weights too"
    if outcome.measure == "RD" and choice.get("rd_variance", "greenland-robins") != "greenland-robins":
        return "RevMan has no variance of the risk difference by Sato"
    return ""


def _random(base: Settings, outcome: OutcomeResult, fits: tuple[Pooled, ...]) -> Settings:
    choice = outcome.choices
    estimator, interval = choice.get("tau2", ""), choice.get("interval", "")
    if choice.get("tau2_value") or choice.get("weights", "inverse-variance") != "inverse-variance":
        return replace(base, no_totals="RevMan has neither a fixed tau² nor other weights than by inverse variance")
    if estimator not in ("REML", "DL"):
        return replace(base, no_totals=f"RevMan has no estimator of tau² called {estimator or 'nothing'}")
    found = replace(base, estimator=estimator, i2=estimator == "DL" or outcome.i2_basis == "tau2")
    if interval == "wald" or all(fit.k < 2 for fit in fits):
        return found
    if interval not in ("hartung-knapp", "hartung-knapp-adhoc"):
        return replace(found, no_totals=f"RevMan has no interval {interval or 'of this name'}")
    if any(_RAISED in note for fit in fits for note in fit.notes):
        refused = "the review does not let the Hartung-Knapp interval get narrower than that of Wald; RevMan does"
        return replace(found, interval="HKSJ", no_totals=refused)
    return replace(found, interval="HKSJ")


def _with_prediction(found: Settings, outcome: OutcomeResult, fits: tuple[Pooled, ...]) -> Settings:
    """With the prediction interval of the review where RevMan computes the same, and what is left out told."""
    notes = list(found.notes)
    whole = fits[0]
    has_one = found.random and whole.prediction_low is not None and math.isfinite(whole.prediction_low)
    same = whole.prediction_df in ({"Wald": ("normal", "model"), "HKSJ": ("k-1", "model")}[found.interval])
    if has_one and not same and not found.no_totals:
        words = outcome.choices.get("prediction interval", whole.prediction_df)
        notes.append(f"no prediction interval, since RevMan has another one ({words} in the review)")
    if not found.i2 and not found.no_totals and any(fit.k > 1 for fit in fits):
        notes.append(f"no I², since RevMan's is from tau² and that of the review is from {outcome.i2_basis}")
    return replace(found, prediction=has_one and same, notes=tuple(notes))
