"""What changed: the verdict first, before and now, certainty before and now, and where the number went."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from document_reading import links, plain_rows, said, tables
from hypothesis import given
from hypothesis import strategies as st

from livereview import (
    DraftedCertainty,
    EarlierCertainty,
    Finding,
    Fired,
    Interval,
    OutcomeChange,
    Report,
    SummaryOfFindings,
    Verdict,
)
from livereview.anchors import anchor
from livereview_document.document import document
from livereview_document.sections.moved import directions
from living_review import living_review, request

NAN = float("nan")
CROSSED = Fired(trigger="crosses-null", against="update 3 of 2026-10-02", reason="0.66 to 1.02 became 0.60 to 0.90")


def verdict(outcome_id: str, kind: Any, **fields: Any) -> Verdict:
    given = {
        "title": outcome_id, "before": "0003-x", "before_title": "update 3 of 2026-10-02", "since": None,
        "since_title": "", "triggers": ("crosses-null", "retraction"),
    }  # fmt: skip
    return Verdict(id=outcome_id, kind=kind, **(given | fields))


def changed(**fields: Any) -> Report:
    report = living_review()
    return replace(report, changes=replace(report.changes, **fields))


def rows(report: Report) -> list[list[str]]:
    (table,) = tables(document(request(report)), "changes")
    return plain_rows(table)


def test_the_weightiest_verdict_comes_first_and_stands_in_the_first_column() -> None:
    found = (
        verdict("cr", "no-new-evidence"), verdict("mrd", "not-consequential"),
        verdict("os-hr", "consequential", fired=(CROSSED,)),
    )  # fmt: skip
    heads, *listed = rows(changed(verdicts=found))
    assert heads == ["Verdict", "Outcome", "Before", "Now", "What differs", "Why"]
    assert [row[:2] for row in listed] == [
        ["consequential", "Overall survival"], ["new, not consequential", "mrd"],
    ]  # fmt: skip
    assert listed[0][5] == "crosses-null, against update 3 of 2026-10-02: 0.66 to 1.02 became 0.60 to 0.90"


def test_certainty_is_shown_before_and_now_and_its_change_alone_is_a_change() -> None:
    report = living_review()
    (moved, still) = report.changes.outcomes
    outcomes = (
        replace(moved, certainty_before="low", certainty_after="moderate"), replace(still, certainty_after="very low"),
        replace(still, id="cr", certainty_before="high", certainty_after="high", k_before=1),
    )  # fmt: skip
    heads, *listed = rows(changed(outcomes=outcomes))
    assert heads[3] == "Certainty"
    assert [row[3] for row in listed] == ["low → moderate", "not rated → very low", "high, as before"]


def test_a_draft_stands_where_nobody_signed_and_is_called_one() -> None:
    report = living_review()
    draft = DraftedCertainty(outcome_id="os-hr", start="high", start_reason="trials", level="moderate")
    earlier = EarlierCertainty(level="low", signed=False, update="update 3")
    finding = Finding(outcome_id="os-hr", title="Survival", draft=draft, previous=earlier)
    made = replace(report, summary_of_findings=SummaryOfFindings(title="", findings=(finding,)))
    assert rows(made)[1][3] == "low (draft) → moderate (draft)"
    moved = replace(report.changes.outcomes[0], certainty_before="low", certainty_after="high")
    signed = replace(made, changes=replace(report.changes, outcomes=(moved,)))
    assert rows(signed)[1][3] == "low → high"


def test_no_outcome_changed_is_said_where_only_rows_did() -> None:
    report = living_review()
    whole = document(request(changed(outcomes=report.changes.outcomes[1:])))
    assert "No outcome changed (7 outcomes unchanged)." in said(whole)
    assert not tables(whole, "changes")


def test_an_added_study_is_linked_by_its_id_or_its_label() -> None:
    report = living_review()
    study = report.studies[3]
    moved = report.changes.outcomes[0]
    for name in (study.study_id, study.label):
        made = changed(outcomes=(replace(moved, studies_added=(name,)),))
        (table,) = tables(document(request(made)), "changes")
        cell = table.rows[0][3]
        assert cell.plain.startswith(f"added: {study.label}; ")
        assert [link.target for link in links(cell)] == [anchor("study", study.study_id)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((0.81, 0.66, 1.02), (0.71, 0.58, 0.87), ["↓ lower estimate", "narrower interval"]),
        ((0.71, 0.58, 0.87), (0.81, 0.50, 1.40), ["↑ higher estimate", "wider interval"]),
        ((0.81, 0.66, 1.02), (0.812, 0.661, 1.019), ["same to the digits shown"]),
        ((0.81, 0.66, 1.02), (0.81, 0.60, 1.02), ["wider interval"]),
        ((0.81, 0.66, 1.02), (0.71, 0.5785, 0.894), ["↓ lower estimate"]),
        ((0.81, 0.66, 1.02), (0.71, NAN, NAN), ["↓ lower estimate"]),
        ((NAN, NAN, NAN), (NAN, NAN, NAN), []),
    ],
)
def test_where_a_number_went_is_told_in_words_as_far_as_the_digits_show(
    before: tuple[float, ...], after: tuple[float, ...], expected: list[str]
) -> None:
    values = [Interval(estimate=value[0], low=value[1], high=value[2]) for value in (before, after)]
    assert list(directions(*values, "ratio")) == expected


@given(st.tuples(st.floats(0.01, 50), st.floats(0.01, 3)), st.tuples(st.floats(0.01, 50), st.floats(0.01, 3)))
def test_a_change_and_its_opposite_are_told_as_opposites(one: tuple[float, float], two: tuple[float, float]) -> None:
    first, second = (
        Interval(estimate=value, low=value / (1 + width), high=value * (1 + width)) for value, width in (one, two)
    )
    opposite = {"↑ higher estimate": "↓ lower estimate", "narrower interval": "wider interval"}
    opposite |= {word: other for other, word in opposite.items()}
    there, back = (list(directions(a, b, "ratio")) for a, b in ((first, second), (second, first)))
    assert [opposite.get(word, word) for word in there if "interval" not in word] == [
        word for word in back if "interval" not in word
    ]
    widths = [[word for word in words if "interval" in word] for words in (there, back)]
    assert not (widths[0] and widths[0] == widths[1])


def test_an_unknown_outcome_of_the_earlier_update_is_not_linked() -> None:
    value = Interval(estimate=0.8, low=0.6, high=1.1)
    gone = OutcomeChange(id="gone", title="Gone", display="ratio", before=value, after=None, k_before=3, k_after=None)
    (table,) = tables(document(request(changed(outcomes=(gone,)))), "changes")
    assert plain_rows(table)[1][:3] == ["Gone", "0.80 (0.60 to 1.10) 3 studies", "not in the review"]
    assert not links(table.rows[0][0])
