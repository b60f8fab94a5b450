"""The numbers of analyses as RevMan's files have them: rows of data, results, settings.

Entered effects (GIV) are on the analysis scale; what is shown (Mean and limits) is the ratio where that scale is the
log, else the effect itself. Every number is the report's: here is only taken the exponential, and the normal limits of
a single study.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from statistics import NormalDist

from livereview import Pooled, StudyResult
from livereview.spreadsheet import Record
from livereview_handover.analyses import Analysis, Group
from livereview_handover.cells import NOT_APPLICABLE, flag, known, markup, number
from livereview_handover.settings import Settings

#: How RevMan's columns are called by the arm of the review: 1 = experimental, 2 = control.
_SIDES = {1: "Experimental", 2: "Control"}
_PEOPLE = ("Experimental cases", "Experimental N", "Control cases", "Control N")


def data_rows(analysis: Analysis, names: Mapping[str, str]) -> list[Record]:
    """A row for each study of an analysis, group by group."""
    return [
        {
            "Analysis group": analysis.group,
            "Analysis number": analysis.number,
            "Analysis name": markup(analysis.name),
            "Subgroup": markup(group.name) if group else None,
            "Subgroup number": group.number if group else None,
            "Applicability": "SUBGROUP_AND_OVERALL",
            "Study": names[study.study_id],
            "Study year": study.year,
            **study_data(analysis.settings, study, one_arm=not analysis.outcome.control),
            "Weight": number(study.weight) if analysis.totals else None,
            **_shown_study(analysis, study),
            "Footnotes": markup(footnote(study)) or None,
        }
        for group, study in analysis.rows()
    ]


def study_data(settings: Settings, study: StudyResult, one_arm: bool) -> Record:
    """What RevMan computes a study's effect from, or the effect itself with the people behind it."""
    data = study.data
    cells: Record = {}
    if settings.data_type == "Dichotomous":
        cells = {f"{side} cases": number(data[f"events_{arm}"]) for arm, side in _SIDES.items()}
    elif settings.data_type == "Continuous":
        cells = {f"{side} mean": number(data[f"mean_{arm}"]) for arm, side in _SIDES.items()}
        cells |= {f"{side} SD": number(data[f"sd_{arm}"]) for arm, side in _SIDES.items()}
    else:
        cells = {"GIV Mean": number(study.effect), "GIV SE": number(math.sqrt(study.variance))}
    people = {f"{side} N": number(data.get(f"n_{arm}")) for arm, side in _SIDES.items()}
    if one_arm and "n" in data:
        people["Experimental N"] = number(data["n"])
    return {**cells, **people}


def _shown_study(analysis: Analysis, study: StudyResult) -> Record:
    reach = NormalDist().inv_cdf((1 + analysis.outcome.level) / 2) * math.sqrt(study.variance)
    shown = shown_by(analysis.settings)
    return {
        "Mean": number(shown(study.effect)),
        "CI start": number(shown(study.effect - reach)),
        "CI end": number(shown(study.effect + reach)),
    }


def shown_by(settings: Settings) -> Callable[[float | None], float | None]:
    """From the analysis scale to what RevMan shows."""

    def shown(value: float | None) -> float | None:
        if value is None or not math.isfinite(value) or not settings.log:
            return value
        try:
            return math.exp(value)
        except OverflowError:
            return None

    return shown


def footnote(study: StudyResult) -> str:
    """Where a study's numbers stand, how they were obtained and what was done to them."""
    places = dict.fromkeys(f"{row.locator} ({row.citation}; {row.status})" for row in study.rows)
    return "; ".join([*places, *(note.rstrip(".") for note in study.notes)])


# --- settings and results ----------------------------------------------------------------------------------------


def overall(analysis: Analysis, rows: list[Record], with_bias: bool) -> Record:
    """Settings of an analysis and, where RevMan pools to the same, its results. ``rows`` are its data rows."""
    outcome, settings = analysis.outcome, analysis.settings
    division = analysis.division
    compared = analysis.subtotals and division is not None and division.q_between is not None
    results: Record = {}
    if analysis.totals:
        once = list({row["Study"]: row for row in rows}.values())
        results = {**_people(once), **_results(settings, outcome.pooled, outcome.i2_basis)}
    if compared and division is not None:
        results |= {
            "Subgroup Chi²": number(division.q_between),
            "Subgroup df": number(division.df_between),
            "Subgroup P": number(division.p_between),
        }
    return {
        "Analysis group": analysis.group,
        "Analysis number": analysis.number,
        "Analysis name": markup(analysis.name),
        "Analysis group name": markup(analysis.group_name),
        "Data source": "Custom input",
        "Data source eligibility": NOT_APPLICABLE,
        "Data type": settings.data_type,
        "Log-scale data": flag(settings.log),
        "Experimental group label": markup(outcome.experimental) or None,
        "Control group label": markup(outcome.control) or None,
        "Statistical method": settings.method,
        "Effect measure": markup(settings.measure),
        "Unit of effect measure": markup(outcome.unit) or None,
        "Analysis model": "Random effect" if settings.random else "Fixed effect",
        "Heterogeneity estimator": settings.estimator or NOT_APPLICABLE,
        "Tau² CI": flag(False),
        "Subgroup estimates": flag(analysis.subtotals if analysis.groups else analysis.totals),
        "Overall estimates": flag(analysis.totals),
        "Test for subgroup differences": flag(compared),
        "Prediction interval": flag(settings.prediction and analysis.totals),
        "Swap event and non-event": flag(False),
        "CI method": settings.interval,
        "CI/PI level": f"{100 * outcome.level:.12g}%",
        "Sort studies by": "STUDY",
        "Graph label (left)": markup(outcome.favours[0]) or None,
        "Graph label (right)": markup(outcome.favours[1]) or None,
        "Graph scale": 100,
        "Show risk of bias": flag(with_bias),
        "ID": f"analysis:{analysis.id}",
        **results,
    }


def subgroup(analysis: Analysis, group: Group, rows: list[Record]) -> Record:
    """Results of one group of an analysis. ``rows`` are the data rows of the analysis."""
    weight = math.fsum(study.weight for study in group.studies) if analysis.totals else None
    return {
        "Analysis group": analysis.group,
        "Analysis number": analysis.number,
        "Subgroup": markup(group.name),
        "Subgroup number": group.number,
        **_people([row for row in rows if row["Subgroup number"] == group.number]),
        "Weight": number(weight),
        **_results(analysis.settings, group.pooled, analysis.outcome.i2_basis),
        "ID": f"subgroup:{analysis.id}/{group.number}",
    }


def _people(rows: list[Record]) -> Record:
    """People and events of all studies, where every study has them."""
    return {column: number(known(rows, column)) for column in _PEOPLE}


def _results(settings: Settings, pooled: Pooled, i2_basis: str) -> Record:
    shown = shown_by(settings)
    by_t = pooled.df is not None and math.isfinite(pooled.df)
    tested = number(None if pooled.p_value is None else abs(pooled.statistic))
    cells: Record = {
        "Mean": number(shown(pooled.estimate)),
        "CI start": number(shown(pooled.ci_low)),
        "CI end": number(shown(pooled.ci_high)),
        "Heterogeneity Tau²": number(pooled.tau2) if settings.random else None,
        "Heterogeneity Chi²": number(pooled.q),
        "Heterogeneity df": number(pooled.q_df),
        "Heterogeneity P": number(pooled.q_p),
        "Heterogeneity I²": number(pooled.i2) if settings.i2 else None,
        "Effect T" if by_t else "Effect Z": tested,
        "Effect P": number(pooled.p_value),
    }
    if settings.prediction:
        cells |= {
            "PI start": number(shown(pooled.prediction_low)),
            "PI end": number(shown(pooled.prediction_high)),
        }
    return cells
