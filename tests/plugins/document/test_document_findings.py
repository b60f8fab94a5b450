"""The section of the summary of findings: what is a draft says so, text from outside stays text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from builders import outcome, report
from livereview import (
    AbsoluteEffect,
    Certainty,
    DomainJudgement,
    DraftedCertainty,
    EarlierCertainty,
    Finding,
    JudgedDomain,
    OutcomeResult,
    Report,
    SummaryOfFindings,
)
from livereview_document.blocks import Block, Bullets, Folded, Heading, Numbered, Paragraph, Quote, Table
from livereview_document.sections.findings import findings_section
from livereview_document.words import Link, Plain, Words

SIGNED = Certainty(level="low", reasons=("open label",), signed_by="A. Reviewer", signed_on="2026-01-01")
RISK = AbsoluteEffect(baseline=0.4, source="registry", risk=(0.3, 0.25, 0.39))


def draft(levels: int | None = -1, reason: str = "few events", direction: Any = "down") -> DraftedCertainty:
    own = JudgedDomain(
        name="own", title="Imprecision", direction=direction,
        judgement=DomainJudgement(levels=levels, reason=reason, rule="one level", inputs=(("I²", "12%"),)),
    )  # fmt: skip
    return DraftedCertainty(
        outcome_id="os-rr", start="high", start_reason="5 randomised trials",
        level="high" if levels is None else "moderate", domains=(own,),
    )  # fmt: skip


def finding(**kw: Any) -> Finding:
    fields: dict[str, Any] = {
        "outcome_id": "os-rr", "title": "Death", "absolute": (RISK,), "draft": draft(), "footnotes": (1,),
        "sentence": "New drug probably reduces death.", "time": "24 months", "important": 0.05, "in_people": True,
    }  # fmt: skip
    return Finding(**(fields | kw))


def made(one: Finding, found: OutcomeResult | None = None) -> Report:
    summary = SummaryOfFindings(
        title="New drug or chemotherapy", findings=(one,), footnotes=("Imprecision: few events",)
    )
    return report([outcome(5) if found is None else found], summary_of_findings=summary)


def first_row(shown: Report) -> tuple[Words, ...]:
    (table,) = [block for block in findings_section(shown) if isinstance(block, Table) and block.role == "findings"]
    return table.rows[0]


def texts(blocks: list[Block] | tuple[Block, ...]) -> list[str]:
    """Everything that is to be read, in order."""
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Heading | Paragraph):
            found.append(block.words.plain)
        elif isinstance(block, Table):
            found += [cell.plain for row in (block.headers, *block.rows) for cell in row]
        elif isinstance(block, Bullets | Quote):
            found += [words.plain for words in block.items]
        elif isinstance(block, Numbered):
            found += [words.plain for _, words in block.items]
        elif isinstance(block, Folded):
            found += [block.summary, *texts(block.blocks)]
    return found


def test_a_row_has_people_effect_risks_difference_certainty_and_words() -> None:
    name, people, effect, without, risk, difference, certainty, words = (
        cell.plain for cell in first_row(made(finding()))
    )
    assert name == "Death, by 24 months"
    assert people == f"{outcome(5).pooled.participants:,} (5 studies)"
    assert effect.startswith("RR 0.")
    assert (without, risk) == ("400", "300 (250 to 390)")
    assert difference == "100 fewer (150 fewer to 10 fewer)"
    assert certainty == "moderate (draft, not signed) [1]"
    assert words == "Draft: New drug probably reduces death."


def test_what_nobody_signed_is_called_a_draft_and_what_a_person_signed_is_not() -> None:
    assert any(text.startswith("Draft: a level marked") for text in texts(findings_section(made(finding()))))
    signed = made(finding(certainty=SIGNED))
    assert not any("a level marked" in text for text in texts(findings_section(signed)))
    row = [cell.plain for cell in first_row(signed)]
    assert row[6] == "low, signed by A. Reviewer on 2026-01-01 [1]; the draft is moderate"
    assert row[7] == "New drug probably reduces death."


def test_a_draft_that_people_can_only_lower_is_at_most_that() -> None:
    assert first_row(made(finding(draft=draft(None))))[6].plain.startswith("at most high (draft, not signed)")


@pytest.mark.parametrize(("signed", "how"), [(True, "signed"), (False, "draft, not signed")])
def test_the_level_before_is_shown_with_how_it_came(signed: bool, how: str) -> None:
    before = EarlierCertainty(level="high", signed=signed, update="update 3 of 2026-01-02")
    told = first_row(made(finding(previous=before)))[6].plain
    assert told.endswith(f". Before: high ({how}, update 3 of 2026-01-02)")


def test_each_footnote_of_a_cell_leads_to_its_text() -> None:
    blocks = findings_section(made(finding()))
    targets = [span.target for span in first_row(made(finding()))[6].spans if isinstance(span, Link)]
    (notes,) = [block for block in blocks if isinstance(block, Numbered)]
    assert targets == [notes.items[0][1].spans[0].name]  # type: ignore[union-attr]


def test_every_baseline_has_a_row_and_its_source_below() -> None:
    second = replace(RISK, baseline=0.1, source="control arms", risk=(0.08, 0.05, 0.1))
    shown = made(finding(absolute=(RISK, second)))
    (table,) = [block for block in findings_section(shown) if isinstance(block, Table) and block.role == "findings"]
    assert [row[3].plain for row in table.rows] == ["400", "100"]
    (line,) = [text for text in texts(findings_section(shown)) if text.startswith("Death: risk without")]
    assert "registry" in line
    assert "control arms" in line
    assert line.endswith("a difference of 50 of 1,000 people or more matters.")


def test_the_head_says_of_how_many_people_and_each_cell_does_where_rows_differ() -> None:
    shown = made(finding())
    summary = shown.summary_of_findings
    assert summary is not None
    mixed = replace(summary, findings=(finding(), finding(per=100)))
    for one, head, cells in ((summary, "Without, of 1,000", ["400"]),
                             (mixed, "Without, of people", ["400 of 1,000", "40 of 100"])):  # fmt: skip
        blocks = findings_section(replace(shown, summary_of_findings=one))
        (table,) = [block for block in blocks if isinstance(block, Table) and block.role == "findings"]
        assert table.headers[3].plain == head
        assert [row[3].plain for row in table.rows] == cells


def test_arms_alone_have_no_columns_of_a_comparison() -> None:
    alone = replace(outcome(5), null_shown=None, display="proportion")
    (table,) = [
        block for block in findings_section(made(finding(absolute=()), alone))
        if isinstance(block, Table) and block.role == "findings"
    ]  # fmt: skip
    heads = [head.plain for head in table.headers]
    assert heads == ["Outcome", "People (studies)", "Effect (CI)", "With, of 1,000 (CI)", "Certainty", "What it means"]
    assert all(len(row) == len(heads) for row in table.rows)


def test_an_outcome_without_a_number_has_a_sentence_and_no_number() -> None:
    empty = DraftedCertainty(outcome_id="os-rr", start=None, start_reason="there is no number to rate", level=None)
    one = finding(absolute=(), draft=empty, footnotes=(), sentence="There is no number for death.")
    row = [cell.plain for cell in first_row(made(one, outcome(0)))]
    assert row[1:] == ["– (0 studies)", "–", "–", "–", "–", "not rated", "There is no number for death."]
    assert "No draft: there is no number to rate." in texts(findings_section(made(one, outcome(0))))


def test_each_domain_is_shown_with_its_reason_and_what_was_looked_at() -> None:
    told = texts(findings_section(made(finding())))
    at = told.index("Imprecision")
    assert told[at : at + 4] == ["Imprecision", "1 level down", "few events", "I²: 12%"]
    assert "Starts high (5 randomised trials); drafted moderate." in told


def test_a_report_without_a_summary_has_no_section() -> None:
    assert findings_section(report()) == []


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "**bold** {} [x](javascript:a)"]
)
def test_text_from_outside_stays_text(hostile: str) -> None:
    one = finding(
        title=hostile, sentence=hostile, draft=draft(reason=hostile), time=hostile, no_absolute=hostile,
        absolute=(replace(RISK, source=hostile, notes=(hostile,)),),
        certainty=replace(SIGNED, signed_by=hostile),
    )  # fmt: skip
    row = first_row(made(one))
    assert row[7].spans == (Plain(hostile),)
    assert hostile in row[6].plain
    assert sum(hostile in text for text in texts(findings_section(made(one)))) >= 5
