"""Tables of how certain the evidence is: the summary of findings, and what each domain says of each outcome."""

from __future__ import annotations

from collections.abc import Iterator

from livereview import Report
from livereview.spreadsheet import Record
from livereview_results.columns import OUTCOME, Table, count, listed, number, said, text, truth


def _findings(report: Report) -> Iterator[Record]:
    summary = report.summary_of_findings
    for finding in summary.findings if summary else ():
        notes = [summary.footnotes[number - 1] for number in finding.footnotes] if summary else []
        own: Record = {
            "outcome": finding.outcome_id,
            "title": finding.title,
            "certainty": finding.level,
            "signed": said(finding.certainty is not None),
            "drafted": finding.draft.level if finding.draft else None,
            "previous": finding.previous.level if finding.previous else None,
            "reasons": listed(notes),
            "sentence": finding.sentence,
            "event": finding.event,
            "time": finding.time,
            "no_absolute": finding.no_absolute,
        }
        for effect in finding.absolute:
            (risk, low, high), (difference, least, most) = effect.risk, effect.difference
            yield {
                **own, "baseline": effect.baseline, "baseline_source": effect.source, "risk": risk, "risk_low": low,
                "risk_high": high, "difference": difference, "difference_low": least, "difference_high": most,
            }  # fmt: skip
        if not finding.absolute:
            yield own


def _domains(report: Report) -> Iterator[Record]:
    summary = report.summary_of_findings
    for draft in (finding.draft for finding in summary.findings if finding.draft) if summary else ():
        for item in draft.domains:
            yield {
                "outcome": draft.outcome_id,
                "start": draft.start,
                "drafted": draft.level,
                "domain": item.title,
                "levels": item.judgement.levels,
                "counted": said(item.counted),
                "reason": item.judgement.reason,
                "rule": item.judgement.rule,
                "inputs": listed(f"{name}: {value}" for name, value in item.judgement.inputs),
            }


FINDINGS = Table(
    name="findings",
    about="The summary of findings: one row for each outcome of it and each baseline risk.",
    refers=(("outcome", "outcomes"),),
    columns=(
        OUTCOME,
        text("title", "as the summary calls it"),
        text("certainty", "high, moderate, low, very low: as signed, else as drafted; empty = not rated"),
        truth("signed", "whether people signed it; otherwise it is a draft"),
        text("drafted", "what computed inputs suggest"),
        text("previous", "certainty at the update before"),
        text("reasons", "footnotes that give the reasons"),
        text("sentence", "what was found, in words that fit the certainty"),
        text("event", "the event that is counted"),
        text("time", "by when"),
        text("no_absolute", "why there is no absolute effect"),
        number("baseline", "risk without the treatment, 0-1"),
        text("baseline_source", "where it comes from"),
        number("risk", "risk with the treatment, 0-1"),
        number("risk_low", "its lower limit"),
        number("risk_high", "its upper limit"),
        number("difference", "risk with treatment less the baseline risk"),
        number("difference_low", "its lower limit"),
        number("difference_high", "its upper limit"),
    ),
    rows=_findings,
)
DOMAINS = Table(
    name="certainty",
    about="The draft of certainty of each outcome in the summary of findings, one row for each domain.",
    refers=(("outcome", "outcomes"),),
    columns=(
        OUTCOME,
        text("start", "level before any domain; empty = not rated"),
        text("drafted", "level that is drafted"),
        text("domain", "e.g. Imprecision"),
        count("levels", "-1 = one level down, 1 = one up, 0 = none; empty = a person must judge"),
        truth("counted", "whether these levels are in the draft"),
        text("reason", "why"),
        text("rule", "the rule with its thresholds"),
        text("inputs", "what was looked at"),
    ),
    rows=_domains,
)
