"""What RevMan, metafor, meta and Stata's metan choose where a user chooses random effects and says no more.

A preset sets every choice that moves a number: model, estimator of tau², interval, prediction interval, I², what is
done about empty cells, the variance of a study. The effect measure stays the review's, but for stata-metan-exact, which
is about raw proportions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from livereview import Preset

Choices = Mapping[str, Any]

#: Measures of two by two tables that are pooled from counts.
RATIOS = ("OR", "RR")
TWO_BY_TWO = (*RATIOS, "RD")
#: Measures of one arm of which a half is added to the counts where a cell is empty.
ONE_ARM = ("PR", "PLN", "PLO", "IR", "IRLN")
PROPORTIONS = ("PR", "PLN", "PLO", "PAS", "PFT")
#: Measures of two arms from which a program may leave out studies without an event.
TWO_ARMS = (*TWO_BY_TWO, "PETO", "IRR", "IRD")

HALF: Mapping[str, Any] = {"add": 0.5, "to": "only0"}
SETS_ASIDE = "Studies without an event in either arm (OR: also with events only) are set aside."


def _cells(measure: str) -> dict[str, Any]:
    """A half added to all cells of a study with an empty cell; studies that say nothing about a ratio set aside."""
    if measure in (*RATIOS, "IRR"):
        return {**HALF, "drop00": True}
    return dict(HALF) if measure in (*ONE_ARM, "RD", "IRD") else {}


def _cochrane_2025(measure: str) -> Choices:
    smd = {"variant": "revman"} if measure == "SMD" else {}
    return {
        "model": {"name": "random-effects", "tau2": "REML", "interval": "hartung-knapp"},
        "prediction": "k-1",
        "i2": "tau2",
        "level": 0.95,
        "measure": {**_cells(measure), **smd},
    }


def _revman5(measure: str) -> Choices:
    if measure in TWO_BY_TWO:
        model: dict[str, Any] = {"name": "mantel-haenszel-random", "zero_cells": "only0-ratios"}
    else:
        model = {"name": "random-effects", "tau2": "DL", "interval": "wald"}
    return {**_cochrane_2025(measure), "model": model, "prediction": "none", "i2": "Q"}


def _metafor(measure: str) -> Choices:
    cells = {**HALF, "drop00": False} if measure in TWO_ARMS else _cells(measure)
    if measure == "RD":
        cells["correct_estimate"] = True
    if measure == "RR":
        cells["all_events"] = "corrected"
    return {
        "model": {"name": "random-effects", "tau2": "REML", "interval": "wald"},
        "prediction": "model",
        "i2": "tau2",
        "level": 0.95,
        "measure": cells,
    }


def _meta(measure: str) -> Choices:
    smd = {"variant": "revman"} if measure == "SMD" else {}
    model = {"name": "random-effects", "tau2": "REML", "interval": "wald"}
    return {
        "model": {"name": "binomial-normal"} if measure == "PLO" else model,
        "prediction": "k-1",
        "i2": "Q",
        "level": 0.95,
        "measure": {**_cells(measure), **smd},
    }


def _stata_metan(measure: str) -> Choices:
    return {
        "model": {"name": "random-effects", "tau2": "DL", "interval": "wald"},
        "prediction": "k-2",
        "i2": "Q",
        "level": 0.95,
        "measure": _cells(measure),
    }


def _stata_metan_exact(measure: str) -> Choices:
    if measure in PROPORTIONS:
        return {**_stata_metan(measure), "measure": {"name": "PR", "variance": "exact-interval"}}
    return _stata_metan(measure)


COCHRANE_2025 = Preset(
    name="cochrane-2025",
    summary="Cochrane's advice from 2025 (RevMan): REML, Hartung-Knapp interval, prediction interval with k - 1.",
    choices=_cochrane_2025,
    notes={
        "model": "REML with the Hartung-Knapp interval, not guarded.",
        "i2": "From tau² (addendum of May 2024 to what was endorsed in 2022).",
        "prediction": "t with k - 1 degrees of freedom and the Hartung-Knapp standard error.",
        "measure": f"A half is added to all cells of a study with an empty cell, for RD to its variance alone. "
        f"{SETS_ASIDE}",
    },
    references=(
        "Cochrane Methods. Random-effects meta-analysis methods for intervention reviews. 2022, addendum 2024",
        "Higgins JPT et al. (eds). Cochrane Handbook for Systematic Reviews of Interventions, chapter 10. 2024",
        "Veroniki AA et al. Methods to estimate the between-study variance and its uncertainty in meta-analysis. "
        "Res Synth Methods 2016;7:55. doi:10.1002/jrsm.1164",
    ),
)

REVMAN5 = Preset(
    name="revman5",
    summary='RevMan 5: "M-H, random" for counts, DerSimonian-Laird otherwise, Wald interval, no prediction interval.',
    choices=_revman5,
    notes={
        "model": "DerSimonian-Laird with Q about the Mantel-Haenszel estimate for OR, RR and RD; with Q about the "
        "inverse-variance mean otherwise.",
        "measure": f"A half is added to all cells of a study with an empty cell, for RD to its variance alone. "
        f"{SETS_ASIDE}",
    },
    references=(
        "Deeks JJ, Higgins JPT. Statistical algorithms in Review Manager 5. Cochrane Collaboration, 2010",
        "DerSimonian R, Laird N. Meta-analysis in clinical trials. Control Clin Trials 1986;7:177. "
        "doi:10.1016/0197-2456(86)90046-2",
    ),
)

METAFOR = Preset(
    name="metafor",
    summary="R package metafor, rma(): REML, Wald interval, normal prediction interval, I² from tau².",
    choices=_metafor,
    notes={
        "prediction": "The quantile of the model's own interval: normal.",
        "i2": "From tau² and the typical variance.",
        "measure": "A half is added to all cells of a study with an empty cell, also in the estimate of RD; studies "
        "without an event stay in (drop00 = FALSE).",
    },
    references=(
        "Viechtbauer W. Conducting meta-analyses in R with the metafor package. J Stat Softw 2010;36(3). "
        "doi:10.18637/jss.v036.i03",
    ),
)

META = Preset(
    name="meta",
    summary="R package meta (8), random-effects model: REML, Wald interval, prediction interval with k - 1.",
    choices=_meta,
    notes={
        "model": "For logit proportions a binomial-normal model of the counts (its default method is GLMM there).",
        "prediction": "t with k - 1 degrees of freedom from version 8, k - 2 before.",
        "measure": f"A half is added to all cells of a study with an empty cell. {SETS_ASIDE}",
    },
    references=(
        "Balduzzi S, Ruecker G, Schwarzer G. How to perform a meta-analysis with R: a practical tutorial. "
        "Evid Based Ment Health 2019;22:153. doi:10.1136/ebmental-2019-300117",
    ),
)

STATA_METAN = Preset(
    name="stata-metan",
    summary="Stata's metan, random: DerSimonian-Laird, Wald interval, prediction with k - 2.",
    choices=_stata_metan,
    notes={"measure": f"A half is added to all cells of a study with an empty cell. {SETS_ASIDE}"},
    references=("Harris RJ et al. metan: fixed- and random-effects meta-analysis. Stata J 2008;8:3. "
                "doi:10.1177/1536867X0800800102",),
)  # fmt: skip

STATA_METAN_EXACT = Preset(
    name="stata-metan-exact",
    summary="As stata-metan; proportions raw, with standard errors from the width of the exact interval.",
    choices=_stata_metan_exact,
    notes={
        "measure": "The standard error of a proportion is the width of its Clopper-Pearson interval over 2 x 1.96, "
        "which is what metan makes of a proportion with limits.",
    },
    references=STATA_METAN.references,
)
