"""Tables of studies: their effects, the numbers behind them and where these come from; what was left out, and why."""

from __future__ import annotations

from collections.abc import Iterator

from livereview import Report
from livereview.spreadsheet import Record
from livereview_results.columns import LABEL, OUTCOME, STUDY, Table, count, listed, number, said, text, truth

REPORT = text("report_id", "id of the report")


def _studies(report: Report) -> Iterator[Record]:
    for outcome in report.outcomes:
        for study in outcome.studies:
            yield {
                "outcome": outcome.id,
                "study_id": study.study_id,
                "label": study.label,
                "year": study.year,
                "published_on": study.published_on,
                "estimate": study.shown.estimate,
                "ci_low": study.shown.low,
                "ci_high": study.shown.high,
                "effect": study.effect,
                "variance": study.variance,
                "weight_percent": study.weight,
                "change": study.change,
                "statuses": listed(dict.fromkeys(row.status for row in study.rows)),
                "notes": listed(study.notes),
            }


def _numbers(report: Report) -> Iterator[Record]:
    for outcome in report.outcomes:
        for study in outcome.studies:
            for name, value in study.data.items():
                yield {"outcome": outcome.id, "study_id": study.study_id, "name": name, "value": value}


def _sources(report: Report) -> Iterator[Record]:
    for outcome in report.outcomes:
        for study in outcome.studies:
            for row in study.rows:
                yield {
                    "outcome": outcome.id,
                    "study_id": study.study_id,
                    "row_id": row.row_id,
                    "report_id": row.report_id,
                    "citation": row.citation,
                    "doi": row.doi,
                    "locator": row.locator,
                    "status": row.status,
                    "result": row.outcome,
                    "timepoint_months": row.timepoint_months,
                    "population": row.population,
                    "arm": row.arm,
                    "comparator": row.comparator,
                    "extractor": row.extractor,
                    "adjudicates": said(row.adjudicates),
                    "origin": row.origin,
                    "note": row.note,
                }


def _characteristics(report: Report) -> Iterator[Record]:
    for study in report.studies:
        for name, value in study.characteristics.items():
            if value is not None:
                yield {"study_id": study.study_id, "label": study.label, "name": name, "value": str(value)}


def _appraisals(report: Report) -> Iterator[Record]:
    for instrument in report.instruments:
        for card in instrument.cards:
            own: Record = {
                "instrument": instrument.title,
                "study_id": card.study_id,
                "label": card.label,
                "result": card.outcome,
            }
            for item, score in card.scores.items():
                yield {**own, "item": item, "score": score, "disputed": said(False)}
            for item in card.disputed:
                yield {**own, "item": item, "disputed": said(True)}


def _reports(report: Report) -> Iterator[Record]:
    for study_id, card in (
        *((study.study_id, card) for study in report.studies for card in study.reports),
        *(("", card) for card in report.other_reports),
    ):
        yield {
            "report_id": card.report_id,
            "study_id": study_id,
            "citation": card.citation,
            "kind": card.kind,
            "published_on": card.published_on,
            "status": card.status,
            "doi": card.doi,
            "url": card.url,
            "used": said(card.used),
        }


def _left_out(report: Report) -> Iterator[Record]:
    for what, items in (("not eligible", report.excluded), ("not used", report.unused)):
        for item in items:
            yield {
                "what": what,
                "study_id": item.study_id,
                "label": item.label,
                "reason": item.reason,
                "row": item.detail,
            }
    for outcome in report.outcomes:
        for item in outcome.excluded:
            own: Record = {"what": "set aside", "study_id": item.study_id, "label": item.label, "outcome": outcome.id}
            yield {**own, "reason": item.reason, "row": item.detail}


def _ongoing(report: Report) -> Iterator[Record]:
    for trial in report.ongoing:
        yield {
            "registry_id": trial.registry_id,
            "phase": trial.phase,
            "regimen": trial.regimen,
            "comparator": trial.comparator,
            "design": trial.design,
            "setting": trial.setting,
            "target_enrollment": trial.target_enrollment,
            "primary_endpoint": trial.primary_endpoint,
            "expected_on": trial.expected_on,
            "recruitment": trial.recruitment,
            "source": trial.source,
            "remark": trial.remark,
        }


def _flow(report: Report) -> Iterator[Record]:
    for row in report.flow.rows if report.flow else ():
        yield {
            "column": row.column,
            "box": row.name,
            "part": said(row.part),
            "base": row.base,
            "previous": row.previous,
            "this": row.this,
            "added": row.added,
            "removed": row.removed,
        }


STUDIES = Table(
    name="studies",
    about="One row for each study in each outcome: its effect and its weight.",
    key=("outcome", "study_id"),
    refers=(("outcome", "outcomes"),),
    columns=(
        OUTCOME,
        STUDY,
        LABEL,
        count("year", "year of the study"),
        text("published_on", "when the report used became public, as precise as known"),
        number("estimate", "its effect on the display scale"),
        number("ci_low", "lower limit of its confidence interval, display scale"),
        number("ci_high", "upper limit, display scale"),
        number("effect", "its effect on the analysis scale"),
        number("variance", "its variance on the analysis scale"),
        number("weight_percent", "weight in the main fit, percent"),
        text("change", "new or changed since the previous update"),
        text("statuses", "how its numbers were obtained"),
        text("notes", "what was done to its numbers"),
    ),
    rows=_studies,
)
NUMBERS = Table(
    name="numbers",
    about="The numbers of each study as they were recorded, one row for each.",
    key=("outcome", "study_id", "name"),
    refers=(("outcome", "outcomes"),),
    columns=(
        OUTCOME,
        STUDY,
        text("name", "events, n, mean, sd, estimate, ci_low, ...; _1 is the experimental arm, _2 the control arm"),
        number("value", "the number"),
    ),
    rows=_numbers,
)
SOURCES = Table(
    name="sources",
    about="The way back: every evidence row behind a number, with its report and its place there.",
    refers=(("outcome", "outcomes"),),
    columns=(
        OUTCOME,
        STUDY,
        text("row_id", "identity of the evidence row"),
        REPORT,
        text("citation", "the report"),
        text("doi", "its DOI"),
        text("locator", "table, figure, page"),
        text("status", "verified, derived, from-review, reconstructed, unverified"),
        text("result", "outcome code of the row"),
        number("timepoint_months", "timepoint, months"),
        text("population", "population"),
        text("arm", "arm"),
        text("comparator", "arm that it is compared with"),
        text("extractor", "who read it, where people are named"),
        truth("adjudicates", "whether it settles what others read differently"),
        text("origin", "sheet and row it was typed into"),
        text("note", "note of the row"),
    ),
    rows=_sources,
)
CHARACTERISTICS = Table(
    name="characteristics",
    about="What is known of each included study, one row for each characteristic.",
    key=("study_id", "name"),
    columns=(STUDY, LABEL, text("name", "name of the characteristic"), text("value", "its value")),
    rows=_characteristics,
)
APPRAISALS = Table(
    name="appraisals",
    about="Quality and risk of bias: one row for each item of each study.",
    columns=(
        text("instrument", "e.g. RoB 2"),
        STUDY,
        LABEL,
        text("result", "outcome code that was judged; empty = the study as a whole"),
        text("item", "domain or question"),
        text("score", "judgement or points; empty where raters differ"),
        truth("disputed", "whether raters differ and nobody has settled it"),
    ),
    rows=_appraisals,
)
REPORTS = Table(
    name="reports",
    about="Publications, registry postings and abstracts of the included studies, and others that gave a number.",
    columns=(
        REPORT,
        text("study_id", "its study; empty = it belongs to none of the review"),
        text("citation", "journal, year, identifier, as known"),
        text("kind", "article, abstract, registry, ..."),
        text("published_on", "as precise as known"),
        text("status", "active, corrected, retracted"),
        text("doi", "DOI"),
        text("url", "address"),
        truth("used", "whether a number of a main analysis comes from it"),
    ),
    rows=_reports,
)
LEFT_OUT = Table(
    name="left-out",
    about="Studies that the review does not admit, studies without a number, rows set aside, each with the reason.",
    columns=(
        text("what", "not eligible, not used, set aside"),
        STUDY,
        LABEL,
        text("outcome", "of a row set aside: the outcome"),
        text("reason", "why"),
        text("row", "the row set aside, in words"),
    ),
    rows=_left_out,
)
ONGOING = Table(
    name="ongoing",
    about="Registered trials without results.",
    key=("registry_id",),
    columns=(
        text("registry_id", "number in the registry"),
        text("phase", "phase"),
        text("regimen", "what is given"),
        text("comparator", "what the control arm receives"),
        text("design", "design"),
        text("setting", "setting"),
        count("target_enrollment", "people planned"),
        text("primary_endpoint", "primary endpoint"),
        text("expected_on", "when results are expected"),
        text("recruitment", "state of recruitment"),
        text("source", "where this was read"),
        text("remark", "why the review does not admit it, or the study it became"),
    ),
    rows=_ongoing,
)
FLOW = Table(
    name="flow",
    about="The flow of records, reports and studies: every box at the first, the previous and this version.",
    columns=(
        text("column", "Databases and registers, Other methods, The review"),
        text("box", "name of the box, or of a part of the box before it"),
        truth("part", "whether it is a part, by source or reason"),
        count("base", "at the first version"),
        count("previous", "at the previous version"),
        count("this", "at this version"),
        count("added", "what this version has more than the previous one"),
        count("removed", "what it no longer has"),
    ),
    rows=_flow,
)
