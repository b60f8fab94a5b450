"""Tables of what was pooled: outcomes, every fit, tests, further analyses, what changed."""

from __future__ import annotations

from collections.abc import Iterator

from livereview import OutcomeResult, Report, Value
from livereview.spreadsheet import Record
from livereview_results.columns import (
    OUTCOME,
    POOLED,
    STUDY,
    Table,
    count,
    listed,
    number,
    pooled_cells,
    said,
    text,
    truth,
)


def _outcomes(report: Report) -> Iterator[Record]:
    for outcome in report.outcomes:
        rated = outcome.certainty
        yield {
            "outcome": outcome.id,
            "group": outcome.group,
            "title": outcome.title,
            "measure": outcome.measure,
            "measure_title": outcome.measure_title,
            "scale": outcome.scale,
            "display": outcome.display,
            "unit": outcome.unit,
            "model": outcome.model,
            "level": outcome.level,
            "null": outcome.null_shown,
            "experimental": outcome.experimental,
            "control": outcome.control,
            **pooled_cells(outcome.pooled),
            "i2_basis": outcome.i2_basis,
            "certainty": rated.level if rated else "",
            "certainty_reasons": listed(rated.reasons) if rated else "",
            "certainty_signed_by": rated.signed_by if rated else "",
            "certainty_signed_on": rated.signed_on if rated else "",
            "statuses": listed(f"{name}: {number}" for name, number in outcome.statuses.items()),
            "cautions": listed(outcome.cautions),
            "failures": listed(f"{item.section}: {item.message}" for item in outcome.failures),
        }


def _choices(report: Report) -> Iterator[Record]:
    for outcome in report.outcomes:
        for name, words in outcome.choices.items():
            yield {"outcome": outcome.id, "choice": name, "value": words}


def _fits(report: Report) -> Iterator[Record]:
    for outcome in report.outcomes:
        yield {"outcome": outcome.id, "analysis": "main", **pooled_cells(outcome.pooled)}
        for division in outcome.subgroups:
            for name, pooled, studies in division.groups:
                own = {"analysis": "subgroup", "division": division.title, "name": name, "studies": listed(studies)}
                yield {"outcome": outcome.id, **own, **pooled_cells(pooled)}
        for item in outcome.sensitivity:
            own = {"analysis": "sensitivity", "name": item.title, "choice": item.choice}
            yield {"outcome": outcome.id, **own, "studies": listed(item.studies), **pooled_cells(item.pooled)}
        for analysis, steps in (("leave-one-out", outcome.leave_one_out), ("cumulative", outcome.cumulative)):
            for step in steps:
                own = {"analysis": analysis, "name": step.label, "study_id": step.study_id}
                yield {"outcome": outcome.id, **own, **pooled_cells(step.pooled)}


def _tests(report: Report) -> Iterator[Record]:
    for outcome in report.outcomes:
        for test in outcome.pooled.tests:
            yield {
                "outcome": outcome.id,
                "kind": "model",
                "name": test.name,
                "statistic_name": test.statistic_name,
                "statistic": test.statistic,
                "df": test.df,
                "p_value": test.p_value,
            }
        for division in outcome.subgroups:
            yield {
                "outcome": outcome.id,
                "kind": "subgroup differences",
                "name": division.title,
                "statistic_name": "Q",
                "statistic": division.q_between,
                "df": division.df_between,
                "p_value": division.p_between,
                "notes": listed(division.notes),
            }
        for bias in outcome.bias:
            yield {
                "outcome": outcome.id,
                "kind": "small-study effects",
                "name": bias.name,
                "statistic_name": bias.statistic_name,
                "statistic": bias.statistic,
                "df": bias.df,
                "p_value": bias.p_value,
                "estimate": bias.estimate,
                "standard_error": bias.standard_error,
                "refused": bias.refused,
                "notes": listed(bias.notes),
            }


def _analyses(report: Report) -> Iterator[Record]:
    for outcome in report.outcomes:
        yield from _cells(outcome)


def _cells(outcome: OutcomeResult) -> Iterator[Record]:
    for order, result in enumerate(outcome.further, start=1):
        own: Record = {"outcome": outcome.id, "analysis": result.name, "order": order}
        if result.refused:
            yield {**own, "refused": result.refused}
        for table in result.shown:
            for row, cells in enumerate(table.rows, start=1):
                for column, value in zip(table.columns, cells, strict=True):
                    yield {**own, "table": table.title, "row": row, "column": column.name, **_value(value)}


def _value(value: Value) -> Record:
    if isinstance(value, tuple):
        return {"number": value[0], "low": value[1], "high": value[2]}
    return {"text": value} if isinstance(value, str) else {"number": value}


def _changes(report: Report) -> Iterator[Record]:
    verdicts = {verdict.id: verdict for verdict in report.changes.verdicts}
    changes = {change.id: change for change in report.changes.outcomes}
    for outcome in dict.fromkeys([*verdicts, *changes]):
        verdict, change = verdicts.get(outcome), changes.get(outcome)
        before, after = (change.before, change.after) if change else (None, None)
        yield {
            "outcome": outcome,
            "verdict": verdict.kind if verdict else "",
            "why": listed(verdict.why) if verdict else "",
            "k_before": change.k_before if change else None,
            "estimate_before": before.estimate if before else None,
            "ci_low_before": before.low if before else None,
            "ci_high_before": before.high if before else None,
            "k_after": change.k_after if change else None,
            "estimate_after": after.estimate if after else None,
            "ci_low_after": after.low if after else None,
            "ci_high_after": after.high if after else None,
            "studies_added": listed(change.studies_added) if change else "",
            "studies_removed": listed(change.studies_removed) if change else "",
            "definition_changed": said(change.definition_changed) if change else "",
            "certainty_before": change.certainty_before if change else "",
            "certainty_after": change.certainty_after if change else "",
        }


OUTCOMES = Table(
    name="outcomes",
    about="One row for each outcome: what was pooled, how, and the result of the main analysis.",
    key=("outcome",),
    columns=(
        OUTCOME,
        text("group", "heading under which the report puts it"),
        text("title", "its title"),
        text("measure", "code of the effect measure"),
        text("measure_title", "the effect measure in words"),
        text("scale", "analysis scale"),
        text("display", "display scale: ratio, proportion, difference, rate, mean, correlation"),
        text("unit", "unit of a difference or a mean"),
        text("model", "effect model"),
        number("level", "confidence level, 0-1"),
        number("null", "no effect on the display scale; empty where the measure has none"),
        text("experimental", "experimental arm"),
        text("control", "control arm"),
        *POOLED,
        text("i2_basis", "what I² is computed from: Q or tau2"),
        text("certainty", "certainty of the evidence (GRADE) as people signed it; empty = nobody did"),
        text("certainty_reasons", "why it was rated down or up"),
        text("certainty_signed_by", "who signed it"),
        text("certainty_signed_on", "on which day"),
        text("statuses", "studies by the status of their rows"),
        text("cautions", "what must be read with the number"),
        text("failures", "sections that failed, and why"),
    ),
    rows=_outcomes,
)
CHOICES = Table(
    name="choices",
    about="Every resolved choice of every outcome, in words.",
    key=("outcome", "choice"),
    refers=(("outcome", "outcomes"),),
    columns=(OUTCOME, text("choice", "its name"), text("value", "what was chosen")),
    rows=_choices,
)
FITS = Table(
    name="fits",
    about="One row for each fit: the main one, subgroups, sensitivity analyses, leave-one-out, cumulative.",
    refers=(("outcome", "outcomes"),),
    columns=(
        OUTCOME,
        text("analysis", "main, subgroup, sensitivity, leave-one-out, cumulative"),
        text("division", "of a subgroup: what the studies are divided by"),
        text("name", "the subgroup, the sensitivity analysis, or the study that is left out or added"),
        text("choice", "of a sensitivity analysis: what differs"),
        STUDY,
        *POOLED,
        text("studies", "ids of the studies, for subgroups and sensitivity analyses"),
    ),
    rows=_fits,
)
TESTS = Table(
    name="tests",
    about="Tests of subgroup differences and small-study effects, and those that a model brings.",
    refers=(("outcome", "outcomes"),),
    columns=(
        OUTCOME,
        text("kind", "model, subgroup differences, small-study effects"),
        text("name", "the test, or what the studies are divided by"),
        text("statistic_name", "z, t, Q, ..."),
        number("statistic", "its value"),
        number("df", "degrees of freedom"),
        number("p_value", "P"),
        number("estimate", "of small-study effects: slope or intercept"),
        number("standard_error", "its standard error"),
        text("refused", "why it was not run; empty = it ran"),
        text("notes", "notes, separated by semicolons"),
    ),
    rows=_tests,
)
ANALYSES = Table(
    name="analyses",
    about="Further analyses, one row for each cell of their tables; effects on the display scale.",
    refers=(("outcome", "outcomes"),),
    columns=(
        OUTCOME,
        text("analysis", "name of the analysis"),
        count("order", "which of the outcome's analyses, from 1"),
        text("table", "title of the table"),
        count("row", "row of the table, from 1"),
        text("column", "column of the table"),
        text("text", "a cell that is text"),
        number("number", "a cell that is a number, or the estimate of one with limits"),
        number("low", "its lower limit"),
        number("high", "its upper limit"),
        text("refused", "why the analysis was not done; empty = it was"),
    ),
    rows=_analyses,
)
CHANGES = Table(
    name="changes",
    about="What this update means for each outcome, against the update before.",
    key=("outcome",),
    columns=(
        OUTCOME,
        text("verdict", "first, redefined, no-new-evidence, not-consequential, consequential, undecided"),
        text("why", "the choices that changed, the triggers that fired, notes"),
        count("k_before", "studies before"),
        number("estimate_before", "estimate before, display scale"),
        number("ci_low_before", "its lower limit"),
        number("ci_high_before", "its upper limit"),
        count("k_after", "studies now"),
        number("estimate_after", "estimate now, display scale"),
        number("ci_low_after", "its lower limit"),
        number("ci_high_after", "its upper limit"),
        text("studies_added", "ids of studies that came"),
        text("studies_removed", "ids of studies that went"),
        truth("definition_changed", "whether the outcome's definition changed"),
        text("certainty_before", "certainty as people had signed it; empty = nobody had"),
        text("certainty_after", "certainty as people have signed it now"),
    ),
    rows=_changes,
)
