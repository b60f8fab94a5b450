"""The summary of findings: one table for a panel, its footnotes, and below it each certainty domain by domain.

A level that nobody signed is called a draft wherever it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from livereview import AbsoluteEffect, DraftedCertainty, Finding, Interval, OutcomeResult, Report, SummaryOfFindings
from livereview.anchors import anchor
from livereview.printing import MISSING, counted, estimate, fixed, interval, known, level
from livereview_document.blocks import Block, Numbered, bullets, folded, heading, paragraph, quote, table
from livereview_document.words import Words, fill, inner_link, joined, place, prose, strong, text

PLACE = "findings"
HEADERS = ("Outcome", "People (studies)", "Effect (CI)", "Without, of {}", "With, of {} (CI)",
           "Difference, of {} (CI)", "Certainty", "What it means")  # fmt: skip
_COMPARED = (3, 5)
"""Columns of a comparison, left out where every outcome is of arms alone: their every cell would be empty."""
UNSIGNED = (
    "**Draft:** a level marked *draft, not signed* was computed from the inputs below by the rules named there. It is "
    "a proposal: nobody has judged it yet. *At most* means that a person must still judge what can lower it."
)


def findings_section(report: Report) -> list[Block]:
    """The whole section; nothing where the manifest asks for none."""
    summary = report.summary_of_findings
    if summary is None:
        return []
    outcomes = {outcome.id: outcome for outcome in report.outcomes}
    blocks: list[Block] = [heading(2, "Summary of findings", PLACE), paragraph(fill("*{}*", prose(summary.title)))]
    if any(finding.certainty is None and finding.draft for finding in summary.findings):
        blocks.append(quote([fill(UNSIGNED)]))
    sizes = {finding.per for finding in summary.findings}
    headers: tuple[object, ...] = tuple(
        header.format(f"{min(sizes):,}" if len(sizes) == 1 else "people") for header in HEADERS
    )
    rows = [
        row
        for finding in summary.findings
        for row in _rows(finding, outcomes[finding.outcome_id], "" if len(sizes) == 1 else f" of {finding.per:,}")
    ]
    if all(outcomes[finding.outcome_id].null_shown is None for finding in summary.findings):
        headers, rows = _alone(headers), [_alone(row) for row in rows]
    blocks += [table(headers, rows, role="findings"), paragraph(_legend(summary, outcomes))]
    blocks += _notes(summary)
    blocks += _details(summary)
    return blocks


# --- the table -------------------------------------------------------------------------------------------------


def _alone(cells: Sequence[object]) -> tuple[object, ...]:
    """The cells of a row without those of a comparison."""
    return tuple(cell for i, cell in enumerate(cells) if i not in _COMPARED)


def _rows(finding: Finding, outcome: OutcomeResult, of: str) -> list[tuple[object, ...]]:
    """A row for each baseline risk; what they share stands in the first. ``of``: of how many people, where rows differ
    in that."""
    name = inner_link(finding.title, anchor("outcome", finding.outcome_id))
    if finding.time:
        name = fill("{}, by {}", name, finding.time)
    people, last = _people(outcome), (_certainty(finding), _meaning(finding))
    if not known(outcome.pooled.estimate) or not outcome.pooled.k:
        return [(name, people, MISSING, MISSING, MISSING, MISSING, *last)]
    effect = _effect(outcome)
    if not finding.absolute:
        risk = _people_of(outcome.pooled.shown, finding.per, of) if outcome.display == "proportion" else MISSING
        return [(name, people, effect, MISSING, risk, MISSING, *last)]
    first, *others = [_absolute(item, finding.per, of) for item in finding.absolute]
    return [(name, people, effect, *first, *last), *(("", "", "", *cells, "", "") for cells in others)]


def _people(outcome: OutcomeResult) -> str:
    k, people = outcome.pooled.k, outcome.pooled.participants
    return f"{MISSING if people is None or not k else f'{people:,}'} ({counted(k, 'study', 'studies')})"


def _effect(outcome: OutcomeResult) -> str:
    unit = f" {outcome.unit}" if outcome.unit else ""
    name = f"{outcome.measure} " if outcome.null_shown is not None else ""
    return f"{name}{interval(outcome.pooled.shown, outcome.display)}{unit}"


def _absolute(item: AbsoluteEffect, per: int, of: str) -> tuple[str, str, str]:
    """Risk without, risk with and difference, in people."""
    middle, low, high = item.difference
    return (
        _number(item.baseline, per) + of,
        _people_of(Interval(estimate=item.risk[0], low=item.risk[1], high=item.risk[2]), per, of),
        f"{_change(middle, per)} ({_change(low, per)} to {_change(high, per)})",
    )


def _people_of(shown: Interval, per: int, of: str) -> str:
    low, high = _number(shown.low, per), _number(shown.high, per)
    return f"{_number(shown.estimate, per)}{of} ({low} to {high})"


def _number(risk: float, per: int) -> str:
    """People of so many: whole from 10 on, else with a decimal."""
    people = risk * per
    if not known(people):
        return MISSING
    if 0 < people < 0.05:
        return "<0.1"
    return fixed(people, 0 if people >= 9.95 else 1).removesuffix(".0")


def _change(difference: float, per: int) -> str:
    if not known(difference) or difference == 0:
        return MISSING if difference else "no difference"
    return f"{_number(abs(difference), per)} {'fewer' if difference < 0 else 'more'}"


def _certainty(finding: Finding) -> Words:
    """The level, who signed it or that nobody did, the footnotes, the draft where it differs, the level before."""
    draft = finding.draft.level if finding.draft else None
    if finding.certainty is not None:
        signed = finding.certainty
        words = fill("{}, signed by {} on {}", strong(signed.level), prose(signed.signed_by), signed.signed_on)
    elif draft is not None:
        bound = finding.draft is not None and finding.draft.at_most
        words = fill("at most {} (draft, not signed)" if bound else "{} (draft, not signed)", strong(draft))
    else:
        words = text("not rated")
    if finding.footnotes:
        words = fill("{} [{}]", words, joined([inner_link(number, _note(number)) for number in finding.footnotes]))
    if finding.differs:
        words = fill("{}; the draft is {}", words, draft)
    if finding.previous is not None:
        before = finding.previous
        how = "signed" if before.signed else "draft, not signed"
        words = fill("{}. Before: {} ({}, {})", words, before.level, how, before.update)
    return words


def _meaning(finding: Finding) -> Words:
    """The plain sentence; marked where its words rest on a level that nobody signed."""
    unsigned = finding.certainty is None and finding.level is not None
    return fill("*Draft:* {}", prose(finding.sentence)) if unsigned else prose(finding.sentence)


def _note(number: int) -> str:
    return anchor("finding-note", str(number))


# --- below it --------------------------------------------------------------------------------------------------


def _legend(summary: SummaryOfFindings, outcomes: Mapping[str, OutcomeResult]) -> str:
    levels = sorted({outcomes[finding.outcome_id].level for finding in summary.findings})
    told = [f"CI: confidence interval ({', '.join(map(level, levels))})."]
    if any(finding.absolute for finding in summary.findings):
        told.append(
            "Risk with treatment comes from the risk without it and the effect; its interval is that of the effect "
            "alone, and the effect is taken to be the same at every risk."
        )
    return " ".join(told)


def _notes(summary: SummaryOfFindings) -> list[Block]:
    """Footnotes with their numbers, then where baseline risks come from, what matters, and why a number is missing."""
    blocks: list[Block] = []
    if summary.footnotes:
        blocks.append(paragraph("Reasons for the certainty:"))
        numbered = enumerate(summary.footnotes, start=1)
        blocks.append(Numbered(tuple((number, place(_note(number)) + prose(words)) for number, words in numbered)))
    lines = [line for finding in summary.findings if (line := _for_whom(finding))]
    return [*blocks, *([bullets(lines)] if lines else [])]


def _for_whom(finding: Finding) -> Words:
    """Where the baseline risks come from, what difference matters, why there is no absolute effect."""
    told: list[Words] = []
    for item in finding.absolute:
        risk = f"{_number(item.baseline, finding.per)} of {finding.per:,}"
        told.append(fill("risk without treatment {}: {}", risk, prose(item.source)))
        told += [prose(note) for note in item.notes]
    if finding.no_absolute:
        told.append(fill("no absolute effect: {}", prose(finding.no_absolute)))
    if finding.important is not None:
        told.append(fill("a difference of {} or more matters", _important(finding)))
    return fill("{}: {}.", finding.title, joined(told, "; ")) if told else Words()


def _important(finding: Finding) -> str:
    size = finding.important or 0.0
    return f"{_number(size, finding.per)} of {finding.per:,} people" if finding.in_people else estimate(size, "mean")


def _details(summary: SummaryOfFindings) -> list[Block]:
    drafts = [(finding, finding.draft) for finding in summary.findings if finding.draft is not None]
    if not drafts:
        return []
    blocks: list[Block] = [heading(3, "How certain: domain by domain")]
    for finding, draft in drafts:
        blocks += [heading(4, finding.title), _start(finding, draft)]
        if draft.domains:
            blocks.append(_domains(draft))
    rules = dict.fromkeys(
        (item.title, item.judgement.rule) for _, draft in drafts for item in draft.domains if item.judgement.rule
    )
    if rules:
        lines = [fill("{}: {}.", title, prose(rule)) for title, rule in rules]
        blocks.append(folded("The rules of the draft", [bullets(lines)]))
    if summary.references:
        blocks.append(folded("Literature of the summary of findings", [bullets(summary.references)]))
    return blocks


def _start(finding: Finding, draft: DraftedCertainty) -> Block:
    if draft.level is None or draft.start is None:
        return paragraph(fill("No draft: {}.", prose(draft.start_reason)))
    told = "Starts {} ({}); drafted at most {}." if draft.at_most else "Starts {} ({}); drafted {}."
    said = fill(told, draft.start, prose(draft.start_reason), strong(draft.level))
    if draft.open:
        said = fill("{} The draft takes as no concern what a person must judge: {}.", said, _listed(draft.open))
    if finding.differs and finding.certainty is not None:
        said = fill("{} Signed: {}.", said, strong(finding.certainty.level))
    return paragraph(said)


def _listed(titles: Sequence[str]) -> str:
    return ", ".join(title[:1].lower() + title[1:] for title in titles)


def _domains(draft: DraftedCertainty) -> Block:
    rows = [
        (
            item.title,
            strong(item.words) if item.change or item.judgement.levels is None else item.words,
            prose(item.judgement.reason),
            joined([fill("{}: {}", name, prose(value)) for name, value in item.judgement.inputs], "; "),
        )
        for item in draft.domains
    ]
    return table(("Domain", "Draft", "Why", "Looked at"), rows)
